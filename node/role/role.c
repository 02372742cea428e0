/*
 * node/role/role.c: how a role begins and what the supervisor tells it later. See role.h.
 *
 * Invariants:
 *   (1) A descriptor that comes lands in role->peers or role->files, in the place of the one
 * before, which is closed; or it is closed with its message. (2) Whatever is wrong with the control
 * socket counts as its end.
 */
#include "node/role/role.h"

#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/config/settings.h"
#include "node/message/message.h"
#include "node/role/confine.h"

#define BEGIN_MOST_MS 10000u
#define TELL_MOST_MS  5000u
#define BLOCK_LARGE   (256 << 10)
#define TRIM_LEAST    (1 << 20)

/* Puts what came into `place`. */
static void take_fd(struct message_in *in, int *place)
{
    if (*place >= 0)
        (void)close(*place);
    *place = in->fd;
    in->fd = -1;
}

static enum status MUST_CHECK take_config(struct role *role, struct bytes encoded,
                                          struct report *report)
{
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for settings");
    enum status status = settings_decode(encoded, settings, report);
    if (status != STATUS_OK) {
        free(settings);
        return status;
    }
    free(role->settings);
    role->settings = settings;
    return STATUS_OK;
}

/* GO sets *out_is_complete. */
static enum status MUST_CHECK take_message(struct role *role, struct message_in *in,
                                           bool *out_is_complete, struct report *report)
{
    switch (in->type) {
    case MESSAGE_CONFIG:
        return take_config(role, in->any.config.settings, report);
    case MESSAGE_PEER:
        if (in->any.peer.role >= ROLE_COUNT)
            break;
        take_fd(in, &role->peers[in->any.peer.role]);
        return STATUS_OK;
    case MESSAGE_FILE:
        if (in->any.file.which >= ROLE_FILE_COUNT)
            break;
        take_fd(in, &role->files[in->any.file.which]);
        return STATUS_OK;
    case MESSAGE_GO:
        *out_is_complete = true;
        return STATUS_OK;
    default:
        break;
    }
    return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                       "the supervisor said what is not for a role that begins");
}

/* From this size on a block is mapped by itself, and gone when it is freed. Left alone, malloc
 * learns from the first large one to keep them all. */
static void give_back_large_blocks(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, BLOCK_LARGE);
    (void)mallopt(M_TRIM_THRESHOLD, TRIM_LEAST);
}

enum status role_begin(enum role_name name, int control, struct role *out_role,
                       struct report *report)
{
    struct role *role = out_role;
    bool is_complete = false;
    enum status status = STATUS_OK;
    struct message_in *in = malloc(sizeof *in);
    if (in == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for a message");
    give_back_large_blocks();
    *role = (struct role){.name = name, .control = control};
    for (size_t i = 0; i < ROLE_COUNT; i++)
        role->peers[i] = -1;
    for (size_t i = 0; i < ROLE_FILE_COUNT; i++)
        role->files[i] = -1;
    while (status == STATUS_OK && !is_complete) {
        status = message_receive_wait(control, in, BEGIN_MOST_MS, report);
        if (status != STATUS_OK)
            break;
        status = take_message(role, in, &is_complete, report);
        message_release(in);
    }
    free(in);
    if (status == STATUS_OK && role->settings == NULL)
        status = report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                             "the supervisor sent no settings");
    return status;
}

enum status role_ready(struct role *role, const char *line)
{
    const struct message_ready ready = {.line = bytes_of(line, strlen(line))};
    struct report report;
    report_init(&report);
    if (role_confine(role, &report) != STATUS_OK)
        role_fatal(role, report.text);
    return message_send_wait(role->control, MESSAGE_READY, &ready, -1, TELL_MOST_MS);
}

void role_fatal(struct role *role, const char *line)
{
    const struct message_fatal fatal = {.line = bytes_of(line, strlen(line))};
    /* Who is not there any more need not be told. */
    (void)!message_send_wait(role->control, MESSAGE_FATAL, &fatal, -1, TELL_MOST_MS);
    _exit(ROLE_EXIT_FATAL);
}

enum role_event role_control(struct role *role, enum role_name *out_peer)
{
    enum role_event event = ROLE_EVENT_STOP; /* invariant (2) */
    struct message_in *in = malloc(sizeof *in);
    if (in == NULL)
        return event;
    enum status status = message_receive_wait(role->control, in, 0, NULL);
    if (status == STATUS_UNAVAILABLE)
        event = ROLE_EVENT_NONE;
    if (status == STATUS_OK) {
        if (in->type == MESSAGE_PEER && in->any.peer.role < ROLE_COUNT) {
            *out_peer = (enum role_name)in->any.peer.role;
            take_fd(in, &role->peers[*out_peer]);
            event = ROLE_EVENT_PEER;
        }
        message_release(in);
    }
    free(in);
    return event;
}

static const char *const words[ROLE_COUNT] = {"supervisor", "io",     "main", "api",
                                              "keys",       "egress", "net"};

const char *role_word(enum role_name name)
{
    ASSERT(name < ROLE_COUNT);
    return words[name];
}

enum role_name role_by_word(const char *word)
{
    for (size_t i = ROLE_IO; i < ROLE_NET; i++)
        if (strcmp(words[i], word) == 0)
            return (enum role_name)i;
    return ROLE_COUNT;
}
