/*
 * tests/unit/api/test_reply.c: what main answers, as the client's JSON: every shape.
 */
#include "core/base/cbor.h"
#include "node/api/reply.h"
#include "tests/support/test.h"

struct bench {
    struct api_budget budget;
    struct api_memory text, frame;
    struct api_reply reply;
    struct api_request request;
    struct api_counts counts;
    struct report why;
    uint8_t room[4096];
    struct cbor_writer writer;
};

static void begin(struct bench *bench, enum api_kind kind, bool is_data)
{
    memset(bench, 0, sizeof *bench);
    bench->budget.most = 1u << 20;
    api_memory_init(&bench->text, 1u << 20, &bench->budget);
    api_memory_init(&bench->frame, 1u << 20, &bench->budget);
    bench->reply = (struct api_reply){1u << 16, &bench->text, &bench->frame};
    bench->request.kind = kind;
    bench->request.is_data = is_data;
    bench->counts = (struct api_counts){3, 9};
    report_init(&bench->why);
    cbor_writer_init(&bench->writer, bench->room, sizeof bench->room);
}

static void end(struct bench *bench)
{
    api_memory_fini(&bench->text);
    api_memory_fini(&bench->frame);
    assert_int_equal(bench->budget.used, 0);
}

static struct bytes written(struct bench *bench)
{
    struct bytes bytes = {NULL, 0};
    assert_int_equal(cbor_writer_end(&bench->writer, &bytes), STATUS_OK);
    return bytes;
}

static void write_text(struct bench *bench, const char *text)
{
    cbor_write_text(&bench->writer, bytes_of(text, strlen(text)));
}

static enum status answer(struct bench *bench, enum message_type type,
                          const union message_any *message)
{
    return api_reply_answer(&bench->reply, &bench->request, &bench->counts, type, message,
                            &bench->why);
}

/* The frame is `json`, behind its length. */
static void assert_plain(const struct bench *bench, const char *json)
{
    const struct api_memory *frame = &bench->frame;
    assert_int_equal(frame->len, strlen(json) + 4);
    assert_int_equal((uint32_t)frame->data[2] << 8 | frame->data[3], strlen(json));
    assert_memory_equal(frame->data + 4, json, strlen(json));
}

/* The frame is {"Data":[..]} of `json`; the reply's text is what went in. */
static void assert_data(struct bench *bench, const char *json)
{
    assert_int_equal(bench->text.len, strlen(json));
    assert_memory_equal(bench->text.data, json, strlen(json));
    assert_memory_equal(bench->frame.data + 4, "{\"Data\":[123,34,", 16);
}

static void write_app(struct bench *bench, const char *name, bool has_configuration)
{
    uint8_t hash[32];
    memset(hash, 0xAB, sizeof hash);
    cbor_write_array(&bench->writer, 8);
    write_text(bench, name);
    write_text(bench, "host.example");
    cbor_write_bytes(&bench->writer, bytes_of(hash, 32));
    write_text(bench, "byok");
    cbor_write_uint(&bench->writer, 10000000);
    cbor_write_uint(&bench->writer, 1);
    cbor_write_bytes(&bench->writer, bytes_of(hash, has_configuration ? 32 : 0));
    cbor_write_array(&bench->writer, 1);
    cbor_write_array(&bench->writer, 3);
    write_text(bench, "kv-store");
    cbor_write_uint(&bench->writer, 2);
    cbor_write_uint(&bench->writer, 1);
}

#define HASH "\"abababababababababababababababababababababababababababababababab\""
#define APP(name)                                                                                  \
    "{\"name\":\"" name "\",\"hostname\":\"host.example\",\"code_hash\":" HASH                     \
    ",\"key_source\":\"byok\",\"exports\":[{\"name\":\"kv-store\",\"param_count\":2,"              \
    "\"result_count\":1}],\"max_fuel\":10000000,\"loaded\":true"

TEST(a_loaded_app_is_told_with_all_that_is_known_of_it)
{
    struct bench bench;
    union message_any any = {0};
    begin(&bench, API_KIND_LOAD, true);
    write_app(&bench, "a", true);
    any.loaded.app = written(&bench);

    assert_int_equal(answer(&bench, MESSAGE_LOADED, &any), STATUS_OK);

    assert_data(&bench,
                "{\"status\":\"loaded\",\"app\":" APP("a") ",\"configuration_hash\":" HASH "}}");
    end(&bench);
}

