/*
 * core/wasm/disasm.c: register code as text, from the table that the handlers are made from.
 *
 * A line is "<byte distance from the function's start> <NAME>_<classes> operands". Branch targets
 * are shown as such distances.
 */
#include "core/wasm/disasm.h"

#include <stddef.h>

#include "core/wasm/handler_table.h"
#include "core/wasm/instance.h"

#define LINE_MAX 160

struct line {
    char text[LINE_MAX];
    size_t len;
};

struct row {
    const char *name;
    uint16_t first;
    uint16_t variants;
    uint8_t family;
};

static const struct row rows[] = {
#define X(family, name, ...) {#name, CODE_##name, CODE_VARIANTS_##family, FAMILY_##family},
    CODE_LIST(X)
#undef X
#define X(from, to, ...) {"MOVE_" #from #to, CODE_MOVE_##from##to, 1, FAMILY_UNARY},
        CLASS_MOVE_LIST(X, 0)
#undef X
};

static const char pair_names[][3] = {
#define X(l, r, ...) #l #r,
    CLASS_PAIR_LIST(X, 0)
#undef X
};

static const char float_pair_names[][3] = {
#define X(l, r, ...) #l #r,
    CLASS_FLOAT_PAIR_LIST(X, 0)
#undef X
};

static void add_text(struct line *line, const char *text)
{
    for (; *text != '\0' && line->len + 1 < LINE_MAX; text++)
        line->text[line->len++] = *text;
    line->text[line->len] = '\0';
}

static void add_number(struct line *line, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    digits[--at] = '\0';
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0)
        digits[--at] = '-';
    add_text(line, digits + at);
}

static void add_field(struct line *line, const char *name, int64_t number)
{
    add_text(line, " ");
    add_text(line, name);
    add_number(line, number);
}

static void add_letter(struct line *line, const char *letters, uint32_t index)
{
    const char text[2] = {letters[index], '\0'};
    add_text(line, text);
}

/* Classes of one variant of a code, in the order that code.h multiplies them. */
static void add_classes(struct line *line, uint32_t family, uint32_t variant)
{
    static const char results[] = "SABPQ", sources[] = "SAPQ", addresses[] = "SAIPQ";
    static const char float_results[] = "SFB", float_sources[] = "SF";
    add_text(line, "_");
    switch (family) {
    case FAMILY_BINARY:
        add_text(line, pair_names[variant / RESULT_COUNT]);
        add_letter(line, results, variant % RESULT_COUNT);
        break;
    case FAMILY_DIVIDE:
    case FAMILY_COMPARE:
        add_text(line, pair_names[variant / FLAG_COUNT]);
        add_letter(line, results, variant % FLAG_COUNT);
        break;
    case FAMILY_BRANCH:
        add_text(line, pair_names[variant]);
        break;
    case FAMILY_UNARY:
    case FAMILY_SELECT:
        add_letter(line, sources, variant / RESULT_COUNT);
        add_letter(line, results, variant % RESULT_COUNT);
        break;
    case FAMILY_LOAD:
        add_letter(line, addresses, variant / RESULT_COUNT);
        add_letter(line, results, variant % RESULT_COUNT);
        break;
    case FAMILY_STORE:
        add_letter(line, addresses, variant / STORED_COUNT);
        add_letter(line, addresses, variant % STORED_COUNT);
        break;
    case FAMILY_FLOAT_LOAD:
        add_letter(line, addresses, variant / FLOAT_RESULT_COUNT);
        add_letter(line, float_results, variant % FLOAT_RESULT_COUNT);
        break;
    case FAMILY_FLOAT_STORE:
        add_letter(line, addresses, variant);
        break;
    case FAMILY_FLOAT_BINARY:
        add_text(line, float_pair_names[variant / FLOAT_RESULT_COUNT]);
        add_letter(line, float_results, variant % FLOAT_RESULT_COUNT);
        break;
    case FAMILY_FLOAT_COMPARE:
        add_text(line, float_pair_names[variant / FLAG_COUNT]);
        add_letter(line, results, variant % FLAG_COUNT);
        break;
    case FAMILY_FLOAT_BRANCH:
        add_text(line, float_pair_names[variant / SENSE_COUNT]);
        add_letter(line, "TN", variant % SENSE_COUNT);
        break;
    case FAMILY_FLOAT_UNARY:
        add_letter(line, float_sources, variant / FLOAT_RESULT_COUNT);
        add_letter(line, float_results, variant % FLOAT_RESULT_COUNT);
        break;
    case FAMILY_FLOAT_TO_INT:
        add_letter(line, float_sources, variant / FLAG_COUNT);
        add_letter(line, results, variant % FLAG_COUNT);
        break;
    case FAMILY_INT_TO_FLOAT:
        add_letter(line, sources, variant / FLOAT_RESULT_COUNT);
        add_letter(line, float_results, variant % FLOAT_RESULT_COUNT);
        break;
    case FAMILY_GET:
        add_letter(line, results, variant);
        break;
    default:
        add_letter(line, sources, variant);
        break;
    }
}

