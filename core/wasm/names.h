/*
 * core/wasm/names.h: function names from the "name" custom section (WASM 3.0 appendix).
 *
 * The section is a courtesy of the tool that made the module and may be broken: what can not be
 * read has no name. A name is UTF-8, and otherwise hostile: escape it before showing it.
 */
#ifndef AETHER_WASM_NAMES_H
#define AETHER_WASM_NAMES_H

#include "core/wasm/module.h"

/* The name of function `func` (of the index space), borrowed from the input; empty: none. Reads
 * the section from its start, so this is for reports, not for loops. */
struct bytes wasm_func_name(const struct wasm_module *module, uint32_t func);

#endif
