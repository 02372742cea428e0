/*
 * tests/unit/main/test_http_grants.c: which hosts are names, and which grant covers which.
 */
#include "node/main/http_grants.h"
#include "tests/support/test.h"

static struct settings settings;

static void grant(const char *app, const char *host, uint16_t port, bool allows_private)
{
    struct settings_grant *each = &settings.grants[settings.grant_count++];
    *each = (struct settings_grant){.port = port, .allows_private = allows_private};
    memcpy(each->app, app, strlen(app) + 1);
    memcpy(each->host, host, strlen(host) + 1);
}

static bool is_host(const char *text)
{
    struct http_host host = {0};
    struct report report;
    report_init(&report);
    enum status status = http_host_read(bytes_of(text, strlen(text)), &host, &report);
    assert_true(status == STATUS_OK || (status == STATUS_INVALID && report.is_set));
    return status == STATUS_OK;
}

static void assert_no_hosts(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_host(texts[i]))
            fail_msg("a host: %s", texts[i]);
}

static const struct settings_grant *find(const char *app, const char *text, uint64_t port)
{
    struct http_host host = {0};
    assert_int_equal(http_host_read(bytes_of(text, strlen(text)), &host, NULL), STATUS_OK);
    return http_grant_find(&settings, bytes_of(app, strlen(app)), &host, port);
}

struct lookup {
    const char *app, *host;
    uint64_t port;
    bool is_granted;
};

static void assert_lookups(const struct lookup *lookups, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct lookup *at = &lookups[i];
        if ((find(at->app, at->host, at->port) != NULL) != at->is_granted)
            fail_msg("%sgranted: app \"%s\", %s:%llu", at->is_granted ? "not " : "", at->app,
                     at->host, (unsigned long long)at->port);
    }
}

TEST(an_empty_list_grants_nothing)
{
    static const struct lookup lookups[] = {
        {"app", "example.com", 443, false},
        {"", "example.com", 443, false},
    };
    settings.grant_count = 0;

    assert_lookups(lookups, ARRAY_LEN(lookups));
}

TEST(a_grant_is_for_its_app_host_and_port)
{
    static const struct lookup lookups[] = {
        {"app", "api.example.com", 443, true},
        {"app", "API.Example.COM", 443, true},
        {"app", "api.example.com.", 443, true},
        {"other", "api.example.com", 443, false},
        {"ap", "api.example.com", 443, false},
        {"app", "api.example.com", 8443, false},
        {"app", "api.example.com", 443 + 65536, false},
        {"app", "example.com", 443, false},
        {"app", "x.api.example.com", 443, false},
        {"app", "api.example.com.evil.net", 443, false},
        {"app", "api-example.com", 443, false},
    };
    settings.grant_count = 0;
    grant("app", "api.example.com", 443, false);

    assert_lookups(lookups, ARRAY_LEN(lookups));
}

TEST(a_star_stands_for_one_label_or_more_and_for_no_address)
{
    static const struct lookup lookups[] = {
        {"any", "a.example.com", 443, true},
        {"any", "a.b.example.com", 443, true},
        {"any", "example.com", 443, false},
        {"any", "notexample.com", 443, false},
        {"any", "xn--bcher-kva.example.com", 443, false},
        {"any", "a.xn--bcher-kva.example.com", 443, false},
        {"any", "127.0.0.1", 443, false},
    };
    settings.grant_count = 0;
    grant("", "*.Example.com.", 443, false);
    grant("", "*.0.0.1", 443, false);

    assert_lookups(lookups, ARRAY_LEN(lookups));
}

TEST(names_with_xn_labels_and_addresses_are_granted_as_such_alone)
{
    static const struct lookup lookups[] = {
        {"app", "xn--bcher-kva.example", 443, true}, {"app", "192.0.2.7", 443, true},
        {"app", "2001:db8::7", 443, true},           {"app", "192.0.2.8", 443, false},
        {"app", "::ffff:192.0.2.7", 443, false},
    };
    settings.grant_count = 0;
    grant("app", "xn--bcher-kva.example", 443, false);
    grant("app", "192.0.2.7", 443, false);
    grant("app", "2001:DB8:0:0::7", 443, false);

    assert_lookups(lookups, ARRAY_LEN(lookups));
}

TEST(of_two_grants_the_one_that_allows_more_counts)
{
    settings.grant_count = 0;
    grant("", "a.example", 443, false);
    grant("app", "a.example", 443, true);

    assert_true(find("app", "a.example", 443)->allows_private);
    assert_false(find("other", "a.example", 443)->allows_private);
}

TEST(addresses_in_odd_forms_are_no_hosts)
{
    static const char *const odd[] = {
        "0x7f.1",       "0x7f000001",
        "2130706433",   "127.1",
        "017700000001", "0177.0.0.1",
        "127.0.0.01",   "1.2.3",
        "a.1",          "a.0x1",
        "a.0x",         "256.0.0.1",
        "fe80::1%lo",   "::ffff:127.0.0.1:80",
        "[::1]",        "1:2",
        "::g",
    };
    assert_no_hosts(odd, ARRAY_LEN(odd));
    assert_true(is_host("127.0.0.1"));
    assert_true(is_host("::1"));
    assert_true(is_host("a1.example"));
}

TEST(what_is_no_name_is_no_host)
{
    static const char *const bad[] = {
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "-a.example",
        "a-.example",
        "a b",
        "a/b",
        "a@b",
        "a\tb",
        "a\r\nb",
        "b\xC3\xBC.example",
        "a%2eb",
        "a\\b",
        "*.example.com",
        "a,b",
        "a#b",
        "a?b",
    };
    char longest[SETTINGS_HOST_MAX + 3];
    char label[65];
    assert_no_hosts(bad, ARRAY_LEN(bad));
    for (size_t i = 0; i < sizeof longest; i++)
        longest[i] = i % 2 == 0 ? 'a' : '.';
    longest[254] = '\0';
    assert_true(is_host(longest)); /* 253 and a dot */
    longest[254] = 'a';
    longest[255] = '\0';
    assert_false(is_host(longest));
    memset(label, 'a', 64);
    label[64] = '\0';
    assert_false(is_host(label));
    label[63] = '\0';
    assert_true(is_host(label));
}

TEST_MAIN(T(an_empty_list_grants_nothing), T(a_grant_is_for_its_app_host_and_port),
          T(a_star_stands_for_one_label_or_more_and_for_no_address),
          T(names_with_xn_labels_and_addresses_are_granted_as_such_alone),
          T(of_two_grants_the_one_that_allows_more_counts), T(addresses_in_odd_forms_are_no_hosts),
          T(what_is_no_name_is_no_host))
