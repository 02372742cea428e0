/*
 * node/api/reply.c: replies by kind of request. Reports of several parts are in reply_report.c.
 */
#include "node/api/reply_internal.h"

static struct api_out begin(const struct api_reply *reply)
{
    reply->text->len = 0;
    reply->frame->len = 0;
    return (struct api_out){reply->text, STATUS_OK};
}

/* Puts the text into its frame. */
static enum status end(const struct api_reply *reply, const struct api_out *out, bool is_data)
{
    struct bytes text = api_memory_bytes(reply->text);
    if (out->status != STATUS_OK)
        return out->status;
    enum status status = is_data ? api_frame_tagged("Data", text, reply->frame_max, reply->frame)
                                 : api_frame_plain(text, reply->frame_max, reply->frame);
    if (status != STATUS_OK)
        reply->frame->len = 0;
    return status;
}

enum status api_reply_self(const struct api_reply *reply, const struct api_request *request)
{
    struct api_out out = begin(reply);
    api_out_word(&out,
                 request->kind == API_KIND_PING ? "\"Pong\"" : "{\"Healthz\":{\"status\":\"ok\"}}");
    return end(reply, &out, false);
}

enum status api_reply_refusal(const struct api_reply *reply, struct bytes sentence)
{
    reply->frame->len = 0;
    return api_frame_tagged("Error", sentence, reply->frame_max, reply->frame);
}

enum status api_reply_error(const struct api_reply *reply, const struct api_request *request,
                            struct bytes sentence)
{
    if (!request->is_data && request->kind != API_KIND_ATTEST)
        return api_reply_refusal(reply, sentence);
    struct api_out out = begin(reply);
    api_out_word(&out,
                 request->is_data ? "{\"status\":\"error\",\"message\":" : "{\"v\":2,\"error\":");
    api_out_string(&out, sentence);
    api_out_word(&out, "}");
    return end(reply, &out, request->is_data);
}

/* ---- apps ---- */

static enum status put_exports(struct api_out *out, struct cbor_reader *reader)
{
    uint64_t exports = 0;
    enum status status = cbor_read_array(reader, &exports);
    for (uint64_t i = 0; i < exports && status == STATUS_OK; i++) {
        struct bytes name;
        uint64_t count = 0, params = 0, results = 0;
        status = cbor_read_array(reader, &count);
        if (status == STATUS_OK && count != 3)
            status = STATUS_MALFORMED;
        if (status == STATUS_OK)
            status = cbor_read_text(reader, &name);
        if (status == STATUS_OK)
            status = cbor_read_uint(reader, &params);
        if (status == STATUS_OK)
            status = cbor_read_uint(reader, &results);
        if (status != STATUS_OK)
            return status;
        api_out_word(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        api_out_string(out, name);
        api_out_word(out, ",\"param_count\":");
        api_out_number(out, params);
        api_out_word(out, ",\"result_count\":");
        api_out_number(out, results);
        api_out_word(out, "}");
    }
    return status;
}

/* [name, hostname, code hash, key source, max fuel, is loaded, configuration hash, exports] */
static enum status put_app(struct api_out *out, struct cbor_reader *reader)
{
    struct bytes name, hostname, hash, source, configuration;
    uint64_t count = 0, fuel = 0, is_loaded = 0;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count != 8)
        status = STATUS_MALFORMED;
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &name);
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &hostname);
    if (status == STATUS_OK)
        status = cbor_read_bytes_exact(reader, 32, &hash);
    if (status == STATUS_OK)
        status = cbor_read_text(reader, &source);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &fuel);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &is_loaded);
    if (status == STATUS_OK)
        status = cbor_read_bytes(reader, &configuration);
    if (status != STATUS_OK)
        return status;
    api_out_word(out, "{\"name\":");
    api_out_string(out, name);
    api_out_word(out, ",\"hostname\":");
    api_out_string(out, hostname);
    api_out_word(out, ",\"code_hash\":");
    api_out_hex(out, hash);
    api_out_word(out, ",\"key_source\":");
    api_out_string(out, source);
    api_out_word(out, ",\"exports\":[");
    status = put_exports(out, reader);
    api_out_word(out, "],\"max_fuel\":");
    api_out_number(out, fuel);
    api_out_word(out, is_loaded != 0 ? ",\"loaded\":true" : ",\"loaded\":false");
    if (configuration.len != 0) {
        api_out_word(out, ",\"configuration_hash\":");
        api_out_hex(out, configuration);
    }
    api_out_word(out, "}");
    return status;
}

static enum status put_apps(struct api_out *out, struct bytes apps, struct report *why)
{
    struct cbor_reader reader;
    uint64_t count = 0;
    cbor_reader_init(&reader, apps, 0, why);
    enum status status = cbor_read_array(&reader, &count);
    api_out_word(out, "{\"status\":\"apps\",\"apps\":[");
    for (uint64_t i = 0; i < count && status == STATUS_OK; i++) {
        api_out_word(out, i == 0 ? "" : ",");
        status = put_app(out, &reader);
    }
    api_out_word(out, "]}");
    return status == STATUS_OK ? cbor_reader_end(&reader) : status;
}

static enum status put_loaded(struct api_out *out, struct bytes app, struct report *why)
{
    struct cbor_reader reader;
    cbor_reader_init(&reader, app, 0, why);
    api_out_word(out, "{\"status\":\"loaded\",\"app\":");
    enum status status = put_app(out, &reader);
    api_out_word(out, "}");
    return status == STATUS_OK ? cbor_reader_end(&reader) : status;
}

