/*
 * tests/unit/wasi/test_p2_world.c: polls, clocks, random bytes, wasi:cli, and what is not granted.
 */
#include <unistd.h>

#include "tests/support/p2_trial.h"
#include "tests/support/test.h"

#define READY "[method]pollable.ready"
#define MS    1000000u

static struct p2_trial trial;

static void start(void)
{
    p2_trial_prepare(&trial);
    p2_trial_start(&trial);
}

static struct component_value get(const char *interface, const char *func)
{
    return p2_trial_get(&trial, interface, func, NULL);
}

static struct component_value get1(const char *interface, const char *func,
                                   struct component_value param)
{
    return p2_trial_get(&trial, interface, func, &param);
}

static struct component_value after(uint64_t ns)
{
    return get1("monotonic-clock", "subscribe-duration", p2_u64(ns));
}

/* poll of these: the places that are ready, as a sum of 1 << place. */
static uint32_t poll_of(struct component_value *pollables, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        pollables[i].kind = COMPONENT_BORROW;
    struct component_value list = p2_items(COMPONENT_LIST, pollables, count);
    struct component_value ready = get1("poll", "poll", list);
    uint32_t mask = 0;
    for (uint32_t i = 0; i < ready.items.count; i++)
        mask |= 1u << load_le32(ready.items.packed + 4 * (size_t)i);
    return mask;
}

TEST(a_poll_tells_what_is_ready)
{
    start();
    struct component_value in = get("stdin", "get-stdin");
    struct component_value out = get("stdout", "get-stdout");
    struct component_value pollables[3] = {
        get1("streams", "[method]input-stream.subscribe", in),
        get1("streams", "[method]output-stream.subscribe", out),
        after(3600ull * 1000 * MS),
    };

    assert_int_equal(poll_of(pollables, 3), 2);
    assert_int_equal(write(trial.stdin_writer, "x", 1), 1);
    assert_int_equal(poll_of(pollables, 3), 3);
    assert_true(get1("poll", READY, pollables[0]).boolean);
    assert_false(get1("poll", READY, pollables[2]).boolean);

    p2_trial_finish(&trial);
}

TEST(a_duration_passes)
{
    start();
    struct component_value soon = after(5 * MS);
    uint64_t before = get("monotonic-clock", "now").u;

    assert_false(get1("poll", READY, soon).boolean);
    (void)get1("poll", "[method]pollable.block", soon);
    assert_true(get("monotonic-clock", "now").u - before >= 4 * MS);
    assert_true(get1("poll", READY, soon).boolean);
    assert_true(
        get1("poll", READY, get1("monotonic-clock", "subscribe-instant", p2_u64(0))).boolean);
    assert_false(get1("poll", READY, after(UINT64_MAX)).boolean);

    p2_trial_finish(&trial);
}

TEST(a_poll_of_nothing_or_of_too_much_traps)
{
    static struct component_value many[GATE_POLL_MAX + 1];
    start();
    struct component_value none = p2_items(COMPONENT_LIST, many, 0);
    assert_int_equal(p2_trial_trap(&trial, "poll", "poll", &none), REFUSAL_MISUSE);

    struct component_value one = after(0);
    one.kind = COMPONENT_BORROW;
    for (uint32_t i = 0; i <= GATE_POLL_MAX; i++)
        many[i] = one;
    struct component_value list = p2_items(COMPONENT_LIST, many, GATE_POLL_MAX + 1);
    assert_int_equal(p2_trial_trap(&trial, "poll", "poll", &list), REFUSAL_TOO_LONG);
    list.items.count = GATE_POLL_MAX;
    assert_int_equal(get1("poll", "poll", list).items.count, GATE_POLL_MAX);

    p2_trial_finish(&trial);
}

TEST(a_fixed_clock_stands_still)
{
    p2_trial_prepare(&trial);
    trial.setup.has_fixed_clock = true;
    trial.setup.wall_ns = 1234567890123456789;
    p2_trial_start(&trial);

    for (uint32_t i = 0; i < 2; i++) {
        struct component_value now = get("wall-clock", "now");
        assert_int_equal(now.items.items[0].u, 1234567890);
        assert_int_equal(now.items.items[1].u, 123456789);
    }
    struct component_value now = get("wall-clock", "now");
    assert_int_equal(get1("timezone", "utc-offset", now).s, 0);
    assert_true(p2_trial_is_text(get1("timezone", "display", now).items.items[1], "UTC"));

    p2_trial_finish(&trial);
}

TEST(random_bytes_are_as_many_as_asked_for_and_repeatable_with_a_seed)
{
    uint64_t first = 0;
    for (uint32_t i = 0; i < 2; i++) {
        p2_trial_prepare(&trial);
        trial.setup.has_fixed_random = true;
        trial.setup.seed[0] = 7;
        p2_trial_start(&trial);
        uint64_t number = get("random", "get-random-u64").u;
        if (i == 0)
            first = number;
        assert_int_equal(number, first);
        assert_int_not_equal(get("random", "get-random-u64").u, number);
        assert_int_equal(get1("random", "get-random-bytes", p2_u64(100000)).items.count, 100000);
        assert_int_equal(get1("insecure", "get-insecure-random-bytes", p2_u64(0)).items.count, 0);
        struct component_value seed = get("insecure-seed", "insecure-seed");
        assert_int_not_equal(seed.items.items[0].u, seed.items.items[1].u);
        struct component_value huge = p2_u64(UINT64_MAX);
        assert_int_equal(p2_trial_trap(&trial, "random", "get-random-bytes", &huge),
                         REFUSAL_TOO_LONG);
        p2_trial_finish(&trial);
    }
}

