/*
 * core/wasi/types_filesystem.c: the interfaces of wasi:filesystem: types, preopens.
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

const struct component_host_resource p2_resource_descriptor = T_RESOURCE("descriptor");

const struct component_host_resource p2_resource_directory_entry_stream =
    T_RESOURCE("directory-entry-stream");

static const struct component_type filesystem_descriptor_type = T_ENUM(
    T_LABEL("unknown"), T_LABEL("block-device"), T_LABEL("character-device"), T_LABEL("directory"),
    T_LABEL("fifo"), T_LABEL("symbolic-link"), T_LABEL("regular-file"), T_LABEL("socket"));

static const struct component_type filesystem_descriptor_flags = T_FLAGS(
    T_LABEL("read"), T_LABEL("write"), T_LABEL("file-integrity-sync"),
    T_LABEL("data-integrity-sync"), T_LABEL("requested-write-sync"), T_LABEL("mutate-directory"));

static const struct component_type filesystem_path_flags = T_FLAGS(T_LABEL("symlink-follow"));

static const struct component_type filesystem_open_flags =
    T_FLAGS(T_LABEL("create"), T_LABEL("directory"), T_LABEL("exclusive"), T_LABEL("truncate"));

static const struct component_type filesystem_descriptor_stat =
    T_RECORD(T_FIELD("type", &filesystem_descriptor_type), T_FIELD("link-count", T_U64),
             T_FIELD("size", T_U64), T_FIELD("data-access-timestamp", T_OPTION(&p2_type_datetime)),
             T_FIELD("data-modification-timestamp", T_OPTION(&p2_type_datetime)),
             T_FIELD("status-change-timestamp", T_OPTION(&p2_type_datetime)));

static const struct component_type filesystem_new_timestamp =
    T_VARIANT(T_LABEL("no-change"), T_LABEL("now"), T_FIELD("timestamp", &p2_type_datetime));

static const struct component_type filesystem_directory_entry =
    T_RECORD(T_FIELD("type", &filesystem_descriptor_type), T_FIELD("name", T_STRING));

static const struct component_type filesystem_error_code =
    T_ENUM(T_LABEL("access"), T_LABEL("would-block"), T_LABEL("already"), T_LABEL("bad-descriptor"),
           T_LABEL("busy"), T_LABEL("deadlock"), T_LABEL("quota"), T_LABEL("exist"),
           T_LABEL("file-too-large"), T_LABEL("illegal-byte-sequence"), T_LABEL("in-progress"),
           T_LABEL("interrupted"), T_LABEL("invalid"), T_LABEL("io"), T_LABEL("is-directory"),
           T_LABEL("loop"), T_LABEL("too-many-links"), T_LABEL("message-size"),
           T_LABEL("name-too-long"), T_LABEL("no-device"), T_LABEL("no-entry"), T_LABEL("no-lock"),
           T_LABEL("insufficient-memory"), T_LABEL("insufficient-space"), T_LABEL("not-directory"),
           T_LABEL("not-empty"), T_LABEL("not-recoverable"), T_LABEL("unsupported"),
           T_LABEL("no-tty"), T_LABEL("no-such-device"), T_LABEL("overflow"),
           T_LABEL("not-permitted"), T_LABEL("pipe"), T_LABEL("read-only"), T_LABEL("invalid-seek"),
           T_LABEL("text-file-busy"), T_LABEL("cross-device"));

static const struct component_type filesystem_advice =
    T_ENUM(T_LABEL("normal"), T_LABEL("sequential"), T_LABEL("random"), T_LABEL("will-need"),
           T_LABEL("dont-need"), T_LABEL("no-reuse"));

static const struct component_type filesystem_metadata_hash_value =
    T_RECORD(T_FIELD("lower", T_U64), T_FIELD("upper", T_U64));

static const struct component_host_func filesystem_types_funcs[] = {
    T_FUNC("[method]descriptor.read-via-stream", p2_descriptor_read_via_stream,
           T_RESULT(T_OWN(p2_resource_input_stream), &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("offset", T_U64)),
    T_FUNC("[method]descriptor.write-via-stream", p2_descriptor_write_via_stream,
           T_RESULT(T_OWN(p2_resource_output_stream), &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("offset", T_U64)),
    T_FUNC("[method]descriptor.append-via-stream", p2_descriptor_append_via_stream,
           T_RESULT(T_OWN(p2_resource_output_stream), &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.advise", p2_descriptor_advise,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("offset", T_U64),
           T_FIELD("length", T_U64), T_FIELD("advice", &filesystem_advice)),
    T_FUNC("[method]descriptor.sync-data", p2_descriptor_sync_data,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.get-flags", p2_descriptor_get_flags,
           T_RESULT(&filesystem_descriptor_flags, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.get-type", p2_descriptor_get_type,
           T_RESULT(&filesystem_descriptor_type, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.set-size", p2_descriptor_set_size,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("size", T_U64)),
    T_FUNC("[method]descriptor.set-times", p2_descriptor_set_times,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)),
           T_FIELD("data-access-timestamp", &filesystem_new_timestamp),
           T_FIELD("data-modification-timestamp", &filesystem_new_timestamp)),
    T_FUNC("[method]descriptor.read", p2_descriptor_read,
           T_RESULT(T_TUPLE(T_ITEM(T_LIST(T_U8)), T_ITEM(T_BOOL)), &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("length", T_U64),
           T_FIELD("offset", T_U64)),
    T_FUNC("[method]descriptor.write", p2_descriptor_write, T_RESULT(T_U64, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("buffer", T_LIST(T_U8)),
           T_FIELD("offset", T_U64)),
    T_FUNC("[method]descriptor.read-directory", p2_descriptor_read_directory,
           T_RESULT(T_OWN(p2_resource_directory_entry_stream), &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.sync", p2_descriptor_sync, T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.create-directory-at", p2_descriptor_create_directory_at,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("path", T_STRING)),
    T_FUNC("[method]descriptor.stat", p2_descriptor_stat,
           T_RESULT(&filesystem_descriptor_stat, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.stat-at", p2_descriptor_stat_at,
           T_RESULT(&filesystem_descriptor_stat, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)),
           T_FIELD("path-flags", &filesystem_path_flags), T_FIELD("path", T_STRING)),
    T_FUNC("[method]descriptor.set-times-at", p2_descriptor_set_times_at,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)),
           T_FIELD("path-flags", &filesystem_path_flags), T_FIELD("path", T_STRING),
           T_FIELD("data-access-timestamp", &filesystem_new_timestamp),
           T_FIELD("data-modification-timestamp", &filesystem_new_timestamp)),
    T_FUNC(
        "[method]descriptor.link-at", p2_descriptor_link_at, T_RESULT(NULL, &filesystem_error_code),
        T_FIELD("self", T_BORROW(p2_resource_descriptor)),
        T_FIELD("old-path-flags", &filesystem_path_flags), T_FIELD("old-path", T_STRING),
        T_FIELD("new-descriptor", T_BORROW(p2_resource_descriptor)), T_FIELD("new-path", T_STRING)),
    T_FUNC("[method]descriptor.open-at", p2_descriptor_open_at,
           T_RESULT(T_OWN(p2_resource_descriptor), &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)),
           T_FIELD("path-flags", &filesystem_path_flags), T_FIELD("path", T_STRING),
           T_FIELD("open-flags", &filesystem_open_flags),
           T_FIELD("flags", &filesystem_descriptor_flags)),
    T_FUNC("[method]descriptor.readlink-at", p2_descriptor_readlink_at,
           T_RESULT(T_STRING, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("path", T_STRING)),
    T_FUNC("[method]descriptor.remove-directory-at", p2_descriptor_remove_directory_at,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("path", T_STRING)),
    T_FUNC("[method]descriptor.rename-at", p2_descriptor_rename_at,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("old-path", T_STRING),
           T_FIELD("new-descriptor", T_BORROW(p2_resource_descriptor)),
           T_FIELD("new-path", T_STRING)),
    T_FUNC("[method]descriptor.symlink-at", p2_descriptor_symlink_at,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("old-path", T_STRING),
           T_FIELD("new-path", T_STRING)),
    T_FUNC("[method]descriptor.unlink-file-at", p2_descriptor_unlink_file_at,
           T_RESULT(NULL, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)), T_FIELD("path", T_STRING)),
    T_FUNC("[method]descriptor.is-same-object", p2_descriptor_is_same_object, T_BOOL,
           T_FIELD("self", T_BORROW(p2_resource_descriptor)),
           T_FIELD("other", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.metadata-hash", p2_descriptor_metadata_hash,
           T_RESULT(&filesystem_metadata_hash_value, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor))),
    T_FUNC("[method]descriptor.metadata-hash-at", p2_descriptor_metadata_hash_at,
           T_RESULT(&filesystem_metadata_hash_value, &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_descriptor)),
           T_FIELD("path-flags", &filesystem_path_flags), T_FIELD("path", T_STRING)),
    T_FUNC("[method]directory-entry-stream.read-directory-entry",
           p2_directory_entry_stream_read_directory_entry,
           T_RESULT(T_OPTION(&filesystem_directory_entry), &filesystem_error_code),
           T_FIELD("self", T_BORROW(p2_resource_directory_entry_stream))),
    T_FUNC("filesystem-error-code", p2_filesystem_error_code, T_OPTION(&filesystem_error_code),
           T_FIELD("err", T_BORROW(p2_resource_error))),
};

static const struct component_host_resource *const filesystem_types_resources[] = {
    &p2_resource_descriptor, &p2_resource_directory_entry_stream};

const struct component_host_interface p2_interface_filesystem_types = {
    T_INTERFACE("wasi:filesystem/types"),
    T_FUNCS(filesystem_types_funcs),
    T_RESOURCES(filesystem_types_resources),
};

static const struct component_host_func filesystem_preopens_funcs[] = {
    T_FUNC_BARE("get-directories", p2_get_directories,
                T_LIST(T_TUPLE(T_ITEM(T_OWN(p2_resource_descriptor)), T_ITEM(T_STRING)))),
};

const struct component_host_interface p2_interface_filesystem_preopens = {
    T_INTERFACE("wasi:filesystem/preopens"),
    T_FUNCS(filesystem_preopens_funcs),
};
