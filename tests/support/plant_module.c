/*
 * tests/support/plant_module.c: see plant_module.h.
 */
#include "tests/support/plant_module.h"

#include <stdlib.h>

#define PAGE_BYTES   4096u
#define MEMORY_PAGES 32u /* of 64 KiB, each memory */
#define INIT_AT      8u  /* the fresh bytes of memory 0 */
#define GROWN_PAGES  3u
#define PATTERN      (int32_t)0xA7A7A7A7
#define PATTERN_64   (int64_t)0xA7A7A7A7A7A7A7A7

enum { I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C, V128 = 0x7B };

/* prefix 0: none. `lane`: an immediate behind the memory argument. */
struct store_op {
    uint8_t prefix, code, log2, type;
    bool has_lane;
};

static const struct store_op stores[] = {
    {0, 0x36, 2, I32, false},     {0, 0x37, 3, I64, false},    {0, 0x38, 2, F32, false},
    {0, 0x39, 3, F64, false},     {0, 0x3A, 0, I32, false},    {0, 0x3B, 1, I32, false},
    {0, 0x3C, 0, I64, false},     {0, 0x3D, 1, I64, false},    {0, 0x3E, 2, I64, false},
    {0xFD, 0x0B, 4, V128, false}, {0xFD, 0x58, 0, V128, true}, {0xFD, 0x59, 1, V128, true},
    {0xFD, 0x5A, 2, V128, true},  {0xFD, 0x5B, 3, V128, true}, {0xFE, 0x17, 2, I32, false},
    {0xFE, 0x18, 3, I64, false},  {0xFE, 0x19, 0, I32, false}, {0xFE, 0x1A, 1, I32, false},
    {0xFE, 0x1B, 0, I64, false},  {0xFE, 0x1C, 1, I64, false}, {0xFE, 0x1D, 2, I64, false},
};

/* Where an operand comes from. */
enum source { CONSTANT, LOCAL, PINNED, SUM, SOURCES };

/* Locals of plant: parameters there are none. */
enum {
    ADDRESS = 0,
    ADDRESS_PINNED,
    ADDRESS_64,
    V_I32,
    V_I64,
    V_F32,
    V_F64,
    V_V128,
    PIN_I32,
    PIN_I64
};

static void put_const(struct wasm_builder *b, uint8_t type)
{
    switch (type) {
    case I32:
        build_byte(b, 0x41);
        build_s64(b, PATTERN);
        break;
    case I64:
        build_byte(b, 0x42);
        build_s64(b, PATTERN_64);
        break;
    case F32:
        build_byte(b, 0x43);
        build_fill(b, PLANT_BYTE, 4);
        break;
    case F64:
        build_byte(b, 0x44);
        build_fill(b, PLANT_BYTE, 8);
        break;
    default:
        BUILD(b, 0xFD, 0x0C);
        build_fill(b, PLANT_BYTE, 16);
    }
}

static uint8_t local_of(uint8_t type, enum source source)
{
    switch (type) {
    case I32:
        return source == PINNED ? PIN_I32 : V_I32;
    case I64:
        return source == PINNED ? PIN_I64 : V_I64;
    case F32:
        return V_F32;
    case F64:
        return V_F64;
    default:
        return V_V128;
    }
}

/* A sum with zero; of a vector: or with itself. */
static void put_value(struct wasm_builder *b, uint8_t type, enum source source)
{
    const uint8_t local = local_of(type, source);
    if (source == CONSTANT) {
        put_const(b, type);
        return;
    }
    BUILD(b, 0x20, local);
    if (source != SUM)
        return;
    BUILD(b, 0x20, local);
    if (type == I32)
        build_byte(b, 0x72); /* i32.or */
    else if (type == I64)
        build_byte(b, 0x84); /* i64.or */
    else if (type == F32)
        build_byte(b, 0x96); /* f32.min */
    else if (type == F64)
        build_byte(b, 0xA4); /* f64.min */
    else
        BUILD(b, 0xFD, 0x50); /* v128.or */
}

