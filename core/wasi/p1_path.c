/*
 * core/wasi/p1_path.c: paths beneath a directory's descriptor. What a path is, and that it stays
 * beneath, is the gate's to check.
 */
#include "core/wasi/p1_file.h"

#define LOOKUP_FOLLOW 1u

/* The path of `len` bytes at `address`. */
static uint32_t take_path(const struct wasi_p1 *p1, uint64_t address, uint64_t len,
                          struct bytes *out_path)
{
    const uint8_t *data = p1_memory(p1, address, len);
    if (data == NULL)
        return P1_FAULT;
    *out_path = bytes_of(data, (size_t)len);
    return P1_SUCCESS;
}

/* A directory and a path beneath it. */
struct place {
    struct p1_fd *directory;
    struct bytes path;
};

static uint32_t take_place(const struct wasi_p1 *p1, uint64_t number, uint64_t rights,
                           uint64_t address, uint64_t len, struct place *out_place)
{
    uint32_t error = p1_find_directory(p1, number, rights, &out_place->directory);
    return error == P1_SUCCESS ? take_path(p1, address, len, &out_place->path) : error;
}

uint32_t p1_path_create_directory(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place at;
    uint32_t error = take_place(p1, args[0], P1_PATH_CREATE_DIRECTORY, args[1], args[2], &at);
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_create_directory(p1->gate, at.directory->handle, at.path))
               : error;
}

uint32_t p1_path_remove_directory(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place at;
    uint32_t error = take_place(p1, args[0], P1_PATH_REMOVE_DIRECTORY, args[1], args[2], &at);
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_remove_directory(p1->gate, at.directory->handle, at.path))
               : error;
}

uint32_t p1_path_unlink_file(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place at;
    uint32_t error = take_place(p1, args[0], P1_PATH_UNLINK_FILE, args[1], args[2], &at);
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_unlink(p1->gate, at.directory->handle, at.path))
               : error;
}

uint32_t p1_path_filestat_get(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place at;
    struct gate_stat stat;
    uint32_t error = take_place(p1, args[0], P1_PATH_FILESTAT_GET, args[2], args[3], &at);
    if (error != P1_SUCCESS)
        return error;
    if (p1_memory(p1, args[4], P1_FILESTAT_BYTES) == NULL)
        return P1_FAULT;
    error = wasi_errno(wasi_file_stat_at(p1->gate, at.directory->handle, at.path,
                                         (args[1] & LOOKUP_FOLLOW) != 0, &stat));
    return error == P1_SUCCESS ? p1_put_filestat(p1, args[4], &stat) : error;
}

uint32_t p1_path_filestat_set_times(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place at;
    struct wasi_times times;
    uint32_t error = take_place(p1, args[0], P1_PATH_FILESTAT_SET_TIMES, args[2], args[3], &at);
    if (error == P1_SUCCESS)
        error = p1_take_times(args[4], args[5], args[6], &times);
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_set_times_at(p1->gate, at.directory->handle, at.path,
                                                   (args[1] & LOOKUP_FOLLOW) != 0, &times))
               : error;
}

uint32_t p1_path_readlink(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place at;
    size_t len = 0;
    uint32_t error = take_place(p1, args[0], P1_PATH_READLINK, args[1], args[2], &at);
    if (error != P1_SUCCESS)
        return error;
    uint8_t *out = p1_memory(p1, args[3], args[4]);
    if (out == NULL || p1_memory(p1, args[5], 4) == NULL)
        return P1_FAULT;
    error = wasi_errno(
        wasi_file_read_link(p1->gate, at.directory->handle, at.path, out, (size_t)args[4], &len));
    return error == P1_SUCCESS ? p1_put_u32(p1, args[5], (uint32_t)len) : error;
}

uint32_t p1_path_symlink(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place at;
    struct bytes content;
    uint32_t error = take_path(p1, args[0], args[1], &content);
    if (error == P1_SUCCESS)
        error = take_place(p1, args[2], P1_PATH_SYMLINK, args[3], args[4], &at);
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_symlink(p1->gate, at.directory->handle, content, at.path))
               : error;
}

uint32_t p1_path_link(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place from, to;
    uint32_t error = take_place(p1, args[0], P1_PATH_LINK_SOURCE, args[2], args[3], &from);
    if (error == P1_SUCCESS)
        error = take_place(p1, args[4], P1_PATH_LINK_TARGET, args[5], args[6], &to);
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_link(p1->gate, from.directory->handle, from.path,
                                           (args[1] & LOOKUP_FOLLOW) != 0, to.directory->handle,
                                           to.path))
               : error;
}

uint32_t p1_path_rename(struct wasi_p1 *p1, const uint64_t *args)
{
    struct place from, to;
    uint32_t error = take_place(p1, args[0], P1_PATH_RENAME_SOURCE, args[1], args[2], &from);
    if (error == P1_SUCCESS)
        error = take_place(p1, args[3], P1_PATH_RENAME_TARGET, args[4], args[5], &to);
    return error == P1_SUCCESS
               ? wasi_errno(wasi_file_rename(p1->gate, from.directory->handle, from.path,
                                             to.directory->handle, to.path))
               : error;
}
