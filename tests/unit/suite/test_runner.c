/*
 * tests/unit/suite/test_runner.c: what the runner says of files that are right, and of files that
 * are wrong in one place.
 */
#include <stdio.h>

#include "suite/runner.h"

#include "tests/support/test.h"

#define ARENA_BYTES ((size_t)8 << 20)

/* (module (global (export "g") i32 (i32.const 42)) (func (export "id") (param i32) (result i32)
 *   local.get 0) (func (export "trap") unreachable) (func (export "spin") (loop (br 0)))
 *   (func $deep (export "deep") (call $deep))) */
static const uint8_t module_bytes[] = {
    0,    'a',  's',  'm',  1,  0,    0,    0,   1,    9,    2,    0x60, 1, 0x7F, 1,    0x7F,
    0x60, 0,    0,    3,    5,  4,    0,    1,   1,    1,    6,    6,    1, 0x7F, 0,    0x41,
    42,   0x0B, 7,    31,   5,  1,    'g',  3,   0,    2,    'i',  'd',  0, 0,    4,    't',
    'r',  'a',  'p',  0,    1,  4,    's',  'p', 'i',  'n',  0,    2,    4, 'd',  'e',  'e',
    'p',  0,    3,    10,   23, 4,    4,    0,   0x20, 0,    0x0B, 3,    0, 0x00, 0x0B, 7,
    0,    0x03, 0x40, 0x0C, 0,  0x0B, 0x0B, 4,   0,    0x10, 3,    0x0B};

/* (module (import "M" "id" (func (param i32) (result i32))) (export "again" (func 0))) */
static const uint8_t importer_bytes[] = {
    0, 'a', 's', 'm', 1,   0, 0, 0, 1, 6, 1, 0x60, 1,   0x7F, 1,   0x7F, 2, 8, 1,
    1, 'M', 2,   'i', 'd', 0, 0, 7, 9, 1, 5, 'a',  'g', 'a',  'i', 'n',  0, 0};

/* (module (func unreachable) (start 0)) */
static const uint8_t starter_bytes[] = {0, 'a', 's', 'm', 1, 0, 0, 0,  1, 4, 1, 0x60, 0,    0,
                                        3, 2,   1,   0,   8, 1, 0, 10, 5, 1, 3, 0,    0x00, 0x0B};

/* (module (tag) (func (export "throw") (throw 0))) */
static const uint8_t thrower_bytes[] = {0,   'a', 's', 'm', 1,  0, 0,  0, 1, 4, 1, 0x60, 0, 0,
                                        3,   2,   1,   0,   13, 3, 1,  0, 0, 7, 9, 1,    5, 't',
                                        'h', 'r', 'o', 'w', 0,  0, 10, 6, 1, 4, 0, 0x08, 0, 0x0B};

static const struct suite_command module_command = {
    .kind = SUITE_COMMAND_MODULE, .line = 1, .module = {module_bytes, sizeof module_bytes}};

struct trial {
    uint8_t pack_room[4096];
    uint8_t values[16];
    struct suite_writer writer;
    struct suite_counts counts;
    char told[1024]; /* "LINE TEXT\n" for each that did not pass */
    struct arena arena, scratch;
    uint8_t *memory;
    uint8_t *linear[8];
    size_t linear_count;
};

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct trial *trial = context;
    assert_true(trial->linear_count < ARRAY_LEN(trial->linear));
    *out_base = calloc(1, (size_t)cap_bytes);
    trial->linear[trial->linear_count++] = *out_base;
    return STATUS_OK;
}

static void release(void *context)
{
    struct trial *trial = context;
    while (trial->linear_count != 0)
        free(trial->linear[--trial->linear_count]);
}

static void tell(void *context, const struct suite_file *file, const struct suite_command *command,
                 enum suite_result result, const char *text)
{
    struct trial *trial = context;
    size_t len = strlen(trial->told);
    assert_true(bytes_equal(file->name, BYTES_LITERAL("trial")));
    assert_true(result != SUITE_PASSED);
    (void)snprintf(trial->told + len, sizeof trial->told - len, "%u %s\n", command->line, text);
}

