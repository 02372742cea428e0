/*
 * Vector loads and stores: what they read and write, where they trap; of memory 0, and of others
 * and of 64-bit ones, where accesses are put together from scalar ones.
 */
#include "tests/support/engine_trial.h"
#include "tests/support/simd_trial.h"
#include "tests/support/test.h"

#define END   0x0B
#define PAGES 1
#define BYTES ((uint64_t)PAGES << 16)

/* Where the access goes: memory 0, memory 1, or memory 0 with 64-bit addresses. */
enum place { NEAR, OTHER, BIG, PLACES };

struct access {
    uint8_t number;
    uint8_t bytes;
    uint8_t lane_bits; /* of what lies in memory */
    bool is_store;
    bool has_lane;
};

static const struct access accesses[] = {
    {0x00, 16, 64, false, false}, {0x01, 8, 8, false, false},  {0x02, 8, 8, false, false},
    {0x03, 8, 16, false, false},  {0x04, 8, 16, false, false}, {0x05, 8, 32, false, false},
    {0x06, 8, 32, false, false},  {0x07, 1, 8, false, false},  {0x08, 2, 16, false, false},
    {0x09, 4, 32, false, false},  {0x0A, 8, 64, false, false}, {0x0B, 16, 64, true, false},
    {0x54, 1, 8, false, true},    {0x55, 2, 16, false, true},  {0x56, 4, 32, false, true},
    {0x57, 8, 64, false, true},   {0x58, 1, 8, true, true},    {0x59, 2, 16, true, true},
    {0x5A, 4, 32, true, true},    {0x5B, 8, 64, true, true},   {0x5C, 4, 32, false, false},
    {0x5D, 8, 64, false, false},
};

/* Function 0: (address, vector) -> vector; of a store the vector as it is afterwards. */
static void begin(struct engine_trial *trial, const struct access *access, enum place place,
                  uint8_t lane, uint64_t offset)
{
    struct wasm_builder *b = &trial->load.builder;
    engine_begin(trial);
    BUILD_SECTION(b, 1, 1, 0x60, 2, place == BIG ? 0x7E : 0x7F, 0x7B, 1, 0x7B);
    BUILD_SECTION(b, 3, 1, 0);
    if (place == OTHER)
        BUILD_SECTION(b, 5, 2, 0, 0, 0, PAGES);
    else
        BUILD_SECTION(b, 5, 1, place == BIG ? 4 : 0, PAGES);
    build_section(b, 10);
    build_byte(b, 1);
    build_open(b);
    BUILD(b, 0, 0x20, 0);
    if (access->is_store || access->has_lane)
        BUILD(b, 0x20, 1);
    BUILD(b, 0xFD, access->number, place == OTHER ? 0x40 : 0);
    if (place == OTHER)
        build_byte(b, 1);
    for (; offset >= 0x80; offset >>= 7)
        build_byte(b, (uint8_t)(offset | 0x80));
    build_byte(b, (uint8_t)offset);
    if (access->has_lane)
        build_byte(b, lane);
    if (access->is_store)
        BUILD(b, 0x20, 1);
    build_byte(b, END);
    build_close(b);
    build_close(b);
    assert_int_equal(engine_create(trial), STATUS_OK);
}

static union vector vector_of(uint8_t first)
{
    union vector v;
    for (uint32_t i = 0; i < 16; i++)
        v.bytes[i] = (uint8_t)(first + 17 * i);
    return v;
}

/* What the access makes of the bytes in memory and the vector. */
static union vector loaded(const struct access *access, const uint8_t *bytes, union vector v,
                           uint8_t lane)
{
    union vector raw = {.slots = {0}}, result = {.slots = {0}};
    memcpy(raw.bytes, bytes, access->bytes);
    uint32_t bits = access->lane_bits;
    if (access->has_lane) {
        vector_set_lane(&v, bits, lane, vector_lane(raw, bits, 0));
        return v;
    }
    bool is_extending = access->number >= 0x01 && access->number <= 0x06;
    bool is_splat = access->number >= 0x07 && access->number <= 0x0A;
    if (!is_extending && !is_splat)
        return raw;
    for (uint32_t i = 0; i < (is_extending ? 64 : 128) / bits; i++) {
        uint64_t from = vector_lane(raw, bits, is_splat ? 0 : i);
        if (is_splat)
            vector_set_lane(&result, bits, i, from);
        else
            vector_set_lane(&result, 2 * bits, i,
                            access->number % 2 == 1 ? (uint64_t)lane_signed(bits, from) : from);
    }
    return result;
}

