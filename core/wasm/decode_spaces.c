/*
 * core/wasm/decode_spaces.c: the index spaces of functions, tables, memories, tags and globals.
 *
 * Each holds the imports first and then what its section defines; the section's count is read here,
 * ahead of its subject, so that every space is one array.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"

struct space {
    enum wasm_section_id section;
    uint32_t import_count;
    uint32_t least; /* bytes of the smallest definition */
    uint32_t limit;
    const char *limit_sentence;
    size_t item_size;
};

static enum status make_space(struct wasm_decoder *decoder, const struct space *space,
                              uint32_t *out_count, void **out_items)
{
    uint32_t defined = 0;
    struct wasm_cursor *section = &decoder->sections[space->section];
    uint64_t offset = wasm_cursor_offset(section);
    if (wasm_decoder_has(decoder, space->section)) {
        enum status status =
            wasm_read_count(section, space->least, space->limit, space->limit_sentence, &defined);
        if (status != STATUS_OK)
            return status;
    }
    if (space->import_count > space->limit - defined)
        return report_fail_u64(decoder->report, STATUS_LIMIT, offset, space->limit_sentence,
                               space->limit);
    if (space->section == WASM_SECTION_FUNCTION) {
        enum status status = wasm_decode_body_count(decoder, defined);
        if (status != STATUS_OK)
            return status;
    }
    *out_count = space->import_count + defined;
    return wasm_decoder_alloc(decoder, section, *out_count, space->item_size, 16, out_items);
}

static enum status make_funcs(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    const struct space space = {
        .section = WASM_SECTION_FUNCTION,
        .import_count = module->import_func_count,
        .least = 1,
        .limit = WASM_LIMIT_FUNCS,
        .limit_sentence = "a module has more than % functions",
        .item_size = sizeof *module->funcs,
    };
    void *items = NULL;
    enum status status = make_space(decoder, &space, &module->func_count, &items);
    module->funcs = items;
    return status;
}

static enum status make_tables(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    const struct space space = {
        .section = WASM_SECTION_TABLE,
        .import_count = module->import_table_count,
        .least = 3,
        .limit = WASM_LIMIT_TABLES,
        .limit_sentence = "a module has more than % tables",
        .item_size = sizeof *module->tables,
    };
    void *items = NULL;
    enum status status = make_space(decoder, &space, &module->table_count, &items);
    module->tables = items;
    return status;
}

static enum status make_memories(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    const struct space space = {
        .section = WASM_SECTION_MEMORY,
        .import_count = module->import_memory_count,
        .least = 2,
        .limit = WASM_LIMIT_MEMORIES,
        .limit_sentence = "a module has more than % memories",
        .item_size = sizeof *module->memories,
    };
    void *items = NULL;
    enum status status = make_space(decoder, &space, &module->memory_count, &items);
    module->memories = items;
    return status;
}

static enum status make_tags(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    const struct space space = {
        .section = WASM_SECTION_TAG,
        .import_count = module->import_tag_count,
        .least = 2,
        .limit = WASM_LIMIT_TAGS,
        .limit_sentence = "a module has more than % tags",
        .item_size = sizeof *module->tags,
    };
    void *items = NULL;
    enum status status = make_space(decoder, &space, &module->tag_count, &items);
    module->tags = items;
    return status;
}

static enum status make_globals(struct wasm_decoder *decoder)
{
    struct wasm_module *module = decoder->module;
    const struct space space = {
        .section = WASM_SECTION_GLOBAL,
        .import_count = module->import_global_count,
        .least = 3,
        .limit = WASM_LIMIT_GLOBALS,
        .limit_sentence = "a module has more than % globals",
        .item_size = sizeof *module->globals,
    };
    void *items = NULL;
    enum status status = make_space(decoder, &space, &module->global_count, &items);
    module->globals = items;
    return status;
}

enum status wasm_decode_spaces(struct wasm_decoder *decoder)
{
    enum status status = make_funcs(decoder);
    if (status == STATUS_OK)
        status = make_tables(decoder);
    if (status == STATUS_OK)
        status = make_memories(decoder);
    if (status == STATUS_OK)
        status = make_tags(decoder);
    if (status == STATUS_OK)
        status = make_globals(decoder);
    if (status == STATUS_OK && wasm_decoder_has(decoder, WASM_SECTION_IMPORT))
        wasm_decode_imports_again(decoder, decoder->sections[WASM_SECTION_IMPORT]);
    return status;
}
