/*
 * node/supervisor/supervisor.c: aetherd's first process from its first word to its last.
 */
#include "node/supervisor/supervisor.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include "node/message/shown.h"
#include "node/role/confine.h"
#include "node/supervisor/notify.h"

#define ENCODED_MAX (1u << 20)
#define FILES_MOST  65536u
#define LINE_MAX    1024

/* One write for a line: roles write to the same place. */
void supervisor_say(const char *format, ...)
{
    char line[LINE_MAX];
    uint8_t memory[4 * LINE_MAX];
    struct buffer shown = {.data = memory, .cap = sizeof memory};
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    message_shown_line(text_to_buffer(&shown), bytes_of(line, strlen(line)));
    (void)fprintf(stderr, "aetherd: %.*s\n", (int)shown.len, (const char *)memory);
}

/* Signals come by descriptor; descriptors may be many; a core file would not tell secrets, for here
 * are none, but nobody needs it. */
static bool arrange_process(struct supervisor *supervisor)
{
    struct rlimit files;
    const struct rlimit none = {0, 0};
    sigset_t wanted;
    (void)sigemptyset(&wanted);
    (void)sigaddset(&wanted, SIGTERM);
    (void)sigaddset(&wanted, SIGINT);
    (void)sigaddset(&wanted, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max < FILES_MOST ? files.rlim_max : FILES_MOST;
        (void)setrlimit(RLIMIT_NOFILE, &files); /* what is there has to do */
    }
    (void)setrlimit(RLIMIT_CORE, &none);
    if (sigprocmask(SIG_BLOCK, &wanted, NULL) != 0)
        return false;
    supervisor->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    return supervisor->signals >= 0;
}

static bool encode_settings(struct supervisor *supervisor)
{
    struct buffer out = {.cap = ENCODED_MAX, .data = malloc(ENCODED_MAX)};
    if (out.data == NULL ||
        settings_encode(&supervisor->options.config.settings, &out) != STATUS_OK) {
        supervisor_say("the settings do not fit a message");
        free(out.data);
        return false;
    }
    supervisor->encoded = out.data;
    supervisor->encoded_len = out.len;
    return true;
}

/* What is missing without a TPM keys says, at its start. */
static void say_mode(const struct config *config)
{
    const struct settings *settings = &config->settings;
    if (settings->is_dev)
        supervisor_say("--dev: ANYONE on this machine may load and call; for trying out alone");
    if (!settings->is_dev && settings->operator_count == 0)
        supervisor_say("no operator is enrolled: nobody may load, unload or shut down. "
                       "`aetherd --enroll CERT.pem` prints the line for the policy file");
}

/* What boxes of roles there can be, told; false where more is required. */
static bool isolate(struct supervisor *supervisor, struct report *report)
{
    struct config *config = &supervisor->options.config;
    char line[ROLE_ISOLATION_LINE_MAX];
    uint32_t lacks = 0;
    if (plan_make(config, &supervisor->plan, &lacks, report) != STATUS_OK ||
        files_give(&supervisor->files, &supervisor->plan, report) != STATUS_OK)
        return false;
    role_isolation_line(lacks, line);
    supervisor_say("%s", line);
    config->settings.isolation_lacks = lacks;
    if (config->requires_isolation && lacks != 0)
        report_write(report, REPORT_NO_OFFSET,
                     "--require-isolation: this machine lacks part of it (the line above)");
    return !report->is_set;
}

static int serve(struct supervisor *supervisor)
{
    struct config *config = &supervisor->options.config;
    struct report report;
    report_init(&report);
    if (!config->settings.is_dev && config->settings.tpm[0] == '\0') {
        supervisor_say("no TPM is named (tpm = device:/dev/tpmrm0); only --dev does without");
        return SUPERVISOR_WRONG_WORDS;
    }
    if (!arrange_process(supervisor)) {
        supervisor_say("signals can not be arranged");
        return SUPERVISOR_NOT_STARTED;
    }
    if (files_open(&supervisor->files, config, &report) != STATUS_OK) {
        supervisor_say("%s", report.text);
        return SUPERVISOR_NOT_STARTED;
    }
    if (!isolate(supervisor, &report)) {
        supervisor_say("%s", report.text);
        return SUPERVISOR_NOT_STARTED;
    }
    if (!encode_settings(supervisor))
        return SUPERVISOR_NOT_STARTED;
    say_mode(config);
    return watch_all(supervisor);
}

int supervisor_main(int argc, char **argv)
{
    int exit_status = SUPERVISOR_WRONG_WORDS;
    struct supervisor *supervisor = calloc(1, sizeof *supervisor);
    if (supervisor == NULL)
        return SUPERVISOR_NOT_STARTED;
    files_init(&supervisor->files);
    for (size_t i = 0; i < ROLE_COUNT; i++)
        supervisor->children[i].spawned = (struct spawned){-1, -1, -1};
    notify_init();
    if (options_read(&supervisor->options, argc, argv)) {
        if (supervisor->options.wants_help || supervisor->options.wants_version) {
            if (supervisor->options.wants_help)
                options_help();
            else
                (void)puts("aetherd " AETHERD_VERSION);
            exit_status = 0;
        } else {
            exit_status = serve(supervisor);
        }
    }
    files_close(&supervisor->files);
    free(supervisor->encoded);
    free(supervisor);
    return exit_status;
}
