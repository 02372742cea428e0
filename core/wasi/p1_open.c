/*
 * core/wasi/p1_open.c: path_open.
 *
 * The rights asked for are clipped to what the directory hands down; a program that asks for all
 * there are gets what there is. Writing alone is no right that is left out in silence: who asks for
 * it where nothing may be written is told so at once.
 *
 * What will be opened is not known before. As a file it is opened with no more than what was asked
 * for; if it turns out to be a directory that may hand down more, it is opened once more as one.
 */
#include "core/wasi/p1_file.h"

#define OFLAG_CREAT     1u
#define OFLAG_DIRECTORY 2u
#define OFLAG_EXCL      4u
#define OFLAG_TRUNC     8u
#define OFLAGS_ALL      15u

#define WRITING (P1_FD_WRITE | P1_FD_ALLOCATE | P1_FD_FILESTAT_SET_SIZE)

/* The arguments, checked. */
struct open {
    struct p1_fd *directory;
    struct bytes path;
    uint32_t flags; /* enum gate_open_flag */
    uint16_t fdflags;
    bool truncates;
    uint64_t rights, inheriting; /* as asked for */
};

static uint32_t gate_flags(uint64_t lookup, uint64_t oflags, uint64_t fdflags)
{
    uint32_t flags = 0;
    flags |= (lookup & 1) != 0 ? GATE_OPEN_FOLLOW : 0u;
    flags |= (oflags & OFLAG_CREAT) != 0 ? GATE_OPEN_CREATE : 0u;
    flags |= (oflags & OFLAG_DIRECTORY) != 0 ? GATE_OPEN_DIRECTORY : 0u;
    flags |= (oflags & OFLAG_EXCL) != 0 ? GATE_OPEN_EXCLUSIVE : 0u;
    flags |= (oflags & OFLAG_TRUNC) != 0 ? GATE_OPEN_TRUNCATE : 0u;
    flags |= (fdflags & P1_FDFLAG_SYNC) != 0 ? GATE_OPEN_FILE_INTEGRITY_SYNC : 0u;
    flags |= (fdflags & P1_FDFLAG_DSYNC) != 0 ? GATE_OPEN_DATA_INTEGRITY_SYNC : 0u;
    flags |= (fdflags & P1_FDFLAG_RSYNC) != 0 ? GATE_OPEN_REQUESTED_WRITE_SYNC : 0u;
    return flags;
}

static uint32_t take_arguments(struct wasi_p1 *p1, const uint64_t *args, struct open *open)
{
    uint64_t oflags = args[4], fdflags = args[7], wanted = P1_PATH_OPEN;
    const uint8_t *path = p1_memory(p1, args[2], args[3]);
    if (path == NULL || p1_memory(p1, args[8], 4) == NULL)
        return P1_FAULT;
    if ((oflags & ~(uint64_t)OFLAGS_ALL) != 0 || (fdflags & ~(uint64_t)P1_FDFLAGS_ALL) != 0)
        return P1_INVAL;
    wanted |= (oflags & OFLAG_CREAT) != 0 ? P1_PATH_CREATE_FILE : 0u;
    wanted |= (oflags & OFLAG_TRUNC) != 0 ? P1_PATH_FILESTAT_SET_SIZE : 0u;
    uint32_t error = p1_find_directory(p1, args[0], 0, &open->directory);
    if (error != P1_SUCCESS)
        return error;
    if ((open->directory->rights & wanted) != wanted)
        return (open->directory->gate_rights & GATE_FILE_WRITE) != 0 ? P1_NOTCAPABLE : P1_ROFS;
    if ((args[5] & P1_FD_WRITE & ~open->directory->inheriting) != 0)
        return (open->directory->gate_rights & GATE_FILE_WRITE) != 0 ? P1_NOTCAPABLE : P1_ROFS;
    open->path = bytes_of(path, (size_t)args[3]);
    open->flags = gate_flags(args[1], oflags, fdflags);
    open->fdflags = (uint16_t)fdflags;
    open->truncates = (oflags & OFLAG_TRUNC) != 0;
    open->rights = args[5] & open->directory->inheriting;
    open->inheriting = args[6] & open->directory->inheriting;
    return P1_SUCCESS;
}

/* What the gate is asked for, as if it were a file. A directory that may change things hands that
 * down in any case: preview 1's own rights hold it back. */
static uint32_t file_wants(const struct open *open)
{
    uint32_t wants = open->directory->gate_rights & GATE_FILE_CHANGE;
    bool writes = (open->rights & WRITING) != 0;
    if (writes || open->truncates)
        wants |= GATE_FILE_WRITE;
    if ((open->rights & (P1_FD_READ | P1_FD_READDIR)) != 0 || !writes)
        wants |= GATE_FILE_READ;
    return wants;
}

static enum gate_error open_at(struct wasi_p1 *p1, const struct open *open, uint32_t flags,
                               uint32_t wants, struct wasi_open *out)
{
    return wasi_file_open(p1->gate, open->directory->handle, open->path, flags, wants, out);
}

/* A directory was opened: is it what was wanted, and may it hand down more than it has? */
static uint32_t open_directory(struct wasi_p1 *p1, const struct open *open, struct wasi_open *got)
{
    struct wasi_open again;
    uint32_t wants = open->directory->gate_rights;
    if ((open->rights & P1_FD_WRITE) != 0) {
        (void)wasi_file_close(p1->gate, got->handle); /* was opened here; nothing else to do */
        return P1_ISDIR;
    }
    if ((wants & ~got->rights) == 0)
        return P1_SUCCESS;
    uint32_t flags = (open->flags & GATE_OPEN_FOLLOW) | GATE_OPEN_DIRECTORY;
    enum gate_error error = open_at(p1, open, flags, wants, &again);
    (void)wasi_file_close(p1->gate, got->handle); /* as above */
    if (error == WASI_OK)
        *got = again;
    return wasi_errno(error);
}

static void fill(struct p1_fd *fd, const struct open *open, const struct wasi_open *got)
{
    bool is_directory = got->type == GATE_TYPE_DIRECTORY;
    uint64_t most = is_directory ? p1_directory_rights(got->rights) : p1_file_rights(got->rights);
    *fd = (struct p1_fd){
        .kind = is_directory ? P1_DIRECTORY : P1_FILE,
        .filetype = p1_filetype(got->type),
        .flags = is_directory ? 0 : open->fdflags,
        .handle = got->handle,
        .gate_rights = got->rights,
        .rights = open->rights & most,
        .inheriting = open->inheriting,
    };
}

uint32_t p1_path_open(struct wasi_p1 *p1, const uint64_t *args)
{
    struct open open;
    struct wasi_open got;
    uint32_t number;
    uint32_t error = take_arguments(p1, args, &open);
    if (error != P1_SUCCESS)
        return error;
    if (!p1_free_number(p1, &number))
        return P1_MFILE;
    error = wasi_errno(open_at(p1, &open, open.flags, file_wants(&open), &got));
    if (error == P1_SUCCESS && got.type == GATE_TYPE_DIRECTORY)
        error = open_directory(p1, &open, &got);
    if (error != P1_SUCCESS)
        return error;
    fill(&p1->fds[number], &open, &got);
    return p1_put_u32(p1, args[8], number);
}
