/*
 * cell/program/module_entry.c: which function of a module is called, and with which arguments.
 *
 * With the text of a call, `name` or `name(1, 2)`: that function. Without: _start, or the only
 * function that is exported, or none when there is none. The arguments are the words of the call's
 * parentheses, or else the program's own, which are behind argument 0. A program of preview 1 that
 * starts by _start reads them itself.
 */
#include "cell/program/module_internal.h"
#include "core/wasm/type_text.h"

#define NAMES_SHOWN 32u

static void explain_exports(struct module_run *run)
{
    struct text_sink out = program_explain(run->program);
    const struct wasm_module *m = run->module;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < m->export_count; i++) {
        if (m->exports[i].kind != WASM_EXTERN_FUNC)
            continue;
        if (shown++ == NAMES_SHOWN) {
            text_word(out, "    and more\n");
            return;
        }
        text_word(out, "    ");
        text_name(out, m->exports[i].name);
        text_char(out, ' ');
        wasm_text_extern_type(out, m, WASM_EXTERN_FUNC, m->exports[i].index);
        text_char(out, '\n');
    }
    if (shown == 0)
        text_word(out, "    none\n");
}

static const struct wasm_export *find_func(const struct wasm_module *m, struct bytes name)
{
    const struct wasm_export *found = wasm_module_find_export(m, name);
    return found != NULL && found->kind == WASM_EXTERN_FUNC ? found : NULL;
}

/* The only exported function; `*out_count`: how many there are. */
static const struct wasm_export *find_only(const struct wasm_module *m, uint32_t *out_count)
{
    const struct wasm_export *found = NULL;
    *out_count = 0;
    for (uint32_t i = 0; i < m->export_count; i++)
        if (m->exports[i].kind == WASM_EXTERN_FUNC && (*out_count)++ == 0)
            found = &m->exports[i];
    return found;
}

static enum status refuse(struct module_run *run, const char *sentence)
{
    struct report *report = &run->program->report;
    return report_fail(report, STATUS_NOT_FOUND, REPORT_NO_OFFSET, sentence);
}

static enum status find_entry(struct module_run *run, struct bytes name)
{
    uint32_t count = 0;
    bool is_named = (run->program->job.flags & GATE_JOB_CALL) != 0;
    run->entry = find_func(run->module, is_named ? name : BYTES_LITERAL("_start"));
    if (run->entry != NULL)
        return STATUS_OK;
    run->shows_exports = true;
    if (is_named)
        return refuse(run, "--invoke: the module exports no function of that name; it exports:");
    run->entry = find_only(run->module, &count);
    if (count > 1)
        return refuse(run, "which of these is to run? Say --invoke NAME:");
    run->shows_exports = false;
    return STATUS_OK;
}

/* A run of words, each with a NUL or a comma behind it. */
struct words {
    struct bytes text;
    uint8_t separator;
};

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct bytes trim(struct bytes word)
{
    while (word.len != 0 && is_space(word.data[0]))
        word = bytes_of(word.data + 1, word.len - 1);
    while (word.len != 0 && is_space(word.data[word.len - 1]))
        word.len--;
    return word;
}

static bool next_word(struct words *words, struct bytes *out_word)
{
    size_t len = 0;
    if (words->text.len == 0)
        return false;
    while (len < words->text.len && words->text.data[len] != words->separator)
        len++;
    *out_word = bytes_of(words->text.data, len);
    size_t taken = len < words->text.len ? len + 1 : len;
    words->text = bytes_of(words->text.data + taken, words->text.len - taken);
    if (words->separator == ',')
        *out_word = trim(*out_word);
    return true;
}

static size_t count_words(struct words words)
{
    struct bytes word;
    size_t count = 0;
    while (next_word(&words, &word))
        count++;
    return count;
}

