/*
 * core/wasi/p1_io.c: reading and writing by vectors, and positions.
 *
 * A vector has at most VECTOR_MAX parts. It is walked twice: once to check every part, then part by
 * part; a part that comes back short ends the call, which then says how much was done. Small
 * writes of several parts go out as one, as they would on a kernel.
 */
#include "core/wasi/p1_internal.h"

#define VECTOR_MAX 1024u
#define NO_OFFSET  UINT64_MAX

struct vector {
    const uint8_t *parts; /* in guest memory: address and length, 4 bytes each */
    uint32_t count;
    uint64_t total;
};

static uint32_t take_vector(const struct wasi_p1 *p1, uint64_t address, uint64_t count,
                            struct vector *out)
{
    if (count > VECTOR_MAX)
        return P1_INVAL;
    const uint8_t *parts = p1_memory(p1, address, count * 8);
    uint64_t total = 0;
    if (parts == NULL)
        return P1_FAULT;
    for (uint64_t i = 0; i < count; i++) {
        uint32_t len = load_le32(parts + i * 8 + 4);
        if (p1_memory(p1, load_le32(parts + i * 8), len) == NULL)
            return P1_FAULT;
        total += len;
    }
    if (total > UINT32_MAX)
        return P1_INVAL;
    *out = (struct vector){parts, (uint32_t)count, total};
    return P1_SUCCESS;
}

/* Part `index`. A read may have written over the vector itself, so it is checked again. */
static uint32_t take_part(const struct wasi_p1 *p1, const struct vector *vector, uint32_t index,
                          uint8_t **out_data, uint32_t *out_len)
{
    const uint8_t *part = vector->parts + (size_t)index * 8;
    *out_len = load_le32(part + 4);
    *out_data = p1_memory(p1, load_le32(part), *out_len);
    return *out_data == NULL ? (uint32_t)P1_FAULT : (uint32_t)P1_SUCCESS;
}

/* Reads once; 0 bytes: the end. */
static enum gate_error read_once(struct wasi_p1 *p1, const struct p1_fd *fd, uint64_t offset,
                                 uint8_t *out, size_t room, size_t *out_len)
{
    if (fd->kind != P1_STREAM)
        return wasi_file_pread(p1->gate, fd->handle, offset, out, room, out_len);
    bool waits = (fd->flags & P1_FDFLAG_NONBLOCK) == 0;
    enum gate_error error = wasi_stream_read(p1->gate, fd->handle, waits, out, room, out_len);
    if (error != GATE_ERROR_CLOSED)
        return error;
    *out_len = 0;
    return WASI_OK;
}

/* Fills the parts in their order. A stream is read once: what more it may have is not waited for.
 */
static uint32_t read_vector(struct wasi_p1 *p1, const struct p1_fd *fd, uint64_t offset,
                            const struct vector *vector, uint64_t *out_done)
{
    uint64_t done = 0;
    for (uint32_t i = 0; i < vector->count; i++) {
        uint8_t *data;
        uint32_t len;
        uint32_t error = take_part(p1, vector, i, &data, &len);
        for (size_t at = 0, got = 0; error == P1_SUCCESS && at < len; at += got) {
            error = wasi_errno(read_once(p1, fd, offset + done, data + at, len - at, &got));
            if (error != P1_SUCCESS)
                break;
            done += got;
            if (got == 0 || fd->kind == P1_STREAM) {
                *out_done = done;
                return P1_SUCCESS;
            }
        }
        if (error != P1_SUCCESS && done == 0)
            return error;
        if (error != P1_SUCCESS)
            break;
    }
    *out_done = done;
    return P1_SUCCESS;
}

/* Writes once; offset NO_OFFSET: behind the end. */
static enum gate_error write_once(struct wasi_p1 *p1, const struct p1_fd *fd, uint64_t offset,
                                  struct bytes data, size_t *out_len)
{
    if (fd->kind == P1_STREAM)
        return wasi_stream_write(p1->gate, fd->handle, (fd->flags & P1_FDFLAG_NONBLOCK) == 0, data,
                                 out_len);
    if (offset == NO_OFFSET)
        return wasi_file_append(p1->gate, fd->handle, data, out_len);
    return wasi_file_pwrite(p1->gate, fd->handle, offset, data, out_len);
}

