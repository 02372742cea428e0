/*
 * tests/unit/cell/test_serve.c: what a cell that serves answers: descriptions, calls with tagged
 * values, refusals in one sentence each. In this process; boxed cells are in
 * node/test_cell_serve.c.
 */
#include "core/base/cbor.h"
#include "tests/support/serve_trial.h"
#include "tests/support/test.h"
#include "tests/support/wasm_builder.h"

#define CALLS_MAX 16

static struct serve_answer answers[CALLS_MAX];
static const struct serve_call describe = {NULL, ""};

static size_t serve(struct bytes payload, const struct serve_call *calls, size_t count)
{
    const struct gate_job job = serve_job(payload);
    memset(answers, 0, sizeof answers);
    assert_in_range(count, 1, CALLS_MAX);
    return serve_in_process(&job, payload, calls, count, answers);
}

/* The payload is loaded not at all: a fault, this sentence alone, and no further call. */
static void assert_not_loaded(struct bytes payload, enum outcome_fault fault, const char *sentence)
{
    const struct serve_call calls[] = {describe, describe};
    assert_int_equal(serve(payload, calls, 2), 1);
    assert_string_equal(answers[0].explanation, sentence);
    assert_int_equal(answers[0].end, GATE_CELL_FINISHED);
    assert_int_equal(answers[0].outcome.kind, OUTCOME_FAULT);
    assert_int_equal(answers[0].outcome.reason, fault);
    assert_true(answers[0].is_last);
    assert_int_equal(answers[0].result_len, 0);
}

/* A function of two i32 and an i64, one of each float, one that traps, one of a vector. */
static struct bytes make_module(struct wasm_builder *b)
{
    build_begin(b);
    BUILD_SECTION(b, 1, 0x05, 0x60, 0x03, 0x7F, 0x7F, 0x7E, 0x01, 0x7E, /* type 0 */
                  0x60, 0x02, 0x7D, 0x7C, 0x02, 0x7D, 0x7C,             /* 1 */
                  0x60, 0x00, 0x00,                                     /* 2 */
                  0x60, 0x01, 0x7B, 0x00,                               /* 3 */
                  0x60, 0x01, 0x7F, 0x01, 0x7F);                        /* 4 */
    BUILD_SECTION(b, 3, 0x05, 0x00, 0x01, 0x02, 0x03, 0x04);
    BUILD_SECTION(b, 5, 0x01, 0x00, 0x01);
    BUILD_SECTION(b, 7, 0x06, 0x03, 's', 'u', 'm', 0x00, 0x00, 0x04, 's', 'w', 'a', 'p', 0x00, 0x01,
                  0x04, 't', 'r', 'a', 'p', 0x00, 0x02, 0x01, 'v', 0x00, 0x03, 0x01, 'm', 0x02,
                  0x00, 0x03, 'a', '/', 'b', 0x00, 0x04);
    BUILD_SECTION(b, 10, 0x05,                                                            /**/
                  0x0B, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6A, 0xAC, 0x20, 0x02, 0x7C, 0x0B, /* sum */
                  0x06, 0x00, 0x20, 0x00, 0x20, 0x01, 0x0B,                               /* swap */
                  0x03, 0x00, 0x00, 0x0B,                                                 /* trap */
                  0x02, 0x00, 0x0B,                                                       /* v */
                  0x04, 0x00, 0x20, 0x00, 0x0B);                                          /* a/b */
    return build_result(b);
}

TEST(native_code_is_refused_in_one_sentence)
{
    static const char sentence[] =
        "native code from outside is never run: send the .wasm that it was compiled from\n";
    assert_not_loaded(BYTES_LITERAL("\177ELF\2\1\1\xC8"), FAULT_UNSUPPORTED, sentence);
    assert_not_loaded(BYTES_LITERAL("\0wasmtime-aot\0060.40.0"), FAULT_UNSUPPORTED, sentence);
    assert_not_loaded(BYTES_LITERAL("\0aot\3\0\0\0"), FAULT_UNSUPPORTED, sentence);
}

