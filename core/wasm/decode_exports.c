/*
 * core/wasm/decode_exports.c: exports and the start function (WASM 3.0 §5.5.10, §5.5.11).
 */
#include "core/base/sort.h"
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"

static enum status check_index(struct wasm_module *module, const struct wasm_cursor *cursor,
                               enum wasm_extern_kind kind, uint32_t index)
{
    uint32_t count = 0;
    const char *sentence = NULL;
    switch (kind) {
    case WASM_EXTERN_FUNC:
        count = module->func_count;
        sentence = "unknown function %";
        break;
    case WASM_EXTERN_TABLE:
        count = module->table_count;
        sentence = "unknown table %";
        break;
    case WASM_EXTERN_MEMORY:
        count = module->memory_count;
        sentence = "unknown memory %";
        break;
    case WASM_EXTERN_GLOBAL:
        count = module->global_count;
        sentence = "unknown global %";
        break;
    case WASM_EXTERN_TAG:
        count = module->tag_count;
        sentence = "unknown tag %";
        break;
    }
    if (sentence == NULL)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, wasm_cursor_offset(cursor),
                               "% is no kind of export", kind);
    if (index >= count)
        return report_fail_u64(cursor->report, STATUS_INVALID, wasm_cursor_offset(cursor), sentence,
                               index);
    if (kind == WASM_EXTERN_FUNC)
        module->funcs[index].is_declared = true;
    return STATUS_OK;
}

static enum status read_export(struct wasm_module *module, struct wasm_cursor *cursor,
                               struct wasm_export *out_export)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    struct bytes name;
    enum status status = wasm_read_name(cursor, &name);
    if (status != STATUS_OK)
        return status;
    struct wasm_cursor at_kind = *cursor;
    uint8_t kind;
    uint32_t index;
    status = wasm_read_byte(cursor, &kind);
    if (status != STATUS_OK)
        return status;
    status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    *out_export =
        (struct wasm_export){.name = name, .kind = kind, .index = index, .offset = offset};
    return check_index(module, &at_kind, kind, index);
}

static int compare_names(const void *context, uint32_t a_index, uint32_t b_index)
{
    struct bytes a = ((const struct wasm_export *)context)[a_index].name;
    struct bytes b = ((const struct wasm_export *)context)[b_index].name;
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len == 0 ? 0 : memcmp(a.data, b.data, a.len);
}

static enum status refuse_duplicates(struct wasm_decoder *decoder)
{
    const struct wasm_module *module = decoder->module;
    size_t mark = arena_mark(decoder->scratch);
    uint32_t *order = arena_alloc(decoder->scratch, module->export_count, 2 * sizeof *order);
    if (order == NULL)
        return report_fail_u64(decoder->report, STATUS_NO_MEMORY,
                               wasm_cursor_offset(&decoder->sections[WASM_SECTION_EXPORT]),
                               "comparing % exports does not fit the scratch memory",
                               module->export_count);
    for (uint32_t i = 0; i < module->export_count; i++)
        order[i] = i;
    sort_indices(order, order + module->export_count, module->export_count, compare_names,
                 module->exports);
    enum status status = STATUS_OK;
    for (uint32_t i = 1; i < module->export_count && status == STATUS_OK; i++) {
        const struct wasm_export *later = &module->exports[order[i]];
        if (compare_names(module->exports, order[i - 1], order[i]) == 0)
            status = report_fail_name(decoder->report, STATUS_INVALID, later->offset,
                                      "duplicate export name %", later->name);
    }
    arena_rewind(decoder->scratch, mark);
    return status;
}

enum status wasm_decode_exports(struct wasm_decoder *decoder)
{
    if (!wasm_decoder_has(decoder, WASM_SECTION_EXPORT))
        return STATUS_OK;
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_EXPORT];
    uint32_t count;
    enum status status =
        wasm_read_count(section, 3, WASM_LIMIT_EXPORTS, "a module has more than % exports", &count);
    if (status != STATUS_OK)
        return status;
    void *exports = NULL;
    status = wasm_decoder_alloc(decoder, section, count, sizeof *module->exports, 16, &exports);
    if (status != STATUS_OK)
        return status;
    module->exports = exports;
    for (; module->export_count < count; module->export_count++) {
        status = read_export(module, section, &module->exports[module->export_count]);
        if (status != STATUS_OK)
            return status;
    }
    status = wasm_decoder_close(section);
    return status != STATUS_OK ? status : refuse_duplicates(decoder);
}

enum status wasm_decode_start(struct wasm_decoder *decoder)
{
    if (!wasm_decoder_has(decoder, WASM_SECTION_START))
        return STATUS_OK;
    struct wasm_module *module = decoder->module;
    struct wasm_cursor *section = &decoder->sections[WASM_SECTION_START];
    uint64_t offset = wasm_cursor_offset(section);
    uint32_t index;
    enum status status = wasm_read_u32(section, &index);
    if (status != STATUS_OK)
        return status;
    if (index >= module->func_count)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset, "unknown function %",
                               index);
    const struct wasm_func_type *type = wasm_module_func_type(module, index);
    if (type->param_count != 0 || type->result_count != 0)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset,
                               "the start function % takes or gives values", index);
    module->has_start = true;
    module->start = index;
    return wasm_decoder_close(section);
}