/* All of `data`, or an error when nothing went. */
static uint32_t write_run(struct wasi_p1 *p1, const struct p1_fd *fd, uint64_t offset,
                          struct bytes data, uint64_t *out_done)
{
    uint64_t done = 0;
    while (done < data.len) {
        struct bytes rest = bytes_of(data.data + done, (size_t)(data.len - done));
        size_t got = 0;
        enum gate_error error =
            write_once(p1, fd, offset == NO_OFFSET ? NO_OFFSET : offset + done, rest, &got);
        if (error != WASI_OK && done == 0)
            return wasi_errno(error);
        if (error != WASI_OK || got == 0)
            break;
        done += got;
    }
    *out_done = done;
    return P1_SUCCESS;
}

/* A small vector as one run. */
static struct bytes gather(struct wasi_p1 *p1, const struct vector *vector)
{
    struct buffer run = {p1->scratch, 0, sizeof p1->scratch};
    for (uint32_t i = 0; i < vector->count; i++) {
        uint8_t *data;
        uint32_t len;
        ASSERT(take_part(p1, vector, i, &data, &len) == P1_SUCCESS);
        ASSERT(buffer_append(&run, bytes_of(data, len)) == STATUS_OK);
    }
    return buffer_bytes(&run);
}

static uint32_t write_vector(struct wasi_p1 *p1, const struct p1_fd *fd, uint64_t offset,
                             const struct vector *vector, uint64_t *out_done)
{
    uint64_t done = 0;
    if (vector->count > 1 && vector->total <= sizeof p1->scratch)
        return write_run(p1, fd, offset, gather(p1, vector), out_done);
    for (uint32_t i = 0; i < vector->count; i++) {
        uint8_t *data;
        uint32_t len;
        uint64_t part_done = 0;
        ASSERT(take_part(p1, vector, i, &data, &len) == P1_SUCCESS);
        uint32_t error = write_run(p1, fd, offset == NO_OFFSET ? NO_OFFSET : offset + done,
                                   bytes_of(data, len), &part_done);
        if (error != P1_SUCCESS && done == 0)
            return error;
        done += part_done;
        if (error != P1_SUCCESS || part_done != len)
            break;
    }
    *out_done = done;
    return P1_SUCCESS;
}

/* The descriptor of a read or write and its vector. What is no file has no offsets. */
static uint32_t begin(struct wasi_p1 *p1, const uint64_t *args, uint64_t rights, bool has_offset,
                      uint64_t out_address, struct p1_fd **out_fd, struct vector *out_vector)
{
    uint32_t error = p1_find_with(p1, args[0], rights, out_fd);
    if (error != P1_SUCCESS)
        return error;
    if ((*out_fd)->kind == P1_DIRECTORY)
        return P1_ISDIR;
    if (has_offset && (*out_fd)->kind != P1_FILE)
        return P1_SPIPE;
    if (p1_memory(p1, out_address, 4) == NULL)
        return P1_FAULT;
    return take_vector(p1, args[1], args[2], out_vector);
}

uint32_t p1_fd_read(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    struct vector vector;
    uint64_t done = 0;
    uint32_t error = begin(p1, args, P1_FD_READ, false, args[3], &fd, &vector);
    if (error == P1_SUCCESS)
        error = read_vector(p1, fd, fd->position, &vector, &done);
    if (error != P1_SUCCESS)
        return error;
    fd->position += done;
    return p1_put_u32(p1, args[3], (uint32_t)done);
}

uint32_t p1_fd_pread(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    struct vector vector;
    uint64_t done = 0;
    uint32_t error = begin(p1, args, P1_FD_READ | P1_FD_SEEK, true, args[4], &fd, &vector);
    if (error == P1_SUCCESS)
        error =
            args[3] > INT64_MAX ? (uint32_t)P1_INVAL : read_vector(p1, fd, args[3], &vector, &done);
    return error == P1_SUCCESS ? p1_put_u32(p1, args[4], (uint32_t)done) : error;
}

