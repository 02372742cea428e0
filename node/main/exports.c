/*
 * node/main/exports.c: what an app says that there is to call, and how much of a reply that takes.
 *
 * Invariant: `wasm_list` and `Metrics` of all apps fit a frame. An app enters the registry's sum
 * when it has its exports and leaves it with its place; one that does not fit is not loaded.
 */
#include <stdlib.h>

#include "core/base/cbor.h"
#include "node/main/app.h"

/* What api writes for an app and for a function in `wasm_list` (node/api/reply.c), names but for
 * theirs included, each number at its longest. In a Data reply a byte of it takes four. */
#define DIGITS         20u
#define LIST_BYTES     (600u + DIGITS)
#define FUNCTION_BYTES (45u + 2 * DIGITS)
#define BYTES_PER_BYTE 4u
/* So in `Metrics`, whose reply is plain. */
#define METRICS_BYTES          (200u + 3 * DIGITS)
#define METRICS_FUNCTION_BYTES (75u + 5 * DIGITS)
#define REPLY_BYTES            2048u /* of either reply, without apps */
#define WORST_ESCAPED          6u    /* bytes that a byte of a name becomes in JSON */

_Static_assert(BYTES_PER_BYTE *LIST_BYTES >= METRICS_BYTES &&
                   BYTES_PER_BYTE * FUNCTION_BYTES >= METRICS_FUNCTION_BYTES,
               "what fits in the list fits in the metrics");
_Static_assert(APP_EXPORTS_MAX + APP_BYTES <= MESSAGE_APP_MAX, "a loaded app can be told");

int app_compare_names(struct bytes a, struct bytes b)
{
    const size_t len = a.len < b.len ? a.len : b.len;
    const int order = len == 0 ? 0 : memcmp(a.data, b.data, len);
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

static enum status read_function(struct cbor_reader *reader, struct app_function *function)
{
    uint64_t count;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count != 3)
        status = STATUS_MALFORMED;
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &function->name);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &function->params);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &function->results);
    return status;
}

static enum status read_functions(struct app *app, struct bytes exports)
{
    struct cbor_reader reader;
    uint64_t count;
    cbor_reader_init(&reader, exports, 0, NULL);
    enum status status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK && count > APP_FUNCTIONS_MAX)
        status = STATUS_LIMIT;
    if (status == STATUS_OK && count != 0) {
        app->functions = calloc(count, sizeof app->functions[0]);
        status = app->functions == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    }
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        struct app_function *function = &app->functions[i];
        status = read_function(&reader, function);
        if (status == STATUS_OK && i != 0 &&
            app_compare_names(function[-1].name, function->name) >= 0)
            status = STATUS_MALFORMED; /* by name, none twice */
        if (status == STATUS_OK && function->name.len > MESSAGE_FUNCTION_MAX)
            status = STATUS_LIMIT;
        if (status == STATUS_OK && memchr(function->name.data, 0, function->name.len) != NULL)
            status = STATUS_INVALID; /* in a call's text a NUL ends the name */
    }
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status == STATUS_OK)
        app->function_count = (uint32_t)count;
    return status;
}

enum status app_set_exports(struct app *app, struct bytes exports, struct report *report)
{
    app->exports = malloc(exports.len == 0 ? 1 : exports.len);
    if (app->exports == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for exports");
    if (exports.len != 0)
        memcpy(app->exports, exports.data, exports.len);
    enum status status = read_functions(app, bytes_of(app->exports, exports.len));
    if (status == STATUS_LIMIT)
        return report_fail(report, status, REPORT_NO_OFFSET,
                           "exports: more than 4096 functions, or a name of more than 256 bytes");
    if (status == STATUS_INVALID)
        return report_fail(report, status, REPORT_NO_OFFSET, "a function's name has a NUL");
    return status == STATUS_OK ? status
                               : report_fail(report, status, REPORT_NO_OFFSET,
                                             "the cell does not say what there is to call");
}

struct app_function *app_function(const struct app *app, struct bytes name)
{
    uint32_t low = 0, high = app->function_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = app_compare_names(app->functions[middle].name, name);
        if (order == 0)
            return &app->functions[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static uint64_t listed_bytes(const struct app *app)
{
    uint64_t bytes = LIST_BYTES;
    for (uint32_t i = 0; i < app->function_count; i++) {
        const struct bytes name = app->functions[i].name;
        bytes += FUNCTION_BYTES;
        for (size_t at = 0; at < name.len; at++) {
            const uint8_t c = name.data[at];
            bytes += c < 0x20 || c == 0x7F ? WORST_ESCAPED : c == '"' || c == '\\' ? 2 : 1;
        }
    }
    return BYTES_PER_BYTE * bytes;
}

enum status app_enter_list(struct hub *hub, struct app *app, struct report *report)
{
    const uint64_t bytes = listed_bytes(app);
    (void)pthread_mutex_lock(&hub->lock);
    const bool fits = REPLY_BYTES + hub->listed_bytes + bytes <= hub->settings->frame_max;
    if (fits) {
        app->listed_bytes = bytes;
        hub->listed_bytes += bytes;
    }
    (void)pthread_mutex_unlock(&hub->lock);
    if (fits)
        return STATUS_OK;
    return report_fail_u64x2(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                             "exports: % bytes in the reply of wasm_list, and with the apps that "
                             "are loaded it would be longer than frame_max, % bytes",
                             bytes, hub->settings->frame_max);
}
