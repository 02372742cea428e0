/*
 * tests/unit/component/test_decode_canon.c: canonical definitions, their options, and what is
 * refused by name.
 */
#include "tests/support/component_trial.h"

/* Types: 0 (func), 1 (func (param "a" u32) (result u32)), 2 (func (param "s" string)),
 * 3 (func (result string)), 4 a resource, 5 (func (result (tuple u32 u32))). Functions of types 0
 * to 3 are imported as "f" to "i", in this order. */
static void begin(struct component_trial *trial)
{
    component_trial_begin(trial);
    component_trial_core(trial);
    BUILD_SECTION(&trial->builder, 7, 7, 0x40, 0, 1, 0, 0x40, 1, 1, 'a', 0x79, 0, 0x79, 0x40, 1, 1,
                  's', 0x73, 1, 0, 0x40, 0, 0, 0x73, 0x3F, 0x7F, 0, 0x6F, 2, 0x79, 0x79, 0x40, 0, 0,
                  5);
    BUILD_SECTION(&trial->builder, 10, 4, 0, 1, 'f', 1, 0, 0, 1, 'g', 1, 1, 0, 1, 'h', 1, 2, 0, 1,
                  'i', 1, 3);
}

static void is_valid(struct component_trial *trial, struct bytes contents)
{
    begin(trial);
    build_section(&trial->builder, 8);
    build_bytes(&trial->builder, contents);
    build_close(&trial->builder);
    component_trial_is_valid(trial);
}

static void is_refused(struct bytes contents, enum status status, uint64_t offset, const char *part)
{
    struct component_trial trial;
    begin(&trial);
    size_t start = trial.builder.len + 2;
    build_section(&trial.builder, 8);
    build_bytes(&trial.builder, contents);
    build_close(&trial.builder);
    component_trial_is_refused(&trial, status, start + offset, part);
    component_trial_end(&trial);
}

#define MEMORY      3, 0
#define REALLOC     4, CORE_A
#define POST_RETURN 5

TEST(a_lift_keeps_its_type_and_options)
{
    (void)state;
    struct component_trial trial;

    is_valid(&trial, CODE(1, 0x00, 0x00, CORE_R, 4, 1, MEMORY, REALLOC, POST_RETURN, CORE_I, 3));

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_LIFT);
    assert_int_equal(step->sort, COMPONENT_SORT_FUNC);
    assert_int_equal(step->core_func, CORE_R);
    assert_int_equal(step->func_type->result->kind, COMPONENT_STRING);
    assert_int_equal(step->options.encoding, COMPONENT_UTF16);
    assert_int_equal(step->options.memory, 0);
    assert_int_equal(step->options.realloc, CORE_A);
    assert_int_equal(step->options.post_return, CORE_I);
    component_trial_end(&trial);
}

TEST(a_lower_without_options_has_none)
{
    (void)state;
    struct component_trial trial;

    is_valid(&trial, CODE(1, 0x01, 0x00, 1, 0));

    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, COMPONENT_STEP_LOWER);
    assert_int_equal(step->sort, COMPONENT_SORT_CORE_FUNC);
    assert_int_equal(step->index, 1);
    assert_int_equal(step->func_type->param_count, 1);
    assert_int_equal(step->options.encoding, COMPONENT_UTF8);
    assert_int_equal(step->options.memory, COMPONENT_NONE);
    assert_int_equal(step->options.realloc, COMPONENT_NONE);
    assert_int_equal(step->options.post_return, COMPONENT_NONE);
    component_trial_end(&trial);
}

TEST(resource_functions_name_their_resource)
{
    (void)state;
    struct component_trial trial;

    is_valid(&trial, CODE(3, 0x02, 4, 0x03, 4, 0x04, 4));

    assert_int_equal(component_trial_step(&trial, -3)->kind, COMPONENT_STEP_RESOURCE_NEW);
    assert_int_equal(component_trial_step(&trial, -2)->kind, COMPONENT_STEP_RESOURCE_DROP);
    assert_int_equal(component_trial_step(&trial, -1)->kind, COMPONENT_STEP_RESOURCE_REP);
    assert_int_equal(component_trial_step(&trial, -1)->resource,
                     component_trial_step(&trial, -3)->resource);
    component_trial_end(&trial);
}

