/*
 * core/wasm/instance.h: what an instance is made of. For core/wasm only.
 *
 * Everything lives in the instance's arena. References are numbers: a funcref is the function's
 * index + 1, an externref whatever 32 bits the host chose, 0 is null for both.
 *
 * Invariants:
 *   (1) memory.base never moves; memory.len only grows.
 *   (2) entries[f].code is never NULL after creation.
 *   (3) While is_running, nobody enters the instance again; once is_dead, never.
 */
#ifndef AETHER_WASM_INSTANCE_H
#define AETHER_WASM_INSTANCE_H

#include "core/wasm/engine.h"

/* What a call needs to know of its callee. */
struct wasm_entry {
    const uint8_t *code;
    uint32_t type; /* canonical */
};

/* Where a function's code is, and the map from its cells to the module's bytes: pairs of LEB128
 * numbers, (cells in 8-byte units since the last, bytes of the module since the last). */
struct wasm_code {
    const uint8_t *cells;
    uint32_t cells_len;
    const uint8_t *map;
    uint32_t map_len;
};

struct wasm_memory {
    uint8_t *base;
    uint64_t len; /* bytes */
    uint64_t cap; /* bytes: growth beyond fails */
};

struct wasm_table_state {
    uint32_t *elements;
    uint32_t len;
    uint64_t cap; /* elements reserved: growth beyond fails */
};

/* A segment as it is now: len 0 once dropped. */
struct wasm_elem_state {
    const uint32_t *refs;
    uint32_t len;
};

struct wasm_instance {
    const struct wasm_entry *entries;
    uint64_t *globals;
    uint64_t fuel;
    uint64_t units;
    struct wasm_memory memory;
    struct wasm_table_state *tables;
    struct wasm_elem_state *elems;
    struct bytes *datas; /* len 0 once dropped */

    struct wasm_module *module; /* nothing in it changes; bodies are read again */
    struct wasm_host host;
    struct wasm_caps caps;
    const struct wasm_host_func **imports; /* by function index */
    struct wasm_code *codes;               /* by function index minus imports */
    uint64_t *stack;
    const uint8_t *bottom;   /* RESUME and HALT: where the host's own calls return to */
    uint64_t table_elements; /* of all tables */

    /* How the last run ended. */
    enum wasm_trap trap;
    uint32_t reason;
    const uint8_t *stop_pc;
    bool is_trap_before_pc; /* at the call in front of the RESUME cell stop_pc */

    bool is_running;
    bool is_dead;
};

/* Runs from `pc` until HALT or a trap; fills how it ended. */
void wasm_interp_run(struct wasm_instance *instance, const uint8_t *pc, uint64_t *frame,
                     const uint8_t *return_pc);

/* Makes the code of function `func` in `arena`, and its map. */
enum status MUST_CHECK wasm_translate(struct wasm_instance *instance, uint32_t func,
                                      struct arena *arena, struct report *report);

/* A constant expression's value; globals that it reads are initialised. */
uint64_t wasm_const_eval(const struct wasm_instance *instance, const struct wasm_const_expr *expr);

/* Globals, tables and segments as they are before anything runs (instance_init.c). */
enum status MUST_CHECK wasm_instance_fill(struct wasm_instance *instance, struct arena *arena,
                                          struct report *report);

/* Active segments, in order; the first that does not fit is a trap. */
enum wasm_trap wasm_instance_apply_segments(struct wasm_instance *instance, uint64_t *out_offset);

/* Fills imports, or says what is missing or of a wrong type. */
enum status MUST_CHECK wasm_link(struct wasm_instance *instance, struct arena *arena,
                                 struct report *report);

#endif
