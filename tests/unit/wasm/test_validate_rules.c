/*
 * tests/unit/wasm/test_validate_rules.c: variables, tables, memory, references; and the
 * immediates of operators.
 */
#include "core/wasm/optable.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define END               0x0B
#define DROP              0x1A
#define I32               0x41
#define I64               0x42
#define NULL_FUNC         0xD0, 0x70
#define NULL_EXTERN       0xD0, 0x6F
#define EMPTY_STACK(type) "type mismatch: \"" type "\" expected, the stack of the block is empty"

TEST(locals_are_params_and_declarations)
{
    (void)state;
    body_is_valid(
        "iI:I", CODE(2, 2, 0x7D, 1, 0x7E, 0x20, 1, 0x21, 4, 0x20, 2, 0x22, 3, DROP, 0x20, 4, END));
    body_is_refused("i:", CODE(1, 1, 0x7F, 0x20, 2, DROP, END), STATUS_INVALID, 3,
                    "unknown local 2");
    body_is_refused("i:", CODE(0, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, DROP, END), STATUS_INVALID, 1,
                    "unknown local 4294967295");
    body_is_refused("i:", CODE(0, I64, 0, 0x21, 0, END), STATUS_INVALID, 3,
                    "type mismatch: \"i32\" expected, \"i64\" found");
    body_is_refused("i:", CODE(0, 0x22, 0, DROP, END), STATUS_INVALID, 1, EMPTY_STACK("i32"));
}

TEST(a_global_is_set_only_where_it_is_mutable)
{
    (void)state;
    body_is_valid(":", CODE(0, 0x23, 1, 0x24, 1, 0x23, 0, DROP, END));
    body_is_refused(":", CODE(0, I32, 0, 0x24, 0, END), STATUS_INVALID, 3, "global 0 is immutable");
    body_is_refused(":", CODE(0, 0x23, 3, DROP, END), STATUS_INVALID, 1, "unknown global 3");
    body_is_refused(":", CODE(0, I32, 0, 0x24, 1, END), STATUS_INVALID, 3,
                    "type mismatch: \"i64\" expected, \"i32\" found");
}

TEST(a_select_is_between_two_operands_of_one_type)
{
    (void)state;
    body_is_valid(":I", CODE(0, I64, 0, I64, 0, I32, 0, 0x1B, END));
    body_is_valid(":", CODE(0, 0x00, 0x1B, DROP, END));
    body_is_valid(":I", CODE(0, 0x00, I64, 0, I32, 0, 0x1B, END));
    body_is_refused(":", CODE(0, I64, 0, I32, 0, I32, 0, 0x1B, DROP, END), STATUS_INVALID, 7,
                    "type mismatch: a select between two types");
    body_is_refused(":", CODE(0, NULL_FUNC, NULL_FUNC, I32, 0, 0x1B, DROP, END), STATUS_INVALID, 7,
                    "type mismatch: a select between references has to name its type");
    body_is_refused(":", CODE(0, 0x1B, DROP, END), STATUS_INVALID, 1, EMPTY_STACK("i32"));
    body_is_refused(":", CODE(0, I32, 0, 0x1B, DROP, END), STATUS_INVALID, 3,
                    "type mismatch: an operand expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, I32, 0, I32, 0, 0x1B, DROP, END), STATUS_INVALID, 5,
                    "type mismatch: an operand expected, the stack of the block is empty");
}

TEST(a_select_may_name_its_one_type)
{
    (void)state;
    body_is_valid(":r", CODE(0, NULL_FUNC, NULL_FUNC, I32, 0, 0x1C, 1, 0x70, END));
    body_is_refused(":", CODE(0, I32, 0, 0x1C, 0, END), STATUS_INVALID, 3,
                    "select names 0 types instead of one");
    body_is_refused(":", CODE(0, I32, 0, 0x1C, 2, 0x7F, 0x7F, END), STATUS_INVALID, 3,
                    "select names 2 types instead of one");
    body_is_refused(":", CODE(0, I32, 0, 0x1C, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, END), STATUS_INVALID,
                    3, "select names 4294967295 types instead of one");
    body_is_refused(":", CODE(0, NULL_FUNC, NULL_EXTERN, I32, 0, 0x1C, 1, 0x70, DROP, END),
                    STATUS_INVALID, 7, "type mismatch: \"funcref\" expected, \"externref\" found");
    body_is_refused(":", CODE(0, 0x1C, 1, 0x7F, DROP, END), STATUS_INVALID, 1, EMPTY_STACK("i32"));
    body_is_refused(":", CODE(0, 0x1C, 1), STATUS_MALFORMED, 3,
                    "a value type is missing at the end");
    body_is_refused(":", CODE(0, 0x1C), STATUS_MALFORMED, 2, "an integer runs past the end");
}

