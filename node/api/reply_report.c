/*
 * node/api/reply_report.c: StatusReport, MetricsReport and Manifest.
 */
#include "node/api/reply_internal.h"

/* The head of an array of exactly `count`. */
static enum status read_tuple(struct cbor_reader *reader, uint64_t count)
{
    uint64_t found = 0;
    enum status status = cbor_read_array(reader, &found);
    return status == STATUS_OK && found != count ? STATUS_MALFORMED : status;
}

enum status reply_put_status(struct api_out *out, struct bytes details, struct report *why)
{
    struct cbor_reader reader;
    struct bytes name, text;
    uint64_t count = 0;
    cbor_reader_init(&reader, details, 0, why);
    enum status status = cbor_read_array(&reader, &count);
    api_out_word(out, "{\"StatusReport\":[{\"name\":\"wasm\",\"details\":{");
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        status = read_tuple(&reader, 2);
        if (status == STATUS_OK)
            status = cbor_read_text(&reader, &name);
        if (status == STATUS_OK)
            status = cbor_read_text(&reader, &text);
        if (status != STATUS_OK)
            return status;
        api_out_word(out, i == 0 ? "" : ",");
        api_out_string(out, name);
        api_out_word(out, ":");
        api_out_string(out, text);
    }
    api_out_word(out, "}}]}");
    return status == STATUS_OK ? cbor_reader_end(&reader) : status;
}

/* ---- metrics ---- */

#define NUMBERS_MAX 64u

struct number {
    struct bytes name;
    uint64_t value;
};

/* The seven that the original has, in its order; the first two are counted here. */
static const char *const known_numbers[] = {
    "connections_total",       "frames_total",
    "wasm_calls_total",        "secrets_stored_total",
    "secrets_retrieved_total", "attestation_verifications_total",
    "uptime_seconds",
};

static bool is_known(struct bytes name)
{
    for (size_t i = 0; i < ARRAY_LEN(known_numbers); i++) {
        if (bytes_equal(name, bytes_of(known_numbers[i], strlen(known_numbers[i]))))
            return true;
    }
    return false;
}

static uint64_t number_of(const struct number *numbers, uint64_t count, const char *name)
{
    for (uint64_t i = 0; i < count; i++) {
        if (bytes_equal(numbers[i].name, bytes_of(name, strlen(name))))
            return numbers[i].value;
    }
    return 0;
}

static enum status put_numbers(struct api_out *out, const struct api_counts *counts,
                               struct cbor_reader *reader)
{
    struct number numbers[NUMBERS_MAX];
    uint64_t count = 0;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count > NUMBERS_MAX)
        status = STATUS_MALFORMED;
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        status = read_tuple(reader, 2);
        if (status == STATUS_OK)
            status = cbor_read_text(reader, &numbers[i].name);
        if (status == STATUS_OK)
            status = cbor_read_uint(reader, &numbers[i].value);
    }
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < ARRAY_LEN(known_numbers); i++) {
        api_out_key(out, known_numbers[i], i == 0);
        api_out_number(out, i == 0   ? counts->connections
                            : i == 1 ? counts->frames
                                     : number_of(numbers, count, known_numbers[i]));
    }
    for (uint64_t i = 0; i < count; i++) {
        if (is_known(numbers[i].name))
            continue;
        api_out_word(out, ",");
        api_out_string(out, numbers[i].name);
        api_out_word(out, ":");
        api_out_number(out, numbers[i].value);
    }
    return STATUS_OK;
}

/* A name, then `count` numbers, as fields with these keys. */
static enum status put_named_numbers(struct api_out *out, struct cbor_reader *reader,
                                     const char *const *keys, size_t count)
{
    struct bytes name;
    uint64_t value = 0;
    enum status status = cbor_read_text(reader, &name);
    if (status != STATUS_OK)
        return status;
    api_out_word(out, "{\"name\":");
    api_out_string(out, name);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = cbor_read_uint(reader, &value);
        api_out_key(out, keys[i], false);
        api_out_number(out, value);
    }
    return status;
}

static enum status put_app(struct api_out *out, struct cbor_reader *reader)
{
    static const char *const app_keys[] = {"calls_total", "fuel_consumed_total", "errors_total"};
    static const char *const function_keys[] = {"calls", "fuel_consumed", "errors", "fuel_min",
                                                "fuel_max"};
    uint64_t functions = 0;
    enum status status = read_tuple(reader, 5);
    if (status == STATUS_OK)
        status = put_named_numbers(out, reader, app_keys, ARRAY_LEN(app_keys));
    if (status == STATUS_OK)
        status = cbor_read_array(reader, &functions);
    api_out_word(out, ",\"functions\":[");
    for (uint64_t i = 0; i < functions && status == STATUS_OK; i++) {
        api_out_word(out, i == 0 ? "" : ",");
        status = read_tuple(reader, 6);
        if (status == STATUS_OK)
            status = put_named_numbers(out, reader, function_keys, ARRAY_LEN(function_keys));
        api_out_word(out, "}");
    }
    api_out_word(out, "]}");
    return status;
}

enum status reply_put_metrics(struct api_out *out, const struct api_counts *counts,
                              struct bytes metrics, struct report *why)
{
    struct cbor_reader reader;
    uint64_t apps = 0;
    cbor_reader_init(&reader, metrics, 0, why);
    api_out_word(out, "{\"MetricsReport\":{");
    enum status status = read_tuple(&reader, 2);
    if (status == STATUS_OK)
        status = put_numbers(out, counts, &reader);
    if (status == STATUS_OK)
        status = cbor_read_array(&reader, &apps);
    api_out_word(out, ",\"wasm_app_metrics\":[");
    for (uint64_t i = 0; i < apps && status == STATUS_OK; i++) {
        api_out_word(out, i == 0 ? "" : ",");
        status = put_app(out, &reader);
    }
    api_out_word(out, "]}}");
    return status == STATUS_OK ? cbor_reader_end(&reader) : status;
}

/* ---- the configuration tree ---- */

enum status reply_put_manifest(struct api_out *out, const struct message_manifest_is *manifest,
                               struct report *why)
{
    struct cbor_reader reader;
    struct bytes name, hash;
    uint64_t count = 0;
    cbor_reader_init(&reader, manifest->leaves, 0, why);
    enum status status = cbor_read_array(&reader, &count);
    api_out_word(out, "{\"Manifest\":{\"root\":");
    api_out_hex(out, manifest->root);
    api_out_word(out, ",\"leaves\":[");
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        status = read_tuple(&reader, 2);
        if (status == STATUS_OK)
            status = cbor_read_text(&reader, &name);
        if (status == STATUS_OK)
            status = cbor_read_bytes(&reader, &hash);
        if (status != STATUS_OK)
            return status;
        api_out_word(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        api_out_string(out, name);
        api_out_word(out, ",\"hash\":");
        api_out_hex(out, hash);
        api_out_word(out, "}");
    }
    api_out_word(out, "]}}");
    return status == STATUS_OK ? cbor_reader_end(&reader) : status;
}
