/*
 * node/main/ending.c: see ending.h.
 */
#include "node/main/ending.h"

#include "core/base/text.h"
#include "node/message/shown.h"

static const char *outcome_text(const struct gate_outcome *outcome)
{
    static const char *const traps[] = {
#define X(number, name, text) [number] = (text),
        OUTCOME_TRAP_LIST(X)
#undef X
    };
    static const char *const faults[] = {
#define X(number, name, word, text) [number] = (text),
        OUTCOME_FAULT_LIST(X)
#undef X
    };
    if (outcome->kind == OUTCOME_TRAP && outcome->reason < ARRAY_LEN(traps))
        return traps[outcome->reason];
    if (outcome->kind == OUTCOME_FAULT && outcome->reason < ARRAY_LEN(faults))
        return faults[outcome->reason];
    return outcome->kind == OUTCOME_RESULT ? "ok" : "unknown outcome";
}

const char *ending_text(enum gate_cell_end end, int detail, const struct gate_outcome *outcome,
                        char memory[static GATE_CELL_END_LINE_MAX])
{
    if (end == GATE_CELL_FINISHED)
        return outcome_text(outcome);
    gate_cell_end_line(end, detail, memory);
    return memory;
}

void ending_sentence(const char *before, enum gate_cell_end end, struct bytes explanation,
                     const char *why, char out_text[static MESSAGE_TEXT_MAX + 1])
{
    struct buffer shown = {.data = (uint8_t *)out_text, .cap = MESSAGE_TEXT_MAX};
    const struct text_sink out = text_to_buffer(&shown);
    while (explanation.len != 0 && explanation.data[explanation.len - 1] == '\n')
        explanation.len--;
    text_word(out, before);
    if (end == GATE_CELL_FINISHED && explanation.len != 0)
        message_shown_lines(out, explanation);
    else
        text_word(out, why);
    out_text[shown.len] = '\0';
}

struct gate_outcome ending_outcome(enum gate_cell_end end, const struct gate_outcome *outcome)
{
    static const uint32_t reasons[] = {[GATE_CELL_BAD] = FAULT_BAD_GATE,
                                       [GATE_CELL_DIED] = FAULT_EXCEPTION,
                                       [GATE_CELL_DEADLINE] = FAULT_DEADLINE,
                                       [GATE_CELL_UNWATCHED] = FAULT_NO_MACHINE};
    if (end == GATE_CELL_FINISHED)
        return *outcome;
    return (struct gate_outcome){.kind = OUTCOME_FAULT, .reason = reasons[end]};
}