static void begin(struct trial *trial)
{
    *trial = (struct trial){0};
    suite_writer_init(&trial->writer, trial->pack_room, sizeof trial->pack_room);
    suite_writer_file(&trial->writer, BYTES_LITERAL("trial"));
    trial->memory = calloc(2, ARENA_BYTES);
    arena_init(&trial->arena, trial->memory, ARENA_BYTES);
    arena_init(&trial->scratch, trial->memory + ARENA_BYTES, ARENA_BYTES);
}

static void add(struct trial *trial, const struct suite_command *command)
{
    suite_writer_command(&trial->writer, command);
}

static void run(struct trial *trial)
{
    struct bytes content;
    struct suite_pack pack;
    struct suite_file file;
    const struct suite_host host = {.context = trial,
                                    .caps = {.fuel = 100000,
                                             .memory_bytes = 4 << 16,
                                             .table_elements = 100,
                                             .heap_bytes = 1 << 16,
                                             .stack_units = 1000},
                                    .memory_reserve = reserve,
                                    .memory_release = release,
                                    .tell = tell,
                                    .arena = &trial->arena,
                                    .scratch = &trial->scratch};
    suite_writer_file_end(&trial->writer);
    assert_int_equal(suite_writer_end(&trial->writer, &content), STATUS_OK);
    assert_int_equal(suite_pack_open(content, &pack, NULL), STATUS_OK);
    while (suite_pack_next(&pack, &file))
        suite_run_file(&host, &file, &trial->counts);
    assert_int_equal(trial->linear_count, 0);
    assert_int_equal(arena_mark(&trial->arena), 0);
    free(trial->memory);
}

static void expect(const struct trial *trial, uint64_t passed, uint64_t failed, uint64_t skipped)
{
    assert_int_equal(trial->counts.passed, passed);
    assert_int_equal(trial->counts.failed, failed);
    assert_int_equal(trial->counts.skipped, skipped);
}

static struct suite_values i32_values(struct trial *trial, size_t at, uint32_t number)
{
    struct buffer buffer = {.data = trial->values + at, .cap = 5};
    const struct suite_value value = {.kind = SUITE_VALUE_I32, .bits = {number}};
    assert_int_equal(suite_value_write(&buffer, &value), STATUS_OK);
    return (struct suite_values){.count = 1, .packed = buffer_bytes(&buffer)};
}

static struct suite_command returns(struct trial *trial, struct bytes name, uint32_t argument,
                                    uint32_t result)
{
    return (struct suite_command){.kind = SUITE_COMMAND_RETURN,
                                  .line = 2,
                                  .name = name,
                                  .args = i32_values(trial, 0, argument),
                                  .expected = i32_values(trial, 5, result)};
}

static struct suite_command traps(struct bytes name, enum suite_command_kind kind,
                                  struct bytes text)
{
    return (struct suite_command){.kind = kind, .line = 3, .name = name, .text = text};
}

TEST(a_right_expectation_passes)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    struct suite_command command = returns(&trial, BYTES_LITERAL("id"), 7, 7);
    add(&trial, &command);
    command = traps(BYTES_LITERAL("trap"), SUITE_COMMAND_TRAP, BYTES_LITERAL("unreachable"));
    add(&trial, &command);
    command = traps(BYTES_LITERAL("deep"), SUITE_COMMAND_EXHAUSTION,
                    BYTES_LITERAL("call stack exhausted"));
    add(&trial, &command);

    run(&trial);

    expect(&trial, 3, 0, 0);
    assert_string_equal(trial.told, "");
}

TEST(a_wrong_result_fails)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    struct suite_command command = returns(&trial, BYTES_LITERAL("id"), 7, 8);
    add(&trial, &command);

    run(&trial);

    expect(&trial, 0, 1, 0);
    assert_string_equal(trial.told, "2 result 0 is i32 0x7, expected i32 0x8\n");
}

TEST(another_trap_fails)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    struct suite_command command =
        traps(BYTES_LITERAL("trap"), SUITE_COMMAND_TRAP, BYTES_LITERAL("integer overflow"));
    add(&trial, &command);

    run(&trial);

    expect(&trial, 0, 1, 0);
    assert_string_equal(trial.told, "3 trapped: unreachable, expected \"integer overflow\"\n");
}

