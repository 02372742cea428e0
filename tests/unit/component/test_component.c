/*
 * tests/unit/component/test_component.c: loading as a whole: arenas, and what a refusal leaves.
 */
#include "tests/support/component_trial.h"

static void build(struct component_trial *trial)
{
    component_trial_core(trial);
    component_trial_nest(trial);
    BUILD_SECTION(&trial->builder, 7, 2, 0x72, 1, 1, 'x', 0x73, 0x3F, 0x7F, 0);
    BUILD_SECTION(&trial->builder, 11, 2, 0, 1, 't', 3, 0, 0, 0, 1, 'r', 3, 1, 0);
    build_close(&trial->builder);
    BUILD_SECTION(&trial->builder, 5, 1, 0x00, 0, 0);
    BUILD_SECTION(&trial->builder, 6, 1, 3, 0, 0, 1, 'r');
    BUILD_SECTION(&trial->builder, 7, 2, 0x69, 0, 0x40, 1, 1, 'p', 0x79, 0, 0x79);
    BUILD_SECTION(&trial->builder, 8, 1, 0x00, 0x00, CORE_W, 0, 2);
    BUILD_SECTION(&trial->builder, 11, 1, 0, 1, 'f', 1, 0, 0);
}

TEST(a_component_is_known_by_its_header)
{
    (void)state;
    assert_true(component_is_component(CODE(0, 'a', 's', 'm', 0x0D, 0, 1, 0)));
    assert_true(component_is_component(CODE(0, 'a', 's', 'm', 0x0E, 0, 1, 0, 7)));
    assert_false(component_is_component(CODE(0, 'a', 's', 'm', 1, 0, 0, 0)));
    assert_false(component_is_component(CODE(0, 'a', 's', 'm', 0x0D, 0, 1)));
    assert_false(component_is_component(CODE(1, 'a', 's', 'm', 0x0D, 0, 1, 0)));
    assert_false(component_is_component(bytes_of(NULL, 0)));
}

TEST(no_input_is_truncated)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    trial.builder.len = 0;

    component_trial_is_refused(&trial, STATUS_TRUNCATED, 0, "here are 0");

    component_trial_end(&trial);
}

TEST(one_arena_can_be_both)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    build(&trial);
    report_init(&trial.report);

    enum status status = component_load(build_result(&trial.builder), &trial.arena, &trial.arena,
                                        &trial.component, &trial.report);

    assert_int_equal(status, STATUS_OK);
    assert_int_equal(trial.component->type->export_count, 1);
    component_trial_end(&trial);
}

TEST(a_report_is_not_needed)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 7, 1, 0x70, 5);

    enum status status = component_load(build_result(&trial.builder), &trial.arena, &trial.scratch,
                                        &trial.component, NULL);

    assert_int_equal(status, STATUS_INVALID);
    component_trial_end(&trial);
}

/* Every allocation refused once, in the arena and in the scratch arena. */
static uint64_t refuse_each(struct component_trial *trial, struct arena *arena)
{
    for (uint64_t n = 1;; n++) {
        report_init(&trial->report);
        trial->component = NULL;
        arena->refuse_at = n;
        enum status status = component_load(build_result(&trial->builder), &trial->arena,
                                            &trial->scratch, &trial->component, &trial->report);
        arena->refuse_at = 0;
        if (status == STATUS_OK)
            return n - 1;
        assert_int_equal(status, STATUS_NO_MEMORY);
        assert_true(trial->report.is_set);
        assert_null(trial->component);
        assert_int_equal(trial->arena.used, 0);
        assert_int_equal(trial->scratch.used, 0);
    }
}

TEST(memory_that_is_refused_anywhere_leaves_nothing_behind)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    build(&trial);

    uint64_t kept = refuse_each(&trial, &trial.arena);
    arena_rewind(&trial.arena, 0);
    uint64_t temporary = refuse_each(&trial, &trial.scratch);

    assert_true(kept > 40);
    assert_true(temporary > 20);
    component_trial_end(&trial);
}

/* Input cut at every byte: refused, and never read past its end (sanitizers see to that). */
TEST(a_component_cut_anywhere_is_refused)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    build(&trial);
    struct bytes whole = build_result(&trial.builder);
    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *cut = malloc(len == 0 ? 1 : len);
        assert_non_null(cut);
        memcpy(cut, whole.data, len);
        report_init(&trial.report);
        enum status status = component_load(bytes_of(cut, len), &trial.arena, &trial.scratch,
                                            &trial.component, &trial.report);
        /* Between two sections it is a component, too. */
        if (status == STATUS_OK)
            arena_rewind(&trial.arena, 0);
        else
            assert_int_equal(status, STATUS_TRUNCATED);
        assert_int_equal(trial.arena.used, 0);
        free(cut);
    }
    component_trial_end(&trial);
}

TEST_MAIN(T(a_component_is_known_by_its_header), T(no_input_is_truncated), T(one_arena_can_be_both),
          T(a_report_is_not_needed), T(memory_that_is_refused_anywhere_leaves_nothing_behind),
          T(a_component_cut_anywhere_is_refused))
