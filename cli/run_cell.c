/*
 * cli/run_cell.c: a run in a cell of its own, or, to debug one, in this process.
 */
#include <time.h>

#include "cell/inprocess/inprocess.h"
#include "cell/program/program.h"
#include "cli/run.h"
#include "cli/time_limit.h"

#define NANOSECONDS UINT64_C(1000000000)

static bool serve_here(struct run *run)
{
    const struct run_options *o = run->options;
    const struct inprocess_job job = {
        .payload = run->payload, .session = &run->session, .entry = program_run};
    struct report report;
    report_init(&report);
    time_limit_begin(o->time_limit, "the run",
                     o->json ? "{\"outcome\":\"fault\",\"reason\":\"the time limit is over\"}\n"
                             : NULL);
    enum status status = inprocess_run(&job, &run->end, &report);
    time_limit_end();
    if (status != STATUS_OK)
        cli_say("no room for a cell of these limits: %s", report.text);
    return status == STATUS_OK;
}

/* 0: none. */
static uint64_t deadline_of(uint64_t seconds)
{
    struct timespec now;
    if (seconds == 0 || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return ((uint64_t)now.tv_sec + seconds) * NANOSECONDS + (uint64_t)now.tv_nsec;
}

bool run_begin(struct run *run)
{
    bool requires_isolation = run->options->requires_isolation;
    const struct gate_cell_options options = {
        .memory_bytes = run->job.memory_bytes,
        .arena_bytes = run->job.arena_bytes,
        .payload_bytes = run->job.payload_len,
        .required = requires_isolation ? GATE_ISOLATION_USUAL : 0,
        /* Not worth its time to a single run: no memory can be had besides the areas
         * (docs/sandbox.md). */
        .skipped = GATE_ISOLATION_CGROUP,
    };
    struct report report;
    if (run->options->in_process)
        return true;
    report_init(&report);
    enum status status = gate_cell_begin(&options, &run->cell, &report);
    if (status != STATUS_OK)
        cli_say("no cell: %s", report.is_set ? report.text : status_text(status));
    return status == STATUS_OK;
}

static bool serve_in_cell(struct run *run)
{
    struct report report;
    report_init(&report);
    enum status status = gate_cell_ready(run->cell, &report);
    if (status != STATUS_OK) {
        cli_say("no cell: %s", report.is_set ? report.text : status_text(status));
        return false;
    }
    run->says_box = true;
    gate_isolation_line(gate_cell_isolation(run->cell), run->box);
    run->end = gate_cell_run(run->cell, run->payload, &run->session,
                             deadline_of(run->options->time_limit), &run->detail);
    return true;
}

bool run_serve(struct run *run)
{
    return run->cell == NULL ? serve_here(run) : serve_in_cell(run);
}

/* It is waited for: who runs as the first process of a container may never take the dead of others,
 * and they would pile up. It was killed long before, while the result was told. */
void run_end(struct run *run)
{
    gate_cell_destroy(run->cell);
}
