/*
 * core/component/decode_sort.c: sorts, sorts with an index, and the names of arguments.
 */
#include "core/base/sort.h"
#include "core/component/decode.h"

enum status component_read_core_sort(struct wasm_cursor *cursor, enum component_sort *out_sort)
{
    uint8_t byte;
    enum status status = wasm_read_byte(cursor, &byte);
    if (status != STATUS_OK)
        return status;
    switch (byte) {
    case 0x00:
        *out_sort = COMPONENT_SORT_CORE_FUNC;
        return STATUS_OK;
    case 0x01:
        *out_sort = COMPONENT_SORT_CORE_TABLE;
        return STATUS_OK;
    case 0x02:
        *out_sort = COMPONENT_SORT_CORE_MEMORY;
        return STATUS_OK;
    case 0x03:
        *out_sort = COMPONENT_SORT_CORE_GLOBAL;
        return STATUS_OK;
    case 0x04:
        *out_sort = COMPONENT_SORT_CORE_TAG;
        return STATUS_OK;
    case 0x10:
        *out_sort = COMPONENT_SORT_CORE_TYPE;
        return STATUS_OK;
    case 0x11:
        *out_sort = COMPONENT_SORT_CORE_MODULE;
        return STATUS_OK;
    case 0x12:
        *out_sort = COMPONENT_SORT_CORE_INSTANCE;
        return STATUS_OK;
    default:
        return component_refuse_byte(cursor, byte, "invalid leading byte %: no core sort");
    }
}

enum status component_read_sort(struct component_decoder *decoder, struct wasm_cursor *cursor,
                                enum component_sort *out_sort)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t byte;
    enum status status = wasm_read_byte(cursor, &byte);
    if (status != STATUS_OK)
        return status;
    switch (byte) {
    case 0x00:
        return component_read_core_sort(cursor, out_sort);
    case 0x01:
        *out_sort = COMPONENT_SORT_FUNC;
        return STATUS_OK;
    case 0x02:
        return component_refuse_feature(decoder, offset, "unsupported: value definitions");
    case 0x03:
        *out_sort = COMPONENT_SORT_TYPE;
        return STATUS_OK;
    case 0x04:
        *out_sort = COMPONENT_SORT_COMPONENT;
        return STATUS_OK;
    case 0x05:
        *out_sort = COMPONENT_SORT_INSTANCE;
        return STATUS_OK;
    default:
        return component_refuse_byte(cursor, byte,
                                     "invalid leading byte % for component external kind");
    }
}

bool component_sort_is_extern(enum component_sort sort)
{
    return sort >= COMPONENT_SORT_FUNC || sort == COMPONENT_SORT_CORE_MODULE;
}

enum status component_read_sort_index(struct component_decoder *decoder,
                                      struct component_scope *scope, struct wasm_cursor *cursor,
                                      enum component_sort *out_sort, uint32_t *out_index,
                                      struct component_definition *out_definition)
{
    enum component_sort sort = COMPONENT_SORT_COUNT;
    enum status status = component_read_sort(decoder, cursor, &sort);
    if (status != STATUS_OK)
        return status;
    if (!component_sort_is_extern(sort))
        return report_fail_name(decoder->report, STATUS_MALFORMED, wasm_cursor_offset(cursor) - 1,
                                "invalid leading byte for component external kind: a % stays "
                                "in its component",
                                component_sort_name(sort));
    status = component_scope_read(decoder, scope, cursor, sort, out_index, out_definition);
    if (status == STATUS_OK)
        *out_sort = sort;
    return status;
}

static int compare_names(const void *context, uint32_t a, uint32_t b)
{
    const struct component_item *items = context;
    struct bytes left = items[a].name, right = items[b].name;
    size_t len = left.len < right.len ? left.len : right.len;
    int order = len == 0 ? 0 : memcmp(left.data, right.data, len);
    if (order != 0 || left.len == right.len)
        return order;
    return left.len < right.len ? -1 : 1;
}

enum status component_check_arguments(struct component_decoder *decoder,
                                      const struct component_item *items, uint32_t count)
{
    void *room = NULL;
    size_t mark = arena_mark(decoder->scratch);
    if (count == 0)
        return STATUS_OK;
    enum status status = component_decoder_scratch(decoder, count, 2 * sizeof(uint32_t), &room);
    if (status != STATUS_OK)
        return status;
    uint32_t *order = room;
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    sort_indices(order, order + count, count, compare_names, items);
    for (uint32_t i = 1; i < count && status == STATUS_OK; i++)
        if (bytes_equal(items[order[i - 1]].name, items[order[i]].name))
            status =
                report_fail_name(decoder->report, STATUS_INVALID, items[order[i]].offset,
                                 "duplicate instantiation argument named %", items[order[i]].name);
    arena_rewind(decoder->scratch, mark);
    return status;
}
