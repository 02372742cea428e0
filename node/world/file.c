/*
 * node/world/file.c: the service GATE_FILE: which function serves which method.
 */
#include "node/world/file.h"

static enum gate_status file_close(struct world_call *call)
{
    const struct world_handle *handle =
        world_handles_find(&call->world->handles, call->request->handle);
    if (handle == NULL || handle->is_permanent)
        return GATE_BAD_HANDLE;
    world_handles_close(&call->world->handles, call->request->handle);
    return GATE_OK;
}

enum gate_status world_file_call(struct world_call *call)
{
    static world_method_fn *const methods[GATE_FILE_METHOD_COUNT] = {
        [GATE_FILE_CLOSE] = file_close,
    };
    if (call->request->method >= ARRAY_LEN(methods) || methods[call->request->method] == NULL)
        return GATE_UNKNOWN;
    return methods[call->request->method](call);
}
