/*
 * node/egress/connect.h: connect() for libcurl before 8.0, which calls it even for a socket of
 * which SOCKOPTFUNCTION said that it is connected (7.88.1, Debian 12; fixed upstream in 8.0).
 *
 * connect.c defines the libc's name connect for the whole program. It is the system call, but for
 * one descriptor of the calling thread: of that it says that it is connected, as it is. No system
 * call is made for it, so the role needs none.
 */
#ifndef AETHER_NODE_EGRESS_CONNECT_H
#define AETHER_NODE_EGRESS_CONNECT_H

/* The connected descriptor of this thread from now on; -1: none. */
void egress_connect_set(int socket);

#endif