/* "add(1, 2)": the name, and what stands between the parentheses. */
static bool split_call(struct bytes text, struct bytes *out_name, struct words *out_words)
{
    size_t open = 0;
    while (open < text.len && text.data[open] != '(')
        open++;
    if (open == text.len || text.data[text.len - 1] != ')')
        return false;
    *out_name = bytes_of(text.data, open);
    *out_words = (struct words){trim(bytes_of(text.data + open + 1, text.len - open - 2)), ','};
    return true;
}

/* The program's arguments behind argument 0. */
static enum status take_words(struct module_run *run, struct words *out_words)
{
    struct bytes text, first;
    enum status status = program_text(run->program, GATE_TEXT_ARGUMENTS, &text);
    if (status != STATUS_OK)
        return status;
    *out_words = (struct words){text, 0};
    (void)next_word(out_words, &first); /* a gate that gives none gives no arguments either */
    return STATUS_OK;
}

static enum status refuse_count(struct module_run *run, size_t given)
{
    struct text_sink out = program_explain(run->program);
    if (run->entry != NULL) {
        text_name(out, run->entry->name);
        text_word(out, " is ");
        wasm_text_func_type(out, run->type);
    } else {
        text_word(out, "the module exports no function");
    }
    text_word(out, ": ");
    text_number(out, given);
    text_word(out, " arguments are given\n");
    return STATUS_NOT_FOUND;
}

static enum status refuse_word(struct module_run *run, uint32_t index, struct bytes word,
                               const char *why)
{
    struct text_sink out = program_explain(run->program);
    text_word(out, "argument ");
    text_number(out, index + 1);
    text_word(out, ", of type ");
    wasm_text_value_type(out, run->type->params[index]);
    text_word(out, ", is ");
    text_name(out, word);
    text_word(out, ": ");
    text_word(out, why);
    text_char(out, '\n');
    return STATUS_NOT_FOUND;
}

static enum status read_words(struct module_run *run, struct words words)
{
    uint32_t wanted = run->type == NULL ? 0 : run->type->param_count;
    size_t given = count_words(words);
    if (given != wanted)
        return refuse_count(run, given);
    uint64_t *slot = run->slots;
    for (uint32_t i = 0; i < wanted; i++) {
        struct bytes word = {0};
        uint32_t type = run->type->params[i];
        (void)next_word(&words, &word); /* they were counted */
        const char *why = module_value_parse(word, type, slot);
        if (why != NULL)
            return refuse_word(run, i, word, why);
        slot += wasm_type_slots(type);
    }
    return STATUS_OK;
}

/* A program's _start takes nothing: what it would take is nowhere to be had. */
static enum status check_start(struct module_run *run)
{
    if (run->type == NULL || run->type->param_count == 0)
        return STATUS_OK;
    return refuse_count(run, 0);
}

enum status module_choose(struct module_run *run)
{
    struct program *program = run->program;
    bool is_call = (program->job.flags & GATE_JOB_CALL) != 0;
    bool reads_itself = run->kind == PROGRAM_PREVIEW_1 && !is_call;
    struct bytes name = program->call_text;
    struct words words = {.text = bytes_of(NULL, 0)};
    bool has_words = find_func(run->module, name) == NULL && split_call(name, &name, &words);
    enum status status = find_entry(run, name);
    if (status == STATUS_OK && !has_words && !reads_itself)
        status = take_words(run, &words);
    if (status != STATUS_OK)
        return status;
    size_t slots = 0;
    if (run->entry != NULL) {
        run->type = wasm_module_func_type(run->module, run->entry->index);
        slots = (size_t)run->type->param_slots + run->type->result_slots;
    }
    run->slots = arena_alloc(&program->arena, slots, sizeof *run->slots);
    if (run->slots == NULL)
        return report_fail(&program->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the arguments");
    return reads_itself ? check_start(run) : read_words(run, words);
}

void module_explain_exports(struct module_run *run)
{
    if (run->shows_exports)
        explain_exports(run);
}
