/*
 * cli/wat.c: the engine's printers of types, to files.
 */
#include "cli/wat.h"

#include "cli/cli.h"
#include "core/wasm/type_text.h"

void wat_value_type(FILE *out, uint32_t type)
{
    wasm_text_value_type(cli_sink(out), type);
}

void wat_func_type(FILE *out, const struct wasm_func_type *type)
{
    wasm_text_func_type(cli_sink(out), type);
}

void wat_defined_type(FILE *out, const struct wasm_type *type)
{
    wasm_text_defined_type(cli_sink(out), type);
}

void wat_memory_type(FILE *out, const struct wasm_memory_type *memory)
{
    wasm_text_memory_type(cli_sink(out), memory);
}

void wat_table_type(FILE *out, const struct wasm_table *table)
{
    wasm_text_table_type(cli_sink(out), table);
}

void wat_global_type(FILE *out, const struct wasm_global *global)
{
    wasm_text_global_type(cli_sink(out), global);
}

void wat_extern_type(FILE *out, const struct wasm_module *module, enum wasm_extern_kind kind,
                     uint32_t index)
{
    wasm_text_extern_type(cli_sink(out), module, kind, index);
}

const char *wat_kind(enum wasm_extern_kind kind)
{
    return wasm_text_kind(kind);
}
