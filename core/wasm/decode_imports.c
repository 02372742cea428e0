/*
 * core/wasm/decode_imports.c: the import section (WASM 3.0 §5.5.5).
 *
 * It is read twice: first to check everything and to count the imports of each kind, again to fill
 * the index spaces, whose arrays can be made only when all counts are known.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/limits.h"
#include "core/wasm/read_extern.h"

/* One import as it stands in the section. */
struct import_entry {
    struct wasm_import import;
    struct wasm_extern_type type;
};

static enum status read_import(const struct wasm_decoder *decoder, struct wasm_cursor *cursor,
                               struct import_entry *entry)
{
    *entry = (struct import_entry){.import.offset = wasm_cursor_offset(cursor)};
    enum status status = wasm_read_name(cursor, &entry->import.module);
    if (status != STATUS_OK)
        return status;
    status = wasm_read_name(cursor, &entry->import.name);
    if (status != STATUS_OK)
        return status;
    status = wasm_read_extern_type(decoder->module, cursor, &entry->type);
    if (status == STATUS_OK)
        entry->import.kind = entry->type.kind;
    return status;
}

/* The counter of imports of this kind. */
static uint32_t *counter_of(struct wasm_module *module, enum wasm_extern_kind kind)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        return &module->import_func_count;
    case WASM_EXTERN_TABLE:
        return &module->import_table_count;
    case WASM_EXTERN_MEMORY:
        return &module->import_memory_count;
    case WASM_EXTERN_GLOBAL:
        return &module->import_global_count;
    case WASM_EXTERN_TAG:
        return &module->import_tag_count;
    }
    ASSERT(false); /* every kind has one */
}

enum status wasm_decode_imports(struct wasm_decoder *decoder)
{
    if (!wasm_decoder_has(decoder, WASM_SECTION_IMPORT))
        return STATUS_OK;
    struct wasm_cursor section = decoder->sections[WASM_SECTION_IMPORT];
    struct wasm_module *module = decoder->module;
    uint32_t count;
    enum status status = wasm_read_count(&section, 4, WASM_LIMIT_IMPORTS,
                                         "a module has more than % imports", &count);
    if (status != STATUS_OK)
        return status;
    void *imports = NULL;
    status = wasm_decoder_alloc(decoder, &section, count, sizeof *module->imports, 16, &imports);
    if (status != STATUS_OK)
        return status;
    module->imports = imports;
    for (; module->import_count < count; module->import_count++) {
        struct import_entry entry;
        status = read_import(decoder, &section, &entry);
        if (status != STATUS_OK)
            return status;
        entry.import.index = (*counter_of(module, entry.import.kind))++;
        module->imports[module->import_count] = entry.import;
    }
    return wasm_decoder_close(&section);
}

static void place_import(struct wasm_module *module, const struct import_entry *entry,
                         uint32_t index)
{
    switch (entry->import.kind) {
    case WASM_EXTERN_FUNC:
        module->funcs[index].type_index = entry->type.type_index;
        module->funcs[index].is_import = true;
        return;
    case WASM_EXTERN_TABLE:
        module->tables[index] = entry->type.table;
        module->tables[index].is_import = true;
        return;
    case WASM_EXTERN_MEMORY:
        module->memories[index] = entry->type.memory;
        module->memories[index].is_import = true;
        return;
    case WASM_EXTERN_GLOBAL:
        module->globals[index] = entry->type.global;
        module->globals[index].is_import = true;
        wasm_decode_place_global(module, index);
        return;
    case WASM_EXTERN_TAG:
        module->tags[index] = entry->type.tag;
        module->tags[index].is_import = true;
        return;
    }
}

void wasm_decode_imports_again(struct wasm_decoder *decoder, struct wasm_cursor section)
{
    uint32_t count;
    enum status status = wasm_read_u32(&section, &count);
    ASSERT(status == STATUS_OK && count == decoder->module->import_count);
    for (uint32_t i = 0; i < count; i++) {
        struct import_entry entry;
        status = read_import(decoder, &section, &entry);
        ASSERT(status == STATUS_OK);
        place_import(decoder->module, &entry, decoder->module->imports[i].index);
    }
}
