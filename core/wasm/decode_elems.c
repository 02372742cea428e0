/*
 * core/wasm/decode_elems.c: element segments (WASM 3.0 §5.5.12).
 *
 * The eight forms are three bits: 1 = not active, 2 = names its table (active) or is declared
 * (not active), 4 = items are expressions. Items are checked here and kept as the bytes they are.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"
#include "core/wasm/memory.h"
#include "core/wasm/read_type.h"
#include "core/wasm/subtype.h"

#define ELEM_NOT_ACTIVE 1u
#define ELEM_EXPLICIT   2u
#define ELEM_EXPRS      4u

/* The type of a segment that spells it out: a reference type for expressions, else the byte 0. */
static enum status read_item_type(const struct wasm_module *module, struct wasm_cursor *cursor,
                                  bool is_exprs, uint32_t *out_type)
{
    if (is_exprs)
        return wasm_read_ref_type(cursor, module, out_type);
    struct wasm_cursor before = *cursor;
    uint8_t kind;
    enum status status = wasm_read_byte(cursor, &kind);
    if (status != STATUS_OK)
        return status;
    if (kind != 0)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(&before),
                               "% is no kind of element", kind);
    *out_type = WASM_TYPE_REF(WASM_HEAP_FUNC);
    return STATUS_OK;
}

static enum status read_place(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                              uint32_t flags, struct wasm_elem *elem)
{
    const struct wasm_module *module = decoder->module;
    uint64_t offset = wasm_cursor_offset(cursor);
    if ((flags & ELEM_EXPLICIT) != 0) {
        enum status status = wasm_read_u32(cursor, &elem->table);
        if (status != STATUS_OK)
            return status;
    }
    if (elem->table >= module->table_count)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset, "unknown table %",
                               elem->table);
    return wasm_decode_const_expr(decoder, cursor,
                                  wasm_address_type(&module->tables[elem->table].limits),
                                  module->global_count, &elem->start);
}

static enum status read_func_item(struct wasm_module *module, struct wasm_cursor *cursor)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t index;
    enum status status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    if (index >= module->func_count)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset, "unknown function %", index);
    module->funcs[index].is_declared = true;
    return STATUS_OK;
}

static enum status read_items(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                              struct wasm_elem *elem)
{
    enum status status = wasm_read_count(cursor, 1, WASM_LIMIT_ELEM_ITEMS,
                                         "an element segment has more than % items", &elem->count);
    if (status != STATUS_OK)
        return status;
    struct wasm_module *module = decoder->module;
    const uint8_t *first = cursor->at;
    elem->items_offset = wasm_cursor_offset(cursor);
    for (uint32_t i = 0; i < elem->count; i++) {
        struct wasm_const_expr expr;
        status = elem->is_exprs ? wasm_decode_const_expr(decoder, cursor, elem->type,
                                                         module->global_count, &expr)
                                : read_func_item(module, cursor);
        if (status != STATUS_OK)
            return status;
    }
    elem->items = bytes_of(first, (size_t)(cursor->at - first));
    return STATUS_OK;
}

static enum wasm_segment_mode mode_of(uint32_t flags)
{
    if ((flags & ELEM_NOT_ACTIVE) == 0)
        return WASM_SEGMENT_ACTIVE;
    return (flags & ELEM_EXPLICIT) != 0 ? WASM_SEGMENT_DECLARED : WASM_SEGMENT_PASSIVE;
}

static enum status read_elem(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                             struct wasm_elem *elem)
{
    struct wasm_module *module = decoder->module;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t flags;
    enum status status = wasm_read_u32(cursor, &flags);
    if (status != STATUS_OK)
        return status;
    if (flags > (ELEM_NOT_ACTIVE | ELEM_EXPLICIT | ELEM_EXPRS))
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset,
                               "% is no form of an element segment", flags);
    elem->mode = mode_of(flags);
    elem->is_exprs = (flags & ELEM_EXPRS) != 0;
    elem->type = elem->is_exprs ? WASM_TYPE_FUNCREF : WASM_TYPE_REF(WASM_HEAP_FUNC);
    if (elem->mode == WASM_SEGMENT_ACTIVE) {
        status = read_place(decoder, cursor, flags, elem);
        if (status != STATUS_OK)
            return status;
    }
    if ((flags & (ELEM_NOT_ACTIVE | ELEM_EXPLICIT)) != 0) {
        status = read_item_type(module, cursor, elem->is_exprs, &elem->type);
        if (status != STATUS_OK)
            return status;
    }
    if (elem->mode == WASM_SEGMENT_ACTIVE &&
        !wasm_type_is_subtype(module->types, elem->type, module->tables[elem->table].type))
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "type mismatch: an element segment is not of the type of table %",
                               elem->table);
    return read_items(decoder, cursor, elem);
}

enum status wasm_decode_elems(struct wasm_decoder *decoder)
{
    if (!wasm_decoder_has(decoder, WASM_SECTION_ELEMENT))
        return STATUS_OK;
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_ELEMENT];
    uint32_t count;
    enum status status = wasm_read_count(section, 3, WASM_LIMIT_ELEMS,
                                         "a module has more than % element segments", &count);
    if (status != STATUS_OK)
        return status;
    void *elems = NULL;
    status = wasm_decoder_alloc(decoder, section, count, sizeof *module->elems, 16, &elems);
    if (status != STATUS_OK)
        return status;
    module->elems = elems;
    for (; module->elem_count < count; module->elem_count++) {
        status = read_elem(decoder, section, &module->elems[module->elem_count]);
        if (status != STATUS_OK)
            return status;
    }
    return wasm_decoder_close(section);
}
