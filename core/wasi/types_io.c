/*
 * core/wasi/types_io.c: the interfaces of wasi:io: error, poll, streams.
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

const struct component_host_resource p2_resource_error = T_RESOURCE("error");

static const struct component_host_func io_error_funcs[] = {
    T_FUNC("[method]error.to-debug-string", p2_error_to_debug_string, T_STRING,
           T_FIELD("self", T_BORROW(p2_resource_error))),
};

static const struct component_host_resource *const io_error_resources[] = {&p2_resource_error};

const struct component_host_interface p2_interface_io_error = {
    T_INTERFACE("wasi:io/error"),
    T_FUNCS(io_error_funcs),
    T_RESOURCES(io_error_resources),
};

const struct component_host_resource p2_resource_pollable = T_RESOURCE("pollable");

static const struct component_host_func io_poll_funcs[] = {
    T_FUNC("[method]pollable.ready", p2_pollable_ready, T_BOOL,
           T_FIELD("self", T_BORROW(p2_resource_pollable))),
    T_FUNC("[method]pollable.block", p2_pollable_block, NULL,
           T_FIELD("self", T_BORROW(p2_resource_pollable))),
    T_FUNC("poll", p2_poll, T_LIST(T_U32), T_FIELD("in", T_LIST(T_BORROW(p2_resource_pollable)))),
};

static const struct component_host_resource *const io_poll_resources[] = {&p2_resource_pollable};

const struct component_host_interface p2_interface_io_poll = {
    T_INTERFACE("wasi:io/poll"),
    T_FUNCS(io_poll_funcs),
    T_RESOURCES(io_poll_resources),
};

const struct component_host_resource p2_resource_input_stream = T_RESOURCE("input-stream");

const struct component_host_resource p2_resource_output_stream = T_RESOURCE("output-stream");

static const struct component_type stream_error =
    T_VARIANT(T_FIELD("last-operation-failed", T_OWN(p2_resource_error)), T_LABEL("closed"));

static const struct component_host_func io_streams_funcs[] = {
    T_FUNC("[method]input-stream.read", p2_input_stream_read, T_RESULT(T_LIST(T_U8), &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_input_stream)), T_FIELD("len", T_U64)),
    T_FUNC("[method]input-stream.blocking-read", p2_input_stream_blocking_read,
           T_RESULT(T_LIST(T_U8), &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_input_stream)), T_FIELD("len", T_U64)),
    T_FUNC("[method]input-stream.skip", p2_input_stream_skip, T_RESULT(T_U64, &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_input_stream)), T_FIELD("len", T_U64)),
    T_FUNC("[method]input-stream.blocking-skip", p2_input_stream_blocking_skip,
           T_RESULT(T_U64, &stream_error), T_FIELD("self", T_BORROW(p2_resource_input_stream)),
           T_FIELD("len", T_U64)),
    T_FUNC("[method]input-stream.subscribe", p2_input_stream_subscribe, T_OWN(p2_resource_pollable),
           T_FIELD("self", T_BORROW(p2_resource_input_stream))),
    T_FUNC("[method]output-stream.check-write", p2_output_stream_check_write,
           T_RESULT(T_U64, &stream_error), T_FIELD("self", T_BORROW(p2_resource_output_stream))),
    T_FUNC("[method]output-stream.write", p2_output_stream_write, T_RESULT(NULL, &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_output_stream)), T_FIELD("contents", T_LIST(T_U8))),
    T_FUNC("[method]output-stream.blocking-write-and-flush",
           p2_output_stream_blocking_write_and_flush, T_RESULT(NULL, &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_output_stream)), T_FIELD("contents", T_LIST(T_U8))),
    T_FUNC("[method]output-stream.flush", p2_output_stream_flush, T_RESULT(NULL, &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_output_stream))),
    T_FUNC("[method]output-stream.blocking-flush", p2_output_stream_blocking_flush,
           T_RESULT(NULL, &stream_error), T_FIELD("self", T_BORROW(p2_resource_output_stream))),
    T_FUNC("[method]output-stream.subscribe", p2_output_stream_subscribe,
           T_OWN(p2_resource_pollable), T_FIELD("self", T_BORROW(p2_resource_output_stream))),
    T_FUNC("[method]output-stream.write-zeroes", p2_output_stream_write_zeroes,
           T_RESULT(NULL, &stream_error), T_FIELD("self", T_BORROW(p2_resource_output_stream)),
           T_FIELD("len", T_U64)),
    T_FUNC("[method]output-stream.blocking-write-zeroes-and-flush",
           p2_output_stream_blocking_write_zeroes_and_flush, T_RESULT(NULL, &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_output_stream)), T_FIELD("len", T_U64)),
    T_FUNC("[method]output-stream.splice", p2_output_stream_splice, T_RESULT(T_U64, &stream_error),
           T_FIELD("self", T_BORROW(p2_resource_output_stream)),
           T_FIELD("src", T_BORROW(p2_resource_input_stream)), T_FIELD("len", T_U64)),
    T_FUNC("[method]output-stream.blocking-splice", p2_output_stream_blocking_splice,
           T_RESULT(T_U64, &stream_error), T_FIELD("self", T_BORROW(p2_resource_output_stream)),
           T_FIELD("src", T_BORROW(p2_resource_input_stream)), T_FIELD("len", T_U64)),
};

static const struct component_host_resource *const io_streams_resources[] = {
    &p2_resource_input_stream, &p2_resource_output_stream};

const struct component_host_interface p2_interface_io_streams = {
    T_INTERFACE("wasi:io/streams"),
    T_FUNCS(io_streams_funcs),
    T_RESOURCES(io_streams_resources),
};
