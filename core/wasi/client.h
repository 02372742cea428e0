/*
 * core/wasi/client.h: typed calls of gate_world.h, one function for each method. Preview 1 and 0.2
 * ask for everything real through these.
 *
 * Each gives WASI_OK or an enum gate_error; outs are written with WASI_OK only, but for `out` of
 * the calls that fill bytes, which may be written anyway. Lengths are clipped to what the transfer
 * area takes, so less than asked for may come back: who wants all calls again.
 *
 * Paths: 1 to GATE_PATH_MAX bytes of UTF-8 without NUL, or the error is told here: NO_ENTRY,
 * NAME_TOO_LONG, ILLEGAL_BYTE_SEQUENCE, and INVALID for a NUL.
 *
 * A gate that breaks gate.h (a longer answer than asked for, an error without a name) is a panic.
 * A handle that the gate does not know is BAD_DESCRIPTOR, a refusal NOT_PERMITTED, a method it does
 * not have UNSUPPORTED.
 */
#ifndef AETHER_WASI_CLIENT_H
#define AETHER_WASI_CLIENT_H

#include "core/wasi/gate.h"

/* No error. */
#define WASI_OK GATE_ERROR_COUNT

/* What a transfer area has at least: WASI_TRANSFER_MIN bytes. */
#define WASI_TRANSFER_MIN 0x8000u

/* errno of preview 1, 0 for WASI_OK. */
uint32_t wasi_errno(enum gate_error error);
/* The name in WASI 0.2, "ok" for WASI_OK. */
const char *wasi_error_name(enum gate_error error);

/* GATE_WORLD */

/* Bytes of text `which` from `from` on. `out_total`, `out_count`: bytes and strings of all of it.
 */
struct wasi_text {
    uint32_t len;
    uint64_t total;
    uint64_t count;
};
enum gate_error MUST_CHECK wasi_text(const struct wasi_gate *gate, enum gate_world_text which,
                                     uint64_t from, uint8_t *out, size_t room,
                                     struct wasi_text *out_text);

struct wasi_preopen {
    uint32_t handle;
    uint32_t rights; /* enum gate_file_rights */
    uint32_t path_len;
    uint8_t path[GATE_PATH_MAX];
};
/* NO_ENTRY: there are no more. */
enum gate_error MUST_CHECK wasi_preopen(const struct wasi_gate *gate, uint32_t index,
                                        struct wasi_preopen *out_preopen);

enum gate_error MUST_CHECK wasi_stdio(const struct wasi_gate *gate, uint32_t which,
                                      uint32_t *out_handle, bool *out_is_terminal);
/* The wall clock's `now` is an int64_t. */
enum gate_error MUST_CHECK wasi_clock(const struct wasi_gate *gate, enum gate_clock which,
                                      uint64_t *out_now, uint64_t *out_resolution);
/* Fills all of `out`. */
enum gate_error MUST_CHECK wasi_random(const struct wasi_gate *gate, bool is_insecure, uint8_t *out,
                                       size_t len);
/* 1 to GATE_POLL_MAX; `out_ready`: a byte for each. */
enum gate_error MUST_CHECK wasi_poll(const struct wasi_gate *gate, const struct gate_poll *polls,
                                     uint32_t count, uint8_t *out_ready);

/* GATE_STREAM */

/* At least one byte, or CLOSED, or WOULD_BLOCK; room 0 is 0 bytes. */
enum gate_error MUST_CHECK wasi_stream_read(const struct wasi_gate *gate, uint32_t handle,
                                            bool waits, uint8_t *out, size_t room, size_t *out_len);
/* `waits`: all that the transfer area takes was written. */
enum gate_error MUST_CHECK wasi_stream_write(const struct wasi_gate *gate, uint32_t handle,
                                             bool waits, struct bytes data, size_t *out_len);

/* GATE_FILE */

struct wasi_open {
    uint32_t handle;
    uint32_t type;   /* enum gate_file_type */
    uint32_t rights; /* enum gate_file_rights, as given */
};
enum gate_error MUST_CHECK wasi_file_open(const struct wasi_gate *gate, uint32_t directory,
                                          struct bytes path, uint32_t flags, uint32_t rights,
                                          struct wasi_open *out_open);
