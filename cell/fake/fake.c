/*
 * cell/fake/fake.c: a cell and its gate in one process, calling each other. See fake.h.
 *
 * Invariants:
 *   (1) The first event that ends the session is the outcome; what the cell says later is ignored.
 *   (2) All memory of a run is fresh from mmap, so zero, and is unmapped before fake_run returns.
 */
#include "cell/fake/fake.h"

#include <stdlib.h>

#include <sys/mman.h>

#include "aether/abi/cell.h"
#include "cell/cell.h"
#include "core/proof/session.h"

#define GUARD_BYTES 0x10000u

/* A run of zero pages with unmapped pages around. */
struct area {
    uint8_t *map;
    size_t map_len;
    uint8_t *base;
};

struct gate_port {
    struct session session;
    struct bytes payload;
    struct area arena;
    struct area memory;
    bool has_ended;
    struct gate_outcome outcome;
    uint8_t transfer[CELL_TRANSFER_BYTES];
};

static enum status area_map(uint64_t bytes, struct area *out_area)
{
    size_t room = ((size_t)bytes + 0xFFF) & ~(size_t)0xFFF;
    size_t map_len = room + 2 * (size_t)GUARD_BYTES;
    uint8_t *map =
        mmap(NULL, map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return STATUS_NO_MEMORY;
    if (room != 0 && mprotect(map + GUARD_BYTES, room, PROT_READ | PROT_WRITE) != 0) {
        (void)munmap(map, map_len);
        return STATUS_NO_MEMORY;
    }
    *out_area = (struct area){map, map_len, map + GUARD_BYTES};
    return STATUS_OK;
}

static void area_unmap(struct area *area)
{
    if (area->map != NULL)
        (void)munmap(area->map, area->map_len);
}

void gate_port_areas(struct gate_port *port, struct cell_areas *out_areas)
{
    *out_areas = (struct cell_areas){
        .payload = port->payload.data,
        .transfer = port->transfer,
        .transfer_bytes = sizeof port->transfer,
        .arena = port->arena.base,
        .memory = port->memory.base,
    };
}

/* Invariant (1). */
static void end(struct gate_port *port, const struct gate_outcome *outcome)
{
    if (port->has_ended)
        return;
    port->has_ended = true;
    port->outcome = *outcome;
}

static void end_with_fault(struct gate_port *port, enum outcome_fault fault)
{
    end(port, &(struct gate_outcome){.kind = OUTCOME_FAULT, .reason = (uint32_t)fault});
}

void gate_port_ring(struct gate_port *port, const struct gate_request *request,
                    struct gate_reply *out_reply)
{
    const struct gate_request copy = *request;
    struct bytes transfer = bytes_of(port->transfer, sizeof port->transfer);
    enum session_event event;
    session_call(&port->session, &copy, transfer, out_reply, &event);
    switch (event) {
    case SESSION_CONTINUE:
        break;
    case SESSION_FINISHED:
        end(port, &port->session.outcome);
        break;
    case SESSION_SHREDDED:
        end_with_fault(port, FAULT_SHREDDED);
        break;
    case SESSION_BAD:
        end_with_fault(port, FAULT_BAD_GATE);
        break;
    }
}

static void hand_over(struct gate_port *port, const struct fake_job *job, struct journal *journal,
                      struct gate_job *out_job)
{
    session_job_init(out_job, job->manifest, job->payload.len, journal);
    memcpy(port->transfer, out_job, sizeof *out_job);
    session_init(&port->session, &(struct session_setup){
                                     .journal = journal,
                                     .fuel = out_job->fuel,
                                     .features = GATE_FEATURE_DEVICE,
                                     .transfer_bytes = sizeof port->transfer,
                                     .job = {0, sizeof *out_job},
                                 });
    port->payload = job->payload;
}

static void run(struct gate_port *port, const struct fake_job *job, struct fake_result *out_result)
{
    struct cell cell;
    cell_init(&cell, port);
    cell.refuse_at = job->refuse_at;
    cell_run(&cell);
    ASSERT(port->has_ended);
    out_result->outcome = port->outcome;
    out_result->payload_version = port->session.payload_version;
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

    struct gate_port *port = calloc(1, sizeof *port);
    if (port == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "host out of memory");
    memset(out_result, 0, sizeof *out_result);
    journal_init(&out_result->journal, &job->inputs, job->manifest->grants, 1);
    hand_over(port, job, &out_result->journal, &gate_job);
    enum status status = area_map(gate_job.arena_bytes, &port->arena);
    if (status == STATUS_OK)
        status = area_map(gate_job.memory_bytes, &port->memory);
    if (status == STATUS_OK)
        run(port, job, out_result);
    else
        report_write(report, REPORT_NO_OFFSET, "host out of memory");
    area_unmap(&port->memory);
    area_unmap(&port->arena);
    free(port);
    return status;
}