TEST(apps_are_listed_in_the_order_that_main_gives)
{
    struct bench bench;
    union message_any any = {0};
    begin(&bench, API_KIND_LIST, true);
    cbor_write_array(&bench.writer, 2);
    write_app(&bench, "a", false);
    write_app(&bench, "b", false);
    any.apps.apps = written(&bench);

    assert_int_equal(answer(&bench, MESSAGE_APPS, &any), STATUS_OK);

    assert_data(&bench, "{\"status\":\"apps\",\"apps\":[" APP("a") "}," APP("b") "}]}");
    end(&bench);
}

TEST(unloading_says_whether_there_was_one)
{
    for (unsigned was = 0; was < 2; was++) {
        struct bench bench;
        union message_any any = {.unloaded = {.was_loaded = was}};
        begin(&bench, API_KIND_UNLOAD, true);
        memcpy(bench.request.name.data, "a\x01", 2);
        bench.request.name.len = 2;

        assert_int_equal(answer(&bench, MESSAGE_UNLOADED, &any), STATUS_OK);

        assert_data(&bench, was ? "{\"status\":\"unloaded\",\"name\":\"a\\u0001\"}"
                                : "{\"status\":\"not_found\",\"name\":\"a\\u0001\"}");
        end(&bench);
    }
}

TEST(readiness_is_having_a_module)
{
    for (unsigned count = 0; count < 2; count++) {
        struct bench bench;
        union message_any any = {.modules_are = {.count = count}};
        begin(&bench, API_KIND_READYZ, false);

        assert_int_equal(answer(&bench, MESSAGE_MODULES_ARE, &any), STATUS_OK);

        assert_plain(&bench, count ? "{\"Readyz\":{\"status\":\"ready\",\"modules\":1}}"
                                   : "{\"Readyz\":{\"status\":\"not_ready\",\"modules\":0}}");
        end(&bench);
    }
}

TEST(status_has_details_by_name)
{
    struct bench bench;
    union message_any any = {0};
    begin(&bench, API_KIND_STATUS, false);
    cbor_write_array(&bench.writer, 2);
    for (int i = 0; i < 2; i++) {
        cbor_write_array(&bench.writer, 2);
        write_text(&bench, i == 0 ? "mode" : "log");
        write_text(&bench, i == 0 ? "dev" : "o\"k");
    }
    any.status_is.details = written(&bench);

    assert_int_equal(answer(&bench, MESSAGE_STATUS_IS, &any), STATUS_OK);

    assert_plain(&bench, "{\"StatusReport\":[{\"name\":\"wasm\",\"details\":{\"mode\":\"dev\","
                         "\"log\":\"o\\\"k\"}}]}");
    end(&bench);
}

TEST(metrics_have_the_known_numbers_first_and_api_s_own)
{
    struct bench bench;
    union message_any any = {0};
    begin(&bench, API_KIND_METRICS, false);
    cbor_write_array(&bench.writer, 2);
    cbor_write_array(&bench.writer, 2);
    cbor_write_array(&bench.writer, 2);
    write_text(&bench, "extra");
    cbor_write_uint(&bench.writer, 8);
    cbor_write_array(&bench.writer, 2);
    write_text(&bench, "wasm_calls_total");
    cbor_write_uint(&bench.writer, 5);
    cbor_write_array(&bench.writer, 1);
    cbor_write_array(&bench.writer, 5);
    write_text(&bench, "a");
    for (unsigned i = 0; i < 3; i++)
        cbor_write_uint(&bench.writer, i);
    cbor_write_array(&bench.writer, 1);
    cbor_write_array(&bench.writer, 6);
    write_text(&bench, "f");
    for (unsigned i = 0; i < 5; i++)
        cbor_write_uint(&bench.writer, i);
    any.metrics_are.metrics = written(&bench);

    assert_int_equal(answer(&bench, MESSAGE_METRICS_ARE, &any), STATUS_OK);

    assert_plain(
        &bench, "{\"MetricsReport\":{\"connections_total\":3,\"frames_total\":9,"
                "\"wasm_calls_total\":5,\"secrets_stored_total\":0,\"secrets_retrieved_total\":0,"
                "\"attestation_verifications_total\":0,\"uptime_seconds\":0,\"extra\":8,"
                "\"wasm_app_metrics\":[{\"name\":\"a\",\"calls_total\":0,"
                "\"fuel_consumed_total\":1,\"errors_total\":2,\"functions\":[{\"name\":\"f\","
                "\"calls\":0,\"fuel_consumed\":1,\"errors\":2,\"fuel_min\":3,\"fuel_max\":4}]}]}}");
    end(&bench);
}

