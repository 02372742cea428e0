/*
 * core/wasm/validate_stack.c: the operand stack and the control stack.
 *
 * Both live in the scratch arena and double when full; what they outgrow is given back when the
 * body has been read. Over a limit: LIMIT. Arena full: NO_MEMORY, naming the stack.
 */
#include "core/wasm/limits.h"
#include "core/wasm/subtype.h"
#include "core/wasm/validate_internal.h"

void *wasm_reader_grow(struct wasm_reader *reader, void *old, uint32_t *capacity, uint32_t count,
                       size_t item_size)
{
    struct arena *scratch = reader->scratch;
    size_t old_len = *capacity * item_size;
    uint8_t *old_bytes = old;
    void *room;
    if (old_bytes != NULL && old_bytes + old_len == scratch->base + scratch->used) {
        if (arena_alloc_aligned(scratch, count - *capacity, item_size, 1) == NULL)
            return NULL;
        room = old;
    } else {
        room = arena_alloc(scratch, count, item_size);
        if (room == NULL)
            return NULL;
        if (old_bytes != NULL)
            memcpy(room, old, old_len);
    }
    *capacity = count;
    return room;
}

enum status wasm_reader_grow_operands(struct wasm_reader *reader, uint32_t more)
{
    uint64_t needed = (uint64_t)reader->height + more;
    if (needed > WASM_LIMIT_OPERANDS)
        return report_fail_u64(reader->cursor.report, STATUS_LIMIT, wasm_reader_offset(reader),
                               "the operand stack has more than % values", WASM_LIMIT_OPERANDS);
    uint64_t doubled = (uint64_t)reader->capacity * 2;
    uint64_t count = doubled > needed ? doubled : needed + 63;
    if (count > WASM_LIMIT_OPERANDS)
        count = WASM_LIMIT_OPERANDS;
    uint32_t *room = wasm_reader_grow(reader, reader->operands, &reader->capacity, (uint32_t)count,
                                      sizeof *reader->operands);
    if (room == NULL)
        return report_fail_u64(reader->cursor.report, STATUS_NO_MEMORY, wasm_reader_offset(reader),
                               "an operand stack of % values does not fit the scratch memory",
                               count);
    reader->operands = room;
    return STATUS_OK;
}

enum status wasm_reader_fail_types(const struct wasm_reader *reader, uint32_t expected,
                                   uint32_t found)
{
    char expected_text[WASM_TYPE_TEXT_MAX], found_text[WASM_TYPE_TEXT_MAX];
    return report_fail_names(reader->cursor.report, STATUS_INVALID, wasm_reader_offset(reader),
                             "type mismatch: % expected, % found",
                             wasm_type_write(expected, expected_text),
                             wasm_type_write(found, found_text));
}

static COLD enum status fail_empty(const struct wasm_reader *reader, uint32_t expected)
{
    char text[WASM_TYPE_TEXT_MAX];
    return report_fail_name(reader->cursor.report, STATUS_INVALID, wasm_reader_offset(reader),
                            "type mismatch: % expected, the stack of the block is empty",
                            wasm_type_write(expected, text));
}

enum status wasm_reader_pop_slow(struct wasm_reader *reader, uint32_t expected)
{
    if (reader->height == reader->floor)
        return reader->is_polymorphic ? STATUS_OK : fail_empty(reader, expected);
    uint32_t found = reader->operands[reader->height - 1];
    if (!wasm_type_is_subtype(reader->module->types, found, expected))
        return wasm_reader_fail_types(reader, expected, found);
    reader->height--;
    reader->v128_count -= found == WASM_TYPE_V128;
    return STATUS_OK;
}

