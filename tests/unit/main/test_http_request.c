/*
 * tests/unit/main/test_http_request.c: what a cell sends and what egress answers, cut and changed
 * at every byte.
 */
#include "core/base/cbor.h"
#include "node/main/http_internal.h"
#include "tests/support/test.h"

#define ROOM 4096u

static uint8_t room[ROOM];

static struct bytes make_request(uint64_t method, const char *url, uint64_t headers)
{
    struct cbor_writer writer;
    struct bytes all = {0};
    cbor_writer_init(&writer, room, sizeof room);
    cbor_write_array(&writer, 4);
    cbor_write_uint(&writer, method);
    cbor_write_text(&writer, bytes_of(url, strlen(url)));
    cbor_write_array(&writer, headers);
    for (uint64_t i = 0; i < headers; i++) {
        cbor_write_array(&writer, 2);
        cbor_write_text(&writer, BYTES_LITERAL("n"));
        cbor_write_bytes(&writer, BYTES_LITERAL("value"));
    }
    cbor_write_bytes(&writer, BYTES_LITERAL("the body"));
    assert_int_equal(cbor_writer_end(&writer, &all), STATUS_OK);
    return all;
}

static enum status read_sent(struct http_session *session, struct bytes sent,
                             struct http_request *out_request)
{
    struct report report;
    report_init(&report);
    http_room_free(&session->request);
    assert_true(http_room_put(&session->request, sent, HTTP_REQUEST_MAX));
    enum status status = http_request_read(session, out_request, &report);
    assert_true(status == STATUS_OK || report.is_set || status == STATUS_MALFORMED);
    return status;
}

TEST(a_request_is_split_into_url_and_fields)
{
    struct http_session *session = calloc(1, sizeof *session);
    struct http_request request = {0};
    uint64_t bytes = 0;
    assert_non_null(session);

    assert_int_equal(read_sent(session, make_request(3, "https://a.example/", 2), &request),
                     STATUS_OK);

    assert_int_equal(request.method, GATE_HTTP_DELETE);
    assert_true(bytes_equal(request.url, BYTES_LITERAL("https://a.example/")));
    assert_int_equal(request.bytes, 18 + 2 * 6 + 8);
    assert_int_equal(http_fields_check(request.fields, 8, &bytes, NULL), STATUS_OK);
    assert_int_equal(bytes, 2 * 6 + 8);
    assert_int_equal(http_fields_check(request.fields, 7, &bytes, NULL), STATUS_LIMIT);
    http_room_free(&session->request);
    free(session);
}

TEST(a_request_that_is_cut_or_goes_on_is_refused)
{
    struct http_session *session = calloc(1, sizeof *session);
    struct http_request request = {0};
    assert_non_null(session);
    struct bytes all = make_request(0, "https://a.example/", 2);
    for (size_t len = 0; len < all.len; len++)
        assert_int_not_equal(read_sent(session, bytes_of(all.data, len), &request), STATUS_OK);
    room[all.len] = 0;
    assert_int_not_equal(read_sent(session, bytes_of(all.data, all.len + 1), &request), STATUS_OK);
    http_room_free(&session->request);
    free(session);
}

TEST(no_byte_in_it_can_be_changed_into_something_that_overruns)
{
    struct http_session *session = calloc(1, sizeof *session);
    struct http_request request = {0};
    assert_non_null(session);
    size_t len = make_request(0, "https://a.example/", 2).len;
    for (size_t i = 0; i < len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct bytes all = make_request(0, "https://a.example/", 2);
            room[i] ^= (uint8_t)(1u << bit);
            if (read_sent(session, all, &request) != STATUS_OK)
                continue;
            uint64_t bytes = 0;
            assert_true(request.method < GATE_HTTP_METHODS);
            assert_int_equal(http_fields_check(request.fields, ROOM, &bytes, NULL), STATUS_OK);
        }
    }
    http_room_free(&session->request);
    free(session);
}

TEST(a_method_a_url_and_headers_have_their_bounds)
{
    struct http_session *session = calloc(1, sizeof *session);
    struct http_request request = {0};
    assert_non_null(session);
    assert_int_equal(read_sent(session, make_request(7, "https://a.example/", 0), &request),
                     STATUS_INVALID);
    assert_int_equal(read_sent(session, make_request(0, "", 0), &request), STATUS_INVALID);
    assert_int_equal(read_sent(session, make_request(0, "x", 128), &request), STATUS_OK);
    assert_int_equal(read_sent(session, make_request(0, "x", 129), &request), STATUS_LIMIT);
    session->is_too_long = true;
    assert_int_equal(read_sent(session, make_request(0, "x", 0), &request), STATUS_LIMIT);
    http_room_free(&session->request);
    free(session);
}

TEST(a_room_takes_no_more_than_it_may)
{
    struct http_room small = {0};
    static const uint8_t piece[1000];
    size_t taken = 0;
    while (http_room_put(&small, bytes_of(piece, sizeof piece), 9500))
        taken += sizeof piece;
    assert_int_equal(taken, 9000);
    assert_int_equal(small.len, 9000);
    assert_true(small.cap <= 9500);
    assert_true(http_room_put(&small, bytes_of(piece, 500), 9500));
    assert_false(http_room_put(&small, bytes_of(piece, 1), 9500));
    http_room_free(&small);
    assert_null(small.data);
}

TEST_MAIN(T(a_request_is_split_into_url_and_fields), T(a_request_that_is_cut_or_goes_on_is_refused),
          T(no_byte_in_it_can_be_changed_into_something_that_overruns),
          T(a_method_a_url_and_headers_have_their_bounds), T(a_room_takes_no_more_than_it_may))
