/*
 * tests/roles/trial.c: five roles that do nothing but prove that they were started as role.h says:
 * they exchange a message over each link, look at their files, and obey.
 *
 * --limit apps_max=11 makes keys say why it can not go on, 12 makes api die before it is ready, 13
 * makes main end as if it had been asked to, once it serves, 14 makes io fail when it is stopped,
 * 15 makes it not stop, 16 is 13 with all others but io ending well before main does.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/config/settings.h"
#include "node/gate/cell.h"
#include "node/message/message.h"
#include "node/role/confine.h"
#include "node/role/role.h"

#define MIB      ((uint64_t)1 << 20)
#define LINE_MAX (GATE_ISOLATION_LINE_MAX + 32)

static struct message_in in;

struct wanted {
    enum role_name peers[5];
    size_t peer_count;
    enum role_file files[2];
    size_t file_count;
};

static void say_to(int peer)
{
    const struct message_done done = {.id = 77};
    (void)!message_send_wait(peer, MESSAGE_DONE, &done, -1, 2000);
}

static bool hears_from(int peer)
{
    if (message_receive_wait(peer, &in, 5000, NULL) != STATUS_OK)
        return false;
    bool is_it = in.type == MESSAGE_DONE && in.any.done.id == 77;
    message_release(&in);
    return is_it;
}

static void check(struct role *role, const struct wanted *wanted)
{
    char line[64];
    for (size_t i = 0; i < wanted->peer_count; i++)
        say_to(role->peers[wanted->peers[i]]);
    for (size_t i = 0; i < wanted->peer_count; i++)
        if (!hears_from(role->peers[wanted->peers[i]])) {
            (void)snprintf(line, sizeof line, "nothing from %s", role_word(wanted->peers[i]));
            role_fatal(role, line);
        }
    for (size_t i = 0; i < wanted->file_count; i++)
        if (role->files[wanted->files[i]] < 0)
            role_fatal(role, "a file is missing");
}

/* main, as it is confined, starts a cell; what the cell's box is made of. */
static void start_cell(struct role *role, char line[LINE_MAX])
{
    const struct gate_cell_options options = {.program_fd = role->files[ROLE_FILE_CELL],
                                              .memory_bytes = MIB,
                                              .arena_bytes = MIB,
                                              .payload_bytes = MIB};
    struct gate_cell *cell = NULL;
    struct report report;
    report_init(&report);
    if (role_confine(role, &report) != STATUS_OK ||
        gate_cell_spawn(&options, &cell, &report) != STATUS_OK)
        role_fatal(role, report.text);
    char box[GATE_ISOLATION_LINE_MAX];
    gate_isolation_line(gate_cell_isolation(cell), box);
    (void)snprintf(line, LINE_MAX, "has what it needs, %s", box);
    gate_cell_destroy(cell);
}

/* -1: until it is told. */
static int lifetime_ms(const struct role *role)
{
    const uint32_t what = role->settings->apps_max;
    if (role->name == ROLE_MAIN)
        return what == 13 ? 200 : what == 16 ? 800 : -1;
    return what == 16 && role->name != ROLE_IO ? 200 : -1;
}

static int serve(struct role *role, const struct wanted *wanted)
{
    char line[LINE_MAX] = "has what it needs";
    enum role_name peer = ROLE_COUNT;
    const uint32_t what = role->settings->apps_max;
    if (what == 11 && role->name == ROLE_KEYS)
        role_fatal(role, "the keys are not here");
    if (what == 12 && role->name == ROLE_API)
        return 5;
    check(role, wanted);
    if (role->name == ROLE_MAIN)
        start_cell(role, line);
    if (role_ready(role, line) != STATUS_OK)
        return 1;
    for (;;) {
        struct pollfd control = {.fd = role->control, .events = POLLIN};
        int got = poll(&control, 1, lifetime_ms(role));
        if (got == 0)
            return 0;
        enum role_event event = role_control(role, &peer);
        if (event == ROLE_EVENT_STOP && what == 15 && role->name == ROLE_IO)
            for (;;)
                (void)pause();
        if (event == ROLE_EVENT_STOP)
            break;
        if (event == ROLE_EVENT_PEER) {
            say_to(role->peers[peer]);
            (void)fprintf(stderr, "trial: %s %s its new link to %s\n", role_word(role->name),
                          hears_from(role->peers[peer]) ? "has" : "LACKS", role_word(peer));
        }
    }
    if (role->name == ROLE_MAIN)
        (void)!write(role->files[ROLE_FILE_LOG], "stopped\n", 8);
    return what == 14 && role->name == ROLE_IO ? 9 : 0;
}

int io_main(struct role *role)
{
    static const struct wanted wanted = {
        {ROLE_API, ROLE_MAIN, ROLE_NET, ROLE_EGRESS}, 4, {ROLE_FILE_LISTENER, ROLE_FILE_STORE}, 2};
    return serve(role, &wanted);
}

int main_main(struct role *role)
{
    static const struct wanted wanted = {{ROLE_API, ROLE_IO, ROLE_NET, ROLE_KEYS, ROLE_EGRESS},
                                         5,
                                         {ROLE_FILE_LOG, ROLE_FILE_CELL},
                                         2};
    return serve(role, &wanted);
}

int api_main(struct role *role)
{
    static const struct wanted wanted = {{ROLE_IO, ROLE_MAIN}, 2, {0}, 0};
    return serve(role, &wanted);
}

int keys_main(struct role *role)
{
    static const struct wanted wanted = {{ROLE_MAIN}, 1, {ROLE_FILE_STATE}, 1};
    return serve(role, &wanted);
}

int egress_main(struct role *role)
{
    static const struct wanted wanted = {{ROLE_IO, ROLE_MAIN}, 2, {0}, 0};
    return serve(role, &wanted);
}
