/*
 * node/api/text.c: see text.h.
 */
#include "node/api/text.h"
#include "node/api/base64.h"

void api_out_bytes(struct api_out *out, struct bytes bytes)
{
    if (out->status == STATUS_OK)
        out->status = api_memory_append(out->memory, bytes);
}

void api_out_word(struct api_out *out, const char *word)
{
    api_out_bytes(out, bytes_of(word, strlen(word)));
}

static size_t put_number(uint8_t *at, uint64_t number)
{
    uint8_t digits[20];
    size_t count = 0;
    do {
        digits[count++] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    for (size_t i = 0; i < count; i++)
        at[i] = digits[count - 1 - i];
    return count;
}

void api_out_number(struct api_out *out, uint64_t number)
{
    uint8_t text[20];
    api_out_bytes(out, bytes_of(text, put_number(text, number)));
}

void api_out_string(struct api_out *out, struct bytes text)
{
    static const char hex[] = "0123456789abcdef";
    size_t begin = 0;
    api_out_word(out, "\"");
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F)
            continue;
        uint8_t escape[6] = {'\\', 'u', '0', '0', (uint8_t)hex[c >> 4], (uint8_t)hex[c & 15]};
        bool is_short = c == '"' || c == '\\';
        if (is_short)
            escape[1] = c;
        api_out_bytes(out, bytes_of(text.data + begin, i - begin));
        api_out_bytes(out, bytes_of(escape, is_short ? 2 : 6));
        begin = i + 1;
    }
    api_out_bytes(out, bytes_of(text.data + begin, text.len - begin));
    api_out_word(out, "\"");
}

void api_out_hex(struct api_out *out, struct bytes bytes)
{
    static const char hex[] = "0123456789abcdef";
    api_out_word(out, "\"");
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t pair[2] = {(uint8_t)hex[bytes.data[i] >> 4], (uint8_t)hex[bytes.data[i] & 15]};
        api_out_bytes(out, bytes_of(pair, 2));
    }
    api_out_word(out, "\"");
}

void api_out_base64(struct api_out *out, struct bytes bytes, bool is_url)
{
    struct api_memory *memory = out->memory;
    api_out_word(out, "\"");
    if (out->status == STATUS_OK)
        out->status = api_memory_reserve(memory, API_BASE64_LEN(bytes.len));
    if (out->status == STATUS_OK)
        memory->len += api_base64_encode(bytes, is_url, memory->data + memory->len);
    api_out_word(out, "\"");
}

void api_out_key(struct api_out *out, const char *key, bool is_first)
{
    api_out_word(out, is_first ? "\"" : ",\"");
    api_out_word(out, key);
    api_out_word(out, "\":");
}

/* ---- frames ---- */

static enum status put_head(uint64_t len, uint32_t frame_max, struct api_memory *frame)
{
    if (len > frame_max)
        return STATUS_LIMIT;
    uint8_t head[4] = {(uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                       (uint8_t)len};
    enum status status = api_memory_reserve(frame, (size_t)len + 4);
    return status != STATUS_OK ? status : api_memory_append(frame, bytes_of(head, 4));
}

enum status api_frame_plain(struct bytes json, uint32_t frame_max, struct api_memory *frame)
{
    enum status status = put_head(json.len, frame_max, frame);
    return status != STATUS_OK ? status : api_memory_append(frame, json);
}

enum status api_frame_tagged(const char *tag, struct bytes text, uint32_t frame_max,
                             struct api_memory *frame)
{
    uint64_t len = strlen(tag) + 5 + 2 + (text.len == 0 ? 0 : text.len - 1);
    for (size_t i = 0; i < text.len; i++)
        len += text.data[i] < 10 ? 1 : text.data[i] < 100 ? 2 : 3;
    enum status status = put_head(len, frame_max, frame);
    struct api_out out = {frame, status};
    api_out_word(&out, "{\"");
    api_out_word(&out, tag);
    api_out_word(&out, "\":[");
    if (out.status != STATUS_OK)
        return out.status;
    uint8_t *at = frame->data + frame->len;
    for (size_t i = 0; i < text.len; i++) {
        if (i != 0)
            *at++ = ',';
        at += put_number(at, text.data[i]);
    }
    frame->len = (size_t)(at - frame->data);
    api_out_word(&out, "]}");
    return out.status;
}
