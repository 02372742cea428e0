/*
 * node/main/describe.c: what an app says, in a cell of its own, that there is to call. See load.h.
 *
 * Invariant: a cell that described may serve: it has seen no call.
 */
#include <stdlib.h>

#include "node/main/call.h"
#include "node/main/ending.h"
#include "node/main/load_internal.h"
#include "node/message/clock.h"

#define DESCRIBE_MS 10000u /* however long calls may take: a stop waits for a load */

/* What a cell that could not describe says, in the words of who asked. */
static bool fail_describe(struct load *load, enum gate_cell_end end, int detail,
                          const struct gate_outcome *outcome, struct bytes explanation)
{
    char memory[GATE_CELL_END_LINE_MAX];
    const char *before = "WASM deserialization failed: ";
    const bool is_fault = end == GATE_CELL_FINISHED && outcome->kind == OUTCOME_FAULT;
    if (is_fault && outcome->reason == FAULT_MISSING_EXPORT)
        before = "app has no exported functions: ";
    else if (is_fault && outcome->reason == FAULT_MISSING_IMPORT)
        before = "component failed trial instantiation (linker error): ";
    else if (!is_fault || outcome->reason == FAULT_MEMORY_CAP)
        before = "instantiation failed: ";
    load->failure = MESSAGE_FAILURE_INVALID;
    ending_sentence(before, end, explanation, ending_text(end, detail, outcome, memory),
                    load->text);
    return false;
}

/* A start function asks nobody. */
static void refuse_http(void *context, const struct gate_request *copy,
                        struct gate_transfer transfer, struct gate_reply *out_reply)
{
    (void)context;
    (void)copy;
    (void)transfer;
    out_reply->status = GATE_REFUSED;
}

/* Services of a describe: start functions run, and may print. The cell serves calls later, and what
 * it links is decided here: it is told of every service that calls have. */
static enum gate_cell_end run_describe(struct load *load, struct gate_cell *cell,
                                       struct output *output, struct gate_session *session,
                                       struct buffer *result, struct buffer *explanation,
                                       int *out_detail)
{
    struct gate_service services[OUTPUT_SERVICE_COUNT + 1];
    struct hub *hub = load->hub;
    output_services(output, services);
    services[OUTPUT_SERVICE_COUNT] =
        (struct gate_service){.interface = GATE_HTTP, .call = refuse_http};
    const struct gate_session_setup setup = {.job = call_job(hub, load->app),
                                             .services = services,
                                             .service_count = ARRAY_LEN(services),
                                             .result = result,
                                             .explanation = explanation};
    const uint32_t most_ms =
        hub->settings->call_ms < DESCRIBE_MS ? hub->settings->call_ms : DESCRIBE_MS;
    gate_session_init(session, &setup);
    return gate_cell_run(cell, bytes_of(load->app->payload, load->app->payload_len), session,
                         message_now_ns() + NS_PER_MS * most_ms, out_detail);
}

static bool describe_in(struct load *load, struct gate_cell *cell, struct output *output,
                        uint8_t *memory)
{
    static const size_t explanation_at = APP_EXPORTS_MAX;
    struct buffer result = {.data = memory, .cap = APP_EXPORTS_MAX};
    struct buffer explanation = {.data = memory + explanation_at, .cap = GATE_EXPLANATION_MAX};
    struct gate_session session;
    struct report report;
    int detail = 0;
    report_init(&report);
    enum gate_cell_end end =
        run_describe(load, cell, output, &session, &result, &explanation, &detail);
    if (end == GATE_CELL_FINISHED && session.outcome.kind == OUTCOME_FAULT &&
        session.outcome.reason == FAULT_LIMIT && session.refused_count != 0) /* its result */
        return load_fail_status(load,
                                report_fail_u64(&report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                                "exports: more than % bytes of names",
                                                APP_EXPORTS_MAX),
                                &report);
    if (end != GATE_CELL_FINISHED || session.outcome.kind != OUTCOME_RESULT)
        return fail_describe(load, end, detail, &session.outcome, buffer_bytes(&explanation));
    enum status status = app_set_exports(load->app, buffer_bytes(&result), &report);
    if (status != STATUS_OK)
        return load_fail_status(load, status, &report);
    if (load->app->function_count == 0)
        return load_fail(load, MESSAGE_FAILURE_INVALID, "", "app has no exported functions");
    status = app_enter_list(load->hub, load->app, &report);
    return status == STATUS_OK || load_fail_status(load, status, &report);
}

bool load_describe(struct load *load)
{
    struct app *app = load->app;
    struct gate_cell *cell = NULL;
    struct output output;
    struct report report;
    bool is_good = false;
    uint8_t *memory = malloc(APP_EXPORTS_MAX + GATE_EXPLANATION_MAX);
    report_init(&report);
    output_init(&output, load->hub->log);
    enum status status = memory == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    if (status == STATUS_OK)
        status = app_spawn_cell(load->hub, app, &cell, &report);
    if (status == STATUS_OK)
        status = output_begin(&output, app_name(app), bytes_of(app->code_hash, 32),
                              BYTES_LITERAL(""), &report);
    if (status == STATUS_OK) {
        is_good = describe_in(load, cell, &output, memory);
        output_end(&output);
    } else {
        (void)load_fail_status(load, status, &report);
    }
    if (is_good && gate_cell_can_serve(cell))
        app_keep_cell(load->hub, app, cell);
    else
        gate_cell_destroy(cell);
    output_fini(&output);
    free(memory);
    return is_good;
}
