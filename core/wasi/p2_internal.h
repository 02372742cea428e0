/*
 * core/wasi/p2_internal.h: resources of WASI 0.2, values for results, and every host function; of
 * core/wasi/p2_*.c and the tables in types_*.c.
 */
#ifndef AETHER_WASI_P2_INTERNAL_H
#define AETHER_WASI_P2_INTERNAL_H

#include "aether/abi/outcome.h"
#include "core/wasi/client.h"
#include "core/wasi/p2.h"

/* Resources. A rep is index + 1 in the low half and the slot's generation in the high one. */

enum p2_kind {
    P2_FREE,
    P2_ERROR,
    P2_POLLABLE,
    P2_INPUT,
    P2_OUTPUT,
    P2_DESCRIPTOR,
    P2_DIRECTORY_STREAM,
};

struct p2_slot {
    uint8_t kind;   /* enum p2_kind */
    bool is_orphan; /* a descriptor that the guest dropped and a stream still uses */
    uint16_t generation;
    uint32_t children;  /* pollables of a stream, streams of a descriptor */
    uint32_t parent;    /* rep; 0: none */
    uint32_t next_free; /* P2_FREE */
    union {
        struct {
            enum gate_error code;
            bool is_file; /* of wasi:filesystem */
        } error;
        struct gate_poll pollable; /* ready at once: GATE_POLL_TIME with time 0 */
        struct p2_stream {
            uint32_t handle; /* stdio: a stream; else a file, the parent's */
            bool is_file;
            bool is_closed;
            bool appends;
            uint64_t position; /* file */
            uint64_t permit;   /* output: what may still be written */
        } stream;
        struct p2_descriptor {
            uint32_t handle;
            uint32_t type;   /* enum gate_file_type */
            uint32_t rights; /* enum gate_file_rights */
            uint32_t flags;  /* the sync bits of descriptor-flags */
            bool is_preopen; /* the gate keeps its handle */
        } descriptor;
        struct {
            uint32_t handle;
            uint64_t cookie; /* of the entry after what was given */
        } directory;
    };
};

/* A new one, its union all zero. TRAP (REFUSAL_BUDGET): the table is full. */
enum status MUST_CHECK p2_new(struct wasi_p2 *p2, struct component_call *call, enum p2_kind kind,
                              uint32_t parent, uint32_t *out_rep, struct p2_slot **out_slot);
struct p2_slot *p2_slot(struct wasi_p2 *p2, uint32_t rep, enum p2_kind kind);
/* The resource that a parameter names. */
struct p2_slot *p2_self(void *context, const struct component_value *param, enum p2_kind kind);
/* The drop of every resource that has slots. */
enum status p2_drop(void *context, struct component_call *call, uint32_t rep);

extern const struct component_host_resource p2_resource_error;
extern const struct component_host_resource p2_resource_pollable;
extern const struct component_host_resource p2_resource_input_stream;
extern const struct component_host_resource p2_resource_output_stream;
extern const struct component_host_resource p2_resource_descriptor;
extern const struct component_host_resource p2_resource_directory_entry_stream;
extern const struct component_host_resource p2_resource_terminal_input;
extern const struct component_host_resource p2_resource_terminal_output;
extern const struct component_host_resource p2_resource_network;
extern const struct component_host_resource p2_resource_fields;
extern const struct component_host_resource p2_resource_outgoing_request;
extern const struct component_host_resource p2_resource_outgoing_response;
extern const struct component_host_resource p2_resource_request_options;

extern const struct component_type p2_type_datetime;

/* Streams: what splice, read and write share. */

/* WASI_OK with *out_len = 0: nothing there now (only without `waits`). After an error or CLOSED
 * the stream is closed. */
enum gate_error MUST_CHECK p2_input_take(struct wasi_p2 *p2, struct p2_stream *stream, bool waits,
                                         uint8_t *out, size_t room, size_t *out_len);
/* result<_, stream-error>'s error side: closed, or last-operation-failed with a new error. */
enum status MUST_CHECK p2_stream_fail(struct wasi_p2 *p2, struct component_call *call,
                                      const struct p2_stream *stream, enum gate_error error,
                                      struct component_value *out);
/* A new own<pollable> as a result. `parent` 0: of no stream. */
enum status MUST_CHECK p2_pollable_new(struct wasi_p2 *p2, struct component_call *call,
                                       uint32_t parent, struct gate_poll poll,
                                       struct component_value *out);
/* The pollable of a stream: ready when it can be read (or written), or never more. */
enum status MUST_CHECK p2_stream_subscribe(void *context, struct component_call *call,
                                           const struct component_value *self, enum p2_kind kind,
                                           struct component_value *out);

/* Values. Where one needs memory it is NO_MEMORY that comes back. */

/* `count` values in the arena; never NULL for 0. */
struct component_value *p2_values(struct component_call *call, uint32_t count) MUST_CHECK;
struct component_value p2_bool(bool value);
struct component_value p2_u32(uint32_t value);
struct component_value p2_u64(uint64_t value);
struct component_value p2_enum(uint32_t index);
struct component_value p2_flags(uint32_t flags);
struct component_value p2_none(void);
struct component_value p2_bytes(struct bytes data);
struct component_value p2_string(struct bytes text);
struct component_value p2_items(enum component_kind kind, const struct component_value *items,
                                uint32_t count);
