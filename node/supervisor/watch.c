/*
 * node/supervisor/watch.c: the life of the service.
 *
 *   start all ─ each READY ─► serving ─ SIGTERM, SIGINT, main ended as asked ─► stop in order
 *      │                         │
 *      │ one dies, or is late    │ api, io, egress die: again after a pause, with new links
 *      ▼                         │ main or keys die, or a role again and again
 *   kill all, NOT_STARTED        ▼
 *                             kill all, ROLE_DIED or DIES_AGAIN
 *
 * Order of the end: first those who bring work, then main (which still needs keys and the store),
 * then the rest.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/signalfd.h>
#include <sys/wait.h>

#include "node/message/clock.h"
#include "node/supervisor/notify.h"
#include "node/supervisor/supervisor.h"

#define READY_MOST_MS 60000u
#define STOP_MOST_MS  10000u
#define LAST_WORDS_MS 200
#define MAIN_ENDS_MS  3000
#define PAUSE_MS      100u /* before the first new start; doubles with each death */
#define PAUSE_MOST_MS 1600u
#define STEADY_MS     60000u /* so long a life, and deaths are counted anew */
#define DEATHS_MOST   8u

/* Places in what is polled; 0 is the signals'. */
#define CONTROL_OF(name) (2 * (size_t)(name))
#define END_OF(name)     (2 * (size_t)(name) + 1)

enum outcome {
    OUTCOME_GOES_ON,
    OUTCOME_STOP,   /* asked to */
    OUTCOME_FAILED, /* while starting */
    OUTCOME_ROLE_DIED,
    OUTCOME_DIES_AGAIN,
};

static enum status MUST_CHECK start_role(struct supervisor *supervisor, enum role_name name)
{
    struct child *child = &supervisor->children[name];
    struct report report;
    report_init(&report);
    child->is_ready = child->has_last_words = false;
    enum status status =
        spawn_role(&supervisor->plan, name, supervisor->files.program,
                   supervisor->options.role_programs[name], &child->spawned, &report);
    child->due_ms = message_now_ms() + READY_MOST_MS;
    if (status != STATUS_OK)
        supervisor_say("%s can not be started: %s", role_word(name), report.text);
    return status;
}

static bool links_role(struct supervisor *supervisor, enum role_name name)
{
    struct report report;
    report_init(&report);
    if (link_role(supervisor, name, &report) == STATUS_OK)
        return true;
    supervisor_say("%s: %s", role_word(name), report.text);
    return false;
}

static void say_line(enum role_name name, struct bytes line)
{
    if (line.len != 0)
        supervisor_say("%s: %.*s", role_word(name), (int)line.len, (const char *)line.data);
}

/* False: the control socket is at its end, or nonsense came. */
static bool take_one(struct supervisor *supervisor, enum role_name name)
{
    struct child *child = &supervisor->children[name];
    struct message_in *in = &supervisor->in;
    if (message_receive_wait(child->spawned.control, in, 0, NULL) != STATUS_OK)
        return false;
    bool is_understood = in->type == MESSAGE_READY || in->type == MESSAGE_FATAL;
    if (in->type == MESSAGE_READY) {
        child->is_ready = true;
        child->ready_ms = message_now_ms();
        say_line(name, in->any.ready.line);
    }
    if (in->type == MESSAGE_FATAL) {
        child->has_last_words = true;
        say_line(name, in->any.fatal.line);
    }
    message_release(in);
    if (!is_understood)
        supervisor_say("%s: says what is not for the supervisor", role_word(name));
    return is_understood;
}

static void take_all(struct supervisor *supervisor, enum role_name name)
{
    struct pollfd control = {.fd = supervisor->children[name].spawned.control, .events = POLLIN};
    while (poll(&control, 1, 0) == 1 && (control.revents & POLLIN) != 0)
        if (!take_one(supervisor, name))
            return;
}

static bool is_replaceable(enum role_name name)
{
    return name == ROLE_API || name == ROLE_IO || name == ROLE_EGRESS;
}

static enum outcome plan_new_start(struct supervisor *supervisor, enum role_name name)
{
    struct child *child = &supervisor->children[name];
    const uint64_t now = message_now_ms();
    if (child->is_ready && now - child->ready_ms >= STEADY_MS)
        child->deaths = 0;
    child->is_ready = false;
    if (++child->deaths > DEATHS_MOST) {
        supervisor_say("%s died %u times without a minute of service: everything ends",
                       role_word(name), child->deaths);
        return OUTCOME_DIES_AGAIN;
    }
    uint64_t pause = (uint64_t)PAUSE_MS << (child->deaths - 1);
    pause = pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
    child->due_ms = now + pause;
    supervisor_say("%s is started again in %llu ms", role_word(name), (unsigned long long)pause);
    return OUTCOME_GOES_ON;
}

/* main, whose cells have to be gone before the kernel says that it is. */
static bool main_ends(const struct supervisor *supervisor)
{
    struct pollfd end = {.fd = supervisor->children[ROLE_MAIN].spawned.pidfd, .events = POLLIN};
    return end.fd >= 0 && poll(&end, 1, MAIN_ENDS_MS) == 1;
}

