/*
 * tests/drill/io.c: an io that was taken over, or a host that changes what is stored.
 *
 *   0      reach out of its box
 *   1-10   what kills it
 *   20-25  packets that no honest role sends, to main's store
 *   50-53  the real io, with this between its store and main: a bit of every value is flipped; each
 *          value is that of the record asked for before; no record is there; commits are
 *          acknowledged and thrown away
 */
#include <pthread.h>
#include <unistd.h>

#include "node/config/settings.h"
#include "tests/drill/drill.h"

#define VALUE_MOST 65536u

static struct between {
    int main, store;
    uint32_t which;
    uint8_t before[VALUE_MOST];
    size_t before_len;
} between;

static struct message_in question, answer;

/* What the store said, as this host wants it to be. */
static void change(struct message_in *in)
{
    static uint8_t changed[VALUE_MOST], other[VALUE_MOST];
    struct bytes *value = &in->any.store_value.value;
    if (in->type != MESSAGE_STORE_VALUE || value->len == 0 || value->len > VALUE_MOST)
        return;
    if (between.which == 50) {
        memcpy(changed, value->data, value->len);
        changed[value->len / 2] ^= 1;
        *value = bytes_of(changed, value->len);
    } else if (between.which == 51) {
        memcpy(other, between.before, between.before_len);
        struct bytes swapped = bytes_of(other, between.before_len);
        memcpy(between.before, value->data, value->len);
        between.before_len = value->len;
        if (swapped.len != 0)
            *value = swapped;
    } else if (between.which == 52) {
        in->any.store_value.is_found = 0;
        *value = bytes_of("", 0);
    }
}

static bool forward(struct message_in *from, int to)
{
    return message_send_wait(to, from->type, &from->any, from->fd, 5000) == STATUS_OK;
}

/* main asks one thing at a time as far as this drill's apps go. */
static void *stand_between(void *unused)
{
    while (message_receive_wait(between.main, &question, 3600000, NULL) == STATUS_OK) {
        const bool is_dropped = between.which == 53 && question.type == MESSAGE_STORE_COMMIT;
        const struct message_done done = {.id = question.any.id};
        if (is_dropped)
            (void)!message_send_wait(between.main, MESSAGE_DONE, &done, -1, 5000);
        else if (!forward(&question, between.store))
            break;
        message_release(&question);
        if (is_dropped)
            continue;
        if (message_receive_wait(between.store, &answer, 5000, NULL) != STATUS_OK)
            break;
        change(&answer);
        (void)!forward(&answer, between.main);
        message_release(&answer);
    }
    return unused;
}

/* The real io gets the other end of a pair in the place of main's link. */
static int serve_between(struct role *role, uint32_t which)
{
    int pair[2];
    pthread_t thread;
    if (message_pair(pair, NULL) != STATUS_OK)
        return 1;
    between.main = role->peers[ROLE_MAIN];
    between.store = pair[0];
    between.which = which;
    role->peers[ROLE_MAIN] = pair[1];
    if (pthread_create(&thread, NULL, stand_between, NULL) != 0)
        return 1;
    return io_main(role);
}

int main(void)
{
    struct role role;
    struct report report;
    report_init(&report);
    if (role_begin(ROLE_IO, 3, &role, &report) != STATUS_OK)
        return 2;
    const uint32_t which = role.settings->queue_max - 1;
    if (which >= 50)
        return serve_between(&role, which);
    if (role_confine(&role, &report) != STATUS_OK)
        role_fatal(&role, report.text);
    if (which >= 1 && which <= DRILL_FATAL_MOST)
        drill_reach_out_fatally(which);
    if (which != 0)
        (void)drill_garble(which, role.peers[ROLE_MAIN]);
    if (which == 0)
        drill_reach_out(&role);
    drill_say("all", "over");
    if (role_ready(&role, "drill") != STATUS_OK)
        return 1;
    drill_idle(&role);
}
