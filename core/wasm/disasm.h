/*
 * core/wasm/disasm.h: register code as text, for people who look for a bug or a slow loop.
 */
#ifndef AETHER_WASM_DISASM_H
#define AETHER_WASM_DISASM_H

#include "core/wasm/engine.h"

/* Gets one line without its end; the text is gone after the call. */
typedef void disasm_line_fn(void *context, const char *line);

/* Every defined function of the instance, cell by cell. */
void wasm_disasm(const struct wasm_instance *instance, disasm_line_fn *line, void *context);

/* One function of a module that nobody links or runs: types and functions have their indices of the
 * module, and "@N" stands behind the first cell of what byte N of the module became. NOT_FOUND: the
 * module does not define it. The arena is as it was afterwards. */
enum status MUST_CHECK wasm_disasm_func(struct wasm_module *module, uint32_t func,
                                        struct arena *arena, disasm_line_fn *line, void *context,
                                        struct report *report);

#endif
