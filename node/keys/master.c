/*
 * node/keys/master.c: the master secret. Sealed by the TPM, or with --dev as it is in a file of
 * mode 0600.
 *
 * The file `master`: CBOR [1, "plain", secret] or [1, "tpm", what tpm_seal made, base, MAC]. With a
 * TPM the counter is defined before the file is there: a first start that was cut short is begun
 * again. `base` is where a TPM's new counter stood, above all that it ever had; the MAC, by a key
 * of the master secret's, keeps it from being set to another number.
 */
#include <openssl/crypto.h>

#include "core/base/cbor.h"
#include "node/keys/internal.h"
#include "node/keys/state.h"
#include "node/keys/tpm.h"

#define FILE_NAME    "master"
#define FILE_VERSION 1u
#define FILE_MAX     4096u

static enum status damaged(struct report *report)
{
    return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET,
                       "`master` in the state directory is damaged: restore it, or remove the "
                       "directory's files to begin anew");
}

/* What is made of the master secret; itself is not needed any more. */
static void derive(struct keys_secrets *secrets)
{
    uint8_t own[32];
    const struct bytes master = bytes_of(secrets->master, 32), none = bytes_of("", 0);
    secret_derive(master, none, BYTES_LITERAL("aether slot 0, 1"), own);
    secret_derive(master, none, BYTES_LITERAL("aether image 1"), secrets->image);
    secret_derive(master, none, BYTES_LITERAL("aether counter 1"), secrets->counter_auth);
    secret_derive(master, none, BYTES_LITERAL("aether counter base 1"), secrets->base_key);
    slots_init(&secrets->slots, own);
    memory_wipe(own, sizeof own);
    memory_wipe(secrets->master, sizeof secrets->master);
}

static void authenticate_base(const struct keys *keys, uint64_t base, uint8_t out_mac[static 32])
{
    uint8_t bytes[8];
    store_le64(bytes, base);
    secret_mac(keys->secrets->base_key, bytes_of(bytes, sizeof bytes), out_mac);
}

static enum status make_plain(struct keys *keys, struct report *report)
{
    uint8_t memory[64];
    struct cbor_writer writer;
    struct bytes content;
    secret_random(keys->secrets->master, 32);
    cbor_writer_init(&writer, memory, sizeof memory);
    cbor_write_array(&writer, 3);
    cbor_write_uint(&writer, FILE_VERSION);
    cbor_write_text(&writer, BYTES_LITERAL("plain"));
    cbor_write_bytes(&writer, bytes_of(keys->secrets->master, 32));
    enum status status = cbor_writer_end(&writer, &content);
    if (status == STATUS_OK)
        status = state_write(keys->directory, FILE_NAME, content, report);
    memory_wipe(memory, sizeof memory);
    if (status == STATUS_OK)
        derive(keys->secrets);
    return status;
}

/* The kernel's random bytes and the TPM's, so that either is enough. */
static enum status mix(struct keys *keys, struct report *report)
{
    uint8_t both[64];
    secret_random(both, 32);
    const enum status status = tpm_random(keys->tpm, both + 32, report);
    secret_derive(bytes_of(both, sizeof both), bytes_of("", 0), BYTES_LITERAL("aether master 1"),
                  keys->secrets->master);
    memory_wipe(both, sizeof both);
    return status;
}

static enum status make_sealed(struct keys *keys, struct report *report)
{
    uint8_t blob[TPM_SEALED_MAX], memory[TPM_SEALED_MAX + 96], mac[32];
    struct buffer sealed = {blob, 0, sizeof blob};
    struct cbor_writer writer;
    struct bytes content;
    uint64_t value;
    enum status status = mix(keys, report);
    if (status == STATUS_OK)
        status = tpm_seal(keys->tpm, keys->secrets->master, &sealed, report);
    if (status != STATUS_OK)
        return status;
    derive(keys->secrets);
    status = tpm_counter_make(keys->tpm, keys->secrets->counter_auth, &value, report);
    if (status != STATUS_OK)
        return status;
    keys->counter = 0;
    keys->counter_base = value;
    authenticate_base(keys, value, mac);
    cbor_writer_init(&writer, memory, sizeof memory);
    cbor_write_array(&writer, 5);
    cbor_write_uint(&writer, FILE_VERSION);
    cbor_write_text(&writer, BYTES_LITERAL("tpm"));
    cbor_write_bytes(&writer, buffer_bytes(&sealed));
    cbor_write_uint(&writer, value);
    cbor_write_bytes(&writer, bytes_of(mac, sizeof mac));
    status = cbor_writer_end(&writer, &content);
    return status != STATUS_OK ? status : state_write(keys->directory, FILE_NAME, content, report);
}

static enum status take_sealed(struct keys *keys, struct cbor_reader *reader, struct report *report)
{
    struct bytes sealed, mac;
    uint8_t wanted[32];
    uint64_t base;
    if (keys->tpm == NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the master key is sealed by a TPM, and none is configured (tpm = ...)");
    if (cbor_read_bytes(reader, &sealed) != STATUS_OK ||
        cbor_read_uint(reader, &base) != STATUS_OK ||
        cbor_read_bytes_exact(reader, sizeof wanted, &mac) != STATUS_OK ||
        cbor_reader_end(reader) != STATUS_OK)
        return damaged(report);
    const enum status status = tpm_unseal(keys->tpm, sealed, keys->secrets->master, report);
    if (status != STATUS_OK)
        return status;
    derive(keys->secrets);
    authenticate_base(keys, base, wanted);
    if (CRYPTO_memcmp(wanted, mac.data, sizeof wanted) != 0)
        return damaged(report);
    keys->counter_base = base;
    return STATUS_OK;
}

static enum status take_plain(struct keys *keys, struct cbor_reader *reader, struct report *report)
{
    struct bytes secret;
    if (keys->tpm != NULL)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "the state directory was made without a TPM (--dev): give this service "
                           "an empty one");
    if (cbor_read_bytes_exact(reader, 32, &secret) != STATUS_OK ||
        cbor_reader_end(reader) != STATUS_OK)
        return damaged(report);
    memcpy(keys->secrets->master, secret.data, 32);
    derive(keys->secrets);
    return STATUS_OK;
}

static enum status load(struct keys *keys, struct bytes content, struct report *report)
{
    struct cbor_reader reader;
    struct bytes kind;
    uint64_t count, version;
    cbor_reader_init(&reader, content, 0, NULL);
    if (cbor_read_array(&reader, &count) != STATUS_OK ||
        cbor_read_uint(&reader, &version) != STATUS_OK ||
        cbor_read_text(&reader, &kind) != STATUS_OK || version != FILE_VERSION)
        return damaged(report);
    if (bytes_equal(kind, BYTES_LITERAL("plain")) && count == 3)
        return take_plain(keys, &reader, report);
    if (bytes_equal(kind, BYTES_LITERAL("tpm")) && count == 5)
        return take_sealed(keys, &reader, report);
    return damaged(report);
}

static enum status make(struct keys *keys, struct report *report)
{
    keys->is_new = true;
    return keys->tpm != NULL ? make_sealed(keys, report) : make_plain(keys, report);
}

enum status keys_master_open(struct keys *keys, struct report *report)
{
    uint8_t memory[FILE_MAX];
    struct buffer content = {memory, 0, sizeof memory};
    enum status status = state_read(keys->directory, FILE_NAME, &content, report);
    if (status == STATUS_NOT_FOUND)
        status = make(keys, report);
    else if (status == STATUS_OK)
        status = load(keys, buffer_bytes(&content), report);
    memory_wipe(memory, sizeof memory);
    return status;
}
