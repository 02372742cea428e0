/*
 * board/mission.c: the parser of missions. Line by line, word by word, no state but open repeats.
 */
#include "board/mission.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "aether/abi/outcome.h"
#include "aether/abi/window.h"

#define WORDS_MAX  4u
#define WORD_BYTES 64u

/* One line, cut into words. `rest` is the text after the first word. */
struct line {
    uint32_t number;
    uint32_t word_count;
    char words[WORDS_MAX][WORD_BYTES];
    struct bytes rest;
};

struct parser {
    struct mission *mission;
    struct report *report;
    uint32_t open[MISSION_DEPTH_MAX];
    uint32_t depth;
};

const char *const mission_fact_names[MISSION_FACT_COUNT] = {
#define X(name, word) word,
    MISSION_FACT_LIST(X)
#undef X
};

static const struct {
    const char *name;
    uint32_t offset;
} inputs[] = {
    {"oxygen", WINDOW_OXYGEN},
    {"joint", WINDOW_JOINT},
    {"pressure", WINDOW_PRESSURE},
    {"dose", WINDOW_DOSE},
};

static const char *const event_names[] = {"commit", "awake", "asleep", "ended"};
static const char *const outcome_names[] = {"", "result", "trap", "fault"};

static const char *const trap_names[] = {
#define X(number, name, text) #name,
    OUTCOME_TRAP_LIST(X)
#undef X
};
static const char *const fault_words[] = {
#define X(number, name, word, text) word,
    OUTCOME_FAULT_LIST(X)
#undef X
};

static struct bytes text_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

const char *mission_reason_name(uint32_t outcome, uint32_t reason, char out_name[static 40])
{
    if (outcome == OUTCOME_FAULT && reason < ARRAY_LEN(fault_words))
        return fault_words[reason];
    if (outcome != OUTCOME_TRAP || reason >= ARRAY_LEN(trap_names))
        return reason == 0 ? "none" : "unknown";

    size_t i = 0;

    for (; trap_names[reason][i] != '\0' && i < 39; i++) {
        char c = trap_names[reason][i];

        out_name[i] = (char)(c == '_' ? '-' : tolower((unsigned char)c));
    }
    out_name[i] = '\0';
    return out_name;
}

static bool is_reason_name(const char *name)
{
    char buffer[40];

    for (uint32_t i = 0; i < ARRAY_LEN(trap_names); i++) {
        if (strcmp(mission_reason_name(OUTCOME_TRAP, i, buffer), name) == 0)
            return true;
    }
    for (uint32_t i = 0; i < ARRAY_LEN(fault_words); i++) {
        if (strcmp(fault_words[i], name) == 0)
            return true;
    }
    return false;
}

/* Index of `word` in a list, or -1. */
static int find_word(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, list[i]) == 0)
            return (int)i;
    }
    return -1;
}

static bool parse_u64(const char *word, uint64_t max, uint64_t *out_value)
{
    char *end;

    if (!isdigit((unsigned char)word[0]))
        return false;
    errno = 0;
    unsigned long long value = strtoull(word, &end, 0);
    if (errno != 0 || *end != '\0' || value > max)
        return false;
    *out_value = value;
    return true;
}

/* A register's 32 bits: 0 to 4294967295, or -2147483648 to -1. */
static bool parse_word32(const char *word, uint64_t *out_value)
{
    uint64_t magnitude;

    if (word[0] != '-')
        return parse_u64(word, UINT32_MAX, out_value);
    if (!parse_u64(word + 1, 0x80000000u, &magnitude))
        return false;
    *out_value = (uint32_t)(0 - magnitude);
    return true;
}

static bool parse_f32(const char *word, uint64_t *out_bits)
{
    char *end;
    float value = strtof(word, &end);
    uint32_t bits;

    if (end == word || *end != '\0')
        return false;
    memcpy(&bits, &value, sizeof bits);
    *out_bits = bits;
    return true;
}

static bool parse_seconds(const char *word, double *out_seconds)
{
    char *end;
    double value = strtod(word, &end);

    if (end == word || *end != '\0' || !isfinite(value) || value <= 0 ||
        value > MISSION_SECONDS_MAX)
        return false;
    *out_seconds = value;
    return true;
}

static enum status fail(struct parser *parser, const struct line *line, const char *sentence,
                        const char *word)
{
    return report_fail_name(parser->report, STATUS_MALFORMED, line->number, sentence,
                            text_of(word));
}

/* A sensor's name, or an offset into the window for boards that misbehave on purpose. */
static bool parse_register(const char *word, uint32_t *out_offset)
{
    uint64_t offset;

    for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
        if (strcmp(word, inputs[i].name) == 0) {
            *out_offset = inputs[i].offset;
            return true;
        }
    }
    if (!parse_u64(word, WINDOW_BYTES - 4, &offset) || offset % 4 != 0)
        return false;
    *out_offset = (uint32_t)offset;
    return true;
}

static enum status parse_set(struct parser *parser, const struct line *line,
                             struct mission_step *step)
{
    const char *value = line->words[2];

