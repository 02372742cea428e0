/*
 * core/wasm/name_section.h: the "name" custom section (WASM 3.0 appendix), read on demand.
 *
 * The section is a courtesy of the tool that made the module and may be broken: what stands behind
 * a break has no name, and nothing else follows from it. Nothing is allocated and nothing is kept:
 * each call reads the section from its start, in time linear in its bytes, so a loop over functions
 * goes through a map, once, and not through wasm_func_name. A name is UTF-8, and otherwise hostile:
 * escape it before showing it.
 */
#ifndef AETHER_WASM_NAME_SECTION_H
#define AETHER_WASM_NAME_SECTION_H

#include "core/wasm/cursor.h"
#include "core/wasm/module.h"

/* Subsections. LOCALS, LABELS and FIELDS have a map of names for each function or type; MODULE has
 * one name; the others are one map. */
enum wasm_name_space {
    WASM_NAMES_MODULE = 0,
    WASM_NAMES_FUNCS = 1,
    WASM_NAMES_LOCALS = 2,
    WASM_NAMES_LABELS = 3,
    WASM_NAMES_TYPES = 4,
    WASM_NAMES_TABLES = 5,
    WASM_NAMES_MEMORIES = 6,
    WASM_NAMES_GLOBALS = 7,
    WASM_NAMES_ELEMS = 8,
    WASM_NAMES_DATAS = 9,
    WASM_NAMES_FIELDS = 10,
    WASM_NAMES_TAGS = 11,
    WASM_NAMES_COUNT,
};

/* Where a reader is in a map of names. */
struct wasm_name_map {
    struct wasm_cursor cursor;
    uint32_t left;
};

/* The module's own name, borrowed from the input; empty: none. */
struct bytes wasm_module_name(const struct wasm_module *module);

/* The name of function `func` (of the index space), borrowed from the input; empty: none. */
struct bytes wasm_func_name(const struct wasm_module *module, uint32_t func);

/* The map of a space that is one map. False: there is none that could be read. */
bool wasm_names_open(const struct wasm_module *module, enum wasm_name_space space,
                     struct wasm_name_map *out_map);

/* The map of item `index` of LOCALS, LABELS or FIELDS. */
bool wasm_names_open_of(const struct wasm_module *module, enum wasm_name_space space,
                        uint32_t index, struct wasm_name_map *out_map);

/* The next name of the map, in the section's order, which a broken section does not sort. False: it
 * was the last, or the map is broken here. */
bool wasm_names_next(struct wasm_name_map *map, uint32_t *out_index, struct bytes *out_name);

/* Reads all of the section: MALFORMED says what is broken and where. A module without the section
 * is fine. Who shows modules to people says it; nobody else asks. */
enum status MUST_CHECK wasm_name_section_check(const struct wasm_module *module,
                                               struct report *report);

#endif
