/*
 * cli/enclave/attest_session.c: evidence for this very connection (v2, --attest-v2).
 *
 * The first frame asks for a quote over (leaf key | our context | what both ends export from the
 * session): evidence that was made for another connection can not be shown here, not even by
 * somebody who has the leaf's key. docs/protocol.md has the frames.
 */
#include <openssl/rand.h>
#include <stdlib.h>

#include "cli/enclave/connection.h"

#define LABEL "EXPORTER-privasys-ratls-attest-v2"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* base64url without padding, of 32 bytes: 43 characters. */
static void encode(const uint8_t bytes[static 32], char out[static 44])
{
    size_t at = 0;
    for (size_t i = 0; i < 32; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (i + 1 < 32)
            group |= (uint32_t)bytes[i + 1] << 8;
        if (i + 2 < 32)
            group |= bytes[i + 2];
        for (int k = 0; k < 4 && at < 43; k++)
            out[at++] = alphabet[group >> (18 - 6 * k) & 63];
    }
    out[at] = '\0';
}

/* Any length, without padding, into the caller's memory; false: not base64url, or too long. */
static bool decode(struct bytes text, uint8_t *out, size_t cap, size_t *out_len)
{
    uint32_t bits = 0;
    unsigned count = 0;
    size_t len = 0;
    while (text.len != 0 && text.data[text.len - 1] == '=')
        text.len--;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i] == '+' ? '-' : text.data[i] == '/' ? '_' : text.data[i];
        const char *found = c == 0 ? NULL : strchr(alphabet, c);
        if (found == NULL)
            return false;
        bits = bits << 6 | (uint32_t)(found - alphabet);
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        if (len == cap)
            return false;
        out[len++] = (uint8_t)(bits >> count);
        bits &= (1u << count) - 1;
    }
    *out_len = len;
    return bits == 0 && count < 6;
}

bool session_read_answer(const struct json *reply, uint8_t quote[static ENCLAVE_QUOTE_MAX],
                         struct attest_answer *answer)
{
    struct bytes text;
    uint64_t version;
    size_t len = 0;
    answer->minute = bytes_of("", 0);
    if (!json_number(json_find(reply, "v"), &version) || version != 2 ||
        !json_text(json_find(reply, "tee"), &answer->kind))
        return false;
    if (json_text(json_find(reply, "quote"), &text) &&
        !decode(text, quote, ENCLAVE_QUOTE_MAX, &len))
        return false;
    answer->evidence = bytes_of(quote, len);
    (void)json_text(json_find(reply, "quote_time"), &answer->minute);
    return true;
}

static bool judge(struct enclave_connection *connection, const struct json *reply,
                  struct attest_answer *answer, bool is_challenge)
{
    struct report report;
    uint8_t *quote = malloc(ENCLAVE_QUOTE_MAX);
    struct attest_policy policy = connection->trust.policy;
    struct bytes error;
    report_init(&report);
    bool is_good = quote != NULL && session_read_answer(reply, quote, answer);
    if (!is_good && json_text(json_find(reply, "error"), &error)) {
        cli_say("%s: no evidence after the handshake: %.*s", connection->options->host,
                (int)(error.len > 300 ? 300 : error.len), (const char *)error.data);
    } else if (!is_good) {
        cli_say("%s: the answer to --attest-v2 can not be read", connection->options->host);
    } else {
        if (is_challenge)
            answer->minute = bytes_of("", 0);
        policy.nonce =
            bytes_of("", 0); /* the handshake's; here context and exporter stand for it */
        is_good = attest_verify_session(&policy, &connection->chain, answer, &connection->verdict,
                                        &report) == STATUS_OK;
        if (!is_good)
            cli_say_report(connection->options->host, &report);
        connection->has_session_evidence =
            is_good && connection->verdict.kind != ATTEST_EVIDENCE_NONE;
    }
    free(quote);
    connection->was_refused = !is_good;
    return is_good || connection->options->insecure;
}

bool session_attest(struct enclave_connection *connection)
{
    struct attest_answer answer = {.kind = {0}};
    char request[256], leaf[44], context[44];
    bool is_challenge = connection->options->challenge;
    struct bytes reply;
    const struct json *tree;
    uint8_t *memory = calloc(1, ENCLAVE_TREE_MIN);
    struct arena arena;
    if (memory == NULL || RAND_bytes(answer.context, sizeof answer.context) != 1 ||
        SSL_export_keying_material(connection->ssl, answer.exporter, sizeof answer.exporter, LABEL,
                                   sizeof LABEL - 1, answer.context, sizeof answer.context,
                                   1) != 1) {
        cli_say("--attest-v2: TLS exports nothing");
        free(memory);
        return false;
    }
    encode(connection->verdict.spki_hash, leaf);
    encode(answer.context, context);
    int len = snprintf(request, sizeof request,
                       "{\"v\":2,\"mode\":\"%s\",\"leaf\":\"%s\",\"context\":\"%s\"}",
                       is_challenge ? "challenge" : "deterministic", leaf, context);
    bool is_good = enclave_exchange(connection, bytes_of(request, (size_t)len), &reply);
    if (is_good) {
        arena_init(&arena, memory, ENCLAVE_TREE_MIN);
        if (json_read(reply, &arena, &tree, NULL) != STATUS_OK)
            tree = NULL;
        is_good = judge(connection, tree, &answer, is_challenge);
        arena_fini(&arena);
        cli_free(reply);
    }
    free(memory);
    return is_good;
}