static uint8_t *memory_of(struct engine_trial *trial, enum place place)
{
    uint8_t *base;
    uint64_t len;
    assert_int_equal(wasm_instance_memory(trial->instance, place == OTHER, &base, &len), STATUS_OK);
    assert_int_equal(len, BYTES);
    return base;
}

static enum wasm_trap call_at(struct engine_trial *trial, uint64_t address, union vector v)
{
    trial->slots[0] = address;
    memcpy(trial->slots + 1, v.slots, sizeof v.slots);
    return engine_call(trial, 0);
}

static void check_access(const struct access *access, enum place place, uint8_t lane)
{
    struct engine_trial trial;
    const uint64_t at = BYTES - access->bytes, offset = 300;
    union vector v = vector_of(0x31);
    uint8_t before[16] = {0};
    begin(&trial, access, place, lane, offset);
    uint8_t *end = memory_of(&trial, place) + at;
    for (uint32_t i = 0; i < access->bytes; i++)
        end[i] = (uint8_t)(0xF1 - 13 * i);
    memcpy(before, end, access->bytes);

    assert_int_equal(call_at(&trial, at - offset, v), WASM_TRAP_NONE);

    union vector got = {.slots = {trial.slots[0], trial.slots[1]}};
    if (access->is_store) {
        assert_memory_equal(end, v.bytes + (size_t)lane * access->bytes, access->bytes);
    } else {
        union vector expected = loaded(access, before, v, lane);
        assert_memory_equal(&got, &expected, sizeof got);
        assert_memory_equal(end, before, access->bytes);
    }
    engine_end(&trial);
}

TEST(each_access_reads_or_writes_its_bytes_up_to_the_last)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(accesses); i++) {
        const struct access *access = &accesses[i];
        uint8_t lanes = access->has_lane ? (uint8_t)(16 / access->bytes) : 1;
        for (uint32_t place = NEAR; place < PLACES; place++)
            for (uint8_t lane = 0; lane < lanes; lane++)
                check_access(access, (enum place)place, lane);
    }
}

static void check_trap(const struct access *access, enum place place, uint64_t address,
                       uint64_t offset)
{
    struct engine_trial trial;
    begin(&trial, access, place, 0, offset);
    uint8_t *base = memory_of(&trial, place);
    memset(base + BYTES - 32, 0x5A, 32);

    assert_int_equal(call_at(&trial, address, vector_of(1)), WASM_TRAP_MEMORY_OUT_OF_BOUNDS);

    uint64_t operator_at = access->is_store || access->has_lane ? 5 : 3;
    const struct wasm_func *func = &trial.load.module->funcs[0];
    assert_int_equal(trial.outcome.func, 0);
    assert_int_equal(trial.outcome.offset, func->body_offset + operator_at);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(base[BYTES - 32 + i], 0x5A);
    engine_end(&trial);
}

TEST(an_access_one_byte_too_far_traps_and_writes_nothing)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(accesses); i++) {
        const struct access *access = &accesses[i];
        for (uint32_t place = NEAR; place < PLACES; place++) {
            check_trap(access, (enum place)place, BYTES - access->bytes + 1, 0);
            check_trap(access, (enum place)place, UINT32_MAX, 0);
            check_trap(access, (enum place)place, UINT32_MAX, UINT32_MAX);
            check_trap(access, (enum place)place, 0, BYTES);
        }
    }
}

TEST(an_address_of_64_bits_does_not_wrap)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(accesses); i++) {
        check_trap(&accesses[i], BIG, UINT64_MAX, 0);
        check_trap(&accesses[i], BIG, UINT64_MAX - 7, 8);
        check_trap(&accesses[i], BIG, 0, UINT64_MAX);
        check_trap(&accesses[i], BIG, 0, UINT64_MAX - 7);
        check_trap(&accesses[i], BIG, 1, UINT64_MAX);
        check_trap(&accesses[i], BIG, UINT64_MAX - 15, 16);
        check_trap(&accesses[i], BIG, UINT64_MAX, UINT64_MAX);
    }
}

TEST_MAIN(T(each_access_reads_or_writes_its_bytes_up_to_the_last),
          T(an_access_one_byte_too_far_traps_and_writes_nothing),
          T(an_address_of_64_bits_does_not_wrap))
