/*
 * core/wasi/types_sockets.c: the interfaces of wasi:sockets: everything links, nothing is granted
 * (p2_denied.c).
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"
#include "core/wasi/types.h"

const struct component_host_resource p2_resource_network = T_RESOURCE_PLAIN("network");

static const struct component_type network_error_code =
    T_ENUM(T_LABEL("unknown"), T_LABEL("access-denied"), T_LABEL("not-supported"),
           T_LABEL("invalid-argument"), T_LABEL("out-of-memory"), T_LABEL("timeout"),
           T_LABEL("concurrency-conflict"), T_LABEL("not-in-progress"), T_LABEL("would-block"),
           T_LABEL("invalid-state"), T_LABEL("new-socket-limit"), T_LABEL("address-not-bindable"),
           T_LABEL("address-in-use"), T_LABEL("remote-unreachable"), T_LABEL("connection-refused"),
           T_LABEL("connection-reset"), T_LABEL("connection-aborted"),
           T_LABEL("datagram-too-large"), T_LABEL("name-unresolvable"),
           T_LABEL("temporary-resolver-failure"), T_LABEL("permanent-resolver-failure"));

static const struct component_type network_ip_address_family =
    T_ENUM(T_LABEL("ipv4"), T_LABEL("ipv6"));

static const struct component_type network_ipv4_address =
    T_TUPLE_OF(T_ITEM(T_U8), T_ITEM(T_U8), T_ITEM(T_U8), T_ITEM(T_U8));

static const struct component_type network_ipv6_address =
    T_TUPLE_OF(T_ITEM(T_U16), T_ITEM(T_U16), T_ITEM(T_U16), T_ITEM(T_U16), T_ITEM(T_U16),
               T_ITEM(T_U16), T_ITEM(T_U16), T_ITEM(T_U16));

static const struct component_type network_ip_address =
    T_VARIANT(T_FIELD("ipv4", &network_ipv4_address), T_FIELD("ipv6", &network_ipv6_address));

static const struct component_type network_ipv4_socket_address =
    T_RECORD(T_FIELD("port", T_U16), T_FIELD("address", &network_ipv4_address));

static const struct component_type network_ipv6_socket_address =
    T_RECORD(T_FIELD("port", T_U16), T_FIELD("flow-info", T_U32),
             T_FIELD("address", &network_ipv6_address), T_FIELD("scope-id", T_U32));

static const struct component_type network_ip_socket_address = T_VARIANT(
    T_FIELD("ipv4", &network_ipv4_socket_address), T_FIELD("ipv6", &network_ipv6_socket_address));

static const struct component_host_func sockets_network_funcs[] = {
    T_FUNC("network-error-code", p2_network_error_code, T_OPTION(&network_error_code),
           T_FIELD("err", T_BORROW(p2_resource_error))),
};

static const struct component_host_resource *const sockets_network_resources[] = {
    &p2_resource_network};

const struct component_host_interface p2_interface_sockets_network = {
    T_INTERFACE("wasi:sockets/network"),
    T_FUNCS(sockets_network_funcs),
    T_RESOURCES(sockets_network_resources),
};

static const struct component_host_func sockets_instance_network_funcs[] = {
    T_FUNC_BARE("instance-network", p2_instance_network, T_OWN(p2_resource_network)),
};

const struct component_host_interface p2_interface_sockets_instance_network = {
    T_INTERFACE("wasi:sockets/instance-network"),
    T_FUNCS(sockets_instance_network_funcs),
};

static const struct component_host_resource resource_resolve_address_stream =
    T_RESOURCE_PLAIN("resolve-address-stream");

static const struct component_host_func sockets_ip_name_lookup_funcs[] = {
    T_FUNC("resolve-addresses", p2_socket_denied,
           T_RESULT(T_OWN(resource_resolve_address_stream), &network_error_code),
           T_FIELD("network", T_BORROW(p2_resource_network)), T_FIELD("name", T_STRING)),
    T_FUNC("[method]resolve-address-stream.resolve-next-address", p2_socket_unreachable,
           T_RESULT(T_OPTION(&network_ip_address), &network_error_code),
           T_FIELD("self", T_BORROW(resource_resolve_address_stream))),
    T_FUNC("[method]resolve-address-stream.subscribe", p2_socket_unreachable,
           T_OWN(p2_resource_pollable), T_FIELD("self", T_BORROW(resource_resolve_address_stream))),
};

static const struct component_host_resource *const sockets_ip_name_lookup_resources[] = {
    &resource_resolve_address_stream};

const struct component_host_interface p2_interface_sockets_ip_name_lookup = {
    T_INTERFACE("wasi:sockets/ip-name-lookup"),
    T_FUNCS(sockets_ip_name_lookup_funcs),
    T_RESOURCES(sockets_ip_name_lookup_resources),
};

static const struct component_host_resource resource_tcp_socket = T_RESOURCE_PLAIN("tcp-socket");

static const struct component_type shutdown_type =
    T_ENUM(T_LABEL("receive"), T_LABEL("send"), T_LABEL("both"));

static const struct component_host_func sockets_tcp_funcs[] = {
    T_FUNC("[method]tcp-socket.start-bind", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("network", T_BORROW(p2_resource_network)),
           T_FIELD("local-address", &network_ip_socket_address)),
    T_FUNC("[method]tcp-socket.finish-bind", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.start-connect", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("network", T_BORROW(p2_resource_network)),
           T_FIELD("remote-address", &network_ip_socket_address)),
    T_FUNC("[method]tcp-socket.finish-connect", p2_socket_unreachable,
           T_RESULT(T_TUPLE(T_ITEM(T_OWN(p2_resource_input_stream)),
                            T_ITEM(T_OWN(p2_resource_output_stream))),
                    &network_error_code),
           T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.start-listen", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.finish-listen", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.accept", p2_socket_unreachable,
           T_RESULT(T_TUPLE(T_ITEM(T_OWN(resource_tcp_socket)),
                            T_ITEM(T_OWN(p2_resource_input_stream)),
                            T_ITEM(T_OWN(p2_resource_output_stream))),
                    &network_error_code),
           T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.local-address", p2_socket_unreachable,
           T_RESULT(&network_ip_socket_address, &network_error_code),
           T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.remote-address", p2_socket_unreachable,
           T_RESULT(&network_ip_socket_address, &network_error_code),
           T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.is-listening", p2_socket_unreachable, T_BOOL,
           T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.address-family", p2_socket_unreachable, &network_ip_address_family,
           T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-listen-backlog-size", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_U64)),
    T_FUNC("[method]tcp-socket.keep-alive-enabled", p2_socket_unreachable,
           T_RESULT(T_BOOL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-keep-alive-enabled", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_BOOL)),
    T_FUNC("[method]tcp-socket.keep-alive-idle-time", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-keep-alive-idle-time", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_U64)),
    T_FUNC("[method]tcp-socket.keep-alive-interval", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-keep-alive-interval", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_U64)),
    T_FUNC("[method]tcp-socket.keep-alive-count", p2_socket_unreachable,
           T_RESULT(T_U32, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-keep-alive-count", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_U32)),
    T_FUNC("[method]tcp-socket.hop-limit", p2_socket_unreachable,
           T_RESULT(T_U8, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-hop-limit", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_U8)),
    T_FUNC("[method]tcp-socket.receive-buffer-size", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-receive-buffer-size", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_U64)),
    T_FUNC("[method]tcp-socket.send-buffer-size", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.set-send-buffer-size", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("value", T_U64)),
    T_FUNC("[method]tcp-socket.subscribe", p2_socket_unreachable, T_OWN(p2_resource_pollable),
           T_FIELD("self", T_BORROW(resource_tcp_socket))),
    T_FUNC("[method]tcp-socket.shutdown", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_tcp_socket)),
           T_FIELD("shutdown-type", &shutdown_type)),
};

static const struct component_host_resource *const sockets_tcp_resources[] = {&resource_tcp_socket};

const struct component_host_interface p2_interface_sockets_tcp = {
    T_INTERFACE("wasi:sockets/tcp"),
    T_FUNCS(sockets_tcp_funcs),
    T_RESOURCES(sockets_tcp_resources),
};

static const struct component_host_func sockets_tcp_create_socket_funcs[] = {
    T_FUNC("create-tcp-socket", p2_socket_denied,
           T_RESULT(T_OWN(resource_tcp_socket), &network_error_code),
           T_FIELD("address-family", &network_ip_address_family)),
};

const struct component_host_interface p2_interface_sockets_tcp_create_socket = {
    T_INTERFACE("wasi:sockets/tcp-create-socket"),
    T_FUNCS(sockets_tcp_create_socket_funcs),
};

static const struct component_host_resource resource_udp_socket = T_RESOURCE_PLAIN("udp-socket");

static const struct component_host_resource resource_incoming_datagram_stream =
    T_RESOURCE_PLAIN("incoming-datagram-stream");

static const struct component_host_resource resource_outgoing_datagram_stream =
    T_RESOURCE_PLAIN("outgoing-datagram-stream");

static const struct component_type incoming_datagram =
    T_RECORD(T_FIELD("data", T_LIST(T_U8)), T_FIELD("remote-address", &network_ip_socket_address));

static const struct component_type outgoing_datagram = T_RECORD(
    T_FIELD("data", T_LIST(T_U8)), T_FIELD("remote-address", T_OPTION(&network_ip_socket_address)));

static const struct component_host_func sockets_udp_funcs[] = {
    T_FUNC("[method]udp-socket.start-bind", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket)),
           T_FIELD("network", T_BORROW(p2_resource_network)),
           T_FIELD("local-address", &network_ip_socket_address)),
    T_FUNC("[method]udp-socket.finish-bind", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]udp-socket.stream", p2_socket_unreachable,
           T_RESULT(T_TUPLE(T_ITEM(T_OWN(resource_incoming_datagram_stream)),
                            T_ITEM(T_OWN(resource_outgoing_datagram_stream))),
                    &network_error_code),
           T_FIELD("self", T_BORROW(resource_udp_socket)),
           T_FIELD("remote-address", T_OPTION(&network_ip_socket_address))),
    T_FUNC("[method]udp-socket.local-address", p2_socket_unreachable,
           T_RESULT(&network_ip_socket_address, &network_error_code),
           T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]udp-socket.remote-address", p2_socket_unreachable,
           T_RESULT(&network_ip_socket_address, &network_error_code),
           T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]udp-socket.address-family", p2_socket_unreachable, &network_ip_address_family,
           T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]udp-socket.unicast-hop-limit", p2_socket_unreachable,
           T_RESULT(T_U8, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]udp-socket.set-unicast-hop-limit", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket)),
           T_FIELD("value", T_U8)),
    T_FUNC("[method]udp-socket.receive-buffer-size", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]udp-socket.set-receive-buffer-size", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket)),
           T_FIELD("value", T_U64)),
    T_FUNC("[method]udp-socket.send-buffer-size", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]udp-socket.set-send-buffer-size", p2_socket_unreachable,
           T_RESULT(NULL, &network_error_code), T_FIELD("self", T_BORROW(resource_udp_socket)),
           T_FIELD("value", T_U64)),
    T_FUNC("[method]udp-socket.subscribe", p2_socket_unreachable, T_OWN(p2_resource_pollable),
           T_FIELD("self", T_BORROW(resource_udp_socket))),
    T_FUNC("[method]incoming-datagram-stream.receive", p2_socket_unreachable,
           T_RESULT(T_LIST(&incoming_datagram), &network_error_code),
           T_FIELD("self", T_BORROW(resource_incoming_datagram_stream)),
           T_FIELD("max-results", T_U64)),
    T_FUNC("[method]incoming-datagram-stream.subscribe", p2_socket_unreachable,
           T_OWN(p2_resource_pollable),
           T_FIELD("self", T_BORROW(resource_incoming_datagram_stream))),
    T_FUNC("[method]outgoing-datagram-stream.check-send", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code),
           T_FIELD("self", T_BORROW(resource_outgoing_datagram_stream))),
    T_FUNC("[method]outgoing-datagram-stream.send", p2_socket_unreachable,
           T_RESULT(T_U64, &network_error_code),
           T_FIELD("self", T_BORROW(resource_outgoing_datagram_stream)),
           T_FIELD("datagrams", T_LIST(&outgoing_datagram))),
    T_FUNC("[method]outgoing-datagram-stream.subscribe", p2_socket_unreachable,
           T_OWN(p2_resource_pollable),
           T_FIELD("self", T_BORROW(resource_outgoing_datagram_stream))),
};

static const struct component_host_resource *const sockets_udp_resources[] = {
    &resource_udp_socket, &resource_incoming_datagram_stream, &resource_outgoing_datagram_stream};

const struct component_host_interface p2_interface_sockets_udp = {
    T_INTERFACE("wasi:sockets/udp"),
    T_FUNCS(sockets_udp_funcs),
    T_RESOURCES(sockets_udp_resources),
};

static const struct component_host_func sockets_udp_create_socket_funcs[] = {
    T_FUNC("create-udp-socket", p2_socket_denied,
           T_RESULT(T_OWN(resource_udp_socket), &network_error_code),
           T_FIELD("address-family", &network_ip_address_family)),
};

const struct component_host_interface p2_interface_sockets_udp_create_socket = {
    T_INTERFACE("wasi:sockets/udp-create-socket"),
    T_FUNCS(sockets_udp_create_socket_funcs),
};
