/*
 * tests/support/call_check.c: see call_check.h. Store, keys, output and HTTP are the real ones; io
 * is played in memory (record_check.c), and egress is away.
 */
#include "tests/support/call_check.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>

#include "aether/gate_http.h"
#include "aether/gate_world.h"
#include "node/main/http.h"
#include "node/main/output.h"
#include "tests/support/record_check.h"
#include "tests/support/store_trial.h"

#define TRANSFER_BYTES 16384u
#define REQUESTS_MAX   40u
#define HANDLES_KEPT   8u
#define SERVICES       (STORE_SERVICE_COUNT + 2u)

struct call {
    struct bytes rest;
    struct store_app *app;
    struct store_session *files;
    struct http_session *http;
    struct gate_service world, services[SERVICES];
    struct gate_session session;
    uint32_t handles[HANDLES_KEPT]; /* what the gate gave */
    uint32_t handle_count;
    unsigned asked, served;
    uint8_t transfer[TRANSFER_BYTES], before[TRANSFER_BYTES];
};

/* Made once. */
static struct {
    struct store *store;
    uint64_t slot;
    int log_fd;
    struct log *log;
    struct output output;
    struct settings settings;
    struct http *http;
} own;

static void must(bool holds)
{
    ASSERT(holds);
}

static enum status log_nothing(void *context, const struct http_event *event)
{
    (void)context;
    (void)event;
    return STATUS_OK;
}

static void finish(void)
{
    http_destroy(own.http);
    output_fini(&own.output);
    log_close(own.log);
    store_close(own.store);
}

static void begin(void)
{
    struct report report;
    struct store_keys *keys;
    report_init(&report);
    own.store = record_honest_store(&keys);
    own.slot = store_keys_slot(keys, "hostile", NULL);
    own.log_fd = memfd_create("aether-log", MFD_CLOEXEC);
    must(own.log_fd >= 0 && fcntl(own.log_fd, F_SETFL, O_APPEND) == 0);
    must(log_open(own.log_fd, &own.log, &report) == STATUS_OK);
    output_init(&own.output, own.log);
    settings_defaults(&own.settings);
    must(http_create(&own.settings, -1, -1, log_nothing, NULL, &own.http, &report) == STATUS_OK);
    must(atexit(finish) == 0);
}

static uint8_t take(struct call *call)
{
    struct bytes head;
    return bytes_take(&call->rest, 1, &head) == STATUS_OK ? head.data[0] : 0;
}

static uint64_t take_argument(struct call *call, size_t in_len)
{
    static const uint64_t corners[] = {INT64_MAX, UINT64_MAX, UINT32_MAX, 8191,
                                       8192,      65536,      1u << 20,   UINT64_C(1) << 40};
    const uint8_t code = take(call);
    if (code < 0xC0)
        return code;
    if (code < 0xC0 + ARRAY_LEN(corners))
        return corners[code - 0xC0];
    return code < 0xE0 ? in_len / 2 + (code & 3u) - 1 : call->handles[code % HANDLES_KEPT];
}

static struct gate_request read_request(struct call *call)
{
    static const uint16_t interfaces[] = {GATE_FILE, GATE_FILE,   GATE_FILE, GATE_FILE,
                                          GATE_HTTP, GATE_STREAM, GATE_WORLD};
    static const uint32_t rooms[] = {4096, 64, 0, 1, 8192, 280, 8193, UINT32_MAX};
    struct gate_request request = {.interface = interfaces[take(call) % ARRAY_LEN(interfaces)]};
    struct bytes in;
    request.method = take(call) % 21;
    const uint8_t handle = take(call);
    const uint8_t in_len = take(call);
    const uint8_t out = take(call);
    request.token = handle;
    request.handle = handle < 0xF0 ? call->handles[handle % HANDLES_KEPT] : handle;
    for (size_t i = 0; i < ARRAY_LEN(request.args); i++)
        request.args[i] = take_argument(call, in_len);
    if (bytes_take(&call->rest, in_len, &in) != STATUS_OK) {
        in = call->rest;
        call->rest.len = 0;
    }
    if (in.len != 0)
        memcpy(call->transfer, in.data, in.len);
    request.in = (struct gate_region){0, (uint32_t)in.len};
    request.out = (struct gate_region){TRANSFER_BYTES / 2, rooms[out % ARRAY_LEN(rooms)]};
    return request;
}

