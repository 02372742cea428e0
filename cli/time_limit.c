/*
 * cli/time_limit.c: an end to runs by the clock.
 */
#include "cli/time_limit.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

#define TIME_LIMIT_MAX 86400u

/* What the handler says; set before the alarm. */
static const char *what_ran, *json_line;

static void write_text(int file, const char *text)
{
    (void)!write(file, text, strlen(text)); /* nobody is left to tell */
}

static void on_alarm(int number)
{
    (void)number;
    if (json_line != NULL)
        write_text(STDOUT_FILENO, json_line);
    write_text(STDERR_FILENO, "aether: ");
    write_text(STDERR_FILENO, what_ran);
    write_text(STDERR_FILENO, " took longer than its time limit (--time-limit S)\n");
    _exit(CLI_FAILED);
}

bool time_limit_is_usable(uint64_t seconds)
{
    if (seconds <= TIME_LIMIT_MAX)
        return true;
    cli_say("--time-limit %llu: at most %u seconds", (unsigned long long)seconds, TIME_LIMIT_MAX);
    return false;
}

void time_limit_begin(uint64_t seconds, const char *what, const char *json)
{
    what_ran = what;
    json_line = json;
    (void)signal(SIGALRM, on_alarm); /* fails for no valid number */
    (void)alarm((unsigned)seconds);
}

void time_limit_end(void)
{
    (void)alarm(0);
}
