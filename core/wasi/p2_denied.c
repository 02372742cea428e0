/*
 * core/wasi/p2_denied.c: interfaces that link and are not granted: wasi:sockets, wasi:http and
 * privasys:enclave-os. There is no call of the gate for them yet.
 *
 * What can answer with an error does: access-denied, HTTP-request-denied, "access denied: ...".
 * Their resources have no state, so a handle says nothing but that it was given; those that a guest
 * can never get hold of, because what makes them fails, trap in every method.
 */
#include "core/wasi/p2_internal.h"

/* Places in wasi:sockets/network.error-code, wasi:http/types.error-code and header-error. */
#define NETWORK_ACCESS_DENIED 1u
#define HTTP_REQUEST_DENIED   15u
#define HTTP_FORBIDDEN        1u
#define HTTP_STATUS_OK        200u

static enum status unreachable(struct component_call *call)
{
    return component_call_trap(call, REFUSAL_MISUSE, "a method of what nobody could have made");
}

/* A resource without state, as an own handle. */
static enum status make(struct component_call *call, const struct component_host_resource *resource,
                        struct component_value *out)
{
    *out = component_host_handle(call, resource, 0, COMPONENT_OWN);
    return STATUS_OK;
}

enum status p2_instance_network(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return make(call, &p2_resource_network, out);
}

/* Every error here comes from somewhere else. */
enum status p2_network_error_code(void *context, struct component_call *call,
                                  const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)call;
    (void)params;
    *out = p2_none();
    return STATUS_OK;
}

enum status p2_socket_denied(void *context, struct component_call *call,
                             const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return p2_error_case(call, COMPONENT_ENUM, NETWORK_ACCESS_DENIED, out);
}

enum status p2_socket_unreachable(void *context, struct component_call *call,
                                  const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    (void)out;
    return unreachable(call);
}

enum status p2_http_unreachable(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    (void)out;
    return unreachable(call);
}

enum status p2_http_error_code(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    return p2_network_error_code(context, call, params, out);
}

enum status p2_http_fields_new(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return make(call, &p2_resource_fields, out);
}

/* Fields are empty and stay so: every header is forbidden. */
enum status p2_http_forbidden(void *context, struct component_call *call,
                              const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return p2_error_case(call, COMPONENT_VARIANT, HTTP_FORBIDDEN, out);
}

enum status p2_http_empty_list(void *context, struct component_call *call,
                               const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    struct component_value *none = p2_values(call, 0);
    if (none == NULL)
        return STATUS_NO_MEMORY;
    *out = p2_items(COMPONENT_LIST, none, 0);
    return STATUS_OK;
}

enum status p2_http_has(void *context, struct component_call *call,
                        const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)call;
    (void)params;
    *out = p2_bool(false);
    return STATUS_OK;
}

enum status p2_http_request_new(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return make(call, &p2_resource_outgoing_request, out);
}

enum status p2_http_response_new(void *context, struct component_call *call,
                                 const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return make(call, &p2_resource_outgoing_response, out);
}

enum status p2_http_options_new(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return make(call, &p2_resource_request_options, out);
}

/* A setter of what has no state: err. */
enum status p2_http_refuse(void *context, struct component_call *call,
                           const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)call;
    (void)params;
    *out = p2_error_bare();
    return STATUS_OK;
}

/* What a request that nobody set anything in has: the method get. */
enum status p2_http_method(void *context, struct component_call *call,
                           const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)call;
    (void)params;
    *out = (struct component_value){.kind = COMPONENT_VARIANT, .variant = {.index = 0}};
    return STATUS_OK;
}

enum status p2_http_none(void *context, struct component_call *call,
                         const struct component_value *params, struct component_value *out)
{
    return p2_network_error_code(context, call, params, out);
}

enum status p2_http_status_code(void *context, struct component_call *call,
                                const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)call;
    (void)params;
    *out = (struct component_value){.kind = COMPONENT_U16, .u = HTTP_STATUS_OK};
    return STATUS_OK;
}

enum status p2_http_handle(void *context, struct component_call *call,
                           const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    return p2_error_case(call, COMPONENT_VARIANT, HTTP_REQUEST_DENIED, out);
}

/* err(string) of every function of privasys:enclave-os. */
enum status p2_enclave_denied(void *context, struct component_call *call,
                              const struct component_value *params, struct component_value *out)
{
    (void)context; /* no state */
    (void)params;
    struct component_value why = p2_string(BYTES_LITERAL("access denied: not granted"));
    return p2_case(call, COMPONENT_RESULT, 1, why, out);
}