/* `kind` with case `index` and a payload, which is copied into the arena. */
enum status MUST_CHECK p2_case(struct component_call *call, enum component_kind kind,
                               uint32_t index, struct component_value payload,
                               struct component_value *out);
enum status MUST_CHECK p2_ok(struct component_call *call, struct component_value payload,
                             struct component_value *out);
enum status MUST_CHECK p2_some(struct component_call *call, struct component_value payload,
                               struct component_value *out);
/* ok, or err, without payload. */
struct component_value p2_ok_bare(void);
struct component_value p2_error_bare(void);
/* err with an enum's or variant's case that has no payload. */
enum status MUST_CHECK p2_error_case(struct component_call *call, enum component_kind kind,
                                     uint32_t index, struct component_value *out);
/* err(error-code) of wasi:filesystem. */
enum status MUST_CHECK p2_error_code(struct component_call *call, enum gate_error error,
                                     struct component_value *out);
uint32_t p2_file_code(enum gate_error error);
/* ok, or err(error-code): result<_, error-code>. */
enum status MUST_CHECK p2_done(struct component_call *call, enum gate_error error,
                               struct component_value *out);
/* datetime of nanoseconds since 1970. */
enum status MUST_CHECK p2_datetime(struct component_call *call, uint64_t ns,
                                   struct component_value *out);
/* A trap because the gate refused what a function without errors needs. */
enum status MUST_CHECK p2_gate_trap(struct component_call *call, enum gate_error error);
struct bytes p2_text(const struct component_value *string);
/* A string of the gate that is no UTF-8 has '?' for every byte that is not ASCII. */
void p2_make_utf8(uint8_t *text, size_t len);

/* Host functions, by interface. */

component_host_fn p2_error_to_debug_string, p2_pollable_ready, p2_pollable_block, p2_poll;
component_host_fn p2_input_stream_read, p2_input_stream_blocking_read, p2_input_stream_skip,
    p2_input_stream_blocking_skip, p2_input_stream_subscribe;
component_host_fn p2_output_stream_check_write, p2_output_stream_write,
    p2_output_stream_blocking_write_and_flush, p2_output_stream_flush,
    p2_output_stream_blocking_flush, p2_output_stream_subscribe, p2_output_stream_write_zeroes,
    p2_output_stream_blocking_write_zeroes_and_flush, p2_output_stream_splice,
    p2_output_stream_blocking_splice;

component_host_fn p2_monotonic_clock_now, p2_monotonic_clock_resolution,
    p2_monotonic_clock_subscribe_duration, p2_monotonic_clock_subscribe_instant, p2_wall_clock_now,
    p2_wall_clock_resolution, p2_timezone_display, p2_timezone_utc_offset;

component_host_fn p2_get_random_bytes, p2_get_random_u64, p2_get_insecure_random_bytes,
    p2_get_insecure_random_u64, p2_insecure_seed;

component_host_fn p2_get_environment, p2_get_arguments, p2_initial_cwd, p2_exit, p2_exit_with_code,
    p2_get_stdin, p2_get_stdout, p2_get_stderr, p2_get_terminal_stdin, p2_get_terminal_stdout,
    p2_get_terminal_stderr;

component_host_fn p2_descriptor_read_via_stream, p2_descriptor_write_via_stream,
    p2_descriptor_append_via_stream, p2_descriptor_advise, p2_descriptor_sync_data,
    p2_descriptor_get_flags, p2_descriptor_get_type, p2_descriptor_set_size,
    p2_descriptor_set_times, p2_descriptor_read, p2_descriptor_write, p2_descriptor_read_directory,
    p2_descriptor_sync, p2_descriptor_create_directory_at, p2_descriptor_stat,
    p2_descriptor_stat_at, p2_descriptor_set_times_at, p2_descriptor_link_at, p2_descriptor_open_at,
    p2_descriptor_readlink_at, p2_descriptor_remove_directory_at, p2_descriptor_rename_at,
    p2_descriptor_symlink_at, p2_descriptor_unlink_file_at, p2_descriptor_is_same_object,
    p2_descriptor_metadata_hash, p2_descriptor_metadata_hash_at,
    p2_directory_entry_stream_read_directory_entry, p2_filesystem_error_code, p2_get_directories;

component_host_fn p2_instance_network, p2_network_error_code, p2_socket_denied,
    p2_socket_unreachable;

component_host_fn p2_http_fields_new, p2_http_forbidden, p2_http_empty_list, p2_http_has,
    p2_http_request_new, p2_http_response_new, p2_http_options_new, p2_http_refuse, p2_http_method,
    p2_http_none, p2_http_status_code, p2_http_handle, p2_http_error_code, p2_http_unreachable;

component_host_fn p2_enclave_denied, p2_https_fetch, p2_https_fetch_request;

#endif
