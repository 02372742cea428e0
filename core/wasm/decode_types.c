/*
 * core/wasm/decode_types.c: the type section (WASM 3.0 §5.5.4).
 *
 * Equal types get the same `canonical` index: types are sorted, so that a run of equal ones is
 * found whatever the input; a hash table could be driven into long chains.
 */
#include "core/base/sort.h"
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"

#define FORM_FUNC 0x60u

static enum status refuse_form(struct wasm_cursor *cursor, uint8_t form)
{
    switch (form) {
    case 0x4E:
    case 0x4F:
    case 0x50:
    case 0x5E:
    case 0x5F:
        return wasm_cursor_fail(cursor, STATUS_UNSUPPORTED,
                                "garbage-collected types (rec, sub, struct, array) are not "
                                "supported");
    default:
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor),
                               "% is no form of a type", form);
    }
}

static enum status read_type_list(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                                  uint32_t limit, const char *limit_sentence,
                                  const uint32_t **out_types, uint32_t *out_count)
{
    uint32_t count;
    enum status status = wasm_read_count(cursor, 1, limit, limit_sentence, &count);
    if (status != STATUS_OK || count == 0)
        return status;
    void *room = NULL;
    status = wasm_decoder_alloc(decoder, cursor, count, sizeof(uint32_t), sizeof(uint32_t), &room);
    if (status != STATUS_OK)
        return status;
    uint32_t *types = room;
    for (uint32_t i = 0; i < count; i++) {
        status = wasm_read_value_type(cursor, &types[i]);
        if (status != STATUS_OK)
            return status;
    }
    *out_types = types;
    *out_count = count;
    return STATUS_OK;
}

static uint32_t slots_of(const uint32_t *types, uint32_t count)
{
    uint32_t slots = 0;
    for (uint32_t i = 0; i < count; i++)
        slots += wasm_type_slots(types[i]);
    return slots;
}

static enum status read_func_type(struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                                  struct wasm_func_type *type)
{
    uint8_t form;
    struct wasm_cursor at_form = *cursor;
    enum status status = wasm_read_byte(cursor, &form);
    if (status != STATUS_OK)
        return status;
    if (form != FORM_FUNC)
        return refuse_form(&at_form, form);
    status =
        read_type_list(decoder, cursor, WASM_LIMIT_PARAMS, "a function type has more than % params",
                       &type->params, &type->param_count);
    if (status != STATUS_OK)
        return status;
    status = read_type_list(decoder, cursor, WASM_LIMIT_RESULTS,
                            "a function type has more than % results", &type->results,
                            &type->result_count);
    if (status != STATUS_OK)
        return status;
    type->param_slots = slots_of(type->params, type->param_count);
    type->result_slots = slots_of(type->results, type->result_count);
    return STATUS_OK;
}

static int compare_lists(const uint32_t *a, uint32_t a_count, const uint32_t *b, uint32_t b_count)
{
    if (a_count != b_count)
        return a_count < b_count ? -1 : 1;
    return a_count == 0 ? 0 : memcmp(a, b, a_count * sizeof *a);
}

static int compare_types(const void *context, uint32_t a_index, uint32_t b_index)
{
    const struct wasm_func_type *a = (const struct wasm_func_type *)context + a_index;
    const struct wasm_func_type *b = (const struct wasm_func_type *)context + b_index;
    int order = compare_lists(a->params, a->param_count, b->params, b->param_count);
    if (order != 0)
        return order;
    return compare_lists(a->results, a->result_count, b->results, b->result_count);
}

static enum status find_canonical(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    size_t mark = arena_mark(decoder->scratch);
    uint32_t *order = arena_alloc(decoder->scratch, module->type_count, 2 * sizeof *order);
    if (order == NULL)
        return report_fail_u64(decoder->report, STATUS_NO_MEMORY,
                               wasm_cursor_offset(&decoder->sections[WASM_SECTION_TYPE]),
                               "comparing % types does not fit the scratch memory",
                               module->type_count);
    for (uint32_t i = 0; i < module->type_count; i++)
        order[i] = i;
    sort_indices(order, order + module->type_count, module->type_count, compare_types,
                 module->types);
    uint32_t first = order[0];
    for (uint32_t i = 0; i < module->type_count; i++) {
        if (compare_types(module->types, first, order[i]) != 0)
            first = order[i];
        module->types[order[i]].canonical = first;
    }
    arena_rewind(decoder->scratch, mark);
    return STATUS_OK;
}

enum status wasm_decode_types(struct wasm_decoder *decoder)
{
    if (!wasm_decoder_has(decoder, WASM_SECTION_TYPE))
        return STATUS_OK;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_TYPE];
    struct wasm_module *module = decoder->module;
    uint32_t count;
    enum status status =
        wasm_read_count(section, 3, WASM_LIMIT_TYPES, "a module has more than % types", &count);
    if (status != STATUS_OK)
        return status;
    void *types = NULL;
    status = wasm_decoder_alloc(decoder, section, count, sizeof *module->types, 16, &types);
    if (status != STATUS_OK)
        return status;
    module->types = types;
    for (; module->type_count < count; module->type_count++) {
        status = read_func_type(decoder, section, &module->types[module->type_count]);
        if (status != STATUS_OK)
            return status;
    }
    status = wasm_decoder_close(section);
    if (status != STATUS_OK || count == 0)
        return status;
    return find_canonical(decoder);
}