TEST(a_drop_needs_an_operand)
{
    (void)state;
    body_is_valid(":", CODE(0, NULL_FUNC, DROP, END));
    body_is_refused(":", CODE(0, DROP, END), STATUS_INVALID, 1,
                    "type mismatch: an operand expected, the stack of the block is empty");
}

TEST(table_operators_take_values_of_the_tables_type)
{
    (void)state;
    body_is_valid(":x", CODE(0, I32, 0, 0x25, 1, END));
    body_is_valid(":", CODE(0, I32, 0, NULL_EXTERN, 0x26, 1, END));
    body_is_valid(":i", CODE(0, 0xFC, 16, 0, END));
    body_is_valid(":i", CODE(0, NULL_FUNC, I32, 0, 0xFC, 15, 0, END));
    body_is_valid(":", CODE(0, I32, 0, NULL_FUNC, I32, 0, 0xFC, 17, 0, END));
    body_is_valid(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 14, 0, 0, END));
    body_is_valid(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 12, 0, 0, 0xFC, 13, 1, END));
    body_is_refused(":", CODE(0, I32, 0, NULL_FUNC, 0x26, 1, END), STATUS_INVALID, 5,
                    "type mismatch: \"externref\" expected, \"funcref\" found");
    body_is_refused(":", CODE(0, 0x25, 0, DROP, END), STATUS_INVALID, 1, EMPTY_STACK("i32"));
    body_is_refused(":", CODE(0, I32, 0, 0xFC, 15, 0, DROP, END), STATUS_INVALID, 3,
                    EMPTY_STACK("funcref"));
    body_is_refused(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 14, 0, 1, END), STATUS_INVALID, 7,
                    "type mismatch: table.copy between tables of two types");
    body_is_refused(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 12, 0, 1, END), STATUS_INVALID, 7,
                    "type mismatch: table.init from a segment of another type");
}

TEST(tables_and_segments_of_operators_have_to_exist)
{
    (void)state;
    body_is_refused(":", CODE(0, I32, 0, 0x25, 2, DROP, END), STATUS_INVALID, 3, "unknown table 2");
    body_is_refused(":", CODE(0, 0xFC, 16, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, DROP, END), STATUS_INVALID,
                    1, "unknown table 4294967295");
    body_is_refused(":", CODE(0, 0xFC, 14, 0, 2, END), STATUS_INVALID, 1, "unknown table 2");
    body_is_refused(":", CODE(0, 0xFC, 14, 2, 0, END), STATUS_INVALID, 1, "unknown table 2");
    body_is_refused(":", CODE(0, 0xFC, 12, 2, 0, END), STATUS_INVALID, 1, "unknown elem segment 2");
    body_is_refused(":", CODE(0, 0xFC, 12, 0, 2, END), STATUS_INVALID, 1, "unknown table 2");
    body_is_refused(":", CODE(0, 0xFC, 13, 2, END), STATUS_INVALID, 1, "unknown elem segment 2");
    body_is_refused(":", CODE(0, 0xFC, 9, 1, END), STATUS_INVALID, 1, "unknown data segment 1");
    body_is_refused(":", CODE(0, 0xFC, 8, 1, 0, END), STATUS_INVALID, 1, "unknown data segment 1");
}

