/*
 * node/world/file_stat.c: GATE_FILE: what is known about a file, and its times.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/ckd.h"
#include "node/world/file.h"

#define NS_PER_SECOND INT64_C(1000000000)

/* Times that i64 nanoseconds do not reach are the nearest that they do. */
static int64_t ns_of(struct timespec time)
{
    int64_t ns;
    if (ckd_mul(&ns, (int64_t)time.tv_sec, NS_PER_SECOND) ||
        ckd_add(&ns, ns, (int64_t)time.tv_nsec))
        return time.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

static struct timespec timespec_of(int64_t ns)
{
    int64_t seconds = ns / NS_PER_SECOND;
    int64_t rest = ns % NS_PER_SECOND;
    if (rest < 0) {
        seconds--;
        rest += NS_PER_SECOND;
    }
    return (struct timespec){.tv_sec = seconds, .tv_nsec = rest};
}

static int put_stat(struct world_call *call, int fd)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0)
        return errno;
    struct gate_stat out = {
        .device = world_identity(call->world, stat.st_dev, UINT64_MAX),
        .node = world_identity(call->world, stat.st_dev, stat.st_ino),
        .size = stat.st_size < 0 ? 0 : (uint64_t)stat.st_size,
        .links = stat.st_nlink,
        .accessed = ns_of(stat.st_atim),
        .modified = ns_of(stat.st_mtim),
        .changed = ns_of(stat.st_ctim),
        .type = (uint32_t)world_file_type(stat.st_mode),
    };
    memcpy(call->out, &out, sizeof out);
    call->reply->out.len = sizeof out;
    return 0;
}

enum gate_status world_file_stat(struct world_call *call)
{
    struct world_handle *file;
    enum gate_status status = world_file_find(call, call->request->handle, &file);
    if (status != GATE_OK)
        return status;
    if (call->request->out.len < sizeof(struct gate_stat))
        return GATE_BAD_REGION;
    return world_file_end(call, put_stat(call, file->fd));
}

/* Opens what `in` names beneath a directory that has `rights`, to look at it. */
static enum gate_status find_at(struct world_call *call, unsigned rights, uint64_t flags,
                                int *out_fd)
{
    struct world_handle *directory;
    struct world_path path;
    enum gate_status status =
        world_file_find_directory(call, call->request->handle, rights, &directory);
    if (status != GATE_OK)
        return status;
    if ((flags & ~(uint64_t)GATE_OPEN_FOLLOW) != 0)
        return world_fail(call, GATE_ERROR_INVALID);
    int number = world_path_read(call->in, call->request->in.len, &path);
    if (number == 0)
        number = world_path_find(directory->fd, &path, flags != 0, out_fd);
    return world_file_end(call, number);
}

enum gate_status world_file_stat_at(struct world_call *call)
{
    int fd = -1;
    if (call->request->out.len < sizeof(struct gate_stat))
        return GATE_BAD_REGION;
    enum gate_status status = find_at(call, 0, call->request->args[0], &fd);
    if (status != GATE_OK)
        return status;
    ASSERT(fd >= 0); /* found: nothing that fails is GATE_OK */
    int number = put_stat(call, fd);
    (void)close(fd); /* it was for looking */
    return world_file_end(call, number);
}

static bool read_time(const struct world *world, uint64_t how, uint64_t ns,
                      struct timespec *out_time)
{
    switch (how & 3) {
    case GATE_TIME_KEEP:
        *out_time = (struct timespec){.tv_nsec = UTIME_OMIT};
        return true;
    case GATE_TIME_NOW:
        if (world->has_fixed_clock)
            *out_time = timespec_of(world->wall_ns);
        else
            *out_time = (struct timespec){.tv_nsec = UTIME_NOW};
        return true;
    case GATE_TIME_SET:
        *out_time = timespec_of((int64_t)ns);
        return true;
    default:
        return false;
    }
}

static bool read_times(const struct world_call *call, struct timespec out_times[2])
{
    const uint64_t *args = call->request->args;
    return args[0] < 16 && read_time(call->world, args[0], args[1], &out_times[0]) &&
           read_time(call->world, args[0] >> 2, args[2], &out_times[1]);
}

enum gate_status world_file_set_times(struct world_call *call)
{
    struct world_handle *file;
    struct timespec times[2];
    enum gate_status status = world_file_find(call, call->request->handle, &file);
    if (status != GATE_OK)
        return status;
    unsigned rights = file->kind == WORLD_KIND_DIRECTORY ? file->rights : file->grant;
    status = world_file_check_rights(call, rights, GATE_FILE_WRITE);
    if (status != GATE_OK)
        return status;
    if (!read_times(call, times))
        return world_fail(call, GATE_ERROR_INVALID);
    return world_file_end(call, futimens(file->fd, times) != 0 ? errno : 0);
}

enum gate_status world_file_set_times_at(struct world_call *call)
{
    struct timespec times[2];
    int fd = -1;
    if (!read_times(call, times))
        return world_fail(call, GATE_ERROR_INVALID);
    enum gate_status status = find_at(call, GATE_FILE_WRITE, call->request->args[3], &fd);
    if (status != GATE_OK)
        return status;
    int number = utimensat(fd, "", times, AT_EMPTY_PATH) != 0 ? errno : 0;
    (void)close(fd); /* nothing is written through it */
    return world_file_end(call, number);
}