TEST(what_is_no_webassembly_or_only_its_beginning_is_told_so)
{
    const struct bytes whole = serve_example("c");
    assert_not_loaded(bytes_of("", 0), FAULT_MALFORMED, "the payload is empty\n");
    assert_not_loaded(BYTES_LITERAL("\0asm"), FAULT_MALFORMED,
                      "the header of a module has 8 bytes, here are 4 (at byte 4)\n");
    assert_not_loaded(BYTES_LITERAL("hello, world"), FAULT_MALFORMED,
                      "not a WebAssembly module: it begins with \"hell\" (at byte 0)\n");
    const struct serve_call calls[] = {describe, describe};
    for (size_t len = 9; len < whole.len; len += 997) {
        assert_int_equal(serve(bytes_of(whole.data, len), calls, 2), 1);
        assert_in_range(answers[0].outcome.reason, FAULT_MALFORMED, FAULT_INVALID);
        assert_true(answers[0].explanation_len > 10);
    }
}

TEST(a_payload_without_functions_is_not_loaded)
{
    assert_not_loaded(BYTES_LITERAL("\0asm\1\0\0\0"), FAULT_MISSING_EXPORT,
                      "it exports no function that can be called\n");
    assert_not_loaded(BYTES_LITERAL("\0asm\15\0\1\0"), FAULT_MISSING_EXPORT,
                      "it exports no function that can be called\n");
}

TEST(a_bundle_is_opened_and_runs)
{
    struct wasm_builder b;
    const struct bytes module = make_module(&b);
    uint8_t room[512];
    struct bytes bundle;
    struct cbor_writer writer;
    cbor_writer_init(&writer, room, sizeof room);
    cbor_write_array(&writer, 4);
    cbor_write_text(&writer, BYTES_LITERAL("aether-bundle"));
    cbor_write_uint(&writer, 1);
    cbor_write_bytes(&writer, BYTES_LITERAL("no manifest is looked at"));
    cbor_write_bytes(&writer, module);
    assert_int_equal(cbor_writer_end(&writer, &bundle), STATUS_OK);
    const struct serve_call calls[] = {{"a/b", "[{\"type\":\"s32\",\"value\":7}]"}};

    assert_int_equal(serve(bundle, calls, 1), 1);

    assert_string_equal(answers[0].result, "[{\"type\":\"s32\",\"value\":7}]");
    assert_not_loaded(bytes_of(bundle.data, bundle.len - 1), FAULT_MALFORMED,
                      "input ends inside of a string (at byte 42)\n");
    build_free(&b);
}

TEST(a_module_describes_itself_by_ascending_names_and_leaves_out_what_is_not_of_numbers)
{
    static const uint8_t cbor[] = {0x84,                                 /**/
                                   0x83, 0x63, 'a', '/', 'b', 1,   1,    /**/
                                   0x83, 0x63, 's', 'u', 'm', 3,   1,    /**/
                                   0x83, 0x64, 's', 'w', 'a', 'p', 2, 2, /**/
                                   0x83, 0x64, 't', 'r', 'a', 'p', 0, 0};
    struct wasm_builder b;
    assert_int_equal(serve(make_module(&b), &describe, 1), 1);

    assert_string_equal(answers[0].explanation, "");
    assert_int_equal(answers[0].result_len, sizeof cbor);
    assert_memory_equal(answers[0].result, cbor, sizeof cbor);
    build_free(&b);
}

TEST(functions_of_a_module_take_and_give_numbers)
{
    struct wasm_builder b;
    const struct serve_call calls[] = {
        {"sum", "[{\"type\":\"s32\",\"value\":-3},{\"type\":\"u8\",\"value\":5},"
                "{\"type\":\"s64\",\"value\":4611686018427387904}]"},
        {"swap", "[{\"type\":\"f32\",\"value\":1.5},{\"value\":-2.25,\"type\":\"f64\"}]"},
        {"trap", "[]"},
        {"trap", " [ ] "},
        {"a/b", "[{\"type\":\"s32\",\"value\":-1}]"},
    };
    assert_int_equal(serve(make_module(&b), calls, ARRAY_LEN(calls)), ARRAY_LEN(calls));

    assert_string_equal(answers[0].result, "[{\"type\":\"s64\",\"value\":4611686018427387906}]");
    assert_string_equal(answers[1].result,
                        "[{\"type\":\"f32\",\"value\":1.5},{\"type\":\"f64\",\"value\":-2.25}]");
    for (size_t i = 2; i < 4; i++) {
        assert_int_equal(answers[i].outcome.kind, OUTCOME_TRAP);
        assert_memory_equal(answers[i].explanation, "trap: unreachable\n", 18);
        assert_false(answers[i].is_last);
    }
    assert_string_equal(answers[4].result, "[{\"type\":\"s32\",\"value\":-1}]");
    build_free(&b);
}

