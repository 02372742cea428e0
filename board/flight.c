/*
 * board/flight.c: one loop that looks at doorbell, socket and process, and the steps on top of it.
 *
 * Invariants:
 *   (1) The window is looked at on every doorbell and at least every LOOK_MS: a machine that never
 *       rings is still seen.
 *   (2) After the machine's process has ended the window is looked at once more: its last commit
 *       counts, whichever came first.
 */
#include "board/flight.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "aether/abi/outcome.h"
#include "board/print.h"

#define LOOK_MS 2

static const char *const event_names[] = {"a commit", "wake-up", "dormancy", "the machine's end"};

PRINTF_LIKE(3, 4)
static void complain(struct flight *flight, const struct mission_step *step, const char *format,
                     ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments); /* cut where it is too long */
    va_end(arguments);
    flight->failures++;
    print_failure(flight->is_json, flight->mission_name, step->line, text);
}

/* Waits up to LOOK_MS for a doorbell, serves the socket, takes commits. False: no use going on. */
static bool turn(struct flight *flight)
{
    struct pollfd fds[] = {
        {.fd = flight->server->doorbell_fd, .events = POLLIN},
        {.fd = flight->server->listener, .events = POLLIN},
        {.fd = flight->child != NULL ? flight->child->pid_fd : -1, .events = POLLIN},
    };
    bool is_new;

    (void)poll(fds, ARRAY_LEN(fds), LOOK_MS);   /* whatever it says, we look at everything */
    (void)server_take_doorbell(flight->server); /* (1): rung or not */
    if ((fds[1].revents & POLLIN) != 0 && !server_accept(flight->server))
        return false;
    if (flight->child != NULL)
        child_look(flight->child);
    if (!machine_look(flight->machine, &is_new)) /* (2) */
        return false;
    if (is_new)
        print_commit(flight->is_json, flight->machine);
    return true;
}

static uint64_t deadline_in(double seconds)
{
    return clock_now_ns() + (uint64_t)(seconds * 1e9);
}

static bool has_ended(const struct flight *flight)
{
    return flight->child != NULL && flight->child->is_ended;
}

/* True once the event of an await is there; a commit becomes the current one. */
static bool is_there(struct flight *flight, uint32_t event)
{
    uint32_t marker = machine_read_u32(flight->machine, WINDOW_DORMANCY);

    switch ((enum mission_event)event) {
    case MISSION_COMMIT: {
        const struct machine_commit *commit = machine_take(flight->machine);

        if (commit == NULL)
            return false;
        flight->current_copy = *commit;
        flight->current = &flight->current_copy;
        return true;
    }
    case MISSION_AWAKE:
        return marker == WINDOW_DORMANCY_AWAKE;
    case MISSION_ASLEEP:
        return marker == WINDOW_DORMANCY_ASLEEP;
    case MISSION_ENDED:
        return marker == WINDOW_DORMANCY_ENDED;
    }
    return false;
}

static bool do_await(struct flight *flight, const struct mission_step *step)
{
    double seconds = step->seconds > 0 ? step->seconds : flight->mission->timeout_seconds;
    uint64_t deadline = deadline_in(seconds);

    for (;;) {
        bool was_over = has_ended(flight);

        if (is_there(flight, step->what))
            return true;
        if (was_over) {
            complain(flight, step, "awaited %s, but the machine ended with exit code %d",
                     event_names[step->what], flight->child->exit_code);
            return false;
        }
        if (clock_now_ns() > deadline) {
            complain(flight, step, "awaited %s in vain for %g s%s", event_names[step->what],
                     seconds,
                     flight->server->peer < 0 ? ": no machine has connected to the socket" : "");
            return false;
        }
        if (!turn(flight))
            return false;
    }
}

static bool do_pause(struct flight *flight, double seconds)
{
    uint64_t deadline = deadline_in(seconds);

    while (clock_now_ns() < deadline) {
        if (!turn(flight))
            return false;
    }
    return true;
}

static void *hold_main(void *argument)
{
    struct flight_hold *hold = argument;
    volatile uint32_t *word = (volatile uint32_t *)(volatile void *)(hold->memory + hold->offset);

    while (!hold->is_over)
        *word = hold->value;
    return NULL;
}

static bool do_hold(struct flight *flight, const struct mission_step *step)
{
    if (flight->hold_count == FLIGHT_HOLDS_MAX) {
        complain(flight, step, "this hold is the fifth: release the others first");
        return false;
    }

    struct flight_hold *hold = &flight->holds[flight->hold_count];
    pthread_t thread;

    hold->memory = flight->server->memory;
    hold->offset = step->offset;
    hold->value = (uint32_t)step->value;
    hold->is_over = false;
    if (pthread_create(&thread, NULL, hold_main, hold) != 0) {
        complain(flight, step, "can not make a thread");
        return false;
    }
    hold->thread = thread;
    flight->hold_count++;
    return true;
}

static void release_holds(struct flight *flight)
{
    for (; flight->hold_count != 0; flight->hold_count--) {
        struct flight_hold *hold = &flight->holds[flight->hold_count - 1];

        hold->is_over = true;
        (void)pthread_join((pthread_t)hold->thread, NULL); /* it was made, so it can be joined */
    }
}

static uint32_t last_of(const struct machine_commit *commit, uint32_t value, uint32_t count)
{
    return commit_u32(commit, count) == 0 ? 0 : commit_u32(commit, value);
}

