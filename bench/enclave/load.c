/*
 * bench/enclave/load.c: a client that asks the same question over and over, on TLS 1.3, and says
 * how long answers take. `make bench-enclave` runs it against aetherd and against nginx.
 *
 *   bench-load PORT CONNECTIONS SECONDS warm|handshake frame|http REQUEST-FILE
 *
 * One thread: with warm, CONNECTIONS connections are open and each has one request on its way at a
 * time; with handshake, each makes a new connection for every request. REQUEST-FILE holds the bytes
 * of the request. Answers have to be the first one again, byte for byte (http: as long). Nothing of
 * the server is verified: this measures. Prints one line of JSON, times in microseconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/base/compiler.h"

#define CONNECTIONS_MAX 256
#define ANSWER_MAX      65536
#define REQUEST_MAX     65536
#define TIMES_MAX       4000000u
#define EVENTS          64
#define WARM_UP         200u /* answers that do not count */

struct connection {
    int fd;
    SSL *tls;
    bool is_open; /* the handshake is done */
    double asked_us;
    size_t len; /* of the answer so far */
    uint8_t answer[ANSWER_MAX];
};

struct load {
    struct sockaddr_in address;
    SSL_CTX *context;
    int epoll_fd;
    bool is_warm, is_http;
    size_t request_len, first_len;
    uint8_t request[REQUEST_MAX], first[ANSWER_MAX];
    uint32_t count, skipped;
    double end_us, counted_from_us;
    struct connection connections[CONNECTIONS_MAX];
};

static struct load load;
static float times[TIMES_MAX];

static NORETURN void give_up(const char *what)
{
    (void)fprintf(stderr, "bench-load: %s\n", what);
    exit(3);
}

static double now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void open_connection(struct connection *c)
{
    const int one = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    c->asked_us = now_us();
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&load.address, sizeof load.address) != 0)
        give_up("nobody takes connections there");
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0 ||
        epoll_ctl(load.epoll_fd, EPOLL_CTL_ADD, c->fd, &event) != 0)
        give_up("a socket can not be watched");
    c->tls = SSL_new(load.context);
    if (c->tls == NULL || SSL_set_fd(c->tls, c->fd) != 1)
        give_up("no room for a connection");
    c->is_open = false;
    c->len = 0;
}

static void close_connection(struct connection *c)
{
    /* Abortive: thousands of ports in TIME_WAIT would be the machine's limit, not the server's. */
    const struct linger now = {.l_onoff = 1};
    (void)SSL_shutdown(c->tls);
    SSL_free(c->tls);
    (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    (void)close(c->fd);
}

static void ask(struct connection *c)
{
    if (load.is_warm)
        c->asked_us = now_us();
    c->len = 0;
    if (SSL_write(c->tls, load.request, (int)load.request_len) != (int)load.request_len)
        give_up("a request could not be sent at once");
}

/* 0: not all of it is there yet. */
static size_t answer_len(const struct connection *c)
{
    if (!load.is_http)
        return c->len < 4 ? 0
                          : 4 + ((size_t)c->answer[0] << 24 | (size_t)c->answer[1] << 16 |
                                 (size_t)c->answer[2] << 8 | c->answer[3]);
    const uint8_t *end = memmem(c->answer, c->len, "\r\n\r\n", 4);
    const uint8_t *field = memmem(c->answer, c->len, "Content-Length: ", 16);
    if (end == NULL || field == NULL)
        return 0;
    return (size_t)(end + 4 - c->answer) + strtoul((const char *)field + 16, NULL, 10);
}

static void note(const struct connection *c)
{
    const double now = now_us();
    if (load.skipped < WARM_UP) {
        load.skipped++;
        load.counted_from_us = now;
    } else if (load.count < TIMES_MAX) {
        times[load.count++] = (float)(now - c->asked_us);
    }
}

static void check(const struct connection *c)
{
    if (load.first_len == 0) {
        memcpy(load.first, c->answer, c->len);
        load.first_len = c->len;
    }
    if (c->len == load.first_len && (load.is_http || memcmp(c->answer, load.first, c->len) == 0))
        return;
    (void)fwrite(c->answer, 1, c->len, stderr);
    give_up("\nan answer is not as the first one");
}

/* False: nothing more is there. */
static bool read_some(struct connection *c)
{
    const int got = SSL_read(c->tls, c->answer + c->len, (int)(ANSWER_MAX - c->len));
    if (got > 0) {
        c->len += (size_t)got;
        return true;
    }
    if (SSL_get_error(c->tls, got) != SSL_ERROR_WANT_READ)
        give_up("the server closed a connection");
    return false;
}

static void serve(struct connection *c)
{
    if (!c->is_open) {
        const int done = SSL_connect(c->tls);
        if (done != 1 && SSL_get_error(c->tls, done) == SSL_ERROR_WANT_READ)
            return;
        if (done != 1)
            give_up("a handshake failed");
        c->is_open = true;
        ask(c);
    }
    while (read_some(c)) {
        const size_t wanted = answer_len(c);
        if (wanted == 0 || c->len < wanted)
            continue;
        check(c);
        note(c);
        if (!load.is_warm) {
            close_connection(c);
            open_connection(c);
            serve(c);
            return;
        }
        ask(c);
    }
}

static void run(size_t count)
{
    struct epoll_event events[EVENTS];
    for (size_t i = 0; i < count; i++) {
        open_connection(&load.connections[i]);
        serve(&load.connections[i]);
    }
    while (now_us() < load.end_us) {
        const int ready = epoll_wait(load.epoll_fd, events, EVENTS, 1000);
        for (int i = 0; i < ready; i++)
            serve(events[i].data.ptr);
    }
}

static int compare(const void *a, const void *b)
{
    const float x = *(const float *)a;
    const float y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static void print(void)
{
    const double seconds = (now_us() - load.counted_from_us) / 1e6;
    if (load.count == 0)
        give_up("no answer came");
    qsort(times, load.count, sizeof times[0], compare);
    (void)printf(
        "{\"count\": %u, \"p50\": %.1f, \"p99\": %.1f, \"per_second\": %.0f, \"bytes\": %zu}\n",
        load.count, (double)times[load.count / 2], (double)times[(size_t)load.count * 99 / 100],
        load.count / seconds, load.first_len);
}

static void read_request(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        give_up(path);
    load.request_len = fread(load.request, 1, sizeof load.request, file);
    (void)fclose(file);
}

int main(int argc, char **argv)
{
    if (argc != 7)
        give_up("PORT CONNECTIONS SECONDS warm|handshake frame|http REQUEST-FILE");
    const size_t count = strtoul(argv[2], NULL, 10);
    if (count == 0 || count > CONNECTIONS_MAX)
        give_up("1 to 256 connections");
    load.address = (struct sockaddr_in){.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    load.is_warm = strcmp(argv[4], "warm") == 0;
    load.is_http = strcmp(argv[5], "http") == 0;
    read_request(argv[6]);
    load.context = SSL_CTX_new(TLS_client_method());
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (load.context == NULL || load.epoll_fd < 0 ||
        SSL_CTX_set_min_proto_version(load.context, TLS1_3_VERSION) != 1)
        give_up("no TLS 1.3");
    load.end_us = now_us() + 1e6 * strtod(argv[3], NULL);
    run(count);
    print();
    return 0;
}
