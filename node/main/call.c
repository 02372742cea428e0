/*
 * node/main/call.c: see call.h.
 *
 * Invariants:
 *   (1) No call begins while the log can not take a line; each that began leaves one.
 *   (2) What a call was given and what it gave is in no line of the log and no sentence of ours;
 * the cell's own explanation goes to the caller alone.
 */
#include "node/main/call.h"

#include <stdio.h>
#include <stdlib.h>

#include <sys/mman.h>

#include "aether/gate_world.h"
#include "core/base/text.h"
#include "core/crypto/sha256.h"
#include "node/main/calls.h"
#include "node/main/ending.h"
#include "node/main/record.h"
#include "node/message/clock.h"

#define RESULT_KEPT  (UINT32_C(1) << 20) /* a larger result's memory is given back */
#define WORST_SHOWN  4u /* bytes that a byte of a name becomes when it is escaped */
#define SERVICES_MAX (OUTPUT_SERVICE_COUNT + STORE_SERVICE_COUNT + 1)

struct call {
    struct hub *hub;
    struct app *app;
    struct job *job;
    struct call_room *room;
    struct app_function *function;
    struct buffer text; /* of the call, owned */
    struct buffer result, explanation;
    struct store_session *files;
    struct http_session *http;
    struct gate_service world; /* the store's session stands in front of it */
    struct gate_service file;  /* ... and our counters in front of that */
    uint64_t writes, reads;
    struct gate_service services[SERVICES_MAX];
    size_t service_count;
    struct gate_session session;
    enum gate_cell_end end;
    int detail;
};

