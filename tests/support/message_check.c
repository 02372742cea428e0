/*
 * tests/support/message_check.c: see message_check.h. One service without a TPM and without files
 * answers for the whole process; keys of apps are wiped before each input.
 */
#include "tests/support/message_check.h"

#include <stdlib.h>

#include "node/keys/internal.h"

#define PACKETS_MAX 8

static struct {
    struct keys *keys;
    struct keys_answer answer;
    uint8_t *memory;
} own;

static void prepare(void)
{
    struct settings *settings = calloc(1, sizeof *settings);
    struct report report;
    report_init(&report);
    ASSERT(settings != NULL);
    settings->is_dev = true;
    const enum status opened = keys_open(settings, -1, -1, &own.keys, &report);
    const enum status made = keys_answer_init(&own.answer);
    own.memory = malloc(2 * MESSAGE_PACKET_MAX);
    ASSERT(opened == STATUS_OK && made == STATUS_OK && own.memory != NULL);
    free(settings);
}

static void forget(void)
{
    struct slots *slots = &own.keys->secrets->slots;
    if (slots->given == 0)
        return;
    memset(&slots->slot[1], 0, sizeof slots->slot - sizeof slots->slot[0]);
    slots->given = 0;
}

static void check_answer(enum message_type type, const union message_any *request)
{
    keys_answer(own.keys, type, request, &own.answer);
    const union message_any *answer = &own.answer.any;
    ASSERT(answer->id == request->id);
    const bool is_long =
        (own.answer.type == MESSAGE_SEALED && answer->sealed.sealed.len > MESSAGE_INLINE_MAX) ||
        (own.answer.type == MESSAGE_UNSEALED && answer->unsealed.plain.len > MESSAGE_INLINE_MAX);
    struct buffer out = {own.memory, 0, MESSAGE_PACKET_MAX};
    const enum status status = message_encode(own.answer.type, answer, &out);
    ASSERT(status == STATUS_OK || is_long);
    keys_answer_wipe(&own.answer);
}

static enum status check_packet(struct bytes packet, struct report *report)
{
    enum message_type type;
    union message_any any;
    uint64_t body_len = 0;
    const enum status status = message_decode(packet, &type, &any, &body_len, report);
    if (status != STATUS_OK)
        return status;
    ASSERT(message_name(type) != NULL);
    if (body_len != 0)
        return STATUS_OK; /* the body would come beside the packet */
    struct buffer again = {own.memory, 0, 2 * MESSAGE_PACKET_MAX};
    const enum status encoded = message_encode(type, &any, &again);
    ASSERT(encoded == STATUS_OK && bytes_equal(buffer_bytes(&again), packet));
    check_answer(type, &any);
    return STATUS_OK;
}

enum status message_check(struct bytes input, struct report *report)
{
    enum status status = STATUS_TRUNCATED;
    report_init(report);
    if (own.keys == NULL)
        prepare();
    forget();
    for (int i = 0; i < PACKETS_MAX && input.len != 0; i++) {
        struct bytes head, packet;
        if (bytes_take(&input, 2, &head) != STATUS_OK ||
            bytes_take(&input, (size_t)(head.data[0] << 8 | head.data[1]), &packet) != STATUS_OK)
            return STATUS_TRUNCATED;
        status = check_packet(packet, report);
    }
    return status;
}