enum status wasm_reader_pop_any(struct wasm_reader *reader, uint32_t *out_type)
{
    if (LIKELY(reader->height > reader->floor)) {
        *out_type = reader->operands[--reader->height];
        reader->v128_count -= *out_type == WASM_TYPE_V128;
        return STATUS_OK;
    }
    if (!reader->is_polymorphic)
        return wasm_reader_fail(reader,
                                "type mismatch: an operand expected, the stack of the block is "
                                "empty");
    *out_type = WASM_TYPE_BOTTOM;
    return STATUS_OK;
}

/* Lists that are equal are compared as bytes; of others each pair costs a search, and calls of a
 * few bytes can pass a thousand values each. So a module has a budget of such pairs at its load. */
static enum status charge_pairs(const struct wasm_reader *reader, uint32_t count)
{
    struct wasm_module *module = reader->module;
    if (reader->sink != NULL)
        return STATUS_OK;
    if (count > module->pairs_left)
        return report_fail(reader->cursor.report, STATUS_LIMIT, wasm_reader_offset(reader),
                           "the values that operators pass need too many comparisons of types");
    module->pairs_left -= count;
    return STATUS_OK;
}

enum status wasm_reader_fit(const struct wasm_reader *reader, const uint32_t *found,
                            const uint32_t *wanted, uint32_t count, const char *sentence)
{
    if (count == 0 || memcmp(found, wanted, count * sizeof *found) == 0)
        return STATUS_OK;
    enum status status = charge_pairs(reader, count);
    if (status != STATUS_OK)
        return status;
    uint32_t last_found = WASM_TYPE_BOTTOM, last_wanted = WASM_TYPE_BOTTOM;
    for (uint32_t i = count; i-- != 0;) {
        if (found[i] == last_found && wanted[i] == last_wanted)
            continue; /* a thousand of a kind are asked once */
        if (!wasm_type_is_subtype(reader->module->types, found[i], wanted[i]))
            return sentence != NULL ? wasm_reader_fail(reader, sentence)
                                    : wasm_reader_fail_types(reader, wanted[i], found[i]);
        last_found = found[i];
        last_wanted = wanted[i];
    }
    return STATUS_OK;
}

enum status wasm_reader_count_carried(const struct wasm_reader *reader, uint32_t count)
{
    struct wasm_module *module = reader->module;
    uint64_t most = WASM_LIMIT_CARRIED + WASM_CARRIED_PER_BYTE * (uint64_t)module->input.len;
    if (reader->sink != NULL)
        return STATUS_OK;
    module->carried += count;
    if (module->carried > most)
        return report_fail_u64(reader->cursor.report, STATUS_LIMIT, wasm_reader_offset(reader),
                               "operators and locals carry more than % values together", most);
    return STATUS_OK;
}

enum status wasm_reader_match(const struct wasm_reader *reader, const uint32_t *types,
                              uint32_t count)
{
    enum status status = wasm_reader_carry(reader, count);
    if (status != STATUS_OK)
        return status;
    uint32_t here = reader->height - reader->floor;
    if (here > count)
        here = count;
    if (here != 0) {
        status = wasm_reader_fit(reader, reader->operands + reader->height - here,
                                 types + count - here, here, NULL);
        if (status != STATUS_OK)
            return status;
    }
    if (here < count && !reader->is_polymorphic)
        return fail_empty(reader, types[count - here - 1]);
    return STATUS_OK;
}

static uint32_t count_v128(const uint32_t *types, uint32_t count)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++)
        found += types[i] == WASM_TYPE_V128;
    return found;
}

static void drop_operands(struct wasm_reader *reader, uint32_t count)
{
    reader->height -= count;
    if (reader->v128_count != 0)
        reader->v128_count -= count_v128(reader->operands + reader->height, count);
}

enum status wasm_reader_pop_many(struct wasm_reader *reader, const uint32_t *types, uint32_t count)
{
    enum status status = wasm_reader_match(reader, types, count);
    if (status != STATUS_OK)
        return status;
    uint32_t here = reader->height - reader->floor;
    drop_operands(reader, here < count ? here : count);
    return STATUS_OK;
}

