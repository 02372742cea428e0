/*
 * cell/fake/fake.c: a cell and its gate in one process, calling each other. See fake.h.
 *
 * Invariants:
 *   (1) The first event that ends the session is the outcome; what the cell says later is ignored.
 *   (2) All memory of a run is fresh from mmap, so zero, and is unmapped before fake_run returns.
 */
#include "cell/fake/fake.h"

#include <stdlib.h>

#include "aether/abi/cell.h"
#include "cell/cell.h"
#include "cell/fake/port.h"
#include "core/proof/session.h"

struct fake {
    struct gate_port port; /* first */
    struct session session;
    struct bytes payload;
    struct area arena;
    struct area memory;
    bool has_ended;
    struct gate_outcome outcome;
    uint8_t transfer[CELL_TRANSFER_BYTES];
};

static void find_areas(struct gate_port *port, struct cell_areas *out_areas)
{
    struct fake *fake = (struct fake *)port;
    *out_areas = (struct cell_areas){
        .payload = fake->payload.data,
        .transfer = fake->transfer,
        .transfer_bytes = sizeof fake->transfer,
        .arena = fake->arena.base,
        .memory = fake->memory.base,
    };
}

/* Invariant (1). */
static void end(struct fake *fake, const struct gate_outcome *outcome)
{
    if (fake->has_ended)
        return;
    fake->has_ended = true;
    fake->outcome = *outcome;
}

static void end_with_fault(struct fake *fake, enum outcome_fault fault)
{
    end(fake, &(struct gate_outcome){.kind = OUTCOME_FAULT, .reason = (uint32_t)fault});
}

static void ring(struct gate_port *port, const struct gate_request *request,
                 struct gate_reply *out_reply)
{
    struct fake *fake = (struct fake *)port;
    const struct gate_request copy = *request;
    struct bytes transfer = bytes_of(fake->transfer, sizeof fake->transfer);
    enum session_event event;
    session_call(&fake->session, &copy, transfer, out_reply, &event);
    switch (event) {
    case SESSION_CONTINUE:
        break;
    case SESSION_FINISHED:
        end(fake, &fake->session.outcome);
        break;
    case SESSION_SHREDDED:
        end_with_fault(fake, FAULT_SHREDDED);
        break;
    case SESSION_BAD:
        end_with_fault(fake, FAULT_BAD_GATE);
        break;
    }
}

static void hand_over(struct fake *fake, const struct fake_job *job, struct journal *journal,
                      struct gate_job *out_job)
{
    session_job_init(out_job, job->manifest, job->payload.len, journal);
    memcpy(fake->transfer, out_job, sizeof *out_job);
    session_init(&fake->session, &(struct session_setup){
                                     .journal = journal,
                                     .fuel = out_job->fuel,
                                     .features = GATE_FEATURE_DEVICE,
                                     .transfer_bytes = sizeof fake->transfer,
                                     .job = {0, sizeof *out_job},
                                 });
    fake->payload = job->payload;
    fake->port = (struct gate_port){.areas = find_areas, .ring = ring};
}

static void run(struct fake *fake, const struct fake_job *job, struct fake_result *out_result)
{
    struct cell cell;
    cell_init(&cell, &fake->port);
    cell.refuse_at = job->refuse_at;
    cell_run(&cell);
    ASSERT(fake->has_ended);
    out_result->outcome = fake->outcome;
    out_result->payload_version = fake->session.payload_version;
    out_result->arena_peak = cell.arena.peak;
    out_result->report = cell.report;
}

enum status fake_run(const struct fake_job *job, struct fake_result *out_result,
                     struct report *report)
{
    const struct manifest_limits *limits = &job->manifest->limits;
    struct gate_job gate_job;
    if (limits->memory_bytes > CELL_MEMORY_MAX || job->payload.len > CELL_PAYLOAD_MAX ||
        limits->arena_bytes > (uint64_t)CELL_ARENA_MAX + limits->memory_bytes)
        return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                           "limits or payload over what a cell has room for");

    struct fake *fake = calloc(1, sizeof *fake);
    if (fake == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "host out of memory");
    memset(out_result, 0, sizeof *out_result);
    journal_init(&out_result->journal, &job->inputs, job->manifest->grants, 1);
    hand_over(fake, job, &out_result->journal, &gate_job);
    enum status status = area_map(gate_job.arena_bytes, &fake->arena);
    if (status == STATUS_OK)
        status = area_map(gate_job.memory_bytes, &fake->memory);
    if (status == STATUS_OK)
        run(fake, job, out_result);
    else
        report_write(report, REPORT_NO_OFFSET, "host out of memory");
    area_unmap(&fake->memory);
    area_unmap(&fake->arena);
    free(fake);
    return status;
}
