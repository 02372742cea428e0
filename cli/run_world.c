/*
 * cli/run_world.c: what a program may have of this machine, by the options of `aether run`.
 */
#include "cli/run.h"

#include <stdlib.h>

#include <unistd.h>

#define NANOSECONDS 1000000000

/* "HOST", "HOST::GUEST", and ":ro" behind either. Splits a copy that lives as long as the run. */
static bool read_directory(const char *option, struct world_directory *out)
{
    char *text = strdup(option);
    if (text == NULL) {
        cli_say("no memory for --dir");
        return false;
    }
    size_t len = strlen(text);
    out->is_read_only = len > 3 && strcmp(text + len - 3, ":ro") == 0;
    if (out->is_read_only)
        text[len - 3] = '\0';
    char *separator = strstr(text, "::");
    if (separator != NULL)
        *separator = '\0';
    out->host_path = text;
    out->guest_path = separator == NULL ? text : separator + 2;
    if (*out->host_path == '\0' || *out->guest_path == '\0') {
        cli_say("--dir \"%s\": HOST::GUEST is wanted, as in --dir ./data::/data", option);
        return false;
    }
    /* Who mistypes :ro must not grant more than he wanted. */
    if (separator != NULL && strchr(out->guest_path, ':') != NULL) {
        cli_say("--dir \"%s\": behind the guest's path stands :ro or nothing", option);
        return false;
    }
    return true;
}

/* "NAME=VALUE", or "NAME": the variable that we have. */
static bool read_variable(const char *option, const char **out_variable)
{
    size_t name_len = strcspn(option, "=");
    *out_variable = option;
    if (name_len == 0) {
        cli_say("--env \"%s\": NAME=VALUE is wanted", option);
        return false;
    }
    if (option[name_len] == '=')
        return true;
    const char *value = getenv(option);
    size_t room = name_len + (value == NULL ? 0 : strlen(value)) + 2;
    char *text = value == NULL ? NULL : malloc(room);
    if (text == NULL) {
        cli_say("--env %s: there is no such variable; --env %s=VALUE makes one", option, option);
        return false;
    }
    (void)snprintf(text, room, "%s=%s", option, value); /* fits: room is its length */
    *out_variable = text;
    return true;
}

static bool read_digits(const char **text, unsigned count, int64_t *out_number)
{
    int64_t number = 0;
    for (; count != 0; count--, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        number = number * 10 + (**text - '0');
    }
    *out_number = number;
    return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* "2026-01-31T12:00:00Z" */
static bool read_date(const char *text, int64_t *out_seconds)
{
    static const char separators[] = "--T::Z";
    static const unsigned widths[] = {4, 2, 2, 2, 2, 2};
    int64_t parts[6];
    for (size_t i = 0; i < 6; i++) {
        if (!read_digits(&text, widths[i], &parts[i]) || *text != separators[i])
            return false;
        text++;
    }
    if (*text != '\0' || parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > 31 ||
        parts[3] > 23 || parts[4] > 59 || parts[5] > 60 || parts[0] < 1970)
        return false;
    *out_seconds =
        days_of(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 + parts[4] * 60 + parts[5];
    return true;
}

static bool read_clock(const char *text, struct world_setup *setup)
{
    uint64_t number;
    int64_t seconds;
    if (cli_number(text, false, &number) && number <= (uint64_t)INT64_MAX / NANOSECONDS)
        seconds = (int64_t)number;
    else if (!read_date(text, &seconds) || seconds > INT64_MAX / NANOSECONDS) {
        cli_say("--fixed-clock \"%s\": seconds since 1970 are wanted, or 2026-01-31T12:00:00Z",
                text);
        return false;
    }
    setup->has_fixed_clock = true;
    setup->wall_ns = seconds * NANOSECONDS;
    return true;
}

static bool read_seed(const char *text, struct world_setup *setup)
{
    uint64_t number;
    if (!cli_number(text, false, &number)) {
        cli_say("--fixed-random \"%s\": a number is wanted", text);
        return false;
    }
    setup->has_fixed_random = true;
    store_le64(setup->seed, number);
    return true;
}

static bool read_options(const struct run_options *options, struct world_setup *setup,
                         struct world_directory *directories, const char **variables)
{
    for (size_t i = 0; i < options->directories.count; i++)
        if (!read_directory(options->directories.items[i], &directories[i]))
            return false;
    for (size_t i = 0; i < options->variables.count; i++)
        if (!read_variable(options->variables.items[i], &variables[i]))
            return false;
    if (options->fixed_clock != NULL && !read_clock(options->fixed_clock, setup))
        return false;
    return options->fixed_random == NULL || read_seed(options->fixed_random, setup);
}

bool run_world_create(const struct run_options *options, struct world **out_world, int *out_code)
{
    static struct world_directory directories[CLI_LIST_MAX];
    static const char *variables[CLI_LIST_MAX];
    struct report report;
    struct world_setup setup = {
        .arguments = options->words,
        .argument_count = options->word_count,
        .variables = variables,
        .variable_count = options->variables.count,
        .directories = directories,
        .directory_count = options->directories.count,
        .stdio = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO},
    };
    report_init(&report);
    *out_code = CLI_USAGE;
    if (!read_options(options, &setup, directories, variables))
        return false;
    *out_code = CLI_FAILED;
    enum status status = world_create(&setup, out_world, &report);
    if (status != STATUS_OK)
        cli_say("%s", report.is_set ? report.text : status_text(status));
    return status == STATUS_OK;
}