static int64_t target_of(const uint8_t *start, const int32_t *field)
{
    return (const uint8_t *)field - start + *field;
}

static size_t add_branch(struct line *line, const uint8_t *start, const uint8_t *cell)
{
    const struct code_branch *c = (const void *)cell;
    add_field(line, "a=", c->a);
    add_field(line, "b=", (int16_t)c->b);
    add_field(line, "to=", target_of(start, &c->target));
    return sizeof *c;
}

static size_t add_value(struct line *line, const uint8_t *cell)
{
    const struct code_value *c = (const void *)cell;
    add_field(line, "a=", c->a);
    add_field(line, "d=", c->d);
    add_field(line, "b|imm|offset|index=", c->imm);
    return sizeof *c;
}

static size_t add_v128(struct line *line, const uint8_t *cell)
{
    const struct code_v128 *c = (const void *)cell;
    add_field(line, "a=", c->a);
    add_field(line, "b=", c->b);
    add_field(line, "d=", c->d);
    add_field(line, "low=", (int64_t)c->low);
    add_field(line, "high=", (int64_t)c->high);
    return sizeof *c;
}

static size_t add_v128_access(struct line *line, const uint8_t *cell)
{
    const struct code_v128_access *c = (const void *)cell;
    add_field(line, "a=", c->a);
    add_field(line, "b=", c->b);
    add_field(line, "d=", c->d);
    add_field(line, "lane=", c->lane);
    add_field(line, "offset=", c->offset);
    return sizeof *c;
}

static size_t add_table(struct line *line, const uint8_t *start, const uint8_t *cell)
{
    const struct code_br_table *c = (const void *)cell;
    add_field(line, "index=", c->index);
    add_field(line, "moved=", c->moved);
    for (uint32_t i = 0; i <= c->count; i++)
        add_field(line, "to=", target_of(start, &c->targets[i].target));
    return sizeof *c + (c->count + (size_t)1) * sizeof c->targets[0];
}

static size_t add_return(struct line *line, const uint8_t *cell)
{
    const struct code_return *c = (const void *)cell;
    add_field(line, "source=", c->source);
    add_field(line, "count=", c->count);
    return sizeof *c;
}

static size_t add_far(struct line *line, const uint8_t *cell)
{
    const struct code_far *c = (const void *)cell;
    add_field(line, "a=", c->a);
    add_field(line, "b=", c->b);
    add_field(line, "c=", c->c);
    add_field(line, "d=", c->d);
    add_field(line, "memory=", c->memory);
    add_field(line, "log2=", c->log2);
    add_field(line, "rmw=", c->rmw);
    add_field(line, "offset=", (int64_t)c->offset);
    return sizeof *c;
}

static size_t add_tail(struct line *line, const uint8_t *cell)
{
    const struct code_tail *c = (const void *)cell;
    add_field(line, "callee=", c->callee);
    add_field(line, "source=", c->source);
    add_field(line, "count=", c->count);
    return sizeof *c;
}

/* Where a distance of a TRY cell leads; -1: nowhere. */
static int64_t place_of(const uint8_t *start, const int32_t *field)
{
    return *field == 0 ? -1 : target_of(start, field);
}

static size_t add_try(struct line *line, const uint8_t *start, const uint8_t *cell)
{
    const struct code_try *c = (const void *)cell;
    add_field(line, "more=", place_of(start, &c->more));
    add_field(line, "parent=", place_of(start, &c->parent));
    for (uint32_t i = 0; i < c->count; i++) {
        add_field(line, "kind=", c->clauses[i].kind);
        add_field(line, "tag=", c->clauses[i].tag);
        add_field(line, "to=", target_of(start, &c->clauses[i].target));
        add_field(line, "d=", c->clauses[i].destination);
    }
    return sizeof *c + c->count * sizeof c->clauses[0];
}

static size_t add_object(struct line *line, const uint8_t *cell)
{
    const struct code_object *c = (const void *)cell;
    add_field(line, "a=", c->a);
    add_field(line, "b=", c->b);
    add_field(line, "d=", c->d);
    add_field(line, "offset=", c->offset);
    return sizeof *c;
}

