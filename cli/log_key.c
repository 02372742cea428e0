/*
 * cli/log_key.c: see log_key.h. The certificate is not read: its extension with the receipt key is
 * the one run of bytes in it that begins as that does.
 */
#include "cli/log_key.h"

#include "core/base/report.h"

#define SPKI_BYTES 91u /* of a P-256 key */

static int base64_digit(uint8_t c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* What stands between the first two lines of dashes. False: that is no base64, or too long. */
static bool decode_pem(struct bytes pem, struct buffer *out)
{
    uint32_t bits = 0, count = 0;
    const uint8_t *line = pem.len == 0 ? NULL : memchr(pem.data, '\n', pem.len);
    if (line == NULL || pem.data[0] != '-')
        return false;
    for (size_t at = (size_t)(line - pem.data); at < pem.len; at++) {
        const uint8_t c = pem.data[at];
        const int digit = base64_digit(c);
        if (c == '-' || c == '=')
            break;
        if (c == '\n' || c == '\r')
            continue;
        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        const uint8_t byte = (uint8_t)(bits >> count);
        if (buffer_append(out, bytes_of(&byte, 1)) != STATUS_OK)
            return false;
    }
    return true;
}

/* A public key on its own, or in the extension of a certificate that has the receipt key. */
static const uint8_t *find_key(struct bytes der)
{
    static const uint8_t head[SPKI_BYTES - LOG_KEY_POINT] = {
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
        0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    static const uint8_t extension[] = {0x06, 0x0c, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x83,
                                        0xfd, 0x4e, 0x83, 0xd4, 0x60, 0x02, 0x04, SPKI_BYTES};
    const uint8_t *at = der.data;
    if (der.len != SPKI_BYTES) {
        at = memmem(der.data, der.len, extension, sizeof extension);
        if (at == NULL || (size_t)(der.data + der.len - at) < sizeof extension + SPKI_BYTES)
            return NULL;
        at += sizeof extension;
    }
    return memcmp(at, head, sizeof head) == 0 ? at + sizeof head : NULL;
}

bool log_key_find(struct bytes pem, uint8_t out_point[static LOG_KEY_POINT])
{
    static uint8_t memory[LOG_KEY_PEM_MAX];
    struct buffer der = {.data = memory, .cap = sizeof memory};
    const uint8_t *point = decode_pem(pem, &der) ? find_key(buffer_bytes(&der)) : NULL;
    if (point != NULL)
        memcpy(out_point, point, LOG_KEY_POINT);
    return point != NULL;
}