static void put_address(struct wasm_builder *b, bool is_far, enum source source)
{
    if (is_far) {
        if (source == CONSTANT)
            BUILD(b, 0x42, 0x00);
        else
            BUILD(b, 0x20, ADDRESS_64);
        if (source == SUM)
            BUILD(b, 0x42, 0x00, 0x7C);
        return;
    }
    if (source == CONSTANT)
        BUILD(b, 0x41, 0x00);
    else
        BUILD(b, 0x20, source == PINNED ? ADDRESS_PINNED : ADDRESS);
    if (source == SUM)
        BUILD(b, 0x41, 0x00, 0x6A);
}

static void put_memory_argument(struct wasm_builder *b, uint8_t log2, bool is_far, uint32_t offset)
{
    build_u32(b, log2 | (is_far ? 0x40u : 0));
    if (is_far)
        build_byte(b, 0x01);
    build_u32(b, offset);
}

static void put_store(struct wasm_builder *b, const struct store_op *op, bool is_far,
                      enum source address, enum source value, uint32_t page)
{
    put_address(b, is_far, address);
    put_value(b, op->type, value);
    if (op->prefix != 0)
        build_byte(b, op->prefix);
    build_byte(b, op->code);
    put_memory_argument(b, op->log2, is_far, page * PAGE_BYTES + 64);
    if (op->has_lane)
        build_byte(b, 0);
}

/* i32.atomic.rmw.* and cmpxchg of 32 bits: each leaves something at the address. */
static void put_rmws(struct wasm_builder *b, bool is_far, uint32_t *page)
{
    static const uint8_t codes[] = {0x1E, 0x25, 0x33, 0x3A, 0x41}; /* add sub or xor xchg */
    for (size_t i = 0; i < sizeof codes; i++, (*page)++) {
        put_address(b, is_far, CONSTANT);
        put_const(b, I32);
        BUILD(b, 0xFE, codes[i]);
        put_memory_argument(b, 2, is_far, *page * PAGE_BYTES);
        build_byte(b, 0x1A);
    }
    put_address(b, is_far, CONSTANT);
    BUILD(b, 0x41, 0x00);
    put_const(b, I32);
    BUILD(b, 0xFE, 0x48);
    put_memory_argument(b, 2, is_far, *page * PAGE_BYTES);
    build_byte(b, 0x1A);
    (*page)++;
}

static void put_index(struct wasm_builder *b, bool is_far, uint32_t value)
{
    build_byte(b, is_far ? 0x42 : 0x41);
    build_s64(b, value);
}

/* fill of a page, copy of it to the next one, init of another. */
static void put_bulk(struct wasm_builder *b, bool is_far, uint32_t *page)
{
    const uint8_t memory = is_far;
    put_index(b, is_far, *page * PAGE_BYTES);
    BUILD(b, 0x41);
    build_s64(b, PLANT_BYTE);
    put_index(b, is_far, PAGE_BYTES);
    BUILD(b, 0xFC, 0x0B, memory);
    put_index(b, is_far, (*page + 1) * PAGE_BYTES);
    put_index(b, is_far, *page * PAGE_BYTES);
    put_index(b, is_far, PAGE_BYTES);
    BUILD(b, 0xFC, 0x0A, memory, memory);
    put_index(b, is_far, (*page + 2) * PAGE_BYTES);
    BUILD(b, 0x41, 0x00, 0x41, 0x08, 0xFC, 0x08, 0x01, memory);
    *page += 3;
}

/* The last word of what memory grows by. */
static void put_growth(struct wasm_builder *b, bool is_far)
{
    put_index(b, is_far, GROWN_PAGES);
    BUILD(b, 0x40, is_far, 0x1A);
    put_index(b, is_far, (MEMORY_PAGES + GROWN_PAGES) * 65536 - 8);
    put_const(b, I64);
    build_byte(b, 0x37);
    put_memory_argument(b, 3, is_far, 0);
}

static uint32_t put_stores(struct wasm_builder *b, bool is_far)
{
    uint32_t page = 1;
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++)
        for (unsigned address = 0; address < SOURCES; address++)
            for (unsigned value = 0; value < SOURCES; value++, page++)
                put_store(b, &stores[i], is_far, (enum source)address, (enum source)value, page);
    put_rmws(b, is_far, &page);
    put_bulk(b, is_far, &page);
    put_growth(b, is_far);
    /* The fresh bytes as well. */
    put_index(b, is_far, INIT_AT);
    put_const(b, I64);
    build_byte(b, 0x37);
    put_memory_argument(b, 3, is_far, 0);
    if (page >= MEMORY_PAGES * 16)
        abort();
    return page;
}

