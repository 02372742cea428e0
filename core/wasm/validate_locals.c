/*
 * core/wasm/validate_locals.c: the declarations in front of a body (WASM 3.0 §5.5.13).
 *
 * Params and declarations become runs of equal type, in time linear in the bytes read.
 */
#include "core/wasm/limits.h"
#include "core/wasm/read_type.h"
#include "core/wasm/validate_internal.h"

static void add_run(struct wasm_reader *reader, uint32_t count, uint32_t type)
{
    if (count == 0)
        return;
    for (uint32_t i = reader->local_count; i < WASM_NEAR_LOCALS && i - reader->local_count < count;
         i++)
        reader->near_locals[i] = type;
    reader->local_count += count;
    reader->local_slots += count * wasm_type_slots(type);
    if (reader->run_count != 0 && reader->runs[reader->run_count - 1].type == type)
        reader->runs[reader->run_count - 1].end = reader->local_count;
    else
        reader->runs[reader->run_count++] =
            (struct wasm_local_run){.end = reader->local_count, .type = type};
}

/* More locals than we take. More declared ones than a u32 counts are malformed, though: that is
 * looked up in the `left` declarations that follow. The cursor stands at the type of the one at
 * `offset`. */
static COLD enum status refuse_count(const struct wasm_reader *reader, uint64_t offset,
                                     uint64_t sum, uint32_t left)
{
    struct wasm_cursor cursor = reader->cursor;
    uint32_t count, type;
    cursor.report = NULL;
    while (wasm_read_value_type(&cursor, reader->module, &type) == STATUS_OK && left != 0 &&
           wasm_read_u32(&cursor, &count) == STATUS_OK) {
        sum += count; /* at most 50,000 declarations of 2^32 */
        left--;
    }
    if (sum > UINT32_MAX)
        return report_fail_u64(reader->cursor.report, STATUS_MALFORMED, offset,
                               "too many locals: % are declared", sum);
    return report_fail_u64(reader->cursor.report, STATUS_LIMIT, offset,
                           "a function has more than % locals", WASM_LIMIT_LOCALS);
}

/* `left` more follow. */
static enum status read_declaration(struct wasm_reader *reader, uint32_t left)
{
    struct wasm_cursor *cursor = &reader->cursor;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t count, type;
    enum status status = wasm_read_u32(cursor, &count);
    if (status != STATUS_OK)
        return status;
    if (count > WASM_LIMIT_LOCALS - reader->local_count)
        return refuse_count(reader, offset,
                            (uint64_t)reader->local_count - reader->type->param_count + count,
                            left);
    status = wasm_read_value_type(cursor, reader->module, &type);
    if (status != STATUS_OK)
        return status;
    add_run(reader, count, type);
    return STATUS_OK;
}

/* Room for what is set, if some local has no default value. */
static enum status make_sets(struct wasm_reader *reader)
{
    reader->is_set = NULL;
    reader->set_log = NULL;
    reader->set_count = 0;
    reader->set_capacity = 0;
    bool has_default = true;
    for (uint32_t i = 0; i < reader->run_count && has_default; i++)
        has_default = reader->runs[i].end <= reader->type->param_count ||
                      wasm_type_is_defaultable(reader->runs[i].type);
    if (has_default)
        return STATUS_OK;
    reader->is_set = arena_alloc(reader->scratch, reader->local_count / 8 + 1, 1);
    if (reader->is_set == NULL)
        return wasm_cursor_fail(&reader->cursor, STATUS_NO_MEMORY,
                                "the locals of a function do not fit the scratch memory");
    return STATUS_OK;
}

enum status wasm_reader_read_locals(struct wasm_reader *reader)
{
    const struct wasm_func_type *type = reader->type;
    uint32_t declaration_count;
    enum status status =
        wasm_read_count(&reader->cursor, 2, WASM_LIMIT_LOCALS,
                        "a function has more than % declarations of locals", &declaration_count);
    if (status != STATUS_OK)
        return status;
    reader->run_count = 0;
    reader->local_count = 0;
    reader->local_slots = 0;
    reader->runs = arena_alloc(reader->scratch, (size_t)type->param_count + declaration_count,
                               sizeof *reader->runs);
    if (reader->runs == NULL)
        return wasm_cursor_fail(&reader->cursor, STATUS_NO_MEMORY,
                                "the locals of a function do not fit the scratch memory");
    for (uint32_t i = 0; i < type->param_count; i++)
        add_run(reader, 1, type->params[i]);
    for (uint32_t i = 0; i < declaration_count; i++) {
        status = read_declaration(reader, declaration_count - 1 - i);
        if (status != STATUS_OK)
            return status;
    }
    reader->op_at = reader->cursor.at;
    status = wasm_reader_carry(reader, reader->local_count);
    return status != STATUS_OK ? status : make_sets(reader);
}

bool wasm_reader_local_is_set(const struct wasm_reader *reader, uint32_t index)
{
    return index < reader->type->param_count || (reader->is_set[index / 8] >> index % 8 & 1) != 0;
}

enum status wasm_reader_set_local(struct wasm_reader *reader, uint32_t index)
{
    if (wasm_reader_local_is_set(reader, index))
        return STATUS_OK;
    if (reader->set_count == reader->set_capacity) {
        uint16_t *room = wasm_reader_grow(reader, reader->set_log, &reader->set_capacity,
                                          reader->set_capacity * 2 + 32, sizeof *room);
        if (room == NULL)
            return wasm_cursor_fail(&reader->cursor, STATUS_NO_MEMORY,
                                    "the locals of a function do not fit the scratch memory");
        reader->set_log = room;
    }
    reader->is_set[index / 8] |= (uint8_t)(1u << index % 8);
    reader->set_log[reader->set_count++] = (uint16_t)index;
    return STATUS_OK;
}

void wasm_reader_forget_locals(struct wasm_reader *reader, uint32_t set_floor)
{
    while (reader->set_count > set_floor) {
        uint32_t index = reader->set_log[--reader->set_count];
        reader->is_set[index / 8] &= (uint8_t)~(1u << index % 8);
    }
}

uint32_t wasm_reader_far_local(const struct wasm_reader *reader, uint32_t index)
{
    uint32_t low = 0, high = reader->run_count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (index < reader->runs[middle].end)
            high = middle;
        else
            low = middle + 1;
    }
    return reader->runs[low].type;
}

enum status wasm_reader_spell_locals(const struct wasm_reader *reader, const uint32_t **out_types)
{
    uint32_t *types = arena_alloc(reader->scratch, reader->local_count, sizeof *types);
    if (types == NULL)
        return wasm_cursor_fail(&reader->cursor, STATUS_NO_MEMORY,
                                "the locals of a function do not fit the scratch memory");
    uint32_t next = 0;
    for (uint32_t i = 0; i < reader->run_count; i++)
        while (next < reader->runs[i].end)
            types[next++] = reader->runs[i].type;
    *out_types = types;
    return STATUS_OK;
}
