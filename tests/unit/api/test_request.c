/*
 * tests/unit/api/test_request.c: frames as requests: every field, every refusal.
 */
#include <stdio.h>

#include "node/api/request.h"
#include "tests/support/test.h"

struct bench {
    struct api_budget budget;
    struct api_parser parser;
    struct report report;
    enum status status;
};

static void read_frame(struct bench *bench, const char *text, size_t len)
{
    bench->budget = (struct api_budget){0, 1u << 24};
    report_init(&bench->report);
    api_parser_init(&bench->parser, &bench->budget);
    api_parser_feed(&bench->parser, bytes_of(text, len));
    bench->status = api_parser_finish(&bench->parser, &bench->report);
}

static void read_data(struct bench *bench, const char *inner)
{
    size_t len = 0, cap = strlen(inner) * 5 + 32;
    char *text = malloc(cap);
    assert_non_null(text);
    len += (size_t)snprintf(text, cap, "{\"Data\":[");
    for (size_t i = 0; inner[i] != '\0'; i++)
        len += (size_t)snprintf(text + len, cap - len, i == 0 ? "%u" : ", %u", (uint8_t)inner[i]);
    len += (size_t)snprintf(text + len, cap - len, "]}");
    read_frame(bench, text, len);
    free(text);
}

static void end(struct bench *bench)
{
    api_parser_fini(&bench->parser);
    assert_int_equal(bench->budget.used, 0);
}

static void assert_refused(const char *text, const char *sentence)
{
    struct bench bench;
    read_frame(&bench, text, strlen(text));
    assert_int_not_equal(bench.status, STATUS_OK);
    assert_string_equal(bench.report.text, sentence);
    assert_false(bench.parser.request.is_data);
    end(&bench);
}

static void assert_data_refused(const char *inner, const char *sentence)
{
    struct bench bench;
    read_data(&bench, inner);
    assert_int_not_equal(bench.status, STATUS_OK);
    assert_string_equal(bench.report.text, sentence);
    assert_true(bench.parser.request.is_data);
    end(&bench);
}

static void assert_kind(const char *text, enum api_kind kind)
{
    struct bench bench;
    read_frame(&bench, text, strlen(text));
    assert_int_equal(bench.status, STATUS_OK);
    assert_int_equal(bench.parser.request.kind, kind);
    end(&bench);
}

static void assert_text(const struct api_text *text, const char *expected)
{
    assert_true(text->is_set);
    assert_int_equal(text->len, strlen(expected));
    assert_memory_equal(text->data, expected, text->len);
}

TEST(a_request_without_fields_is_a_word_or_a_key_with_null)
{
    static const struct {
        const char *word;
        enum api_kind kind;
    } words[] = {{"Ping", API_KIND_PING},        {"Healthz", API_KIND_HEALTHZ},
                 {"Readyz", API_KIND_READYZ},    {"Status", API_KIND_STATUS},
                 {"Metrics", API_KIND_METRICS},  {"Manifest", API_KIND_MANIFEST},
                 {"Shutdown", API_KIND_SHUTDOWN}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "\"%s\"", words[i].word);
        assert_kind(text, words[i].kind);
        (void)snprintf(text, sizeof text, "{\"auth\":\"t\",\"%s\":null}", words[i].word);
        assert_kind(text, words[i].kind);
    }
}

TEST(frames_that_are_no_request_are_refused)
{
    assert_refused("{}", "unhandled request: nothing is asked for");
    assert_refused("[]", "a request is an object or a word");
    assert_refused("5", "a request is an object or a word");
    assert_refused("\"Nope\"", "unhandled request: \"Nope\"");
    assert_refused("{\"Nope\":1}", "unhandled request: \"Nope\"");
    assert_refused("{\"SetAttestationServers\":{\"servers\":[]}}",
                   "unhandled request: \"SetAttestationServers\"");
    assert_refused("{\"auth\":5,\"Ping\":null}", "\"auth\" field must be a string");
    assert_refused("{\"Ping\":{}}", "this request has no fields");
    assert_refused("{\"Ping\":null,\"Healthz\":null}", "more than one request in a frame");
    assert_refused("{\"Data\":[],\"Healthz\":null}", "more than one request in a frame");
    assert_refused("{\"Data\":\"x\"}", "\"Data\" must be an array of bytes");
    assert_refused("{\"Data\":[1,256]}",
                   "invalid JSON request: byte 13: not a whole number of 0 to 255");
    assert_refused("\"Ping", "invalid JSON request: byte 5: the text ends before its value does");
}

