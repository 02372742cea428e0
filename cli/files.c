/*
 * cli/files.c: whole files in and out, and what is said about them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

bool cli_hold_standard_files(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
            return false;
    return true;
}

int cli_no_passphrase(char *buffer, int size, int rwflag, void *user)
{
    (void)buffer;
    (void)size;
    (void)rwflag;
    (void)user;
    return -1;
}

void cli_say(const char *format, ...)
{
    char line[16384]; /* two paths, and a sentence */
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments); /* what is longer is cut */
    va_end(arguments);
    (void)fputs("aether: ", stderr);
    cli_print_text(stderr, bytes_of(line, strlen(line)));
    (void)fputc('\n', stderr);
}

void cli_say_report(const char *path, const struct report *report)
{
    const char *text = report->is_set ? report->text : "refused";
    (void)fputs("aether: ", stderr);
    cli_print_path(stderr, path);
    (void)fprintf(stderr, ": %s", text);
    if (report->is_set && report->offset != REPORT_NO_OFFSET)
        (void)fprintf(stderr, " (at byte %llu)", (unsigned long long)report->offset);
    (void)fputc('\n', stderr);
}

/* Reads until the end of the file or one byte over `most`. */
static bool read_all(int fd, size_t most, struct bytes *out_content)
{
    size_t cap = 0x10000, len = 0;
    uint8_t *data = malloc(cap);
    while (data != NULL && len <= most) {
        if (len == cap) {
            uint8_t *more = realloc(data, cap * 2);
            if (more == NULL)
                break;
            data = more;
            cap *= 2;
        }
        ssize_t got = read(fd, data + len, cap - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break;
        if (got == 0) {
            *out_content = bytes_of(data, len);
            return true;
        }
        len += (size_t)got;
    }
    if (len > most)
        errno = EFBIG;
    free(data);
    return false;
}

bool cli_read(const char *path, size_t most, struct bytes *out_content)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_read = fd >= 0 && read_all(fd, most, out_content);
    if (!is_read && errno == EFBIG)
        cli_say("%s: over %zu bytes, the most that is taken", path, most);
    else if (!is_read)
        cli_say("%s: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd); /* nothing was written */
    return is_read;
}

void cli_free(struct bytes content)
{
    free((void *)(uintptr_t)content.data);
}

static bool write_all(int fd, struct bytes content)
{
    while (content.len != 0) {
        ssize_t done = write(fd, content.data, content.len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        content.data += (size_t)done;
        content.len -= (size_t)done;
    }
    return true;
}

/* A rename would put a file where a device, a pipe or a link stood (/dev/null, /dev/stdout). */
static bool may_be_replaced(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0 || S_ISREG(status.st_mode))
        return true;
    if (S_ISDIR(status.st_mode))
        cli_say("%s: %s", path, strerror(EISDIR));
    else
        cli_say("%s: is a device, a pipe or a link; only a regular file is replaced", path);
    return false;
}

bool cli_write(const char *path, struct bytes content, unsigned mode)
{
    char temporary[4096];
    int len = snprintf(temporary, sizeof temporary, "%s.new.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof temporary) {
        cli_say("%s: name is too long", path);
        return false;
    }
    if (!may_be_replaced(path))
        return false;
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        cli_say("%s: %s", path, strerror(errno));
        return false;
    }
    bool is_written = fchmod(fd, mode) == 0 && write_all(fd, content) && fsync(fd) == 0;
    int saved = errno;
    if (close(fd) != 0 && is_written) {
        is_written = false;
        saved = errno;
    }
    if (is_written && rename(temporary, path) != 0) {
        is_written = false;
        saved = errno;
    }
    if (!is_written) {
        cli_say("%s: %s", path, strerror(saved));
        (void)unlink(temporary); /* it is of no use to anybody */
    }
    return is_written;
}
