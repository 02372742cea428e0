/* What a cell says that there is to call, and that all of it fits the replies that tell it. */
#include <unistd.h>

#include <sys/socket.h>

#include "core/base/cbor.h"
#include "node/api/reply.h"
#include "node/main/answers.h"
#include "node/main/claims.h"
#include "tests/support/hub_trial.h"
#include "tests/support/test.h"

#define APPS      64u
#define FRAME_MAX (1u << 20)

static struct hub_trial trial; /* large */
static struct hub *const hub = &trial.hub;
static struct message_in in; /* large */

static struct bytes text(const char *words)
{
    return bytes_of(words, strlen(words));
}

static void begin(void)
{
    hub_trial_begin(&trial, APPS);
    trial.settings.frame_max = FRAME_MAX;
}

struct exported {
    const char *name;
    uint64_t params, results;
};

static size_t encode(const struct exported *list, size_t count, uint8_t *memory, size_t cap)
{
    struct cbor_writer writer;
    struct bytes all;
    cbor_writer_init(&writer, memory, cap);
    cbor_write_array(&writer, count);
    for (size_t i = 0; i < count; i++) {
        cbor_write_array(&writer, 3);
        cbor_write_text(&writer, text(list[i].name));
        cbor_write_uint(&writer, list[i].params);
        cbor_write_uint(&writer, list[i].results);
    }
    assert_int_equal(cbor_writer_end(&writer, &all), STATUS_OK);
    return all.len;
}

static enum status take_exports(const uint8_t *data, size_t len, uint32_t *out_count)
{
    struct app *app;
    struct report report;
    bool is_taken;
    report_init(&report);
    begin();
    assert_int_equal(app_reserve(hub, text("a"), text("a"), &app, &is_taken, &report), STATUS_OK);
    enum status status = app_set_exports(app, bytes_of(data, len), &report);
    *out_count = app->function_count;
    if (status == STATUS_OK && app->function_count != 0) {
        assert_ptr_equal(app_function(app, app->functions[0].name), &app->functions[0]);
        assert_null(app_function(app, text("zzz")));
        assert_null(app_function(app, text("")));
    }
    app_release(hub, app);
    hub_trial_end(&trial);
    return status;
}

TEST(exports_are_found_by_name)
{
    static const struct exported list[] = {{"a", 0, 1}, {"b/c", 2, 0}, {"kv-read", 1, 1}};
    uint8_t memory[256];
    uint32_t count;

    assert_int_equal(take_exports(memory, encode(list, 3, memory, sizeof memory), &count),
                     STATUS_OK);

    assert_int_equal(count, 3);
}

