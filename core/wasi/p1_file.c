/*
 * core/wasi/p1_file.c: what is asked of an open file: sizes, times, space, and what a directory
 * lists.
 */
#include "core/wasi/p1_file.h"

/* X(how the gate numbers kinds of files, how preview 1 does) */
static const uint8_t filetypes[] = {
    [GATE_TYPE_UNKNOWN] = P1_FILETYPE_UNKNOWN,
    [GATE_TYPE_BLOCK_DEVICE] = 1,
    [GATE_TYPE_CHARACTER_DEVICE] = P1_FILETYPE_CHARACTER,
    [GATE_TYPE_DIRECTORY] = P1_FILETYPE_DIRECTORY,
    [GATE_TYPE_FIFO] = P1_FILETYPE_UNKNOWN,
    [GATE_TYPE_SYMBOLIC_LINK] = 7,
    [GATE_TYPE_REGULAR_FILE] = 4,
    [GATE_TYPE_SOCKET] = 6,
};

uint8_t p1_filetype(uint32_t type)
{
    return type < ARRAY_LEN(filetypes) ? filetypes[type] : P1_FILETYPE_UNKNOWN;
}

/* Before 1970 preview 1 has no times. */
static uint64_t timestamp(int64_t time)
{
    return time < 0 ? 0 : (uint64_t)time;
}

uint32_t p1_put_filestat(const struct wasi_p1 *p1, uint64_t address, const struct gate_stat *stat)
{
    uint8_t *out = p1_memory(p1, address, P1_FILESTAT_BYTES);
    if (out == NULL)
        return P1_FAULT;
    store_le64(out, stat->device);
    store_le64(out + 8, stat->node);
    store_le64(out + 16, p1_filetype(stat->type));
    store_le64(out + 24, stat->links);
    store_le64(out + 32, stat->size);
    store_le64(out + 40, timestamp(stat->accessed));
    store_le64(out + 48, timestamp(stat->modified));
    store_le64(out + 56, timestamp(stat->changed));
    return P1_SUCCESS;
}

uint32_t p1_take_times(uint64_t accessed, uint64_t modified, uint64_t flags,
                       struct wasi_times *out_times)
{
    enum { ATIM = 1, ATIM_NOW = 2, MTIM = 4, MTIM_NOW = 8, ALL = 15 };
    const uint64_t both_atim = ATIM | ATIM_NOW, both_mtim = MTIM | MTIM_NOW;
    if ((flags & ~(uint64_t)ALL) != 0 || (flags & both_atim) == both_atim ||
        (flags & both_mtim) == both_mtim)
        return P1_INVAL;
    if (((flags & ATIM) != 0 && accessed > INT64_MAX) ||
        ((flags & MTIM) != 0 && modified > INT64_MAX))
        return P1_OVERFLOW;
    *out_times = (struct wasi_times){
        .set_accessed = (flags & ATIM) != 0       ? GATE_TIME_SET
                        : (flags & ATIM_NOW) != 0 ? GATE_TIME_NOW
                                                  : GATE_TIME_KEEP,
        .set_modified = (flags & MTIM) != 0       ? GATE_TIME_SET
                        : (flags & MTIM_NOW) != 0 ? GATE_TIME_NOW
                                                  : GATE_TIME_KEEP,
        .accessed = (int64_t)accessed,
        .modified = (int64_t)modified,
    };
    return P1_SUCCESS;
}

uint32_t p1_fd_filestat_get(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    struct gate_stat stat = {0};
    uint32_t error = p1_find_with(p1, args[0], P1_FD_FILESTAT_GET, &fd);
    if (error != P1_SUCCESS)
        return error;
    if (p1_memory(p1, args[1], P1_FILESTAT_BYTES) == NULL)
        return P1_FAULT;
    if (fd->kind == P1_STREAM && fd->filetype == P1_FILETYPE_CHARACTER)
        stat.type = GATE_TYPE_CHARACTER_DEVICE;
    else if (fd->kind != P1_STREAM)
        error = wasi_errno(wasi_file_stat(p1->gate, fd->handle, &stat));
    return error == P1_SUCCESS ? p1_put_filestat(p1, args[1], &stat) : error;
}

/* A file, with these rights. */
static uint32_t find_file(const struct wasi_p1 *p1, uint64_t number, uint64_t rights,
                          struct p1_fd **out_fd)
{
    uint32_t error = p1_find_with(p1, number, rights, out_fd);
    if (error != P1_SUCCESS)
        return error;
    return (*out_fd)->kind == P1_FILE ? (uint32_t)P1_SUCCESS : (uint32_t)P1_INVAL;
}

uint32_t p1_fd_filestat_set_size(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    uint32_t error = find_file(p1, args[0], P1_FD_FILESTAT_SET_SIZE, &fd);
    return error == P1_SUCCESS ? wasi_errno(wasi_file_set_size(p1->gate, fd->handle, args[1]))
                               : error;
}

uint32_t p1_fd_filestat_set_times(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    struct wasi_times times;
    uint32_t error = p1_take_times(args[1], args[2], args[3], &times);
    if (error == P1_SUCCESS)
        error = p1_find_with(p1, args[0], P1_FD_FILESTAT_SET_TIMES, &fd);
    return error == P1_SUCCESS ? wasi_errno(wasi_file_set_times(p1->gate, fd->handle, &times))
                               : error;
}

uint32_t p1_fd_advise(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    uint32_t error = p1_find_with(p1, args[0], P1_FD_ADVISE, &fd);
    if (error == P1_SUCCESS && args[3] > 5)
        error = P1_INVAL;
    return error == P1_SUCCESS ? wasi_errno(wasi_file_advise(p1->gate, fd->handle, args[1], args[2],
                                                             (uint32_t)args[3]))
                               : error;
}

uint32_t p1_fd_allocate(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    uint32_t error = find_file(p1, args[0], P1_FD_ALLOCATE, &fd);
    if (error == P1_SUCCESS && args[2] == 0)
        error = P1_INVAL;
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_allocate(p1->gate, fd->handle, args[1], args[2]))
               : error;
}

/* Streams hold nothing back. */
static uint32_t sync(struct wasi_p1 *p1, uint64_t number, uint64_t rights, bool data_only)
{
    struct p1_fd *fd;
    uint32_t error = p1_find_with(p1, number, rights, &fd);
    if (error != P1_SUCCESS || fd->kind == P1_STREAM)
        return error;
    return wasi_errno(wasi_file_sync(p1->gate, fd->handle, data_only));
}

uint32_t p1_fd_sync(struct wasi_p1 *p1, const uint64_t *args)
{
    return sync(p1, args[0], P1_FD_SYNC, false);
}

uint32_t p1_fd_datasync(struct wasi_p1 *p1, const uint64_t *args)
{
    return sync(p1, args[0], P1_FD_DATASYNC, true);
}
