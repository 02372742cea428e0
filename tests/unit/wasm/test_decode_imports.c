/*
 * tests/unit/wasm/test_decode_imports.c: imports, and index spaces that begin with them.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

/* Type 0 is []->[]; the import section's contents begin at offset 16. */
static void is_refused(struct bytes section, enum status status, uint64_t offset,
                       const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
    build_section(&trial.builder, 2);
    build_bytes(&trial.builder, section);
    build_close(&trial.builder);
    trial_is_refused(&trial, status, 16 + offset, sentence);
    trial_end(&trial);
}

TEST(imports_come_first_in_their_index_spaces)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    struct wasm_builder *b = &trial.builder;
    BUILD_SECTION(b, 1, 2, 0x60, 0, 0, 0x60, 1, 0x7F, 0);
    BUILD_SECTION(b, 2, 6, 1, 'm', 1, 'a', 0, 1, 0, 0, 1, 0x6F, 1, 2, 5, 0, 1, 'b', 2, 0, 3, 0, 0,
                  3, 0x7E, 1, 0, 0, 0, 0, 0, 0, 3, 0x7F, 0);
    BUILD_SECTION(b, 3, 1, 0);
    BUILD_SECTION(b, 4, 1, 0x70, 0, 9);
    BUILD_SECTION(b, 6, 1, 0x7C, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0x0B);
    BUILD_SECTION(b, 10, 1, 2, 0, 0x0B);

    trial_is_valid(&trial);

    const struct wasm_module *m = trial.module;
    assert_int_equal(m->import_count, 6);
    assert_int_equal(m->import_func_count, 2);
    assert_int_equal(m->import_table_count, 1);
    assert_int_equal(m->import_memory_count, 1);
    assert_int_equal(m->import_global_count, 2);
    assert_int_equal(m->func_count, 3);
    assert_int_equal(m->table_count, 2);
    assert_int_equal(m->memory_count, 1);
    assert_int_equal(m->global_count, 3);
    assert_true(bytes_equal(m->imports[0].module, BYTES_LITERAL("m")));
    assert_true(bytes_equal(m->imports[0].name, BYTES_LITERAL("a")));
    assert_int_equal(m->imports[1].kind, WASM_EXTERN_TABLE);
    assert_int_equal(m->imports[4].index, 1);
    assert_int_equal(m->imports[5].index, 1);
    assert_int_equal(m->funcs[0].type_index, 1);
    assert_true(m->funcs[0].is_import);
    assert_int_equal(m->funcs[1].type_index, 0);
    assert_false(m->funcs[2].is_import);
    assert_int_equal(m->funcs[2].body.len, 2);
    assert_int_equal(m->tables[0].type, WASM_TYPE_EXTERNREF);
    assert_int_equal(m->tables[0].limits.min, 2);
    assert_int_equal(m->tables[0].limits.max, 5);
    assert_int_equal(m->tables[1].limits.min, 9);
    assert_true(m->tables[1].limits.max == UINT64_MAX);
    assert_int_equal(m->memories[0].limits.min, 3);
    assert_int_equal(m->memories[0].page_log2, 16);
    assert_true(m->globals[0].is_mutable && m->globals[0].is_import);
    assert_int_equal(m->globals[1].type, WASM_TYPE_I32);
    assert_int_equal(m->globals[2].type, WASM_TYPE_F64);
    trial_end(&trial);
}

TEST(an_import_of_an_unknown_type_is_invalid)
{
    (void)state;
    is_refused(CODE(1, 0, 0, 0, 1), STATUS_INVALID, 4, "unknown type 1");
    is_refused(CODE(1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F), STATUS_INVALID, 4,
               "unknown type 4294967295");
}

TEST(an_unknown_kind_of_import_is_malformed)
{
    (void)state;
    is_refused(CODE(1, 0, 0, 5, 0), STATUS_MALFORMED, 3, "5 is no kind of import");
}

