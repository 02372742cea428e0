/*
 * node/role/root.c: an empty root for a role.
 *
 * The new root is a file system in memory over /tmp, in a mount namespace of the role's own. What
 * it may see is bound into it: its own directory of /proc (by which opened files have names again),
 * and a few files. The old root is unmounted, the new one read-only. Sources that this machine has
 * not are left out. /tmp in the new root is where cells make theirs (cell/linux/box.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "node/role/internal.h"

#define ROOT       "/tmp"
#define PATH_BYTES 256
#define SHUT       (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const char *const resolver_files[] = {
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", NULL};
static const char *const certificate_files[] = {"/etc/ssl", "/usr/share/ca-certificates",
                                                "/usr/local/share/ca-certificates", NULL};
static const char *const no_files[] = {NULL};

const char *const *root_readable(enum role_name name)
{
    if (name == ROLE_IO)
        return resolver_files;
    return name == ROLE_EGRESS ? certificate_files : no_files;
}

/* Directories above `path`, and at `path` what can be bound onto. */
static bool make_place(const char *path, bool is_directory)
{
    char part[PATH_BYTES];
    size_t len = strlen(path);
    for (size_t i = 1; i <= len; i++) {
        const bool is_last = i == len;
        if (path[i] != '/' && !is_last)
            continue;
        (void)snprintf(part, sizeof part, "%.*s", (int)i, path);
        if (is_last && !is_directory) {
            int fd = open(part, O_CREAT | O_WRONLY | O_CLOEXEC, 0400);
            return fd >= 0 && close(fd) == 0;
        }
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

static bool bind_path(const char *source, unsigned long more)
{
    char target[PATH_BYTES];
    struct stat is;
    if (stat(source, &is) != 0)
        return true; /* not on this machine */
    if ((size_t)snprintf(target, sizeof target, ROOT "%s", source) >= sizeof target ||
        !make_place(target, S_ISDIR(is.st_mode)))
        return false;
    return mount(source, target, NULL, MS_BIND | more, NULL) == 0;
}

static bool fill_root(enum role_name name)
{
    const char *const *readable = root_readable(name);
    if (!make_place(ROOT "/tmp", true) || !bind_path("/proc/self", 0))
        return false;
    for (size_t i = 0; readable[i] != NULL; i++)
        if (!bind_path(readable[i], MS_REC))
            return false;
    /* Of the groups that main may write to, cells get theirs; a machine without them has none. */
    return name != ROLE_MAIN || bind_path("/sys/fs/cgroup", MS_REC);
}

static bool change_root(void)
{
    return chdir(ROOT) == 0 && syscall(SYS_pivot_root, ".", ".") == 0 &&
           umount2(".", MNT_DETACH) == 0 && chdir("/") == 0 &&
           mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | SHUT, NULL) == 0;
}

bool root_enter(enum role_name name)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", ROOT, "tmpfs", SHUT, "size=64k,nr_inodes=64,mode=755") == 0 &&
           fill_root(name) && change_root();
}