TEST(memory_operators_take_i32s_and_an_existing_memory)
{
    (void)state;
    body_is_valid(":i", CODE(0, 0x3F, 0, 0x40, 0, END));
    body_is_valid(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 10, 0, 0, END));
    body_is_valid(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 11, 0, END));
    body_is_valid(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 8, 0, 0, 0xFC, 9, 0, END));
    body_is_refused(":", CODE(0, 0x3F, 1, DROP, END), STATUS_INVALID, 1, "unknown memory 1");
    body_is_refused(":", CODE(0, 0xFC, 10, 0, 1, END), STATUS_INVALID, 1, "unknown memory 1");
    body_is_refused(":", CODE(0, 0xFC, 8, 0, 1, END), STATUS_INVALID, 1, "unknown memory 1");
    body_is_refused(":", CODE(0, 0x40, 0, DROP, END), STATUS_INVALID, 1, EMPTY_STACK("i32"));
    body_is_refused(":", CODE(0, I32, 0, I64, 0, I32, 0, 0xFC, 11, 0, END), STATUS_INVALID, 7,
                    "type mismatch: \"i32\" expected, \"i64\" found");
}

TEST(data_segments_are_named_only_with_a_data_count)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(&trial.builder, 3, 1, 0);
    BUILD_SECTION(&trial.builder, 5, 1, 0, 1);
    BUILD_SECTION(&trial.builder, 10, 1, 5, 0, 0xFC, 9, 0, END);
    BUILD_SECTION(&trial.builder, 11, 1, 1, 0);
    trial_is_refused(&trial, STATUS_MALFORMED, 28,
                     "a data segment is used without a data count section");
    trial_end(&trial);
}

TEST(references_are_null_or_declared_functions)
{
    (void)state;
    body_is_valid(":i", CODE(0, NULL_EXTERN, 0xD1, END));
    body_is_valid(":i", CODE(0, 0x00, 0xD1, END));
    body_is_valid(":r", CODE(0, 0xD2, 2, END));
    body_is_refused(":", CODE(0, I32, 0, 0xD1, DROP, END), STATUS_INVALID, 3,
                    "type mismatch: a reference expected, \"i32\" found");
    body_is_refused(":", CODE(0, 0xD1, DROP, END), STATUS_INVALID, 1,
                    "type mismatch: an operand expected, the stack of the block is empty");
    body_is_refused(":", CODE(0, 0xD2, 4, DROP, END), STATUS_INVALID, 1, "unknown function 4");
    body_is_refused(":", CODE(0, 0xD2, 3, DROP, END), STATUS_INVALID, 1,
                    "undeclared reference to function 3");
    body_is_refused(":", CODE(0, 0xD0, 0x7F, DROP, END), STATUS_MALFORMED, 2,
                    "127 is no heap type");
    body_is_refused(":", CODE(0, 0xD0, 50, DROP, END), STATUS_INVALID, 2, "unknown type 50");
}

TEST(an_alignment_is_at_most_natural)
{
    (void)state;
    static const uint8_t natural[] = {2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1,
                                      2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2};
    for (uint8_t i = 0; i < sizeof natural; i++) {
        uint8_t code = 0x28 + i;
        char sentence[] = "alignment 2**0 is larger than natural";
        sentence[13] = (char)('1' + natural[i]);
        assert_int_equal(wasm_op_access_log2(code), natural[i]);
        body_is_refused(":", CODE(0, 0x00, code, natural[i] + 1, 0, END), STATUS_INVALID, 2,
                        sentence);
        if (code < 0x36)
            body_is_valid(":", CODE(0, 0x00, code, natural[i], 0, DROP, END));
        else
            body_is_valid(":", CODE(0, 0x00, code, natural[i], 0, END));
    }
    body_is_refused(":", CODE(0, 0x00, 0x28, 32, 0, DROP, END), STATUS_INVALID, 2,
                    "alignment 2**32 is larger than natural");
}

TEST(an_alignment_of_an_atomic_is_the_natural_one)
{
    (void)state;
    static const uint8_t widths[] = {2, 3, 0, 1, 0, 1, 2};
    for (uint8_t code = 0; code <= 0x4E; code++) {
        uint8_t natural = code >= 0x10 ? widths[(code - 0x10) % 7] : code == 2 ? 3 : 2;
        bool has_result = code < 0x17 || code > 0x1D;
        if (code > 2 && code < 0x10)
            continue;
        for (uint8_t align = 0; align < 5; align++) {
            char smaller[] = "alignment 2**0 is not the natural one of an atomic";
            char larger[] = "alignment 2**0 is larger than natural";
            smaller[13] = larger[13] = (char)('0' + align);
            struct bytes body = CODE(0, 0x00, 0xFE, code, align, 0, END, 0);
            body.len = 7;
            if (align != natural)
                body_is_refused(":", body, STATUS_INVALID, 2, align < natural ? smaller : larger);
            else if (has_result)
                body_is_valid(":", CODE(0, 0x00, 0xFE, code, align, 0, DROP, END));
            else
                body_is_valid(":", body);
        }
    }
}

