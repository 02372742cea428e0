/*
 * node/store/link.c: questions to io and keys, each with its answer's body.
 *
 * What io gives is bytes of no worth until they are compared; what keys gives is believed.
 */
#include "node/store/internal.h"

static struct bytes text_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

void store_release_io(struct store *store, struct message_in *in)
{
    caller_release(store->setup.io, in);
}

void store_release_keys(struct store *store, struct message_in *in)
{
    caller_release(store->setup.keys, in);
}

enum status store_get(struct store *store, const char *table, struct bytes record,
                      struct message_in **out_in, struct bytes *out_value, struct report *report)
{
    struct message_store_get get = {.table = text_of(table), .record = record};
    struct message_in *in;
    enum status status = caller_ask(store->setup.io, MESSAGE_STORE_GET, &get, MESSAGE_STORE_VALUE,
                                    STORE_ASK_MS, &in, report);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_UNAVAILABLE : status;
    if (in->any.store_value.is_found != 1) {
        store_release_io(store, in);
        return STATUS_NOT_FOUND;
    }
    *out_in = in;
    *out_value = in->any.store_value.value;
    return STATUS_OK;
}

enum status store_scan(struct store *store, const char *table, struct bytes after,
                       struct message_in **out_in, struct bytes *out_records, bool *out_has_more,
                       struct report *report)
{
    struct message_store_scan scan = {.table = text_of(table), .after = after};
    struct message_in *in;
    enum status status = caller_ask(store->setup.io, MESSAGE_STORE_SCAN, &scan,
                                    MESSAGE_STORE_RECORDS, STORE_ASK_MS, &in, report);
    if (status != STATUS_OK)
        return status;
    *out_in = in;
    *out_records = in->any.store_records.records;
    *out_has_more = in->any.store_records.has_more != 0;
    return STATUS_OK;
}

enum status store_send_commit(struct store *store, struct bytes changes, struct report *report)
{
    struct message_store_commit commit = {.changes = changes};
    struct message_in *in;
    enum status status = caller_ask(store->setup.io, MESSAGE_STORE_COMMIT, &commit, MESSAGE_DONE,
                                    STORE_ASK_MS, &in, report);
    if (status == STATUS_OK)
        store_release_io(store, in);
    return status;
}

enum status store_seal(struct store *store, const struct store_sealing *sealing, struct bytes plain,
                       struct message_in **out_in, struct bytes *out_sealed, struct report *report)
{
    struct message_seal seal = {.slot = sealing->slot,
                                .table = text_of(sealing->table),
                                .record = sealing->record,
                                .version = sealing->version,
                                .plain = plain};
    struct message_in *in;
    enum status status = caller_ask(store->setup.keys, MESSAGE_SEAL, &seal, MESSAGE_SEALED,
                                    STORE_ASK_MS, &in, report);
    if (status != STATUS_OK)
        return status;
    *out_in = in;
    *out_sealed = in->any.sealed.sealed;
    return STATUS_OK;
}

enum status store_unseal(struct store *store, const struct store_sealing *sealing,
                         struct bytes sealed, struct message_in **out_in, struct bytes *out_plain,
                         struct report *report)
{
    struct message_unseal unseal = {.slot = sealing->slot,
                                    .table = text_of(sealing->table),
                                    .record = sealing->record,
                                    .version = sealing->version,
                                    .sealed = sealed};
    struct message_in *in;
    enum status status = caller_ask(store->setup.keys, MESSAGE_UNSEAL, &unseal, MESSAGE_UNSEALED,
                                    STORE_ASK_MS, &in, report);
    if (status != STATUS_OK)
        return status;
    *out_in = in;
    *out_plain = in->any.unsealed.plain;
    return STATUS_OK;
}

enum status store_record_key(struct store *store, uint64_t slot, struct bytes name,
                             uint8_t out_key[static 32], struct report *report)
{
    struct message_record record = {.slot = slot, .name = name};
    struct message_in *in;
    enum status status = caller_ask(store->setup.keys, MESSAGE_RECORD, &record, MESSAGE_RECORD_IS,
                                    STORE_ASK_MS, &in, report);
    if (status != STATUS_OK)
        return status;
    memcpy(out_key, in->any.record_is.record.data, 32); /* exactly as long: types.h */
    store_release_keys(store, in);
    return STATUS_OK;
}

enum status store_counter(struct store *store, uint64_t at_least, uint64_t *out_value,
                          struct report *report)
{
    struct message_counter counter = {.at_least = at_least};
    struct message_in *in;
    enum status status = caller_ask(store->setup.keys, MESSAGE_COUNTER, &counter,
                                    MESSAGE_COUNTER_IS, STORE_ASK_MS, &in, report);
    if (status != STATUS_OK)
        return status;
    *out_value = in->any.counter_is.value;
    store_release_keys(store, in);
    if (*out_value < at_least)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                           "the counter does not go on");
    return STATUS_OK;
}