TEST(a_load_has_all_its_fields)
{
    struct bench bench;
    const struct api_request *request = &bench.parser.request;
    read_data(&bench,
              "{\"wasm_load\": {\"unknown\": {\"name\": [\"x\"]}, \"bytes\": [0, 97, 115, 109], "
              "\"name\": \"a\", \"hostname\": \"h.example\", \"max_fuel\": 9223372036854775807, "
              "\"encryption_key\": "
              "\"00112233445566778899AABBCCDDEEFFffeeddccbbaa99887766554433221100\"}}");

    assert_int_equal(bench.status, STATUS_OK);
    assert_int_equal(request->kind, API_KIND_LOAD);
    assert_text(&request->name, "a");
    assert_text(&request->second, "h.example");
    assert_true(request->max_fuel == INT64_MAX);
    assert_true(request->has_key);
    assert_int_equal(request->key[1], 0x11);
    assert_int_equal(request->key[15], 0xFF);
    assert_int_equal(request->payload.len, 4);
    assert_memory_equal(request->payload.data, "\0asm", 4);
    end(&bench);
}

TEST(a_file_may_come_as_base64)
{
    static const char *const texts[] = {"AGFzbQ==", "AGFzbQE=", "AGFzbQEA", ""};
    for (size_t i = 0; i < 4; i++) {
        struct bench bench;
        char inner[128];
        (void)snprintf(inner, sizeof inner, "{\"wasm_load\":{\"name\":\"a\",\"bytes\":\"%s\"}}",
                       texts[i]);
        read_data(&bench, inner);
        assert_int_equal(bench.status, STATUS_OK);
        assert_int_equal(bench.parser.request.payload.len, i == 3 ? 0 : 4 + i);
        if (i < 3)
            assert_memory_equal(bench.parser.request.payload.data, "\0asm\1\0", 4 + i);
        end(&bench);
    }
}

TEST(base64_is_strict)
{
    static const char *const texts[] = {"A",    "AA",   "AA=",   "AA==A", "AB==", "AAF=",
                                        "====", "A===", "AAA=A", "AA-_",  "AA A", "AAAA="};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char inner[128];
        (void)snprintf(inner, sizeof inner, "{\"wasm_load\":{\"name\":\"a\",\"bytes\":\"%s\"}}",
                       texts[i]);
        assert_data_refused(inner, "\"wasm_load\": \"bytes\" is not base64");
    }
}

TEST(optional_fields_may_be_null_or_missing)
{
    struct bench bench;
    read_data(&bench, "{\"wasm_load\":{\"name\":\"a\",\"bytes\":[],\"hostname\":null,"
                      "\"encryption_key\":null,\"max_fuel\":null}}");

    assert_int_equal(bench.status, STATUS_OK);
    assert_false(bench.parser.request.second.is_set);
    assert_false(bench.parser.request.has_key);
    assert_true(bench.parser.request.max_fuel == 0);
    end(&bench);
}

TEST(params_stay_the_text_that_they_were)
{
    struct bench bench;
    const struct api_request *request = &bench.parser.request;
    read_data(&bench, "{\"wasm_call\":{\"app\":\"a\",\"function\":\"f\",\"params\":[ {\"type\": "
                      "\"u32\"} ],\"receipt\":true}}");
    assert_int_equal(bench.status, STATUS_OK);
    assert_text(&request->name, "a");
    assert_text(&request->second, "f");
    assert_true(request->wants_receipt);
    assert_int_equal(request->payload.len, strlen("[ {\"type\": \"u32\"} ]"));
    assert_memory_equal(request->payload.data, "[ {\"type\": \"u32\"} ]", request->payload.len);
    end(&bench);

    read_data(&bench, "{\"wasm_call\":{\"app\":\"a\",\"function\":\"f\"}}");
    assert_int_equal(bench.status, STATUS_OK);
    assert_int_equal(request->payload.len, 2);
    assert_memory_equal(request->payload.data, "[]", 2);
    end(&bench);
}

