/*
 * tests/drill/egress.c: an egress that was taken over.
 *
 *   0      reach out of its box; then, asked to fetch: hosts that nobody granted, and a lie
 *   1-10   what kills it
 *   20-25  packets that no honest role sends
 *   40     answers and questions about fetches that are none
 *   41     asked to fetch: the lie alone
 */
#include "core/base/cbor.h"
#include "tests/drill/drill.h"

#define LIE "<article><h3 class=\"title\">A forged page</h3></article>"

static struct message_in asked;

static void try_hosts(uint32_t id, int main)
{
    drill_patience_ms = 1000; /* main is there: it asked */
    const struct message_fetch_connect evil = {
        .id = id, .host = BYTES_LITERAL("evil.example"), .port = 443};
    const struct message_fetch_connect inside = {
        .id = id, .host = BYTES_LITERAL("127.0.0.1"), .port = 22};
    const struct message_fetch_connect other_port = {
        .id = id, .host = BYTES_LITERAL("www.lemonde.fr"), .port = 22};
    drill_ask("a host that is not granted", main, MESSAGE_FETCH_CONNECT, &evil);
    drill_ask("an address inside", main, MESSAGE_FETCH_CONNECT, &inside);
    drill_ask("another port", main, MESSAGE_FETCH_CONNECT, &other_port);
}

/* [[], body] */
static void lie(uint32_t id, int main)
{
    uint8_t memory[256];
    struct cbor_writer writer;
    struct bytes response;
    cbor_writer_init(&writer, memory, sizeof memory);
    cbor_write_array(&writer, 2);
    cbor_write_array(&writer, 0);
    cbor_write_bytes(&writer, BYTES_LITERAL(LIE));
    if (cbor_writer_end(&writer, &response) != STATUS_OK)
        return;
    const struct message_fetched fetched = {.id = id, .status = 200, .response = response};
    if (message_send_wait(main, MESSAGE_FETCHED, &fetched, -1, 1000) == STATUS_OK)
        drill_say("a lie in answer", "sent");
}

static void serve_one(int main, bool asks_for_hosts)
{
    if (message_receive_wait(main, &asked, 60000, NULL) != STATUS_OK || asked.type != MESSAGE_FETCH)
        return;
    const uint32_t id = asked.any.id;
    message_release(&asked);
    if (asks_for_hosts)
        try_hosts(id, main);
    lie(id, main);
}

static void try_main(int main)
{
    const struct message_fetch_connect connect = {
        .id = 99, .host = BYTES_LITERAL("www.lemonde.fr"), .port = 443};
    drill_patience_ms = 3000;
    drill_ask("a host for no fetch", main, MESSAGE_FETCH_CONNECT, &connect);
    lie(98, main);
}

int main(void)
{
    struct role role;
    const uint32_t which = drill_begin(ROLE_EGRESS, &role);
    if (which == 0) {
        drill_reach_out(&role);
        serve_one(role.peers[ROLE_MAIN], true);
    } else if (which == 41) {
        serve_one(role.peers[ROLE_MAIN], false);
    } else if (which == 40) {
        try_main(role.peers[ROLE_MAIN]);
    } else {
        (void)drill_garble(which, role.peers[ROLE_MAIN]);
    }
    drill_end(&role);
}
