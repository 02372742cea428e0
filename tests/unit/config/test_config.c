/*
 * tests/unit/config/test_config.c: configuration and policy files: what they say, what is refused
 * and where, and that the files that are shipped can be read.
 */
#include "node/config/config.h"

#include <stdio.h>

#include "node/api/service.h"
#include "node/keys/slots.h"
#include "node/message/types.h"
#include "tests/support/test.h"

static struct config config;
static struct report report;

typedef enum status read_fn(struct config *config, const char *name, struct bytes text,
                            struct report *report);

static enum status read_text(read_fn *read, const char *text)
{
    config_defaults(&config);
    report_init(&report);
    return read(&config, "x.conf", bytes_of(text, strlen(text)), &report);
}

static void refuse(read_fn *read, const char *text, const char *line)
{
    assert_int_not_equal(read_text(read, text), STATUS_OK);
    assert_string_equal(report.text, line);
}

TEST(a_configuration_says_all_of_it)
{
    assert_int_equal(read_text(config_read, "# a comment\n"
                                            "[service]\n"
                                            "  listen = [::1]:9443  # here\r\n"
                                            "state=/s\n"
                                            "tpm = swtpm:host=127.0.0.1,port=2321\n"
                                            "pcrs = 0, 7,23\n"
                                            "require_isolation = yes\n"
                                            "user = nobody\n"
                                            "[limits]\n"
                                            "fuel = 5_000_000\n"
                                            "memory_bytes = 16 MiB"),
                     STATUS_OK);

    assert_string_equal(config.settings.listen_address, "::1");
    assert_int_equal(config.settings.listen_port, 9443);
    assert_string_equal(config.state, "/s");
    assert_string_equal(config.settings.tpm, "swtpm:host=127.0.0.1,port=2321");
    assert_int_equal(config.settings.pcr_mask, 1u << 0 | 1u << 7 | 1u << 23);
    assert_true(config.requires_isolation);
    assert_string_equal(config.user, "nobody");
    assert_int_equal(config.settings.fuel, 5000000);
    assert_int_equal(config.settings.memory_bytes, 16u << 20);
}

TEST(what_is_wrong_is_said_with_its_place)
{
    refuse(config_read, "listen = a:1",
           "x.conf:1:1: a `[section]` was expected before the first key");
    refuse(config_read, "[service]\nlisten 1",
           "x.conf:2:1: `key = value` or `[section]` was expected");
    refuse(config_read, "[service]\n  colour = red",
           "x.conf:2:3: there is no key \"colour\" in section \"service\"");
    refuse(config_read, "[cellar]\nx = 1",
           "x.conf:2:1: its section is neither [service] nor [limits]");
    refuse(config_read, "[service", "x.conf:1:8: a section ends in ']'");
    refuse(config_read, "[service]\nstate =", "x.conf:2:8: a value was expected behind '='");
    refuse(config_read, "[service]\n= 4", "x.conf:2:1: a key was expected before '='");
    refuse(config_read, "[service]\npcrs = 0,24",
           "x.conf:2:12: numbers of PCRs from 0 to 23 were expected, as 0,2,4,7,11");
    refuse(config_read, "[service]\nrequire_isolation = maybe",
           "x.conf:2:21: \"maybe\" is neither yes nor no");
    refuse(config_read, "[service]\nlisten = a:70000",
           "x.conf:2:12: \"a:70000\" does not end in a port from 0 to 65535");
    refuse(config_read, "\n\n[limits]\nfuel = lots",
           "x.conf:4:8: \"lots\" is not a number, as 1000 or 16 MiB (KiB, MiB, GiB)");
    refuse(config_read, "[limits]\nframe_max = 17 MiB",
           "x.conf:2:13: a number from 1024 to 16777216 was expected");
    refuse(
        config_read, "[limits]\nfuel = 99999999999999999999",
        "x.conf:2:8: \"99999999999999999999\" is not a number, as 1000 or 16 MiB (KiB, MiB, GiB)");
}

