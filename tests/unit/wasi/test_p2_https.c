/*
 * tests/unit/wasi/test_p2_https.c: privasys:enclave-os/https over a gate that keeps what it is
 * sent, in both forms.
 */
#include "core/base/cbor.h"
#include "core/wasi/https.h"
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "tests/support/test.h"

#define TRANSFER_BYTES WASI_TRANSFER_MIN
#define ROOM_MAX       0x400000u

/* A gate with GATE_HTTP: what was sent, and what it answers. */
static struct {
    uint8_t transfer[TRANSFER_BYTES];
    uint8_t *sent;
    size_t sent_len;
    uint32_t fetch_count;
    uint32_t ring_count;
    const char *why; /* NULL: the response */
    uint8_t *response;
    size_t response_len;
} web;

static struct arena arena;
static struct wasi_p2 p2;
static struct report report;

static void fetch_reply(struct gate_reply *out_reply)
{
    web.fetch_count++;
    if (web.why == NULL) {
        out_reply->values[1] = web.response_len;
        return;
    }
    out_reply->status = GATE_FAILED;
    out_reply->reason = GATE_ERROR_IO;
    out_reply->values[0] = GATE_HTTP_UNREACHABLE;
    out_reply->out.len = (uint32_t)strlen(web.why);
    memcpy(web.transfer, web.why, strlen(web.why));
}

static void ring(void *context, const struct gate_request *request, struct gate_reply *out_reply)
{
    (void)context;
    web.ring_count++;
    *out_reply = (struct gate_reply){.status = GATE_OK};
    assert_int_equal(request->interface, GATE_HTTP);
    switch (request->method) {
    case GATE_HTTP_SEND:
        if (request->args[0] == 1)
            web.sent_len = 0;
        assert_true(request->in.len <= TRANSFER_BYTES && web.sent_len + request->in.len < ROOM_MAX);
        memcpy(web.sent + web.sent_len, web.transfer + request->in.offset, request->in.len);
        web.sent_len += request->in.len;
        break;
    case GATE_HTTP_FETCH:
        fetch_reply(out_reply);
        break;
    default: {
        size_t left = web.response_len - (size_t)request->args[0];
        out_reply->out.len = (uint32_t)(left < request->out.len ? left : request->out.len);
        memcpy(web.transfer + request->out.offset, web.response + request->args[0],
               out_reply->out.len);
        break;
    }
    }
}

static void begin(bool has_http)
{
    static uint8_t *room;
    const struct wasi_gate gate = {.ring = ring,
                                   .transfer = web.transfer,
                                   .transfer_bytes = TRANSFER_BYTES,
                                   .has_http = has_http};
    if (room == NULL) {
        room = calloc(1, ROOM_MAX);
        web.sent = calloc(1, ROOM_MAX);
        web.response = calloc(1, ROOM_MAX);
    }
    assert_true(room != NULL && web.sent != NULL && web.response != NULL);
    web.fetch_count = 0;
    web.ring_count = 0;
    web.why = NULL;
    arena_init(&arena, room, ROOM_MAX);
    report_init(&report);
    assert_int_equal(wasi_p2_init(&p2, &gate, false, &arena), STATUS_OK);
}

static void respond(uint64_t code, const char *name, struct bytes value, struct bytes body)
{
    struct cbor_writer writer;
    struct bytes all = {0};
    cbor_writer_init(&writer, web.response, ROOM_MAX);
    cbor_write_array(&writer, 3);
    cbor_write_uint(&writer, code);
    cbor_write_array(&writer, 1);
    cbor_write_array(&writer, 2);
    cbor_write_text(&writer, bytes_of(name, strlen(name)));
    cbor_write_bytes(&writer, value);
    cbor_write_bytes(&writer, body);
    assert_int_equal(cbor_writer_end(&writer, &all), STATUS_OK);
    web.response_len = all.len;
}

static struct component_value call(uint32_t form, const struct component_value *params)
{
    const struct component_host_func *func = &p2_interface_enclave_https.funcs[form];
    struct component_call host_call = {.arena = &arena, .report = &report};
    struct component_value out = {0};
    for (uint32_t i = 0; i < func->type->param_count; i++)
        assert_int_equal(component_value_check(&params[i], func->type->params[i].type, &report),
                         STATUS_OK);
    assert_int_equal(func->call(&p2, &host_call, params, &out), STATUS_OK);
    assert_int_equal(component_value_check(&out, func->type->result, &report), STATUS_OK);
    return out;
}

