/*
 * node/world/path.c: paths, by openat2 alone; path.h says how.
 */
#include "node/world/path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "core/base/utf8.h"

/* The kernel gives up with EAGAIN when anything on the machine is renamed or mounted while it walks
 * through `..`. Where that never stops, somebody else has to have the processor now and then. */
#define TRIES_AT_ONCE 64
#define TRIES_MAX     2064 /* two seconds */

int world_path_read(const uint8_t *data, size_t len, struct world_path *out_path)
{
    if (len == 0)
        return ENOENT;
    if (len > GATE_PATH_MAX)
        return ENAMETOOLONG;
    memcpy(out_path->text, data, len);
    out_path->text[len] = '\0';
    out_path->len = len;
    if (memchr(out_path->text, '\0', len) != NULL || !utf8_is_valid(bytes_of(out_path->text, len)))
        return EILSEQ;
    return out_path->text[0] == '/' ? EPERM : 0;
}

static int refuse_proc(int fd)
{
    struct statfs system;
    int number = fstatfs(fd, &system) != 0 ? errno : 0;
    if (number == 0 && system.f_type == PROC_SUPER_MAGIC)
        number = EPERM;
    return number;
}

static void pause_a_moment(void)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    (void)nanosleep(&moment, NULL); /* shorter does no harm */
}

int world_path_open(int directory, const char *path, uint64_t flags, mode_t mode, int *out_fd)
{
    struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd = -1;
    int tries = 0;
    do {
        if (tries > TRIES_AT_ONCE)
            pause_a_moment();
        fd = syscall(SYS_openat2, directory, path, &how, sizeof how);
    } while (fd < 0 && (errno == EAGAIN || errno == EINTR) && ++tries < TRIES_MAX);
    if (fd < 0)
        return errno == EXDEV ? EPERM : errno;
    int number = refuse_proc((int)fd);
    if (number != 0) {
        (void)close((int)fd); /* nothing was done with it */
        return number;
    }
    *out_fd = (int)fd;
    return 0;
}

int world_path_find(int directory, const struct world_path *path, bool is_followed, int *out_fd)
{
    return world_path_open(directory, path->text, O_PATH | (is_followed ? 0 : (uint64_t)O_NOFOLLOW),
                           0, out_fd);
}

int world_path_probe(int directory)
{
    int fd;
    int number = world_path_open(directory, ".", O_PATH, 0, &fd);
    if (number == 0)
        (void)close(fd); /* nothing was done with it */
    return number;
}

int world_name_open(int directory, struct world_path *path, struct world_name *out_name)
{
    char *text = path->text;
    size_t end = path->len;
    while (end > 0 && text[end - 1] == '/')
        end--;
    size_t start = end;
    while (start > 0 && text[start - 1] != '/')
        start--;
    struct world_name name = {directory, false, text + start};
    const char *parent = text;
    if (end - start == 2 && memcmp(text + start, "..", 2) == 0) {
        name.text = ".";
        start = 1;
    } else {
        if (text[end] == '/')
            text[end + 1] = '\0';
        if (start != 0)
            text[start - 1] = '\0';
    }
    if (start != 0) {
        int number = world_path_open(directory, parent, O_PATH | O_DIRECTORY, 0, &name.directory);
        if (number != 0)
            return number;
        name.is_owned = true;
    }
    *out_name = name;
    return 0;
}

void world_name_close(struct world_name *name)
{
    if (name->is_owned)
        (void)close(name->directory); /* nothing is written through it */
    name->is_owned = false;
}