/* ---- the others ---- */

static enum status put_returned(struct api_out *out, const struct api_request *request,
                                const struct message_returned *returned, struct report *why)
{
    if (api_json_check_array(returned->returns, NULL) != STATUS_OK)
        return report_fail(why, STATUS_MALFORMED, REPORT_NO_OFFSET,
                           "call failed: the cell's results are not well-formed");
    api_out_word(out, "{\"status\":\"ok\",\"returns\":");
    api_out_bytes(out, returned->returns);
    if (request->wants_receipt) {
        api_out_word(out, ",\"fuel_consumed\":");
        api_out_number(out, returned->fuel);
        api_out_word(out, ",\"receipt\":");
        api_out_base64(out, returned->receipt, false);
    }
    api_out_word(out, "}");
    return STATUS_OK;
}

static void put_unloaded(struct api_out *out, const struct api_request *request, bool was_loaded)
{
    api_out_word(out, was_loaded ? "{\"status\":\"unloaded\",\"name\":"
                                 : "{\"status\":\"not_found\",\"name\":");
    api_out_string(out, bytes_of(request->name.data, request->name.len));
    api_out_word(out, "}");
}

static void put_readyz(struct api_out *out, uint64_t modules)
{
    api_out_word(out, modules != 0 ? "{\"Readyz\":{\"status\":\"ready\",\"modules\":"
                                   : "{\"Readyz\":{\"status\":\"not_ready\",\"modules\":");
    api_out_number(out, modules);
    api_out_word(out, "}}");
}

/* After the handshake, version 2; binary is base64url without padding. */
static void put_attested(struct api_out *out, const struct api_request *request,
                         const struct message_attested *attested)
{
    api_out_word(out, request->is_challenge ? "{\"v\":2,\"mode\":\"challenge\",\"tee\":"
                                            : "{\"v\":2,\"mode\":\"deterministic\",\"tee\":");
    api_out_string(out, attested->evidence_kind);
    api_out_word(out, ",\"quote\":");
    api_out_base64(out, attested->evidence, true);
    api_out_word(out, ",\"gpu_evidence\":null,\"quote_time\":");
    api_out_string(out, attested->time);
    api_out_word(out, ",\"client_evidence\":\"none\",\"client_context\":null}");
}

static const struct {
    enum api_kind kind;
    enum message_type answer;
} answers[] = {
    {API_KIND_READYZ, MESSAGE_MODULES_ARE},  {API_KIND_STATUS, MESSAGE_STATUS_IS},
    {API_KIND_METRICS, MESSAGE_METRICS_ARE}, {API_KIND_MANIFEST, MESSAGE_MANIFEST_IS},
    {API_KIND_ATTEST, MESSAGE_ATTESTED},     {API_KIND_LOAD, MESSAGE_LOADED},
    {API_KIND_CALL, MESSAGE_RETURNED},       {API_KIND_LIST, MESSAGE_APPS},
    {API_KIND_UNLOAD, MESSAGE_UNLOADED},
};

static bool is_answer(enum api_kind kind, enum message_type type)
{
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        if (answers[i].kind == kind)
            return answers[i].answer == type;
    }
    return false;
}

static enum status put_answer(struct api_out *out, const struct api_request *request,
                              const struct api_counts *counts, const union message_any *message,
                              struct report *why)
{
    switch (request->kind) {
    case API_KIND_READYZ:
        put_readyz(out, message->modules_are.count);
        return STATUS_OK;
    case API_KIND_STATUS:
        return reply_put_status(out, message->status_is.details, why);
    case API_KIND_METRICS:
        return reply_put_metrics(out, counts, message->metrics_are.metrics, why);
    case API_KIND_MANIFEST:
        return reply_put_manifest(out, &message->manifest_is, why);
    case API_KIND_ATTEST:
        put_attested(out, request, &message->attested);
        return STATUS_OK;
    case API_KIND_LOAD:
        return put_loaded(out, message->loaded.app, why);
    case API_KIND_CALL:
        return put_returned(out, request, &message->returned, why);
    case API_KIND_LIST:
        return put_apps(out, message->apps.apps, why);
    default:
        put_unloaded(out, request, message->unloaded.was_loaded != 0);
        return STATUS_OK;
    }
}

enum status api_reply_answer(const struct api_reply *reply, const struct api_request *request,
                             const struct api_counts *counts, enum message_type type,
                             const union message_any *message, struct report *why)
{
    if (type == MESSAGE_FAILED)
        return api_reply_error(reply, request, message->failed.text);
    if (!is_answer(request->kind, type))
        return report_fail(why, STATUS_MALFORMED, REPORT_NO_OFFSET,
                           "the service gave an answer to something else");
    struct api_out out = begin(reply);
    enum status status = put_answer(&out, request, counts, message, why);
    if (status == STATUS_OK)
        status = end(reply, &out, request->is_data);
    if (status == STATUS_LIMIT)
        return report_fail_u64(why, status, REPORT_NO_OFFSET,
                               "the reply is longer than a frame of % bytes", reply->frame_max);
    if (status == STATUS_NO_MEMORY)
        return report_fail(why, status, REPORT_NO_OFFSET,
                           "too much is being sent at once: try again later");
    if (status != STATUS_OK)
        return report_fail(why, status, REPORT_NO_OFFSET, "the service gave an unreadable answer");
    return STATUS_OK;
}
