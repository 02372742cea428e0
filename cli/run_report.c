/*
 * cli/run_report.c: how a run ended: what a call gave on stdout, all else on stderr; with --json
 * one object, whatever happened: on stdout, or on stderr when stdout is the program's.
 *
 * Result and explanation are a cell's: shown escaped, and believed in nothing.
 */
#include "cli/listing.h"
#include "cli/run.h"
#include "cli/wasm_file.h"
#include "core/wasm/trap.h"

/* "box: ", in front of the line about it. */
#define BOX_LABEL 5u

/* What STARTED says (include/aether/gate.h). */
enum kind { KIND_BARE = 0, KIND_PREVIEW_1 = 1, KIND_COMPONENT = 2 };

/* How it is told: words of the JSON, and exit codes for a program and for a call. */
struct ending {
    const char *word; /* "outcome" */
    const char *verdict;
    int of_program, of_call;
};

static bool is_program(const struct run *run)
{
    return run->options->invoke == NULL && run->session.payload_version != KIND_BARE;
}

static struct ending fault_ending(const struct run *run)
{
    switch (run->session.outcome.reason) {
    case FAULT_MALFORMED:
        return (struct ending){"refused", "malformed", RUN_REFUSED, CLI_REFUSED};
    case FAULT_UNSUPPORTED:
        return (struct ending){"refused", "unsupported", RUN_REFUSED, CLI_REFUSED};
    case FAULT_LIMIT:
        return (struct ending){"refused", "limit", RUN_REFUSED, CLI_REFUSED};
    case FAULT_MISSING_IMPORT:
        return (struct ending){"refused", "unlinkable", RUN_REFUSED, CLI_REFUSED};
    case FAULT_MISSING_EXPORT:
        return (struct ending){"usage", NULL, CLI_USAGE, CLI_USAGE};
    case FAULT_NO_MEMORY:
        return (struct ending){"fault", NULL, RUN_FAILED, CLI_FAILED};
    default:
        return (struct ending){"refused", "invalid", RUN_REFUSED, CLI_REFUSED};
    }
}

static struct ending ending_of(const struct run *run)
{
    const struct gate_outcome *outcome = &run->session.outcome;
    int code = (int)((uint32_t)outcome->status & 0xFF);
    switch (run->end) {
    case GATE_CELL_FINISHED:
        break;
    case GATE_CELL_DEADLINE:
        return (struct ending){"fault", NULL, RUN_TIME_OVER, CLI_FAILED};
    case GATE_CELL_BAD:
    case GATE_CELL_DIED:
    default:
        return (struct ending){"fault", NULL, RUN_FAILED, CLI_FAILED};
    }
    switch (outcome->kind) {
    case OUTCOME_RESULT:
        return (struct ending){is_program(run) ? "exited" : "returned", NULL, code, CLI_OK};
    case OUTCOME_TRAP:
        return (struct ending){"trapped", NULL, RUN_TRAPPED, CLI_TRAPPED};
    default:
        return fault_ending(run);
    }
}

/* The cell's end when it did not come to an outcome. */
static void end_line(const struct run *run, char out[GATE_CELL_END_LINE_MAX])
{
    if (run->end == GATE_CELL_DEADLINE)
        (void)snprintf(out, GATE_CELL_END_LINE_MAX, /* fits */
                       "the run took longer than its time limit (--time-limit S)");
    else
        gate_cell_end_line(run->end, run->detail, out);
}

static void say_reason(const struct run *run, const struct run_lines *lines)
{
    char line[GATE_CELL_END_LINE_MAX];
    bool is_usage = run->session.outcome.reason == FAULT_MISSING_EXPORT;
    (void)fputs("aether: ", stderr);
    if (run->end != GATE_CELL_FINISHED) {
        end_line(run, line);
        (void)fprintf(stderr, "%s\n", line);
        return;
    }
    if (run->session.outcome.kind == OUTCOME_TRAP || !is_usage) {
        cli_print_path(stderr, run->options->path);
        (void)fputs(": ", stderr);
    }
    if (lines->text.len == 0)
        (void)fputs("it ended without a word\n", stderr);
    cli_print_text(stderr, lines->text);
}

/* Text of the text format is no module: say how to make it one. */
static void say_if_text(const struct run *run, const struct ending *ending)
{
    if (run->session.payload_version == KIND_BARE && ending->verdict != NULL &&
        wasm_file_is_text(run->payload))
        cli_say(WASM_FILE_TEXT_HINT);
}

static void say_stats(const struct run *run, bool has_sizes, uint64_t memory, uint64_t arena)
{
    if (!run->options->stats)
        return;
    if (run->says_box)
        cli_say("%s", run->box);
    if (has_sizes)
        cli_say("fuel %llu, memory 0 of %llu bytes, arena %llu bytes",
                (unsigned long long)run->session.outcome.fuel_used, (unsigned long long)memory,
                (unsigned long long)arena);
    else
        cli_say("fuel %llu", (unsigned long long)run->session.outcome.fuel_used);
}

