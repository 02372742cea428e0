/*
 * node/message/message.h: messages as C structures, sent and received whole.
 *
 * Each type of types.h has a struct message_NAME: `id` first, then its fields. What is received is
 * checked completely before the caller sees it: shape, lengths, UTF-8, a descriptor exactly where
 * the type has one, a body's memory file sealed and as long as it says.
 *
 * Any number of threads may send on one socket; one at a time receives.
 */
#ifndef AETHER_NODE_MESSAGE_MESSAGE_H
#define AETHER_NODE_MESSAGE_MESSAGE_H

#include "core/base/report.h"
#include "node/message/types.h"

#define MESSAGE_PACKET_MAX 65536u
#define MESSAGE_INLINE_MAX 16384u /* a longer body goes as a memory file */

enum message_type {
#define X(number, lower, UPPER, fds) MESSAGE_##UPPER = number,
    MESSAGE_LIST(X)
#undef X
};

#define MESSAGE_MEMBER_U(name)              uint64_t name;
#define MESSAGE_MEMBER_B(name, least, most) struct bytes name;
#define MESSAGE_MEMBER_T(name, least, most) struct bytes name;
#define MESSAGE_MEMBER_D(name, most)        struct bytes name;
#define X(number, lower, UPPER, fds)                                                               \
    struct message_##lower {                                                                       \
        uint32_t id;                                                                               \
        MESSAGE_##UPPER##_FIELDS(MESSAGE_MEMBER_U, MESSAGE_MEMBER_B, MESSAGE_MEMBER_T,             \
                                 MESSAGE_MEMBER_D)                                                 \
    };
MESSAGE_LIST(X)
#undef X

union message_any {
    uint32_t id;
#define X(number, lower, UPPER, fds) struct message_##lower lower;
    MESSAGE_LIST(X)
#undef X
};

/* What came. Bytes point into it or into the mapped body: copy what outlives message_release. */
struct message_in {
    enum message_type type;
    union message_any any;
    int fd; /* the descriptor of a type that has one; the caller may take it and put -1; else -1 */
    void *map;
    size_t map_len;
    size_t packet_len;
    uint8_t packet[MESSAGE_PACKET_MAX];
};

/* A pair of connected sockets, close-on-exec, non-blocking or not. */
enum status MUST_CHECK message_pair(int out_sockets[2], struct report *report);

/* `message` is the struct of `type`; `fd` as the type says, else -1: it stays the caller's.
 * UNAVAILABLE: the socket is full and does not block: nothing was sent; TRUNCATED: the other side
 * is gone; LIMIT: a field is longer than its type allows, or all of it than a packet; NO_MEMORY: no
 * memory file for the body. */
enum status MUST_CHECK message_send(int socket, enum message_type type, const void *message,
                                    int fd);

/* The same, waiting while the socket is full; at most that long: UNAVAILABLE. */
enum status MUST_CHECK message_send_wait(int socket, enum message_type type, const void *message,
                                         int fd, uint32_t most_ms);

/* UNAVAILABLE: nothing there and the socket does not block; TRUNCATED: the other side is gone;
 * anything else: it broke the protocol, and the caller ends the link. `*in` needs message_release
 * after OK alone. */
enum status MUST_CHECK message_receive(int socket, struct message_in *in, struct report *report);

/* At most so long: UNAVAILABLE. */
enum status MUST_CHECK message_receive_wait(int socket, struct message_in *in, uint32_t most_ms,
                                            struct report *report);

/* Closes and unmaps what came with it, and wipes the packet. */
void message_release(struct message_in *in);

/* FAILED in answer to `id`, for those who can not do more about a full socket than wait. */
enum status MUST_CHECK message_fail(int socket, uint32_t id, enum message_failure code,
                                    const char *text);

/* What the code of a FAILED means to who asked; what is no status of its own: UNAVAILABLE. */
enum status message_failure_status(uint64_t code);

/* The codec alone; encode writes inline bodies only. For tests and fuzzers, too. */
enum status MUST_CHECK message_encode(enum message_type type, const void *message,
                                      struct buffer *out);
enum status MUST_CHECK message_decode(struct bytes packet, enum message_type *out_type,
                                      union message_any *out_any, uint64_t *out_body_len,
                                      struct report *report);

/* "seal"; NULL: there is none of this number. */
const char *message_name(uint64_t type);

#endif
