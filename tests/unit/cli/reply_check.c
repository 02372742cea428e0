/*
 * tests/unit/cli/reply_check.c: see reply_check.h. What the client prints is caught: its streams
 * are memory for the time of a check.
 */
#include "tests/unit/cli/reply_check.h"

#include <stdlib.h>

#include "cli/enclave/connection.h"

#define ARENA_BYTES ((size_t)4 << 20)

static void must(bool holds)
{
    ASSERT(holds);
}

struct caught {
    FILE *out, *err; /* those of the process, meanwhile */
    struct enclave_text said, told;
};

static void catch_streams(struct caught *caught)
{
    must(enclave_text_open(&caught->said) && enclave_text_open(&caught->told));
    caught->out = stdout;
    caught->err = stderr;
    stdout = caught->said.file;
    stderr = caught->told.file;
}

static void release_streams(struct caught *caught)
{
    stdout = caught->out;
    stderr = caught->err;
    must(enclave_text_finish(&caught->said) && enclave_text_finish(&caught->told));
}

static void check_characters(const struct enclave_text *text)
{
    struct bytes rest = bytes_of(text->data, text->len);
    must(utf8_is_valid(rest));
    while (rest.len != 0) {
        uint32_t c;
        utf8_next(&rest, &c);
        must(c == '\n' || (c >= 0x20 && (c < 0x7F || c >= 0xA0)));
        must(c < 0x202A || c > 0x202E); /* nothing turns round what is written behind it */
    }
}

static void check_json(const struct enclave_text *text)
{
    static uint8_t memory[ARENA_BYTES];
    struct bytes rest = bytes_of(text->data, text->len);
    while (rest.len != 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        struct arena arena;
        const struct json *tree;
        must(end != NULL);
        const struct bytes line = bytes_of(rest.data, (size_t)(end - rest.data));
        arena_init(&arena, memory, sizeof memory);
        must(json_read(line, &arena, &tree, NULL) == STATUS_OK);
        arena_fini(&arena);
        rest = bytes_of(end + 1, rest.len - line.len - 1);
    }
}

/* A copy as the connection makes it: unwrapping writes to it. */
static uint8_t *copy_of(struct bytes input)
{
    uint8_t *copy = malloc(input.len + 1);
    must(copy != NULL);
    if (input.len != 0)
        memcpy(copy, input.data, input.len);
    copy[input.len] = '\0';
    return copy;
}

static enum status check_shown(struct bytes input, bool is_json, struct report *report)
{
    struct enclave_options options = {.host = "host", .json = is_json};
    enum enclave_reply_kind kind;
    struct caught caught;
    uint8_t *copy = copy_of(input);
    struct bytes content = bytes_of(copy, input.len);
    enum status status = enclave_unwrap(&content, &kind, report);
    if (status == STATUS_OK) {
        must(content.len <= input.len);
        catch_streams(&caught);
        const int code = enclave_show(&options, content, kind);
        release_streams(&caught);
        must(code == CLI_OK || code == CLI_REFUSED || code == CLI_TRAPPED);
        must(code != CLI_OK || caught.told.len == 0);
        must(code != CLI_OK || !is_json || caught.said.len != 0);
        check_characters(&caught.said);
        check_characters(&caught.told);
        if (is_json)
            check_json(&caught.said);
        status = code == CLI_OK ? STATUS_OK : STATUS_INVALID;
        enclave_text_close(&caught.said);
        enclave_text_close(&caught.told);
    }
    free(copy);
    return status;
}

static enum status check_wrapped(struct bytes input, struct report *report)
{
    enum enclave_reply_kind kind;
    struct enclave_text text;
    must(enclave_text_open(&text));
    enclave_wrap(input, text.file);
    must(enclave_text_finish(&text));
    struct bytes again = bytes_of(text.data, text.len);
    must(enclave_unwrap(&again, &kind, report) == STATUS_OK && kind == ENCLAVE_REPLY_DATA);
    must(bytes_equal(again, input));
    enclave_text_close(&text);
    return STATUS_OK;
}

static bool lies_in(struct bytes part, struct bytes whole)
{
    return part.len == 0 || (part.data >= whole.data && part.len <= whole.len);
}

static enum status check_answer(struct bytes input, struct report *report)
{
    static uint8_t memory[ENCLAVE_TREE_MIN];
    uint8_t *quote = malloc(ENCLAVE_QUOTE_MAX);
    struct attest_answer answer = {.kind = {0}};
    const struct json *tree;
    struct arena arena;
    must(quote != NULL);
    arena_init(&arena, memory, sizeof memory);
    enum status status = json_read(input, &arena, &tree, report);
    if (status == STATUS_OK && !session_read_answer(tree, quote, &answer))
        status = STATUS_MALFORMED;
    if (status == STATUS_OK)
        must(lies_in(answer.evidence, bytes_of(quote, ENCLAVE_QUOTE_MAX)) &&
             utf8_is_valid(answer.kind) && utf8_is_valid(answer.minute));
    arena_fini(&arena);
    free(quote);
    return status;
}

enum status reply_check(struct bytes input, struct report *report)
{
    struct bytes mode;
    report_init(report);
    if (bytes_take(&input, 1, &mode) != STATUS_OK)
        return STATUS_TRUNCATED;
    switch (mode.data[0] % 4) {
    case 0:
    case 1:
        return check_shown(input, mode.data[0] % 4 == 1, report);
    case 2:
        return check_wrapped(input, report);
    default:
        return check_answer(input, report);
    }
}
