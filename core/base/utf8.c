/*
 * core/base/utf8.c: one table row per leading byte of Unicode's table 3-7 "Well-Formed UTF-8".
 */
#include "core/base/utf8.h"

/* Length of the sequence that starts at text[0] (which is not ASCII); 0: not well-formed. */
static size_t sequence_len(const uint8_t *text, size_t left)
{
    uint8_t lead = text[0];
    uint8_t low = 0x80, high = 0xBF; /* the second byte's range is the only one that varies */
    size_t len;
    if (lead >= 0xC2 && lead <= 0xDF) {
        len = 2;
    } else if ((lead & 0xF0) == 0xE0) {
        len = 3;
        low = lead == 0xE0 ? 0xA0 : low;   /* overlong */
        high = lead == 0xED ? 0x9F : high; /* surrogates */
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        len = 4;
        low = lead == 0xF0 ? 0x90 : low;   /* overlong */
        high = lead == 0xF4 ? 0x8F : high; /* past U+10FFFF */
    } else {
        return 0;
    }
    if (left < len || text[1] < low || text[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

bool utf8_is_valid(struct bytes text)
{
    size_t at = 0;
    while (at < text.len) {
        if (text.len - at >= 8 && (load_le64(text.data + at) & 0x8080808080808080u) == 0) {
            at += 8;
            continue;
        }
        if (text.data[at] < 0x80) {
            at++;
            continue;
        }
        size_t len = sequence_len(text.data + at, text.len - at);
        if (len == 0)
            return false;
        at += len;
    }
    return true;
}