static struct component_value text(const char *chars)
{
    return p2_string(bytes_of(chars, strlen(chars)));
}

static struct component_value headers_of(const char *name, const char *value)
{
    static struct component_value pair[2];
    static struct component_value list[1];
    pair[0] = text(name);
    pair[1] = text(value);
    list[0] = p2_items(COMPONENT_TUPLE, pair, 2);
    return p2_items(COMPONENT_LIST, list, 1);
}

static struct component_value some(struct component_value *payload)
{
    return (struct component_value){.kind = COMPONENT_OPTION, .variant = {1, payload}};
}

static struct component_value flat(uint64_t method, const char *url, struct component_value body)
{
    const struct component_value params[4] = {
        {.kind = COMPONENT_U32, .u = method}, text(url), headers_of("X-One", "a"), body};
    return call(0, params);
}

static void assert_why(struct component_value result, const char *why)
{
    assert_int_equal(result.variant.index, 1);
    struct bytes got = p2_text(result.variant.payload);
    if (!bytes_equal(got, bytes_of(why, strlen(why))))
        fail_msg("%.*s", (int)got.len, (const char *)got.data);
}

/* What was sent is this request. */
static void assert_sent(uint64_t method, const char *url, struct bytes body)
{
    struct cbor_reader reader;
    uint64_t number = 0;
    struct bytes got = {0};
    cbor_reader_init(&reader, bytes_of(web.sent, web.sent_len), 0, &report);
    assert_true(cbor_read_array(&reader, &number) == STATUS_OK && number == 4);
    assert_true(cbor_read_uint(&reader, &number) == STATUS_OK && number == method);
    assert_true(cbor_read_text(&reader, &got) == STATUS_OK);
    assert_true(bytes_equal(got, bytes_of(url, strlen(url))));
    assert_true(cbor_read_array(&reader, &number) == STATUS_OK && number == 1);
    assert_true(cbor_read_array(&reader, &number) == STATUS_OK && number == 2);
    assert_true(cbor_read_text(&reader, &got) == STATUS_OK &&
                bytes_equal(got, BYTES_LITERAL("X-One")));
    assert_true(cbor_read_bytes(&reader, &got) == STATUS_OK &&
                bytes_equal(got, BYTES_LITERAL("a")));
    assert_true(cbor_read_bytes(&reader, &got) == STATUS_OK && bytes_equal(got, body));
    assert_int_equal(cbor_reader_end(&reader), STATUS_OK);
}

TEST(a_gate_without_http_denies_both_forms_and_is_not_asked)
{
    begin(false);

    struct component_value flat_result = flat(0, "https://a.example/", p2_none());
    struct component_value fields[6] = {{.kind = COMPONENT_ENUM},
                                        text("https://a.example/"),
                                        headers_of("X-One", "a"),
                                        p2_none(),
                                        p2_none(),
                                        p2_none()};
    struct component_value request = p2_items(COMPONENT_RECORD, fields, 6);
    struct component_value record_result = call(1, &request);

    assert_why(flat_result, "access denied: not granted");
    assert_why(record_result, "access denied: not granted");
    assert_int_equal(web.ring_count, 0);
}

TEST(a_request_and_its_response_pass_whole_in_the_flat_form)
{
    static uint8_t big[3 * TRANSFER_BYTES + 17];
    begin(true);
    memset(big, 'z', sizeof big);
    respond(201, "Content-Type", BYTES_LITERAL("text/plain"), bytes_of(big, sizeof big));
    struct component_value body = p2_bytes(bytes_of(big, sizeof big));

    struct component_value result = flat(1, "https://a.example/x", some(&body));

    assert_sent(1, "https://a.example/x", bytes_of(big, sizeof big));
    assert_int_equal(web.fetch_count, 1);
    assert_int_equal(result.variant.index, 0);
    const struct component_value *parts = result.variant.payload->items.items;
    assert_int_equal(parts[0].u, 201);
    assert_int_equal(parts[1].items.count, 1);
    assert_true(bytes_equal(bytes_of(parts[2].items.packed, parts[2].items.count),
                            bytes_of(big, sizeof big)));
}