/* Append mode: behind the end, which is where the position is then. */
static uint32_t write_appending(struct wasi_p1 *p1, struct p1_fd *fd, const struct vector *vector,
                                uint64_t *out_done)
{
    struct gate_stat stat;
    uint32_t error = write_vector(p1, fd, NO_OFFSET, vector, out_done);
    if (error == P1_SUCCESS && wasi_file_stat(p1->gate, fd->handle, &stat) == WASI_OK)
        fd->position = stat.size;
    return error;
}

uint32_t p1_fd_write(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    struct vector vector;
    uint64_t done = 0;
    uint32_t error = begin(p1, args, P1_FD_WRITE, false, args[3], &fd, &vector);
    if (error != P1_SUCCESS)
        return error;
    if (fd->kind == P1_FILE && (fd->flags & P1_FDFLAG_APPEND) != 0) {
        error = write_appending(p1, fd, &vector, &done);
    } else {
        error = write_vector(p1, fd, fd->position, &vector, &done);
        fd->position += done;
    }
    return error == P1_SUCCESS ? p1_put_u32(p1, args[3], (uint32_t)done) : error;
}

uint32_t p1_fd_pwrite(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd;
    struct vector vector;
    uint64_t done = 0;
    uint32_t error = begin(p1, args, P1_FD_WRITE | P1_FD_SEEK, true, args[4], &fd, &vector);
    if (error == P1_SUCCESS)
        error = args[3] > INT64_MAX ? (uint32_t)P1_INVAL
                                    : write_vector(p1, fd, args[3], &vector, &done);
    return error == P1_SUCCESS ? p1_put_u32(p1, args[4], (uint32_t)done) : error;
}

enum whence { WHENCE_SET = 0, WHENCE_CURRENT = 1, WHENCE_END = 2 };

/* Where `delta` is counted from. */
static uint32_t seek_base(struct wasi_p1 *p1, const struct p1_fd *fd, uint64_t whence,
                          uint64_t *out_base)
{
    struct gate_stat stat;
    enum gate_error error;
    switch (whence) {
    case WHENCE_SET:
        *out_base = 0;
        return P1_SUCCESS;
    case WHENCE_CURRENT:
        *out_base = fd->position;
        return P1_SUCCESS;
    case WHENCE_END:
        error = wasi_file_stat(p1->gate, fd->handle, &stat);
        if (error == WASI_OK)
            *out_base = stat.size;
        return wasi_errno(error);
    default:
        return P1_INVAL;
    }
}

uint32_t p1_fd_seek(struct wasi_p1 *p1, const uint64_t *args)
{
    bool only_tells = args[1] == 0 && args[2] == WHENCE_CURRENT;
    struct p1_fd *fd = p1_find(p1, args[0]);
    uint64_t base = 0, position;
    if (fd == NULL)
        return P1_BADF;
    if (fd->kind == P1_STREAM)
        return P1_SPIPE;
    uint32_t error = p1_find_with(p1, args[0], only_tells ? P1_FD_TELL : P1_FD_SEEK, &fd);
    if (error == P1_SUCCESS)
        error = seek_base(p1, fd, args[2], &base);
    if (error != P1_SUCCESS)
        return error;
    position = base + args[1];
    if (position > INT64_MAX)
        return P1_INVAL;
    error = p1_put_u64(p1, args[3], position);
    if (error == P1_SUCCESS)
        fd->position = position;
    return error;
}

uint32_t p1_fd_tell(struct wasi_p1 *p1, const uint64_t *args)
{
    struct p1_fd *fd = p1_find(p1, args[0]);
    if (fd != NULL && fd->kind == P1_STREAM)
        return P1_SPIPE;
    uint32_t error = p1_find_with(p1, args[0], P1_FD_TELL, &fd);
    return error == P1_SUCCESS ? p1_put_u64(p1, args[1], fd->position) : error;
}
