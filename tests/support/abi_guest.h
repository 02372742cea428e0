/*
 * tests/support/abi_guest.h: a component instance to lift from and lower to, of one core module
 * that the engine runs: a memory, a realloc that logs what it is asked, a table of handles.
 *
 * abi_module.wat is the module's text. Resources 0 and 1 are of somebody else, 2 is the guest's
 * own. No cmocka here: fuzz targets use it as well.
 */
#ifndef AETHER_TESTS_ABI_GUEST_H
#define AETHER_TESTS_ABI_GUEST_H

#include "core/component/graph.h"
#include "core/component/instance_internal.h"

#define ABI_GUEST_PAGES     64u
#define ABI_GUEST_RESOURCES 3u

/* What realloc does. */
enum abi_guest_mode {
    ABI_GUEST_MOVES,   /* new room every time, behind the last */
    ABI_GUEST_SHRINKS, /* in place, where it can */
    ABI_GUEST_TRAPS,
    ABI_GUEST_MISALIGNS,
    ABI_GUEST_OUT_OF_BOUNDS,
};

struct abi_guest {
    struct arena *arena; /* of store, instance and values */
    struct arena types_arena;
    struct component_types types;
    struct report report;
    struct wasm_store *store;
    struct wasm_instance *core;
    struct component_linked linked;
    struct component component;
    struct component_graph graph;
    struct component_resource resources[ABI_GUEST_RESOURCES];
    struct component_resource *bound[ABI_GUEST_RESOURCES];
    struct component_instance instance;
    struct component_task task;
    struct component_abi abi;
};

/* Everything anew: a page of memory full of `fill`, `pages` in all. One guest at a time. */
void abi_guest_begin(struct abi_guest *guest, uint8_t fill, enum component_encoding encoding);
void abi_guest_setup(struct abi_guest *guest, uint32_t heap, enum abi_guest_mode mode,
                     uint32_t pages);
void abi_guest_end(struct abi_guest *guest);

struct bytes abi_guest_memory(const struct abi_guest *guest);
uint8_t *abi_guest_at(const struct abi_guest *guest, uint32_t address);

/* What realloc was asked and answered: five u32 a call. */
struct bytes abi_guest_log(const struct abi_guest *guest);

/* A type (of three resources at most) from bytes as vectors have them (tests/abi_vectors); NULL:
 * they are none, or too many.
 * `*bytes` is what is left. */
const struct component_type *abi_guest_type(struct component_types *types, struct bytes *bytes);

/* A number of at most 64 bits; 0 where there is none. */
uint64_t abi_guest_varint(struct bytes *bytes);

#endif
