/*
 * node/world/errors.c: errno to enum gate_error. What has no name of its own is IO.
 */
#include <errno.h>

#include "node/world/internal.h"

static const struct {
    int number;
    enum gate_error error;
} ERRORS[] = {
    {EACCES, GATE_ERROR_ACCESS},
    {EAGAIN, GATE_ERROR_WOULD_BLOCK},
    {EALREADY, GATE_ERROR_ALREADY},
    {EBADF, GATE_ERROR_BAD_DESCRIPTOR},
    {EBUSY, GATE_ERROR_BUSY},
    {EDEADLK, GATE_ERROR_DEADLOCK},
    {EDQUOT, GATE_ERROR_QUOTA},
    {EEXIST, GATE_ERROR_EXIST},
    {EFBIG, GATE_ERROR_FILE_TOO_LARGE},
    {EILSEQ, GATE_ERROR_ILLEGAL_BYTE_SEQUENCE},
    {EINPROGRESS, GATE_ERROR_IN_PROGRESS},
    {EINTR, GATE_ERROR_INTERRUPTED},
    {EINVAL, GATE_ERROR_INVALID},
    {EIO, GATE_ERROR_IO},
    {EISDIR, GATE_ERROR_IS_DIRECTORY},
    {ELOOP, GATE_ERROR_LOOP},
    {EMLINK, GATE_ERROR_TOO_MANY_LINKS},
    {EMSGSIZE, GATE_ERROR_MESSAGE_SIZE},
    {ENAMETOOLONG, GATE_ERROR_NAME_TOO_LONG},
    {ENODEV, GATE_ERROR_NO_DEVICE},
    {ENOENT, GATE_ERROR_NO_ENTRY},
    {ENOLCK, GATE_ERROR_NO_LOCK},
    {ENOMEM, GATE_ERROR_INSUFFICIENT_MEMORY},
    {ENOSPC, GATE_ERROR_INSUFFICIENT_SPACE},
    {ENOTDIR, GATE_ERROR_NOT_DIRECTORY},
    {ENOTEMPTY, GATE_ERROR_NOT_EMPTY},
    {ENOTRECOVERABLE, GATE_ERROR_NOT_RECOVERABLE},
    {EOPNOTSUPP, GATE_ERROR_UNSUPPORTED},
    {ENOSYS, GATE_ERROR_UNSUPPORTED},
    {ENOTTY, GATE_ERROR_NO_TTY},
    {ENXIO, GATE_ERROR_NO_SUCH_DEVICE},
    {EOVERFLOW, GATE_ERROR_OVERFLOW},
    {EPERM, GATE_ERROR_NOT_PERMITTED},
    {EPIPE, GATE_ERROR_PIPE},
    {EROFS, GATE_ERROR_READ_ONLY},
    {ESPIPE, GATE_ERROR_INVALID_SEEK},
    {ETXTBSY, GATE_ERROR_TEXT_FILE_BUSY},
    {EXDEV, GATE_ERROR_CROSS_DEVICE},
    {EMFILE, GATE_ERROR_TOO_MANY_HANDLES},
    {ENFILE, GATE_ERROR_TOO_MANY_HANDLES},
};

enum gate_error world_error_of(int number)
{
    for (size_t i = 0; i < ARRAY_LEN(ERRORS); i++) {
        if (ERRORS[i].number == number)
            return ERRORS[i].error;
    }
    return GATE_ERROR_IO;
}

enum gate_status world_fail(struct world_call *call, enum gate_error error)
{
    call->reply->reason = (uint32_t)error;
    return GATE_FAILED;
}

enum gate_status world_fail_errno(struct world_call *call, int number)
{
    return world_fail(call, world_error_of(number));
}
