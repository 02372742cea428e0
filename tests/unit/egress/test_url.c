/*
 * tests/unit/egress/test_url.c: what a URL becomes. What is refused is in tests/egress/corpus.py,
 * too.
 */
#include "node/egress/url.h"
#include "tests/support/test.h"

static struct report report;

static enum status read_url(const char *text, const struct egress_url *base,
                            struct egress_url *out_url)
{
    report_init(&report);
    return egress_url_read(bytes_of(text, strlen(text)), base, out_url, &report);
}

static void assert_whole(const struct egress_url *url, const char *text)
{
    char *got = NULL;
    assert_int_equal(curl_url_get(url->handle, CURLUPART_URL, &got, 0), CURLUE_OK);
    assert_string_equal(got, text);
    curl_free(got);
}

TEST(a_host_is_lower_case_without_a_last_dot_and_a_fragment_is_dropped)
{
    struct egress_url url;
    char authority[EGRESS_HOST_MAX + 16];

    assert_int_equal(read_url("HTTPS://Api.Example.COM.:8443/A?b=C#d", NULL, &url), STATUS_OK);

    assert_string_equal(url.host, "api.example.com");
    assert_int_equal(url.port, 8443);
    assert_whole(&url, "https://api.example.com:8443/A?b=C");
    egress_url_authority(&url, authority);
    assert_string_equal(authority, "api.example.com:8443");
    egress_url_fini(&url);
}

TEST(addresses_are_what_they_stand_for)
{
    static const char *const forms[][2] = {
        {"https://0x7f.1/", "127.0.0.1"},      {"https://2130706433/", "127.0.0.1"},
        {"https://0177.0.0.1/", "127.0.0.1"},  {"https://127.1/", "127.0.0.1"},
        {"https://[::FFFF:127.0.0.1]/", NULL}, {"https://[::1]/", "::1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct egress_url url;
        assert_int_equal(read_url(forms[i][0], NULL, &url), STATUS_OK);
        if (forms[i][1] != NULL)
            assert_string_equal(url.host, forms[i][1]);
        assert_null(strchr(url.host, '['));
        egress_url_fini(&url);
    }
}

TEST(a_relative_one_is_read_against_its_base)
{
    static const char *const steps[][2] = {
        {"/c", "https://a.example/c"},
        {"c", "https://a.example/x/c"},
        {"../c?d", "https://a.example/c?d"},
        {"//b.example/c", "https://b.example/c"},
        {"https://b.example:444", "https://b.example:444/"},
        {"?q", "https://a.example/x/y?q"},
    };
    struct egress_url base;
    assert_int_equal(read_url("https://a.example/x/y?z", NULL, &base), STATUS_OK);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct egress_url url;
        if (read_url(steps[i][0], &base, &url) != STATUS_OK)
            fail_msg("%s: %s", steps[i][0], report.text);
        assert_whole(&url, steps[i][1]);
        egress_url_fini(&url);
    }
    egress_url_fini(&base);
}

TEST(an_origin_is_host_and_port)
{
    struct egress_url a, b;
    assert_int_equal(read_url("https://a.example/x", NULL, &a), STATUS_OK);
    assert_int_equal(read_url("https://A.example.:443/y", NULL, &b), STATUS_OK);
    assert_true(egress_url_same_origin(&a, &b));
    egress_url_fini(&b);
    assert_int_equal(read_url("https://a.example:8443/x", NULL, &b), STATUS_OK);
    assert_false(egress_url_same_origin(&a, &b));
    egress_url_fini(&b);
    assert_int_equal(read_url("https://b.example/x", NULL, &b), STATUS_OK);
    assert_false(egress_url_same_origin(&a, &b));
    egress_url_fini(&b);
    egress_url_fini(&a);
}

TEST(every_byte_that_is_no_url_is_refused_in_host_path_and_query)
{
    static const char *const places[] = {"https://a%cb.example/", "https://a.example/%c",
                                         "https://a.example/?%c", "https://a.example:44%c/"};
    for (size_t p = 0; p < ARRAY_LEN(places); p++) {
        for (unsigned c = 0; c < 256; c++) {
            bool is_control = c <= 0x20 || c >= 0x7F || c == '\\';
            char text[64];
            const char *at = strstr(places[p], "%c");
            size_t head = (size_t)(at - places[p]);
            size_t tail = strlen(at + 2);
            struct egress_url url;
            memcpy(text, places[p], head);
            text[head] = (char)c;
            memcpy(text + head + 1, at + 2, tail);
            report_init(&report);
            enum status status =
                egress_url_read(bytes_of(text, head + 1 + tail), NULL, &url, &report);
            if (is_control)
                assert_int_equal(status, STATUS_INVALID);
            if (status == STATUS_OK)
                egress_url_fini(&url);
            else
                assert_true(report.is_set);
        }
    }
}

TEST_MAIN(T(a_host_is_lower_case_without_a_last_dot_and_a_fragment_is_dropped),
          T(addresses_are_what_they_stand_for), T(a_relative_one_is_read_against_its_base),
          T(an_origin_is_host_and_port),
          T(every_byte_that_is_no_url_is_refused_in_host_path_and_query))
