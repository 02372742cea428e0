/*
 * core/wasi/client.c: requests to the gate and what their replies are checked for. See client.h.
 *
 * Invariants:
 *   (1) What goes in stands at the front of the transfer area, what comes out behind it.
 *   (2) No length from a reply is used before it was held against the length asked for.
 */
#include "core/wasi/client.h"

#include "core/base/utf8.h"

#define OUT_ALIGNMENT 16u

uint32_t wasi_errno(enum gate_error error)
{
    static const uint8_t errnos[GATE_ERROR_COUNT + 1] = {
#define X(number, name, wasi, errno_) [number] = (errno_),
        GATE_ERROR_LIST(X)
#undef X
    };
    ASSERT(error <= WASI_OK);
    return errnos[error];
}

const char *wasi_error_name(enum gate_error error)
{
    static const char *const names[GATE_ERROR_COUNT + 1] = {
#define X(number, name, wasi, errno_) [number] = (wasi),
        GATE_ERROR_LIST(X)
#undef X
            [GATE_ERROR_COUNT] = "ok",
    };
    ASSERT(error <= WASI_OK);
    return names[error];
}

static enum gate_error ring(const struct wasi_gate *gate, const struct gate_request *request,
                            struct gate_reply *out_reply)
{
    ASSERT(gate->transfer_bytes >= WASI_TRANSFER_MIN);
    gate->ring(gate->context, request, out_reply);
    switch (out_reply->status) {
    case GATE_OK:
        ASSERT(out_reply->out.len <= request->out.len);
        return WASI_OK;
    case GATE_FAILED:
        ASSERT(out_reply->reason < GATE_ERROR_COUNT);
        return (enum gate_error)out_reply->reason;
    case GATE_BAD_HANDLE:
        return GATE_ERROR_BAD_DESCRIPTOR;
    case GATE_REFUSED:
        return GATE_ERROR_NOT_PERMITTED;
    default:
        ASSERT(out_reply->status == GATE_UNKNOWN);
        return GATE_ERROR_UNSUPPORTED;
    }
}

/* Rings for a call whose reply has no more than a status. */
static enum gate_error ask(const struct wasi_gate *gate, const struct gate_request *request)
{
    struct gate_reply reply;
    return ring(gate, request, &reply);
}

static uint32_t clip(size_t len, uint32_t most)
{
    return len < most ? (uint32_t)len : most;
}

static uint32_t put_in(const struct wasi_gate *gate, uint32_t at, struct bytes data)
{
    ASSERT(at <= gate->transfer_bytes && data.len <= gate->transfer_bytes - at);
    if (data.len != 0)
        memcpy(gate->transfer + at, data.data, data.len);
    return at + (uint32_t)data.len;
}

/* Room for what comes out: behind what goes in. */
static struct gate_region room_out(const struct wasi_gate *gate, uint32_t in_len, size_t wanted)
{
    uint32_t from = (in_len + OUT_ALIGNMENT - 1) & ~(OUT_ALIGNMENT - 1);
    ASSERT(from < gate->transfer_bytes);
    return (struct gate_region){from, clip(wanted, gate->transfer_bytes - from)};
}

static void take_out(const struct wasi_gate *gate, const struct gate_request *request, void *out,
                     size_t len)
{
    ASSERT(len <= request->out.len);
    if (len != 0)
        memcpy(out, gate->transfer + request->out.offset, len);
}

static enum gate_error check_path(struct bytes path)
{
    if (path.len == 0)
        return GATE_ERROR_NO_ENTRY;
    if (path.len > GATE_PATH_MAX)
        return GATE_ERROR_NAME_TOO_LONG;
    for (size_t i = 0; i < path.len; i++)
        if (path.data[i] == 0)
            return GATE_ERROR_INVALID;
    return utf8_is_valid(path) ? WASI_OK : GATE_ERROR_ILLEGAL_BYTE_SEQUENCE;
}

