/*
 * core/wasi/p2_file_value.c: records of wasi:filesystem from and to what the gate says.
 */
#include "core/wasi/p2_file.h"

#define NS_PER_SECOND 1000000000u

struct p2_descriptor *p2_descriptor(void *context, const struct component_value *param)
{
    return &p2_self(context, param, P2_DESCRIPTOR)->descriptor;
}

enum gate_error p2_need_directory(const struct p2_descriptor *descriptor)
{
    return descriptor->type == GATE_TYPE_DIRECTORY ? WASI_OK : GATE_ERROR_NOT_DIRECTORY;
}

/* option<datetime>: none for a time before 1970, which a datetime can not say. */
static enum status time_value(struct component_call *call, int64_t ns, struct component_value *out)
{
    *out = p2_none();
    if (ns < 0)
        return STATUS_OK;
    struct component_value datetime;
    enum status status = p2_datetime(call, (uint64_t)ns, &datetime);
    if (status != STATUS_OK)
        return status;
    return p2_some(call, datetime, out);
}

enum status p2_stat_value(struct component_call *call, const struct gate_stat *stat,
                          struct component_value *out)
{
    struct component_value *fields = p2_values(call, 6);
    if (fields == NULL)
        return STATUS_NO_MEMORY;
    fields[0] = p2_enum(stat->type <= GATE_TYPE_SOCKET ? stat->type : GATE_TYPE_UNKNOWN);
    fields[1] = p2_u64(stat->links);
    fields[2] = p2_u64(stat->size);
    const int64_t times[3] = {stat->accessed, stat->modified, stat->changed};
    for (uint32_t i = 0; i < 3; i++) {
        enum status status = time_value(call, times[i], &fields[3 + i]);
        if (status != STATUS_OK)
            return status;
    }
    *out = p2_items(COMPONENT_RECORD, fields, 6);
    return STATUS_OK;
}

/* The finalizer of splitmix64. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

enum status p2_hash_value(struct component_call *call, const struct gate_stat *stat,
                          struct component_value *out)
{
    struct component_value *fields = p2_values(call, 2);
    if (fields == NULL)
        return STATUS_NO_MEMORY;
    fields[0] = p2_u64(mix(stat->node ^ mix(stat->device)));
    fields[1] = p2_u64(mix(stat->device ^ mix(stat->node)));
    *out = p2_items(COMPONENT_RECORD, fields, 2);
    return STATUS_OK;
}

/* no-change, now, timestamp(datetime) */
static enum gate_error read_time(const struct component_value *value, enum gate_set_time *out_set,
                                 int64_t *out_ns)
{
    *out_ns = 0;
    *out_set = GATE_TIME_KEEP;
    if (value->variant.index == 1)
        *out_set = GATE_TIME_NOW;
    if (value->variant.index != 2)
        return WASI_OK;
    const struct component_value *fields = value->variant.payload->items.items;
    uint64_t seconds = fields[0].u;
    uint64_t nanoseconds = fields[1].u;
    if (nanoseconds >= NS_PER_SECOND)
        return GATE_ERROR_INVALID;
    if (seconds >= (uint64_t)INT64_MAX / NS_PER_SECOND)
        return GATE_ERROR_OVERFLOW;
    *out_set = GATE_TIME_SET;
    *out_ns = (int64_t)(seconds * NS_PER_SECOND + nanoseconds);
    return WASI_OK;
}

enum gate_error p2_times(const struct component_value *accessed,
                         const struct component_value *modified, struct wasi_times *out_times)
{
    struct wasi_times times = {0};
    enum gate_error error = read_time(accessed, &times.set_accessed, &times.accessed);
    if (error == WASI_OK)
        error = read_time(modified, &times.set_modified, &times.modified);
    if (error == WASI_OK)
        *out_times = times;
    return error;
}

enum status p2_descriptor_new(struct wasi_p2 *p2, struct component_call *call,
                              struct p2_descriptor descriptor, struct component_value *out)
{
    uint32_t rep = 0;
    struct p2_slot *slot = NULL;
    enum status status = p2_new(p2, call, P2_DESCRIPTOR, 0, &rep, &slot);
    if (status != STATUS_OK)
        return status;
    slot->descriptor = descriptor;
    *out = component_host_handle(call, &p2_resource_descriptor, rep, COMPONENT_OWN);
    return STATUS_OK;
}

enum status p2_filesystem_error_code(void *context, struct component_call *call,
                                     const struct component_value *params,
                                     struct component_value *out)
{
    const struct p2_slot *self = p2_self(context, &params[0], P2_ERROR);
    if (self->error.is_file)
        return p2_some(call, p2_enum(p2_file_code(self->error.code)), out);
    *out = p2_none();
    return STATUS_OK;
}
