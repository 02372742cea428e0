/*
 * metal/boot_info.c: PVH's hvm_start_info and Multiboot2's tags.
 *
 * The loader is trusted (it placed us), but its numbers are checked all the same: a length that
 * leaves 32 bits or a map without our own memory is refused.
 * Both maps have entries of base u64, length u64, type u32, reserved u32.
 */
#include "metal/boot_info.h"

#include "core/base/bytes.h"
#include "metal/image.h"
#include "metal/platform.h"

#define MULTIBOOT2_MAGIC 0x36D76289u
#define PVH_MAGIC        0x336EC578u

#define MULTIBOOT2_TAG_END     0
#define MULTIBOOT2_TAG_CMDLINE 1
#define MULTIBOOT2_TAG_MEMORY  6
#define MULTIBOOT2_BYTES_MAX   0x100000u

#define PVH_CMDLINE_AT     24
#define PVH_MEMORY_AT      40
#define PVH_MEMORY_COUNT   48
#define PVH_ENTRIES_MAX    1024u
#define MEMORY_ENTRY_BYTES 24u
#define MEMORY_USABLE      1u
#define WORDS_MAX          1024u

struct loader_facts {
    const char *words; /* NUL-terminated, or NULL */
    const uint8_t *entries;
    uint32_t entry_count;
    uint32_t entry_bytes;
};

static const uint8_t *at_physical(uint64_t address)
{
    return (const uint8_t *)(uintptr_t)address;
}

static bool read_pvh(const uint8_t *start, struct loader_facts *facts)
{
    uint64_t words = load_le64(start + PVH_CMDLINE_AT);
    uint64_t entries = load_le64(start + PVH_MEMORY_AT);
    uint32_t count = load_le32(start + PVH_MEMORY_COUNT);

    if (load_le32(start + 4) == 0 || entries == 0 || count > PVH_ENTRIES_MAX ||
        words > UINT32_MAX || entries > UINT32_MAX)
        return false;
    facts->words = words != 0 ? (const char *)at_physical(words) : NULL;
    facts->entries = at_physical(entries);
    facts->entry_count = count;
    facts->entry_bytes = MEMORY_ENTRY_BYTES;
    return true;
}

static bool read_multiboot2(const uint8_t *start, struct loader_facts *facts)
{
    uint32_t total = load_le32(start);

    if (total > MULTIBOOT2_BYTES_MAX)
        return false;
    for (uint32_t at = 8; at + 8 <= total;) {
        const uint8_t *tag = start + at;
        uint32_t bytes = load_le32(tag + 4);

        if (bytes < 8 || bytes > total - at)
            return false;
        switch (load_le32(tag)) {
        case MULTIBOOT2_TAG_CMDLINE:
            facts->words = (const char *)tag + 8;
            break;
        case MULTIBOOT2_TAG_MEMORY:
            facts->entry_bytes = load_le32(tag + 8);
            if (bytes < 16 || facts->entry_bytes < MEMORY_ENTRY_BYTES)
                return false;
            facts->entries = tag + 16;
            facts->entry_count = (bytes - 16) / facts->entry_bytes;
            break;
        case MULTIBOOT2_TAG_END:
            return facts->entries != NULL;
        default:
            break;
        }
        at += (bytes + 7) & ~7u;
    }
    return false;
}

/* On a match steps over it. */
static bool take_start(const char **text, const char *start)
{
    const char *rest = *text;

    for (; *start != '\0'; start++, rest++)
        if (*rest != *start)
            return false;
    *text = rest;
    return true;
}

/* As take_start, up to a blank or the end. */
static bool take_word(const char **text, const char *word)
{
    const char *rest = *text;

    if (!take_start(&rest, word) || (*rest != ' ' && *rest != '\0'))
        return false;
    *text = rest;
    return true;
}

static void read_selftest(const char **text, struct boot_info *info)
{
    for (enum selftest test = SELFTEST_NONE + 1; test < SELFTEST_COUNT; test++)
        if (take_word(text, selftest_word(test)))
            info->selftest = test;
}

/* Words we do not know are the loader's own: GRUB puts the file's name in front, for one. */
static void read_words(const char *text, struct boot_info *info)
{
    for (uint32_t i = 0; text != NULL && *text != '\0' && i < WORDS_MAX; i++) {
        if (take_word(&text, "bench=timer"))
            info->is_bench = info->is_bench_timer = true;
        else if (take_word(&text, "bench=joint"))
            info->is_bench = info->is_bench_joint = true;
        else if (take_word(&text, "bench"))
            info->is_bench = true;
        else if (take_word(&text, "scrub=leave"))
            info->wants_leave = true;
        else if (take_start(&text, "selftest="))
            read_selftest(&text, info);
        while (*text != ' ' && *text != '\0')
            text++;
        while (*text == ' ')
            text++;
    }
}

/* The run that the image lies in, and then whatever the firmware has taken from that run's end. */
static const char *read_memory(const struct loader_facts *facts, struct boot_info *info)
{
    uint64_t image = (uintptr_t)image_start;

    for (uint32_t i = 0; i < facts->entry_count; i++) {
        const uint8_t *entry = facts->entries + (size_t)i * facts->entry_bytes;
        uint64_t base = load_le64(entry);
        uint64_t end = base + load_le64(entry + 8);

        if (load_le32(entry + 16) != MEMORY_USABLE)
            continue;
        if (end < base || end > platform.ram_limit) {
            info->ram_end = image_bundle_end(); /* the rest has never seen us */
            return "more-ram-than-3-GiB";
        }
        if (base <= image && end > image)
            info->pool_end = end & ~(uint64_t)0xFFF;
        if (end > info->ram_end)
            info->ram_end = end;
    }
    for (uint32_t i = 0; i < facts->entry_count; i++) {
        const uint8_t *entry = facts->entries + (size_t)i * facts->entry_bytes;
        uint64_t base = load_le64(entry);
        uint64_t end = base + load_le64(entry + 8);

        if (base <= info->ram_end && end > info->ram_end && end <= platform.ram_limit)
            info->ram_end = end;
    }
    if (info->pool_end < image_bundle_end())
        return "no-memory-map";
    return NULL;
}

const char *boot_info_read(uint32_t magic, uint32_t information, struct boot_info *out_info)
{
    const uint8_t *start = at_physical(information);
    struct loader_facts facts = {0};

    *out_info = (struct boot_info){.ram_end = image_bundle_end()};
    bool is_read = magic == MULTIBOOT2_MAGIC       ? read_multiboot2(start, &facts)
                   : load_le32(start) == PVH_MAGIC ? read_pvh(start, &facts)
                                                   : false;
    if (!is_read)
        return "unknown-loader";
    read_words(facts.words, out_info);
    return read_memory(&facts, out_info);
}