TEST(the_manifest_is_root_and_leaves)
{
    struct bench bench;
    union message_any any = {0};
    uint8_t hash[32];
    memset(hash, 0xAB, sizeof hash);
    begin(&bench, API_KIND_MANIFEST, false);
    cbor_write_array(&bench.writer, 1);
    cbor_write_array(&bench.writer, 2);
    write_text(&bench, "core.mode");
    cbor_write_bytes(&bench.writer, bytes_of(hash, 32));
    any.manifest_is.leaves = written(&bench);
    any.manifest_is.root = bytes_of(hash, 32);

    assert_int_equal(answer(&bench, MESSAGE_MANIFEST_IS, &any), STATUS_OK);

    assert_plain(&bench, "{\"Manifest\":{\"root\":" HASH ",\"leaves\":[{\"name\":\"core.mode\","
                         "\"hash\":" HASH "}]}}");
    end(&bench);
}

TEST(a_failure_has_the_form_of_its_request)
{
    struct bench bench;
    union message_any any = {.failed = {.code = 1, .text = BYTES_LITERAL("no \"a\"")}};
    begin(&bench, API_KIND_CALL, true);
    assert_int_equal(answer(&bench, MESSAGE_FAILED, &any), STATUS_OK);
    assert_data(&bench, "{\"status\":\"error\",\"message\":\"no \\\"a\\\"\"}");
    end(&bench);

    begin(&bench, API_KIND_METRICS, false);
    assert_int_equal(answer(&bench, MESSAGE_FAILED, &any), STATUS_OK);
    assert_plain(&bench, "{\"Error\":[110,111,32,34,97,34]}");
    end(&bench);

    begin(&bench, API_KIND_ATTEST, false);
    assert_int_equal(answer(&bench, MESSAGE_FAILED, &any), STATUS_OK);
    assert_plain(&bench, "{\"v\":2,\"error\":\"no \\\"a\\\"\"}");
    end(&bench);
}

TEST(an_answer_of_another_shape_is_none)
{
    struct bench bench;
    union message_any any = {0};
    begin(&bench, API_KIND_LIST, true);
    cbor_write_array(&bench.writer, 1);
    cbor_write_array(&bench.writer, 7);
    for (int i = 0; i < 7; i++)
        cbor_write_uint(&bench.writer, 0);
    any.apps.apps = written(&bench);

    assert_int_equal(answer(&bench, MESSAGE_APPS, &any), STATUS_MALFORMED);

    assert_true(bench.why.is_set);
    assert_int_equal(bench.frame.len, 0);
    end(&bench);
}

TEST(results_that_break_out_of_their_place_are_refused)
{
    static const char *const texts[] = {"",
                                        "{}",
                                        "[",
                                        "[]]",
                                        "[],1",
                                        "[]}",
                                        "[1",
                                        "null",
                                        "[\"\x01\"]",
                                        "[\"\xFF\"]",
                                        "[{\"a\":1,\"a\":2}]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bench bench;
        union message_any any = {.returned = {.returns = bytes_of(texts[i], strlen(texts[i]))}};
        begin(&bench, API_KIND_CALL, true);

        assert_int_equal(answer(&bench, MESSAGE_RETURNED, &any), STATUS_MALFORMED);

        assert_string_equal(bench.why.text, "call failed: the cell's results are not well-formed");
        assert_int_equal(bench.frame.len, 0);
        end(&bench);
    }
}

TEST(a_reply_longer_than_a_frame_is_an_error)
{
    struct bench bench;
    static char text[20003];
    union message_any any = {.returned = {.returns = bytes_of(text, sizeof text - 1)}};
    memset(text, 'x', sizeof text);
    memcpy(text, "[\"", 2);
    memcpy(text + sizeof text - 3, "\"]", 2);
    begin(&bench, API_KIND_CALL, true);

    assert_int_equal(answer(&bench, MESSAGE_RETURNED, &any), STATUS_LIMIT);

    assert_string_equal(bench.why.text, "the reply is longer than a frame of 65536 bytes");
    assert_int_equal(bench.frame.len, 0);
    end(&bench);
}

TEST_MAIN(T(a_loaded_app_is_told_with_all_that_is_known_of_it),
          T(apps_are_listed_in_the_order_that_main_gives), T(unloading_says_whether_there_was_one),
          T(readiness_is_having_a_module), T(status_has_details_by_name),
          T(metrics_have_the_known_numbers_first_and_api_s_own), T(the_manifest_is_root_and_leaves),
          T(a_failure_has_the_form_of_its_request), T(an_answer_of_another_shape_is_none),
          T(results_that_break_out_of_their_place_are_refused),
          T(a_reply_longer_than_a_frame_is_an_error))