TEST(requests_in_data_are_refused_with_the_field)
{
    assert_data_refused("", "invalid JSON request: byte 0: the text ends before its value does");
    assert_data_refused("[]", "a request in Data is an object");
    assert_data_refused("{}", "unhandled request: nothing is asked for");
    assert_data_refused("{\"wasm_schema\":{}}", "unhandled request: \"wasm_schema\"");
    assert_data_refused("{\"wasm_list\":{},\"wasm_list2\":{}}", "more than one request in Data");
    assert_data_refused("{\"wasm_list\":[]}",
                        "\"wasm_list\": the request's fields must be an object");
    assert_data_refused("{\"wasm_unload\":{}}", "\"wasm_unload\": the field \"name\" is missing");
    assert_data_refused("{\"wasm_load\":{\"name\":\"a\"}}",
                        "\"wasm_load\": the field \"bytes\" is missing");
    assert_data_refused("{\"wasm_load\":{\"name\":5,\"bytes\":[]}}",
                        "\"wasm_load\": \"name\" must be a string");
    assert_data_refused("{\"wasm_load\":{\"name\":null,\"bytes\":[]}}",
                        "\"wasm_load\": \"name\" must be a string");
    assert_data_refused("{\"wasm_load\":{\"name\":\"a\",\"bytes\":5}}",
                        "\"wasm_load\": \"bytes\" must be an array of bytes or base64");
    assert_data_refused("{\"wasm_load\":{\"name\":\"a\",\"bytes\":[],\"max_fuel\":0}}",
                        "\"wasm_load\": \"max_fuel\" must be a whole number of 1 to "
                        "9223372036854775807");
    assert_data_refused("{\"wasm_load\":{\"name\":\"a\",\"bytes\":[],"
                        "\"max_fuel\":9223372036854775808}}",
                        "\"wasm_load\": \"max_fuel\" must be a whole number of 1 to "
                        "9223372036854775807");
    assert_data_refused("{\"wasm_load\":{\"name\":\"a\",\"bytes\":[],\"encryption_key\":\"zz\"}}",
                        "encryption_key: invalid hex encoding");
    assert_data_refused("{\"wasm_load\":{\"name\":\"a\",\"bytes\":[],\"encryption_key\":\"abc\"}}",
                        "encryption_key: invalid hex encoding");
    assert_data_refused("{\"wasm_load\":{\"name\":\"a\",\"bytes\":[],\"encryption_key\":\"abcd\"}}",
                        "encryption_key: expected 32 bytes, got 2");
    assert_data_refused("{\"wasm_call\":{\"app\":\"a\",\"function\":\"f\",\"params\":{}}}",
                        "\"wasm_call\": \"params\" must be an array");
    assert_data_refused("{\"wasm_call\":{\"app\":\"a\",\"function\":\"f\",\"receipt\":1}}",
                        "\"wasm_call\": \"receipt\" must be true or false");
    assert_data_refused("{\"wasm_call\":{\"app\":\"a\",\"app\":\"b\"}}",
                        "invalid JSON request: byte 28: a key that is in its object already");
}

TEST(evidence_is_asked_for_in_version_two)
{
    static const char hash[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    struct bench bench;
    char text[512];
    (void)snprintf(
        text, sizeof text,
        "{\"later\":[1],\"v\":2,\"mode\":\"challenge\",\"leaf\":\"%s\",\"context\":\"%s\"}", hash,
        hash);
    assert_refused(text, "unhandled request: \"later\"");
    (void)snprintf(
        text, sizeof text,
        "{\"v\":2,\"later\":[1],\"mode\":\"challenge\",\"leaf\":\"%s\",\"context\":\"%s\"}", hash,
        hash);
    read_frame(&bench, text, strlen(text));
    assert_int_equal(bench.status, STATUS_OK);
    assert_int_equal(bench.parser.request.kind, API_KIND_ATTEST);
    assert_true(bench.parser.request.is_challenge);
    for (uint8_t i = 0; i < 32; i++)
        assert_true(bench.parser.request.leaf[i] == i && bench.parser.request.context[i] == i);
    end(&bench);

    assert_refused("{\"v\":1}", "\"v\" must be 2");
    assert_refused("{\"mode\":\"challenge\"}", "\"v\" must be 2");
    assert_refused("{\"v\":2,\"mode\":\"x\"}",
                   "\"mode\" must be \"deterministic\" or \"challenge\"");
    assert_refused("{\"v\":2,\"mode\":\"challenge\",\"leaf\":\"AA\"}",
                   "\"leaf\" must be 32 bytes as base64url");
    (void)snprintf(text, sizeof text, "{\"v\":2,\"mode\":\"challenge\",\"leaf\":\"%s\"}", hash);
    assert_refused(text, "\"context\" must be 32 bytes as base64url");
    (void)snprintf(text, sizeof text, "{\"v\":2,\"mode\":\"deterministic\",\"leaf\":\"%s\"}", hash);
    assert_kind(text, API_KIND_ATTEST);
}

TEST(names_have_a_limit)
{
    char text[2048], inner[2200];
    memset(text, 'n', API_TEXT_MAX + 1);
    text[API_TEXT_MAX + 1] = '\0';
    (void)snprintf(inner, sizeof inner, "{\"wasm_unload\":{\"name\":\"%s\"}}", text);
    assert_data_refused(inner, "a name of more than 1024 bytes");
}

TEST_MAIN(T(a_request_without_fields_is_a_word_or_a_key_with_null),
          T(frames_that_are_no_request_are_refused), T(a_load_has_all_its_fields),
          T(a_file_may_come_as_base64), T(base64_is_strict),
          T(optional_fields_may_be_null_or_missing), T(params_stay_the_text_that_they_were),
          T(requests_in_data_are_refused_with_the_field), T(evidence_is_asked_for_in_version_two),
          T(names_have_a_limit))