static void list_results(struct listing *l, const struct run *run)
{
    struct run_lines lines = {buffer_bytes(run->session.setup.result)};
    struct bytes line;
    if (run->session.payload_version == KIND_COMPONENT) {
        if (run_lines_next(&lines, &line))
            listing_name(l, "result", "", line);
        return;
    }
    listing_open(l, "results", "", 0);
    while (run_lines_next(&lines, &line)) {
        size_t at = line.len;
        while (at != 0 && line.data[at - 1] != ' ')
            at--;
        listing_item(l);
        listing_name(l, "type", "", bytes_of(line.data, at == 0 ? 0 : at - 1));
        listing_name(l, "value", "", bytes_of(line.data + at, line.len - at));
        listing_item_end(l);
    }
    listing_close(l);
}

static void list_trap(struct listing *l, const struct run *run, struct run_lines lines)
{
    struct bytes line;
    struct run_frame frame;
    bool is_cut = false;
    listing_word(l, "trap", "", wasm_trap_text((enum wasm_trap)run->session.outcome.reason));
    listing_number(l, "kind", "", run->session.outcome.reason, "");
    listing_open(l, "trace", "", 0);
    while (run_lines_next(&lines, &line)) {
        is_cut = is_cut || bytes_equal(line, BYTES_LITERAL("    and more frames below"));
        if (!run_line_frame(line, &frame))
            continue;
        listing_item(l);
        if (frame.has_func)
            listing_number(l, "function", "", frame.func, "");
        if (frame.has_name)
            listing_name(l, "name", "", buffer_bytes(&frame.name));
        listing_number(l, "offset", "", frame.offset, "");
        listing_item_end(l);
    }
    listing_close(l);
    listing_flag(l, "trace_is_cut", "", is_cut);
}

static void list_missing(struct listing *l, struct run_lines lines)
{
    struct bytes line;
    struct run_import import;
    listing_open(l, "missing", "", 0);
    while (run_lines_next(&lines, &line)) {
        if (!run_line_import(line, &import))
            continue;
        listing_item(l);
        listing_name(l, "kind", "", import.kind);
        listing_name(l, "module", "", buffer_bytes(&import.module));
        listing_name(l, "name", "", buffer_bytes(&import.name));
        listing_name(l, "type", "", import.type);
        listing_item_end(l);
    }
    listing_close(l);
}

static void list_fault(struct listing *l, const struct run *run, const struct ending *ending,
                       struct run_lines lines)
{
    char end[GATE_CELL_END_LINE_MAX];
    struct bytes line = {0};
    uint64_t offset;
    if (ending->verdict != NULL)
        listing_word(l, "verdict", "", ending->verdict);
    if (run->end != GATE_CELL_FINISHED) {
        end_line(run, end);
        listing_name(l, "reason", "", bytes_of(end, strlen(end)));
        return;
    }
    (void)run_lines_next(&lines, &line); /* none: an empty reason */
    bool has_offset = run_line_take_offset(&line, &offset);
    listing_name(l, "reason", "", line);
    if (has_offset)
        listing_number(l, "offset", "", offset, "");
    if (run->session.outcome.reason == FAULT_MISSING_IMPORT)
        list_missing(l, lines);
}

static void list(const struct run *run, const struct ending *ending, struct run_lines lines)
{
    struct listing l;
    const struct gate_outcome *outcome = &run->session.outcome;
    uint64_t memory = 0, arena = 0;
    bool has_sizes = run_lines_take_sizes(&lines, &memory, &arena);
    bool has_outcome = run->end == GATE_CELL_FINISHED;
    listing_begin(&l, is_program(run) ? stderr : stdout, true);
    listing_name(&l, "file", "", bytes_of(run->options->path, strlen(run->options->path)));
    listing_word(&l, "outcome", "", ending->word);
    if (has_outcome && outcome->kind == OUTCOME_TRAP)
        list_trap(&l, run, lines);
    else if (!has_outcome || outcome->kind == OUTCOME_FAULT)
        list_fault(&l, run, ending, lines);
    else if (is_program(run))
        listing_number(&l, "status", "", (uint32_t)outcome->status, "");
    else
        list_results(&l, run);
    if (has_outcome)
        listing_number(&l, "fuel", "", outcome->fuel_used, "");
    if (has_sizes) {
        listing_number(&l, "memory_bytes", "", memory, "");
        listing_number(&l, "arena_bytes", "", arena, "");
    }
    if (run->says_box)
        listing_name(&l, "box", "", bytes_of(run->box + BOX_LABEL, strlen(run->box) - BOX_LABEL));
    listing_end(&l);
}

int run_tell(const struct run *run)
{
    struct ending ending = ending_of(run);
    struct run_lines lines = {buffer_bytes(run->session.setup.explanation)};
    uint64_t memory = 0, arena = 0;
    bool is_result = run->end == GATE_CELL_FINISHED && run->session.outcome.kind == OUTCOME_RESULT;
    if (run->options->json) {
        list(run, &ending, lines);
    } else {
        bool has_sizes = run_lines_take_sizes(&lines, &memory, &arena);
        if (is_result)
            cli_print_text(stdout, buffer_bytes(run->session.setup.result));
        else
            say_reason(run, &lines);
        say_if_text(run, &ending);
        say_stats(run, has_sizes, memory, arena);
    }
    return is_program(run) ? ending.of_program : ending.of_call;
}
