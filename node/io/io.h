/*
 * node/io/io.h: the role io from inside: three threads that share nothing but this.
 *
 * io is the only role with a network and with the store's files. It sees ciphertext alone: TLS
 * records of connections (in: of api, out: of egress) and sealed records of the store.
 *
 *   io.c, accept.c, carry.c   connections in: listener, limits per peer, bytes both ways, and the
 *                             control socket (io_main's own thread)
 *   store*.c                  io_store_start: answers STORE_* on the link to main
 *   net*.c                    io_net_start: answers NET_* on its link to main, gives connections to
 *                             egress (CARRIED), bytes both ways
 *
 * Links: each start takes the descriptors that it is given over; they are its thread's alone (io.c
 * keeps none of them). The link to main never changes while io lives: when main dies everything
 * ends. egress may be started again: then io.c calls io_net_egress from its own thread with the new
 * link; the net thread closes the old one, and carries on with what it carries. A thread whose link
 * to main ends returns; io.c ends the process when the control socket says so.
 */
#ifndef AETHER_NODE_IO_IO_H
#define AETHER_NODE_IO_IO_H

#include "core/base/report.h"

/* Starts the store's thread on the directory. OK: it runs, and `link` and `directory` are its. */
enum status MUST_CHECK io_store_start(int link, int directory, struct report *report);

struct settings; /* node/config/settings.h */

/* Starts the thread of connections out. `egress_link` may be -1: none yet. Of `settings` the
 * resolves are copied. After role_confine, as every thread; the resolver's files in /etc stay
 * readable to io. */
enum status MUST_CHECK io_net_start(int net_link, int egress_link, const struct settings *settings,
                                    struct report *report);

/* Starts a thread that nobody joins; false: none is to be had. */
bool io_start_thread(void *(*run)(void *context), void *context, size_t stack_bytes);

/* A new link to egress in the place of the one before. Takes it over; does not wait. */
void io_net_egress(int egress_link);

#endif
