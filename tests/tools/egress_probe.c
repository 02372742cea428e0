/*
 * tests/tools/egress_probe.c: fetches of guests through the real parts without the rest of the
 * service: main's http in this process, io's thread of connections out, egress as a process of its
 * own. For tests/egress.
 *
 *   egress_probe LOG [CA]     then lines on stdin:
 *     grant APP HOST PORT 0|1       before start; APP "*": every app; 1: private addresses, too
 *     resolve HOST PORT ADDRESS PORT
 *     limit fetch_ms|fetch_bytes N
 *     start
 *     fetch ID APP HEX              HEX: the request as GATE_HTTP_SEND takes it
 *     send ID APP BYTES             a request of so many bytes 0xFF
 *     cancel ID
 *     log hold|release|fail|work    what the log does with the next lines of kind CONNECT
 *     egress kill|start
 *   and answers on stdout:
 *     ID ok HEX                     the response as GATE_HTTP_RECEIVE gives it
 *     ID error KIND SENTENCE
 *     done WORDS                    after each line that is no fetch
 * LOG gets a line for each event, durably.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/wait.h>

#include "aether/gate_http.h"
#include "node/config/settings.h"
#include "node/io/io.h"
#include "node/main/http.h"
#include "node/message/message.h"
#include "node/role/role.h"

#define LINE_BYTES_MAX (48u << 20)
#define TRANSFER_BYTES (1u << 20)
#define FETCHES_MAX    256u

static struct settings settings;
static const char *ca_path;
static struct http *http;
static FILE *log_file;
static pid_t egress_pid = -1;
static int egress_control = -1;
static pthread_mutex_t out_lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool holds, fails;
} log_state = {.lock = PTHREAD_MUTEX_INITIALIZER, .change = PTHREAD_COND_INITIALIZER};

struct fetch {
    bool is_used;
    bool sends_junk;
    char id[32];
    char app[65];
    uint8_t *request;
    size_t len;
    struct http_session *session;
    struct gate_service service;
};
static struct fetch fetches[FETCHES_MAX];
static pthread_mutex_t fetches_lock = PTHREAD_MUTEX_INITIALIZER;

_Noreturn static void die(const char *why)
{
    (void)fprintf(stderr, "egress_probe: %s\n", why);
    _exit(2);
}

static enum status write_log(void *context, const struct http_event *event)
{
    (void)context;
    (void)pthread_mutex_lock(&log_state.lock);
    bool fails = log_state.fails;
    if (!fails) {
        (void)fprintf(log_file, "%s %.*s %s %.*s %u hop=%u granted=%d status=%u why=%.*s\n",
                      event->kind == HTTP_EVENT_CONNECT ? "connect" : "done", (int)event->app.len,
                      (const char *)event->app.data, event->method, (int)event->host.len,
                      event->host.data == NULL ? "" : (const char *)event->host.data, event->port,
                      event->hop, event->is_granted, event->status, (int)event->why.len,
                      event->why.data == NULL ? "" : (const char *)event->why.data);
        fails = fflush(log_file) != 0 || fdatasync(fileno(log_file)) != 0;
    }
    while (event->kind == HTTP_EVENT_CONNECT && log_state.holds)
        (void)pthread_cond_wait(&log_state.change, &log_state.lock);
    (void)pthread_mutex_unlock(&log_state.lock);
    return fails ? STATUS_UNAVAILABLE : STATUS_OK;
}

/* ---- roles ---- */

/* The child is egress, with what the supervisor would have given it. */
static void start_egress(int main_end, int io_end)
{
    int control[2];
    if (message_pair(control, NULL) != STATUS_OK)
        die("no pair");
    egress_pid = fork();
    if (egress_pid < 0)
        die("no process");
    if (egress_pid == 0) {
        struct role role = {.name = ROLE_EGRESS, .control = control[1], .settings = &settings};
        (void)close(control[0]);
        for (size_t i = 0; i < ROLE_COUNT; i++)
            role.peers[i] = -1;
        for (size_t i = 0; i < ROLE_FILE_COUNT; i++)
            role.files[i] = -1;
        role.peers[ROLE_MAIN] = main_end;
        role.peers[ROLE_IO] = io_end;
        if (ca_path != NULL) {
            FILE *ca = fopen(ca_path, "re");
            if (ca == NULL)
                die("no CA");
            role.files[ROLE_FILE_EGRESS_CA] = fileno(ca);
        }
        _exit(egress_main(&role));
    }
    (void)close(control[1]);
    (void)close(main_end);
    (void)close(io_end);
    egress_control = control[0];
    struct message_in *in = malloc(sizeof *in);
    struct report report;
    report_init(&report);
    if (in == NULL || message_receive_wait(egress_control, in, 20000, &report) != STATUS_OK)
        die("egress does not begin");
    if (in->type == MESSAGE_FATAL)
        (void)fprintf(stderr, "egress: %.*s\n", (int)in->any.fatal.line.len,
                      (const char *)in->any.fatal.line.data);
    if (in->type != MESSAGE_READY)
        die("egress is not ready");
    message_release(in);
    free(in);
}

