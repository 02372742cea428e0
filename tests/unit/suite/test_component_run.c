/*
 * tests/unit/suite/test_component_run.c: what the runner says of commands about components that are
 * right, and of those that are wrong in one place.
 */
#include "suite/runner.h"

#include <stdio.h>

#include "tests/support/test.h"

#define ARENA_BYTES ((size_t)8 << 20)

struct trial {
    uint8_t pack_room[1 << 16];
    uint8_t content[1 << 14], nodes[256];
    struct bytes component;
    struct suite_writer writer;
    struct suite_counts counts;
    char told[2048]; /* "LINE RESULT TEXT\n" for each that did not pass */
    struct arena arena, scratch;
    uint8_t *memory;
    uint8_t *linear[16];
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
    (void)file;
    (void)snprintf(trial->told + len, sizeof trial->told - len, "%u %s %s\n", command->line,
                   result == SUITE_FAILED ? "failed" : "skipped", text);
}

static void begin(struct trial *trial, const char *name)
{
    char path[128];
    memset(trial, 0, sizeof *trial);
    (void)snprintf(path, sizeof path, "tests/corpus/components/%s.wasm", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    trial->component =
        bytes_of(trial->content, fread(trial->content, 1, sizeof trial->content, file));
    assert_int_equal(fclose(file), 0);
    suite_writer_init(&trial->writer, trial->pack_room, sizeof trial->pack_room);
    suite_writer_file(&trial->writer, BYTES_LITERAL("trial"));
    trial->memory = calloc(2, ARENA_BYTES);
    arena_init(&trial->arena, trial->memory, ARENA_BYTES);
    arena_init(&trial->scratch, trial->memory + ARENA_BYTES, ARENA_BYTES);
}

static void add(struct trial *trial, enum suite_command_kind kind, uint32_t line, const char *name,
                const char *text, struct bytes module)
{
    const struct suite_command command = {.kind = kind,
                                          .line = line,
                                          .name = bytes_of(name, strlen(name)),
                                          .text = bytes_of(text, strlen(text)),
                                          .module = module};
    suite_writer_command(&trial->writer, &command);
}

/* A call without arguments that has to return one value of these nodes. */
static void add_return(struct trial *trial, uint32_t line, const char *name,
                       const struct suite_node *nodes, size_t count)
{
    struct buffer buffer = {.data = trial->nodes, .cap = sizeof trial->nodes};
    for (size_t i = 0; i < count; i++)
        assert_int_equal(suite_node_write(&buffer, &nodes[i]), STATUS_OK);
    const struct suite_command command = {.kind = SUITE_COMMAND_COMPONENT_RETURN,
                                          .line = line,
                                          .name = bytes_of(name, strlen(name)),
                                          .expected = {1, buffer_bytes(&buffer)}};
    suite_writer_command(&trial->writer, &command);
}

static void run(struct trial *trial, suite_component_fn *components)
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
                                    .components = components,
                                    .arena = &trial->arena,
                                    .scratch = &trial->scratch};
    suite_writer_file_end(&trial->writer);
    assert_int_equal(suite_writer_end(&trial->writer, &content), STATUS_OK);
    assert_int_equal(suite_pack_open(content, &pack, NULL), STATUS_OK);
    assert_true(suite_pack_next(&pack, &file));
    suite_run_file(&host, &file, &trial->counts);
    assert_int_equal(trial->scratch.used, 0);
    free(trial->memory);
}

static const struct suite_node zero = {.kind = SUITE_NODE_U32};
static const struct suite_node one = {.kind = SUITE_NODE_U32, .bits = 1};
static const struct suite_node zero_u64 = {.kind = SUITE_NODE_U64};

TEST(what_a_component_returns_is_compared)
{
    static struct trial trial;
    begin(&trial, "resource");
    add(&trial, SUITE_COMMAND_COMPONENT, 1, "", "", trial.component);
    add_return(&trial, 2, "dropped", &zero, 1);
    add_return(&trial, 3, "dropped", &one, 1);
    add_return(&trial, 4, "dropped", &zero_u64, 1);
    add_return(&trial, 5, "absent", &zero, 1);

    run(&trial, suite_component_obey);

    assert_int_equal(trial.counts.passed, 1);
    assert_int_equal(trial.counts.failed, 3);
    assert_string_equal(trial.told, "3 failed returned another value\n"
                                    "4 failed returned a value of another type\n"
                                    "5 failed no such export\n");
}

