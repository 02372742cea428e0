/*
 * core/wasi/p2_https.c: privasys:enclave-os/https, in both forms that components import: flat, and
 * with records. types_enclave.c has the types; which one a component has decides at linking.
 *
 * Where the gate has no GATE_HTTP everything is denied. The record form's ratls and ca-roots-der
 * change who is trusted: neither can be had, and a request with one is refused, never done without.
 */
#include "core/wasi/https.h"
#include "core/wasi/p2_internal.h"

static enum status fail(struct component_call *call, struct bytes why, struct component_value *out)
{
    return p2_case(call, COMPONENT_RESULT, 1, p2_string(why), out);
}

/* tuple<u16, headers, list<u8>> or response: their items are the same. */
static enum status answer(struct component_call *call, enum component_kind kind,
                          const struct wasi_https_response *response, struct component_value *out)
{
    struct component_value *parts = p2_values(call, 3);
    struct component_value *headers = p2_values(call, response->header_count);
    if (parts == NULL || headers == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < response->header_count; i++) {
        struct component_value *pair = p2_values(call, 2);
        if (pair == NULL)
            return STATUS_NO_MEMORY;
        pair[0] = p2_string(response->headers[i].name);
        pair[1] = p2_string(response->headers[i].value);
        headers[i] = p2_items(COMPONENT_TUPLE, pair, 2);
    }
    parts[0] = (struct component_value){.kind = COMPONENT_U16, .u = response->status};
    parts[1] = p2_items(COMPONENT_LIST, headers, response->header_count);
    parts[2] = p2_bytes(response->body);
    return p2_ok(call, p2_items(kind, parts, 3), out);
}

static enum status fetch(void *context, struct component_call *call, enum component_kind kind,
                         const struct wasi_https_request *request, struct component_value *out)
{
    const struct wasi_p2 *p2 = context;
    struct wasi_https_response response = {0};
    struct bytes why = {0};
    enum status status = wasi_https_fetch(&p2->gate, request, call->arena, &response, &why);
    if (status == STATUS_DENIED)
        return fail(call, why, out);
    return status == STATUS_OK ? answer(call, kind, &response, out) : status;
}

static bool is_granted(void *context)
{
    const struct wasi_p2 *p2 = context;
    return p2->gate.has_http;
}

/* option<list<u8>>: none is an empty body. */
static struct bytes body_of(const struct component_value *option)
{
    const struct component_value *list = option->variant.payload;
    return option->variant.index == 0 ? bytes_of("", 0)
                                      : bytes_of(list->items.packed, list->items.count);
}

enum status p2_https_fetch(void *context, struct component_call *call,
                           const struct component_value *params, struct component_value *out)
{
    if (!is_granted(context))
        return p2_enclave_denied(context, call, params, out);
    const struct wasi_https_request request = {.method = params[0].u,
                                               .url = p2_text(&params[1]),
                                               .headers = &params[2],
                                               .body = body_of(&params[3])};
    return fetch(context, call, COMPONENT_TUPLE, &request, out);
}

enum status p2_https_fetch_request(void *context, struct component_call *call,
                                   const struct component_value *params,
                                   struct component_value *out)
{
    const struct component_value *fields = params[0].items.items;
    if (!is_granted(context))
        return p2_enclave_denied(context, call, params, out);
    if (fields[4].variant.index != 0)
        return fail(call, BYTES_LITERAL("ratls policies are not supported"), out);
    if (fields[5].variant.index != 0)
        return fail(
            call, BYTES_LITERAL("ca-roots-der is not supported: the node's own roots count"), out);
    const struct wasi_https_request request = {.method = fields[0].variant.index,
                                               .url = p2_text(&fields[1]),
                                               .headers = &fields[2],
                                               .body = body_of(&fields[3])};
    return fetch(context, call, COMPONENT_RECORD, &request, out);
}