/* `path` as what goes in. */
static enum gate_error put_path(const struct wasi_gate *gate, struct bytes path,
                                struct gate_request *request)
{
    enum gate_error error = check_path(path);
    if (error == WASI_OK)
        request->in = (struct gate_region){0, put_in(gate, 0, path)};
    return error;
}

static enum gate_error ask_path(const struct wasi_gate *gate, struct bytes path,
                                struct gate_request *request)
{
    enum gate_error error = put_path(gate, path, request);
    return error == WASI_OK ? ask(gate, request) : error;
}

static enum gate_error ask_two_paths(const struct wasi_gate *gate, struct bytes first,
                                     struct bytes second, struct gate_request *request)
{
    enum gate_error error = check_path(first);
    if (error == WASI_OK)
        error = check_path(second);
    if (error != WASI_OK)
        return error;
    uint32_t len = put_in(gate, 0, first);
    request->in = (struct gate_region){0, put_in(gate, len, second)};
    request->args[0] = first.len;
    return ask(gate, request);
}

enum gate_error wasi_text(const struct wasi_gate *gate, enum gate_world_text which, uint64_t from,
                          uint8_t *out, size_t room, struct wasi_text *out_text)
{
    struct gate_request request = {.interface = GATE_WORLD,
                                   .method = GATE_WORLD_TEXT,
                                   .out = room_out(gate, 0, room),
                                   .args = {which, from}};
    struct gate_reply reply;
    enum gate_error error = ring(gate, &request, &reply);
    if (error != WASI_OK)
        return error;
    take_out(gate, &request, out, reply.out.len);
    *out_text = (struct wasi_text){reply.out.len, reply.values[0], reply.values[1]};
    return WASI_OK;
}

enum gate_error wasi_preopen(const struct wasi_gate *gate, uint32_t index,
                             struct wasi_preopen *out_preopen)
{
    struct gate_request request = {.interface = GATE_WORLD,
                                   .method = GATE_WORLD_PREOPEN,
                                   .out = room_out(gate, 0, GATE_PATH_MAX),
                                   .args = {index}};
    struct gate_reply reply;
    enum gate_error error = ring(gate, &request, &reply);
    if (error != WASI_OK)
        return error;
    out_preopen->handle = (uint32_t)reply.values[0];
    out_preopen->rights = (uint32_t)reply.values[1];
    out_preopen->path_len = reply.out.len;
    take_out(gate, &request, out_preopen->path, reply.out.len);
    return WASI_OK;
}

enum gate_error wasi_stdio(const struct wasi_gate *gate, uint32_t which, uint32_t *out_handle,
                           bool *out_is_terminal)
{
    const struct gate_request request = {
        .interface = GATE_WORLD, .method = GATE_WORLD_STDIO, .args = {which}};
    struct gate_reply reply;
    enum gate_error error = ring(gate, &request, &reply);
    if (error != WASI_OK)
        return error;
    *out_handle = (uint32_t)reply.values[0];
    *out_is_terminal = reply.values[1] != 0;
    return WASI_OK;
}

enum gate_error wasi_clock(const struct wasi_gate *gate, enum gate_clock which, uint64_t *out_now,
                           uint64_t *out_resolution)
{
    const struct gate_request request = {
        .interface = GATE_WORLD, .method = GATE_WORLD_CLOCK, .args = {which}};
    struct gate_reply reply;
    enum gate_error error = ring(gate, &request, &reply);
    if (error != WASI_OK)
        return error;
    *out_now = reply.values[0];
    *out_resolution = reply.values[1];
    return WASI_OK;
}

enum gate_error wasi_random(const struct wasi_gate *gate, bool is_insecure, uint8_t *out,
                            size_t len)
{
    for (size_t done = 0; done < len;) {
        const struct gate_request request = {.interface = GATE_WORLD,
                                             .method = GATE_WORLD_RANDOM,
                                             .out = room_out(gate, 0, len - done),
                                             .args = {is_insecure}};
        enum gate_error error = ask(gate, &request);
        if (error != WASI_OK)
            return error;
        take_out(gate, &request, out + done, request.out.len);
        done += request.out.len;
    }
    return WASI_OK;
}

