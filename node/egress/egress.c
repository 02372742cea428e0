/*
 * node/egress/egress.c: the role egress: HTTPS for guests, without a network. Its thread receives
 * from the supervisor, main and io; workers fetch (egress_internal.h).
 *
 * It has descriptors alone: certificates are read and libcurl is set up before it shuts itself in.
 * docs/egress.md says who decides what.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "node/config/settings.h"
#include "node/egress/egress_internal.h"
#include "node/egress/roots.h"
#include "node/role/confine.h"

#define LINE_MAX_BYTES 128u

/* All that wants files, before there is none. */
static X509_STORE *prepare(struct role *role, uint32_t *out_count)
{
    X509_STORE *roots = NULL;
    struct report report;
    report_init(&report);
    (void)clearenv(); /* proxies, SSLKEYLOGFILE, OPENSSL_CONF: nobody's to set; it can not fail */
    if (egress_roots_load(role->files[ROLE_FILE_EGRESS_CA], role->settings->egress_ca_hash, true,
                          &roots, out_count, &report) != STATUS_OK)
        role_fatal(role, report.text);
    if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, NULL) != 1 ||
        curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
        role_fatal(role, "libcurl or OpenSSL can not begin");
    tzset();                                        /* reads its file */
    SSL_CTX_free(SSL_CTX_new(TLS_client_method())); /* loads what it loads at the first one */
    curl_easy_cleanup(curl_easy_init());
    return roots;
}

static void make_nonblocking(int socket)
{
    if (socket >= 0)
        (void)fcntl(socket, F_SETFL, O_NONBLOCK); /* without it, sends may wait longer */
}

typedef bool take_fn(struct egress *egress, struct message_in *in);

/* All that is there. False: the link is over. */
static bool receive(struct egress *egress, int socket, take_fn *take)
{
    for (;;) {
        struct message_in *in = malloc(sizeof *in);
        if (in == NULL)
            return false;
        enum status status = message_receive(socket, in, NULL);
        if (status != STATUS_OK) {
            free(in);
            return status == STATUS_UNAVAILABLE;
        }
        if (!take(egress, in))
            return false;
    }
}

/* io went away: a new link comes by the control socket. */
static void lose_io(struct role *role)
{
    (void)close(role->peers[ROLE_IO]);
    role->peers[ROLE_IO] = -1;
}

/* False: the role ends. */
static bool serve_control(struct role *role)
{
    enum role_name peer = ROLE_COUNT;
    enum role_event event = role_control(role, &peer);
    if (event == ROLE_EVENT_PEER && peer == ROLE_IO)
        make_nonblocking(role->peers[ROLE_IO]);
    /* main is never started again while this role lives. */
    return event != ROLE_EVENT_STOP && !(event == ROLE_EVENT_PEER && peer == ROLE_MAIN);
}

static void serve(struct role *role, struct egress *egress)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = role->control, .events = POLLIN},
                               {.fd = role->peers[ROLE_MAIN], .events = POLLIN},
                               {.fd = role->peers[ROLE_IO], .events = POLLIN}};
        if (poll(fds, ARRAY_LEN(fds), -1) < 0)
            continue;
        if (fds[2].revents != 0 && !receive(egress, role->peers[ROLE_IO], egress_take_io))
            lose_io(role);
        if (fds[1].revents != 0 && !receive(egress, role->peers[ROLE_MAIN], egress_take_main))
            return;
        if (fds[0].revents != 0 && !serve_control(role))
            return;
    }
}

int egress_main(struct role *role)
{
    char line[LINE_MAX_BYTES];
    struct report report;
    uint32_t count = 0;
    report_init(&report);
    X509_STORE *roots = prepare(role, &count);
    struct egress *egress = calloc(1, sizeof *egress);
    if (role_confine(role, &report) != STATUS_OK)
        role_fatal(role, report.text);
    if (egress == NULL ||
        egress_init(egress, role->peers[ROLE_MAIN], roots, &report) != STATUS_OK ||
        egress_start_workers(egress, &report) != STATUS_OK)
        role_fatal(role, report.is_set ? report.text : "no room for fetches");
    make_nonblocking(role->peers[ROLE_MAIN]);
    make_nonblocking(role->peers[ROLE_IO]);
    (void)snprintf(line, sizeof line, "%s",
                   count == 0 ? "no root certificates: nobody is trusted" : "");
    if (role_ready(role, line) == STATUS_OK)
        serve(role, egress);
    egress_fini(egress);
    X509_STORE_free(roots);
    free(egress);
    return 0;
}
