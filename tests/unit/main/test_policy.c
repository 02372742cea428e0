/* Who may load, and what names there are. */
#include "node/main/policy.h"
#include "tests/support/test.h"

static struct settings settings; /* large */

static enum status ask(struct bytes client)
{
    struct report report;
    report_init(&report);
    enum status status = policy_operator(&settings, client, &report);
    assert_true(status == STATUS_OK || report.is_set);
    return status;
}

TEST(without_an_operator_nobody_may_load)
{
    uint8_t client[32] = {0};
    memset(&settings, 0, sizeof settings);

    assert_int_equal(ask(BYTES_LITERAL("")), STATUS_DENIED);
    assert_int_equal(ask(bytes_of(client, 32)), STATUS_DENIED);
}

TEST(an_enrolled_key_may_and_no_other)
{
    uint8_t client[32];
    memset(&settings, 0, sizeof settings);
    memset(client, 7, sizeof client);
    memset(settings.operators[0], 1, 32);
    memcpy(settings.operators[1], client, 32);
    settings.operator_count = 2;

    assert_int_equal(ask(bytes_of(client, 32)), STATUS_OK);
    assert_int_equal(ask(bytes_of(client, 31)), STATUS_DENIED);
    assert_int_equal(ask(BYTES_LITERAL("")), STATUS_DENIED);
    client[31] ^= 1;
    assert_int_equal(ask(bytes_of(client, 32)), STATUS_DENIED);
}

TEST(dev_lets_everyone)
{
    memset(&settings, 0, sizeof settings);
    settings.is_dev = true;

    assert_int_equal(ask(BYTES_LITERAL("")), STATUS_OK);
}

static enum status name(const char *text, size_t len)
{
    struct report report;
    report_init(&report);
    return policy_app_name(bytes_of(text, len), &report);
}

TEST(names_are_letters_digits_and_three_signs)
{
    char longest[65];
    memset(longest, 'a', sizeof longest);

    assert_int_equal(name("a", 1), STATUS_OK);
    assert_int_equal(name("My-app_1.0", 10), STATUS_OK);
    assert_int_equal(name("0", 1), STATUS_OK);
    assert_int_equal(name(longest, 64), STATUS_OK);

    assert_int_equal(name(longest, 65), STATUS_INVALID);
    assert_int_equal(name("", 0), STATUS_INVALID);
    assert_int_equal(name("a\0b", 3), STATUS_INVALID);
    static const char *const bad[] = {"-a",  ".a", "_a",       "a b", "a/b",
                                      "a\n", "a'", "\xc3\xa9", "a*"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(name(bad[i], strlen(bad[i])), STATUS_INVALID);
}

TEST(hostnames_are_the_same_in_any_case)
{
    assert_true(policy_hostname_equal(BYTES_LITERAL("App.Example"), BYTES_LITERAL("aPP.eXAMPLE")));
    assert_false(
        policy_hostname_equal(BYTES_LITERAL("app.example"), BYTES_LITERAL("app.example.")));
    assert_false(policy_hostname_equal(BYTES_LITERAL("app"), BYTES_LITERAL("apq")));
    assert_false(policy_hostname_equal(BYTES_LITERAL("a@"), BYTES_LITERAL("a`")));
}

TEST_MAIN(T(without_an_operator_nobody_may_load), T(an_enrolled_key_may_and_no_other),
          T(dev_lets_everyone), T(names_are_letters_digits_and_three_signs),
          T(hostnames_are_the_same_in_any_case))
