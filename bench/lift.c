/*
 * bench/lift.c: what it costs to lift a list<u8> of 1 MB out of guest memory, beside a memcpy of as
 * many bytes: alone, with giving the room back (which wipes it), and the way into guest memory is
 * the same memcpy.
 *
 * Each is the least of many rounds, so that what else the machine does is left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "core/component/abi.h"
#include "core/component/graph.h"

#define LEN    ((size_t)1 << 20)
#define ARENA  ((size_t)16 << 20)
#define ROUNDS 400

static double now_us(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void *reserve(size_t len)
{
    void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT(memory != MAP_FAILED);
    return memory;
}

static enum status reserve_memory(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    *out_base = reserve((size_t)cap_bytes);
    return STATUS_OK;
}

static double least(double so_far, double begin)
{
    double took = now_us() - begin;
    return took < so_far ? took : so_far;
}

int main(void)
{
    static const struct wasm_host host = {.memory_reserve = reserve_memory};
    static const struct wasm_memory_type memory_type = {
        .limits = {.min = 32, .has_max = true, .max = 32}, .page_log2 = 16};
    const struct wasm_caps caps = {.fuel = 1, .memory_bytes = 2 * LEN, .stack_units = 64};
    struct component_type list = {.kind = COMPONENT_LIST,
                                  .element = component_type_primitive(COMPONENT_U8),
                                  .size = 8,
                                  .alignment = 4,
                                  .flat_count = 2};
    const struct component_field param = {.type = &list};
    const uint64_t slots[2] = {4096, LEN};
    struct component_value value;
    struct wasm_store *store;
    struct wasm_extern memory;
    struct arena arena, values;
    struct report report;
    double copy = 1e9, lift = 1e9, whole = 1e9;
    uint8_t *base, *target = reserve(LEN);
    uint64_t len;
    report_init(&report);
    arena_init(&arena, reserve(ARENA), ARENA);
    arena_init(&values, reserve(ARENA), ARENA);
    ASSERT(wasm_store_create(&host, &caps, &arena, &store, &report) == STATUS_OK);
    ASSERT(wasm_store_memory(store, &memory_type, &memory, &report) == STATUS_OK);
    wasm_memory_bytes(memory.memory, &base, &len);
    memset(base, 0x5A, (size_t)len);
    struct component_abi abi = {
        .store = store, .memory = memory.memory, .arena = &values, .report = &report};
    for (int round = 0; round < ROUNDS; round++) {
        double begin = now_us();
        memcpy(target, base + 4096, LEN);
        __asm__ volatile("" : : "r"(target) : "memory");
        copy = least(copy, begin);
        begin = now_us();
        ASSERT(component_lift_values(&abi, &param, 1, COMPONENT_MAX_FLAT_PARAMS, slots, &value) ==
               STATUS_OK);
        lift = least(lift, begin);
        ASSERT(value.items.count == LEN && value.items.packed[LEN - 1] == 0x5A);
        arena_rewind(&values, 0);
        whole = least(whole, begin);
    }
    (void)printf("memcpy of 1 MiB %.1f us, lifting list<u8> of it %.1f us (%.2fx), with giving "
                 "back %.1f us (%.2fx)\n",
                 copy, lift, lift / copy, whole, whole / copy);
    if (whole > 2 * copy) {
        (void)printf("more than twice a memcpy\n");
        return 1;
    }
    return 0;
}
