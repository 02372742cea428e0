/*
 * core/wasi/p1_table.c: numbers of descriptors, what they may do, and the functions that look at
 * nothing else.
 *
 * Rights are what preview 1 makes of them: a descriptor has base rights, and those that what is
 * opened beneath it may have. They are held here against each call; the gate holds its own, coarser
 * ones against the request.
 */
#include "core/wasi/p1_internal.h"

#define FIRST_PREOPEN 3u

#define RIGHTS_ANY_FILE                                                                            \
    (P1_FD_SEEK | P1_FD_FDSTAT_SET_FLAGS | P1_FD_TELL | P1_FD_ADVISE | P1_FD_FILESTAT_GET |        \
     P1_POLL_FD_READWRITE | P1_PATH_FILESTAT_GET | P1_FD_SYNC | P1_FD_DATASYNC)
#define RIGHTS_WRITE_FILE                                                                          \
    (P1_FD_WRITE | P1_FD_ALLOCATE | P1_FD_FILESTAT_SET_SIZE | P1_FD_FILESTAT_SET_TIMES)
#define RIGHTS_READ_DIRECTORY                                                                      \
    (P1_FD_READDIR | P1_PATH_OPEN | P1_PATH_READLINK | P1_PATH_FILESTAT_GET | P1_FD_FILESTAT_GET | \
     P1_FD_FDSTAT_SET_FLAGS | P1_FD_SYNC | P1_FD_DATASYNC)
#define RIGHTS_WRITE_DIRECTORY                                                                     \
    (P1_PATH_FILESTAT_SET_SIZE | P1_PATH_FILESTAT_SET_TIMES | P1_FD_FILESTAT_SET_TIMES)
#define RIGHTS_CHANGE_DIRECTORY                                                                    \
    (P1_PATH_CREATE_DIRECTORY | P1_PATH_CREATE_FILE | P1_PATH_LINK_SOURCE | P1_PATH_LINK_TARGET |  \
     P1_PATH_RENAME_SOURCE | P1_PATH_RENAME_TARGET | P1_PATH_SYMLINK | P1_PATH_REMOVE_DIRECTORY |  \
     P1_PATH_UNLINK_FILE)
#define RIGHTS_STREAM                                                                              \
    (P1_FD_FDSTAT_SET_FLAGS | P1_FD_FILESTAT_GET | P1_POLL_FD_READWRITE | P1_FD_SYNC |             \
     P1_FD_DATASYNC)

uint64_t p1_directory_rights(uint32_t gate_rights)
{
    uint64_t rights = RIGHTS_READ_DIRECTORY;
    if ((gate_rights & GATE_FILE_WRITE) != 0)
        rights |= RIGHTS_WRITE_DIRECTORY;
    if ((gate_rights & GATE_FILE_CHANGE) != 0)
        rights |= RIGHTS_CHANGE_DIRECTORY;
    return rights;
}

uint64_t p1_file_rights(uint32_t gate_rights)
{
    uint64_t rights = RIGHTS_ANY_FILE;
    if ((gate_rights & GATE_FILE_READ) != 0)
        rights |= P1_FD_READ;
    if ((gate_rights & GATE_FILE_WRITE) != 0)
        rights |= RIGHTS_WRITE_FILE;
    return rights;
}

struct p1_fd *p1_find(const struct wasi_p1 *p1, uint64_t number)
{
    if (number >= P1_FD_MAX || p1->fds[number].kind == P1_FREE)
        return NULL;
    return &p1->fds[number];
}

uint32_t p1_find_with(const struct wasi_p1 *p1, uint64_t number, uint64_t rights,
                      struct p1_fd **out_fd)
{
    struct p1_fd *fd = p1_find(p1, number);
    if (fd == NULL)
        return P1_BADF;
    if ((fd->rights & rights) != rights)
        return P1_NOTCAPABLE;
    *out_fd = fd;
    return P1_SUCCESS;
}

uint32_t p1_find_directory(const struct wasi_p1 *p1, uint64_t number, uint64_t rights,
                           struct p1_fd **out_fd)
{
    struct p1_fd *fd = p1_find(p1, number);
    if (fd == NULL)
        return P1_BADF;
    if (fd->kind != P1_DIRECTORY)
        return P1_NOTDIR;
    return p1_find_with(p1, number, rights, out_fd);
}

bool p1_free_number(struct wasi_p1 *p1, uint32_t *out_number)
{
    uint32_t number = p1->first_free;
    while (number < P1_FD_MAX && p1->fds[number].kind != P1_FREE)
        number++;
    p1->first_free = number;
    *out_number = number;
    return number < P1_FD_MAX;
}

static void init_stdio(struct wasi_p1 *p1, uint32_t which)
{
    struct p1_fd *fd = &p1->fds[which];
    bool is_terminal;
    if (wasi_stdio(p1->gate, which, &fd->handle, &is_terminal) != WASI_OK)
        return;
    fd->kind = P1_STREAM;
    fd->is_preopen = true;
    fd->filetype = is_terminal ? P1_FILETYPE_CHARACTER : P1_FILETYPE_UNKNOWN;
    fd->rights = RIGHTS_STREAM | (which == 0 ? P1_FD_READ : P1_FD_WRITE);
}