enum gate_error wasi_file_close(const struct wasi_gate *gate, uint32_t handle);

/* `*out_len` = 0: the end, or no room. */
enum gate_error MUST_CHECK wasi_file_pread(const struct wasi_gate *gate, uint32_t handle,
                                           uint64_t offset, uint8_t *out, size_t room,
                                           size_t *out_len);
enum gate_error MUST_CHECK wasi_file_pwrite(const struct wasi_gate *gate, uint32_t handle,
                                            uint64_t offset, struct bytes data, size_t *out_len);
/* Behind the end, wherever that is. */
enum gate_error MUST_CHECK wasi_file_append(const struct wasi_gate *gate, uint32_t handle,
                                            struct bytes data, size_t *out_len);

enum gate_error MUST_CHECK wasi_file_stat(const struct wasi_gate *gate, uint32_t handle,
                                          struct gate_stat *out_stat);
enum gate_error MUST_CHECK wasi_file_stat_at(const struct wasi_gate *gate, uint32_t directory,
                                             struct bytes path, bool follows,
                                             struct gate_stat *out_stat);
enum gate_error MUST_CHECK wasi_file_set_size(const struct wasi_gate *gate, uint32_t handle,
                                              uint64_t bytes);

struct wasi_times {
    enum gate_set_time set_accessed, set_modified;
    int64_t accessed, modified;
};
enum gate_error MUST_CHECK wasi_file_set_times(const struct wasi_gate *gate, uint32_t handle,
                                               const struct wasi_times *times);
enum gate_error MUST_CHECK wasi_file_set_times_at(const struct wasi_gate *gate, uint32_t directory,
                                                  struct bytes path, bool follows,
                                                  const struct wasi_times *times);

enum gate_error MUST_CHECK wasi_file_sync(const struct wasi_gate *gate, uint32_t handle,
                                          bool data_only);
enum gate_error MUST_CHECK wasi_file_advise(const struct wasi_gate *gate, uint32_t handle,
                                            uint64_t offset, uint64_t len, uint32_t advice);
enum gate_error MUST_CHECK wasi_file_allocate(const struct wasi_gate *gate, uint32_t handle,
                                              uint64_t offset, uint64_t len);

/* Whole entries as gate_world.h lays them out; `room` is WASI_ENTRIES_MIN at least. `*out_len` = 0:
 * the end. wasi_entry_take splits them. */
#define WASI_ENTRIES_MIN 512u
enum gate_error MUST_CHECK wasi_file_read_directory(const struct wasi_gate *gate, uint32_t handle,
                                                    uint64_t cookie, uint8_t *out, size_t room,
                                                    size_t *out_len);
/* The next entry, off the front of `*entries`; false: there is none. */
bool wasi_entry_take(struct bytes *entries, struct gate_entry *out_entry, struct bytes *out_name);

enum gate_error MUST_CHECK wasi_file_create_directory(const struct wasi_gate *gate,
                                                      uint32_t directory, struct bytes path);
enum gate_error MUST_CHECK wasi_file_remove_directory(const struct wasi_gate *gate,
                                                      uint32_t directory, struct bytes path);
enum gate_error MUST_CHECK wasi_file_unlink(const struct wasi_gate *gate, uint32_t directory,
                                            struct bytes path);
/* Cut to `room`. */
enum gate_error MUST_CHECK wasi_file_read_link(const struct wasi_gate *gate, uint32_t directory,
                                               struct bytes path, uint8_t *out, size_t room,
                                               size_t *out_len);
enum gate_error MUST_CHECK wasi_file_symlink(const struct wasi_gate *gate, uint32_t directory,
                                             struct bytes content, struct bytes path);
enum gate_error MUST_CHECK wasi_file_link(const struct wasi_gate *gate, uint32_t old_directory,
                                          struct bytes old_path, bool follows,
                                          uint32_t new_directory, struct bytes new_path);
enum gate_error MUST_CHECK wasi_file_rename(const struct wasi_gate *gate, uint32_t old_directory,
                                            struct bytes old_path, uint32_t new_directory,
                                            struct bytes new_path);

#endif