enum status wasm_reader_pop_same(struct wasm_reader *reader, uint32_t type, uint32_t count)
{
    uint32_t here = reader->height - reader->floor;
    uint32_t popped = here < count ? here : count;
    uint32_t first = reader->height - popped, differing = 0;
    for (uint32_t i = first; i < reader->height; i++)
        differing |= reader->operands[i] ^ type;
    if (differing != 0) {
        enum status status = charge_pairs(reader, popped);
        if (status != STATUS_OK)
            return status;
        for (uint32_t i = reader->height; i != first; i--)
            if (!wasm_type_is_subtype(reader->module->types, reader->operands[i - 1], type))
                return wasm_reader_fail_types(reader, type, reader->operands[i - 1]);
    }
    if (popped < count && !reader->is_polymorphic)
        return fail_empty(reader, type);
    drop_operands(reader, popped);
    return STATUS_OK;
}

enum status wasm_reader_push_many(struct wasm_reader *reader, const uint32_t *types, uint32_t count)
{
    if (count == 0)
        return STATUS_OK;
    enum status status = wasm_reader_carry(reader, count);
    if (status != STATUS_OK)
        return status;
    if (count > reader->capacity - reader->height) {
        status = wasm_reader_grow_operands(reader, count);
        if (status != STATUS_OK)
            return status;
    }
    memcpy(reader->operands + reader->height, types, count * sizeof *types);
    reader->height += count;
    reader->v128_count += count_v128(types, count);
    return STATUS_OK;
}

static enum status grow_frames(struct wasm_reader *reader)
{
    if (reader->frame_count == WASM_LIMIT_NESTING)
        return report_fail_u64(reader->cursor.report, STATUS_LIMIT, wasm_reader_offset(reader),
                               "blocks are nested deeper than %", WASM_LIMIT_NESTING);
    uint32_t count = reader->frame_capacity == 0 ? 16 : reader->frame_capacity * 2;
    struct wasm_frame *room = wasm_reader_grow(reader, reader->frames, &reader->frame_capacity,
                                               count, sizeof *reader->frames);
    if (room == NULL)
        return report_fail_u64(reader->cursor.report, STATUS_NO_MEMORY, wasm_reader_offset(reader),
                               "blocks nested % deep do not fit the scratch memory",
                               reader->frame_count);
    reader->frames = room;
    return STATUS_OK;
}

enum status wasm_reader_push_frame(struct wasm_reader *reader, const struct wasm_control *control)
{
    if (reader->frame_count == reader->frame_capacity) {
        enum status status = grow_frames(reader);
        if (status != STATUS_OK)
            return status;
    }
    if (reader->frame_count != 0)
        reader->frames[reader->frame_count - 1].is_polymorphic = reader->is_polymorphic;
    struct wasm_frame *frame = &reader->frames[reader->frame_count];
    *frame = (struct wasm_frame){.control = *control};
    frame->control.depth = reader->frame_count++;
    if (reader->max_nesting < reader->frame_count)
        reader->max_nesting = reader->frame_count;
    frame->control.height = reader->height;
    frame->control.height_slots = wasm_reader_slots(reader);
    frame->control.is_reachable_at_entry = reader->is_reachable;
    frame->set_floor = (uint16_t)reader->set_count;
    reader->floor = reader->height;
    reader->is_polymorphic = false;
    return wasm_reader_push_many(reader, control->params, control->param_count);
}

void wasm_reader_set_dead(struct wasm_reader *reader)
{
    const struct wasm_control *control = &reader->frames[reader->frame_count - 1].control;
    reader->height = reader->floor;
    reader->v128_count = control->height_slots - control->height;
    reader->is_polymorphic = true;
    reader->is_reachable = false;
}

uint32_t wasm_reader_type_at(const struct wasm_reader *reader, uint32_t depth)
{
    ASSERT(depth < reader->height);
    return reader->operands[reader->height - 1 - depth];
}
