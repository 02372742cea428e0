/*
 * node/keys/slots.c: see slots.h. A number says where it is: its lowest bits are the index.
 */
#include "node/keys/slots.h"

#include "node/keys/secret.h"

static void fill(struct slot *slot, uint64_t number, struct bytes app,
                 const uint8_t secret[static 32])
{
    slot->number = number;
    slot->app_len = (uint8_t)app.len;
    if (app.len != 0)
        memcpy(slot->app, app.data, app.len);
    secret_derive(bytes_of(secret, 32), bytes_of("", 0), BYTES_LITERAL("aether slot names 1"),
                  slot->names_key);
    secret_derive(bytes_of(secret, 32), bytes_of("", 0), BYTES_LITERAL("aether slot values 1"),
                  slot->values_key);
}

void slots_init(struct slots *slots, const uint8_t own_secret[static 32])
{
    memory_wipe(slots, sizeof *slots);
    fill(&slots->slot[0], 0, bytes_of("", 0), own_secret);
}

enum status slots_add(struct slots *slots, struct bytes app, const uint8_t secret[static 32],
                      uint64_t *out_number)
{
    if (app.len > SLOTS_APP_MAX)
        return STATUS_LIMIT;
    for (uint64_t i = 1; i < SLOTS_MAX; i++)
        if (slots->slot[i].number == 0) {
            const uint64_t number = ++slots->given * SLOTS_MAX + i;
            fill(&slots->slot[i], number, app, secret);
            *out_number = number;
            return STATUS_OK;
        }
    return STATUS_LIMIT;
}

const struct slot *slots_find(const struct slots *slots, uint64_t number)
{
    const struct slot *slot = &slots->slot[number % SLOTS_MAX];
    return slot->number == number ? slot : NULL;
}

enum status slots_drop(struct slots *slots, uint64_t number)
{
    if (number == 0)
        return STATUS_DENIED;
    if (slots_find(slots, number) == NULL)
        return STATUS_NOT_FOUND;
    memory_wipe(&slots->slot[number % SLOTS_MAX], sizeof slots->slot[0]);
    return STATUS_OK;
}
