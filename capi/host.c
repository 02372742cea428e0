/*
 * capi/host.c: what an embedder offers: functions and resources by interface.
 */
#include <stdlib.h>

#include "aether/abi/outcome.h"
#include "capi/capi_internal.h"
#include "core/component/graph.h"

#define HOST_BYTES ((size_t)64 << 20) /* reserved; taken as definitions are made */

struct aether_host *aether_host_create(void)
{
    struct aether_host *host = calloc(1, sizeof *host);
    if (host == NULL)
        return NULL;
    host->memory = capi_reserve(HOST_BYTES);
    if (host->memory == NULL) {
        free(host);
        return NULL;
    }
    arena_init(&host->arena, host->memory, HOST_BYTES);
    return host;
}

void aether_host_destroy(struct aether_host *host)
{
    if (host == NULL)
        return;
    capi_release(host->memory, HOST_BYTES);
    free(host);
}

void aether_host_trap_unknown(struct aether_host *host)
{
    host->traps_unknown = true;
}

static enum status copy_name(struct aether_host *host, struct bytes name, struct bytes *out_name)
{
    uint8_t *data = arena_alloc(&host->arena, name.len, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    if (name.len != 0)
        memcpy(data, name.data, name.len);
    *out_name = bytes_of(data, name.len);
    return STATUS_OK;
}

/* The interface of that name and track, made if there is none. */
static enum status open_interface(struct aether_host *host, const char *name,
                                  struct capi_interface **out_interface)
{
    struct bytes text = bytes_of(name == NULL ? "" : name, name == NULL ? 0 : strlen(name));
    struct component_track track = {text, UINT32_MAX, UINT32_MAX};
    if (text.len != 0)
        track = component_name_track(text);
    for (struct capi_interface *each = host->interfaces; each != NULL; each = each->next)
        if (bytes_equal(each->interface.name, track.base) && each->interface.major == track.major &&
            each->interface.minor == track.minor) {
            *out_interface = each;
            return STATUS_OK;
        }
    struct capi_interface *made = arena_alloc(&host->arena, 1, sizeof *made);
    if (made == NULL)
        return STATUS_NO_MEMORY;
    made->interface.major = track.major;
    made->interface.minor = track.minor;
    enum status status = copy_name(host, track.base, &made->interface.name);
    if (status != STATUS_OK)
        return status;
    made->next = host->interfaces;
    host->interfaces = made;
    *out_interface = made;
    return STATUS_OK;
}

/* Room for one more; an array that grew leaves the old one behind. */
static void *grown(struct aether_host *host, const void *items, uint32_t count, uint32_t *cap,
                   size_t size)
{
    uint32_t wanted = *cap == 0 ? 8 : *cap * 2;
    void *made = arena_alloc(&host->arena, wanted, size);
    if (made == NULL)
        return NULL;
    if (count != 0)
        memcpy(made, items, count * size);
    *cap = wanted;
    return made;
}

/* Every function of a host enters here. */
static enum status call_func(void *context, struct component_call *call,
                             const struct component_value *params,
                             struct component_value *out_result)
{
    const void *first = call->func->type;
    const struct capi_func *func = first;
    const struct component_func_type *type = call->type;
    struct aether_call public_call = {call};
    struct aether_value result = {.kind = AETHER_BOOL};
    (void)context;
    struct aether_value *values = arena_alloc(call->arena, type->param_count, sizeof *values);
    if (values == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < type->param_count; i++) {
        enum status status =
            capi_value_out(&params[i], type->params[i].type, call->arena, &values[i]);
        if (status != STATUS_OK)
            return status;
    }
    if (!func->func(func->context, &public_call, values, &result))
        return component_call_trap(call, call->refusal != 0 ? call->refusal : REFUSAL_MISUSE,
                                   "the host function failed");
    if (type->result == NULL)
        return STATUS_OK;
    enum status status = capi_value_in(&result, type->result, call, out_result);
    return status == STATUS_INVALID
               ? component_call_trap(call, REFUSAL_MISUSE, "the host's result is not of its type")
               : status;
}

static enum status drop_resource(void *context, struct component_call *call, uint32_t rep)
{
    const void *first = call->resource;
    const struct aether_resource *resource = first;
    (void)context;
    if (resource->drop != NULL)
        resource->drop(resource->context, rep);
    return STATUS_OK;
}

static enum status add_func(struct aether_host *host, struct capi_interface *interface,
                            struct bytes name, const struct capi_func *func)
{
    struct component_host_interface *shown = &interface->interface;
    for (uint32_t i = 0; i < shown->func_count; i++)
        if (bytes_equal(interface->funcs[i].name, name))
            return STATUS_INVALID;
    if (shown->func_count == interface->func_cap) {
        struct component_host_func *funcs =
            grown(host, interface->funcs, shown->func_count, &interface->func_cap, sizeof *funcs);
        if (funcs == NULL)
            return STATUS_NO_MEMORY;
        shown->funcs = interface->funcs = funcs;
    }
    struct component_host_func *added = &interface->funcs[shown->func_count];
    enum status status = copy_name(host, name, &added->name);
    if (status != STATUS_OK)
        return status;
    added->type = &func->type;
    added->call = call_func;
    shown->func_count++;
    return STATUS_OK;
}

enum aether_status aether_host_func(struct aether_host *host, const char *interface,
                                    const char *name, const char *type, aether_host_fn *func,
                                    void *context, struct aether_error *error)
{
    struct report report;
    struct capi_interface *into;
    report_init(&report);
    struct capi_func *made = arena_alloc(&host->arena, 1, sizeof *made);
    enum status status = made == NULL ? STATUS_NO_MEMORY : open_interface(host, interface, &into);
    if (status == STATUS_OK)
        status = capi_func_type(host, type, &made->type, &report);
    if (status == STATUS_OK) {
        made->func = func;
        made->context = context;
        status = add_func(host, into, bytes_of(name, strlen(name)), made);
        if (status == STATUS_INVALID)
            report_write(&report, REPORT_NO_OFFSET, "the interface has this function already");
    }
    return status == STATUS_OK ? AETHER_OK : capi_fail(status, &report, error);
}

static enum status add_resource(struct aether_host *host, struct capi_interface *interface,
                                const struct aether_resource *resource)
{
    struct component_host_interface *shown = &interface->interface;
    if (shown->resource_count == interface->resource_cap) {
        const struct component_host_resource **resources =
            grown(host, interface->resources, shown->resource_count, &interface->resource_cap,
                  sizeof *resources);
        if (resources == NULL)
            return STATUS_NO_MEMORY;
        shown->resources = interface->resources = resources;
    }
    interface->resources[shown->resource_count++] = &resource->resource;
    return STATUS_OK;
}

enum aether_status aether_host_resource(struct aether_host *host, const char *interface,
                                        const char *name, aether_drop_fn *drop, void *context,
                                        const struct aether_resource **out_resource,
                                        struct aether_error *error)
{
    struct report report;
    struct capi_interface *into;
    report_init(&report);
    struct aether_resource *made = arena_alloc(&host->arena, 1, sizeof *made);
    enum status status = made == NULL ? STATUS_NO_MEMORY : open_interface(host, interface, &into);
    if (status == STATUS_OK)
        status = copy_name(host, bytes_of(name, strlen(name)), &made->resource.name);
    if (status == STATUS_OK)
        status = add_resource(host, into, made);
    if (status != STATUS_OK)
        return capi_fail(status, &report, error);
    made->resource.drop = drop_resource;
    made->drop = drop;
    made->context = context;
    made->next = host->resources;
    host->resources = made;
    *out_resource = made;
    return AETHER_OK;
}

enum status capi_host_offer(const struct aether_host *host, struct arena *arena,
                            struct component_host *out_host)
{
    uint32_t count = 0;
    *out_host = (struct component_host){.context = NULL};
    if (host == NULL)
        return STATUS_OK;
    for (const struct capi_interface *each = host->interfaces; each != NULL; each = each->next)
        count++;
    const struct component_host_interface **all = arena_alloc(arena, count, sizeof *all);
    if (all == NULL)
        return STATUS_NO_MEMORY;
    for (const struct capi_interface *each = host->interfaces; each != NULL; each = each->next)
        all[out_host->interface_count++] = &each->interface;
    out_host->interfaces = all;
    out_host->traps_unknown = host->traps_unknown;
    return STATUS_OK;
}

void *aether_call_alloc(struct aether_call *call, size_t size)
{
    return arena_alloc(call->call->arena, size, 1);
}

bool aether_call_trap(struct aether_call *call, const char *sentence)
{
    (void)component_call_trap(call->call, REFUSAL_MISUSE, sentence); /* told again by call_func */
    return false;
}