static size_t add_cast(struct line *line, const uint8_t *cell)
{
    const struct code_cast *c = (const void *)cell;
    add_field(line, "a=", c->a);
    add_field(line, "d=", c->d);
    add_field(line, "type=", c->type);
    return sizeof *c;
}

static size_t add_resume(struct line *line, const uint8_t *cell)
{
    const struct code_resume *c = (const void *)cell;
    add_field(line, "cost=", c->cost);
    add_field(line, "delta=", c->delta);
    return sizeof *c;
}

static size_t add_enter(struct line *line, const uint8_t *cell)
{
    const struct code_enter *c = (const void *)cell;
    add_field(line, "cost=", c->cost);
    add_field(line, "units=", c->units);
    add_field(line, "header=", c->header);
    add_field(line, "pin0=", c->pin0);
    add_field(line, "pin1=", c->pin1);
    return sizeof *c;
}

static size_t add_move_range(struct line *line, const uint8_t *cell)
{
    const struct code_move_range *c = (const void *)cell;
    add_field(line, "from=", c->source);
    add_field(line, "to=", c->destination);
    add_field(line, "count=", c->count);
    return sizeof *c;
}

static size_t add_wide(struct line *line, const uint8_t *cell)
{
    const struct code_wide *c = (const void *)cell;
    add_field(line, "narrow=", c->narrow);
    add_field(line, "wide=", c->wide);
    return sizeof *c;
}

/* Operands in consecutive slots. */
static size_t add_stack(struct line *line, const uint8_t *cell)
{
    const struct code_stack *c = (const void *)cell;
    add_field(line, "base=", c->base);
    add_field(line, "index=", c->index);
    return sizeof *c;
}

/* Cells with a shape of their own, and those of code_stack. */
static size_t add_plain(struct line *line, uint32_t code, const uint8_t *start, const uint8_t *cell)
{
    if (code >= CODE_FAR_LOAD_8_U && code <= CODE_ATOMIC_WAIT)
        return add_far(line, cell);
    if (code >= CODE_STRUCT_GET_8_S && code <= CODE_I31_GET_U)
        return add_object(line, cell);
    if (code >= CODE_REF_TEST && code <= CODE_REF_CAST)
        return add_cast(line, cell);
    switch (code) {
    case CODE_CHARGE:
        add_field(line, "cost=", ((const struct code_charge *)(const void *)cell)->cost);
        return sizeof(struct code_charge);
    case CODE_RESUME:
        return add_resume(line, cell);
    case CODE_ENTER:
        return add_enter(line, cell);
    case CODE_JUMP:
        add_field(line,
                  "to=", target_of(start, &((const struct code_jump *)(const void *)cell)->target));
        return sizeof(struct code_jump);
    case CODE_BR_TABLE_S:
    case CODE_BR_TABLE_A:
    case CODE_BR_TABLE_MOVE:
        return add_table(line, start, cell);
    case CODE_CALL_REF_S:
    case CODE_CALL_REF_A:
        add_field(line, "a=", ((const struct code_call *)(const void *)cell)->func);
        return sizeof(struct code_call);
    case CODE_RETURN_CALL:
    case CODE_RETURN_CALL_INDIRECT:
    case CODE_RETURN_CALL_REF:
        return add_tail(line, cell);
    case CODE_TRY:
        return add_try(line, start, cell);
    case CODE_CALL:
        add_field(line, "func=", ((const struct code_call *)(const void *)cell)->func);
        return sizeof(struct code_call);
    case CODE_CALL_INDIRECT_S:
    case CODE_CALL_INDIRECT_A:
        add_field(line, "index=", ((const struct code_call_indirect *)(const void *)cell)->index);
        add_field(line, "type=", ((const struct code_call_indirect *)(const void *)cell)->type);
        return sizeof(struct code_call_indirect);
    case CODE_RETURN_0:
    case CODE_RETURN_S:
    case CODE_RETURN_A:
    case CODE_RETURN_F:
    case CODE_RETURN_N:
        return add_return(line, cell);
    case CODE_MOVE_RANGE:
        return add_move_range(line, cell);
    case CODE_WIDE_GET:
    case CODE_WIDE_SET:
    case CODE_WIDE_SET_A:
    case CODE_WIDE_SET_F:
        return add_wide(line, cell);
    case CODE_UNREACHABLE:
        return sizeof(struct code_head);
    default:
        return add_stack(line, cell);
    }
}

