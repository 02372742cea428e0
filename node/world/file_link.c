/*
 * node/world/file_link.c: GATE_FILE: symlinks, hard links and new names.
 *
 * A hard link or a rename gives what it names the rights of the directory that it comes to, so they
 * may be no more than those of the directory that it comes from.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "node/world/file.h"

#define FOLLOWED_MAX 40

/* The two paths of `in`. */
static enum gate_status read_pair(struct world_call *call, struct world_path *out_first,
                                  struct world_path *out_second)
{
    uint32_t len = call->request->in.len;
    uint64_t first = call->request->args[0];
    if (first > len)
        return GATE_BAD_REGION;
    int number = world_path_read(call->in, (size_t)first, out_first);
    if (number == 0)
        number = world_path_read(call->in + first, len - (size_t)first, out_second);
    return world_file_end(call, number);
}

enum gate_status world_file_read_link(struct world_call *call)
{
    struct world_handle *directory;
    struct world_path path;
    struct stat stat;
    char text[GATE_PATH_MAX];
    int fd;
    enum gate_status status =
        world_file_find_directory(call, call->request->handle, GATE_FILE_READ, &directory);
    if (status != GATE_OK)
        return status;
    int number = world_path_read(call->in, call->request->in.len, &path);
    if (number == 0)
        number = world_path_find(directory->fd, &path, false, &fd);
    if (number != 0)
        return world_fail_errno(call, number);
    ssize_t len = -1;
    if (fstat(fd, &stat) != 0)
        number = errno;
    else if (!S_ISLNK(stat.st_mode))
        number = EINVAL;
    else if ((len = readlinkat(fd, "", text, sizeof text)) < 0)
        number = errno;
    else if (!utf8_is_valid(bytes_of(text, (size_t)len)))
        number = EILSEQ;
    (void)close(fd); /* it was for looking */
    if (number != 0)
        return world_fail_errno(call, number);
    size_t out_len = (size_t)len < call->request->out.len ? (size_t)len : call->request->out.len;
    memcpy(call->out, text, out_len);
    call->reply->out.len = (uint32_t)out_len;
    return GATE_OK;
}

enum gate_status world_file_symlink(struct world_call *call)
{
    struct world_handle *directory;
    struct world_path target;
    struct world_path path;
    struct world_name name;
    enum gate_status status =
        world_file_find_directory(call, call->request->handle, GATE_FILE_CHANGE, &directory);
    if (status == GATE_OK)
        status = read_pair(call, &target, &path);
    if (status != GATE_OK)
        return status;
    int number = world_name_open(directory->fd, &path, &name);
    if (number != 0)
        return world_fail_errno(call, number);
    number = symlinkat(target.text, name.directory, name.text) != 0 ? errno : 0;
    world_name_close(&name);
    return world_file_end(call, number);
}

/* The directories of LINK and RENAME. */
static enum gate_status find_pair(struct world_call *call, struct world_handle **out_old,
                                  struct world_handle **out_new)
{
    uint64_t handle = call->request->args[1];
    if (handle > UINT32_MAX)
        return GATE_BAD_HANDLE;
    enum gate_status status =
        world_file_find_directory(call, call->request->handle, GATE_FILE_CHANGE, out_old);
    if (status == GATE_OK)
        status = world_file_find_directory(call, (uint32_t)handle, GATE_FILE_CHANGE, out_new);
    if (status == GATE_OK)
        status = world_file_check_rights(call, (*out_old)->rights, (*out_new)->rights);
    return status;
}

/* Puts what the link `name` says in the place of the last component of `path`. */
static int follow(const struct world_name *name, size_t start, struct world_path *path)
{
    char target[GATE_PATH_MAX + 1];
    ssize_t len = readlinkat(name->directory, name->text, target, sizeof target);
    if (len < 0)
        return errno;
    if (len == 0)
        return ENOENT;
    if (target[0] == '/')
        return EPERM;
    if ((size_t)len > GATE_PATH_MAX - start)
        return ENAMETOOLONG;
    memcpy(path->text + start, target, (size_t)len);
    path->len = start + (size_t)len;
    path->text[path->len] = '\0';
    return 0;
}

/* Links the old path. The kernel would follow a symlink at its end, or one with '/' behind it,
 * wherever it leads; so it never has to: this follows, beneath. */
static int link_old(int directory, struct world_path *path, bool is_followed,
                    const struct world_name *to)
{
    for (int i = 0; i < FOLLOWED_MAX; i++) {
        struct world_path copy = *path;
        struct world_name name;
        int fd;
        if (path->text[path->len - 1] == '/') {
            /* A directory or nothing; directories have no other names. */
            int number = world_path_find(directory, path, true, &fd);
            if (number != 0)
                return number;
            (void)close(fd); /* it was for looking */
            return EPERM;
        }
        int number = world_name_open(directory, &copy, &name);
        if (number != 0)
            return number;
        number = EINVAL; /* no symlink */
        if (is_followed)
            number = follow(&name, path->len - strlen(name.text), path);
        if (number == EINVAL) {
            number = linkat(name.directory, name.text, to->directory, to->text, 0) != 0 ? errno : 0;
            world_name_close(&name);
            return number;
        }
        world_name_close(&name);
        if (number != 0)
            return number;
    }
    return ELOOP;
}

enum gate_status world_file_link(struct world_call *call)
{
    struct world_handle *old_directory;
    struct world_handle *new_directory;
    struct world_path old_path;
    struct world_path new_path;
    struct world_name name;
    uint64_t flags = call->request->args[2];
    if ((flags & ~(uint64_t)GATE_OPEN_FOLLOW) != 0)
        return world_fail(call, GATE_ERROR_INVALID);
    enum gate_status status = find_pair(call, &old_directory, &new_directory);
    if (status == GATE_OK)
        status = read_pair(call, &old_path, &new_path);
    if (status != GATE_OK)
        return status;
    int number = world_name_open(new_directory->fd, &new_path, &name);
    if (number != 0)
        return world_fail_errno(call, number);
    number = link_old(old_directory->fd, &old_path, flags != 0, &name);
    world_name_close(&name);
    return world_file_end(call, number);
}

enum gate_status world_file_rename(struct world_call *call)
{
    struct world_handle *old_directory;
    struct world_handle *new_directory;
    struct world_path old_path;
    struct world_path new_path;
    struct world_name old_name;
    struct world_name new_name;
    enum gate_status status = find_pair(call, &old_directory, &new_directory);
    if (status == GATE_OK)
        status = read_pair(call, &old_path, &new_path);
    if (status != GATE_OK)
        return status;
    int number = world_name_open(old_directory->fd, &old_path, &old_name);
    if (number != 0)
        return world_fail_errno(call, number);
    number = world_name_open(new_directory->fd, &new_path, &new_name);
    if (number == 0) {
        if (renameat(old_name.directory, old_name.text, new_name.directory, new_name.text) != 0)
            number = errno;
        world_name_close(&new_name);
    }
    world_name_close(&old_name);
    return world_file_end(call, number);
}
