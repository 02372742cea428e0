/*
 * tests/tools/wasm_host.h: a hosted program around the engine: files, arenas, the spectest
 * functions.
 *
 * For the tools that run modules from files; not part of the product. Everything a module needs is
 * in one struct, so that several can be alive at a time.
 */
#ifndef AETHER_TESTS_WASM_HOST_H
#define AETHER_TESTS_WASM_HOST_H

#include <stdio.h>

#include "core/wasm/engine.h"

struct wasm_guest {
    struct bytes file;
    struct arena arena;
    size_t arena_bytes;
    struct wasm_module *module;
    struct wasm_host_func *refusals; /* of malloc */
    struct wasm_store *store;
    struct wasm_instance *instance;
    struct wasm_outcome outcome;
    struct report report;
};

/* Reads the file, loads and instantiates it. STATUS_TRAP: see outcome. `refuses_imports`: whatever
 * function is imported is there, and refuses to do anything. */
enum status wasm_guest_open(struct wasm_guest *guest, const char *path,
                            const struct wasm_caps *caps, size_t arena_bytes, bool refuses_imports);
void wasm_guest_close(struct wasm_guest *guest);

/* "OK", "NO_MEMORY", ... */
const char *wasm_status_name(enum status status);

/* Reads all of a file into memory of malloc; data NULL when it can not. */
struct bytes wasm_file_read(const char *path);

#endif
