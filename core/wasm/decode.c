/*
 * core/wasm/decode.c: wasm_module_load: bytes to a validated module, subject by subject.
 *
 * Bodies are validated last, when everything they may name is known.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"
#include "core/wasm/sink.h"

enum status wasm_decoder_alloc(struct wasm_decoder *decoder, const struct wasm_cursor *where,
                               size_t count, size_t item_size, size_t alignment, void **out_items)
{
    void *items = arena_alloc_aligned(decoder->module_arena, count, item_size, alignment);
    if (items == NULL)
        return report_fail_u64(decoder->report, STATUS_NO_MEMORY, wasm_cursor_offset(where),
                               "the tables of the module need an arena of at least % bytes",
                               decoder->module_arena->wanted);
    *out_items = items;
    return STATUS_OK;
}

enum status wasm_decoder_close(const struct wasm_cursor *section)
{
    if (section->at != section->end)
        return report_fail_u64(section->report, STATUS_MALFORMED, wasm_cursor_offset(section),
                               "a section has % bytes more than its contents",
                               wasm_cursor_left(section));
    return STATUS_OK;
}

typedef enum status decode_fn(struct wasm_decoder *decoder);

static enum status decode_all(struct wasm_decoder *decoder)
{
    static decode_fn *const steps[] = {
        wasm_decode_sections,   wasm_decode_types,   wasm_decode_imports,  wasm_decode_spaces,
        wasm_decode_funcs,      wasm_decode_tables,  wasm_decode_memories, wasm_decode_tags,
        wasm_decode_globals,    wasm_decode_exports, wasm_decode_start,    wasm_decode_elems,
        wasm_decode_data_count, wasm_decode_bodies,  wasm_decode_datas,
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        enum status status = steps[i](decoder);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status validate_bodies(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    for (uint32_t func = module->import_func_count; func < module->func_count; func++) {
        enum status status =
            wasm_body_read(module, func, NULL, NULL, decoder->scratch, decoder->report);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

enum status wasm_module_load(struct bytes input, struct arena *module_arena, struct arena *scratch,
                             struct wasm_module **out_module, struct report *report)
{
    return wasm_module_load_with(input, (struct wasm_features){0}, module_arena, scratch,
                                 out_module, report);
}

enum status wasm_module_load_with(struct bytes input, struct wasm_features features,
                                  struct arena *module_arena, struct arena *scratch,
                                  struct wasm_module **out_module, struct report *report)
{
    struct wasm_decoder decoder = {
        .module_arena = module_arena, .scratch = scratch, .report = report};
    if (input.len == 0)
        input = bytes_of("", 0); /* so that no NULL is added to */
    size_t module_mark = arena_mark(module_arena);
    size_t scratch_mark = arena_mark(scratch);
    const struct wasm_cursor start = {.at = input.data, .origin = input.data};
    void *module = NULL;
    enum status status =
        wasm_decoder_alloc(&decoder, &start, 1, sizeof(struct wasm_module), 16, &module);
    if (status != STATUS_OK)
        return status;
    decoder.module = module;
    decoder.module->input = input;
    decoder.module->pairs_left = WASM_LIMIT_PAIRS + (uint64_t)input.len * WASM_LIMIT_PAIRS_PER_BYTE;
    decoder.module->features = features;
    status = decode_all(&decoder);
    if (scratch != module_arena)
        arena_rewind(scratch, scratch_mark); /* of constant expressions */
    if (status == STATUS_OK)
        status = validate_bodies(&decoder);
    if (scratch != module_arena)
        arena_rewind(scratch, scratch_mark);
    if (status != STATUS_OK) {
        arena_rewind(module_arena, module_mark);
        return status;
    }
    *out_module = decoder.module;
    return STATUS_OK;
}

const struct wasm_export *wasm_module_find_export(const struct wasm_module *module,
                                                  struct bytes name)
{
    for (uint32_t i = 0; i < module->export_count; i++)
        if (bytes_equal(module->exports[i].name, name))
            return &module->exports[i];
    return NULL;
}