enum gate_error wasi_poll(const struct wasi_gate *gate, const struct gate_poll *polls,
                          uint32_t count, uint8_t *out_ready)
{
    ASSERT(count != 0 && count <= GATE_POLL_MAX);
    uint32_t len = put_in(gate, 0, bytes_of(polls, count * sizeof *polls));
    const struct gate_request request = {.interface = GATE_WORLD,
                                         .method = GATE_WORLD_POLL,
                                         .in = {0, len},
                                         .out = room_out(gate, len, count)};
    enum gate_error error = ask(gate, &request);
    if (error == WASI_OK)
        take_out(gate, &request, out_ready, count);
    return error;
}

enum gate_error wasi_stream_read(const struct wasi_gate *gate, uint32_t handle, bool waits,
                                 uint8_t *out, size_t room, size_t *out_len)
{
    const struct gate_request request = {.interface = GATE_STREAM,
                                         .method = GATE_STREAM_READ,
                                         .handle = handle,
                                         .out = room_out(gate, 0, room),
                                         .args = {waits}};
    struct gate_reply reply = {0};
    enum gate_error error = room == 0 ? WASI_OK : ring(gate, &request, &reply);
    if (error != WASI_OK)
        return error;
    take_out(gate, &request, out, reply.out.len);
    *out_len = reply.out.len;
    return WASI_OK;
}

/* Rings with as much of `data` as there is room for; values[0] says how much was taken. */
static enum gate_error ring_data(const struct wasi_gate *gate, struct bytes data,
                                 struct gate_request *request, size_t *out_len)
{
    data.len = clip(data.len, gate->transfer_bytes);
    request->in = (struct gate_region){0, put_in(gate, 0, data)};
    struct gate_reply reply;
    enum gate_error error = ring(gate, request, &reply);
    if (error != WASI_OK)
        return error;
    ASSERT(reply.values[0] <= data.len);
    *out_len = (size_t)reply.values[0];
    return WASI_OK;
}

enum gate_error wasi_stream_write(const struct wasi_gate *gate, uint32_t handle, bool waits,
                                  struct bytes data, size_t *out_len)
{
    struct gate_request request = {
        .interface = GATE_STREAM, .method = GATE_STREAM_WRITE, .handle = handle, .args = {waits}};
    return ring_data(gate, data, &request, out_len);
}

static struct gate_request file_request(enum gate_file_method method, uint32_t handle)
{
    return (struct gate_request){
        .interface = GATE_FILE, .method = (uint16_t)method, .handle = handle};
}

enum gate_error wasi_file_open(const struct wasi_gate *gate, uint32_t directory, struct bytes path,
                               uint32_t flags, uint32_t rights, struct wasi_open *out_open)
{
    struct gate_request request = file_request(GATE_FILE_OPEN, directory);
    struct gate_reply reply;
    request.args[0] = flags;
    request.args[1] = rights;
    enum gate_error error = put_path(gate, path, &request);
    if (error == WASI_OK)
        error = ring(gate, &request, &reply);
    if (error != WASI_OK)
        return error;
    *out_open = (struct wasi_open){(uint32_t)reply.values[0], (uint32_t)reply.values[1],
                                   (uint32_t)reply.values[2]};
    return WASI_OK;
}

enum gate_error wasi_file_close(const struct wasi_gate *gate, uint32_t handle)
{
    const struct gate_request request = file_request(GATE_FILE_CLOSE, handle);
    return ask(gate, &request);
}

/* Rings and takes what came out. */
static enum gate_error ring_out(const struct wasi_gate *gate, struct gate_request *request,
                                uint8_t *out, size_t room, size_t *out_len)
{
    struct gate_reply reply;
    request->out = room_out(gate, request->in.len, room);
    enum gate_error error = ring(gate, request, &reply);
    if (error != WASI_OK)
        return error;
    take_out(gate, request, out, reply.out.len);
    *out_len = reply.out.len;
    return WASI_OK;
}

