/*
 * node/world/file_directory.c: GATE_FILE: what a directory has, and making and removing it.
 *
 * A cookie is the file system's own position. Names that are not UTF-8 can not be said to the cell:
 * they are left out of lists, and so out of reach.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/utf8.h"
#include "node/world/file.h"

/* As linux/dirent.h has it: this, then the name with its NUL. */
struct linux_entry {
    uint64_t node;
    int64_t next;
    uint16_t len;
    uint8_t type;
};
#define LINUX_NAME_OFFSET 19u

/* Room for any entry of the kernel's. */
#define DIRENT_BYTES_MIN 1024u

static uint32_t type_of(int directory, uint8_t type, const char *name)
{
    struct stat stat;
    if (type != DT_UNKNOWN)
        return (uint32_t)world_file_type((mode_t)DTTOIF(type));
    if (fstatat(directory, name, &stat, AT_SYMLINK_NOFOLLOW) != 0)
        return GATE_TYPE_UNKNOWN;
    return (uint32_t)world_file_type(stat.st_mode);
}

static bool is_listed(struct bytes name)
{
    bool is_dots = name.len <= 2 && memcmp(name.data, "..", name.len) == 0;
    return !is_dots && utf8_is_valid(name);
}

/* Appends one entry to `out`; false: no room. */
static bool put_entry(struct world_call *call, uint32_t *len, const struct gate_entry *entry,
                      const char *name)
{
    static const uint8_t zeros[8] = {0};
    size_t name_room = ((size_t)entry->name_len + 7) / 8 * 8;
    uint8_t *to = call->out + *len;
    if (sizeof *entry + name_room > call->request->out.len - *len)
        return false;
    memcpy(to, entry, sizeof *entry);
    memcpy(to + sizeof *entry, name, entry->name_len);
    memcpy(to + sizeof *entry + entry->name_len, zeros, name_room - entry->name_len);
    *len += (uint32_t)(sizeof *entry + name_room);
    return true;
}

/* Puts what was read of the directory; false: `out` is full. */
static bool put_entries(struct world_call *call, int directory, uint64_t device, size_t read_len,
                        uint32_t *len)
{
    const uint8_t *at = call->world->dirents;
    const uint8_t *end = at + read_len;
    while (at < end) {
        struct linux_entry from;
        memcpy(&from, at, LINUX_NAME_OFFSET);
        const char *name = (const char *)at + LINUX_NAME_OFFSET;
        size_t name_len = strlen(name);
        at += from.len;
        if (!is_listed(bytes_of(name, name_len)))
            continue;
        struct gate_entry entry = {
            .next = (uint64_t)from.next,
            .node = world_identity(call->world, device, from.node),
            .type = type_of(directory, from.type, name),
            .name_len = (uint32_t)name_len,
        };
        if (!put_entry(call, len, &entry, name))
            return false;
    }
    return true;
}

enum gate_status world_file_read_directory(struct world_call *call)
{
    struct world *world = call->world;
    struct world_handle *directory;
    struct stat stat;
    uint32_t len = 0;
    enum gate_status status =
        world_file_find_directory(call, call->request->handle, GATE_FILE_READ, &directory);
    if (status != GATE_OK)
        return status;
    if (call->request->args[0] > INT64_MAX)
        return world_fail(call, GATE_ERROR_INVALID);
    if (fstat(directory->fd, &stat) != 0 ||
        lseek(directory->fd, (off_t)call->request->args[0], SEEK_SET) < 0)
        return world_fail_errno(call, errno);
    size_t room = call->request->out.len;
    room = room < DIRENT_BYTES_MIN ? DIRENT_BYTES_MIN : room;
    room = room < sizeof world->dirents ? room : sizeof world->dirents;
    for (;;) {
        long n = syscall(SYS_getdents64, directory->fd, world->dirents, room);
        if (n < 0 && len == 0)
            return world_fail_errno(call, errno);
        if (n <= 0)
            break; /* an error comes back with the next cookie */
        if (!put_entries(call, directory->fd, stat.st_dev, (size_t)n, &len)) {
            if (len == 0)
                return GATE_BAD_REGION;
            break;
        }
    }
    call->reply->out.len = len;
    return GATE_OK;
}

/* Finds the directory of the name that `in` is and does one thing to it. */
static enum gate_status change(struct world_call *call, int (*act)(int directory, const char *name))
{
    struct world_handle *directory;
    struct world_path path;
    struct world_name name;
    enum gate_status status =
        world_file_find_directory(call, call->request->handle, GATE_FILE_CHANGE, &directory);
    if (status != GATE_OK)
        return status;
    int number = world_path_read(call->in, call->request->in.len, &path);
    if (number == 0)
        number = world_name_open(directory->fd, &path, &name);
    if (number != 0)
        return world_fail_errno(call, number);
    number = act(name.directory, name.text) != 0 ? errno : 0;
    world_name_close(&name);
    return world_file_end(call, number);
}

static int create_directory(int directory, const char *name)
{
    return mkdirat(directory, name, 0777);
}

static int remove_directory(int directory, const char *name)
{
    return unlinkat(directory, name, AT_REMOVEDIR);
}

static int unlink_name(int directory, const char *name)
{
    return unlinkat(directory, name, 0);
}

enum gate_status world_file_create_directory(struct world_call *call)
{
    return change(call, create_directory);
}

enum gate_status world_file_remove_directory(struct world_call *call)
{
    return change(call, remove_directory);
}

enum gate_status world_file_unlink(struct world_call *call)
{
    return change(call, unlink_name);
}