#define HASH "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100"

TEST(a_policy_says_operators_and_grants)
{
    assert_int_equal(read_text(config_read_policy, "[operators]\noperator = " HASH " # me\n"
                                                   "[egress news]\nallow = WWW.Example.org\n"
                                                   "allow = *.example.org:8443\n"
                                                   "allow_private = inside\n"),
                     STATUS_OK);

    assert_int_equal(config.settings.operator_count, 1);
    assert_int_equal(config.settings.operators[0][1], 0x11);
    assert_int_equal(config.settings.operators[0][16], 0xFF);
    assert_int_equal(config.settings.grant_count, 3);
    assert_string_equal(config.settings.grants[0].app, "news");
    assert_string_equal(config.settings.grants[0].host, "www.example.org");
    assert_int_equal(config.settings.grants[0].port, 443);
    assert_int_equal(config.settings.grants[1].port, 8443);
    assert_false(config.settings.grants[1].allows_private);
    assert_true(config.settings.grants[2].allows_private);
}

TEST(a_policy_that_can_not_be_read_is_refused_with_its_place)
{
    refuse(config_read_policy, "[operators]\noperator = 00zz",
           "x.conf:2:14: a hexadecimal digit was expected");
    refuse(config_read_policy, "[operators]\noperator = 0011",
           "x.conf:2:12: 64 hexadecimal digits were expected (aetherd --enroll CERT.pem), there "
           "are 4");
    refuse(config_read_policy, "[operators]\nadmin = 0011",
           "x.conf:2:1: `operator` is the only key of [operators]");
    refuse(config_read_policy, "[egress]\nallow = a",
           "x.conf:2:1: its section is neither [operators] nor [egress APP]");
    refuse(config_read_policy, "[egress news]\nallow = http://a",
           "x.conf:2:14: \"http://a\" does not end in a port from 0 to 65535");
    refuse(config_read_policy, "[egress news]\nallow = a b",
           "x.conf:2:9: \"a b\" is not HOST[:PORT], as example.org or *.example.org:8443");
    refuse(config_read_policy, "[egress news]\ndeny = a",
           "x.conf:2:1: `allow` and `allow_private` are the keys of [egress APP]");
}

TEST(bytes_that_are_no_text_are_refused)
{
    static const char nul[] = "[service]\nstate = a\0b";
    config_defaults(&config);
    report_init(&report);
    assert_int_not_equal(config_read(&config, "x", bytes_of(nul, sizeof nul - 1), &report),
                         STATUS_OK);
    assert_int_not_equal(read_text(config_read, "\xFF\xFE"), STATUS_OK);
    refuse(config_read, "[service]\ntpm = device:/\xFC",
           "x.conf:2:7: a text in UTF-8 was expected");
    refuse(config_read, "[service]\nlisten = \xFC:1", "x.conf:2:10: \"\\fc:1\" is not in UTF-8");
    refuse(config_read_policy, "[egress \xFC]\nallow = a",
           "x.conf:2:9: the app's name \"\\fc\" is not in UTF-8");
}

TEST(a_resolve_is_host_port_address_port)
{
    config_defaults(&config);
    assert_int_equal(config_add_resolve(&config, BYTES_LITERAL("a.example:443:[::1]:4443"), NULL),
                     STATUS_OK);
    assert_string_equal(config.settings.resolves[0].host, "a.example");
    assert_string_equal(config.settings.resolves[0].address, "::1");
    assert_int_equal(config.settings.resolves[0].to_port, 4443);
    static const char *const wrong[] = {"a", "a:1", "a:1:b", "a:0:b:1", "a:1:b:0", ":1:b:1"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        assert_int_not_equal(
            config_add_resolve(&config, bytes_of(wrong[i], strlen(wrong[i])), NULL), STATUS_OK);
    assert_int_equal(config.settings.resolve_count, 1);
}

static struct bytes read_shipped(const char *path, char *memory, size_t room)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(memory, 1, room, file);
    assert_int_equal(fclose(file), 0);
    assert_true(len > 0 && len < room);
    return bytes_of(memory, len);
}

