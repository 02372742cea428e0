/*
 * tests/unit/wasi/test_p2_memory.c: every function that answers with memory says so when there is
 * none, at each of its allocations.
 */
#include "tests/support/p2_trial.h"
#include "tests/support/test.h"

#define ALLOCATIONS_MAX 200u

static struct p2_trial trial;

static const char *const arguments[] = {"app.wasm", "one", "two"};
static const char *const variables[] = {"A=1", "B=2"};

static void start(void)
{
    p2_trial_prepare(&trial);
    trial.setup.arguments = arguments;
    trial.setup.argument_count = ARRAY_LEN(arguments);
    trial.setup.variables = variables;
    trial.setup.variable_count = ARRAY_LEN(variables);
    p2_trial_start(&trial);
}

/* Fails the first allocation, the second... until the call gets through; how many failed. */
static uint32_t failures(const char *interface, const char *func,
                         const struct component_value *params)
{
    for (uint32_t n = 1; n < ALLOCATIONS_MAX; n++) {
        struct component_value out = {0};
        trial.results.refuse_at = n;
        enum status status = p2_trial_call(&trial, interface, func, params, &out);
        trial.results.refuse_at = 0;
        if (status == STATUS_OK)
            return n - 1;
        assert_int_equal(status, STATUS_NO_MEMORY);
    }
    fail_msg("%s#%s never gets through", interface, func);
    return 0;
}

TEST(functions_without_parameters_tell_that_there_is_no_memory)
{
    start();

    assert_true(failures("environment", "get-environment", NULL) >= 4);
    assert_int_equal(failures("environment", "get-arguments", NULL), 2);
    assert_int_equal(failures("preopens", "get-directories", NULL), 4);
    assert_int_equal(failures("wall-clock", "now", NULL), 1);
    assert_int_equal(failures("insecure-seed", "insecure-seed", NULL), 1);
    assert_int_equal(failures("stdin", "get-stdin", NULL), 0);

    p2_trial_finish(&trial);
}

TEST(functions_of_files_tell_that_there_is_no_memory)
{
    start();
    struct component_value root = p2_trial_root(&trial);
    const struct component_value create[5] = {root, p2_flags(1), p2_trial_string("f"), p2_flags(1),
                                              p2_flags(3)};
    const struct component_value missing[3] = {root, p2_flags(0), p2_trial_string("none")};
    const struct component_value path[2] = {root, p2_trial_string("none")};

    assert_int_equal(failures("types", "[method]descriptor.open-at", create), 1);
    struct component_value file =
        p2_trial_ok(p2_trial_get(&trial, "types", "[method]descriptor.open-at", create));
    const struct component_value read[3] = {file, p2_u64(10), p2_u64(0)};
    assert_int_equal(failures("types", "[method]descriptor.read", read), 3);
    assert_int_equal(failures("types", "[method]descriptor.stat", &file), 8);
    assert_int_equal(failures("types", "[method]descriptor.metadata-hash", &file), 2);
    assert_int_equal(failures("types", "[method]descriptor.stat-at", missing), 1);
    assert_int_equal(failures("types", "[method]descriptor.readlink-at", path), 2);
    struct component_value stream =
        p2_trial_ok(p2_trial_get(&trial, "types", "[method]descriptor.read-directory", &root));
    assert_true(failures("types", "[method]directory-entry-stream.read-directory-entry", &stream) >=
                1);

    p2_trial_finish(&trial);
}

TEST(functions_of_streams_tell_that_there_is_no_memory)
{
    start();
    struct component_value in = p2_trial_get(&trial, "stdin", "get-stdin", NULL);
    struct component_value out = p2_trial_get(&trial, "stdout", "get-stdout", NULL);
    struct component_value err = p2_trial_get(&trial, "stderr", "get-stderr", NULL);
    const struct component_value read[2] = {in, p2_u64(10)};
    const struct component_value splice[3] = {out, in, p2_u64(10)};
    struct component_value pollable =
        p2_trial_get(&trial, "streams", "[method]output-stream.subscribe", &out);
    pollable.kind = COMPONENT_BORROW;
    const struct component_value list = p2_items(COMPONENT_LIST, &pollable, 1);

    assert_int_equal(failures("streams", "[method]input-stream.read", read), 2);
    assert_int_equal(failures("streams", "[method]output-stream.check-write", &out), 1);
    assert_int_equal(failures("streams", "[method]output-stream.flush", &err), 1);
    assert_int_equal(failures("streams", "[method]output-stream.splice", splice), 2);
    assert_int_equal(failures("poll", "poll", &list), 3);

    p2_trial_finish(&trial);
}

TEST(a_table_without_room_is_no_host)
{
    static uint8_t room[1024] ALIGNED(16);
    const struct wasi_gate gate = {0};
    static struct wasi_p2 p2;
    struct arena arena;
    arena_init(&arena, room, sizeof room);

    assert_int_equal(wasi_p2_init(&p2, &gate, false, &arena), STATUS_NO_MEMORY);
    assert_null(p2.slots);
}

TEST_MAIN(T(functions_without_parameters_tell_that_there_is_no_memory),
          T(functions_of_files_tell_that_there_is_no_memory),
          T(functions_of_streams_tell_that_there_is_no_memory), T(a_table_without_room_is_no_host))