static enum status init_preopens(struct wasi_p1 *p1, struct arena *arena)
{
    struct wasi_preopen *preopen = arena_alloc(arena, 1, sizeof *preopen);
    if (preopen == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < P1_FD_MAX - FIRST_PREOPEN; i++) {
        if (wasi_preopen(p1->gate, i, preopen) != WASI_OK)
            break;
        uint8_t *name = arena_alloc(arena, preopen->path_len, 1);
        if (name == NULL)
            return STATUS_NO_MEMORY;
        memcpy(name, preopen->path, preopen->path_len);
        p1->fds[FIRST_PREOPEN + i] = (struct p1_fd){
            .kind = P1_DIRECTORY,
            .filetype = P1_FILETYPE_DIRECTORY,
            .handle = preopen->handle,
            .gate_rights = preopen->rights,
            .is_preopen = true,
            .rights = p1_directory_rights(preopen->rights),
            .inheriting = p1_directory_rights(preopen->rights) | p1_file_rights(preopen->rights),
            .name = bytes_of(name, preopen->path_len),
        };
    }
    return STATUS_OK;
}

enum status p1_table_init(struct wasi_p1 *p1, struct arena *arena)
{
    p1->first_free = FIRST_PREOPEN;
    p1->fds = arena_alloc(arena, P1_FD_MAX, sizeof *p1->fds);
    if (p1->fds == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < FIRST_PREOPEN; i++)
        init_stdio(p1, i);
    return init_preopens(p1, arena);
}

/* Gives back what `fd` holds. A handle that the gate lent for the whole run stays with it. */
static uint32_t release(struct wasi_p1 *p1, struct p1_fd *fd)
{
    enum gate_error error = WASI_OK;
    uint32_t number = (uint32_t)(fd - p1->fds);
    if (!fd->is_preopen)
        error = wasi_file_close(p1->gate, fd->handle);
    memset(fd, 0, sizeof *fd);
    if (number >= FIRST_PREOPEN && number < p1->first_free)
        p1->first_free = number;
    return wasi_errno(error);
}

uint32_t p1_fd_close(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd = p1_find(p1, args[0]);
    return fd == NULL ? (uint32_t)P1_BADF : release(p1, fd);
}

uint32_t p1_fd_renumber(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *from = p1_find(p1, args[0]), *to = p1_find(p1, args[1]);
    if (from == NULL || to == NULL)
        return P1_BADF;
    if (from == to)
        return P1_SUCCESS;
    uint32_t error = release(p1, to);
    *to = *from;
    from->is_preopen = true; /* the handle lives on: release() may not close it */
    (void)release(p1, from); /* closes nothing */
    return error;
}

uint32_t p1_fd_fdstat_get(struct wasi_p1 *p1, const uint64_t *args)
{
    const struct p1_fd *fd = p1_find(p1, args[0]);
    uint8_t *out = p1_memory(p1, args[1], 24);
    if (fd == NULL)
        return P1_BADF;
    if (out == NULL)
        return P1_FAULT;
    memset(out, 0, 8);
    out[0] = fd->filetype;
    out[2] = (uint8_t)fd->flags;
    store_le64(out + 8, fd->rights);
    store_le64(out + 16, fd->inheriting);
    return P1_SUCCESS;
}

/* Append and non-blocking are ours to change; how writes are synchronised was said at open. */
uint32_t p1_fd_fdstat_set_flags(struct wasi_p1 *p1, const uint64_t *args)
{
    const uint32_t ours = P1_FDFLAG_APPEND | P1_FDFLAG_NONBLOCK;
    struct p1_fd *fd;
    uint32_t error = p1_find_with(p1, args[0], P1_FD_FDSTAT_SET_FLAGS, &fd);
    if (error != P1_SUCCESS)
        return error;
    if ((args[1] & ~(uint64_t)P1_FDFLAGS_ALL) != 0)
        return P1_INVAL;
    if (((args[1] ^ fd->flags) & P1_FDFLAGS_ALL & ~ours) != 0)
        return P1_NOTSUP;
    fd->flags = (uint16_t)args[1];
    return P1_SUCCESS;
}

uint32_t p1_fd_fdstat_set_rights(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd = p1_find(p1, args[0]);
    if (fd == NULL)
        return P1_BADF;
    if ((args[1] & ~fd->rights) != 0 || (args[2] & ~fd->inheriting) != 0)
        return P1_NOTCAPABLE;
    fd->rights = args[1];
    fd->inheriting = args[2];
    return P1_SUCCESS;
}

static const struct p1_fd *find_preopen(const struct wasi_p1 *p1, uint64_t number)
{
    const struct p1_fd *fd = p1_find(p1, number);
    return fd != NULL && fd->is_preopen && fd->kind == P1_DIRECTORY ? fd : NULL;
}

uint32_t p1_fd_prestat_get(struct wasi_p1 *p1, const uint64_t *args)
{
    const struct p1_fd *fd = find_preopen(p1, args[0]);
    uint8_t *out = p1_memory(p1, args[1], 8);
    if (fd == NULL)
        return P1_BADF;
    if (out == NULL)
        return P1_FAULT;
    store_le32(out, 0);
    store_le32(out + 4, (uint32_t)fd->name.len);
    return P1_SUCCESS;
}

uint32_t p1_fd_prestat_dir_name(struct wasi_p1 *p1, const uint64_t *args)
{
    const struct p1_fd *fd = find_preopen(p1, args[0]);
    if (fd == NULL)
        return P1_BADF;
    if (args[2] < fd->name.len)
        return P1_NAMETOOLONG;
    uint8_t *out = p1_memory(p1, args[1], fd->name.len);
    if (out == NULL)
        return P1_FAULT;
    memcpy(out, fd->name.data, fd->name.len);
    return P1_SUCCESS;
}
