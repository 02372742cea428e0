/*
 * tests/support/placement.c: one operator with its operands in every place they can be.
 *
 * Locals: 0 and 1 the params, 2 of the operands' type, 3 of the result's.
 */
#include "tests/support/placement.h"

#include "tests/support/test.h"

enum place { IN_LOCAL, IN_ACCUMULATOR, IN_CONSTANT, IN_SLOT };
enum end { END_STACK, END_SET, END_TEE, END_OVERWRITE, END_DROPPED_TEE };
#define PLACE_COUNT 4u
#define END_COUNT   5u

static bool is_float(char type)
{
    return type == 'f' || type == 'F';
}

static void build_const(struct wasm_builder *b, char type, uint64_t bits)
{
    switch (type) {
    case 'i':
        build_byte(b, 0x41);
        build_s64(b, (int32_t)(uint32_t)bits);
        break;
    case 'I':
        build_byte(b, 0x42);
        build_s64(b, (int64_t)bits);
        break;
    default:
        build_byte(b, type == 'f' ? 0x43 : 0x44);
        build_bytes(b, bytes_of(&bits, type == 'f' ? 4 : 8));
        break;
    }
}

/* An operator that keeps the bits, so that the value comes out of an accumulator. */
static void build_identity(struct wasm_builder *b, char type)
{
    static const char types[] = "iIfF";
    static const uint8_t negations[] = {0, 0, 0x8C, 0x9A};
    if (is_float(type)) {
        build_byte(b, negations[strchr(types, type) - types]);
        build_byte(b, negations[strchr(types, type) - types]);
    } else {
        build_const(b, type, 0);
        build_byte(b, type == 'i' ? 0x72 : 0x84);
    }
}

static void build_operand(struct wasm_builder *b, enum place place, uint8_t local, char type,
                          uint64_t bits)
{
    if (place == IN_CONSTANT) {
        build_const(b, type, bits);
        return;
    }
    BUILD(b, 0x20, local);
    if (place == IN_ACCUMULATOR)
        build_identity(b, type);
    if (place == IN_SLOT) {
        /* The value of a block is in its slot. */
        BUILD(b, 0x21, 2, 0x02,
              (uint8_t)(type == 'i'   ? 0x7F
                        : type == 'I' ? 0x7E
                        : type == 'f' ? 0x7D
                                      : 0x7C));
        BUILD(b, 0x20, 2, 0x0B);
    }
}

static uint8_t value_type(char type)
{
    return type == 'i' ? 0x7F : type == 'I' ? 0x7E : type == 'f' ? 0x7D : 0x7C;
}

/* Locals; and uses of the params, so that builds that pin locals pin these. */
static void build_start(struct wasm_builder *b, const char *signature, bool is_pinned)
{
    const char *colon = strchr(signature, ':');
    BUILD(b, 2, 1, value_type(signature[0]), 1, value_type(colon[1]));
    if (colon - signature == 1)
        is_pinned = false;
    for (int i = 0; is_pinned && i < 8; i++)
        BUILD(b, 0x20, 0, 0x1A, 0x20, 1, 0x1A);
}

static void build_end(struct wasm_builder *b, enum end end, bool fits_operand)
{
    switch (end) {
    case END_SET:
        BUILD(b, 0x21, 3, 0x20, 3);
        break;
    case END_TEE:
        BUILD(b, 0x22, 3);
        break;
    case END_DROPPED_TEE:
        BUILD(b, 0x22, 3, 0x1A, 0x20, 3);
        break;
    case END_OVERWRITE:
        if (fits_operand)
            BUILD(b, 0x21, 0, 0x20, 0);
        break;
    default:
        break;
    }
    build_byte(b, 0x0B);
}

static void run(const char *signature, struct wasm_builder *body, uint64_t a, uint64_t b,
                uint64_t result, enum wasm_trap trap)
{
    struct engine_trial trial;
    engine_begin(&trial);
    engine_body(&trial, signature, build_result(body));
    trial.slots[0] = a;
    trial.slots[1] = b;
    assert_int_equal(engine_call(&trial, ENGINE_BODY_FUNC), trap);
    if (trap == WASM_TRAP_NONE)
        assert_int_equal(trial.slots[0], result);
    engine_end(&trial);
    build_free(body);
}

