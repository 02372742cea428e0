/*
 * tests/support/simd_trial.c: one vector operator in the engine, called with many operands.
 */
#include "tests/support/simd_trial.h"

#include "tests/support/test.h"

void simd_begin(struct simd_trial *trial, uint32_t number, const char *signature,
                struct bytes immediate)
{
    struct wasm_builder body;
    const char *colon = strchr(signature, ':');
    build_begin_empty(&body);
    BUILD(&body, 0);
    for (uint8_t i = 0; i < colon - signature; i++)
        BUILD(&body, 0x20, i);
    BUILD(&body, 0xFD);
    build_u32(&body, number);
    build_bytes(&body, immediate);
    BUILD(&body, 0x0B);
    trial->number = number;
    engine_begin(&trial->engine);
    engine_body(&trial->engine, signature, build_result(&body));
    build_free(&body);
}

void simd_end(struct simd_trial *trial)
{
    engine_end(&trial->engine);
}

static union vector call(struct simd_trial *trial)
{
    uint64_t *slots = trial->engine.slots;
    wasm_store_set_fuel(trial->engine.store, 1000);
    assert_int_equal(engine_call(&trial->engine, ENGINE_BODY_FUNC), WASM_TRAP_NONE);
    return (union vector){.slots = {slots[0], slots[1]}};
}

union vector simd_call(struct simd_trial *trial, const union vector *operands, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        memcpy(trial->engine.slots + (size_t)2 * i, operands[i].slots, sizeof operands[i].slots);
    return call(trial);
}

union vector simd_call_scalar(struct simd_trial *trial, union vector a, uint64_t b)
{
    memcpy(trial->engine.slots, a.slots, sizeof a.slots);
    trial->engine.slots[2] = b;
    return call(trial);
}

void simd_equal(const struct simd_trial *trial, union vector got, union vector expected)
{
    if (memcmp(&got, &expected, sizeof got) != 0)
        print_message("operator 0x%X: 0x%016llx%016llx, expected 0x%016llx%016llx\n", trial->number,
                      (unsigned long long)got.slots[1], (unsigned long long)got.slots[0],
                      (unsigned long long)expected.slots[1], (unsigned long long)expected.slots[0]);
    assert_memory_equal(&got, &expected, sizeof got);
}

uint64_t vector_lane(union vector v, uint32_t bits, uint32_t lane)
{
    uint64_t value = 0;
    memcpy(&value, v.bytes + (size_t)lane * bits / 8, bits / 8);
    return value;
}

void vector_set_lane(union vector *v, uint32_t bits, uint32_t lane, uint64_t value)
{
    memcpy(v->bytes + (size_t)lane * bits / 8, &value, bits / 8);
}

int64_t lane_signed(uint32_t bits, uint64_t value)
{
    uint64_t sign = (uint64_t)1 << (bits - 1);
    uint64_t mask = sign | (sign - 1);
    return (int64_t)(((value & mask) ^ sign) - sign);
}