/* The process is at its end. */
static enum outcome bury_one(struct supervisor *supervisor, enum role_name name, bool is_serving)
{
    struct child *child = &supervisor->children[name];
    char line[SPAWN_END_MAX];
    take_all(supervisor, name);
    int status = spawn_reap(&child->spawned);
    if (name == ROLE_MAIN && is_serving && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        supervisor_say("main was asked to shut down");
        return OUTCOME_STOP;
    }
    spawn_end_line(status, line);
    supervisor_say("%s died: %s", role_word(name), line);
    if (!is_serving)
        return OUTCOME_FAILED;
    if (is_replaceable(name))
        return plan_new_start(supervisor, name);
    supervisor_say("without %s nothing can go on: everything ends", role_word(name));
    return OUTCOME_ROLE_DIED;
}

/* Roles end by themselves when main does, and may be seen first: then main is what counts. */
static enum outcome bury(struct supervisor *supervisor, enum role_name name, bool is_serving)
{
    const struct spawned *main_role = &supervisor->children[ROLE_MAIN].spawned;
    struct child *child = &supervisor->children[name];
    const bool may_follow = name == ROLE_KEYS || spawn_ended_well(&child->spawned);
    if (name == ROLE_MAIN || !is_serving || !may_follow ||
        (main_role->pid >= 0 && !main_ends(supervisor)))
        return bury_one(supervisor, name, is_serving);
    enum outcome outcome = OUTCOME_GOES_ON; /* main's end was seen in this turn */
    if (main_role->pid >= 0)
        outcome = bury_one(supervisor, ROLE_MAIN, is_serving);
    take_all(supervisor, name);
    (void)spawn_reap(&child->spawned);
    return outcome;
}

static enum outcome take_signal(struct supervisor *supervisor)
{
    struct signalfd_siginfo info;
    if (read(supervisor->signals, &info, sizeof info) != sizeof info)
        return OUTCOME_GOES_ON;
    if (info.ssi_signo == SIGHUP) {
        supervisor_say("SIGHUP: the configuration is read at start alone; nothing changes");
        return OUTCOME_GOES_ON;
    }
    supervisor_say("stopping: signal %u (%s)", info.ssi_signo, strsignal((int)info.ssi_signo));
    return OUTCOME_STOP;
}

static bool all_are_ready(const struct supervisor *supervisor)
{
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++)
        if (!supervisor->children[name].is_ready)
            return false;
    return true;
}

/* What has come due: a role that is late, or one whose pause is over. */
static enum outcome look_at_clock(struct supervisor *supervisor, bool is_serving)
{
    const uint64_t now = message_now_ms();
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++) {
        struct child *child = &supervisor->children[name];
        if (child->is_ready || now < child->due_ms)
            continue;
        if (child->spawned.pid < 0) {
            if (start_role(supervisor, name) != STATUS_OK)
                child->due_ms = now + PAUSE_MOST_MS;
            else if (!links_role(supervisor, name))
                spawn_kill(&child->spawned);
        } else {
            supervisor_say("%s is not ready after %u seconds", role_word(name),
                           READY_MOST_MS / 1000);
            spawn_kill(&child->spawned);
            if (!is_serving)
                return OUTCOME_FAILED;
            child->due_ms = now + READY_MOST_MS; /* its end is seen before */
        }
    }
    return OUTCOME_GOES_ON;
}

static int next_due_ms(const struct supervisor *supervisor)
{
    const uint64_t now = message_now_ms();
    uint64_t next = notify_due_ms();
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++) {
        const struct child *child = &supervisor->children[name];
        if (!child->is_ready && child->due_ms < next)
            next = child->due_ms;
    }
    if (next == UINT64_MAX)
        return -1;
    return next <= now ? 0 : (int)(next - now < 3600000 ? next - now : 3600000);
}

/* All who died are named, whatever the first one's end means. */
static enum outcome look_at_children(struct supervisor *supervisor, const struct pollfd *fds,
                                     bool is_serving)
{
    enum outcome first = OUTCOME_GOES_ON;
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++) {
        if ((fds[CONTROL_OF(name)].revents & POLLIN) != 0 && !take_one(supervisor, name))
            spawn_kill(&supervisor->children[name].spawned);
        if (fds[END_OF(name)].revents != 0 && supervisor->children[name].spawned.pid >= 0) {
            enum outcome outcome = bury(supervisor, name, is_serving);
            first = first == OUTCOME_GOES_ON ? outcome : first;
        }
    }
    return first;
}

