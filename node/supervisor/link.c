/*
 * node/supervisor/link.c: who is linked with whom, and who gets which file. node/role/role.h has
 * the picture.
 */
#include <unistd.h>

#include "node/supervisor/supervisor.h"

#define SEND_MOST_MS 5000u

/* Each end knows its link by the name of the other: the second between main and io is "net". */
static const struct {
    enum role_name a, a_knows, b, b_knows;
} links[] = {
    {ROLE_IO, ROLE_API, ROLE_API, ROLE_IO},           {ROLE_IO, ROLE_MAIN, ROLE_MAIN, ROLE_IO},
    {ROLE_IO, ROLE_NET, ROLE_MAIN, ROLE_NET},         {ROLE_IO, ROLE_EGRESS, ROLE_EGRESS, ROLE_IO},
    {ROLE_MAIN, ROLE_API, ROLE_API, ROLE_MAIN},       {ROLE_MAIN, ROLE_KEYS, ROLE_KEYS, ROLE_MAIN},
    {ROLE_MAIN, ROLE_EGRESS, ROLE_EGRESS, ROLE_MAIN},
};

static const enum role_name file_owners[ROLE_FILE_COUNT] = {
    [ROLE_FILE_LISTENER] = ROLE_IO,      [ROLE_FILE_STORE] = ROLE_IO,  [ROLE_FILE_LOG] = ROLE_MAIN,
    [ROLE_FILE_STATE] = ROLE_KEYS,       [ROLE_FILE_CELL] = ROLE_MAIN, [ROLE_FILE_TPM] = ROLE_KEYS,
    [ROLE_FILE_EGRESS_CA] = ROLE_EGRESS,
};

static enum status MUST_CHECK send_peer(const struct child *child, enum role_name known_as, int fd)
{
    const struct message_peer peer = {.role = known_as};
    return message_send_wait(child->spawned.control, MESSAGE_PEER, &peer, fd, SEND_MOST_MS);
}

/* A peer that can not be told will be found dead; the one that was just started must be. */
static enum status MUST_CHECK send_link(struct supervisor *supervisor, size_t i,
                                        enum role_name name, struct report *report)
{
    const struct child *a = &supervisor->children[links[i].a];
    const struct child *b = &supervisor->children[links[i].b];
    int pair[2];
    if (a->spawned.pid < 0 || b->spawned.pid < 0)
        return STATUS_OK;
    enum status status = message_pair(pair, report);
    if (status != STATUS_OK)
        return status;
    enum status to_a = send_peer(a, links[i].a_knows, pair[0]);
    enum status to_b = send_peer(b, links[i].b_knows, pair[1]);
    (void)close(pair[0]);
    (void)close(pair[1]);
    return links[i].a == name ? to_a : to_b;
}

static enum status MUST_CHECK send_file(const struct child *child, enum role_file which, int fd)
{
    const struct message_file file = {.which = which};
    return message_send_wait(child->spawned.control, MESSAGE_FILE, &file, fd, SEND_MOST_MS);
}

static enum status MUST_CHECK send_config(const struct supervisor *supervisor, enum role_name name)
{
    const struct message_config config = {
        .settings = bytes_of(supervisor->encoded, supervisor->encoded_len)};
    return message_send_wait(supervisor->children[name].spawned.control, MESSAGE_CONFIG, &config,
                             -1, SEND_MOST_MS);
}

static enum status MUST_CHECK send_rest(const struct supervisor *supervisor, enum role_name name)
{
    const struct child *child = &supervisor->children[name];
    const struct message_go go = {.id = 0};
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < ROLE_FILE_COUNT; i++)
        if (file_owners[i] == name && supervisor->files.fds[i] >= 0)
            status = send_file(child, (enum role_file)i, supervisor->files.fds[i]);
    if (status == STATUS_OK)
        status = message_send_wait(child->spawned.control, MESSAGE_GO, &go, -1, SEND_MOST_MS);
    return status;
}

enum status link_role(struct supervisor *supervisor, enum role_name name, struct report *report)
{
    enum status status = send_config(supervisor, name);
    for (size_t i = 0; status == STATUS_OK && i < ARRAY_LEN(links); i++)
        if (links[i].a == name || links[i].b == name)
            status = send_link(supervisor, i, name, report);
    if (status == STATUS_OK)
        status = send_rest(supervisor, name);
    if (status != STATUS_OK)
        report_write(report, REPORT_NO_OFFSET, "it does not take its settings and links");
    return status;
}

enum status link_all(struct supervisor *supervisor, struct report *report)
{
    enum status status = STATUS_OK;
    for (enum role_name name = ROLE_IO; status == STATUS_OK && name <= ROLE_EGRESS; name++)
        status = send_config(supervisor, name);
    for (size_t i = 0; status == STATUS_OK && i < ARRAY_LEN(links); i++)
        status = send_link(supervisor, i, links[i].a, report);
    for (enum role_name name = ROLE_IO; status == STATUS_OK && name <= ROLE_EGRESS; name++)
        status = send_rest(supervisor, name);
    if (status != STATUS_OK)
        report_write(report, REPORT_NO_OFFSET, "a role does not take its settings and links");
    return status;
}
