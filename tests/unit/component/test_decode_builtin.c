/*
 * tests/unit/component/test_decode_builtin.c: what a component may have that is loaded with
 * links_async: async functions, streams, futures, and the canonical functions of WASI 0.3.
 */
#include "core/component/builtin.h"
#include "tests/support/component_trial.h"

/* Types: 0 (stream u32), 1 (future string), 2 (async func), 3 (async func (param "s" stream)),
 * 4 (func), 5 (stream), 6 (error-context). Functions of types 2 to 4 are imported as "f" to "h".
 * Core type 0: (func (param i32)); table 0: of funcref. */
static void begin(struct component_trial *trial)
{
    component_trial_begin(trial);
    trial->features.links_async = true;
    component_trial_core(trial);
    BUILD_SECTION(&trial->builder, 3, 2, 0x60, 1, 0x7F, 0, 0x60, 0, 0);
    BUILD_SECTION(&trial->builder, 7, 7, 0x66, 1, 0x79, 0x65, 1, 0x73, 0x43, 0, 1, 0, 0x43, 1, 1,
                  's', 0, 1, 0, 0x40, 0, 1, 0, 0x66, 0, 0x64);
    BUILD_SECTION(&trial->builder, 10, 3, 0, 1, 'f', 1, 2, 0, 1, 'g', 1, 3, 0, 1, 'h', 1, 4);
    build_section(&trial->builder, 1);
    BUILD(&trial->builder, 0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00);
    BUILD_SECTION(&trial->builder, 4, 2, 0x70, 0, 1, 0x6F, 0, 1);
    BUILD_SECTION(&trial->builder, 7, 2, 1, 't', 1, 0, 1, 'x', 1, 1);
    build_close(&trial->builder);
    BUILD_SECTION(&trial->builder, 2, 1, 0x00, 1, 0);
    BUILD_SECTION(&trial->builder, 6, 2, 0, 1, 1, 1, 1, 't', 0, 1, 1, 1, 1, 'x');
}

static void add(struct component_trial *trial, struct bytes contents)
{
    build_section(&trial->builder, 8);
    build_bytes(&trial->builder, contents);
    build_close(&trial->builder);
}

static void is_valid(struct bytes contents, const char *name)
{
    struct component_trial trial;
    begin(&trial);
    add(&trial, contents);
    component_trial_is_valid(&trial);
    const struct component_step *step = component_trial_step(&trial, -1);
    assert_int_equal(step->kind, name == NULL ? COMPONENT_STEP_LOWER : COMPONENT_STEP_BUILTIN);
    if (name != NULL)
        assert_string_equal(step->builtin->sentence, name);
    component_trial_end(&trial);
}

static void is_refused(struct bytes contents, enum status status, uint64_t offset, const char *part)
{
    struct component_trial trial;
    begin(&trial);
    size_t start = trial.builder.len + 2;
    add(&trial, contents);
    component_trial_is_refused(&trial, status, start + offset, part);
    component_trial_end(&trial);
}

#define MEMORY  3, 0
#define REALLOC 4, CORE_A

struct linked {
    struct bytes code;
    const char *name;
};

#define LINKED(name, ...) {CODE(1, __VA_ARGS__), "unsupported: canon " name}