/* The number that a fact has in the current commit. */
static uint64_t fact_value(const struct machine_commit *commit, enum mission_fact fact)
{
    switch (fact) {
    case MISSION_FACT_OUTCOME:
        return commit_u32(commit, WINDOW_OUTCOME);
    case MISSION_FACT_STATUS:
        return commit_u32(commit, WINDOW_STATUS);
    case MISSION_FACT_PROOF:
        return commit_proof(commit) != 0;
    case MISSION_FACT_SEQUENCE:
        return commit_u32(commit, WINDOW_SEQUENCE);
    case MISSION_FACT_VECTOR:
        return commit_u32(commit, WINDOW_VECTOR);
    case MISSION_FACT_LATCHED:
        return commit_u32(commit, WINDOW_LATCHED);
    case MISSION_FACT_CYCLE:
        return (uint64_t)commit_u32(commit, WINDOW_CYCLE + 4) << 32 |
               commit_u32(commit, WINDOW_CYCLE);
    case MISSION_FACT_SIGNAL:
        return last_of(commit, WINDOW_SIGNAL, WINDOW_SIGNAL_COUNT);
    case MISSION_FACT_SIGNALS:
        return commit_u32(commit, WINDOW_SIGNAL_COUNT);
    case MISSION_FACT_UPLINK:
        return last_of(commit, WINDOW_UPLINK_LO, WINDOW_UPLINK_COUNT);
    case MISSION_FACT_UPLINKS:
        return commit_u32(commit, WINDOW_UPLINK_COUNT);
    case MISSION_FACT_TELEMETRY:
        return commit_u32(commit, WINDOW_TELEMETRY_COUNT);
    case MISSION_FACT_MAP:
        return commit_u32(commit, WINDOW_MAP);
    case MISSION_FACT_PMU:
    case MISSION_FACT_REASON:
    case MISSION_FACT_COUNT:
        break;
    }
    return 0; /* reason is a word, pmu is not part of a commit */
}

static void expect_reason(struct flight *flight, const struct mission_step *step)
{
    const struct machine_commit *commit = flight->current;
    char buffer[40];
    const char *name = mission_reason_name(commit_u32(commit, WINDOW_OUTCOME),
                                           commit_u32(commit, WINDOW_REASON), buffer);

    if (strcmp(name, step->text) != 0)
        complain(flight, step, "expected reason %s, the machine says %s", step->text, name);
}

static void do_expect(struct flight *flight, const struct mission_step *step)
{
    enum mission_fact fact = (enum mission_fact)step->what;

    flight->checks++;
    if (flight->current == NULL) {
        complain(flight, step, "nothing was committed yet: put `await commit` above");
        return;
    }
    if (fact == MISSION_FACT_REASON) {
        expect_reason(flight, step);
        return;
    }

    /* The PMU command follows the commit, so it is read now. */
    uint64_t value = fact == MISSION_FACT_PMU
                         ? machine_read_u32(flight->machine, WINDOW_PMU_COMMAND) != 0
                         : fact_value(flight->current, fact);
    uint64_t high = last_of(flight->current, WINDOW_UPLINK_HI, WINDOW_UPLINK_COUNT);

    if (value == step->value && (fact != MISSION_FACT_UPLINK || high == step->second))
        return;
    if (fact == MISSION_FACT_PROOF || fact == MISSION_FACT_PMU)
        complain(flight, step, "expected %s %s, it is %s", mission_fact_names[fact],
                 step->value ? "nonzero" : "zero", value ? "nonzero" : "zero");
    else if (fact == MISSION_FACT_UPLINK)
        complain(flight, step, "expected uplink 0x%llX 0x%llX, it is 0x%llX 0x%llX",
                 (unsigned long long)step->value, (unsigned long long)step->second,
                 (unsigned long long)value, (unsigned long long)high);
    else
        complain(flight, step, "expected %s %llu, it is %llu", mission_fact_names[fact],
                 (unsigned long long)step->value, (unsigned long long)value);
}

static void do_raise(struct flight *flight, const struct mission_step *step)
{
    unsigned index = (unsigned)(step->value - MACHINE_VECTOR_FIRST);

    machine_note_raise(flight->machine, index);
    server_raise(flight->server, index);
    print_raise(flight->is_json, (uint32_t)step->value);
}

/* Runs one step; `*index` moves on, or back at the end of a repeat. False: the flight is over. */
static bool do_step(struct flight *flight, uint32_t *index)
{
    const struct mission_step *step = &flight->mission->steps[*index];

    *index += 1;
    switch (step->op) {
    case MISSION_SET:
        machine_write_u32(flight->machine, step->offset, (uint32_t)step->value);
        return true;
    case MISSION_RAISE:
        do_raise(flight, step);
        return true;
    case MISSION_AWAIT:
        return do_await(flight, step);
    case MISSION_EXPECT:
        do_expect(flight, step);
        return true;
    case MISSION_REPEAT:
        flight->left[*index - 1] = step->value;
        return true;
    case MISSION_END:
        if (--flight->left[step->jump] != 0)
            *index = step->jump + 1;
        return true;
    case MISSION_PRINT:
        print_text(flight->is_json, step->text);
        return true;
    case MISSION_PAUSE:
        return do_pause(flight, step->seconds);
    case MISSION_HOLD:
        return do_hold(flight, step);
    case MISSION_RELEASE:
        release_holds(flight);
        return true;
    }
    return false;
}

bool flight_run(struct flight *flight)
{
    bool is_on = true;

    for (uint32_t index = 0; is_on && index < flight->mission->step_count;)
        is_on = do_step(flight, &index);
    release_holds(flight);
    return is_on;
}

bool flight_wait_for_end(struct flight *flight, double seconds)
{
    uint64_t deadline = deadline_in(seconds);

    while (!has_ended(flight)) {
        if (clock_now_ns() > deadline || !turn(flight))
            return false;
    }
    return turn(flight); /* (2) */
}
