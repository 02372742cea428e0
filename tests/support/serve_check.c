/*
 * tests/support/serve_check.c: see serve_check.h. Main's part and api's are the real ones; between
 * them is a socket, as there is.
 */
#include "tests/support/serve_check.h"

#include <stdlib.h>
#include <unistd.h>

#include <sys/socket.h>

#include "core/base/utf8.h"
#include "node/api/json.h"
#include "node/api/reply.h"
#include "node/main/answers.h"
#include "node/main/claims.h"
#include "node/main/ending.h"

#define TEXT_MAX  ((size_t)1 << 22)
#define FRAME_MIN 1024u

static struct settings settings; /* large, as those below */
static struct hub hub;
static struct message_in in;
static char sentence[MESSAGE_TEXT_MAX + 1];

static void must(bool holds)
{
    ASSERT(holds);
}

static enum status take_nothing(void *context, struct api_json *json, enum api_json_event event,
                                struct bytes text)
{
    (void)context;
    (void)json;
    (void)event;
    (void)text;
    return STATUS_OK;
}

static void check_json(struct bytes text)
{
    struct api_json json;
    api_json_init(&json, take_nothing, NULL, NULL);
    must(api_json_feed(&json, text) == STATUS_OK && api_json_finish(&json) == STATUS_OK);
}