TEST(a_cell_that_lies_about_exports_is_refused)
{
    static const struct exported twice[] = {{"a", 0, 1}, {"a", 0, 1}};
    static const struct exported unordered[] = {{"b", 0, 1}, {"a", 0, 1}};
    uint8_t memory[8192];
    uint32_t count;

    assert_int_not_equal(take_exports(memory, encode(twice, 2, memory, sizeof memory), &count),
                         STATUS_OK);
    assert_int_not_equal(take_exports(memory, encode(unordered, 2, memory, sizeof memory), &count),
                         STATUS_OK);
    assert_int_not_equal(take_exports(memory, 0, &count), STATUS_OK);
    size_t len = encode(twice, 1, memory, sizeof memory);
    for (size_t i = 0; i < len; i++)
        assert_int_not_equal(take_exports(memory, i, &count), STATUS_OK);
    assert_int_equal(take_exports(memory, len, &count), STATUS_OK);
    memory[len] = 0;
    assert_int_not_equal(take_exports(memory, len + 1, &count), STATUS_OK);

    static const uint8_t huge[] = {0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    assert_int_not_equal(take_exports(huge, sizeof huge, &count), STATUS_OK);
    char long_name[258];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[257] = '\0';
    const struct exported too_long = {long_name, 0, 0};
    assert_int_equal(take_exports(memory, encode(&too_long, 1, memory, sizeof memory), &count),
                     STATUS_LIMIT);
}

TEST(a_function_with_a_nul_in_its_name_is_refused)
{
    static const uint8_t exports[] = {0x81, 0x83, 0x63, 'a', 0, 'b', 0, 0}; /* [["a\0b", 0, 0]] */
    uint32_t count;

    assert_int_equal(take_exports(exports, sizeof exports, &count), STATUS_INVALID);
}

/* One name after another, in order, as hostile as UTF-8 may be: `len` bytes, of `fill`. */
static size_t many_names(size_t count, size_t len, char fill, uint8_t *memory, size_t cap)
{
    struct exported *list = calloc(count, sizeof *list);
    char *names = calloc(count, len + 1);
    assert_non_null(list);
    assert_non_null(names);
    for (size_t i = 0; i < count; i++) {
        char *name = names + i * (len + 1);
        memset(name, fill, len);
        name[0] = (char)('A' + i / 1000 % 10);
        name[1] = (char)('A' + i / 100 % 10);
        name[2] = (char)('A' + i / 10 % 10);
        name[3] = (char)('A' + i % 10);
        list[i] = (struct exported){name, UINT64_MAX, UINT64_MAX};
    }
    size_t written = encode(list, count, memory, cap);
    free(names);
    free(list);
    return written;
}

/* An app at its longest, loaded if it fits. */
static enum status load(unsigned number, struct bytes exports)
{
    char name[MESSAGE_NAME_MAX + 1], hostname[MESSAGE_HOST_MAX + 1];
    struct app *app;
    struct report report;
    bool is_taken = false;
    memset(name, 'n', sizeof name);
    memset(hostname, 'h', sizeof hostname);
    name[0] = (char)('a' + number / 26);
    name[1] = (char)('a' + number % 26);
    hostname[0] = name[0];
    hostname[1] = name[1];
    report_init(&report);
    assert_int_equal(app_reserve(hub, bytes_of(name, MESSAGE_NAME_MAX),
                                 bytes_of(hostname, MESSAGE_HOST_MAX), &app, &is_taken, &report),
                     STATUS_OK);
    assert_int_equal(app_set_exports(app, exports, &report), STATUS_OK);
    enum status status = app_enter_list(hub, app, &report);
    app->max_fuel = UINT64_MAX;
    for (uint32_t i = 0; i < app->function_count; i++) {
        struct app_function *function = &app->functions[i];
        function->calls = function->fuel = function->errors = UINT64_MAX;
        function->least_fuel = function->most_fuel = UINT64_MAX;
    }
    if (status == STATUS_OK)
        app_publish(hub, app);
    else
        app_remove(hub, app);
    app_release(hub, app);
    return status;
}

/* What a client gets for `ask`, as long as its frame is. */
static size_t reply_len(void (*ask)(struct job *), enum api_kind kind, bool is_data)
{
    struct api_budget budget = {.most = API_BUDGET_MAX};
    struct api_memory words, frame;
    struct api_request request = {.kind = kind, .is_data = is_data};
    const struct api_counts counts = {UINT64_MAX, UINT64_MAX};
    struct report why;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    assert_true(hub_link_replace(hub, pair[0]));
    struct job *job = job_create(hub, hub_link(hub));
    assert_non_null(job);
    job->in.any.id = 7;
    report_init(&why);
    api_memory_init(&words, MESSAGE_RESULT_MAX, &budget);
    api_memory_init(&frame, FRAME_MAX + 4, &budget);

    ask(job);
    assert_int_equal(message_receive(pair[1], &in, NULL), STATUS_OK);
    const struct api_reply reply = {FRAME_MAX, &words, &frame};
    assert_int_equal(api_reply_answer(&reply, &request, &counts, in.type, &in.any, &why),
                     STATUS_OK);
    assert_int_not_equal(in.type, MESSAGE_FAILED);

    const size_t len = frame.len;
    message_release(&in);
    api_memory_fini(&words);
    api_memory_fini(&frame);
    hub_link_release(hub, hub->api);
    hub->api = NULL;
    (void)close(pair[1]);
    return len;
}

static void fill_and_list(size_t count, size_t len, char fill)
{
    static uint8_t memory[1u << 20];
    struct bytes exports = {memory, many_names(count, len, fill, memory, sizeof memory)};
    unsigned loaded = 0;
    begin();

    while (loaded < APPS && load(loaded, exports) == STATUS_OK)
        loaded++;
    const uint64_t full = hub->listed_bytes;
    assert_true(loaded != 0 && loaded < APPS);
    assert_int_equal(load(APPS, exports), STATUS_LIMIT);

    assert_int_equal(hub->listed_bytes, full);
    assert_int_equal(hub->app_count, loaded);
    assert_in_range(reply_len(answers_list, API_KIND_LIST, true), FRAME_MAX / 4, FRAME_MAX + 4);
    assert_in_range(reply_len(answers_metrics, API_KIND_METRICS, false), 1, FRAME_MAX + 4);
    app_remove(hub, hub->apps[0]);
    assert_int_equal(load(APPS, exports), STATUS_OK);
    hub_trial_end(&trial);
}

TEST(the_list_of_all_apps_fits_a_frame_and_what_would_not_is_refused)
{
    fill_and_list(400, 245, 'x');
    fill_and_list(100, 245, 0x7F);
    fill_and_list(100, 100, '"');
    fill_and_list(1000, 4, 'x');
    fill_and_list(40, 4, 'x');
}

TEST_MAIN(T(exports_are_found_by_name), T(a_cell_that_lies_about_exports_is_refused),
          T(a_function_with_a_nul_in_its_name_is_refused),
          T(the_list_of_all_apps_fits_a_frame_and_what_would_not_is_refused))