static void pair(int out_sockets[2])
{
    if (message_pair(out_sockets, NULL) != STATUS_OK)
        die("no pair");
}

static void start(void)
{
    int to_egress[2], io_egress[2], to_net[2];
    struct report report;
    report_init(&report);
    pair(to_egress);
    pair(io_egress);
    start_egress(to_egress[1], io_egress[1]);
    pair(to_net);
    if (io_net_start(to_net[1], io_egress[0], &settings, &report) != STATUS_OK ||
        http_create(&settings, to_egress[0], to_net[0], write_log, NULL, &http, &report) !=
            STATUS_OK)
        die(report.text);
}

static void kill_egress(void)
{
    if (egress_pid > 0) {
        (void)kill(egress_pid, SIGKILL);
        (void)waitpid(egress_pid, NULL, 0);
        (void)close(egress_control);
    }
    egress_pid = -1;
}

static void restart_egress(void)
{
    int to_egress[2], io_egress[2];
    pair(to_egress);
    pair(io_egress);
    start_egress(to_egress[1], io_egress[1]);
    http_replace_egress(http, to_egress[0]);
    io_net_egress(io_egress[0]);
}

/* ---- fetches ---- */

static void print_hex(const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        (void)putchar_unlocked(digits[data[i] >> 4]);
        (void)putchar_unlocked(digits[data[i] & 15]);
    }
}

/* As the gate's session calls it. */
static void call(const struct fetch *fetch, const struct gate_request *request,
                 struct gate_transfer transfer, struct gate_reply *reply)
{
    *reply = (struct gate_reply){.status = GATE_OK};
    fetch->service.call(fetch->service.context, request, transfer, reply);
}

static enum gate_status send_all(const struct fetch *fetch, struct gate_transfer transfer)
{
    struct gate_reply reply = {0};
    for (size_t done = 0; done == 0 || done < fetch->len;) {
        size_t len = fetch->len - done < TRANSFER_BYTES ? fetch->len - done : TRANSFER_BYTES;
        const struct gate_request send = {.interface = GATE_HTTP,
                                          .method = GATE_HTTP_SEND,
                                          .in = {0, (uint32_t)len},
                                          .args = {done == 0}};
        if (fetch->sends_junk)
            memset(transfer.data, 0xFF, len);
        else if (len != 0)
            memcpy(transfer.data, fetch->request + done, len);
        call(fetch, &send, transfer, &reply);
        if (reply.status != GATE_OK || len == 0)
            break;
        done += len;
    }
    return reply.status;
}

static void print_response(const struct fetch *fetch, struct gate_transfer transfer, uint64_t len)
{
    struct gate_reply reply;
    for (uint64_t done = 0; done < len; done += reply.out.len) {
        const struct gate_request receive = {.interface = GATE_HTTP,
                                             .method = GATE_HTTP_RECEIVE,
                                             .out = {0, TRANSFER_BYTES},
                                             .args = {done}};
        call(fetch, &receive, transfer, &reply);
        if (reply.out.len == 0)
            die("a response is shorter than it was said to be");
        print_hex(transfer.data, reply.out.len);
    }
}

static void *run_fetch(void *context)
{
    struct fetch *fetch = context;
    uint8_t *data = calloc(1, TRANSFER_BYTES);
    struct gate_transfer transfer = {.data = data, .len = TRANSFER_BYTES};
    struct gate_reply reply;
    if (data == NULL)
        die("no room");
    const struct gate_request ask = {
        .interface = GATE_HTTP, .method = GATE_HTTP_FETCH, .out = {0, 1024}};
    (void)send_all(fetch, transfer); /* what was refused is an error of FETCH, too */
    call(fetch, &ask, transfer, &reply);
    (void)pthread_mutex_lock(&out_lock);
    if (reply.status == GATE_OK) {
        (void)printf("%s ok ", fetch->id);
        print_response(fetch, transfer, reply.values[1]);
        (void)putchar_unlocked('\n');
    } else {
        (void)printf("%s error %u %.*s\n", fetch->id, (unsigned)reply.values[0], (int)reply.out.len,
                     (const char *)data);
    }
    (void)fflush(stdout);
    (void)pthread_mutex_unlock(&out_lock);
    (void)pthread_mutex_lock(&fetches_lock);
    http_session_destroy(fetch->session);
    free(fetch->request);
    *fetch = (struct fetch){0};
    (void)pthread_mutex_unlock(&fetches_lock);
    free(data);
    return NULL;
}