static void check_reply(const struct call *call, const struct gate_request *request,
                        const struct gate_reply *reply)
{
    const bool is_within = request->out.len <= TRANSFER_BYTES - request->out.offset;
    const uint32_t from = request->out.offset;
    const uint32_t len = is_within && reply->status != GATE_BAD_REGION ? request->out.len : 0;
    must(reply->token == request->token && reply->reserved == 0);
    must(reply->status <= GATE_FAILED && reply->status != GATE_PENDING);
    must(reply->status != GATE_FAILED || reply->reason < GATE_ERROR_COUNT);
    must(reply->out.len <= len);
    must(memcmp(call->transfer, call->before, from) == 0);
    must(memcmp(call->transfer + from + len, call->before + from + len,
                TRANSFER_BYTES - from - len) == 0);
}

static void ask(struct call *call, const struct gate_request *request)
{
    const struct gate_transfer transfer = {call->transfer, TRANSFER_BYTES};
    struct gate_reply reply;
    /* Nothing sleeps here: who would wait is cancelled beforehand. */
    if (request->interface == GATE_WORLD && request->method == GATE_WORLD_POLL)
        call->services[0].cancel(call->services[0].context);
    memcpy(call->before, call->transfer, TRANSFER_BYTES);
    memset(&reply, 0xA5, sizeof reply);
    must(gate_session_call(&call->session, request, transfer, &reply) == GATE_SESSION_CONTINUE);
    call->asked++;
    if (request->interface == GATE_CORE)
        return;
    check_reply(call, request, &reply);
    if (reply.status != GATE_OK)
        return;
    call->served++;
    if ((request->interface == GATE_FILE && request->method == GATE_FILE_OPEN) ||
        (request->interface == GATE_WORLD &&
         (request->method == GATE_WORLD_PREOPEN || request->method == GATE_WORLD_STDIO)))
        call->handles[call->handle_count++ % HANDLES_KEPT] = (uint32_t)reply.values[0];
}

static void open_services(struct call *call)
{
    struct gate_service outputs[OUTPUT_SERVICE_COUNT], files[STORE_SERVICE_COUNT];
    struct report report;
    report_init(&report);
    must(store_app_open(own.store, BYTES_LITERAL("hostile"), own.slot, false, &call->app,
                        &report) == STATUS_OK);
    must(output_begin(&own.output, BYTES_LITERAL("hostile"), BYTES_LITERAL(""), BYTES_LITERAL("f"),
                      &report) == STATUS_OK);
    output_services(&own.output, outputs);
    call->world = outputs[0];
    must(store_session_create(call->app, &call->world, &call->files, &report) == STATUS_OK);
    store_session_services(call->files, files);
    for (size_t i = 0; i < STORE_SERVICE_COUNT; i++)
        call->services[files[i].interface == GATE_WORLD ? 0 : 1] = files[i];
    call->services[2] = outputs[1];
    must(http_session_create(own.http, BYTES_LITERAL("hostile"), &call->http, &report) ==
         STATUS_OK);
    call->services[3] = http_session_service(call->http);
}

static void open_session(struct call *call)
{
    const struct gate_session_setup setup = {
        .job = {.version = GATE_VERSION, .flags = GATE_JOB_CALL | GATE_JOB_SERVE, .fuel = 1},
        .services = call->services,
        .service_count = SERVICES,
    };
    gate_session_init(&call->session, &setup);
    ask(call, &(struct gate_request){.interface = GATE_CORE, .args = {GATE_VERSION}});
    ask(call, &(struct gate_request){.interface = GATE_WORLD,
                                     .method = GATE_WORLD_PREOPEN,
                                     .out = {TRANSFER_BYTES / 2, 64}});
}

static void close_services(struct call *call)
{
    uint64_t bytes, count;
    struct report report;
    report_init(&report);
    http_session_destroy(call->http);
    store_session_destroy(call->files);
    output_end(&own.output);
    must(ftruncate(own.log_fd, 0) == 0);
    store_app_usage(call->app, &bytes, &count);
    must(bytes <= RECORD_APP_BYTES);
    must(store_app_close(call->app, &report) == STATUS_OK);
    must(record_honest_is_empty());
}

enum status call_check(struct bytes input, struct report *report)
{
    static struct call call;
    report_init(report);
    if (own.store == NULL)
        begin();
    memset(&call, 0, sizeof call);
    call.rest = input;
    open_services(&call);
    open_session(&call);
    while (call.asked < REQUESTS_MAX && call.rest.len != 0) {
        const struct gate_request request = read_request(&call);
        ask(&call, &request);
    }
    close_services(&call);
    return 2 * call.served >= call.asked ? STATUS_OK : STATUS_INVALID;
}
