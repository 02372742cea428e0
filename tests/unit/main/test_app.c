/* The registry: places and hostnames. */
#include "node/main/app.h"
#include "node/main/claims.h"
#include "tests/support/hub_trial.h"
#include "tests/support/test.h"

static struct hub_trial trial; /* large */
static struct hub *const hub = &trial.hub;

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
    enum status status = app_reserve(hub, text(name), text(hostname), &app, &is_taken, &report);
    assert_true(status == STATUS_OK || report.is_set);
    if (status != STATUS_OK)
        return status;
    if (publishes)
        app_publish(hub, app);
    app_release(hub, app);
    return STATUS_OK;
}

TEST(apps_stand_by_name_and_are_found_when_they_are_loaded)
{
    hub_trial_begin(&trial, 3);
    assert_int_equal(reserve("b", "b", true), STATUS_OK);
    assert_int_equal(reserve("a", "a", true), STATUS_OK);
    assert_int_equal(reserve("ab", "ab", false), STATUS_OK);

    assert_string_equal(hub->apps[0]->name, "a");
    assert_string_equal(hub->apps[1]->name, "ab");
    assert_string_equal(hub->apps[2]->name, "b");
    struct app *app = app_find(hub, text("a"));
    assert_non_null(app);
    app_release(hub, app);
    assert_null(app_find(hub, text("ab")));
    assert_null(app_find(hub, text("")));
    assert_null(app_find(hub, text("c")));
    assert_int_equal(hub->generation, 3);
    hub_trial_end(&trial);
}

TEST(a_place_is_taken_before_it_is_loaded)
{
    hub_trial_begin(&trial, 3);
    assert_int_equal(reserve("one", "Host", false), STATUS_OK);

    assert_int_equal(reserve("one", "other", false), STATUS_INVALID);
    assert_int_equal(reserve("two", "hOST", false), STATUS_INVALID);
    assert_null(app_by_hostname(hub, text("host")));
    assert_int_equal(reserve("two", "x", true), STATUS_OK);
    assert_non_null(app_by_hostname(hub, text("X")));
    assert_int_equal(reserve("three", "y", true), STATUS_OK);
    assert_int_equal(reserve("four", "z", true), STATUS_LIMIT);
    assert_int_equal(hub->app_count, 3);
    hub_trial_end(&trial);
}

TEST_MAIN(T(apps_stand_by_name_and_are_found_when_they_are_loaded),
          T(a_place_is_taken_before_it_is_loaded))