TEST(calls_that_can_not_be_made_say_precisely_why_and_the_next_one_is_served)
{
    static const struct {
        struct serve_call call;
        const char *sentence;
    } cases[] = {
        {{"kv-read", "[]"}, "kv-read: arguments: 1 wanted, 0 given\n"},
        {{"kv-read", "[{\"type\":\"string\",\"value\":\"a\"},1]"},
         "kv-read: arguments: 1 wanted, 2 given\n"},
        {{"kv-store", "[{\"type\":\"string\",\"value\":\"a\"},{\"type\":\"u32\",\"value\":1}]"},
         "parameter 2 (value) of kv-store: \"u32\" where the type is \"string\" (at byte 44 of the "
         "parameters)\n"},
        {{"hello", ""}, "hello: expected an array of arguments (at byte 0 of the parameters)\n"},
        {{"hello", "[] x"}, "hello: expected the end of the text (at byte 3 of the parameters)\n"},
        {{"helo", "[]"}, "helo: there is no such function\n"},
        {{"a/hello", "[]"}, "a/hello: there is no such function\n"},
        {{"\n\"\xFF", "[]"}, "\\0a\\22\\ff: there is no such function\n"},
        {{"", "[]"}, ": there is no such function\n"},
        {{"hello", "[]"}, ""},
    };
    struct serve_call calls[ARRAY_LEN(cases)];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        calls[i] = cases[i].call;
    assert_int_equal(serve(serve_example("c"), calls, ARRAY_LEN(calls)), ARRAY_LEN(calls));

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const bool is_made = cases[i].sentence[0] == '\0';
        assert_string_equal(answers[i].explanation, cases[i].sentence);
        assert_int_equal(answers[i].end, GATE_CELL_FINISHED);
        assert_int_equal(answers[i].outcome.kind, is_made ? OUTCOME_RESULT : OUTCOME_FAULT);
        assert_int_equal(answers[i].outcome.reason, is_made ? 0 : FAULT_MISSING_EXPORT);
        assert_false(answers[i].is_last);
    }
}

/* (component (core module $m (func (export "f") (result i32) i32.const 7))
 *   (core instance $i (instantiate $m)) (func $f (result u32) (canon lift (core func $i "f")))
 *   (instance $inst (export "answer" (func $f)))
 *   (export "my:pkg/api@1.2.3" (instance $inst)) (export "plain" (func $f))) */
static const uint8_t with_interface[] = {
    0x00, 0x61, 0x73, 0x6D, 0x0D, 0x00, 0x01, 0x00, 0x01, 0x2D, 0x00, 0x61, 0x73, 0x6D, 0x01,
    0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7F, 0x03, 0x02, 0x01, 0x00, 0x07,
    0x05, 0x01, 0x01, 0x66, 0x00, 0x00, 0x0A, 0x06, 0x01, 0x04, 0x00, 0x41, 0x07, 0x0B, 0x00,
    0x09, 0x04, 0x6E, 0x61, 0x6D, 0x65, 0x00, 0x02, 0x01, 0x6D, 0x02, 0x04, 0x01, 0x00, 0x00,
    0x00, 0x07, 0x05, 0x01, 0x40, 0x00, 0x00, 0x79, 0x06, 0x07, 0x01, 0x00, 0x00, 0x01, 0x00,
    0x01, 0x66, 0x08, 0x06, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x05, 0x0D, 0x01, 0x01, 0x01,
    0x00, 0x06, 0x61, 0x6E, 0x73, 0x77, 0x65, 0x72, 0x01, 0x00, 0x0B, 0x20, 0x02, 0x00, 0x10,
    0x6D, 0x79, 0x3A, 0x70, 0x6B, 0x67, 0x2F, 0x61, 0x70, 0x69, 0x40, 0x31, 0x2E, 0x32, 0x2E,
    0x33, 0x05, 0x00, 0x00, 0x00, 0x05, 0x70, 0x6C, 0x61, 0x69, 0x6E, 0x01, 0x00, 0x00};