enum status call_room_init(struct call_room *room, struct log *log, struct report *report)
{
    void *result = mmap(NULL, CALL_RESULT_MAX, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (result == MAP_FAILED)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for results");
    room->result = result;
    output_init(&room->output, log);
    return STATUS_OK;
}

void call_room_fini(struct call_room *room)
{
    output_fini(&room->output);
    if (room->result != NULL)
        (void)munmap(room->result, CALL_RESULT_MAX);
}

struct gate_job call_job(const struct hub *hub, const struct app *app)
{
    return (struct gate_job){.version = GATE_VERSION,
                             .flags = GATE_JOB_CALL | GATE_JOB_SERVE | GATE_JOB_JSON,
                             .payload_len = app->payload_len,
                             .fuel = app->max_fuel,
                             .memory_bytes = hub->settings->memory_bytes,
                             .arena_bytes = hub->settings->arena_bytes,
                             .stack_units = CALL_STACK_UNITS,
                             .table_elements = CALL_TABLE_ELEMENTS};
}

/* "app 'A' has no export 'F'. Available: [a, b]", as far as it fits. */
static void refuse_function(const struct app *app, struct job *job)
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

/* The function's name, a NUL, and the parameters. */
static enum status make_text(struct call *call)
{
    const struct message_call *wanted = &call->job->in.any.call;
    const size_t cap = wanted->function.len + 1 + wanted->params.len;
    call->text = (struct buffer){.data = malloc(cap), .cap = cap};
    if (call->text.data == NULL)
        return STATUS_NO_MEMORY;
    enum status status = buffer_append(&call->text, wanted->function);
    if (status == STATUS_OK)
        status = buffer_append(&call->text, bytes_of("", 1));
    if (status == STATUS_OK)
        status = buffer_append(&call->text, wanted->params);
    return status;
}

static void serve_file(void *context, const struct gate_request *copy,
                       struct gate_transfer transfer, struct gate_reply *out_reply)
{
    struct call *call = context;
    call->file.call(call->file.context, copy, transfer, out_reply);
    if (out_reply->status != GATE_OK)
        return;
    call->writes += copy->method == GATE_FILE_PWRITE;
    call->reads += copy->method == GATE_FILE_PREAD && out_reply->out.len != 0;
}

static void cancel_file(void *context)
{
    const struct call *call = context;
    if (call->file.cancel != NULL)
        call->file.cancel(call->file.context);
}

static void add_file(struct call *call, const struct gate_service *file)
{
    call->file = *file;
    call->services[call->service_count++] =
        (struct gate_service){file->interface, call, serve_file, cancel_file};
}

/* What the app may have in this call. */
static enum status open_services(struct call *call, struct report *report)
{
    struct hub *hub = call->hub;
    struct output *output = &call->room->output;
    enum status status =
        output_begin(output, app_name(call->app), bytes_of(call->app->code_hash, 32),
                     call->function->name, report);
    if (status != STATUS_OK)
        return status;
    output_services(output, call->services);
    call->service_count = OUTPUT_SERVICE_COUNT;
    if (call->app->store != NULL) {
        struct gate_service files[STORE_SERVICE_COUNT];
        call->world = call->services[0];
        status = store_session_create(call->app->store, &call->world, &call->files, report);
        if (status != STATUS_OK)
            return status;
        store_session_services(call->files, files);
        for (size_t i = 0; i < STORE_SERVICE_COUNT; i++)
            if (files[i].interface == GATE_WORLD)
                call->services[0] = files[i];
            else
                add_file(call, &files[i]);
    }
    if (hub->http != NULL) {
        status = http_session_create(hub->http, app_name(call->app), &call->http, report);
        if (status == STATUS_OK)
            call->services[call->service_count++] = http_session_service(call->http);
    }
    return status;
}

static void close_services(struct call *call)
{
    if (call->http != NULL)
        http_session_destroy(call->http);
    store_session_destroy(call->files);
    output_end(&call->room->output);
    call->http = NULL;
    call->files = NULL;
}

static void begin_session(struct call *call)
{
    const struct gate_session_setup setup = {
        .job = call_job(call->hub, call->app),
        .call_text = buffer_bytes(&call->text),
        .services = call->services,
        .service_count = call->service_count,
        .result = &call->result,
        .explanation = &call->explanation,
    };
    call->result = (struct buffer){.data = call->room->result, .cap = CALL_RESULT_MAX};
    call->explanation =
        (struct buffer){.data = call->room->explanation, .cap = sizeof call->room->explanation};
    gate_session_init(&call->session, &setup);
}

static enum status run_in_cell(struct call *call, uint64_t deadline_ns, struct report *report)
{
    struct gate_cell *cell;
    bool is_warm;
    enum status status = app_take_cell(call->hub, call->app, &cell, &is_warm, report);
    if (status != STATUS_OK)
        return status;
    begin_session(call);
    if (is_warm)
        call->end = gate_cell_again(cell, &call->session, deadline_ns, &call->detail);
    else
        call->end = gate_cell_run(cell, bytes_of(call->app->payload, call->app->payload_len),
                                  &call->session, deadline_ns, &call->detail);
    app_leave_cell(call->hub, call->app, cell);
    return STATUS_OK;
}

static bool is_result(const struct call *call)
{
    return call->end == GATE_CELL_FINISHED && call->session.outcome.kind == OUTCOME_RESULT;
}

static void count(struct call *call)
{
    const uint64_t fuel = call->session.outcome.fuel_used;
    struct app_function *function = call->function;
    struct hub_counts *counts = &call->hub->counts;
    (void)pthread_mutex_lock(&call->hub->lock);
    if (function->calls == 0 || fuel < function->least_fuel)
        function->least_fuel = fuel;
    if (fuel > function->most_fuel)
        function->most_fuel = fuel;
    function->calls++;
    function->fuel += fuel;
    function->errors += !is_result(call);
    counts->calls++;
    counts->writes += call->writes;
    counts->reads += call->reads;
    counts->fuel += fuel;
    counts->call_errors += !is_result(call);
    (void)pthread_mutex_unlock(&call->hub->lock);
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
    if (is_result(call))
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

static void answer(struct call *call, const char *why)
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
    if (!is_result(call)) {
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

static void clean_room(struct call *call)
{
    memory_wipe(call->result.data, call->result.len);
    memory_wipe(call->explanation.data, call->explanation.len);
    if (call->result.len > RESULT_KEPT) /* failing, it stays */
        (void)madvise(call->result.data, CALL_RESULT_MAX, MADV_DONTNEED);
    memory_wipe(call->text.data, call->text.len);
    free(call->text.data);
}

static void serve(struct call *call)
{
    char memory[GATE_CELL_END_LINE_MAX];
    struct report report;
    report_init(&report);
    enum status status = make_text(call);
    if (status == STATUS_OK)
        status = open_services(call, &report);
    const uint64_t deadline_ns = message_now_ns() + NS_PER_MS * call->hub->settings->call_ms;
    if (status == STATUS_OK)
        status = run_in_cell(call, deadline_ns, &report);
    close_services(call);
    if (status == STATUS_OK) {
        count(call);
        answer(call, ending_text(call->end, call->detail, &call->session.outcome, memory));
    } else {
        job_fail_status(call->job, status, &report);
    }
    clean_room(call);
}

void call_run(struct hub *hub, struct app *app, struct job *job, struct call_room *room)
{
    const uint64_t waited_ns = message_now_ns() - job->arrived_ns;
    struct call call = {.hub = hub, .app = app, .job = job, .room = room};
    call.result.data = room->result;
    call.explanation.data = room->explanation;
    call.function = app_function(app, job->in.any.call.function);
    if (call.function == NULL)
        refuse_function(app, job);
    else if (waited_ns > NS_PER_MS * hub->settings->call_ms)
        job_fail(job, MESSAGE_FAILURE_BUSY, "too many calls: this one waited too long");
    else if (log_mend(hub->log) != STATUS_OK)
        job_fail(job, MESSAGE_FAILURE_UNAVAILABLE, "the log can not be written"); /* (1) */
    else
        serve(&call);
}
