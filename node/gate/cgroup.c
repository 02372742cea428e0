/*
 * node/gate/cgroup.c: see cgroup.h. Files under /sys/fs/cgroup, version 2 or 1.
 *
 * Moving a process takes the kernel up to tens of milliseconds now and then, so a cell that is
 * started for one short run skips this; pools do not.
 */
#include "node/gate/cgroup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include "node/gate/cgroup_lock.h"

#define LIST_BYTES 4096

static bool write_number(const char *directory, const char *file, uint64_t number)
{
    char path[GATE_CGROUP_PATH_MAX + 64];
    char text[24];
    (void)snprintf(path, sizeof path, "%s/%s", directory, file);
    int len = snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_written = write(fd, text, (size_t)len) == len;
    (void)close(fd);
    return is_written;
}

/* The line "N:controller:/path" of /proc/self/cgroup; with controller "" the one of version 2. */
static bool find_own(const char *list, const char *controller, char *out_path, size_t room)
{
    char wanted[32];
    (void)snprintf(wanted, sizeof wanted, ":%s:", controller);
    for (const char *line = list; line != NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        const char *colon = strchr(line, ':');
        if (colon != NULL && strncmp(colon, wanted, strlen(wanted)) == 0) {
            const char *path = colon + strlen(wanted);
            size_t path_len = (size_t)(line + len - path);
            if (path_len >= room)
                return false;
            memcpy(out_path, path, path_len);
            out_path[path_len == 1 ? 0 : path_len] = '\0'; /* "/" is "" */
            return true;
        }
        line = line[len] == '\n' ? line + len + 1 : NULL;
    }
    return false;
}

/* Gates in pid namespaces of their own have cells of the same numbers, and groups in one place. */
static unsigned long long own_namespace(void)
{
    struct stat is;
    return stat("/proc/self/ns/pid", &is) == 0 ? is.st_ino : 0;
}

/* The group that this process is in, in one of the hierarchies. */
static bool find_parent(const char *list, const char *controller, const char *mount,
                        char out_path[GATE_CGROUP_PATH_MAX])
{
    char own[GATE_CGROUP_PATH_MAX / 2];
    if (!find_own(list, controller, own, sizeof own))
        return false;
    int len = snprintf(out_path, GATE_CGROUP_PATH_MAX, "/sys/fs/cgroup%s%s", mount, own);
    return len > 0 && (size_t)len < GATE_CGROUP_PATH_MAX;
}

static bool make_group(struct gate_cgroup *cgroup, const char *list, const char *controller,
                       const char *mount, pid_t pid)
{
    char parent[GATE_CGROUP_PATH_MAX];
    char *path = cgroup->paths[cgroup->count];
    if (!find_parent(list, controller, mount, parent))
        return false;
    int len = snprintf(path, GATE_CGROUP_PATH_MAX, "%s/" GATE_CGROUP_PREFIX "%llu-%d", parent,
                       own_namespace(), (int)pid);
    if (len <= 0 || (size_t)len >= GATE_CGROUP_PATH_MAX)
        return false;
    cgroup->locks[cgroup->count] = gate_cgroup_make(path);
    if (cgroup->locks[cgroup->count] < 0)
        return false;
    cgroup->count++;
    return true;
}

/* Once in the life of a program: what gates that were killed have left. */
static void sweep_all(const char *list)
{
    static bool is_swept;
    static const struct {
        const char *controller, *mount;
    } hierarchies[] = {{"", ""}, {"memory", "/memory"}, {"pids", "/pids"}};
    char parent[GATE_CGROUP_PATH_MAX];
    if (__atomic_exchange_n(&is_swept, true, __ATOMIC_RELAXED))
        return;
    for (size_t i = 0; i < ARRAY_LEN(hierarchies); i++)
        if (find_parent(list, hierarchies[i].controller, hierarchies[i].mount, parent))
            gate_cgroup_sweep(parent);
}

static bool enter_version_1(struct gate_cgroup *cgroup, const char *list, pid_t pid,
                            uint64_t memory_bytes)
{
    return make_group(cgroup, list, "memory", "/memory", pid) &&
           write_number(cgroup->paths[0], "memory.limit_in_bytes", memory_bytes) &&
           make_group(cgroup, list, "pids", "/pids", pid) &&
           write_number(cgroup->paths[1], "pids.max", 1) &&
           write_number(cgroup->paths[0], "cgroup.procs", (uint64_t)pid) &&
           write_number(cgroup->paths[1], "cgroup.procs", (uint64_t)pid);
}

static bool enter_version_2(struct gate_cgroup *cgroup, const char *list, pid_t pid,
                            uint64_t memory_bytes)
{
    return make_group(cgroup, list, "", "", pid) &&
           write_number(cgroup->paths[0], "memory.max", memory_bytes) &&
           write_number(cgroup->paths[0], "pids.max", 1) &&
           write_number(cgroup->paths[0], "cgroup.procs", (uint64_t)pid);
}

bool gate_cgroup_enter(struct gate_cgroup *cgroup, pid_t pid, uint64_t memory_bytes)
{
    char list[LIST_BYTES];
    cgroup->count = 0;
    int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t len = read(fd, list, sizeof list - 1);
    (void)close(fd);
    list[len > 0 ? len : 0] = '\0';
    sweep_all(list);
    if (enter_version_2(cgroup, list, pid, memory_bytes))
        return true;
    gate_cgroup_leave(cgroup);
    if (enter_version_1(cgroup, list, pid, memory_bytes))
        return true;
    gate_cgroup_leave(cgroup);
    return false;
}

void gate_cgroup_leave(struct gate_cgroup *cgroup)
{
    while (cgroup->count != 0) {
        (void)rmdir(cgroup->paths[--cgroup->count]);
        (void)close(cgroup->locks[cgroup->count]);
    }
}
