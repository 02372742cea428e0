/*
 * node/keys/state.c: see state.h.
 */
#include "node/keys/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define NAME_MAX_HERE 64

static enum status refuse(struct report *report, const char *sentence, const char *name)
{
    return report_fail_name(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, sentence,
                            bytes_of(name, strlen(name)));
}

enum status state_read(int directory, const char *name, struct buffer *out, struct report *report)
{
    if (directory < 0)
        return STATUS_NOT_FOUND;
    const int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? STATUS_NOT_FOUND
                               : refuse(report, "% in the state directory can not be read", name);
    const size_t start = out->len;
    enum status status = STATUS_OK;
    for (;;) {
        uint8_t past; /* one byte more than there is room for says that it is too long */
        const size_t room = out->cap - out->len;
        const ssize_t got =
            room != 0 ? read(fd, out->data + out->len, room) : read(fd, &past, sizeof past);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            break;
        if (got < 0 || room == 0) {
            status = got < 0 ? refuse(report, "% in the state directory can not be read", name)
                             : report_fail_name(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                                "% in the state directory is too long",
                                                bytes_of(name, strlen(name)));
            break;
        }
        out->len += (size_t)got;
    }
    if (status != STATUS_OK)
        out->len = start;
    (void)close(fd); /* nothing was written */
    return status;
}

static bool write_all(int fd, struct bytes content)
{
    while (content.len != 0) {
        const ssize_t put = write(fd, content.data, content.len);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0)
            content = bytes_of(content.data + put, content.len - (size_t)put);
    }
    return fsync(fd) == 0;
}

enum status state_write(int directory, const char *name, struct bytes content,
                        struct report *report)
{
    char beside[NAME_MAX_HERE];
    if (directory < 0)
        return STATUS_OK;
    const int len = snprintf(beside, sizeof beside, "%s.new", name);
    if (len < 0 || (size_t)len >= sizeof beside)
        return refuse(report, "% is too long a name", name);
    const int fd =
        openat(directory, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return refuse(report, "% can not be written to the state directory", name);
    bool is_written = write_all(fd, content);
    is_written = close(fd) == 0 && is_written;
    if (!is_written || renameat(directory, beside, directory, name) != 0 || fsync(directory) != 0)
        return refuse(report, "% can not be written to the state directory", name);
    return STATUS_OK;
}

enum status state_remove(int directory, const char *name, struct report *report)
{
    if (directory < 0)
        return STATUS_OK;
    if (unlinkat(directory, name, 0) != 0 && errno != ENOENT)
        return refuse(report, "% can not be removed from the state directory", name);
    return fsync(directory) == 0 ? STATUS_OK
                                 : refuse(report, "the state directory can not be synced", name);
}
