/*
 * tests/differential/differential.h: our engine and wasmtime in one process, driven alike.
 *
 * Both sides answer in these plain terms; driver.c compares them. ours.c knows our engine, peer.c
 * the other (its shared library is loaded at run time, its declarations are written down here and
 * in peer.c because the package has no headers). The types of functions and globals are read from
 * our module on both sides, so a module is run only when both accept it.
 */
#ifndef AETHER_TESTS_DIFFERENTIAL_H
#define AETHER_TESTS_DIFFERENTIAL_H

#include "core/wasm/engine.h"

#define DIFF_FUEL        2000000u
#define DIFF_VALUES_MAX  1000u
#define DIFF_MESSAGE_MAX 400u

/* How a step ended. EXHAUSTED: stack, fuel or heap, where the engines may differ by design
 * (semantics.md 2 and 5); what follows is not compared. */
enum diff_end { DIFF_RETURNED, DIFF_TRAPPED, DIFF_EXHAUSTED, DIFF_REFUSED };

struct diff_value {
    char kind; /* 'i' 'I' 'f' 'F' 'v'; references: '0' null, '3' an i31, 'r' any other */
    uint64_t low, high;
};

struct diff_call {
    enum diff_end end;
    enum wasm_trap trap;
    uint32_t func;
    uint64_t offset; /* 0: not known */
    uint64_t fuel;
    uint32_t count;
    struct diff_value values[DIFF_VALUES_MAX];
};

struct diff_table {
    uint64_t len;
    uint64_t nulls; /* hash of which elements are null */
};

/* values.c. The hierarchy of a reference type: 'f' functions, 'e' extern, 'x' exceptions, 'a' any.
 */
char diff_hierarchy(const struct wasm_module *module, uint32_t type);
/* An argument that both sides can make; false: there is none of this type. */
bool diff_argument(uint32_t type, uint32_t index, struct diff_value *out);
uint64_t diff_mix(uint64_t hash, uint64_t value);

/* ours.c. `message` has room for DIFF_MESSAGE_MAX bytes. */
enum status ours_load(struct bytes input, const struct wasm_module **out_module, char *message);
enum diff_end ours_start(struct diff_call *out_start, char *message);
void ours_call(uint32_t func, struct diff_call *call); /* `values`: arguments in, results out */
bool ours_global(uint32_t export, struct diff_value *out);
struct bytes ours_memory(uint32_t export);
bool ours_table(uint32_t export, struct diff_table *out);
bool ours_is_over_caps(void); /* was it a cap of ours that ours_start ended at? */
bool ours_grows(void);        /* is there a memory.grow or table.grow in the module? */
void ours_close(void);

/* peer.c */
bool peer_open(const char *library, bool has_fuel);
bool peer_is_valid(struct bytes input, char *message);
bool peer_load(struct bytes input, char *message);
enum diff_end peer_start(struct diff_call *out_start, char *message);
void peer_call(const struct wasm_module *module, uint32_t export, struct diff_call *call);
bool peer_global(const struct wasm_module *module, uint32_t export, struct diff_value *out);
struct bytes peer_memory(uint32_t export);
bool peer_table(uint32_t export, struct diff_table *out);
void peer_close(void);

#endif