TEST(a_fence_has_one_reserved_byte)
{
    (void)state;
    body_is_valid(":", CODE(0, 0xFE, 3, 0, END));
    body_is_refused(":", CODE(0, 0xFE, 3, 1, END), STATUS_MALFORMED, 1,
                    "1 stands where a zero byte is expected");
    body_is_refused(":", CODE(0, 0xFE, 3), STATUS_MALFORMED, 3, "a byte is missing at the end");
    body_is_refused(":", CODE(0, 0xFE, 4, 0, END), STATUS_MALFORMED, 1, "254 4 is no operator");
    body_is_refused(":", CODE(0, 0xFE, 0x4F, 0, END), STATUS_MALFORMED, 1, "254 79 is no operator");
}

TEST(flags_and_offset_of_an_access_are_checked)
{
    (void)state;
    body_is_valid(":", CODE(0, 0, 0x28, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, DROP, END));
    body_is_refused(":", CODE(0, 0, 0x28, 2, 0x80, 0x80, 0x80, 0x80, 0x10, DROP, END),
                    STATUS_INVALID, 2, "offset 4294967296 is out of a 32-bit memory's range");
    body_is_valid(":", CODE(0, 0, 0x28, 0x42, 0, 0, DROP, END));
    body_is_refused(":", CODE(0, 0, 0x28, 0x42, 1, 0, DROP, END), STATUS_INVALID, 2,
                    "unknown memory 1");
    body_is_refused(":", CODE(0, 0, 0x28, 0x80, 0x01, 0, DROP, END), STATUS_MALFORMED, 2,
                    "128 are no flags of a memory access");
    body_is_refused(":", CODE(0, 0, 0x28, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, DROP, END),
                    STATUS_MALFORMED, 2, "4294967295 are no flags of a memory access");
    body_is_refused(":", CODE(0, 0, 0x28, 2), STATUS_MALFORMED, 4, "an integer runs past the end");
    body_is_refused(":", CODE(0, 0, 0x28), STATUS_MALFORMED, 3, "an integer runs past the end");
}

TEST(an_access_without_a_memory_is_invalid)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
    BUILD_SECTION(&trial.builder, 3, 1, 0);
    BUILD_SECTION(&trial.builder, 10, 1, 7, 0, 0x00, 0x28, 2, 0, DROP, END);
    trial_is_refused(&trial, STATUS_INVALID, 24, "unknown memory 0");
    trial_end(&trial);
}

TEST(constants_cut_off_are_malformed)
{
    (void)state;
    body_is_refused(":", CODE(0, I32, 0x80), STATUS_MALFORMED, 2, "an integer runs past the end");
    body_is_refused(":", CODE(0, I32, 0x80, 0x80, 0x80, 0x80, 0x70, DROP, END), STATUS_MALFORMED, 2,
                    "an integer does not fit its type");
    body_is_refused(":", CODE(0, I64, 0x80), STATUS_MALFORMED, 2, "an integer runs past the end");
    body_is_refused(":", CODE(0, 0x43, 0, 0, 0), STATUS_MALFORMED, 2,
                    "4 bytes are announced where 3 are left");
    body_is_refused(":", CODE(0, 0x44, 0, 0, 0), STATUS_MALFORMED, 2,
                    "8 bytes are announced where 3 are left");
}

TEST(legacy_exceptions_are_unsupported_unless_enabled)
{
    (void)state;
    static const uint8_t codes[] = {0x06, 0x07, 0x09, 0x18, 0x19};
    for (size_t i = 0; i < sizeof codes; i++)
        body_is_refused(":", CODE(0, codes[i], 0, 0, END), STATUS_UNSUPPORTED, 1,
                        "legacy exception handling instructions are not enabled");
}

