/*
 * tests/support/component_trial.c: see component_trial.h.
 */
#include "tests/support/component_trial.h"

#define ARENA_CAP ((size_t)4 << 20)

void component_trial_begin(struct component_trial *trial)
{
    *trial = (struct component_trial){0};
    trial->memory = calloc(2, ARENA_CAP);
    assert_non_null(trial->memory);
    arena_init(&trial->arena, trial->memory, ARENA_CAP);
    arena_init(&trial->scratch, trial->memory + ARENA_CAP, ARENA_CAP);
    build_begin_empty(&trial->builder);
    BUILD(&trial->builder, 0x00, 'a', 's', 'm', 0x0D, 0x00, 0x01, 0x00);
}

void component_trial_end(struct component_trial *trial)
{
    build_free(&trial->builder);
    free(trial->memory);
    *trial = (struct component_trial){0};
}

void component_trial_nest(struct component_trial *trial)
{
    build_section(&trial->builder, 4);
    BUILD(&trial->builder, 0x00, 'a', 's', 'm', 0x0D, 0x00, 0x01, 0x00);
}

void component_trial_core(struct component_trial *trial)
{
    struct wasm_builder *builder = &trial->builder;
    build_section(builder, 1);
    BUILD(builder, 0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00);
    BUILD_SECTION(builder, 1, 5, 0x60, 0, 0, 0x60, 1, 0x7F, 0, 0x60, 0, 1, 0x7F, 0x60, 1, 0x7F, 1,
                  0x7F, 0x60, 4, 0x7F, 0x7F, 0x7F, 0x7F, 1, 0x7F);
    BUILD_SECTION(builder, 3, 5, 0, 1, 2, 3, 4);
    BUILD_SECTION(builder, 5, 1, 0, 1);
    BUILD_SECTION(builder, 7, 6, 1, 'm', 2, 0, 1, 'v', 0, 0, 1, 'i', 0, 1, 1, 'r', 0, 2, 1, 'w', 0,
                  3, 1, 'a', 0, 4);
    BUILD_SECTION(builder, 10, 5, 2, 0, 0x0B, 2, 0, 0x0B, 4, 0, 0x41, 0, 0x0B, 4, 0, 0x41, 0, 0x0B,
                  4, 0, 0x41, 0, 0x0B);
    build_close(builder);
    BUILD_SECTION(builder, 2, 1, 0x00, 0, 0);
    BUILD_SECTION(builder, 6, 6, 0, 2, 1, 0, 1, 'm', 0, 0, 1, 0, 1, 'v', 0, 0, 1, 0, 1, 'i', 0, 0,
                  1, 0, 1, 'r', 0, 0, 1, 0, 1, 'w', 0, 0, 1, 0, 1, 'a');
}

static enum status load(struct component_trial *trial)
{
    report_init(&trial->report);
    return component_load_with(build_result(&trial->builder), trial->features, &trial->arena,
                               &trial->scratch, &trial->component, &trial->report);
}

void component_trial_is_valid(struct component_trial *trial)
{
    enum status status = load(trial);

    if (status != STATUS_OK)
        print_error("at %llu: %s\n", (unsigned long long)trial->report.offset, trial->report.text);
    assert_int_equal(status, STATUS_OK);
    assert_false(trial->report.is_set);
    assert_int_equal(trial->scratch.used, 0);
}

void component_trial_is_refused(struct component_trial *trial, enum status status, uint64_t offset,
                                const char *part)
{
    enum status found = load(trial);

    if (strstr(trial->report.text, part) == NULL)
        assert_string_equal(trial->report.text, part);
    assert_int_equal(found, status);
    assert_int_equal(trial->report.offset, offset);
    assert_null(trial->component);
    assert_int_equal(trial->scratch.used, 0);
    assert_int_equal(trial->arena.used, 0);
}

const struct component_step *component_trial_step(const struct component_trial *trial, int place)
{
    uint32_t count = trial->component->step_count;
    uint32_t index = place < 0 ? count - (uint32_t)-place : (uint32_t)place;
    assert_true(index < count);
    return &trial->component->steps[index];
}

void component_section_is_valid(uint8_t id, struct bytes contents)
{
    struct component_trial trial;
    component_trial_begin(&trial);
    build_section(&trial.builder, id);
    build_bytes(&trial.builder, contents);
    build_close(&trial.builder);
    component_trial_is_valid(&trial);
    component_trial_end(&trial);
}

void component_section_is_refused(uint8_t id, struct bytes contents, enum status status,
                                  uint64_t offset, const char *part)
{
    struct component_trial trial;
    component_trial_begin(&trial);
    build_section(&trial.builder, id);
    build_bytes(&trial.builder, contents);
    build_close(&trial.builder);
    component_trial_is_refused(&trial, status, 10 + offset, part);
    component_trial_end(&trial);
}
