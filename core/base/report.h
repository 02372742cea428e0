/*
 * core/base/report.h: what went wrong, for a person: one sentence and where in the input.
 *
 * The first writer wins: inner functions write what they know, callers pass the status on.
 * The text is plain ASCII: bytes of the input go in through report_add_quoted only.
 */
#ifndef AETHER_BASE_REPORT_H
#define AETHER_BASE_REPORT_H

#include "core/base/bytes.h"

#define REPORT_TEXT_MAX  200
#define REPORT_NO_OFFSET UINT64_MAX

struct report {
    uint64_t offset; /* byte offset in the input, or REPORT_NO_OFFSET */
    bool is_set;
    uint16_t len;
    char text[REPORT_TEXT_MAX]; /* NUL-terminated, cut when full */
};

void report_init(struct report *report);

/* Each sets sentence and offset unless they are set already; NULL is fine. A '%' in the sentence is
 * a hole: for a number, or for a name, which goes in quoted, escaped and cut after 64 bytes. */
void report_write(struct report *report, uint64_t offset, const char *sentence);
void report_write_u64x2(struct report *report, uint64_t offset, const char *sentence,
                        uint64_t first, uint64_t second);
void report_write_names(struct report *report, uint64_t offset, const char *sentence,
                        struct bytes first, struct bytes second);

/* A refusal in one line: return report_fail(report, STATUS_INVALID, offset, "type mismatch");
 * inline, so that compiler and analyzer see that the status returned is the one that was given. */
static inline enum status report_fail(struct report *report, enum status status, uint64_t offset,
                                      const char *sentence)
{
    report_write(report, offset, sentence);
    return status;
}

static inline enum status report_fail_u64(struct report *report, enum status status,
                                          uint64_t offset, const char *sentence, uint64_t number)
{
    report_write_u64x2(report, offset, sentence, number, 0);
    return status;
}

static inline enum status report_fail_u64x2(struct report *report, enum status status,
                                            uint64_t offset, const char *sentence, uint64_t first,
                                            uint64_t second)
{
    report_write_u64x2(report, offset, sentence, first, second);
    return status;
}

static inline enum status report_fail_name(struct report *report, enum status status,
                                           uint64_t offset, const char *sentence, struct bytes name)
{
    report_write_names(report, offset, sentence, name, bytes_of("", 0));
    return status;
}

static inline enum status report_fail_names(struct report *report, enum status status,
                                            uint64_t offset, const char *sentence,
                                            struct bytes first, struct bytes second)
{
    report_write_names(report, offset, sentence, first, second);
    return status;
}

#endif
