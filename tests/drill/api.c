/*
 * tests/drill/api.c: an api that was taken over.
 *
 *   0      reach out of its box, then what main lets it do and what not
 *   1-10   what kills it
 *   20-26  packets that no honest role sends
 *   30-35  questions that are for other roles, one each
 */
#include "tests/drill/drill.h"

#define SPKI_LEN 91

static void try_main(int main)
{
    static const uint8_t zeros[64], spki[SPKI_LEN] = {0x30, 0x59};
    const struct bytes none = bytes_of("", 0);
    const struct message_list list = {.id = 1, .client = none};
    const struct message_call call = {.id = 2,
                                      .client = none,
                                      .app = BYTES_LITERAL("nobody"),
                                      .function = BYTES_LITERAL("f"),
                                      .params = BYTES_LITERAL("[]")};
    const struct message_load load = {.id = 3,
                                      .client = none,
                                      .name = BYTES_LITERAL("../x"),
                                      .hostname = BYTES_LITERAL("x"),
                                      .key = none,
                                      .payload = BYTES_LITERAL("not wasm")};
    const struct message_leaf leaf = {
        .id = 4, .sni = BYTES_LITERAL("x"), .spki = bytes_of(spki, sizeof spki), .nonce = none};
    const struct message_list wrong_hash = {.id = 5, .client = bytes_of(zeros, 7)};
    drill_ask("list", main, MESSAGE_LIST, &list);
    drill_ask("call of an app that is not there", main, MESSAGE_CALL, &call);
    drill_ask("load of what is no wasm", main, MESSAGE_LOAD, &load);
    drill_ask("leaf for a key that is none", main, MESSAGE_LEAF, &leaf);
    drill_ask("a client's hash of 7 bytes", main, MESSAGE_LIST, &wrong_hash);
}

/* Questions that are for others: each ends the link or fails, so each has a start of its own. */
static bool ask_for_secrets(uint32_t which, int main)
{
    static const uint8_t record[32];
    const struct message_seal seal = {.id = 1,
                                      .table = BYTES_LITERAL("t"),
                                      .record = bytes_of(record, sizeof record),
                                      .plain = BYTES_LITERAL("x")};
    const struct message_unseal unseal = {.id = 1,
                                          .table = BYTES_LITERAL("t"),
                                          .record = bytes_of(record, sizeof record),
                                          .sealed = BYTES_LITERAL("x")};
    const struct message_sign sign = {
        .id = 1, .purpose = MESSAGE_PURPOSE_RECEIPT, .digest = bytes_of(record, sizeof record)};
    const struct message_store_get get = {
        .id = 1, .table = BYTES_LITERAL("t"), .record = bytes_of(record, sizeof record)};
    const struct message_net_open open = {
        .id = 1, .host = BYTES_LITERAL("127.0.0.1"), .port = 22, .allow_private = 1};
    const struct message_key_new key = {.id = 1, .app = BYTES_LITERAL("a")};
    switch (which) {
    case 30:
        drill_ask("seal", main, MESSAGE_SEAL, &seal);
        return true;
    case 31:
        drill_ask("unseal", main, MESSAGE_UNSEAL, &unseal);
        return true;
    case 32:
        drill_ask("sign a receipt", main, MESSAGE_SIGN, &sign);
        return true;
    case 33:
        drill_ask("read the store", main, MESSAGE_STORE_GET, &get);
        return true;
    case 34:
        drill_ask("connect out", main, MESSAGE_NET_OPEN, &open);
        return true;
    case 35:
        drill_ask("a key of its own", main, MESSAGE_KEY_NEW, &key);
        return true;
    default:
        return false;
    }
}

int main(void)
{
    struct role role;
    const uint32_t which = drill_begin(ROLE_API, &role);
    if (which == 0) {
        drill_reach_out(&role);
        try_main(role.peers[ROLE_MAIN]);
    } else if (!drill_garble(which, role.peers[ROLE_MAIN])) {
        (void)ask_for_secrets(which, role.peers[ROLE_MAIN]);
    }
    drill_end(&role);
}
