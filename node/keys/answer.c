/*
 * node/keys/answer.c: requests to answers. What comes was checked for shape by message_receive; who
 * asks is role main, which may be an attacker's by now: it gets what its keys allow and no key.
 */
#include <stdlib.h>

#include "core/crypto/sha256.h"
#include "node/keys/internal.h"
#include "node/keys/seal.h"

bool keys_is_slow(enum message_type type)
{
    return type == MESSAGE_ISSUE || type == MESSAGE_QUOTE || type == MESSAGE_COUNTER;
}

enum status keys_answer_init(struct keys_answer *answer)
{
    *answer = (struct keys_answer){.type = MESSAGE_DONE};
    answer->body.data = malloc(MESSAGE_RECORD_MAX);
    answer->more.data = malloc(MESSAGE_CERT_MAX);
    answer->body.cap = MESSAGE_RECORD_MAX;
    answer->more.cap = MESSAGE_CERT_MAX;
    if (answer->body.data != NULL && answer->more.data != NULL)
        return STATUS_OK;
    keys_answer_fini(answer);
    return STATUS_NO_MEMORY;
}

void keys_answer_fini(struct keys_answer *answer)
{
    keys_answer_wipe(answer);
    free(answer->body.data);
    free(answer->more.data);
    *answer = (struct keys_answer){.type = MESSAGE_DONE};
}

void keys_answer_wipe(struct keys_answer *answer)
{
    if (answer->body.data != NULL)
        memory_wipe(answer->body.data, answer->body.len);
    answer->body.len = 0;
    answer->more.len = 0; /* certificates and evidence: public */
}

static enum status no_slot(struct report *report)
{
    return report_fail(report, STATUS_NOT_FOUND, REPORT_NO_OFFSET, "there is no such key");
}

static enum status add_slot(struct keys *keys, struct bytes app, const uint8_t secret[static 32],
                            struct keys_answer *answer, struct report *report)
{
    const enum status status =
        slots_add(&keys->secrets->slots, app, secret, &answer->any.key_is.slot);
    if (status != STATUS_OK)
        return report_fail_u64(report, status, REPORT_NO_OFFSET, "there are % keys of apps already",
                               SLOTS_MAX - 1);
    answer->type = MESSAGE_KEY_IS;
    return STATUS_OK;
}

static enum status key_new(struct keys *keys, const struct message_key_new *request,
                           struct keys_answer *answer, struct report *report)
{
    uint8_t secret[32];
    secret_random(secret, sizeof secret);
    const enum status status = add_slot(keys, request->app, secret, answer, report);
    memory_wipe(secret, sizeof secret);
    return status;
}

/* Bound to the app, and to this image and machine: the salt is only to be had where the master
 * secret is. */
static enum status key_given(struct keys *keys, const struct message_key_given *request,
                             struct keys_answer *answer, struct report *report)
{
    uint8_t secret[32];
    secret_derive(request->key, bytes_of(keys->secrets->image, 32), request->app, secret);
    const enum status status = add_slot(keys, request->app, secret, answer, report);
    memory_wipe(secret, sizeof secret);
    if (status != STATUS_OK)
        return status;
    sha256_digest(request->key, answer->more.data);
    answer->any.key_is.fingerprint = bytes_of(answer->more.data, 32);
    return STATUS_OK;
}

static enum status key_drop(struct keys *keys, const struct message_key_drop *request,
                            struct report *report)
{
    const enum status status = slots_drop(&keys->secrets->slots, request->slot);
    if (status == STATUS_DENIED)
        return report_fail(report, status, REPORT_NO_OFFSET,
                           "the service's own key is not dropped");
    return status == STATUS_OK ? status : no_slot(report);
}

/* The key of a slot's records, with its app put into their place; NULL: no such slot. `answer` has
 * room for a record. */
static const uint8_t *begin_record(struct keys *keys, uint64_t number, struct seal_place *place,
                                   struct keys_answer *answer)
{
    const struct slot *slot = slots_find(&keys->secrets->slots, number);
    if (slot == NULL)
        return NULL;
    place->app = bytes_of(slot->app, slot->app_len);
    answer->body.len = 0;
    return slot->values_key;
}

static enum status seal(struct keys *keys, const struct message_seal *request,
                        struct keys_answer *answer, struct report *report)
{
    struct seal_place place = {{0}, request->table, request->record, request->version};
    const uint8_t *key = begin_record(keys, request->slot, &place, answer);
    if (key == NULL)
        return no_slot(report);
    const enum status status = seal_record(key, &place, request->plain, &answer->body);
    if (status == STATUS_LIMIT)
        return report_fail_u64(report, status, REPORT_NO_OFFSET,
                               "a record to be sealed has % bytes at most",
                               MESSAGE_RECORD_MAX - SEAL_MORE);
    answer->type = MESSAGE_SEALED;
    answer->any.sealed.sealed = buffer_bytes(&answer->body);
    return status;
}