TEST(arguments_and_variables_are_what_the_gate_says)
{
    static const char *const arguments[] = {"app.wasm", "", "two words", "\xff\xfe", "z\xc3\xbc"};
    static const char *const variables[] = {"HOME=/", "EMPTY=", "EQUALS=a=b"};
    p2_trial_prepare(&trial);
    trial.setup.arguments = arguments;
    trial.setup.argument_count = 5;
    trial.setup.variables = variables;
    trial.setup.variable_count = 3;
    p2_trial_start(&trial);

    struct component_value list = get("environment", "get-arguments");
    assert_int_equal(list.items.count, 5);
    assert_true(p2_trial_is_text(list.items.items[0], "app.wasm"));
    assert_true(p2_trial_is_text(list.items.items[1], ""));
    assert_true(p2_trial_is_text(list.items.items[2], "two words"));
    assert_true(p2_trial_is_text(list.items.items[3], "??"));
    assert_true(p2_trial_is_text(list.items.items[4], "z\xc3\xbc"));
    list = get("environment", "get-environment");
    assert_int_equal(list.items.count, 3);
    assert_true(p2_trial_is_text(list.items.items[0].items.items[0], "HOME"));
    assert_true(p2_trial_is_text(list.items.items[1].items.items[1], ""));
    assert_true(p2_trial_is_text(list.items.items[2].items.items[1], "a=b"));

    p2_trial_finish(&trial);
}

TEST(exit_is_told_with_its_code)
{
    start();
    const struct component_value failed = p2_error_bare();
    assert_int_equal(p2_trial_trap(&trial, "exit", "exit", &failed), REFUSAL_EXITED);
    assert_true(trial.p2->exit.has_exited);
    assert_int_equal(trial.p2->exit.code, 1);
    const struct component_value code = {.kind = COMPONENT_U8, .u = 42};
    assert_int_equal(p2_trial_trap(&trial, "exit", "exit-with-code", &code), REFUSAL_EXITED);
    assert_int_equal(trial.p2->exit.code, 42);

    p2_trial_finish(&trial);
}

TEST(pipes_are_no_terminals)
{
    start();

    assert_int_equal(get("terminal-stdin", "get-terminal-stdin").variant.index, 0);
    assert_int_equal(get("terminal-stdout", "get-terminal-stdout").variant.index, 0);
    assert_int_equal(get("terminal-stderr", "get-terminal-stderr").variant.index, 0);

    p2_trial_finish(&trial);
}

TEST(a_network_is_denied_where_one_asks_for_it)
{
    start();
    struct component_value network = get("instance-network", "instance-network");
    const struct component_value lookup[2] = {network, p2_trial_string("localhost")};

    assert_int_equal(p2_trial_error(get1("tcp-create-socket", "create-tcp-socket", p2_enum(0))), 1);
    assert_int_equal(p2_trial_error(get1("udp-create-socket", "create-udp-socket", p2_enum(1))), 1);
    assert_int_equal(
        p2_trial_error(p2_trial_get(&trial, "ip-name-lookup", "resolve-addresses", lookup)), 1);
    p2_trial_drop(&trial, network);
    assert_int_equal(trial.ring_count, 0);

    p2_trial_finish(&trial);
}

TEST(an_http_request_is_denied_when_it_is_sent)
{
    start();
    struct component_value fields = get("types", "[constructor]fields");
    struct component_value request = get1("types", "[constructor]outgoing-request", fields);
    const struct component_value sent[2] = {request, p2_none()};
    const struct component_value header[3] = {fields, p2_trial_string("accept"),
                                              p2_trial_list("any")};

    assert_int_equal(p2_trial_error(p2_trial_get(&trial, "outgoing-handler", "handle", sent)), 15);
    assert_int_equal(p2_trial_error(p2_trial_get(&trial, "types", "[method]fields.append", header)),
                     1);
    struct component_value why = get("auth", "get-caller-id");
    assert_true(p2_trial_is_text(*why.variant.payload, "access denied: not granted"));

    p2_trial_finish(&trial);
}

TEST_MAIN(T(a_poll_tells_what_is_ready), T(a_duration_passes),
          T(a_poll_of_nothing_or_of_too_much_traps), T(a_fixed_clock_stands_still),
          T(random_bytes_are_as_many_as_asked_for_and_repeatable_with_a_seed),
          T(arguments_and_variables_are_what_the_gate_says), T(exit_is_told_with_its_code),
          T(pipes_are_no_terminals), T(a_network_is_denied_where_one_asks_for_it),
          T(an_http_request_is_denied_when_it_is_sent))