/* Element 1 of both, by set, grow, fill, copy, init; then the segments are gone. */
static void put_tables(struct wasm_builder *b)
{
    BUILD(b, 0x41, 0x01, 0xD2, 0x00, 0x26, 0x00);                         /* table.set 0 */
    BUILD(b, 0xD2, 0x00, 0x41, 0x05, 0xFC, 0x0F, 0x00, 0x1A);             /* table.grow 0 */
    BUILD(b, 0x41, 0x02, 0xD2, 0x00, 0x41, 0x02, 0xFC, 0x11, 0x00);       /* table.fill 0 */
    BUILD(b, 0x41, 0x00, 0x41, 0x01, 0x41, 0x03, 0xFC, 0x0E, 0x01, 0x00); /* table.copy 1 0 */
    BUILD(b, 0x41, 0x05, 0x41, 0x00, 0x41, 0x01, 0xFC, 0x0C, 0x00, 0x00); /* table.init 0 */
    BUILD(b, 0xFC, 0x0D, 0x00, 0xFC, 0x09, 0x01);                         /* elem, data drop */
}

static void put_globals(struct wasm_builder *b)
{
    static const uint8_t types[] = {I32, I64, F32, F64, V128};
    for (uint8_t i = 0; i < sizeof types; i++) {
        put_const(b, types[i]);
        BUILD(b, 0x24, i);
    }
    BUILD(b, 0xD2, 0x00, 0x24, 0x05);
}

/* Pinned locals are those that are used in loops. */
static void put_plant(struct wasm_builder *b)
{
    static const uint8_t values[] = {I32, I64, F32, F64, V128, I32, I64};
    build_open(b);
    BUILD(b, 0x09, 0x02, I32, 0x01, I64, 0x01, I32, 0x01, I64, 0x01, F32, 0x01, F64, 0x01, V128,
          0x01, I32, 0x01, I64);
    for (uint8_t i = 0; i < sizeof values; i++) {
        put_const(b, values[i]);
        BUILD(b, 0x21, (uint8_t)(V_I32 + i));
    }
    BUILD(b, 0x03, 0x40); /* loop: once */
    BUILD(b, 0x20, ADDRESS_PINNED, 0x20, ADDRESS_PINNED, 0x72, 0x21, ADDRESS_PINNED);
    BUILD(b, 0x20, PIN_I32, 0x20, PIN_I32, 0x72, 0x21, PIN_I32);
    build_byte(b, 0x0B);
    uint32_t pages = put_stores(b, false);
    pages += put_stores(b, true);
    put_tables(b);
    put_globals(b);
    build_byte(b, 0x41);
    build_s64(b, pages);
    build_byte(b, 0x0B);
    build_close(b);
}

/* count += condition, which is on the stack */
static void put_count(struct wasm_builder *b)
{
    BUILD(b, 0x20, 0x02, 0x6A, 0x21, 0x02);
}

/* Words of a memory that are not zero: at (local 0: i32, local 1: i64) from its end down. */
static void put_scan(struct wasm_builder *b, bool is_far)
{
    const uint8_t local = is_far;
    BUILD(b, 0x3F, is_far);
    put_index(b, is_far, 65536);
    BUILD(b, is_far ? 0x7E : 0x6C, 0x21, local); /* mul */
    BUILD(b, 0x03, 0x40, 0x20, local);
    put_index(b, is_far, 8);
    BUILD(b, is_far ? 0x7D : 0x6B, 0x22, local); /* sub, tee */
    build_byte(b, 0x29);                         /* i64.load */
    put_memory_argument(b, 3, is_far, 0);
    BUILD(b, 0x42, 0x00, 0x52); /* != 0 */
    put_count(b);
    BUILD(b, 0x20, local);
    if (is_far)
        BUILD(b, 0x50, 0x45); /* !eqz */
    BUILD(b, 0x0D, 0x00, 0x0B);
    BUILD(b, 0x3F, is_far);
    put_index(b, is_far, MEMORY_PAGES);
    BUILD(b, is_far ? 0x52 : 0x47); /* size */
    put_count(b);
}