static enum status unseal(struct keys *keys, const struct message_unseal *request,
                          struct keys_answer *answer, struct report *report)
{
    struct seal_place place = {{0}, request->table, request->record, request->version};
    const uint8_t *key = begin_record(keys, request->slot, &place, answer);
    if (key == NULL)
        return no_slot(report);
    const enum status status = seal_open(key, &place, request->sealed, &answer->body);
    if (status == STATUS_TAMPERED)
        return report_fail(report, status, REPORT_NO_OFFSET,
                           "the record is not what was sealed in its place");
    answer->type = MESSAGE_UNSEALED;
    answer->any.unsealed.plain = buffer_bytes(&answer->body);
    return status;
}

static enum status record(struct keys *keys, const struct message_record *request,
                          struct keys_answer *answer, struct report *report)
{
    const struct slot *slot = slots_find(&keys->secrets->slots, request->slot);
    if (slot == NULL)
        return no_slot(report);
    secret_mac(slot->names_key, request->name, answer->more.data);
    answer->type = MESSAGE_RECORD_IS;
    answer->any.record_is.record = bytes_of(answer->more.data, 32);
    return STATUS_OK;
}

static enum status sign(struct keys *keys, const struct message_sign *request,
                        struct keys_answer *answer, struct report *report)
{
    if (request->purpose != MESSAGE_PURPOSE_RECEIPT && request->purpose != MESSAGE_PURPOSE_LOG_HEAD)
        return report_fail_u64(report, STATUS_INVALID, REPORT_NO_OFFSET,
                               "nothing is signed for purpose %", request->purpose);
    answer->type = MESSAGE_SIGNATURE;
    answer->any.signature.signature = bytes_of(answer->more.data, 64);
    return identity_sign(&keys->identity, request->purpose, request->digest.data,
                         answer->more.data);
}

static enum status identity(struct keys *keys, struct keys_answer *answer)
{
    answer->type = MESSAGE_IDENTITY_IS;
    answer->any.identity_is.evidence =
        keys->tpm == NULL ? BYTES_LITERAL("none") : BYTES_LITERAL("tpm");
    answer->any.identity_is.issuer = bytes_of(keys->identity.issuer_der, keys->identity.issuer_len);
    answer->any.identity_is.receipt_key = bytes_of(keys->identity.receipt_spki, ATTEST_SPKI_LEN);
    answer->any.identity_is.counter = keys->counter;
    return STATUS_OK;
}

static enum status counter(struct keys *keys, const struct message_counter *request,
                           struct keys_answer *answer, struct report *report)
{
    answer->type = MESSAGE_COUNTER_IS;
    answer->any.counter_is.is_hardware = keys->tpm != NULL;
    return keys_counter_advance(keys, request->at_least, &answer->any.counter_is.value, report);
}

static enum status dispatch(struct keys *keys, enum message_type type,
                            const union message_any *request, struct keys_answer *answer,
                            struct report *report)
{
    switch (type) {
    case MESSAGE_IDENTITY:
        return identity(keys, answer);
    case MESSAGE_ISSUE:
        return keys_issue(keys, &request->issue, answer, report);
    case MESSAGE_KEY_NEW:
        return key_new(keys, &request->key_new, answer, report);
    case MESSAGE_KEY_GIVEN:
        return key_given(keys, &request->key_given, answer, report);
    case MESSAGE_KEY_DROP:
        return key_drop(keys, &request->key_drop, report);
    case MESSAGE_SEAL:
        return seal(keys, &request->seal, answer, report);
    case MESSAGE_UNSEAL:
        return unseal(keys, &request->unseal, answer, report);
    case MESSAGE_RECORD:
        return record(keys, &request->record, answer, report);
    case MESSAGE_COUNTER:
        return counter(keys, &request->counter, answer, report);
    case MESSAGE_SIGN:
        return sign(keys, &request->sign, answer, report);
    case MESSAGE_QUOTE:
        return keys_quote(keys, &request->quote, answer, report);
    default:
        return report_fail(report, STATUS_UNSUPPORTED, REPORT_NO_OFFSET,
                           "this is no question for the role keys");
    }
}

static enum message_failure failure_of(enum status status)
{
    switch (status) {
    case STATUS_LIMIT:
        return MESSAGE_FAILURE_LIMIT;
    case STATUS_DENIED:
        return MESSAGE_FAILURE_DENIED;
    case STATUS_TAMPERED:
        return MESSAGE_FAILURE_TAMPERED;
    case STATUS_NOT_FOUND:
        return MESSAGE_FAILURE_NOT_FOUND;
    case STATUS_UNAVAILABLE:
    case STATUS_NO_MEMORY:
        return MESSAGE_FAILURE_UNAVAILABLE;
    default:
        return MESSAGE_FAILURE_INVALID;
    }
}

void keys_answer(struct keys *keys, enum message_type type, const union message_any *request,
                 struct keys_answer *answer)
{
    struct report report;
    report_init(&report);
    answer->type = MESSAGE_DONE;
    memset(&answer->any, 0, sizeof answer->any);
    const enum status status = dispatch(keys, type, request, answer, &report);
    if (status != STATUS_OK) {
        const char *text = report.is_set ? report.text : status_text(status);
        const size_t len = strnlen(text, sizeof answer->text);
        memcpy(answer->text, text, len);
        memset(&answer->any, 0, sizeof answer->any);
        answer->type = MESSAGE_FAILED;
        answer->any.failed.code = failure_of(status);
        answer->any.failed.text = bytes_of(answer->text, len);
    }
    answer->any.id = request->id;
}
