/*
 * cli/elf_image.c: program headers of an ELF64 to the image hash. The file is hostile: every offset
 * is compared with what is left before it is used.
 */
#include "cli/elf_image.h"

#include "core/crypto/sha256.h"

#define EHDR_BYTES 64u
#define PHDR_BYTES 56u
#define PT_LOAD    1u
#define PF_X       1u
#define PF_W       2u
#define PAGE       4096u

struct segment {
    uint64_t address;
    uint64_t memory_len;
    struct bytes content;
};

static bool is_elf64(struct bytes file)
{
    static const uint8_t ident[] = {0x7F, 'E', 'L', 'F', 2 /* 64 bits */, 1 /* little-endian */};
    return file.len >= EHDR_BYTES && memcmp(file.data, ident, sizeof ident) == 0 &&
           load_le16(file.data + 54) == PHDR_BYTES;
}

/* One header to a segment; `*out_is_hashed` false when it is none of ours. */
static enum status read_segment(struct bytes file, uint64_t at, struct segment *out_segment,
                                bool *out_is_hashed, struct report *report)
{
    const uint8_t *header = file.data + at;
    uint32_t flags = load_le32(header + 4);
    uint64_t offset = load_le64(header + 8);
    uint64_t len = load_le64(header + 32);
    *out_is_hashed = false;
    if (load_le32(header) != PT_LOAD || (flags & ELF_IMAGE_BUNDLE_FLAG) != 0)
        return STATUS_OK;
    *out_segment =
        (struct segment){.address = load_le64(header + 16), .memory_len = load_le64(header + 40)};
    if (((flags & PF_X) == 0 && (flags & PF_W) != 0) || out_segment->memory_len == 0)
        return STATUS_OK;
    if (offset > file.len || len > file.len - offset)
        return report_fail(report, STATUS_TRUNCATED, at, "segment is outside of the file");
    if (len > out_segment->memory_len)
        return report_fail(report, STATUS_MALFORMED, at, "segment is longer than its memory");
    if (out_segment->address % PAGE != 0)
        return report_fail(report, STATUS_MALFORMED, at, "segment does not start on a page");
    if (out_segment->memory_len > ELF_IMAGE_BYTES_MAX)
        return report_fail(report, STATUS_LIMIT, at, "segment is over 64 MiB");
    out_segment->content = bytes_of(file.data + offset, (size_t)len);
    *out_is_hashed = true;
    return STATUS_OK;
}

/* Puts the segment where its address says. */
static void insert(struct segment *segments, size_t count, const struct segment *segment)
{
    size_t at = count;
    for (; at != 0 && segments[at - 1].address > segment->address; at--)
        segments[at] = segments[at - 1];
    segments[at] = *segment;
}

static enum status read_segments(struct bytes file, struct segment *segments, size_t *out_count,
                                 struct report *report)
{
    uint64_t table = load_le64(file.data + 32);
    uint16_t header_count = load_le16(file.data + 56);
    size_t count = 0;
    if (table > file.len || (uint64_t)header_count * PHDR_BYTES > file.len - table)
        return report_fail(report, STATUS_TRUNCATED, 32, "program headers are outside of the file");
    for (uint16_t i = 0; i < header_count; i++) {
        struct segment segment;
        bool is_hashed;
        uint64_t at = table + (uint64_t)i * PHDR_BYTES;
        enum status status = read_segment(file, at, &segment, &is_hashed, report);
        if (status != STATUS_OK)
            return status;
        if (!is_hashed)
            continue;
        if (count == ELF_IMAGE_SEGMENTS_MAX)
            return report_fail(report, STATUS_LIMIT, at, "more than 32 segments");
        insert(segments, count++, &segment);
    }
    if (count == 0)
        return report_fail(report, STATUS_MALFORMED, 0, "no segment is executable or read-only");
    *out_count = count;
    return STATUS_OK;
}

static void hash_zeros(struct sha256 *sha, uint64_t len)
{
    static const uint8_t zeros[PAGE];
    for (; len > PAGE; len -= PAGE)
        sha256_update(sha, bytes_of(zeros, PAGE));
    sha256_update(sha, bytes_of(zeros, (size_t)len));
}

enum status elf_image_hash(struct bytes file, struct elf_image *out_image, struct report *report)
{
    struct segment segments[ELF_IMAGE_SEGMENTS_MAX];
    struct sha256 sha;
    size_t count;
    if (!is_elf64(file))
        return report_fail(report, STATUS_MALFORMED, 0, "not an ELF64 file");
    enum status status = read_segments(file, segments, &count, report);
    if (status != STATUS_OK)
        return status;
    uint64_t end = segments[0].address;
    sha256_init(&sha);
    for (size_t i = 0; i < count; i++) {
        const struct segment *segment = &segments[i];
        if (segment->address != end)
            return report_fail_u64x2(report, STATUS_MALFORMED, REPORT_NO_OFFSET,
                                     "segment at address % where % was wanted: a gap or an overlap",
                                     segment->address, end);
        uint64_t padded = (segment->memory_len + PAGE - 1) & ~(uint64_t)(PAGE - 1);
        if (padded > UINT64_MAX - end)
            return report_fail(report, STATUS_LIMIT, REPORT_NO_OFFSET, "segment wraps around");
        sha256_update(&sha, segment->content);
        hash_zeros(&sha, padded - segment->content.len);
        end += padded;
    }
    out_image->start = segments[0].address;
    out_image->end = end;
    sha256_final(&sha, out_image->hash);
    return STATUS_OK;
}