TEST(an_imported_tag_needs_a_type)
{
    (void)state;
    is_refused(CODE(1, 0, 0, 4, 0, 9), STATUS_INVALID, 5, "unknown type 9");
    is_refused(CODE(1, 0, 0, 4, 1, 0), STATUS_MALFORMED, 4, "1 is no attribute of a tag");
}

TEST(an_import_cut_off_is_malformed_at_every_byte)
{
    (void)state;
    is_refused(CODE(1, 3, 'a', 'b', 'c'), STATUS_MALFORMED, 5, "an integer runs past the end");
    is_refused(CODE(1, 4, 'a', 'b', 'c'), STATUS_MALFORMED, 2,
               "4 bytes are announced where 3 are left");
    is_refused(CODE(1, 1, 'a', 1, 'b'), STATUS_MALFORMED, 5, "a byte is missing at the end");
    is_refused(CODE(1, 1, 'a', 0, 0), STATUS_MALFORMED, 5, "an integer runs past the end");
    is_refused(CODE(1, 0, 1, 0xFF, 0, 0), STATUS_MALFORMED, 2, "the name \"\\ff\" is not UTF-8");
}

TEST(mistakes_in_imported_types_are_refused_where_they_stand)
{
    (void)state;
    is_refused(CODE(1, 0, 0, 1, 0x7F, 0, 0), STATUS_MALFORMED, 4,
               "a reference type is expected here");
    is_refused(CODE(1, 0, 0, 2, 1, 2, 1), STATUS_INVALID, 4,
               "the minimum 2 is greater than the maximum 1");
    is_refused(CODE(1, 0, 0, 3, 0x7F, 2), STATUS_MALFORMED, 5, "2 is no mutability");
}

TEST(imported_memories_count_as_memories)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin(&trial);
        BUILD_SECTION(&trial.builder, 2, 1, 0, 0, 2, 0, 0);
        build_section(&trial.builder, 5);
        build_u32(&trial.builder, 99 + over);
        for (uint32_t i = 0; i < 99 + over; i++)
            BUILD(&trial.builder, 0, 0);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 19, "a module has more than 100 memories");
        trial_end(&trial);
    }
}

TEST(imports_and_definitions_share_a_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin(&trial);
        BUILD_SECTION(&trial.builder, 2, 1, 0, 0, 1, 0x70, 0, 0);
        build_section(&trial.builder, 4);
        build_u32(&trial.builder, 99 + over);
        for (uint32_t i = 0; i < 99 + over; i++)
            BUILD(&trial.builder, 0x70, 0, 0);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 20, "a module has more than 100 tables");
        trial_end(&trial);
    }
}

TEST(a_million_imports_are_the_limit)
{
    (void)state;
    for (uint32_t over = 0; over <= 1; over++) {
        struct wasm_trial trial;
        trial_begin_sized(&trial, (size_t)100 << 20, 4096);
        BUILD_SECTION(&trial.builder, 1, 1, 0x60, 0, 0);
        build_section(&trial.builder, 2);
        build_u32(&trial.builder, 1000000 + over);
        for (uint32_t i = 0; i < 1000000 + over; i++)
            BUILD(&trial.builder, 0, 0, 0, 0);
        build_close(&trial.builder);
        if (over == 0)
            trial_is_valid(&trial);
        else
            trial_is_refused(&trial, STATUS_LIMIT, 19, "a module has more than 1000000 imports");
        trial_end(&trial);
    }
}

TEST_MAIN(T(imports_come_first_in_their_index_spaces), T(an_import_of_an_unknown_type_is_invalid),
          T(an_unknown_kind_of_import_is_malformed), T(an_imported_tag_needs_a_type),
          T(an_import_cut_off_is_malformed_at_every_byte),
          T(mistakes_in_imported_types_are_refused_where_they_stand),
          T(imported_memories_count_as_memories), T(imports_and_definitions_share_a_limit),
          T(a_million_imports_are_the_limit))
