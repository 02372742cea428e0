/*
 * node/log/check.h: is this a whole chain? Line by line, for `aether log verify` and tests.
 *
 * A piece of a line that a crash left is accepted when the line behind it names it: kind "torn",
 * with the piece's SHA-256. Everything else that does not fit ends the check.
 */
#ifndef AETHER_NODE_LOG_CHECK_H
#define AETHER_NODE_LOG_CHECK_H

#include "node/log/line.h"

/* Is `signature` one over the digest (of a line) as the head of a log? */
typedef bool log_signature_fn(void *context, const uint8_t digest[static 32],
                              const uint8_t signature[static 64]);

/* A head signs one of so many lines before it. */
#define LOG_CHECK_RECENT 16384u

/* Large: not for the stack. */
struct log_check {
    uint64_t lines;      /* in the chain */
    uint64_t heads;      /* signed ones among them */
    uint64_t signed_seq; /* everything up to here is under a signature; 0: nothing */
    uint64_t torn;       /* pieces between them */
    uint64_t number;     /* lines of the file, for reports */
    uint8_t last[32];
    uint8_t recent[LOG_CHECK_RECENT][32]; /* hash of line n at n % LOG_CHECK_RECENT */
    bool has_piece;
    uint8_t piece[32];
    log_signature_fn *verify; /* NULL: signatures are counted, not checked */
    void *context;
};

void log_check_init(struct log_check *check, log_signature_fn *verify, void *context);

/* TAMPERED: `report` says which line, and what is wrong with it. */
enum status MUST_CHECK log_check_line(struct log_check *check, struct bytes line,
                                      struct report *report);

/* `rest`: what stands behind the last newline. */
enum status MUST_CHECK log_check_end(const struct log_check *check, struct bytes rest,
                                     struct report *report);

#endif
