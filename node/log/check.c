/*
 * node/log/check.c: the chain of a log, line by line. See check.h.
 */
#include "node/log/check.h"

#include "core/crypto/sha256.h"

void log_check_init(struct log_check *check, log_signature_fn *verify, void *context)
{
    memset(check, 0, sizeof *check);
    check->verify = verify;
    check->context = context;
}

static enum status refuse(const struct log_check *check, struct report *report,
                          const char *sentence)
{
    return report_fail_u64(report, STATUS_TAMPERED, REPORT_NO_OFFSET, sentence, check->number);
}

/* The piece before has to be named by this line, and only a piece is. */
static enum status check_piece(struct log_check *check, const struct log_line *line,
                               struct report *report)
{
    const bool is_torn = strcmp(line->kind, "torn") == 0;
    if (check->has_piece &&
        (!is_torn || !line->has_torn || memcmp(line->torn, check->piece, 32) != 0))
        return refuse(check, report, "line % follows a line that is not one of the log");
    if (!check->has_piece && is_torn)
        return refuse(check, report, "line % names a torn line that is not there");
    if (check->has_piece)
        check->torn++;
    check->has_piece = false;
    return STATUS_OK;
}

static enum status check_head(struct log_check *check, const struct log_line *line,
                              struct report *report)
{
    if (strcmp(line->kind, "head") != 0)
        return STATUS_OK;
    if (!line->has_signature)
        return refuse(check, report, "line % is a head without a signature");
    if (line->signed_seq == 0 || line->signed_seq >= line->seq ||
        line->seq - line->signed_seq > LOG_CHECK_RECENT)
        return refuse(check, report, "line % is a head of no line shortly before it");
    const uint8_t *hash = check->recent[line->signed_seq % LOG_CHECK_RECENT];
    if (check->verify != NULL && !check->verify(check->context, hash, line->signature))
        return refuse(check, report, "the signature of line % does not match");
    check->heads++;
    if (line->signed_seq > check->signed_seq)
        check->signed_seq = line->signed_seq;
    return STATUS_OK;
}

enum status log_check_line(struct log_check *check, struct bytes text, struct report *report)
{
    struct log_line line;
    check->number++;
    if (log_line_read(text, &line) != STATUS_OK) {
        if (check->has_piece)
            return refuse(check, report, "line % is not one of the log, nor is the one before");
        check->has_piece = true;
        sha256_digest(text, check->piece);
        return STATUS_OK;
    }
    enum status status = check_piece(check, &line, report);
    if (status != STATUS_OK)
        return status;
    if (line.seq != check->lines + 1)
        return refuse(check, report, "line % has another number than the one that comes next");
    if (memcmp(line.prev, check->last, 32) != 0)
        return refuse(check, report, "line % does not follow the line before it");
    status = check_head(check, &line, report);
    if (status != STATUS_OK)
        return status;
    sha256_digest(text, check->last);
    check->lines++;
    memcpy(check->recent[line.seq % LOG_CHECK_RECENT], check->last, 32);
    return STATUS_OK;
}

enum status log_check_end(const struct log_check *check, struct bytes rest, struct report *report)
{
    if (check->has_piece)
        return refuse(check, report, "line %, the last one, is not one of the log");
    if (rest.len != 0)
        return refuse(check, report,
                      "behind line % is a piece of a line that nothing names: the service has not "
                      "been started since");
    return STATUS_OK;
}
