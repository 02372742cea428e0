/*
 * cli/inspect.h: the parts of `aether inspect`. For cli/inspect*.c only.
 */
#ifndef AETHER_CLI_INSPECT_H
#define AETHER_CLI_INSPECT_H

#include "cli/listing.h"
#include "cli/wasm_file.h"

/* inspect_sections.c: the frames of the file, as far as they can be read; the module need not be
 * valid. */
void inspect_sections(struct listing *listing, struct bytes file);
/* What the custom sections "producers" and "target_features" say. */
void inspect_producers(struct listing *listing, struct bytes file);
void inspect_features(struct listing *listing, struct bytes file);

/* inspect_limits.c: what the module uses of each limit of ours. */
void inspect_limits(struct listing *listing, const struct wasm_module *module, size_t file_bytes);

/* inspect_code.c: the register code of one function, by index or name. An exit code. */
int MUST_CHECK inspect_code(struct listing *listing, struct wasm_file *file, const char *func);

/* inspect_component.c: the world of a component as WIT, or as JSON. An exit code. */
int MUST_CHECK inspect_component(struct wasm_file *file, bool json);

#endif
