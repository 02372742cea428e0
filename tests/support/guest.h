/*
 * tests/support/guest.h: small WebAssembly modules, built section by section.
 *
 * Add what the module has in any order, then take its bytes with guest_bytes. Types are strings of
 * 'i' (i32), 'I' (i64), 'f' (f32), 'F' (f64). A body is given as CODE(0x41, 7), without locals and
 * final `end`. Indices are those of the index spaces: import all functions before the first
 * guest_func.
 */
#ifndef AETHER_TESTS_GUEST_H
#define AETHER_TESTS_GUEST_H

#include "tests/support/wasm_builder.h" /* CODE() */

#define GUEST_SECTION_MAX   2048
#define GUEST_SECTION_COUNT 13

struct guest {
    struct {
        uint32_t count;
        uint32_t len;
        uint8_t bytes[GUEST_SECTION_MAX];
    } sections[GUEST_SECTION_COUNT];
    uint32_t func_count;
    uint8_t out[GUEST_SECTION_COUNT * GUEST_SECTION_MAX];
};

void guest_init(struct guest *guest);
uint32_t guest_type(struct guest *guest, const char *params, const char *results);
uint32_t guest_import(struct guest *guest, const char *module, const char *name, uint32_t type);
uint32_t guest_func(struct guest *guest, uint32_t type, struct bytes code);
void guest_export(struct guest *guest, const char *name, uint8_t kind, uint32_t index);
void guest_memory(struct guest *guest, uint32_t min_pages);
void guest_memory_of(struct guest *guest, struct bytes type); /* limits as in the format */
void guest_table(struct guest *guest, uint32_t min);
void guest_global(struct guest *guest, uint8_t type, struct bytes init);
void guest_start(struct guest *guest, uint32_t func);
void guest_data(struct guest *guest, uint32_t address, struct bytes init);

/* The binary; valid until the guest changes. */
struct bytes guest_bytes(struct guest *guest);

#endif