TEST(a_return_where_a_trap_is_due_fails)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    struct suite_command command = returns(&trial, BYTES_LITERAL("id"), 7, 7);
    command.kind = SUITE_COMMAND_TRAP;
    command.text = BYTES_LITERAL("unreachable");
    add(&trial, &command);

    run(&trial);

    expect(&trial, 0, 1, 0);
    assert_string_equal(trial.told, "2 returned, expected \"unreachable\"\n");
}

TEST(a_loop_without_end_ends)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    const struct suite_command command = {
        .kind = SUITE_COMMAND_ACTION, .line = 4, .name = BYTES_LITERAL("spin")};
    add(&trial, &command);
    struct suite_command after = returns(&trial, BYTES_LITERAL("id"), 7, 7);
    add(&trial, &after);

    run(&trial);

    expect(&trial, 1, 1, 0);
    assert_string_equal(trial.told, "4 trapped: all fuel consumed\n");
}

TEST(a_global_is_read)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    struct suite_command command = {.kind = SUITE_COMMAND_RETURN,
                                    .line = 5,
                                    .is_get = true,
                                    .name = BYTES_LITERAL("g"),
                                    .expected = i32_values(&trial, 0, 42)};
    add(&trial, &command);
    command.expected = i32_values(&trial, 5, 43);
    add(&trial, &command);

    run(&trial);

    expect(&trial, 1, 1, 0);
}

TEST(what_is_not_exported_fails)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    struct suite_command command = returns(&trial, BYTES_LITERAL("nobody"), 7, 7);
    add(&trial, &command);
    command.name = BYTES_LITERAL("g");
    add(&trial, &command);

    run(&trial);

    expect(&trial, 0, 2, 0);
    assert_string_equal(trial.told, "2 no export \"nobody\"\n2 no export \"g\"\n");
}

TEST(a_module_that_is_refused_fails_and_so_does_what_needs_it)
{
    struct trial trial;
    begin(&trial);
    struct suite_command command = module_command;
    command.module.len--;
    add(&trial, &command);
    command = returns(&trial, BYTES_LITERAL("id"), 7, 7);
    add(&trial, &command);

    run(&trial);

    expect(&trial, 0, 2, 0);
    assert_non_null(strstr(trial.told, "2 its module was not instantiated\n"));
}

TEST(registered_modules_are_imported_by_name)
{
    struct trial trial;
    begin(&trial);
    add(&trial, &module_command);
    const struct suite_command naming = {
        .kind = SUITE_COMMAND_REGISTER, .line = 6, .name = BYTES_LITERAL("M")};
    add(&trial, &naming);
    struct suite_command command = {
        .kind = SUITE_COMMAND_MODULE, .line = 7, .module = {importer_bytes, sizeof importer_bytes}};
    add(&trial, &command);
    command = returns(&trial, BYTES_LITERAL("again"), 9, 9);
    add(&trial, &command);

    run(&trial);

    assert_string_equal(trial.told, "");
    expect(&trial, 1, 0, 0);
}

TEST(an_import_that_is_not_there_does_not_link)
{
    struct trial trial;
    begin(&trial);
    struct suite_command command = {.kind = SUITE_COMMAND_UNLINKABLE,
                                    .line = 8,
                                    .module = {importer_bytes, sizeof importer_bytes},
                                    .text = BYTES_LITERAL("unknown import")};
    add(&trial, &command);
    command.module = module_command.module;
    add(&trial, &command);

    run(&trial);

    expect(&trial, 1, 1, 0);
    assert_string_equal(trial.told, "8 instantiated\n");
}

