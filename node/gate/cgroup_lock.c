/*
 * node/gate/cgroup_lock.c: see cgroup_lock.h.
 *
 * A gate that is killed leaves its groups behind, empty, for its cells die with it. The next one
 * removes them. The kernel keeps both from mistakes: a directory with a process in it can not be
 * removed, and the lock of a gate that lives can not be had. Between making a directory and locking
 * it somebody else's sweep can take it: then it is made again.
 */
#include "node/gate/cgroup_lock.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/stat.h>

#define TRIES 8

/* It is still what stands at `path`. */
static bool is_at(int fd, const char *path)
{
    struct stat is;
    struct stat there;
    return fstat(fd, &is) == 0 && stat(path, &there) == 0 && is.st_ino == there.st_ino &&
           is.st_dev == there.st_dev;
}

int gate_cgroup_make(const char *path)
{
    (void)rmdir(path); /* of a gate that was killed, and a cell of the same numbers */
    for (int i = 0; i < TRIES; i++) {
        if (mkdir(path, 0700) != 0)
            return -1;
        const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && flock(fd, LOCK_EX) == 0 && is_at(fd, path))
            return fd;
        if (fd >= 0)
            (void)close(fd);
        (void)rmdir(path); /* without a lock it would stay, or be somebody's */
    }
    return -1;
}

static void remove_if_left(int parent, const char *name)
{
    if (parent < 0)
        return;
    const int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        (void)unlinkat(parent, name, AT_REMOVEDIR);
    (void)close(fd);
}

void gate_cgroup_sweep(const char *parent)
{
    DIR *directory = opendir(parent);
    if (directory == NULL)
        return;
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
        if (strncmp(entry->d_name, GATE_CGROUP_PREFIX, strlen(GATE_CGROUP_PREFIX)) == 0)
            remove_if_left(dirfd(directory), entry->d_name);
    (void)closedir(directory);
}
