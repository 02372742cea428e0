/*
 * cli/wasm_file.h: a file with a module or a component in it, read and loaded.
 */
#ifndef AETHER_CLI_WASM_FILE_H
#define AETHER_CLI_WASM_FILE_H

#include "core/component/component.h"

struct wasm_file {
    const char *path;
    struct bytes content;
    struct arena arena; /* the module's, and whatever the command adds */
    size_t arena_bytes;
    struct wasm_module *module;        /* set by wasm_file_load */
    const struct component *component; /* set by wasm_file_load_component */
    struct report report;
};

/* Reads the file. False: it can not be, and it was said. Close it in any case. */
bool MUST_CHECK wasm_file_read(struct wasm_file *file, const char *path);

/* The option of every command that loads modules, and its lines of help. */
#define WASM_FILE_LEGACY "--legacy-exceptions"

/* Decodes and validates; `has_legacy`: takes the exception instructions before try_table, too. The
 * report says what is wrong. WebAssembly text is refused with a sentence about how to convert it.
 * The arena gets `room` bytes for the command besides. */
enum status MUST_CHECK wasm_file_load(struct wasm_file *file, bool has_legacy, size_t room);

/* The same of a component; component_is_component says whether the file has one. */
enum status MUST_CHECK wasm_file_load_component(struct wasm_file *file, size_t room);

#define WASM_FILE_TEXT_HINT                                                                        \
    "WebAssembly text, not a binary: convert it first, by `wat2wasm IN.wat -o OUT.wasm` or "       \
    "`wasm-tools parse IN.wat -o OUT.wasm`"
/* Spaces and comments, then an opening parenthesis: nothing binary begins so. */
bool wasm_file_is_text(struct bytes text);

void wasm_file_close(struct wasm_file *file);

/* Zeroed pages that cost nothing until they are touched; NULL: the machine has no room. */
void *wasm_file_pages(size_t len);

/* "malformed", "invalid", ...: one word for why a module is not taken. */
const char *wasm_file_verdict(enum status status);

/* Of the command: NO_MEMORY is a failure of this machine, all else is the module's. */
int wasm_file_exit(enum status status);

#endif
