/*
 * bench/calls/calls.c: calls per second of one warm cell, and where a call's time goes. `make
 * bench-calls` runs it; docs/sandbox.md has results.
 *
 *   bench-calls AETHER-CELL FUNCTION PAYLOAD.wasm ...
 *
 * Each call is one of FUNCTION without parameters, in a fresh instance, with a world and a session
 * of its own. The same is done once more in this process, without box and doorbell: the difference
 * is what the two processes cost.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cell/inprocess/inprocess.h"
#include "cell/program/program.h"
#include "node/gate/cell.h"
#include "node/world/world.h"

#define CALLS        20000u
#define PAYLOAD_MAX  (8u << 20)
#define MEMORY_BYTES (UINT64_C(64) << 20)
#define ARENA_BYTES  (UINT64_C(64) << 20)
#define LIMIT_US     60.0

struct call {
    struct gate_session session;
    struct gate_session_setup setup;
    struct world *world;
    struct gate_service services[WORLD_SERVICE_COUNT];
    struct buffer text, result, explanation;
    uint8_t room[3][4096];
};

static double us[CALLS];
static uint8_t payload_room[PAYLOAD_MAX];
static struct call call;

static NORETURN void give_up(const char *what)
{
    (void)fprintf(stderr, "bench-calls: %s\n", what);
    exit(3);
}

static double now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double percentile(double part)
{
    qsort(us, CALLS, sizeof us[0], compare);
    return us[(size_t)((CALLS - 1) * part)];
}

static void begin(const struct gate_job *job, const char *name)
{
    const struct world_setup setup = {.stdio = {-1, -1, -1}};
    struct report report;
    report_init(&report);
    call.text = (struct buffer){call.room[0], 0, sizeof call.room[0]};
    call.result = (struct buffer){call.room[1], 0, sizeof call.room[1]};
    call.explanation = (struct buffer){call.room[2], 0, sizeof call.room[2]};
    if (name != NULL && (buffer_append(&call.text, bytes_of(name, strlen(name) + 1)) != STATUS_OK ||
                         buffer_append(&call.text, BYTES_LITERAL("[]")) != STATUS_OK))
        give_up("the function's name is too long");
    if (world_create(&setup, &call.world, &report) != STATUS_OK)
        give_up(report.text);
    world_services(call.world, call.services);
    gate_session_init(&call.session, &(struct gate_session_setup){
                                         .job = *job,
                                         .call_text = buffer_bytes(&call.text),
                                         .services = call.services,
                                         .service_count = WORLD_SERVICE_COUNT,
                                         .result = &call.result,
                                         .explanation = &call.explanation,
                                     });
}

static void end(void)
{
    world_destroy(call.world);
    if (call.session.outcome.kind == OUTCOME_RESULT)
        return;
    (void)fwrite(call.explanation.data, 1, call.explanation.len, stderr);
    give_up("a call did not return");
}

static double run_boxed(const char *program, const struct gate_job *job, struct bytes payload,
                        const char *name, double *out_load_us)
{
    const struct gate_cell_options options = {.program = program,
                                              .memory_bytes = job->memory_bytes,
                                              .arena_bytes = job->arena_bytes,
                                              .payload_bytes = payload.len};
    struct gate_cell *cell;
    struct report report;
    report_init(&report);
    const double start = now_us();
    if (gate_cell_spawn(&options, &cell, &report) != STATUS_OK)
        give_up(report.text);
    begin(job, NULL);
    if (gate_cell_run(cell, payload, &call.session, 0, NULL) != GATE_CELL_FINISHED)
        give_up("the cell ended");
    end();
    *out_load_us = now_us() - start;
    const double first = now_us();
    double before = first;
    for (size_t i = 0; i < CALLS; i++) {
        begin(job, name);
        if (gate_cell_again(cell, &call.session, 0, NULL) != GATE_CELL_FINISHED)
            give_up("the cell ended");
        end();
        const double after = now_us();
        us[i] = after - before;
        before = after;
    }
    gate_cell_destroy(cell);
    return before - first;
}

/* ---- the same without a box ---- */

struct series {
    const struct gate_job *job;
    const char *name;
    size_t count;
    double before, start;
};

static struct gate_session *next(void *context, struct gate_session *ended)
{
    struct series *series = context;
    (void)ended;
    end();
    const double after = now_us();
    if (series->count != 0)
        us[series->count - 1] = after - series->before;
    else
        series->start = after;
    series->before = after;
    if (series->count++ == CALLS)
        return NULL;
    begin(series->job, series->name);
    return &call.session;
}

static double run_in_process(const struct gate_job *job, struct bytes payload, const char *name)
{
    struct series series = {.job = job, .name = name};
    struct report report;
    enum gate_cell_end how;
    report_init(&report);
    const struct inprocess_job run = {.payload = payload,
                                      .session = &call.session,
                                      .entry = program_run,
                                      .next = next,
                                      .next_context = &series};
    begin(job, NULL);
    if (inprocess_run(&run, &how, &report) != STATUS_OK)
        give_up(report.text);
    return series.before - series.start;
}

static double run_nothing(const struct gate_job *job)
{
    const double start = now_us();
    for (size_t i = 0; i < CALLS; i++) {
        begin(job, NULL);
        world_destroy(call.world);
    }
    return now_us() - start;
}

static struct bytes read_payload(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        give_up(path);
    const size_t len = fread(payload_room, 1, sizeof payload_room, file);
    (void)fclose(file);
    return bytes_of(payload_room, len);
}

static void line(const char *what, double total_us)
{
    const double median = percentile(0.5);
    (void)printf("  %-42s p50 %6.1f us  p99 %6.1f us  %7.0f calls/s\n", what, median,
                 percentile(0.99), CALLS / total_us * 1e6);
}

static bool measure(const char *program, const char *name, const char *path)
{
    const struct bytes payload = read_payload(path);
    const struct gate_job job = {
        .version = GATE_VERSION,
        .flags = GATE_JOB_CALL | GATE_JOB_SERVE | GATE_JOB_JSON,
        .payload_len = payload.len,
        .fuel = 10000000,
        .memory_bytes = MEMORY_BYTES,
        .arena_bytes = ARENA_BYTES,
        .stack_units = 65536,
        .table_elements = 65536,
    };
    double load_us = 0;
    const double total = run_boxed(program, &job, payload, name, &load_us);
    (void)printf("%s of %s\n", name, path);
    line("in a boxed cell", total);
    const bool is_kept = percentile(0.5) <= LIMIT_US;
    (void)printf("  %-42s %u requests to the gate, %llu fuel\n", "of that",
                 (unsigned)call.session.call_count,
                 (unsigned long long)call.session.outcome.fuel_used);
    line("call, results, reset, without doorbell", run_in_process(&job, payload, name));
    (void)printf("  %-42s     %6.1f us\n", "of that: world and session", run_nothing(&job) / CALLS);
    (void)printf("  %-42s     %6.0f us\n", "start, load, describe (once)", load_us);
    (void)printf("  limit of %.0f us for p50: %s\n", LIMIT_US, is_kept ? "kept" : "NOT KEPT");
    return is_kept;
}

int main(int argc, char **argv)
{
    bool are_kept = true;
    if (argc < 4)
        give_up("which cell, function and payloads?");
    for (int i = 3; i < argc; i++)
        are_kept = measure(argv[1], argv[2], argv[i]) && are_kept;
    return are_kept ? 0 : 1;
}