static size_t length_of(const uint8_t head[static 4])
{
    return (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
}

/* What a client gets. Anything but OK: nothing is sent but `why`. */
static enum status reply_to(enum api_kind kind, bool is_data, enum message_type type,
                            const union message_any *message, struct report *why)
{
    struct api_budget budget = {0, (size_t)64 << 20};
    struct api_memory text, frame;
    const struct api_counts counts = {UINT64_MAX, UINT64_MAX};
    const struct api_request request = {.kind = kind, .is_data = is_data};
    api_memory_init(&text, TEXT_MAX, &budget);
    api_memory_init(&frame, TEXT_MAX, &budget);
    const struct api_reply reply = {settings.frame_max, &text, &frame};
    const enum status status = api_reply_answer(&reply, &request, &counts, type, message, why);
    if (status == STATUS_OK) {
        must(frame.len >= 4 && frame.len - 4 <= settings.frame_max &&
             length_of(frame.data) == frame.len - 4);
        check_json(bytes_of(frame.data + 4, frame.len - 4));
        if (text.len != 0)
            check_json(api_memory_bytes(&text));
    } else {
        must(why->is_set && frame.len == 0);
    }
    api_memory_fini(&text);
    api_memory_fini(&frame);
    must(budget.used == 0);
    return status;
}

/* ---- exports ---- */

static void begin(uint32_t frame_max)
{
    struct report report;
    report_init(&report);
    settings_defaults(&settings);
    settings.apps_max = 1;
    settings.frame_max = frame_max;
    memset(&hub, 0, sizeof hub);
    hub.settings = &settings;
    hub.apps = calloc(2, sizeof(struct app *));
    must(hub.apps != NULL && pthread_mutex_init(&hub.lock, NULL) == 0);
    must(claims_create(&hub, &hub.claims, &report) == STATUS_OK);
    claims_refresh(&hub, hub.claims);
}

static void end(void)
{
    while (hub.app_count != 0)
        app_remove(&hub, hub.apps[0]);
    claims_destroy(hub.claims);
    free(hub.apps);
    must(pthread_mutex_destroy(&hub.lock) == 0);
}

/* By main to api, and by api to a client. */
static void check_told(void (*ask)(struct job *), enum api_kind kind, bool is_data)
{
    struct report why;
    int pair[2];
    report_init(&why);
    must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    must(hub_link_replace(&hub, pair[0]));
    struct job *job = job_create(&hub, hub_link(&hub));
    must(job != NULL);
    job->in.any.id = 7;
    ask(job);
    must(message_receive(pair[1], &in, &why) == STATUS_OK && in.type != MESSAGE_FAILED);
    must(reply_to(kind, is_data, in.type, &in.any, &why) == STATUS_OK);
    message_release(&in);
    hub_link_release(&hub, hub.api);
    hub.api = NULL;
    must(close(pair[1]) == 0);
}

static void check_functions(const struct app *app)
{
    must(app->function_count <= APP_FUNCTIONS_MAX);
    for (uint32_t i = 0; i < app->function_count; i++) {
        const struct bytes name = app->functions[i].name;
        must(name.len <= MESSAGE_FUNCTION_MAX && utf8_is_valid(name));
        must(name.len == 0 || memchr(name.data, 0, name.len) == NULL);
        must(app_function(app, name) == &app->functions[i]);
        must(i == 0 || !bytes_equal(name, app->functions[i - 1].name));
        const struct app_function *part =
            name.len == 0 ? NULL : app_function(app, bytes_of(name.data, name.len - 1));
        must(part == NULL || part->name.len == name.len - 1);
    }
}

static void check_replies(struct app *app)
{
    uint8_t *memory;
    union message_any loaded = {.loaded = {.id = 1}};
    struct report why;
    report_init(&why);
    must(answers_app(&hub, app, &memory, &loaded.loaded.app) == STATUS_OK);
    must(reply_to(API_KIND_LOAD, true, MESSAGE_LOADED, &loaded, &why) == STATUS_OK);
    free(memory);
    check_told(answers_list, API_KIND_LIST, true);
    check_told(answers_metrics, API_KIND_METRICS, false);
}

static enum status check_exports(struct bytes input, struct report *report)
{
    struct bytes size;
    struct app *app;
    bool is_taken;
    if (bytes_take(&input, 1, &size) != STATUS_OK)
        return STATUS_TRUNCATED;
    begin(FRAME_MIN << size.data[0] % 8);
    must(app_reserve(&hub, BYTES_LITERAL("app"), BYTES_LITERAL("host"), &app, &is_taken, report) ==
         STATUS_OK);
    enum status status = app_set_exports(app, input, report);
    if (status == STATUS_OK) {
        check_functions(app);
        status = app_enter_list(&hub, app, report);
    }
    must((status == STATUS_OK) == !report->is_set);
    if (status == STATUS_OK) {
        app->max_fuel = UINT64_MAX;
        app_publish(&hub, app);
        check_replies(app);
    }
    app_release(&hub, app);
    end();
    return status;
}

/* ---- calls ---- */

static enum status check_returns(struct bytes input, struct report *report)
{
    const union message_any returned = {.returned = {.id = 1, .returns = input, .fuel = 7}};
    return reply_to(API_KIND_CALL, true, MESSAGE_RETURNED, &returned, report);
}

static enum status check_failure(struct bytes input, struct report *report)
{
    ending_sentence("call failed: ", GATE_CELL_FINISHED, input, "nothing", sentence);
    const struct bytes text = bytes_of(sentence, strlen(sentence));
    must(text.len > strlen("call failed: ") && text.len <= MESSAGE_TEXT_MAX && utf8_is_valid(text));
    for (size_t i = 0; i < text.len; i++)
        must(text.data[i] == '\n' || (text.data[i] >= ' ' && text.data[i] != 0x7F));
    const union message_any failed = {.failed = {.id = 1, .code = 1, .text = text}};
    return reply_to(API_KIND_CALL, true, MESSAGE_FAILED, &failed, report);
}

enum status serve_check(struct bytes input, struct report *report)
{
    struct bytes mode;
    report_init(report);
    if (bytes_take(&input, 1, &mode) != STATUS_OK)
        return STATUS_TRUNCATED;
    if (mode.data[0] % 3 == 0)
        return check_exports(input, report);
    settings.frame_max = FRAME_MIN << 10;
    return mode.data[0] % 3 == 1 ? check_returns(input, report) : check_failure(input, report);
}