enum gate_error wasi_file_pread(const struct wasi_gate *gate, uint32_t handle, uint64_t offset,
                                uint8_t *out, size_t room, size_t *out_len)
{
    struct gate_request request = file_request(GATE_FILE_PREAD, handle);
    request.args[0] = offset;
    return ring_out(gate, &request, out, room, out_len);
}

enum gate_error wasi_file_pwrite(const struct wasi_gate *gate, uint32_t handle, uint64_t offset,
                                 struct bytes data, size_t *out_len)
{
    struct gate_request request = file_request(GATE_FILE_PWRITE, handle);
    request.args[0] = offset;
    return ring_data(gate, data, &request, out_len);
}

enum gate_error wasi_file_append(const struct wasi_gate *gate, uint32_t handle, struct bytes data,
                                 size_t *out_len)
{
    struct gate_request request = file_request(GATE_FILE_PWRITE, handle);
    request.args[1] = 1;
    return ring_data(gate, data, &request, out_len);
}

/* Rings for a gate_stat. */
static enum gate_error ring_stat(const struct wasi_gate *gate, struct gate_request *request,
                                 struct gate_stat *out_stat)
{
    request->out = room_out(gate, request->in.len, sizeof *out_stat);
    enum gate_error error = ask(gate, request);
    if (error == WASI_OK)
        take_out(gate, request, out_stat, sizeof *out_stat);
    return error;
}

enum gate_error wasi_file_stat(const struct wasi_gate *gate, uint32_t handle,
                               struct gate_stat *out_stat)
{
    struct gate_request request = file_request(GATE_FILE_STAT, handle);
    return ring_stat(gate, &request, out_stat);
}

enum gate_error wasi_file_stat_at(const struct wasi_gate *gate, uint32_t directory,
                                  struct bytes path, bool follows, struct gate_stat *out_stat)
{
    struct gate_request request = file_request(GATE_FILE_STAT_AT, directory);
    request.args[0] = follows ? GATE_OPEN_FOLLOW : 0;
    enum gate_error error = put_path(gate, path, &request);
    return error == WASI_OK ? ring_stat(gate, &request, out_stat) : error;
}

enum gate_error wasi_file_set_size(const struct wasi_gate *gate, uint32_t handle, uint64_t bytes)
{
    struct gate_request request = file_request(GATE_FILE_SET_SIZE, handle);
    request.args[0] = bytes;
    return ask(gate, &request);
}

static void put_times(const struct wasi_times *times, struct gate_request *request)
{
    request->args[0] = (uint64_t)times->set_accessed | (uint64_t)times->set_modified << 2;
    request->args[1] = (uint64_t)times->accessed;
    request->args[2] = (uint64_t)times->modified;
}

enum gate_error wasi_file_set_times(const struct wasi_gate *gate, uint32_t handle,
                                    const struct wasi_times *times)
{
    struct gate_request request = file_request(GATE_FILE_SET_TIMES, handle);
    put_times(times, &request);
    return ask(gate, &request);
}

enum gate_error wasi_file_set_times_at(const struct wasi_gate *gate, uint32_t directory,
                                       struct bytes path, bool follows,
                                       const struct wasi_times *times)
{
    struct gate_request request = file_request(GATE_FILE_SET_TIMES_AT, directory);
    put_times(times, &request);
    request.args[3] = follows ? GATE_OPEN_FOLLOW : 0;
    return ask_path(gate, path, &request);
}

enum gate_error wasi_file_sync(const struct wasi_gate *gate, uint32_t handle, bool data_only)
{
    struct gate_request request = file_request(GATE_FILE_SYNC, handle);
    request.args[0] = data_only;
    return ask(gate, &request);
}