TEST(a_trap_at_the_start_is_no_instance)
{
    struct trial trial;
    begin(&trial);
    struct suite_command command = {.kind = SUITE_COMMAND_UNINSTANTIABLE,
                                    .line = 8,
                                    .module = {starter_bytes, sizeof starter_bytes},
                                    .text = BYTES_LITERAL("unreachable")};
    add(&trial, &command);
    command.text = BYTES_LITERAL("integer overflow");
    add(&trial, &command);
    command.module = module_command.module;
    add(&trial, &command);
    command.kind = SUITE_COMMAND_UNLINKABLE; /* it links, and traps then */
    command.module = bytes_of(starter_bytes, sizeof starter_bytes);
    add(&trial, &command);

    run(&trial);

    expect(&trial, 1, 3, 0);
    assert_string_equal(trial.told,
                        "8 trapped: unreachable\n8 instantiated\n8 trapped: unreachable\n");
}

TEST(an_exception_that_nobody_catches_is_told_from_a_trap)
{
    struct trial trial;
    begin(&trial);
    struct suite_command command = {
        .kind = SUITE_COMMAND_MODULE, .line = 1, .module = {thrower_bytes, sizeof thrower_bytes}};
    add(&trial, &command);
    command = traps(BYTES_LITERAL("throw"), SUITE_COMMAND_EXCEPTION, BYTES_LITERAL(""));
    add(&trial, &command);
    command = traps(BYTES_LITERAL("throw"), SUITE_COMMAND_TRAP, BYTES_LITERAL("unreachable"));
    add(&trial, &command);
    add(&trial, &module_command);
    command = traps(BYTES_LITERAL("trap"), SUITE_COMMAND_EXCEPTION, BYTES_LITERAL(""));
    add(&trial, &command);

    run(&trial);

    expect(&trial, 1, 2, 0);
}

TEST(valid_modules_are_neither_malformed_nor_invalid)
{
    struct trial trial;
    begin(&trial);
    struct suite_command command = module_command;
    command.kind = SUITE_COMMAND_MALFORMED;
    add(&trial, &command);
    command.kind = SUITE_COMMAND_INVALID;
    add(&trial, &command);
    command.module.len = 7;
    add(&trial, &command); /* malformed, not invalid */
    command.kind = SUITE_COMMAND_MALFORMED;
    add(&trial, &command);

    run(&trial);

    expect(&trial, 1, 3, 0);
}

TEST(a_definition_is_instantiated_under_its_names)
{
    struct trial trial;
    begin(&trial);
    struct suite_command command = module_command;
    command.kind = SUITE_COMMAND_DEFINITION;
    command.id = BYTES_LITERAL("$D");
    add(&trial, &command);
    const struct suite_command instance = {.kind = SUITE_COMMAND_INSTANCE,
                                           .line = 9,
                                           .id = BYTES_LITERAL("$I"),
                                           .name = BYTES_LITERAL("$D")};
    add(&trial, &instance);
    command = returns(&trial, BYTES_LITERAL("id"), 1, 1);
    command.id = BYTES_LITERAL("$I");
    add(&trial, &command);
    command.id = BYTES_LITERAL("$J");
    add(&trial, &command);

    run(&trial);

    expect(&trial, 1, 1, 0);
}

TEST(text_and_other_agents_are_skipped_by_name)
{
    struct trial trial;
    begin(&trial);
    struct suite_command command = {.kind = SUITE_COMMAND_TEXT, .line = 10};
    add(&trial, &command);
    command.kind = SUITE_COMMAND_AGENT;
    add(&trial, &command);

    run(&trial);

    expect(&trial, 0, 0, 2);
    assert_string_equal(trial.told, "10 text format\n10 second agent\n");
}

TEST_MAIN(T(a_right_expectation_passes), T(a_wrong_result_fails), T(another_trap_fails),
          T(a_return_where_a_trap_is_due_fails), T(a_loop_without_end_ends), T(a_global_is_read),
          T(what_is_not_exported_fails),
          T(a_module_that_is_refused_fails_and_so_does_what_needs_it),
          T(registered_modules_are_imported_by_name), T(an_import_that_is_not_there_does_not_link),
          T(a_trap_at_the_start_is_no_instance),
          T(an_exception_that_nobody_catches_is_told_from_a_trap),
          T(valid_modules_are_neither_malformed_nor_invalid),
          T(a_definition_is_instantiated_under_its_names),
          T(text_and_other_agents_are_skipped_by_name))