TEST(the_record_form_says_the_same)
{
    begin(true);
    respond(404, "Server", BYTES_LITERAL("x"), BYTES_LITERAL("gone"));
    struct component_value body = p2_bytes(BYTES_LITERAL("abc"));
    struct component_value fields[6] = {{.kind = COMPONENT_ENUM, .variant = {.index = 4}},
                                        text("https://a.example/"),
                                        headers_of("X-One", "a"),
                                        some(&body),
                                        p2_none(),
                                        p2_none()};
    struct component_value request = p2_items(COMPONENT_RECORD, fields, 6);

    struct component_value result = call(1, &request);

    assert_sent(4, "https://a.example/", BYTES_LITERAL("abc"));
    assert_int_equal(result.variant.index, 0);
    assert_int_equal(result.variant.payload->kind, COMPONENT_RECORD);
    assert_int_equal(result.variant.payload->items.items[0].u, 404);
}

TEST(a_ratls_policy_and_roots_of_ones_own_are_refused_by_name)
{
    begin(true);
    struct component_value policy[7] = {{.kind = COMPONENT_ENUM},
                                        p2_none(),
                                        p2_none(),
                                        p2_none(),
                                        p2_none(),
                                        p2_items(COMPONENT_LIST, NULL, 0),
                                        p2_items(COMPONENT_LIST, NULL, 0)};
    struct component_value ratls = p2_items(COMPONENT_RECORD, policy, 7);
    struct component_value roots = p2_items(COMPONENT_LIST, NULL, 0);
    struct component_value fields[6] = {{.kind = COMPONENT_ENUM},
                                        text("https://a.example/"),
                                        headers_of("X-One", "a"),
                                        p2_none(),
                                        some(&ratls),
                                        p2_none()};
    struct component_value request = p2_items(COMPONENT_RECORD, fields, 6);
    assert_why(call(1, &request), "ratls policies are not supported");

    fields[4] = p2_none();
    fields[5] = some(&roots);
    assert_why(call(1, &request), "ca-roots-der is not supported: the node's own roots count");
    assert_int_equal(web.ring_count, 0);
}

TEST(what_the_gate_says_is_what_the_guest_reads)
{
    begin(true);
    web.why = "no connection to a.example:443: refused";
    assert_why(flat(0, "https://a.example/", p2_none()), "no connection to a.example:443: refused");
}

TEST(what_is_too_long_is_not_sent)
{
    static char url[GATE_HTTP_URL_MAX + 2];
    begin(true);
    memset(url, 'a', sizeof url - 1);

    assert_why(flat(0, url, p2_none()), "a URL has 1 to 8,192 bytes");
    assert_why(flat(0, "", p2_none()), "a URL has 1 to 8,192 bytes");
    assert_why(flat(7, "https://a.example/", p2_none()),
               "there is no such method: 0 GET, 1 POST, 2 PUT, 3 DELETE, 4 PATCH, 5 HEAD, "
               "6 OPTIONS");
    assert_int_equal(web.ring_count, 0);
}

TEST(header_values_that_are_no_utf8_become_text)
{
    begin(true);
    respond(200, "X", BYTES_LITERAL("a\xFF\xFE"), BYTES_LITERAL(""));

    struct component_value result = flat(0, "https://a.example/", p2_none());

    assert_int_equal(result.variant.index, 0);
    const struct component_value *pair =
        result.variant.payload->items.items[1].items.items[0].items.items;
    assert_true(bytes_equal(p2_text(&pair[1]), BYTES_LITERAL("a??")));
}

TEST_MAIN(T(a_gate_without_http_denies_both_forms_and_is_not_asked),
          T(a_request_and_its_response_pass_whole_in_the_flat_form),
          T(the_record_form_says_the_same),
          T(a_ratls_policy_and_roots_of_ones_own_are_refused_by_name),
          T(what_the_gate_says_is_what_the_guest_reads), T(what_is_too_long_is_not_sent),
          T(header_values_that_are_no_utf8_become_text))
