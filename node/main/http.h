/*
 * node/main/http.h: HTTPS for guests, as main decides it: the service GATE_HTTP of a call.
 *
 * One struct http for the process: it holds the links to egress and to io's connections out, each
 * with a thread that receives. One struct http_session for each call: collects the request, sends
 * FETCH, and at each FETCH_CONNECT decides by the grants, writes the decision to the log, has io
 * connect (NET_OPEN) and answers. Main does not parse URLs: what counts is the host and port that
 * egress wants to be connected to, and io connects to those alone.
 *
 * Invariants:
 *   (1) Nothing is sent to io or allowed to egress before the log has the decision, durably; a log
 *       that fails denies.
 *   (2) No grant: denied. An empty list denies everything.
 *   (3) No session outlives its call: what is open at its end is cancelled and closed.
 */
#ifndef AETHER_NODE_MAIN_HTTP_H
#define AETHER_NODE_MAIN_HTTP_H

#include "core/base/report.h"
#include "node/gate/session.h"

struct http;
struct http_session;
struct settings; /* node/config/settings.h */

/* What goes into the log. CONNECT stands there before anything leaves; DONE tells the end of a
 * fetch, whatever it was. Texts are without secrets: no path, no header, no body. */
enum http_event_kind {
    HTTP_EVENT_CONNECT, /* durable before http_log_fn returns */
    HTTP_EVENT_DONE,
};

struct http_event {
    enum http_event_kind kind;
    struct bytes app;
    uint64_t fetch;      /* number of the fetch in this process; its events share it */
    const char *method;  /* "GET" */
    struct bytes host;   /* checked, lower case; CONNECT */
    uint16_t port;       /* CONNECT */
    uint32_t hop;        /* 0: the URL itself; n: the n-th redirect; CONNECT */
    bool is_granted;     /* CONNECT */
    uint64_t sent_bytes; /* of the request's URL, headers and body */
    /* DONE: the response's status and bytes; 0 and `why` when there is none. `address`: of the last
     * connection, as text; may be empty. */
    struct bytes address;
    uint32_t status;
    uint64_t received_bytes;
    struct bytes why; /* a sentence: why denied, what failed; else empty */
};

/* From the thread of the call. Anything but OK: nothing leaves (CONNECT). */
typedef enum status http_log_fn(void *context, const struct http_event *event);

/* Takes the sockets over; -1: that role is not there yet. `settings` is borrowed. */
enum status MUST_CHECK http_create(const struct settings *settings, int egress_socket,
                                   int net_socket, http_log_fn *log, void *log_context,
                                   struct http **out_http, struct report *report);
/* After every session. */
void http_destroy(struct http *http);

/* A role was started again (ROLE_EGRESS, ROLE_NET): its new link, taken over. What waited for the
 * old one fails as unavailable. From any thread; does not wait. */
void http_replace_egress(struct http *http, int socket);
void http_replace_net(struct http *http, int socket);

/* For one call of `app` (copied). */
enum status MUST_CHECK http_session_create(struct http *http, struct bytes app,
                                           struct http_session **out_session,
                                           struct report *report);
/* Its service; it has a cancel for the call's deadline. Good until destroy. */
struct gate_service http_session_service(struct http_session *session);
/* The cell is gone, or between calls. */
void http_session_destroy(struct http_session *session);

#endif
