/*
 * tests/unit/cli/files_check.c: see files_check.h.
 */
#include "tests/unit/cli/files_check.h"

#include "cli/elf_image.h"
#include "cli/log_key.h"
#include "core/proof/keyring.h"
#include "core/proof/receipt_log.h"

#define HEADERS_AT   32u /* in an ELF header: where program headers are, and how many */
#define HEADER_COUNT 56u
#define HEADER_BYTES 56u
#define MEMORY_AT    40u
#define MEMORY_MAX   (1u << 20) /* of a segment, here: the product hashes 64 MiB */

static void must(bool holds)
{
    ASSERT(holds);
}

static enum status check_receipts(struct bytes input, struct report *report)
{
    static uint8_t written[RECEIPT_LOG_ENTRY_BYTES], again[RECEIPT_LOG_ENTRY_BYTES];
    static struct receipt_log_entry entry, second;
    const struct bytes all = input;
    struct receipt_chain chain = {0};
    while (input.len != 0) {
        const struct bytes before = input;
        const enum status status = receipt_log_take(&input, all.len - input.len, &entry, report);
        must((status == STATUS_OK) == (input.len + RECEIPT_LOG_ENTRY_BYTES == before.len));
        if (status != STATUS_OK)
            return status;
        struct bytes copy = bytes_of(written, sizeof written);
        receipt_log_write(&entry, written);
        must(receipt_log_take(&copy, 0, &second, report) == STATUS_OK && copy.len == 0);
        receipt_log_write(&second, again);
        must(memcmp(written, again, sizeof written) == 0);
        if (receipt_chain_add(&chain, &entry) != NULL)
            return report_fail(report, STATUS_TAMPERED, REPORT_NO_OFFSET, "no chain");
        must(chain.has_last && chain.cycle == entry.cycle);
    }
    return STATUS_OK;
}

static enum status check_keyring(struct bytes input, struct report *report)
{
    static uint8_t memory[KEYRING_OFFSET_ENTRIES + KEYRING_KEYS_MAX * KEYRING_ENTRY_BYTES];
    struct bundle_key copies[KEYRING_KEYS_MAX];
    struct buffer written = {.data = memory, .cap = sizeof memory};
    const struct bundle_key *keys;
    size_t count;
    bool is_bench;
    const enum status status = keyring_open(input, &keys, &count, &is_bench, report);
    if (status != STATUS_OK)
        return status;
    must(count <= KEYRING_KEYS_MAX);
    if (count != 0)
        memcpy(copies, keys, count * sizeof copies[0]);
    must(keyring_write(copies, count, is_bench, &written) == STATUS_OK);
    must(bytes_equal(buffer_bytes(&written), input));
    return STATUS_OK;
}

/* Hashing zeros is no part of what is tried: long segments are left out. */
static bool is_quick(struct bytes file)
{
    if (file.len < HEADER_COUNT + 2)
        return true;
    const uint64_t at = load_le64(file.data + HEADERS_AT);
    const size_t count = load_le16(file.data + HEADER_COUNT);
    for (size_t i = 0; i < count && i < ELF_IMAGE_SEGMENTS_MAX + 8; i++) {
        const size_t behind = (i + 1) * HEADER_BYTES;
        if (at > file.len || behind > file.len - at)
            return true;
        if (load_le64(file.data + at + behind - HEADER_BYTES + MEMORY_AT) > MEMORY_MAX)
            return false;
    }
    return count <= ELF_IMAGE_SEGMENTS_MAX + 8;
}

static enum status check_image(struct bytes input, struct report *report)
{
    struct elf_image image = {0};
    if (!is_quick(input))
        return STATUS_LIMIT;
    const enum status status = elf_image_hash(input, &image, report);
    must((status == STATUS_OK) == !report->is_set);
    must(status != STATUS_OK || (image.start < image.end && (image.end - image.start) % 4096 == 0));
    return status;
}

static enum status check_key(struct bytes input, struct report *report)
{
    uint8_t point[LOG_KEY_POINT];
    if (input.len > LOG_KEY_PEM_MAX || !log_key_find(input, point))
        return report_fail(report, STATUS_NOT_FOUND, REPORT_NO_OFFSET, "no key");
    return STATUS_OK;
}

enum status files_check(struct bytes input, struct report *report)
{
    struct bytes mode;
    report_init(report);
    if (bytes_take(&input, 1, &mode) != STATUS_OK)
        return STATUS_TRUNCATED;
    switch (mode.data[0] % 4) {
    case 0:
        return check_receipts(input, report);
    case 1:
        return check_keyring(input, report);
    case 2:
        return check_image(input, report);
    default:
        return check_key(input, report);
    }
}
