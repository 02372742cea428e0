/*
 * node/gate/log.c: names of interfaces, methods and refusals. See log.h.
 */
#include "node/gate/log.h"

#include <stdio.h>

#include "aether/abi/outcome.h"
#include "aether/gate_world.h"
#include "core/base/compiler.h"

static const char *const core_methods[] = {"HELLO",  "STARTED",   "FINISH", "WAIT",
                                           "UPCALL", "CALL_TEXT", "RESULT", "EXPLAIN"};
static const char *const world_methods[] = {"TEXT", "PREOPEN", "STDIO", "CLOCK", "RANDOM", "POLL"};
static const char *const stream_methods[] = {"READ", "WRITE"};
static const char *const file_methods[] = {"OPEN",
                                           "CLOSE",
                                           "PREAD",
                                           "PWRITE",
                                           "STAT",
                                           "STAT_AT",
                                           "SET_SIZE",
                                           "SET_TIMES",
                                           "SET_TIMES_AT",
                                           "SYNC",
                                           "ADVISE",
                                           "ALLOCATE",
                                           "READ_DIRECTORY",
                                           "CREATE_DIRECTORY",
                                           "REMOVE_DIRECTORY",
                                           "UNLINK",
                                           "READ_LINK",
                                           "SYMLINK",
                                           "LINK",
                                           "RENAME"};

_Static_assert(ARRAY_LEN(world_methods) == GATE_WORLD_METHOD_COUNT, "a name each");
_Static_assert(ARRAY_LEN(stream_methods) == GATE_STREAM_METHOD_COUNT, "a name each");
_Static_assert(ARRAY_LEN(file_methods) == GATE_FILE_METHOD_COUNT, "a name each");

static const struct {
    const char *name;
    const char *const *methods;
    size_t method_count;
} interfaces[] = {
    [GATE_CORE] = {"CORE", core_methods, ARRAY_LEN(core_methods)},
    [GATE_DEVICE] = {"DEVICE", NULL, 0},
    [GATE_WORLD] = {"WORLD", world_methods, ARRAY_LEN(world_methods)},
    [GATE_STREAM] = {"STREAM", stream_methods, ARRAY_LEN(stream_methods)},
    [GATE_FILE] = {"FILE", file_methods, ARRAY_LEN(file_methods)},
};

static const char *refusal_text(uint32_t reason)
{
    switch (reason) {
#define X(number, name, text)                                                                      \
    case number:                                                                                   \
        return (text);
        OUTCOME_REFUSAL_LIST(X)
#undef X
    default:
        return "no known reason";
    }
}

static const char *error_text(uint32_t reason)
{
    switch (reason) {
#define X(number, name, wasi, errno_)                                                              \
    case number:                                                                                   \
        return (wasi);
        GATE_ERROR_LIST(X)
#undef X
    default:
        return "no known error";
    }
}

static const char *status_text_of(enum gate_status status, uint32_t reason)
{
    switch (status) {
    case GATE_OK:
        return "served";
    case GATE_PENDING:
        return "pending";
    case GATE_UNKNOWN:
        return "no such interface or method";
    case GATE_BAD_HANDLE:
        return "not a handle that it was given";
    case GATE_BAD_REGION:
        return "region outside of the transfer area, or of a wrong length";
    case GATE_REFUSED:
        return refusal_text(reason);
    case GATE_BAD_VERSION:
        return "unknown version";
    case GATE_BAD_STATE:
        return "out of order";
    case GATE_FAILED:
        return error_text(reason);
    }
    return "unknown status";
}

void gate_log_line(const struct gate_request *copy, enum gate_status status, uint32_t reason,
                   char out_line[GATE_LOG_LINE_MAX])
{
    const char *text = status_text_of(status, reason);
    if (copy->interface >= ARRAY_LEN(interfaces))
        (void)snprintf(out_line, GATE_LOG_LINE_MAX, "interface %u, method %u: refused: %s",
                       copy->interface, copy->method, text);
    else if (copy->method >= interfaces[copy->interface].method_count)
        (void)snprintf(out_line, GATE_LOG_LINE_MAX, "%s, method %u: refused: %s",
                       interfaces[copy->interface].name, copy->method, text);
    else
        (void)snprintf(out_line, GATE_LOG_LINE_MAX, "%s.%s: refused: %s",
                       interfaces[copy->interface].name,
                       interfaces[copy->interface].methods[copy->method], text);
}