TEST(records_are_compared_field_by_field)
{
    static struct trial trial;
    const struct suite_node right[] = {
        {.kind = SUITE_NODE_RECORD, .children = 2},
        {.kind = SUITE_NODE_FIELD, .text = BYTES_LITERAL("x"), .children = 1},
        {.kind = SUITE_NODE_U32, .bits = 3},
        {.kind = SUITE_NODE_FIELD, .text = BYTES_LITERAL("y"), .children = 1},
        {.kind = SUITE_NODE_U32, .bits = 4}};
    struct suite_node wrong[ARRAY_LEN(right)], renamed[ARRAY_LEN(right)];
    memcpy(wrong, right, sizeof right);
    memcpy(renamed, right, sizeof right);
    wrong[4].bits = 5;
    renamed[3].text = BYTES_LITERAL("z");
    begin(&trial, "types");
    add(&trial, SUITE_COMMAND_COMPONENT, 1, "", "", trial.component);
    add_return(&trial, 2, "f", right, ARRAY_LEN(right));
    add_return(&trial, 3, "f", wrong, ARRAY_LEN(wrong));
    add_return(&trial, 4, "f", renamed, ARRAY_LEN(renamed));

    run(&trial, suite_component_obey);

    assert_int_equal(trial.counts.passed, 1);
    assert_string_equal(trial.told, "3 failed returned another value\n"
                                    "4 failed returned a value of another type\n");
}

TEST(a_trap_has_to_be_the_expected_one)
{
    static struct trial trial;
    begin(&trial, "relift");
    add(&trial, SUITE_COMMAND_COMPONENT_UNLINKABLE, 1, "", "", trial.component);
    add(&trial, SUITE_COMMAND_COMPONENT_UNINSTANTIABLE, 2, "", "", trial.component);
    add(&trial, SUITE_COMMAND_COMPONENT, 3, "", "", trial.component);
    add(&trial, SUITE_COMMAND_COMPONENT_TRAP, 4, "few", "unreachable", bytes_of("", 0));

    run(&trial, suite_component_obey);

    assert_int_equal(trial.counts.passed, 1);
    assert_int_equal(trial.counts.failed, 3);
    assert_non_null(strstr(trial.told, "4 failed its component was not instantiated\n"));
}

TEST(a_trap_is_told_by_kind_and_poisons)
{
    static struct trial trial;
    begin(&trial, "chain");
    add(&trial, SUITE_COMMAND_COMPONENT_DEFINITION, 1, "", "", trial.component);
    for (uint32_t i = 0; i < 2; i++) {
        static const char *const texts[] = {"all fuel consumed", "call stack exhausted"};
        struct buffer buffer = {.data = trial.nodes, .cap = sizeof trial.nodes};
        assert_int_equal(suite_node_write(&buffer, &zero), STATUS_OK);
        add(&trial, SUITE_COMMAND_COMPONENT_INSTANCE, 10 + i, "", "", bytes_of("", 0));
        for (uint32_t k = 0; k < 2; k++) {
            const struct suite_command command = {
                .kind = SUITE_COMMAND_COMPONENT_TRAP,
                .line = 20 + i * 10 + k,
                .name = BYTES_LITERAL("deep"),
                .text = k == 0 ? bytes_of(texts[i], strlen(texts[i]))
                               : BYTES_LITERAL("cannot enter component instance"),
                .args = {1, buffer_bytes(&buffer)}};
            suite_writer_command(&trial.writer, &command);
        }
    }

    run(&trial, suite_component_obey);

    assert_int_equal(trial.counts.passed, 3);
    assert_int_equal(trial.counts.failed, 1);
    assert_memory_equal(trial.told, "20 failed trapped: ", 19);
}

TEST(a_valid_component_is_not_refused)
{
    static struct trial trial;
    static const uint8_t garbage[] = {0, 'a', 's', 'm', 0x0D, 0, 1, 0, 0xFF};
    begin(&trial, "chain");
    add(&trial, SUITE_COMMAND_COMPONENT_INVALID, 1, "", "", trial.component);
    add(&trial, SUITE_COMMAND_COMPONENT_MALFORMED, 2, "", "", trial.component);
    add(&trial, SUITE_COMMAND_COMPONENT_MALFORMED, 3, "", "", bytes_of(garbage, sizeof garbage));

    run(&trial, suite_component_obey);

    assert_int_equal(trial.counts.passed, 1);
    assert_string_equal(trial.told, "1 failed is valid\n2 failed is valid\n");
}

TEST(without_a_component_model_its_commands_are_skipped)
{
    static struct trial trial;
    begin(&trial, "resource");
    add(&trial, SUITE_COMMAND_COMPONENT, 1, "", "", trial.component);
    add_return(&trial, 2, "dropped", &zero, 1);

    run(&trial, NULL);

    assert_int_equal(trial.counts.passed + trial.counts.failed, 0);
    assert_int_equal(trial.counts.skipped, 1);
    assert_string_equal(trial.told, "1 skipped component\n2 skipped component\n");
}

TEST_MAIN(T(what_a_component_returns_is_compared), T(records_are_compared_field_by_field),
          T(a_trap_has_to_be_the_expected_one), T(a_trap_is_told_by_kind_and_poisons),
          T(a_valid_component_is_not_refused),
          T(without_a_component_model_its_commands_are_skipped))
