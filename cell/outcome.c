/*
 * cell/outcome.c: from what the engine says to what GATE_CORE_FINISH carries.
 *
 * Every outcome made here passes session_outcome_is_well_formed() of core/proof/session.h.
 */
#include "cell/cell.h"
#include "core/base/ckd.h"

static uint64_t fuel_used(const struct cell *cell)
{
    return cell->store == NULL ? 0 : wasm_store_fuel_used(cell->store);
}

void cell_outcome_fault(struct cell *cell, enum outcome_fault fault, uint64_t wanted,
                        struct gate_outcome *out_outcome)
{
    *out_outcome = (struct gate_outcome){
        .kind = OUTCOME_FAULT,
        .reason = (uint32_t)fault,
        .fuel_used = fuel_used(cell),
        .wanted = wanted,
    };
    if (cell->report.is_set && cell->report.offset != REPORT_NO_OFFSET)
        out_outcome->offset = cell->report.offset;
}

void cell_outcome_trap(const struct cell *cell, const struct wasm_outcome *trap,
                       struct gate_outcome *out_outcome)
{
    *out_outcome = (struct gate_outcome){
        .kind = OUTCOME_TRAP,
        .reason = (uint32_t)trap->trap,
        .function = trap->func,
        .offset = trap->offset,
        .fuel_used = fuel_used(cell),
    };
    if (trap->trap == WASM_TRAP_HOST_REFUSED)
        out_outcome->refusal = trap->reason;
}

void cell_outcome_result(const struct cell *cell, int32_t status, struct gate_outcome *out_outcome)
{
    *out_outcome = (struct gate_outcome){
        .kind = OUTCOME_RESULT,
        .fuel_used = fuel_used(cell),
        .status = status,
    };
}

enum outcome_fault cell_fault_of(enum status status)
{
    switch (status) {
    case STATUS_MALFORMED:
    case STATUS_TRUNCATED:
        return FAULT_MALFORMED;
    case STATUS_INVALID:
        return FAULT_INVALID;
    case STATUS_UNSUPPORTED:
        return FAULT_UNSUPPORTED;
    case STATUS_UNLINKABLE:
        return FAULT_MISSING_IMPORT;
    case STATUS_NO_MEMORY:
        return FAULT_NO_MEMORY;
    default:
        /* The headers of load and instantiation promise nothing beyond these and LIMIT. */
        ASSERT(status == STATUS_LIMIT);
        return FAULT_LIMIT;
    }
}

uint64_t cell_memory_minimum(const struct wasm_module *module)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < module->memory_count; i++) {
        const struct wasm_memory_type *memory = &module->memories[i];
        uint64_t bytes;
        if (ckd_mul(&bytes, memory->limits.min, (uint64_t)1 << memory->page_log2) ||
            ckd_add(&sum, sum, bytes))
            return UINT64_MAX;
    }
    return sum;
}