static size_t add_cell(struct line *line, const uint8_t *start, const uint8_t *cell)
{
    uint32_t code = wasm_handler_code(*(const struct code_head *)(const void *)cell);
    const struct row *row = rows;
    while (code - row->first >= row->variants) {
        row++;
        ASSERT(row < rows + ARRAY_LEN(rows));
    }
    add_text(line, row->name);
    if (row->variants > 1)
        add_classes(line, row->family, code - row->first);
    switch (row->family) {
    case FAMILY_PLAIN:
    case FAMILY_COLD:
        return add_plain(line, code, start, cell);
    case FAMILY_BRANCH:
    case FAMILY_TEST:
    case FAMILY_FLOAT_BRANCH:
        return add_branch(line, start, cell);
    case FAMILY_SIMD_BITS:
        return add_v128(line, cell);
    case FAMILY_SIMD_MEMORY:
        return add_v128_access(line, cell);
    default:
        (void)add_value(line, cell);
        return code == CODE_MOVE_KS ? sizeof(struct code_const64) : sizeof(struct code_value);
    }
}

/* Reads the map beside the code: which byte of the module a cell is of. */
struct places {
    const uint8_t *at, *end;
    uint32_t cell, offset; /* of the next entry; cell UINT32_MAX: there is none */
};

static uint32_t place_number(struct places *places)
{
    uint32_t number = 0;
    for (uint32_t shift = 0;; shift += 7) {
        uint8_t byte = *places->at++;
        number |= (uint32_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0)
            return number;
    }
}

static void next_place(struct places *places)
{
    if (places->at == places->end) {
        places->cell = UINT32_MAX;
        return;
    }
    places->cell += place_number(places) * 8;
    places->offset += place_number(places);
}

static void add_places(struct line *line, struct places *places, uint32_t cells, uint64_t base)
{
    for (; places->cell <= cells; next_place(places))
        add_field(line, "@", (int64_t)(base + places->offset));
}

/* `base`: where the body is in the module, or REPORT_NO_OFFSET: places are not shown. */
static void disasm_code(const struct wasm_code *code, uint32_t func, uint64_t base,
                        disasm_line_fn *line_out, void *context)
{
    struct places places = {.at = code->map, .end = code->map + code->map_len};
    struct line line = {.len = 0};
    if (base != REPORT_NO_OFFSET)
        next_place(&places);
    else
        places.cell = UINT32_MAX;
    add_text(&line, "function ");
    add_number(&line, func);
    line_out(context, line.text);
    for (uint32_t at = 0; at < code->cells_len;) {
        line.len = 0;
        add_number(&line, at);
        add_text(&line, "\t");
        uint32_t len = (uint32_t)add_cell(&line, code->cells, code->cells + at);
        add_places(&line, &places, at, base);
        line_out(context, line.text);
        ASSERT(len <= code->cells_len - at);
        at += len;
    }
}

void wasm_disasm(const struct wasm_instance *instance, disasm_line_fn *line_out, void *context)
{
    const struct wasm_module *module = instance->module;
    for (uint32_t i = module->import_func_count; i < module->func_count; i++)
        disasm_code(&instance->codes[i - module->import_func_count], i, REPORT_NO_OFFSET, line_out,
                    context);
}

/* Indices of the module stand where the store's numbers would. */
static enum status number_by_module(struct wasm_instance *instance, struct arena *arena,
                                    struct report *report)
{
    const struct wasm_module *module = instance->module;
    instance->type_ids = arena_alloc(arena, module->type_count, sizeof *instance->type_ids);
    instance->import_funcs =
        arena_alloc(arena, module->import_func_count, sizeof *instance->import_funcs);
    instance->codes =
        arena_alloc(arena, module->func_count - module->import_func_count, sizeof *instance->codes);
    if (instance->type_ids == NULL || instance->import_funcs == NULL || instance->codes == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the code");
    for (uint32_t i = 0; i < module->type_count; i++)
        instance->type_ids[i] = i;
    for (uint32_t i = 0; i < module->import_func_count; i++)
        instance->import_funcs[i] = i + 1;
    instance->func_base = module->import_func_count + 1;
    return STATUS_OK;
}

enum status wasm_disasm_func(struct wasm_module *module, uint32_t func, struct arena *arena,
                             disasm_line_fn *line_out, void *context, struct report *report)
{
    struct wasm_store store = {.arena = arena};
    struct wasm_instance instance = {.module = module, .store = &store};
    size_t mark = arena_mark(arena);
    if (func < module->import_func_count || func >= module->func_count)
        return STATUS_NOT_FOUND;
    enum status status = number_by_module(&instance, arena, report);
    if (status == STATUS_OK)
        status = wasm_translate(&instance, func, arena, report);
    if (status == STATUS_OK)
        disasm_code(&instance.codes[func - module->import_func_count], func,
                    module->funcs[func].body_offset, line_out, context);
    arena_rewind(arena, mark);
    return status;
}