TEST(every_function_that_needs_no_shared_one_is_a_step)
{
    (void)state;
    const struct linked all[] = {
        LINKED("task.cancel", 0x05),
        LINKED("subtask.cancel", 0x06, 1),
        LINKED("task.return", 0x09, 1, 0, 1, MEMORY),
        LINKED("task.return", 0x09, 0, 0x73, 2, MEMORY, 1),
        LINKED("context.get", 0x0A, 0x7F, 0),
        LINKED("context.set", 0x0B, 0x7F, 1),
        LINKED("thread.yield", 0x0C, 0),
        LINKED("subtask.drop", 0x0D),
        LINKED("stream.new", 0x0E, 0),
        LINKED("stream.read", 0x0F, 0, 1, MEMORY),
        LINKED("stream.write", 0x10, 5, 1, 6),
        LINKED("stream.cancel-read", 0x11, 0, 0),
        LINKED("stream.cancel-write", 0x12, 0, 1),
        LINKED("stream.drop-readable", 0x13, 0),
        LINKED("stream.drop-writable", 0x14, 0),
        LINKED("future.new", 0x15, 1),
        LINKED("future.read", 0x16, 1, 2, MEMORY, REALLOC),
        LINKED("future.write", 0x17, 1, 1, MEMORY),
        LINKED("future.cancel-read", 0x18, 1, 0),
        LINKED("future.cancel-write", 0x19, 1, 0),
        LINKED("future.drop-readable", 0x1A, 1),
        LINKED("future.drop-writable", 0x1B, 1),
        LINKED("error-context.new", 0x1C, 1, MEMORY),
        LINKED("error-context.debug-message", 0x1D, 2, MEMORY, REALLOC),
        LINKED("error-context.drop", 0x1E),
        LINKED("waitable-set.new", 0x1F),
        LINKED("waitable-set.wait", 0x20, 0, 0),
        LINKED("waitable-set.poll", 0x21, 1, 0),
        LINKED("waitable-set.drop", 0x22),
        LINKED("waitable.join", 0x23),
        LINKED("backpressure.inc", 0x24),
        LINKED("backpressure.dec", 0x25),
        LINKED("thread.index", 0x26),
        LINKED("thread.new-indirect", 0x27, 0, 0),
        LINKED("thread.resume-later", 0x28),
        LINKED("thread.suspend", 0x29, 0),
        LINKED("thread.suspend-then-resume", 0x2A, 0),
        LINKED("thread.yield-then-resume", 0x2B, 0),
        LINKED("thread.suspend-then-promote", 0x2C, 0),
        LINKED("thread.yield-then-promote", 0x2D, 0),
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        is_valid(all[i].code, all[i].name);
}

TEST(what_needs_shared_functions_is_refused_still)
{
    (void)state;
    is_refused(CODE(1, 0x40, 0, 0), STATUS_UNSUPPORTED, 1, "unsupported: canon thread.spawn-ref");
    is_refused(CODE(1, 0x41, 0, 0, 0), STATUS_UNSUPPORTED, 1, "canon thread.spawn-indirect");
    is_refused(CODE(1, 0x42, 0), STATUS_UNSUPPORTED, 1, "canon thread.available-parallelism");
}

TEST(built_ins_are_of_the_right_type)
{
    (void)state;
    is_refused(CODE(1, 0x0E, 1), STATUS_INVALID, 2, "the type is not a stream");
    is_refused(CODE(1, 0x15, 0), STATUS_INVALID, 2, "the type is not a future");
    is_refused(CODE(1, 0x14, 4), STATUS_INVALID, 2, "the type is not a stream");
    is_refused(CODE(1, 0x0A, 0x7F, 2), STATUS_INVALID, 3, "immediate must be zero or one");
    is_refused(CODE(1, 0x0A, 0x7E, 0), STATUS_UNSUPPORTED, 2, "context of 64 bits");
    is_refused(CODE(1, 0x27, 1, 0), STATUS_INVALID, 2, "a thread's function");
    is_refused(CODE(1, 0x27, 9, 0), STATUS_INVALID, 2, "unknown type 9");
    is_refused(CODE(1, 0x27, 0, 1), STATUS_INVALID, 3, "not one of funcref");
    is_refused(CODE(1, 0x20, 0, 9), STATUS_INVALID, 3, "unknown memory 9");
}

TEST(built_ins_have_the_options_that_they_need_and_no_others)
{
    (void)state;
    is_refused(CODE(1, 0x0F, 0, 0), STATUS_INVALID, 1, "`memory` is required");
    is_refused(CODE(1, 0x16, 1, 1, MEMORY), STATUS_INVALID, 1, "`realloc` is required");
    is_refused(CODE(1, 0x09, 0, 0x73, 0), STATUS_INVALID, 1, "`memory` is required");
    is_refused(CODE(1, 0x1C, 0), STATUS_INVALID, 1, "`memory` is required");
    is_refused(CODE(1, 0x1D, 1, MEMORY), STATUS_INVALID, 1, "`realloc` is required");
    is_refused(CODE(1, 0x1C, 2, MEMORY, 6), STATUS_INVALID, 1, "`async` cannot be specified");
    is_refused(CODE(1, 0x09, 1, 0, 1, 6), STATUS_INVALID, 1, "`async` cannot be specified");
    is_refused(CODE(1, 0x09, 1, 0, 2, MEMORY, REALLOC), STATUS_INVALID, 1, "`realloc` cannot be");
    is_refused(CODE(1, 0x09, 1, 0, 1, 5, CORE_V), STATUS_INVALID, 1, "`post-return` cannot be");
    is_refused(CODE(1, 0x0F, 0, 2, MEMORY, 7, CORE_A), STATUS_INVALID, 1, "`callback` cannot be");
    is_refused(CODE(1, 0x0F, 0, 2, MEMORY, 4, CORE_W), STATUS_INVALID, 1, "`realloc` uses");
}

TEST(async_options_fit_their_function)
{
    (void)state;
    is_valid(CODE(2, 0x00, 0x00, CORE_V, 1, 6, 2, 0x01, 0x00, 0, 2, 6, MEMORY), NULL);
    is_valid(CODE(2, 0x00, 0x00, CORE_V, 0, 2, 0x01, 0x00, 0, 0), NULL);
    is_refused(CODE(1, 0x00, 0x00, CORE_V, 1, 6, 4), STATUS_INVALID, 1, "an async function type");
    is_refused(CODE(1, 0x01, 0x00, 2, 1, 6), STATUS_INVALID, 1, "an async function type");
    is_refused(CODE(1, 0x00, 0x00, CORE_R, 1, 6, 2), STATUS_INVALID, 1, "result types");
    is_refused(CODE(1, 0x00, 0x00, CORE_V, 1, 7, CORE_V, 2), STATUS_INVALID, 1,
               "callback without async");
    is_refused(CODE(1, 0x00, 0x00, CORE_R, 2, 6, 7, CORE_V, 2), STATUS_INVALID, 1,
               "`callback` uses a core function with an incorrect");
    is_refused(CODE(1, 0x00, 0x00, CORE_V, 2, 6, 5, CORE_V, 2), STATUS_INVALID, 1,
               "cannot specify post-return function in async");
    is_refused(CODE(1, 0x01, 0x00, 0, 3, 6, MEMORY, 7, CORE_A), STATUS_INVALID, 1,
               "`callback` cannot be specified for lowerings");
}

TEST(functions_over_streams_are_neither_lifted_nor_lowered)
{
    (void)state;
    is_refused(CODE(1, 0x01, 0x00, 1, 0), STATUS_UNSUPPORTED, 1, "function over streams");
    is_refused(CODE(1, 0x00, 0x00, CORE_I, 0, 3), STATUS_UNSUPPORTED, 1, "function over streams");
    is_refused(CODE(1, 0x09, 0, 0x64, 0), STATUS_UNSUPPORTED, 1, "function over streams");
}

TEST(streams_have_no_borrows_and_no_characters)
{
    (void)state;
    struct component_trial trial;
    begin(&trial);
    size_t start = trial.builder.len + 2;
    BUILD_SECTION(&trial.builder, 7, 1, 0x66, 1, 0x74);
    component_trial_is_refused(&trial, STATUS_INVALID, start + 1, "`stream<char>` is not valid");
    component_trial_end(&trial);
    begin(&trial);
    start = trial.builder.len + 2;
    BUILD_SECTION(&trial.builder, 7, 3, 0x3F, 0x7F, 0, 0x68, 7, 0x65, 1, 8);
    component_trial_is_refused(&trial, STATUS_INVALID, start + 6, "cannot contain a `borrow`");
    component_trial_end(&trial);
}

TEST(an_async_function_is_of_another_type_than_one_that_is_not)
{
    (void)state;
    struct component_trial trial;
    begin(&trial);
    /* A component that imports "a" of type 2 (async func), given "h" of type 4 (func). */
    component_trial_nest(&trial);
    BUILD_SECTION(&trial.builder, 7, 1, 0x43, 0, 1, 0);
    BUILD_SECTION(&trial.builder, 10, 1, 0, 1, 'a', 1, 0);
    build_close(&trial.builder);
    size_t start = trial.builder.len + 2;
    BUILD_SECTION(&trial.builder, 5, 1, 0x00, 0, 1, 1, 'a', 1, 2);
    component_trial_is_refused(&trial, STATUS_INVALID, start + 1, "async func");
    component_trial_end(&trial);
}

TEST_MAIN(T(every_function_that_needs_no_shared_one_is_a_step),
          T(what_needs_shared_functions_is_refused_still), T(built_ins_are_of_the_right_type),
          T(built_ins_have_the_options_that_they_need_and_no_others),
          T(async_options_fit_their_function),
          T(functions_over_streams_are_neither_lifted_nor_lowered),
          T(streams_have_no_borrows_and_no_characters),
          T(an_async_function_is_of_another_type_than_one_that_is_not))
