/*
 * tests/drill/keys.c: the real keys, which says every secret that it makes: random ones and derived
 * ones, as "captured: HEX" on stderr. tests/enclave/test_planted.py then looks where else they are.
 *
 * By the linker's --wrap: keys' own calls of secret_random and secret_derive come here.
 */
#include <stdio.h>

#include "core/base/bytes.h"
#include "node/role/role.h"

void __real_secret_random(uint8_t *out, size_t len);
void __wrap_secret_random(uint8_t *out, size_t len);
void __real_secret_derive(struct bytes key, struct bytes salt, struct bytes info, uint8_t out[32]);
void __wrap_secret_derive(struct bytes key, struct bytes salt, struct bytes info, uint8_t out[32]);

static void say(const char *what, const uint8_t *secret, size_t len)
{
    char hex[129] = "";
    for (size_t i = 0; i < len && i < 64; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", secret[i]);
    (void)fprintf(stderr, "captured: %s %s\n", what, hex);
}

void __wrap_secret_random(uint8_t *out, size_t len)
{
    __real_secret_random(out, len);
    say("random", out, len);
}

void __wrap_secret_derive(struct bytes key, struct bytes salt, struct bytes info, uint8_t out[32])
{
    __real_secret_derive(key, salt, info, out);
    say("derived", out, 32);
}

int main(void)
{
    struct role role;
    struct report report;
    report_init(&report);
    if (role_begin(ROLE_KEYS, 3, &role, &report) != STATUS_OK)
        return 2;
    return keys_main(&role);
}