/* "# key = value" becomes a line that counts. */
static void uncomment(char *memory, size_t len)
{
    for (size_t i = 0; i + 2 < len; i++)
        if ((i == 0 || memory[i - 1] == '\n') && memory[i] == '#' && memory[i + 1] == ' ' &&
            memory[i + 2] >= 'a' && memory[i + 2] <= 'z') {
            const char *end = memchr(memory + i, '\n', len - i);
            const char *equals = memchr(memory + i, '=', len - i);
            const char *word = memchr(memory + i + 2, ' ', len - i - 2);
            if (equals != NULL && end != NULL && equals < end && word + 1 == equals)
                memory[i] = ' ';
        }
}

TEST(the_shipped_files_can_be_read_and_what_is_commented_out_is_the_default)
{
    static char memory[16384];
    static struct settings defaults;
    config_defaults(&config);
    report_init(&report);
    struct bytes text = read_shipped("packaging/aetherd.conf", memory, sizeof memory);
    assert_int_equal(config_read(&config, "aetherd.conf", text, &report), STATUS_OK);
    assert_string_equal(config.user, "aetherd");
    assert_string_equal(config.policy, "/etc/aetherd/policy.conf");
    uncomment(memory, text.len);
    assert_int_equal(config_read(&config, "aetherd.conf", text, &report), STATUS_OK);
    settings_defaults(&defaults);
    for (size_t i = 0; i < SETTINGS_LIMIT_COUNT; i++) {
        assert_non_null(strstr(memory, settings_limits[i].name));
        assert_int_equal(settings_limit_get(&config.settings, &settings_limits[i]),
                         settings_limits[i].normal);
    }
    assert_int_equal(config.settings.pcr_mask, defaults.pcr_mask);
    text = read_shipped("packaging/policy.conf", memory, sizeof memory);
    assert_int_equal(config_read_policy(&config, "policy.conf", text, &report), STATUS_OK);
    assert_int_equal(config.settings.operator_count, 0);
    assert_int_equal(config.settings.grant_count, 1);
    uncomment(memory, text.len);
    assert_int_equal(config_read_policy(&config, "policy.conf", text, &report), STATUS_OK);
    assert_int_equal(config.settings.operator_count, 1);
}

static uint64_t most_of(const char *name)
{
    for (size_t i = 0; i < SETTINGS_LIMIT_COUNT; i++)
        if (strcmp(settings_limits[i].name, name) == 0)
            return settings_limits[i].most;
    fail_msg("there is no limit %s", name);
    return 0;
}

TEST(nobody_may_ask_for_more_than_roles_can_hold)
{
    assert_int_equal(most_of("connections_max"), API_CONNECTIONS_MAX);
    assert_int_equal(most_of("connections_per_peer"), API_CONNECTIONS_MAX);
    assert_int_equal(most_of("apps_max"), SLOTS_MAX - 1); /* a slot is the service's own */
    assert_true(most_of("frame_max") <= MESSAGE_PAYLOAD_MAX);
    assert_true(most_of("fetch_bytes") < MESSAGE_HTTP_MAX); /* with its headers */
}

TEST_MAIN(T(a_configuration_says_all_of_it), T(what_is_wrong_is_said_with_its_place),
          T(a_policy_says_operators_and_grants),
          T(a_policy_that_can_not_be_read_is_refused_with_its_place),
          T(bytes_that_are_no_text_are_refused), T(a_resolve_is_host_port_address_port),
          T(the_shipped_files_can_be_read_and_what_is_commented_out_is_the_default),
          T(nobody_may_ask_for_more_than_roles_can_hold))