    if (line->word_count != 3)
        return fail(parser, line, "% wants a register and a value: set pressure 0.12",
                    line->words[0]);
    if (!parse_register(line->words[1], &step->offset))
        return fail(parser, line,
                    "no register %: write oxygen, joint, pressure, dose or an offset such as 0x3C",
                    line->words[1]);
    if (step->offset == WINDOW_PRESSURE ? !parse_f32(value, &step->value)
                                        : !parse_word32(value, &step->value))
        return fail(parser, line,
                    "% is no value: pressure takes a decimal such as 0.12, the others 32 bits",
                    value);
    return STATUS_OK;
}

static enum status parse_raise(struct parser *parser, const struct line *line,
                               struct mission_step *step)
{
    const char *word = line->words[1];

    if (line->word_count == 2 && strcmp(word, "pressure") == 0)
        step->value = 0x20;
    else if (line->word_count == 2 && strcmp(word, "joint") == 0)
        step->value = 0x21;
    else if (line->word_count != 2 || !parse_u64(word, 0x21, &step->value) || step->value < 0x20)
        return fail(parser, line, "% wants a vector: raise 0x20 (pressure) or raise 0x21 (joint)",
                    line->words[0]);
    return STATUS_OK;
}

static enum status parse_await(struct parser *parser, const struct line *line,
                               struct mission_step *step)
{
    int event =
        line->word_count < 2 ? -1 : find_word(line->words[1], event_names, ARRAY_LEN(event_names));

    if (event < 0 || line->word_count > 3)
        return fail(parser, line, "% wants commit, awake, asleep or ended: await commit 5",
                    line->words[0]);
    step->what = (uint32_t)event;
    if (line->word_count == 3 && !parse_seconds(line->words[2], &step->seconds))
        return fail(parser, line, "% is no timeout: write seconds, over 0 and up to 3600",
                    line->words[2]);
    return STATUS_OK;
}

static enum status parse_fact_value(struct parser *parser, const struct line *line,
                                    struct mission_step *step)
{
    const char *word = line->words[2];

    switch ((enum mission_fact)step->what) {
    case MISSION_FACT_OUTCOME: {
        int kind = find_word(word, outcome_names, ARRAY_LEN(outcome_names));

        if (kind < 1)
            return fail(parser, line, "no outcome %: write result, trap or fault", word);
        step->value = (uint64_t)kind;
        return STATUS_OK;
    }
    case MISSION_FACT_REASON:
        if (!is_reason_name(word))
            return fail(parser, line,
                        "no reason %: write a word of aether/abi/outcome.h such as page-fault or "
                        "out-of-fuel",
                        word);
        memcpy(step->text, word, strlen(word) + 1);
        return STATUS_OK;
    case MISSION_FACT_PROOF:
    case MISSION_FACT_PMU:
        if (strcmp(word, "zero") != 0 && strcmp(word, "nonzero") != 0)
            return fail(parser, line, "% is not known here: write zero or nonzero", word);
        step->value = strcmp(word, "nonzero") == 0;
        return STATUS_OK;
    case MISSION_FACT_CYCLE:
        if (parse_u64(word, UINT64_MAX, &step->value))
            return STATUS_OK;
        break;
    default:
        if (parse_word32(word, &step->value))
            return STATUS_OK;
    }
    return fail(parser, line, "% is no number: write 12, 0x0C or, up to 32 bits, -12", word);
}

static enum status parse_expect(struct parser *parser, const struct line *line,
                                struct mission_step *step)
{
    int fact = line->word_count < 2
                   ? -1
                   : find_word(line->words[1], mission_fact_names, MISSION_FACT_COUNT);
    uint32_t wanted = fact == MISSION_FACT_UPLINK ? 4 : 3;

    if (fact < 0)
        return fail(parser, line,
                    "can not expect %: aether-board --help lists what can be expected",
                    line->words[line->word_count < 2 ? 0 : 1]);
    if (line->word_count != wanted)
        return fail(parser, line, "expect % wants one value (uplink: low and high word)",
                    line->words[1]);
    step->what = (uint32_t)fact;
    if (wanted == 4 && !parse_word32(line->words[3], &step->second))
        return fail(parser, line, "% is no 32-bit number", line->words[3]);
    return parse_fact_value(parser, line, step);
}

static enum status parse_repeat(struct parser *parser, const struct line *line,
                                struct mission_step *step)
{
    if (line->word_count != 2 || !parse_u64(line->words[1], MISSION_REPEAT_MAX, &step->value) ||
        step->value == 0)
        return fail(parser, line, "% wants a number from 1 to 1000000: repeat 10", line->words[0]);
    if (parser->depth == MISSION_DEPTH_MAX)
        return fail(parser, line, "this % is the ninth inside of others: 8 are allowed",
                    line->words[0]);
    parser->open[parser->depth++] = parser->mission->step_count;
    return STATUS_OK;
}

static enum status parse_end(struct parser *parser, const struct line *line,
                             struct mission_step *step)
{
    if (line->word_count != 1 || parser->depth == 0)
        return fail(parser, line, "% without a repeat above it", line->words[0]);
    step->jump = parser->open[--parser->depth];
    parser->mission->steps[step->jump].jump = parser->mission->step_count;
    return STATUS_OK;
}