TEST(only_the_component_that_defines_a_resource_makes_it)
{
    (void)state;
    struct component_trial trial;
    component_trial_begin(&trial);
    BUILD_SECTION(&trial.builder, 10, 1, 0, 1, 'r', 3, 1);
    BUILD_SECTION(&trial.builder, 8, 2, 0x03, 0, 0x02, 0);

    component_trial_is_refused(&trial, STATUS_INVALID, trial.builder.len - 1,
                               "not a local resource");
    component_trial_end(&trial);
    is_refused(CODE(1, 0x03, 0), STATUS_INVALID, 2, "type index 0 is not a resource type");
    is_refused(CODE(1, 0x04, 9), STATUS_INVALID, 2, "unknown type 9");
}

TEST(each_option_is_given_once)
{
    (void)state;
    is_refused(CODE(1, 0x01, 0x00, 0, 2, 0, 0), STATUS_INVALID, 6, "`utf8` conflicts");
    is_refused(CODE(1, 0x01, 0x00, 0, 2, 0, 2), STATUS_INVALID, 6, "`latin1-utf16` conflicts");
    is_refused(CODE(1, 0x01, 0x00, 0, 2, MEMORY, MEMORY), STATUS_INVALID, 7, "`memory` is specif");
    is_refused(CODE(1, 0x01, 0x00, 0, 2, REALLOC, REALLOC), STATUS_INVALID, 7, "`realloc` is spe");
    is_refused(CODE(1, 0x01, 0x00, 0, 1, 8), STATUS_MALFORMED, 5, "8 for canonical option");
    is_refused(CODE(1, 0x01, 0x00, 0, 1, 3, 1), STATUS_INVALID, 6, "unknown memory 1");
    is_refused(CODE(1, 0x01, 0x00, 0, 1, 4, 9), STATUS_INVALID, 6, "unknown core function 9");
}

TEST(what_strings_need_is_required)
{
    (void)state;
    is_refused(CODE(1, 0x01, 0x00, 2, 0), STATUS_INVALID, 1, "`memory` is required");
    is_refused(CODE(1, 0x01, 0x00, 3, 1, MEMORY), STATUS_INVALID, 1, "`realloc` is required");
    is_refused(CODE(1, 0x01, 0x00, 3, 1, REALLOC), STATUS_INVALID, 1,
               "`realloc` requires `memory`");
    is_refused(CODE(1, 0x00, 0x00, CORE_R, 0, 6), STATUS_INVALID, 1, "`memory` is required");
    struct component_trial trial;
    is_valid(&trial, CODE(2, 0x01, 0x00, 2, 1, MEMORY, 0x00, 0x00, CORE_R, 1, MEMORY, 3));
    component_trial_end(&trial);
}

TEST(core_functions_have_the_signature_that_the_type_flattens_to)
{
    (void)state;
    is_refused(CODE(1, 0x00, 0x00, CORE_I, 0, 0), STATUS_INVALID, 1, "parameter types");
    is_refused(CODE(1, 0x00, 0x00, CORE_R, 0, 0), STATUS_INVALID, 1, "result types");
    is_refused(CODE(1, 0x00, 0x00, CORE_I, 0, 1), STATUS_INVALID, 1, "result types");
    is_refused(CODE(1, 0x00, 0x00, CORE_W, 2, MEMORY, 4, CORE_W, 1), STATUS_INVALID, 1,
               "`realloc` uses a core function with an incorrect");
    is_refused(CODE(1, 0x00, 0x00, CORE_W, 1, POST_RETURN, CORE_V, 1), STATUS_INVALID, 1,
               "`post-return` uses");
    is_refused(CODE(1, 0x01, 0x00, 0, 1, POST_RETURN, CORE_V), STATUS_INVALID, 1,
               "cannot be specified for lowerings");
    is_refused(CODE(1, 0x00, 0x00, CORE_V, 0, 4), STATUS_INVALID, 5, "is not a function type");
}

TEST(async_options_are_for_functions_that_are_not_there)
{
    (void)state;
    is_refused(CODE(1, 0x01, 0x00, 0, 1, 6), STATUS_INVALID, 1, "requires an async function type");
    is_refused(CODE(1, 0x00, 0x00, CORE_V, 1, 7, 0, 0), STATUS_INVALID, 1, "callback without");
}

