/*
 * cli/enclave/envelope.c: {"Data":[1,2,..]}: JSON inside of arrays of numbers.
 *
 * A reply of a megabyte has a million numbers, so they are read straight into bytes, without a
 * tree, in the place where they stand: a number is never shorter than the byte it becomes.
 */
#include "cli/enclave/enclave.h"

void enclave_wrap(struct bytes inner, FILE *text)
{
    (void)fputs("{\"Data\":[", text);
    for (size_t i = 0; i < inner.len; i++)
        (void)fprintf(text, i == 0 ? "%u" : ",%u", inner.data[i]);
    (void)fputs("]}", text);
}

static void skip_space(struct bytes *text)
{
    while (text->len != 0 && memchr(" \t\r\n", text->data[0], 4) != NULL) {
        text->data++;
        text->len--;
    }
}

static bool take_word(struct bytes *text, const char *word)
{
    struct bytes head;
    size_t len = strlen(word);
    skip_space(text);
    if (text->len < len || memcmp(text->data, word, len) != 0)
        return false;
    return bytes_take(text, len, &head) == STATUS_OK;
}

static bool take_byte(struct bytes *text, uint8_t *out_byte)
{
    unsigned number = 0, digits = 0;
    skip_space(text);
    for (; text->len != 0 && text->data[0] >= '0' && text->data[0] <= '9' && digits < 4; digits++) {
        number = number * 10 + (unsigned)(text->data[0] - '0');
        text->data++;
        text->len--;
    }
    *out_byte = (uint8_t)number;
    return digits != 0 && digits < 4 && number < 256;
}

enum status enclave_unwrap(struct bytes *reply, enum enclave_reply_kind *out_kind,
                           struct report *report)
{
    struct bytes rest = *reply;
    uint8_t *out = (uint8_t *)(uintptr_t)reply->data;
    size_t len = 0;
    *out_kind = ENCLAVE_REPLY_OUTER;
    if (!take_word(&rest, "{"))
        return STATUS_OK;
    if (take_word(&rest, "\"Data\""))
        *out_kind = ENCLAVE_REPLY_DATA;
    else if (take_word(&rest, "\"Error\""))
        *out_kind = ENCLAVE_REPLY_ERROR;
    else
        return STATUS_OK;
    if (!take_word(&rest, ":") || !take_word(&rest, "["))
        return report_fail(report, STATUS_MALFORMED, reply->len - rest.len,
                           "the reply is no array of bytes");
    bool is_over = take_word(&rest, "]");
    while (!is_over) {
        uint8_t byte;
        if (!take_byte(&rest, &byte))
            return report_fail(report, STATUS_MALFORMED, reply->len - rest.len,
                               "the reply has something that is no byte");
        out[len++] = byte;
        is_over = take_word(&rest, "]");
        if (!is_over && !take_word(&rest, ","))
            return report_fail(report, STATUS_MALFORMED, reply->len - rest.len,
                               "the reply's array does not go on");
    }
    bool is_closed = take_word(&rest, "}");
    skip_space(&rest);
    if (!is_closed || rest.len != 0)
        return report_fail(report, STATUS_MALFORMED, reply->len - rest.len,
                           "the reply has something behind its array");
    reply->len = len;
    return STATUS_OK;
}
