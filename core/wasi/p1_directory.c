/*
 * core/wasi/p1_directory.c: fd_readdir.
 *
 * Cookies: 0 is before `.`, 1 before `..`, and a gate's cookie c is 2 + c; so the gate's 0, its
 * first entry, is 2. The guest's room is filled to its last byte when there is more to come: an
 * entry that is cut says so.
 */
#include "core/wasi/p1_file.h"

#define DIRENT_BYTES 24u
#define COOKIE_DOTS  2u

struct dirent {
    uint64_t next;
    uint64_t node;
    uint8_t type;
    struct bytes name;
};

/* As much of it as there is room for. */
static void put(struct buffer *out, const struct dirent *entry)
{
    uint8_t head[DIRENT_BYTES] = {0};
    size_t room = out->cap - out->len;
    store_le64(head, entry->next);
    store_le64(head + 8, entry->node);
    store_le32(head + 16, (uint32_t)entry->name.len);
    head[20] = entry->type;
    size_t head_len = room < sizeof head ? room : sizeof head;
    memcpy(out->data + out->len, head, head_len);
    out->len += head_len;
    room -= head_len;
    size_t name_len = room < entry->name.len ? room : entry->name.len;
    if (name_len != 0)
        memcpy(out->data + out->len, entry->name.data, name_len);
    out->len += name_len;
}

static uint32_t put_dots(struct wasi_p1 *p1, const struct p1_fd *fd, uint64_t cookie,
                         struct buffer *out)
{
    struct gate_stat stat = {0};
    uint32_t error = wasi_errno(wasi_file_stat(p1->gate, fd->handle, &stat));
    for (uint64_t i = cookie; error == P1_SUCCESS && i < COOKIE_DOTS; i++)
        put(out, &(struct dirent){.next = i + 1,
                                  .node = i == 0 ? stat.node : 0, /* the parent is not ours */
                                  .type = P1_FILETYPE_DIRECTORY,
                                  .name = bytes_of("..", (size_t)i + 1)});
    return error;
}

static void put_entries(struct bytes entries, struct buffer *out, uint64_t *out_cookie)
{
    struct gate_entry entry;
    struct bytes name;
    while (out->len < out->cap && wasi_entry_take(&entries, &entry, &name)) {
        *out_cookie = entry.next;
        put(out, &(struct dirent){.next = entry.next + COOKIE_DOTS,
                                  .node = entry.node,
                                  .type = p1_filetype(entry.type),
                                  .name = name});
    }
}

uint32_t p1_fd_readdir(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    uint32_t error = p1_find_directory(p1, args[0], P1_FD_READDIR, &fd);
    if (error != P1_SUCCESS)
        return error;
    struct buffer out = {p1_memory(p1, args[1], args[2]), 0, (size_t)args[2]};
    if (out.data == NULL || p1_memory(p1, args[4], 4) == NULL)
        return P1_FAULT;
    if (args[3] < COOKIE_DOTS)
        error = put_dots(p1, fd, args[3], &out);
    uint64_t cookie = args[3] < COOKIE_DOTS ? 0 : args[3] - COOKIE_DOTS;
    size_t len = 1;
    while (error == P1_SUCCESS && len != 0 && out.len < out.cap) {
        error = wasi_errno(wasi_file_read_directory(p1->gate, fd->handle, cookie, p1->scratch,
                                                    sizeof p1->scratch, &len));
        if (error == P1_SUCCESS)
            put_entries(bytes_of(p1->scratch, len), &out, &cookie);
    }
    return error == P1_SUCCESS ? p1_put_u32(p1, args[4], (uint32_t)out.len) : error;
}
