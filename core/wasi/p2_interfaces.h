/*
 * core/wasi/p2_interfaces.h: the interfaces that this host offers: tables in types_*.c.
 */
#ifndef AETHER_WASI_P2_INTERFACES_H
#define AETHER_WASI_P2_INTERFACES_H

#include "core/component/host.h"

#define P2_INTERFACE_LIST(X)                                                                       \
    X(io_error)                                                                                    \
    X(io_poll)                                                                                     \
    X(io_streams)                                                                                  \
    X(clocks_monotonic_clock)                                                                      \
    X(clocks_wall_clock)                                                                           \
    X(clocks_timezone)                                                                             \
    X(random_insecure_seed)                                                                        \
    X(random_insecure)                                                                             \
    X(random_random)                                                                               \
    X(cli_environment)                                                                             \
    X(cli_exit)                                                                                    \
    X(cli_stdin)                                                                                   \
    X(cli_stdout)                                                                                  \
    X(cli_stderr)                                                                                  \
    X(cli_terminal_input)                                                                          \
    X(cli_terminal_output)                                                                         \
    X(cli_terminal_stdin)                                                                          \
    X(cli_terminal_stdout)                                                                         \
    X(cli_terminal_stderr)                                                                         \
    X(filesystem_types)                                                                            \
    X(filesystem_preopens)                                                                         \
    X(sockets_network)                                                                             \
    X(sockets_instance_network)                                                                    \
    X(sockets_ip_name_lookup)                                                                      \
    X(sockets_tcp)                                                                                 \
    X(sockets_tcp_create_socket)                                                                   \
    X(sockets_udp)                                                                                 \
    X(sockets_udp_create_socket)                                                                   \
    X(http_types)                                                                                  \
    X(http_outgoing_handler)                                                                       \
    X(enclave_https)                                                                               \
    X(enclave_auth)

#define X(name) extern const struct component_host_interface p2_interface_##name;
P2_INTERFACE_LIST(X)
#undef X

#endif
