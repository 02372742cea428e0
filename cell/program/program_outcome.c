/*
 * cell/program/program_outcome.c: what a program's end is called.
 *
 * Every outcome made here passes session_outcome_is_well_formed() of core/proof/session.h.
 */
#include "cell/program/program_internal.h"

static uint64_t fuel_used(const struct program *program)
{
    return program->store == NULL ? 0 : wasm_store_fuel_used(program->store);
}

struct text_sink program_explain(struct program *program)
{
    return text_to_buffer(&program->explanation);
}

void program_explain_sizes(struct program *program, uint64_t memory_bytes)
{
    struct text_sink out = program_explain(program);
    text_word(out, "memory ");
    text_number(out, memory_bytes);
    text_word(out, ", arena ");
    text_number(out, program->arena.peak);
    text_char(out, '\n');
}

static void explain_report(struct program *program)
{
    const struct report *report = &program->report;
    struct text_sink out = program_explain(program);
    if (!report->is_set)
        return;
    text_bytes(out, bytes_of(report->text, report->len));
    if (report->offset != REPORT_NO_OFFSET) {
        text_word(out, " (at byte ");
        text_number(out, report->offset);
        text_char(out, ')');
    }
    text_char(out, '\n');
}

void program_fault(struct program *program, enum outcome_fault fault, uint64_t wanted)
{
    program->outcome = (struct gate_outcome){
        .kind = OUTCOME_FAULT,
        .reason = (uint32_t)fault,
        .fuel_used = fuel_used(program),
        .wanted = wanted,
    };
    program->is_spent = true;
    if (program->report.is_set && program->report.offset != REPORT_NO_OFFSET)
        program->outcome.offset = program->report.offset;
    explain_report(program);
}

static enum outcome_fault fault_of(enum status status)
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
    case STATUS_NOT_FOUND:
        return FAULT_MISSING_EXPORT;
    case STATUS_NO_MEMORY:
        return FAULT_NO_MEMORY;
    default:
        return FAULT_LIMIT;
    }
}

void program_fault_of(struct program *program, enum status status)
{
    uint64_t wanted = status == STATUS_NO_MEMORY ? program->arena.wanted : 0;
    report_write(&program->report, REPORT_NO_OFFSET, status_text(status));
    program_fault(program, fault_of(status), wanted);
}

void program_refuse_call(struct program *program)
{
    report_init(&program->report); /* its offset is one in the call's text */
    program_fault(program, FAULT_MISSING_EXPORT, 0);
    program->is_spent = false;
}

/* ": import that nobody offers was called" */
static void explain_refusal(struct text_sink out, uint32_t refusal)
{
    static const char *const texts[] = {
#define X(number, name, text) [number] = (text),
        OUTCOME_REFUSAL_LIST(X)
#undef X
    };
    if (refusal < ARRAY_LEN(texts)) {
        text_word(out, ": ");
        text_word(out, texts[refusal]);
    }
}

void program_trap(struct program *program, const struct wasm_outcome *trap)
{
    bool is_refused = trap->trap == WASM_TRAP_HOST_REFUSED;
    if (is_refused && trap->reason == REFUSAL_EXITED && program->exit.has_exited) {
        program_done(program, (int32_t)program->exit.code);
        return;
    }
    program->outcome = (struct gate_outcome){
        .kind = OUTCOME_TRAP,
        .reason = (uint32_t)trap->trap,
        .refusal = is_refused ? trap->reason : 0,
        .function = trap->func,
        .offset = trap->offset,
        .fuel_used = fuel_used(program),
    };
    struct text_sink out = program_explain(program);
    text_word(out, "trap: ");
    text_word(out, wasm_trap_text(trap->trap));
    if (is_refused)
        explain_refusal(out, trap->reason);
    text_char(out, '\n');
    explain_report(program);
}

void program_done(struct program *program, int32_t status)
{
    program->outcome = (struct gate_outcome){
        .kind = OUTCOME_RESULT,
        .fuel_used = fuel_used(program),
        .status = status,
    };
}