TEST(the_form_of_a_definition_is_checked_first)
{
    (void)state;
    is_refused(CODE(1, 0x00, 0x01, 0, 0, 0), STATUS_MALFORMED, 2, "canonical function lift");
    is_refused(CODE(1, 0x01, 0x01, 0, 0), STATUS_MALFORMED, 2, "canonical function lower");
    is_refused(CODE(1, 0x07, 0), STATUS_MALFORMED, 1, "7 for canonical function");
    is_refused(CODE(1, 0x08, 0), STATUS_MALFORMED, 1, "8 for canonical function");
    is_refused(CODE(1, 0x2E, 0), STATUS_MALFORMED, 1, "46 for canonical function");
    is_refused(CODE(1, 0x43, 0), STATUS_MALFORMED, 1, "67 for canonical function");
    is_refused(CODE(1, 0x06, 2), STATUS_MALFORMED, 2, "invalid boolean value 2");
    is_refused(CODE(1, 0x0A, 0x70, 0), STATUS_MALFORMED, 2, "112 for a core type");
    is_refused(CODE(1, 0x20, 0), STATUS_MALFORMED, 3, "");
    is_refused(CODE(1, 0x0E, 9), STATUS_INVALID, 2, "unknown type 9");
    is_refused(CODE(1, 0x20, 0, 9), STATUS_INVALID, 3, "unknown memory 9");
}

struct gated {
    struct bytes code;
    const char *name;
};

#define GATED(name, ...) {CODE(1, __VA_ARGS__), "unsupported: canon " name}

TEST(every_other_function_is_unsupported_by_its_name)
{
    (void)state;
    const struct gated all[] = {
        GATED("task.cancel", 0x05),
        GATED("subtask.cancel", 0x06, 1),
        GATED("task.return", 0x09, 1, 0, 1, MEMORY),
        GATED("context.get", 0x0A, 0x7F, 0),
        GATED("context.set", 0x0B, 0x7F, 1),
        GATED("thread.yield", 0x0C, 0),
        GATED("subtask.drop", 0x0D),
        GATED("stream.new", 0x0E, 0),
        GATED("stream.read", 0x0F, 0, 0),
        GATED("stream.write", 0x10, 0, 0),
        GATED("stream.cancel-read", 0x11, 0, 0),
        GATED("stream.cancel-write", 0x12, 0, 1),
        GATED("stream.drop-readable", 0x13, 0),
        GATED("stream.drop-writable", 0x14, 0),
        GATED("future.new", 0x15, 0),
        GATED("future.read", 0x16, 0, 0),
        GATED("future.write", 0x17, 0, 0),
        GATED("future.cancel-read", 0x18, 0, 0),
        GATED("future.cancel-write", 0x19, 0, 0),
        GATED("future.drop-readable", 0x1A, 0),
        GATED("future.drop-writable", 0x1B, 0),
        GATED("error-context.new", 0x1C, 0),
        GATED("error-context.debug-message", 0x1D, 0),
        GATED("error-context.drop", 0x1E),
        GATED("waitable-set.new", 0x1F),
        GATED("waitable-set.wait", 0x20, 0, 0),
        GATED("waitable-set.poll", 0x21, 1, 0),
        GATED("waitable-set.drop", 0x22),
        GATED("waitable.join", 0x23),
        GATED("backpressure.inc", 0x24),
        GATED("backpressure.dec", 0x25),
        GATED("thread.index", 0x26),
        GATED("thread.resume-later", 0x28),
        GATED("thread.suspend", 0x29, 0),
        GATED("thread.suspend-then-resume", 0x2A, 0),
        GATED("thread.yield-then-resume", 0x2B, 0),
        GATED("thread.suspend-then-promote", 0x2C, 0),
        GATED("thread.yield-then-promote", 0x2D, 0),
        GATED("thread.spawn-ref", 0x40, 0, 0),
        GATED("thread.available-parallelism", 0x42, 0),
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        is_refused(all[i].code, STATUS_UNSUPPORTED, 1, all[i].name);
}

TEST_MAIN(T(a_lift_keeps_its_type_and_options), T(a_lower_without_options_has_none),
          T(resource_functions_name_their_resource),
          T(only_the_component_that_defines_a_resource_makes_it), T(each_option_is_given_once),
          T(what_strings_need_is_required),
          T(core_functions_have_the_signature_that_the_type_flattens_to),
          T(async_options_are_for_functions_that_are_not_there),
          T(the_form_of_a_definition_is_checked_first),
          T(every_other_function_is_unsupported_by_its_name))
