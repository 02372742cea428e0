/* The registry: places, hostnames, and what a cell says that there is to call. */
#include "core/base/cbor.h"
#include "node/main/app.h"
#include "node/main/claims.h"
#include "tests/support/test.h"

static struct settings settings; /* large */
static struct hub hub;

static void begin(void)
{
    struct report report;
    report_init(&report);
    settings_defaults(&settings);
    settings.apps_max = 3;
    memset(&hub, 0, sizeof hub);
    hub.settings = &settings;
    hub.generation = 1;
    hub.apps = calloc(settings.apps_max + 1, sizeof(struct app *));
    assert_int_equal(pthread_mutex_init(&hub.lock, NULL), 0);
    assert_int_equal(claims_create(&hub, &hub.claims, &report), STATUS_OK);
    claims_refresh(&hub, hub.claims);
}

static void end(void)
{
    while (hub.app_count != 0)
        app_remove(&hub, hub.apps[0]);
    claims_destroy(hub.claims);
    free(hub.apps);
}

static struct bytes text(const char *words)
{
    return bytes_of(words, strlen(words));
}

static enum status reserve(const char *name, const char *hostname, bool publishes)
{
    struct app *app;
    struct report report;
    bool is_taken = false;
    report_init(&report);
    enum status status = app_reserve(&hub, text(name), text(hostname), &app, &is_taken, &report);
    assert_true(status == STATUS_OK || report.is_set);
    if (status != STATUS_OK)
        return status;
    if (publishes)
        app_publish(&hub, app);
    app_release(&hub, app);
    return STATUS_OK;
}

TEST(apps_stand_by_name_and_are_found_when_they_are_loaded)
{
    begin();
    assert_int_equal(reserve("b", "b", true), STATUS_OK);
    assert_int_equal(reserve("a", "a", true), STATUS_OK);
    assert_int_equal(reserve("ab", "ab", false), STATUS_OK);

    assert_string_equal(hub.apps[0]->name, "a");
    assert_string_equal(hub.apps[1]->name, "ab");
    assert_string_equal(hub.apps[2]->name, "b");
    struct app *app = app_find(&hub, text("a"));
    assert_non_null(app);
    app_release(&hub, app);
    assert_null(app_find(&hub, text("ab")));
    assert_null(app_find(&hub, text("")));
    assert_null(app_find(&hub, text("c")));
    assert_int_equal(hub.generation, 3);
    end();
}

TEST(a_place_is_taken_before_it_is_loaded)
{
    begin();
    assert_int_equal(reserve("one", "Host", false), STATUS_OK);

    assert_int_equal(reserve("one", "other", false), STATUS_INVALID);
    assert_int_equal(reserve("two", "hOST", false), STATUS_INVALID);
    assert_null(app_by_hostname(&hub, text("host")));
    assert_int_equal(reserve("two", "x", true), STATUS_OK);
    assert_non_null(app_by_hostname(&hub, text("X")));
    assert_int_equal(reserve("three", "y", true), STATUS_OK);
    assert_int_equal(reserve("four", "z", true), STATUS_LIMIT);
    assert_int_equal(hub.app_count, 3);
    end();
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
    assert_int_equal(app_reserve(&hub, text("a"), text("a"), &app, &is_taken, &report), STATUS_OK);
    enum status status = app_set_exports(app, bytes_of(data, len), &report);
    *out_count = app->function_count;
    if (status == STATUS_OK && app->function_count != 0) {
        assert_ptr_equal(app_function(app, app->functions[0].name), &app->functions[0]);
        assert_null(app_function(app, text("zzz")));
        assert_null(app_function(app, text("")));
    }
    app_release(&hub, app);
    end();
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

TEST_MAIN(T(apps_stand_by_name_and_are_found_when_they_are_loaded),
          T(a_place_is_taken_before_it_is_loaded), T(exports_are_found_by_name),
          T(a_cell_that_lies_about_exports_is_refused),
          T(a_function_with_a_nul_in_its_name_is_refused))