/* Waits for something and acts on it. */
static enum outcome turn(struct supervisor *supervisor, bool is_serving)
{
    struct pollfd fds[2 * ROLE_COUNT];
    for (size_t i = 0; i < ARRAY_LEN(fds); i++)
        fds[i] = (struct pollfd){.fd = -1, .events = POLLIN};
    fds[0].fd = supervisor->signals;
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++) {
        fds[CONTROL_OF(name)].fd = supervisor->children[name].spawned.control;
        fds[END_OF(name)].fd = supervisor->children[name].spawned.pidfd;
    }
    if (poll(fds, ARRAY_LEN(fds), next_due_ms(supervisor)) < 0)
        return errno == EINTR ? OUTCOME_GOES_ON : OUTCOME_FAILED;
    notify_alive();
    enum outcome outcome = look_at_children(supervisor, fds, is_serving);
    if (outcome == OUTCOME_GOES_ON && fds[0].revents != 0)
        outcome = take_signal(supervisor);
    if (outcome == OUTCOME_GOES_ON)
        outcome = look_at_clock(supervisor, is_serving);
    return outcome;
}

static void kill_all(struct supervisor *supervisor)
{
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++)
        spawn_kill(&supervisor->children[name].spawned);
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++)
        if (supervisor->children[name].spawned.pid >= 0)
            (void)spawn_reap(&supervisor->children[name].spawned);
}

/* Asks, waits, and where that is not enough, kills. */
static bool stop_role(struct supervisor *supervisor, enum role_name name)
{
    const struct message_stop stop = {.id = 0};
    struct child *child = &supervisor->children[name];
    struct pollfd end = {.fd = child->spawned.pidfd, .events = POLLIN};
    char line[SPAWN_END_MAX];
    if (child->spawned.pid < 0)
        return true;
    /* One that can not be told any more is at its end, or killed below. */
    (void)!message_send_wait(child->spawned.control, MESSAGE_STOP, &stop, -1, 1000);
    bool is_late = poll(&end, 1, (int)STOP_MOST_MS) != 1;
    if (is_late)
        spawn_kill(&child->spawned);
    take_all(supervisor, name);
    int status = spawn_reap(&child->spawned);
    spawn_end_line(status, line);
    if (is_late)
        supervisor_say("%s did not stop in %u seconds and was killed", role_word(name),
                       STOP_MOST_MS / 1000);
    else if (status != 0)
        supervisor_say("%s while stopping: %s", role_word(name), line);
    return !is_late && status == 0;
}

static int stop_all(struct supervisor *supervisor)
{
    static const enum role_name order[] = {ROLE_API, ROLE_EGRESS, ROLE_MAIN, ROLE_IO, ROLE_KEYS};
    bool is_clean = true;
    notify_state("STOPPING=1\nSTATUS=stopping");
    for (size_t i = 0; i < ARRAY_LEN(order); i++)
        is_clean &= stop_role(supervisor, order[i]);
    supervisor_say("%s", is_clean ? "stopped" : "stopped, not cleanly");
    return is_clean ? SUPERVISOR_STOPPED : SUPERVISOR_NOT_CLEAN;
}

static void say_ready(const struct supervisor *supervisor)
{
    const struct settings *settings = &supervisor->options.config.settings;
    const bool is_v6 = strchr(settings->listen_address, ':') != NULL;
    char line[128];
    (void)snprintf(line, sizeof line, is_v6 ? "[%s]:%u" : "%s:%u", settings->listen_address,
                   settings->listen_port);
    (void)printf("ready: %s\n", line);
    (void)fflush(stdout);
    notify_ready(line);
}

/* Who fails first may only have missed another, whose end is seen a moment later. */
static void name_the_dead(struct supervisor *supervisor)
{
    (void)poll(NULL, 0, LAST_WORDS_MS);
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++) {
        struct pollfd end = {.fd = supervisor->children[name].spawned.pidfd, .events = POLLIN};
        if (end.fd >= 0 && poll(&end, 1, 0) == 1)
            (void)bury(supervisor, name, false);
        else if (end.fd >= 0)
            take_all(supervisor, name);
    }
}

static enum outcome start_all(struct supervisor *supervisor)
{
    enum outcome outcome = OUTCOME_GOES_ON;
    struct report report;
    report_init(&report);
    for (enum role_name name = ROLE_IO; name <= ROLE_EGRESS; name++)
        if (start_role(supervisor, name) != STATUS_OK)
            return OUTCOME_FAILED;
    if (link_all(supervisor, &report) != STATUS_OK) {
        supervisor_say("%s", report.text);
        outcome = OUTCOME_FAILED;
    }
    while (outcome == OUTCOME_GOES_ON && !all_are_ready(supervisor))
        outcome = turn(supervisor, false);
    if (outcome == OUTCOME_FAILED)
        name_the_dead(supervisor);
    return outcome;
}

int watch_all(struct supervisor *supervisor)
{
    enum outcome outcome = start_all(supervisor);
    if (outcome == OUTCOME_GOES_ON)
        say_ready(supervisor);
    while (outcome == OUTCOME_GOES_ON)
        outcome = turn(supervisor, true);
    if (outcome == OUTCOME_STOP)
        return stop_all(supervisor);
    kill_all(supervisor);
    if (outcome == OUTCOME_FAILED) {
        supervisor_say("not started");
        return SUPERVISOR_NOT_STARTED;
    }
    return outcome == OUTCOME_ROLE_DIED ? SUPERVISOR_ROLE_DIED : SUPERVISOR_DIES_AGAIN;
}
