/*
 * node/keys/counter.c: the monotonic counter: the TPM's, or with --dev a number in the state
 * directory, which goes back when the directory does.
 */
#include "core/base/cbor.h"
#include "node/keys/internal.h"
#include "node/keys/state.h"
#include "node/keys/tpm.h"

#define FILE_NAME    "counter"
#define FILE_VERSION 1u

static enum status save(const struct keys *keys, uint64_t value, struct report *report)
{
    uint8_t memory[16];
    struct cbor_writer writer;
    struct bytes content;
    cbor_writer_init(&writer, memory, sizeof memory);
    cbor_write_array(&writer, 2);
    cbor_write_uint(&writer, FILE_VERSION);
    cbor_write_uint(&writer, value);
    const enum status status = cbor_writer_end(&writer, &content);
    return status != STATUS_OK ? status : state_write(keys->directory, FILE_NAME, content, report);
}

static enum status load(struct keys *keys, struct report *report)
{
    uint8_t memory[16];
    struct buffer content = {memory, 0, sizeof memory};
    struct cbor_reader reader;
    uint64_t count, version, value;
    enum status status = state_read(keys->directory, FILE_NAME, &content, report);
    if (status != STATUS_OK)
        return status;
    cbor_reader_init(&reader, buffer_bytes(&content), 0, NULL);
    status = cbor_read_array(&reader, &count);
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &version);
    if (status == STATUS_OK)
        status = cbor_read_uint(&reader, &value);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status != STATUS_OK || count != 2 || version != FILE_VERSION)
        return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                           "`counter` in the state directory is damaged");
    keys->counter = value;
    return STATUS_OK;
}

enum status keys_counter_open(struct keys *keys, struct report *report)
{
    if (keys->tpm != NULL && keys->is_new) /* keys_master_open made it */
        return STATUS_OK;
    if (keys->tpm != NULL) {
        uint64_t value;
        const enum status status =
            tpm_counter_open(keys->tpm, keys->secrets->counter_auth, &value, report);
        if (status != STATUS_OK)
            return status;
        if (value < keys->counter_base)
            return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                               "the TPM's counter is below where it began: it is another one");
        keys->counter = value - keys->counter_base;
        return STATUS_OK;
    }
    const enum status status = load(keys, report);
    if (status != STATUS_NOT_FOUND)
        return status;
    keys->counter = 0;
    return save(keys, 0, report);
}

/* Each in its way from `now` to `wanted`. */
static enum status advance(struct keys *keys, uint64_t now, uint64_t wanted, uint64_t *out_value,
                           struct report *report)
{
    if (keys->tpm != NULL) {
        const enum status status =
            tpm_counter_increment(keys->tpm, wanted - now, out_value, report);
        if (status == STATUS_OK)
            *out_value -= keys->counter_base;
        return status;
    }
    *out_value = wanted;
    return save(keys, wanted, report);
}

enum status keys_counter_advance(struct keys *keys, uint64_t at_least, uint64_t *out_value,
                                 struct report *report)
{
    const uint64_t now = keys->counter;
    if (at_least > now && at_least - now > COUNTER_STEPS_MAX)
        return report_fail_u64x2(report, STATUS_LIMIT, REPORT_NO_OFFSET,
                                 "the counter is at %: it does not go on to % at once", now,
                                 at_least);
    if (at_least > now) {
        uint64_t value;
        const enum status status = advance(keys, now, at_least, &value, report);
        if (status != STATUS_OK)
            return status;
        keys->counter = value;
    }
    *out_value = keys->counter;
    return STATUS_OK;
}