enum gate_error wasi_file_advise(const struct wasi_gate *gate, uint32_t handle, uint64_t offset,
                                 uint64_t len, uint32_t advice)
{
    struct gate_request request = file_request(GATE_FILE_ADVISE, handle);
    request.args[0] = offset;
    request.args[1] = len;
    request.args[2] = advice;
    return ask(gate, &request);
}

enum gate_error wasi_file_allocate(const struct wasi_gate *gate, uint32_t handle, uint64_t offset,
                                   uint64_t len)
{
    struct gate_request request = file_request(GATE_FILE_ALLOCATE, handle);
    request.args[0] = offset;
    request.args[1] = len;
    return ask(gate, &request);
}

enum gate_error wasi_file_read_directory(const struct wasi_gate *gate, uint32_t handle,
                                         uint64_t cookie, uint8_t *out, size_t room,
                                         size_t *out_len)
{
    struct gate_request request = file_request(GATE_FILE_READ_DIRECTORY, handle);
    ASSERT(room >= WASI_ENTRIES_MIN);
    request.args[0] = cookie;
    return ring_out(gate, &request, out, room, out_len);
}

bool wasi_entry_take(struct bytes *entries, struct gate_entry *out_entry, struct bytes *out_name)
{
    struct bytes head;
    if (entries->len == 0)
        return false;
    ASSERT(bytes_take(entries, sizeof *out_entry, &head) == STATUS_OK);
    memcpy(out_entry, head.data, sizeof *out_entry);
    ASSERT(bytes_take(entries, out_entry->name_len, out_name) == STATUS_OK);
    size_t padding = (8 - out_entry->name_len % 8) % 8;
    ASSERT(bytes_take(entries, padding, &head) == STATUS_OK);
    return true;
}

enum gate_error wasi_file_create_directory(const struct wasi_gate *gate, uint32_t directory,
                                           struct bytes path)
{
    struct gate_request request = file_request(GATE_FILE_CREATE_DIRECTORY, directory);
    return ask_path(gate, path, &request);
}

enum gate_error wasi_file_remove_directory(const struct wasi_gate *gate, uint32_t directory,
                                           struct bytes path)
{
    struct gate_request request = file_request(GATE_FILE_REMOVE_DIRECTORY, directory);
    return ask_path(gate, path, &request);
}

enum gate_error wasi_file_unlink(const struct wasi_gate *gate, uint32_t directory,
                                 struct bytes path)
{
    struct gate_request request = file_request(GATE_FILE_UNLINK, directory);
    return ask_path(gate, path, &request);
}

enum gate_error wasi_file_read_link(const struct wasi_gate *gate, uint32_t directory,
                                    struct bytes path, uint8_t *out, size_t room, size_t *out_len)
{
    struct gate_request request = file_request(GATE_FILE_READ_LINK, directory);
    enum gate_error error = put_path(gate, path, &request);
    return error == WASI_OK ? ring_out(gate, &request, out, room, out_len) : error;
}

enum gate_error wasi_file_symlink(const struct wasi_gate *gate, uint32_t directory,
                                  struct bytes content, struct bytes path)
{
    struct gate_request request = file_request(GATE_FILE_SYMLINK, directory);
    return ask_two_paths(gate, content, path, &request);
}

enum gate_error wasi_file_link(const struct wasi_gate *gate, uint32_t old_directory,
                               struct bytes old_path, bool follows, uint32_t new_directory,
                               struct bytes new_path)
{
    struct gate_request request = file_request(GATE_FILE_LINK, old_directory);
    request.args[1] = new_directory;
    request.args[2] = follows ? GATE_OPEN_FOLLOW : 0;
    return ask_two_paths(gate, old_path, new_path, &request);
}

enum gate_error wasi_file_rename(const struct wasi_gate *gate, uint32_t old_directory,
                                 struct bytes old_path, uint32_t new_directory,
                                 struct bytes new_path)
{
    struct gate_request request = file_request(GATE_FILE_RENAME, old_directory);
    request.args[1] = new_directory;
    return ask_two_paths(gate, old_path, new_path, &request);
}
