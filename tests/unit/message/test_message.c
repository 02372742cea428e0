/*
 * tests/unit/message/test_message.c: messages over a real pair of sockets, good and hostile.
 */
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/socket.h>

#include "core/base/cbor.h"
#include "node/message/message.h"

static struct message_in in;
static int ends[2];

static int setup(void **state)
{
    (void)state;
    return message_pair(ends, NULL) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            (void)close(ends[i]);
    return 0;
}

static enum status receive(struct report *report)
{
    report_init(report);
    return message_receive_wait(ends[1], &in, 1000, report);
}

/* A packet as it is, with a descriptor or none. */
static void send_raw(struct bytes packet, int fd)
{
    uint8_t room[CMSG_SPACE(sizeof fd)] ALIGNED(8) = {0};
    struct iovec piece = {(void *)(uintptr_t)packet.data, packet.len};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = room;
        message.msg_controllen = sizeof room;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_len = CMSG_LEN(sizeof fd);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    assert_int_equal(sendmsg(ends[0], &message, 0), (int)packet.len);
}

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

TEST(what_is_sent_is_what_comes)
{
    struct report report;
    const struct message_seal seal = {.id = 7,
                                      .slot = 3,
                                      .table = BYTES_LITERAL("app:x"),
                                      .record = BYTES_LITERAL("r"),
                                      .version = UINT64_MAX,
                                      .plain = BYTES_LITERAL("plain")};
    assert_int_equal(message_send(ends[0], MESSAGE_SEAL, &seal, -1), STATUS_OK);
    assert_int_equal(receive(&report), STATUS_OK);
    assert_int_equal(in.type, MESSAGE_SEAL);
    assert_int_equal(in.any.seal.id, 7);
    assert_true(in.any.seal.version == UINT64_MAX && in.any.seal.slot == 3);
    assert_true(bytes_equal(in.any.seal.table, seal.table));
    assert_true(bytes_equal(in.any.seal.plain, seal.plain));
    message_release(&in);
}

TEST(a_long_body_comes_whole_and_leaves_nothing_open)
{
    struct report report;
    size_t len = 3u << 20;
    uint8_t *body = malloc(len);
    assert_non_null(body);
    for (size_t i = 0; i < len; i++)
        body[i] = (uint8_t)(i * 31 >> 3);
    int before = count_descriptors();
    const struct message_load load = {.name = BYTES_LITERAL("n"), .payload = bytes_of(body, len)};
    assert_int_equal(message_send(ends[0], MESSAGE_LOAD, &load, -1), STATUS_OK);
    assert_int_equal(receive(&report), STATUS_OK);
    assert_true(bytes_equal(in.any.load.payload, load.payload));
    message_release(&in);
    assert_int_equal(count_descriptors(), before);
    free(body);
}

TEST(a_descriptor_goes_with_types_that_have_one)
{
    struct report report;
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    const struct message_accepted accepted = {.connection = 9, .address = BYTES_LITERAL("::1")};
    assert_int_equal(message_send(ends[0], MESSAGE_ACCEPTED, &accepted, pipe_ends[1]), STATUS_OK);
    assert_int_equal(receive(&report), STATUS_OK);
    assert_true(in.fd >= 0);
    assert_int_equal(write(in.fd, "x", 1), 1);
    message_release(&in);
    char c;
    assert_int_equal(read(pipe_ends[0], &c, 1), 1);
    (void)close(pipe_ends[0]);
    (void)close(pipe_ends[1]);
}

TEST(fields_over_their_limits_are_not_sent)
{
    static uint8_t big[70000];
    const struct message_sign sign = {.digest = bytes_of(big, 31)};
    assert_int_equal(message_send(ends[0], MESSAGE_SIGN, &sign, -1), STATUS_LIMIT);
    const struct message_failed failed = {.text = bytes_of(big, MESSAGE_TEXT_MAX + 1)};
    assert_int_equal(message_send(ends[0], MESSAGE_FAILED, &failed, -1), STATUS_LIMIT);
    const struct message_fatal fatal = {.line = BYTES_LITERAL("\xFF")};
    assert_int_equal(message_send(ends[0], MESSAGE_FATAL, &fatal, -1), STATUS_INVALID);
}

/* Written by hand: [type, id, ...] with what `more` adds. */
static struct bytes packet_of(uint8_t out[256], uint64_t count, uint64_t type,
                              void (*more)(struct cbor_writer *))
{
    struct cbor_writer writer;
    struct bytes bytes;
    cbor_writer_init(&writer, out, 256);
    cbor_write_array(&writer, count);
    cbor_write_uint(&writer, type);
    cbor_write_uint(&writer, 1);
    if (more != NULL)
        more(&writer);
    assert_int_equal(cbor_writer_end(&writer, &bytes), STATUS_OK);
    return bytes;
}

static void one_number(struct cbor_writer *writer)
{
    cbor_write_uint(writer, 5);
}

static void a_body_elsewhere(struct cbor_writer *writer)
{
    cbor_write_uint(writer, 100000);
}

