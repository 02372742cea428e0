/*
 * node/main/call.c: see call.h.
 *
 * Invariants:
 *   (1) No call begins while the log can not take a line; each that began leaves one.
 *   (2) What a call was given and what it gave is in no line of the log and no sentence of ours;
 *       the cell's own explanation goes to the caller alone.
 */
#include <stdlib.h>

#include <sys/mman.h>

#include "node/main/call_internal.h"
#include "node/main/ending.h"
#include "node/message/clock.h"

#define RESULT_KEPT (UINT32_C(1) << 20) /* a larger result's memory is given back */

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
    function->errors += !call_is_result(call);
    counts->calls++;
    counts->writes += call->writes;
    counts->reads += call->reads;
    counts->fuel += fuel;
    counts->call_errors += !call_is_result(call);
    (void)pthread_mutex_unlock(&call->hub->lock);
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

/* A cell that unloading killed did not die of itself, nor for want of memory. */
static const char *text_of_end(const struct call *call, char memory[static GATE_CELL_END_LINE_MAX])
{
    if (call->end == GATE_CELL_DIED && app_was_killed(call->hub, call->app))
        return "the app was unloaded";
    return ending_text(call->end, call->detail, &call->session.outcome, memory);
}

static void serve(struct call *call)
{
    char memory[GATE_CELL_END_LINE_MAX];
    struct report report;
    report_init(&report);
    enum status status = make_text(call);
    if (status == STATUS_OK)
        status = call_open_services(call, &report);
    const uint64_t deadline_ns = message_now_ns() + NS_PER_MS * call->hub->settings->call_ms;
    if (status == STATUS_OK)
        status = run_in_cell(call, deadline_ns, &report);
    call_close_services(call);
    if (status == STATUS_OK) {
        count(call);
        call_answer(call, text_of_end(call, memory));
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
        call_refuse_function(app, job);
    else if (waited_ns > NS_PER_MS * hub->settings->call_ms)
        job_fail(job, MESSAGE_FAILURE_BUSY, "too many calls: this one waited too long");
    else if (log_mend(hub->log) != STATUS_OK)
        job_fail(job, MESSAGE_FAILURE_UNAVAILABLE, "the log can not be written"); /* (1) */
    else
        serve(&call);
}