static enum status parse_print(struct parser *parser, const struct line *line,
                               struct mission_step *step)
{
    if (line->rest.len >= MISSION_TEXT_MAX)
        return fail(parser, line, "% takes up to 119 characters", line->words[0]);
    if (line->rest.len != 0)
        memcpy(step->text, line->rest.data, line->rest.len);
    return STATUS_OK;
}

static enum status parse_pause(struct parser *parser, const struct line *line,
                               struct mission_step *step)
{
    if (line->word_count != 2 || !parse_seconds(line->words[1], &step->seconds))
        return fail(parser, line, "% wants seconds, over 0 and up to 3600: pause 0.2",
                    line->words[0]);
    return STATUS_OK;
}

static enum status parse_release(struct parser *parser, const struct line *line,
                                 struct mission_step *step)
{
    (void)step; /* takes nothing */
    if (line->word_count != 1)
        return fail(parser, line, "% takes nothing", line->words[0]);
    return STATUS_OK;
}

static const struct {
    const char *word;
    enum mission_op op;
    enum status (*parse)(struct parser *, const struct line *, struct mission_step *);
} steps[] = {
    {"set", MISSION_SET, parse_set},          {"raise", MISSION_RAISE, parse_raise},
    {"await", MISSION_AWAIT, parse_await},    {"expect", MISSION_EXPECT, parse_expect},
    {"repeat", MISSION_REPEAT, parse_repeat}, {"end", MISSION_END, parse_end},
    {"print", MISSION_PRINT, parse_print},    {"pause", MISSION_PAUSE, parse_pause},
    {"hold", MISSION_HOLD, parse_set},        {"release", MISSION_RELEASE, parse_release},
};

static enum status parse_line(struct parser *parser, const struct line *line)
{
    struct mission *mission = parser->mission;

    if (strcmp(line->words[0], "timeout") == 0) {
        if (line->word_count != 2 || !parse_seconds(line->words[1], &mission->timeout_seconds))
            return fail(parser, line, "% wants seconds, over 0 and up to 3600: timeout 10",
                        line->words[0]);
        return STATUS_OK;
    }
    if (mission->step_count == MISSION_STEPS_MAX)
        return fail(parser, line, "% is step 1025: a mission has up to 1024", line->words[0]);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (strcmp(line->words[0], steps[i].word) != 0)
            continue;

        struct mission_step *step = &mission->steps[mission->step_count];

        *step = (struct mission_step){.op = steps[i].op, .line = line->number};
        enum status status = steps[i].parse(parser, line, step);

        if (status == STATUS_OK)
            mission->step_count++;
        return status;
    }
    return fail(parser, line,
                "no step %: write set, raise, await, expect, repeat, end, print, pause, timeout, "
                "hold or release",
                line->words[0]);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Cuts a line into words; words beyond the fourth are counted, not kept. */
static enum status split(struct parser *parser, struct bytes text, struct line *line)
{
    size_t at = 0;

    line->word_count = 0;
    line->rest = (struct bytes){text.data, 0};
    while (at < text.len && is_blank(text.data[text.len - 1]))
        text.len--;
    for (;;) {
        while (at < text.len && is_blank(text.data[at]))
            at++;
        if (line->word_count == 1)
            line->rest = (struct bytes){text.data + at, text.len - at};

        size_t start = at;

        while (at < text.len && !is_blank(text.data[at]))
            at++;
        if (at == start)
            return STATUS_OK;
        if (line->word_count < WORDS_MAX) {
            if (at - start >= WORD_BYTES || memchr(text.data + start, 0, at - start) != NULL)
                return report_fail(parser->report, STATUS_MALFORMED, line->number,
                                   "a word of over 63 characters, or a zero byte: is this text?");
            memcpy(line->words[line->word_count], text.data + start, at - start);
            line->words[line->word_count][at - start] = '\0';
        }
        line->word_count++;
    }
}

enum status mission_parse(struct bytes text, struct mission *out_mission, struct report *report)
{
    struct parser parser = {.mission = out_mission, .report = report};
    struct line line = {0};

    out_mission->step_count = 0;
    out_mission->timeout_seconds = 10;
    while (text.len != 0) {
        const uint8_t *newline = memchr(text.data, '\n', text.len);
        size_t len = newline == NULL ? text.len : (size_t)(newline - text.data);
        const uint8_t *comment = memchr(text.data, '#', len);
        size_t content = comment == NULL ? len : (size_t)(comment - text.data);

        line.number++;
        enum status status = split(&parser, bytes_of(text.data, content), &line);
        if (status == STATUS_OK && line.word_count != 0)
            status = parse_line(&parser, &line);
        if (status != STATUS_OK)
            return status;
        len += newline != NULL;
        text = bytes_of(text.data + len, text.len - len);
    }
    if (parser.depth != 0)
        return report_fail(report, STATUS_MALFORMED,
                           out_mission->steps[parser.open[parser.depth - 1]].line,
                           "this repeat has no end");
    if (out_mission->step_count == 0)
        return report_fail(report, STATUS_MALFORMED, line.number, "the mission has no step");
    return STATUS_OK;
}