static void a_body_elsewhere_too_long(struct cbor_writer *writer)
{
    cbor_write_uint(writer, UINT64_C(1) << 40);
}

TEST(malformed_packets_are_refused_and_their_descriptors_closed)
{
    uint8_t room[256];
    struct report report;
    const struct {
        uint64_t count, type;
        void (*more)(struct cbor_writer *);
        bool has_fd;
    } cases[] = {
        {2, 9999, NULL, false},                       /* no such type */
        {3, MESSAGE_DONE, one_number, false},         /* a field too many */
        {2, MESSAGE_KEY_DROP, NULL, false},           /* one too few */
        {3, MESSAGE_KEY_DROP, NULL, false},           /* said, not there */
        {2, MESSAGE_DONE, NULL, true},                /* a descriptor nobody wants */
        {3, MESSAGE_LOADED, a_body_elsewhere, false}, /* a body that did not come */
        {3, MESSAGE_LOADED, a_body_elsewhere, true},  /* one that is no memory file */
        {3, MESSAGE_LOADED, one_number, true},        /* shorter than may stand elsewhere */
        {3, MESSAGE_LOADED, a_body_elsewhere_too_long, true},
        {3, MESSAGE_APPS, a_body_elsewhere_too_long, false},
        {3, MESSAGE_PEER, one_number, false}, /* a descriptor is missing */
    };
    int before = count_descriptors();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        send_raw(packet_of(room, cases[i].count, cases[i].type, cases[i].more),
                 cases[i].has_fd ? ends[0] : -1);
        assert_int_equal(receive(&report), STATUS_MALFORMED);
        assert_true(report.is_set);
        assert_int_equal(count_descriptors(), before);
    }
    send_raw(BYTES_LITERAL("\xFF"), -1);
    assert_int_equal(receive(&report), STATUS_MALFORMED);
}

TEST(a_body_that_can_still_change_is_refused)
{
    uint8_t room[256];
    struct report report;
    int fd = memfd_create("hostile", MFD_ALLOW_SEALING);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 100000), 0);
    send_raw(packet_of(room, 3, MESSAGE_LOADED, a_body_elsewhere), fd);
    assert_int_equal(receive(&report), STATUS_MALFORMED);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK), 0);
    send_raw(packet_of(room, 3, MESSAGE_LOADED, a_body_elsewhere), fd);
    assert_int_equal(receive(&report), STATUS_MALFORMED);
    assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SEAL), 0);
    send_raw(packet_of(room, 3, MESSAGE_LOADED, a_body_elsewhere), fd);
    assert_int_equal(receive(&report), STATUS_OK);
    message_release(&in);
    (void)close(fd);
}

TEST(a_full_socket_says_so_and_an_ended_one_too)
{
    const struct message_done done = {.id = 1};
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    enum status status = STATUS_OK;
    for (int i = 0; i < 1000000 && status == STATUS_OK; i++)
        status = message_send(ends[0], MESSAGE_DONE, &done, -1);
    assert_int_equal(status, STATUS_UNAVAILABLE);
    assert_int_equal(message_send_wait(ends[0], MESSAGE_DONE, &done, -1, 20), STATUS_UNAVAILABLE);
    (void)close(ends[1]);
    ends[1] = -1;
    assert_int_equal(message_send(ends[0], MESSAGE_DONE, &done, -1), STATUS_TRUNCATED);
}

TEST(every_type_has_a_name_and_survives_the_codec_when_empty_or_is_refused)
{
    unsigned known = 0;
    for (uint64_t type = 0; type < 1000; type++) {
        uint8_t room[4096];
        struct buffer out = {.data = room, .cap = sizeof room};
        static const union message_any empty;
        union message_any any;
        enum message_type got;
        uint64_t body_len;
        if (message_name(type) == NULL)
            continue;
        known++;
        enum status status = message_encode((enum message_type)type, &empty, &out);
        if (status == STATUS_LIMIT)
            continue; /* a field that may not be empty */
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(message_decode(buffer_bytes(&out), &got, &any, &body_len, NULL),
                         STATUS_OK);
        assert_int_equal(got, type);
        assert_int_equal(body_len, 0);
    }
#define X(number, lower, UPPER, fds) known--;
    MESSAGE_LIST(X)
#undef X
    assert_int_equal(known, 0);
}

#define WITH_PAIR(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TEST_MAIN(WITH_PAIR(what_is_sent_is_what_comes),
          WITH_PAIR(a_long_body_comes_whole_and_leaves_nothing_open),
          WITH_PAIR(a_descriptor_goes_with_types_that_have_one),
          WITH_PAIR(fields_over_their_limits_are_not_sent),
          WITH_PAIR(malformed_packets_are_refused_and_their_descriptors_closed),
          WITH_PAIR(a_body_that_can_still_change_is_refused),
          WITH_PAIR(a_full_socket_says_so_and_an_ended_one_too),
          WITH_PAIR(every_type_has_a_name_and_survives_the_codec_when_empty_or_is_refused))