TEST(what_is_no_operator_is_malformed)
{
    (void)state;
    body_is_refused(":", CODE(0, 0x16, END), STATUS_MALFORMED, 1, "22 is no operator");
    body_is_refused(":", CODE(0, 0x27, END), STATUS_MALFORMED, 1, "39 is no operator");
    body_is_refused(":", CODE(0, 0xC5, END), STATUS_MALFORMED, 1, "197 is no operator");
    body_is_refused(":", CODE(0, 0xFF, END), STATUS_MALFORMED, 1, "255 is no operator");
    body_is_refused(":", CODE(0, 0xFC, 18, END), STATUS_MALFORMED, 1, "252 18 is no operator");
    body_is_refused(":", CODE(0, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, END), STATUS_MALFORMED, 1,
                    "252 4294967295 is no operator");
    body_is_refused(":", CODE(0, 0xFC), STATUS_MALFORMED, 2, "an integer runs past the end");
}

static void build_opcode(struct wasm_builder *body, uint32_t code)
{
    static const struct {
        uint32_t first;
        uint8_t byte;
    } prefixes[] = {{WASM_PREFIX_FE, 0xFE},
                    {WASM_PREFIX_FD, 0xFD},
                    {WASM_PREFIX_FC, 0xFC},
                    {WASM_PREFIX_FB, 0xFB}};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (code >= prefixes[i].first) {
            build_byte(body, prefixes[i].byte);
            build_u32(body, code - prefixes[i].first);
            return;
        }
    }
    build_byte(body, (uint8_t)code);
}

/* Pushes one param for each operand, then the operator. */
TEST(every_operator_with_a_signature_takes_and_gives_what_it_says)
{
    (void)state;
    for (uint32_t code = 0; code < WASM_OP_CODE_END; code++) {
        const struct wasm_op_info *info = wasm_op_info(code);
        if (info->text == NULL || info->signature[0] == '*' || info->signature[0] == ':')
            continue;
        struct wasm_builder body;
        build_begin_empty(&body);
        BUILD(&body, 0);
        const char *colon = strchr(info->signature, ':');
        for (uint8_t i = 0; i < colon - info->signature; i++)
            BUILD(&body, 0x20, i);
        build_opcode(&body, code);
        if (info->immediate == WASM_IMM_MEMARG)
            BUILD(&body, code >= WASM_PREFIX_FE ? (uint8_t)wasm_op_access_log2(code) : 0, 0);
        if (info->immediate == WASM_IMM_MEMARG_LANE)
            BUILD(&body, 0, 0);
        if (info->immediate == WASM_IMM_MEMARG_LANE || info->immediate == WASM_IMM_LANE)
            BUILD(&body, (uint8_t)(wasm_op_lane_count(code) - 1));
        if (info->immediate == WASM_IMM_SHUFFLE)
            BUILD(&body, 31, 30, 29, 28, 27, 26, 25, 24, 7, 6, 5, 4, 3, 2, 1, 0);
        BUILD(&body, END);

        body_is_valid(info->signature, build_result(&body));

        build_free(&body);
    }
}

TEST_MAIN(T(locals_are_params_and_declarations), T(a_global_is_set_only_where_it_is_mutable),
          T(a_select_is_between_two_operands_of_one_type), T(a_select_may_name_its_one_type),
          T(a_drop_needs_an_operand), T(table_operators_take_values_of_the_tables_type),
          T(tables_and_segments_of_operators_have_to_exist),
          T(memory_operators_take_i32s_and_an_existing_memory),
          T(data_segments_are_named_only_with_a_data_count),
          T(references_are_null_or_declared_functions), T(an_alignment_is_at_most_natural),
          T(an_alignment_of_an_atomic_is_the_natural_one), T(a_fence_has_one_reserved_byte),
          T(flags_and_offset_of_an_access_are_checked), T(an_access_without_a_memory_is_invalid),
          T(constants_cut_off_are_malformed), T(legacy_exceptions_are_unsupported_unless_enabled),
          T(what_is_no_operator_is_malformed),
          T(every_operator_with_a_signature_takes_and_gives_what_it_says))