void operator_gives(uint8_t opcode, const char *signature, uint64_t a, uint64_t b, uint64_t result,
                    enum wasm_trap trap)
{
    char type = signature[0];
    bool fits_operand = type == signature[3];
    for (unsigned i = 0; i < PLACE_COUNT * PLACE_COUNT * END_COUNT * 2; i++) {
        enum place left = i % PLACE_COUNT;
        enum place right = i / PLACE_COUNT % PLACE_COUNT;
        enum end end = i / (PLACE_COUNT * PLACE_COUNT) % END_COUNT;
        struct wasm_builder body;
        build_begin_empty(&body);
        build_start(&body, signature, i >= PLACE_COUNT * PLACE_COUNT * END_COUNT);
        build_operand(&body, left, 0, type, a);
        build_operand(&body, right, 1, type, b);
        build_byte(&body, opcode);
        build_end(&body, end, fits_operand);
        run(signature, &body, a, b, result, trap);
    }
}

void unary_gives(uint8_t prefix, uint8_t opcode, const char *signature, uint64_t a, uint64_t result,
                 enum wasm_trap trap)
{
    bool fits_operand = signature[0] == signature[2];
    for (unsigned i = 0; i < PLACE_COUNT * END_COUNT; i++) {
        struct wasm_builder body;
        build_begin_empty(&body);
        /* Local 1 is free: the params are one. */
        BUILD(&body, 3, 1, value_type(signature[0]), 1, value_type(signature[0]), 1,
              value_type(signature[2]));
        build_operand(&body, i % PLACE_COUNT, 0, signature[0], a);
        if (prefix != 0)
            build_byte(&body, prefix);
        build_byte(&body, opcode);
        build_end(&body, i / PLACE_COUNT, fits_operand);
        run(signature, &body, a, 0, result, trap);
    }
}

/* What the compare decides: 7 if it holds, 5 if not. */
static void build_decision(struct wasm_builder *b, unsigned way)
{
    switch (way) {
    case 0:
        BUILD(b, 0x04, 0x7F, 0x41, 7, 0x05, 0x41, 5, 0x0B, 0x0B);
        break;
    case 1:
        BUILD(b, 0x04, 0x40, 0x41, 7, 0x0F, 0x0B, 0x41, 5, 0x0B);
        break;
    case 2: /* negated */
        BUILD(b, 0x45, 0x04, 0x7F, 0x41, 5, 0x05, 0x41, 7, 0x0B, 0x0B);
        break;
    case 3: /* as a value, not the newest */
        BUILD(b, 0x21, 3, 0x41, 7, 0x41, 5, 0x20, 3, 0x1B, 0x0B);
        break;
    default: /* br_if with a value below */
        BUILD(b, 0x21, 3, 0x02, 0x7F, 0x41, 7, 0x20, 3, 0x0D, 0, 0x1A, 0x41, 5, 0x0B, 0x0B);
        break;
    }
}

void compare_decides(uint8_t opcode, const char *signature, uint64_t a, uint64_t b, bool holds)
{
    char type = signature[0];
    for (unsigned i = 0; i < PLACE_COUNT * PLACE_COUNT * 5 * 2; i++) {
        struct wasm_builder body;
        build_begin_empty(&body);
        build_start(&body, signature, i >= PLACE_COUNT * PLACE_COUNT * 5);
        build_operand(&body, i % PLACE_COUNT, 0, type, a);
        build_operand(&body, i / PLACE_COUNT % PLACE_COUNT, 1, type, b);
        build_byte(&body, opcode);
        build_decision(&body, i / (PLACE_COUNT * PLACE_COUNT) % 5);
        run(signature, &body, a, b, holds ? 7 : 5, WASM_TRAP_NONE);
    }
}