static void put_find(struct wasm_builder *b)
{
    build_open(b);
    BUILD(b, 0x03, 0x01, I32, 0x01, I64, 0x01, I32);
    put_scan(b, false);
    put_scan(b, true);
    /* The fresh word of memory 0 was counted, and is right. */
    BUILD(b, 0x20, 0x02, 0x41, 0x01, 0x6B, 0x21, 0x02, 0x41, INIT_AT, 0x29, 0x03, 0x00, 0x42);
    build_s64(b, 0x0807060504030201);
    build_byte(b, 0x52);
    put_count(b);
    for (uint8_t table = 0; table < 2; table++) {
        BUILD(b, 0xFC, 0x10, table, 0x41, 0x08, 0x47); /* table.size */
        put_count(b);
        for (uint8_t i = 0; i < 8; i++) {
            BUILD(b, 0x41, i, 0x25, table, 0xD1, 0x45);
            put_count(b);
        }
    }
    BUILD(b, 0x23, 0x00, 0x41, 0x07, 0x47);
    put_count(b);
    BUILD(b, 0x23, 0x01, 0x42, 0x00, 0x52);
    put_count(b);
    BUILD(b, 0x23, 0x02, 0x43, 0x00, 0x00, 0x00, 0x00, 0x5C);
    put_count(b);
    BUILD(b, 0x23, 0x03, 0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x62);
    put_count(b);
    BUILD(b, 0x23, 0x04, 0xFD, 0x53); /* v128.any_true */
    put_count(b);
    BUILD(b, 0x23, 0x05, 0xD1, 0x45);
    put_count(b);
    /* Segments that were dropped would trap. */
    BUILD(b, 0x41, 0x00, 0x41, 0x00, 0x41, 0x08, 0xFC, 0x08, 0x01, 0x00);
    BUILD(b, 0x41, 0x00, 0x41, 0x00, 0x41, 0x01, 0xFC, 0x0C, 0x00, 0x00);
    BUILD(b, 0x20, 0x02, 0x0B);
    build_close(b);
}

void build_plant_module(struct wasm_builder *b, bool is_preview_1)
{
    build_begin(b);
    BUILD_SECTION(b, 1, 0x01, 0x60, 0x00, 0x01, I32);
    if (is_preview_1) {
        build_section(b, 2);
        build_byte(b, 0x01);
        build_name(b, "wasi_snapshot_preview1");
        build_name(b, "sched_yield");
        BUILD(b, 0x00, 0x00);
        build_close(b);
    }
    BUILD_SECTION(b, 3, 0x02, 0x00, 0x00);
    BUILD_SECTION(b, 4, 0x02, 0x70, 0x00, 0x08, 0x70, 0x00, 0x08);
    BUILD_SECTION(b, 5, 0x02, 0x01, MEMORY_PAGES, 0x40, 0x05, MEMORY_PAGES, 0x40);
    build_section(b, 6);
    BUILD(b, 0x06, I32, 0x01, 0x41, 0x07, 0x0B, I64, 0x01, 0x42, 0x00, 0x0B);
    BUILD(b, F32, 0x01, 0x43, 0x00, 0x00, 0x00, 0x00, 0x0B);
    BUILD(b, F64, 0x01, 0x44, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0B);
    BUILD(b, V128, 0x01, 0xFD, 0x0C);
    build_fill(b, 0, 16);
    BUILD(b, 0x0B, 0x70, 0x01, 0xD0, 0x70, 0x0B);
    build_close(b);
    BUILD_SECTION(b, 7, 0x02, 0x05, 'p', 'l', 'a', 'n', 't', 0x00, is_preview_1, 0x04, 'f', 'i',
                  'n', 'd', 0x00, (uint8_t)(1 + is_preview_1));
    BUILD_SECTION(b, 9, 0x01, 0x01, 0x00, 0x01, 0x00); /* passive: function 0 */
    BUILD_SECTION(b, 12, 0x02);
    build_section(b, 10);
    build_byte(b, 0x02);
    put_plant(b);
    put_find(b);
    build_close(b);
    BUILD_SECTION(b, 11, 0x02, 0x00, 0x41, INIT_AT, 0x0B, 0x08, 1, 2, 3, 4, 5, 6, 7, 8, /* active */
                  0x01, 0x08, 0xA7, 0xA7, 0xA7, 0xA7, 0xA7, 0xA7, 0xA7, 0xA7); /* passive */
}