static uint8_t digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void begin_fetch(const char *id, const char *app, const char *hex, size_t junk)
{
    struct report report;
    pthread_t thread;
    struct fetch *fetch = NULL;
    report_init(&report);
    (void)pthread_mutex_lock(&fetches_lock);
    for (size_t i = 0; i < FETCHES_MAX && fetch == NULL; i++)
        if (!fetches[i].is_used)
            fetch = &fetches[i];
    if (fetch == NULL)
        die("too many fetches");
    *fetch = (struct fetch){.is_used = true, .sends_junk = hex == NULL};
    (void)snprintf(fetch->id, sizeof fetch->id, "%s", id);
    (void)snprintf(fetch->app, sizeof fetch->app, "%s", app);
    fetch->len = hex == NULL ? junk : strlen(hex) / 2;
    fetch->request = calloc(1, hex == NULL ? 1 : fetch->len + 1);
    for (size_t i = 0; hex != NULL && i < fetch->len; i++)
        fetch->request[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    if (http_session_create(http, bytes_of(fetch->app, strlen(fetch->app)), &fetch->session,
                            &report) != STATUS_OK)
        die(report.text);
    fetch->service = http_session_service(fetch->session);
    (void)pthread_mutex_unlock(&fetches_lock);
    if (pthread_create(&thread, NULL, run_fetch, fetch) != 0)
        die("no thread");
    (void)pthread_detach(thread);
}

static void cancel(const char *id)
{
    (void)pthread_mutex_lock(&fetches_lock);
    for (size_t i = 0; i < FETCHES_MAX; i++)
        if (fetches[i].is_used && strcmp(fetches[i].id, id) == 0)
            fetches[i].service.cancel(fetches[i].service.context);
    (void)pthread_mutex_unlock(&fetches_lock);
}

/* ---- lines ---- */

static void set_log(const char *word)
{
    (void)pthread_mutex_lock(&log_state.lock);
    if (strcmp(word, "hold") == 0 || strcmp(word, "release") == 0)
        log_state.holds = word[0] == 'h';
    else
        log_state.fails = word[0] == 'f';
    (void)pthread_cond_broadcast(&log_state.change);
    (void)pthread_mutex_unlock(&log_state.lock);
}

static void add_grant(char *const words[])
{
    struct settings_grant *grant = &settings.grants[settings.grant_count++];
    (void)snprintf(grant->app, sizeof grant->app, "%s", words[1][0] == '*' ? "" : words[1]);
    (void)snprintf(grant->host, sizeof grant->host, "%s", words[2]);
    grant->port = (uint16_t)strtoul(words[3], NULL, 10);
    grant->allows_private = words[4][0] == '1';
}

static void add_resolve(char *const words[])
{
    struct settings_resolve *each = &settings.resolves[settings.resolve_count++];
    (void)snprintf(each->host, sizeof each->host, "%s", words[1]);
    each->port = (uint16_t)strtoul(words[2], NULL, 10);
    (void)snprintf(each->address, sizeof each->address, "%s", words[3]);
    each->to_port = (uint16_t)strtoul(words[4], NULL, 10);
}

static void serve(unsigned count, char *const words[])
{
    if (strcmp(words[0], "fetch") == 0 && count == 4) {
        begin_fetch(words[1], words[2], words[3], 0);
        return;
    }
    if (strcmp(words[0], "send") == 0 && count == 4) {
        begin_fetch(words[1], words[2], NULL, strtoul(words[3], NULL, 10));
        return;
    }
    if (strcmp(words[0], "grant") == 0 && count == 5)
        add_grant(words);
    else if (strcmp(words[0], "resolve") == 0 && count == 5)
        add_resolve(words);
    else if (strcmp(words[0], "limit") == 0 && count == 3 && strcmp(words[1], "fetch_ms") == 0)
        settings.fetch_ms = (uint32_t)strtoul(words[2], NULL, 10);
    else if (strcmp(words[0], "limit") == 0 && count == 3)
        settings.fetch_bytes = strtoul(words[2], NULL, 10);
    else if (strcmp(words[0], "start") == 0)
        start();
    else if (strcmp(words[0], "cancel") == 0 && count == 2)
        cancel(words[1]);
    else if (strcmp(words[0], "log") == 0 && count == 2)
        set_log(words[1]);
    else if (strcmp(words[0], "egress") == 0 && count == 2 && strcmp(words[1], "kill") == 0)
        kill_egress();
    else if (strcmp(words[0], "egress") == 0 && count == 2)
        restart_egress();
    else
        die("a line that makes no sense");
    (void)pthread_mutex_lock(&out_lock);
    (void)printf("done %s\n", words[0]);
    (void)fflush(stdout);
    (void)pthread_mutex_unlock(&out_lock);
}

int main(int argc, char **argv)
{
    char *line = malloc(LINE_BYTES_MAX);
    settings_defaults(&settings);
    if (argc < 2 || line == NULL || (log_file = fopen(argv[1], "ae")) == NULL)
        die("a file for the log, please");
    ca_path = argc > 2 ? argv[2] : NULL;
    while (fgets(line, (int)LINE_BYTES_MAX, stdin) != NULL) {
        char *words[8];
        unsigned count = 0;
        for (char *word = strtok(line, " \n"); word != NULL && count < 8;
             word = strtok(NULL, " \n"))
            words[count++] = word;
        if (count != 0)
            serve(count, words);
    }
    kill_egress();
    _exit(0);
}
