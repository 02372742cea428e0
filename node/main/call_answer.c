/*
 * node/main/call_answer.c: what becomes of a call that was made, or could not be: record, line of
 * the log, receipt, answer. Invariant (2) of call.c.
 */
#include "core/base/text.h"
#include "core/crypto/sha256.h"
#include "node/main/call_internal.h"
#include "node/main/ending.h"
#include "node/main/record.h"

#define WORST_SHOWN 4u /* bytes that a byte of a name becomes when it is escaped */

/* "app 'A' has no export 'F'. Available: [a, b]", as far as it fits. */
void call_refuse_function(const struct app *app, struct job *job)
{
    const struct bytes wanted = job->in.any.call.function;
    char text[MESSAGE_TEXT_MAX + 1];
    struct buffer shown = {.data = (uint8_t *)text, .cap = MESSAGE_TEXT_MAX};
    const struct text_sink out = text_to_buffer(&shown);
    text_word(out, "app '");
    text_word(out, app->name);
    text_word(out, "' has no export '");
    text_escaped(out, wanted);
    text_word(out, "'. Available: [");
    for (uint32_t i = 0; i < app->function_count; i++) {
        const struct bytes name = app->functions[i].name;
        if (shown.len + WORST_SHOWN * name.len + 8 > MESSAGE_TEXT_MAX) {
            text_word(out, "...");
            break;
        }
        text_word(out, i == 0 ? "" : ", ");
        text_escaped(out, name);
    }
    text_char(out, ']');
    text[shown.len] = '\0';
    job_fail(job, MESSAGE_FAILURE_NOT_FOUND, text);
}

static void make_record(struct call *call, uint8_t out_record[static RECEIPT_BYTES],
                        uint8_t out_hash[static 32])
{
    const struct message_call *wanted = &call->job->in.any.call;
    struct record_call record = {.app = call->app,
                                 .function = call->function->name,
                                 .outcome = ending_outcome(call->end, &call->session.outcome),
                                 .job = call->session.setup.job};
    sha256_digest(wanted->params, record.params_hash);
    if (call_is_result(call))
        sha256_digest(buffer_bytes(&call->result), record.result_hash);
    record_make(call->hub, call->app, &record, out_record, out_hash);
}

/* Record and signature, or why there is none. */
static enum status sign_record(struct hub *hub, uint8_t record[static RECEIPT_BYTES + 64],
                               const uint8_t hash[static 32], struct report *report)
{
    struct message_sign sign = {.purpose = MESSAGE_PURPOSE_RECEIPT, .digest = bytes_of(hash, 32)};
    struct message_in *in;
    enum status status =
        caller_ask(hub->keys, MESSAGE_SIGN, &sign, MESSAGE_SIGNATURE, HUB_KEYS_MS, &in, report);
    if (status != STATUS_OK)
        return status;
    memcpy(record + RECEIPT_BYTES, in->any.signature.signature.data, 64);
    caller_release(hub->keys, in);
    return STATUS_OK;
}

static void answer_failed(struct call *call, const char *why)
{
    char text[MESSAGE_TEXT_MAX + 1];
    ending_sentence("call failed: ", call->end, buffer_bytes(&call->explanation), why, text);
    job_fail(call->job,
             call->end == GATE_CELL_DEADLINE ? MESSAGE_FAILURE_TIMEOUT : MESSAGE_FAILURE_CALL,
             text);
}

void call_answer(struct call *call, const char *why)
{
    uint8_t record[RECEIPT_BYTES + 64];
    uint8_t hash[32];
    struct report report;
    struct message_returned returned = {.fuel = call->session.outcome.fuel_used,
                                        .returns = buffer_bytes(&call->result)};
    report_init(&report);
    make_record(call, record, hash);
    const struct log_entry entry = {.kind = "call",
                                    .app = app_name(call->app),
                                    .code_hash = bytes_of(call->app->code_hash, 32),
                                    .function = call->function->name,
                                    .client = call->job->in.any.call.client,
                                    .outcome = why,
                                    .has_fuel = true,
                                    .fuel = call->session.outcome.fuel_used,
                                    .receipt = bytes_of(hash, 32)};
    if (log_write(call->hub->log, &entry) != STATUS_OK) {
        job_fail(call->job, MESSAGE_FAILURE_UNAVAILABLE,
                 "the call was made, and the log could not be written");
        return;
    }
    if (!call_is_result(call)) {
        answer_failed(call, why);
        return;
    }
    if (call->job->in.any.call.wants_receipt != 0) {
        enum status status = sign_record(call->hub, record, hash, &report);
        if (status != STATUS_OK) {
            job_fail_status(call->job, status, &report);
            return;
        }
        returned.receipt = bytes_of(record, sizeof record);
    }
    job_answer(call->job, MESSAGE_RETURNED, &returned);
}
