/*
 * node/log/line.h: one line of the log: a JSON object in one order of fields, ASCII alone.
 *
 *   {"seq":7,"prev":"<64 hex>","time":"2026-11-21T22:19:15.123456Z","kind":"call",...}
 *
 * `prev` is SHA-256 of the line before without its newline; 64 zeros in the first one. What a guest
 * or a client can choose is cut and escaped: a line is never two, and never a terminal's affair.
 */
#ifndef AETHER_NODE_LOG_LINE_H
#define AETHER_NODE_LOG_LINE_H

#include "core/base/report.h"

#define LOG_LINE_MAX 16384u /* bytes, newline included */
#define LOG_TEXT_MAX 1024u  /* bytes of a text before it is escaped */
#define LOG_KIND_MAX 16u

/* A kind, and what stands behind it; what is empty, NULL or absent is left out. */
struct log_entry {
    const char *kind;       /* lower case letters */
    struct bytes signature; /* of a head: 64 bytes over the hash of line `signed_seq` */
    uint64_t signed_seq;
    struct bytes torn; /* of "torn": SHA-256 of a piece of a line that stands before */
    struct bytes app;
    struct bytes code_hash;
    struct bytes function;
    struct bytes client; /* SHA-256 of a key */
    struct bytes host;
    const char *outcome;
    struct bytes receipt; /* SHA-256 of a record */
    struct bytes text;
    bool has_fuel, has_number;
    uint64_t fuel;
    uint64_t number; /* what the kind counts: bytes torn, lines lost, a port */
};

/* Where a line stands. */
struct log_place {
    uint64_t seq;
    uint8_t prev[32];
    uint64_t time_us; /* since 1970 */
};

/* The line with its newline: at most LOG_LINE_MAX bytes. */
struct bytes log_line_write(const struct log_place *place, const struct log_entry *entry,
                            uint8_t memory[static LOG_LINE_MAX]);

/* What a reader needs of a line, which comes without its newline. */
struct log_line {
    uint64_t seq;
    uint8_t prev[32];
    char kind[LOG_KIND_MAX + 1];
    bool has_signature, has_torn;
    uint8_t signature[64];
    uint64_t signed_seq;
    uint8_t torn[32];
};

/* MALFORMED: no line of ours. Only the fields above are looked at. */
enum status MUST_CHECK log_line_read(struct bytes line, struct log_line *out_line);

#endif
