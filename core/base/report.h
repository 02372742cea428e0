/*
 * core/base/report.h: what went wrong, for a person: one sentence and where in the input.
 *
 * The first writer wins: inner functions write what they know, callers pass the status on.
 * The text is plain ASCII: bytes of the input go in through report_add_quoted only.
 */
#ifndef AETHER_BASE_REPORT_H
#define AETHER_BASE_REPORT_H

#include "core/base/bytes.h"

#define REPORT_TEXT_MAX 200
#define REPORT_NO_OFFSET UINT64_MAX

struct report {
    uint64_t offset; /* byte offset in the input, or REPORT_NO_OFFSET */
    bool is_set;
    uint16_t len;
    char text[REPORT_TEXT_MAX]; /* NUL-terminated, cut when full */
};

void report_init(struct report *report);

/* Sets sentence and offset unless one is set already; returns `status`, so that a refusal is
 * one line: return report_fail(report, STATUS_INVALID, offset, "type mismatch"); NULL is fine. */
enum status report_fail(struct report *report, enum status status, uint64_t offset,
                        const char *sentence);

/* As report_fail with one number put at the first '%' of the sentence. */
enum status report_fail_u64(struct report *report, enum status status, uint64_t offset,
                            const char *sentence, uint64_t number);

/* As report_fail_u64 with two numbers, at the first and the second '%'. */
enum status report_fail_u64x2(struct report *report, enum status status, uint64_t offset,
                              const char *sentence, uint64_t first, uint64_t second);

/* As report_fail with quoted, escaped bytes (at most 64 of them) at the first '%'. */
enum status report_fail_name(struct report *report, enum status status, uint64_t offset,
                             const char *sentence, struct bytes name);

/* As report_fail_name with two names, at the first and the second '%'. */
enum status report_fail_names(struct report *report, enum status status, uint64_t offset,
                              const char *sentence, struct bytes first, struct bytes second);

#endif
