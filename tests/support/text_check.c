/*
 * tests/support/text_check.c: see text_check.h.
 */
#include "tests/support/text_check.h"

#include "core/component/json.h"
#include "core/component/text.h"
#include "tests/support/abi_guest.h"

#define ARENA_BYTES ((size_t)8 << 20)

enum form { WAVE, PLAIN, TAGGED };

static enum status parse(struct bytes text, const struct component_type *type, enum form form,
                         struct arena *arena, struct component_value *out_value,
                         struct report *report)
{
    if (form == WAVE)
        return component_text_parse(text, type, arena, out_value, report);
    return component_json_parse(text, type,
                                form == PLAIN ? COMPONENT_JSON_PLAIN : COMPONENT_JSON_TAGGED, arena,
                                out_value, report);
}

/* Is a float in it, whose nan and inf JSON has no numbers for, or a handle? */
static bool has(const struct component_type *type, bool floats)
{
    bool is_one = floats ? type->kind == COMPONENT_F32 || type->kind == COMPONENT_F64
                         : type->kind == COMPONENT_OWN || type->kind == COMPONENT_BORROW;
    for (uint32_t i = 0; i < type->count && !is_one; i++)
        is_one = type->fields[i].type != NULL && has(type->fields[i].type, floats);
    return is_one || (type->element != NULL && has(type->element, floats)) ||
           (type->error != NULL && has(type->error, floats));
}

/* Printed, read, printed again: the same. Full arenas end it. */
static void check_form(const struct component_value *value, const struct component_type *type,
                       enum form form, struct arena *scratch)
{
    struct component_value again;
    struct bytes first, second;
    struct report report;
    report_init(&report);
    enum status status =
        form == WAVE ? component_text_print(value, type, scratch, &first)
                     : component_json_print(value, type, COMPONENT_JSON_PLAIN, scratch, &first);
    if (status != STATUS_OK)
        return;
    status = parse(first, type, form, scratch, &again, &report);
    if (status == STATUS_NO_MEMORY)
        return;
    ASSERT(status == STATUS_OK);
    ASSERT(component_value_check(&again, type, &report) == STATUS_OK);
    status = form == WAVE
                 ? component_text_print(&again, type, scratch, &second)
                 : component_json_print(&again, type, COMPONENT_JSON_PLAIN, scratch, &second);
    ASSERT(status == STATUS_NO_MEMORY || bytes_equal(first, second));
}

void text_check_value(const struct component_value *value, const struct component_type *type,
                      struct arena *scratch)
{
    if (has(type, false))
        return;
    size_t mark = arena_mark(scratch);
    check_form(value, type, WAVE, scratch);
    arena_rewind(scratch, mark);
    if (!has(type, true))
        check_form(value, type, PLAIN, scratch);
    arena_rewind(scratch, mark);
}

/* Two parameters of the type, both given as `text`: what is one value is two arguments. */
static void check_params(struct bytes text, const struct component_type *type, enum form form,
                         bool is_value, struct arena *arena)
{
    const struct component_field fields[2] = {{.type = type}, {.type = type}};
    const struct component_func_type func = {.param_count = 2, .params = fields};
    struct component_value *params;
    struct report report;
    uint32_t place;
    const size_t cap = 2 * text.len + 3;
    struct buffer array = {arena_alloc(arena, cap, 1), 0, cap};
    report_init(&report);
    if (array.data == NULL)
        return;
    ASSERT(buffer_append(&array, BYTES_LITERAL("[")) == STATUS_OK);
    ASSERT(buffer_append(&array, text) == STATUS_OK);
    ASSERT(buffer_append(&array, BYTES_LITERAL(",")) == STATUS_OK);
    ASSERT(buffer_append(&array, text) == STATUS_OK);
    ASSERT(buffer_append(&array, BYTES_LITERAL("]")) == STATUS_OK);
    enum status status = component_json_parse_params(
        buffer_bytes(&array), &func, form == PLAIN ? COMPONENT_JSON_PLAIN : COMPONENT_JSON_TAGGED,
        arena, &params, &place, &report);
    ASSERT(status == STATUS_OK || status == STATUS_NO_MEMORY || (report.is_set && !is_value));
    ASSERT(place < 2 || place == COMPONENT_JSON_NOT_A_PARAM);
    for (uint32_t i = 0; status == STATUS_OK && i < 2; i++)
        ASSERT(component_value_check(&params[i], type, &report) == STATUS_OK);
}

enum text_end text_check(struct bytes input)
{
    static ALIGNED(16) uint8_t memory[ARENA_BYTES];
    struct arena arena;
    struct component_types types;
    struct component_value value;
    struct report report;
    enum text_end end = TEXT_NO_TYPE;
    uint32_t number;
    enum form form = (enum form)(abi_guest_varint(&input) % 3);
    report_init(&report);
    arena_init(&arena, memory, sizeof memory);
    ASSERT(component_types_init(&types, &arena, &report) == STATUS_OK);
    for (uint32_t i = 0; i < ABI_GUEST_RESOURCES; i++)
        ASSERT(component_types_resource(&types, NULL, &number) == STATUS_OK);
    const struct component_type *type = abi_guest_type(&types, &input);
    if (type != NULL) {
        report_init(&report);
        enum status status = parse(input, type, form, &arena, &value, &report);
        end = status == STATUS_OK ? TEXT_READ : TEXT_REFUSED;
        ASSERT(status == STATUS_OK || status == STATUS_NO_MEMORY || report.is_set);
        ASSERT(!report.is_set || report.offset <= input.len);
        if (form != WAVE)
            check_params(input, type, form, status == STATUS_OK, &arena);
        if (status == STATUS_OK) {
            ASSERT(component_value_check(&value, type, &report) == STATUS_OK);
            text_check_value(&value, type, &arena);
        }
    }
    arena_fini(&arena);
    return end;
}