TEST(functions_of_an_interface_are_named_by_it)
{
    static const uint8_t cbor[] = {0x82, 0x83, 0x77, 'm', 'y', ':', 'p', 'k', 'g',  '/',
                                   'a',  'p',  'i',  '@', '1', '.', '2', '.', '3',  '/',
                                   'a',  'n',  's',  'w', 'e', 'r', 0,   1,   0x83, 0x65,
                                   'p',  'l',  'a',  'i', 'n', 0,   1};
    const struct serve_call calls[] = {describe,
                                       {"my:pkg/api@1.2.3/answer", "[]"},
                                       {"my:pkg/api@1.2.9/answer", "[]"},
                                       {"my:pkg/api/answer", "[]"},
                                       {"plain", "[]"},
                                       {"answer", "[]"}};
    assert_int_equal(
        serve(bytes_of(with_interface, sizeof with_interface), calls, ARRAY_LEN(calls)),
        ARRAY_LEN(calls));

    assert_int_equal(answers[0].result_len, sizeof cbor);
    assert_memory_equal(answers[0].result, cbor, sizeof cbor);
    assert_string_equal(answers[1].result, "[{\"type\":\"u32\",\"value\":7}]");
    assert_string_equal(answers[2].result, answers[1].result); /* the same track */
    assert_string_equal(answers[3].explanation, "my:pkg/api/answer: there is no such function\n");
    assert_string_equal(answers[4].result, answers[1].result);
    assert_string_equal(answers[5].explanation, "answer: there is no such function\n");
}

/* (component (import "some:where/thing@1.0.0" (instance (export "f" (func)) (export "g" (func))))
 *   (import "alone" (func $a)) (export "x" (func $a))) */
static const uint8_t with_imports[] = {
    0x00, 0x61, 0x73, 0x6D, 0x0D, 0x00, 0x01, 0x00, 0x07, 0x19, 0x01, 0x42, 0x04, 0x01, 0x40, 0x00,
    0x01, 0x00, 0x04, 0x00, 0x01, 0x66, 0x01, 0x00, 0x01, 0x40, 0x00, 0x01, 0x00, 0x04, 0x00, 0x01,
    0x67, 0x01, 0x01, 0x0A, 0x1B, 0x01, 0x00, 0x16, 0x73, 0x6F, 0x6D, 0x65, 0x3A, 0x77, 0x68, 0x65,
    0x72, 0x65, 0x2F, 0x74, 0x68, 0x69, 0x6E, 0x67, 0x40, 0x31, 0x2E, 0x30, 0x2E, 0x30, 0x05, 0x00,
    0x07, 0x05, 0x01, 0x40, 0x00, 0x01, 0x00, 0x0A, 0x0A, 0x01, 0x00, 0x05, 0x61, 0x6C, 0x6F, 0x6E,
    0x65, 0x01, 0x01, 0x0B, 0x07, 0x01, 0x00, 0x01, 0x78, 0x01, 0x00, 0x00};

TEST(every_import_that_nobody_offers_is_named)
{
    static const uint8_t module[] = {0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x04,
                                     0x01, 0x60, 0x00, 0x00, 0x02, 0x0E, 0x02, 0x01, 'e',  0x01,
                                     'f',  0x00, 0x00, 0x01, 'e',  0x01, 'g',  0x02, 0x00, 0x01,
                                     0x07, 0x05, 0x01, 0x01, 'f',  0x00, 0x00};
    assert_not_loaded(bytes_of(with_imports, sizeof with_imports), FAULT_MISSING_IMPORT,
                      "nobody offers some:where/thing@1.0.0\nnobody offers alone\n"
                      "2 of its imports are not offered\n");
    assert_not_loaded(
        bytes_of(module, sizeof module), FAULT_MISSING_IMPORT,
        "nobody offers its 2 imports: it is neither a component nor of wasi_snapshot_preview1\n"
        "    func \"e\" \"f\" (func)\n    memory \"e\" \"g\" (memory 1)\n");
}

TEST_MAIN(T(native_code_is_refused_in_one_sentence),
          T(what_is_no_webassembly_or_only_its_beginning_is_told_so),
          T(a_payload_without_functions_is_not_loaded), T(a_bundle_is_opened_and_runs),
          T(a_module_describes_itself_by_ascending_names_and_leaves_out_what_is_not_of_numbers),
          T(functions_of_a_module_take_and_give_numbers),
          T(calls_that_can_not_be_made_say_precisely_why_and_the_next_one_is_served),
          T(functions_of_an_interface_are_named_by_it), T(every_import_that_nobody_offers_is_named))
