/*
 * core/base/status.c: status codes to sentences.
 */
#include "core/base/status.h"

static const char *const texts[STATUS_COUNT] = {
#define X(name, text) [STATUS_##name] = text,
    STATUS_LIST(X)
#undef X
};

const char *status_text(enum status status)
{
    return (unsigned)status < STATUS_COUNT ? texts[status] : "unknown status";
}
