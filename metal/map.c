/*
 * metal/map.c: the pool of physical pages, and the areas made of it. See map.h for the rules.
 *
 * Each area is one run of pages, taken from the pool in order, so the same setup gives the same
 * layout in every cycle. Pages of the pool have no kernel address of their own.
 */
#include "metal/map.h"

#include "aether/abi/cell.h"
#include "core/base/ckd.h"
#include "metal/image.h"
#include "metal/paging.h"

#define AREA_MAX 12u
/* More than any cell can use; what is beyond is never touched, so it need not be zeroed at boot. */
#define POOL_BYTES_MAX 0x1A000000ull

#define ELF_HEADER_BYTES  64u
#define ELF_PROGRAM_BYTES 56u
#define ELF_LOAD          1u
#define ELF_EXECUTE       1u
#define ELF_WRITE         2u
#define ELF_PROGRAMS_MAX  8u

struct area {
    uint64_t address;
    uint64_t physical;
    uint64_t pages;
    enum page_access access; /* the final one */
};

static struct {
    uint64_t next;
    uint64_t start;
    uint64_t end;
} pool;

static struct {
    struct area areas[AREA_MAX];
    uint32_t area_count;
    uint64_t entry;
} space;

static uint64_t page_count(uint64_t bytes)
{
    return bytes / PAGE_BYTES + (bytes % PAGE_BYTES != 0);
}

void pool_open(uint64_t end)
{
    pool.start = page_count(image_bundle_end()) * PAGE_BYTES;
    pool.end = end;
    if (pool.end - pool.start > POOL_BYTES_MAX)
        pool.end = pool.start + POOL_BYTES_MAX;
    pool.next = pool.start;
    memory_wipe((void *)(uintptr_t)pool.start, pool.end - pool.start); /* (1) */
}

/* Maps a new area for the kernel to fill. */
static bool add_area(uint64_t address, uint64_t bytes, enum page_access access)
{
    uint64_t pages = page_count(bytes);

    ASSERT(space.area_count < AREA_MAX && address % PAGE_BYTES == 0);
    if (pages == 0)
        return true;
    if (pages > (pool.end - pool.next) / PAGE_BYTES)
        return false;
    space.areas[space.area_count++] = (struct area){address, pool.next, pages, access};
    bool is_mapped = paging_map(address, pool.next, pages, PAGE_WRITE);
    pool.next += pages * PAGE_BYTES;
    return is_mapped;
}

static enum page_access segment_access(uint32_t flags)
{
    if ((flags & ELF_EXECUTE) != 0)
        return PAGE_USER_EXECUTE;
    return (flags & ELF_WRITE) != 0 ? PAGE_USER_WRITE : PAGE_USER_READ;
}

/* The cell's ELF is part of the image and covered by its hash: broken means that we are. */
static bool add_segment(struct bytes elf, const uint8_t *header)
{
    uint32_t flags = load_le32(header + 4);
    uint64_t offset = load_le64(header + 8);
    uint64_t address = load_le64(header + 16);
    uint64_t in_file = load_le64(header + 32);
    uint64_t in_memory = load_le64(header + 40);
    uint64_t end;

    if (load_le32(header) != ELF_LOAD || in_memory == 0)
        return true;
    ASSERT((flags & (ELF_EXECUTE | ELF_WRITE)) != (ELF_EXECUTE | ELF_WRITE));
    ASSERT(offset <= elf.len && in_file <= elf.len - offset && in_file <= in_memory);
    ASSERT(!ckd_add(&end, address, in_memory) && address >= CELL_IMAGE_BASE &&
           end <= CELL_STACK_TOP - CELL_STACK_BYTES);
    uint64_t lead = address % PAGE_BYTES;
    if (!add_area(address - lead, in_memory + lead, segment_access(flags)))
        return false;
    memcpy((void *)(uintptr_t)address, elf.data + offset, in_file);
    return true;
}

static bool add_program(struct bytes elf)
{
    ASSERT(elf.len >= ELF_HEADER_BYTES && load_le32(elf.data) == 0x464C457F);
    uint64_t at = load_le64(elf.data + 32);
    uint32_t count = load_le16(elf.data + 56);

    ASSERT(count <= ELF_PROGRAMS_MAX && at <= elf.len &&
           count <= (elf.len - at) / ELF_PROGRAM_BYTES);
    space.entry = load_le64(elf.data + 24);
    for (uint32_t i = 0; i < count; i++)
        if (!add_segment(elf, elf.data + at + (size_t)i * ELF_PROGRAM_BYTES))
            return false;
    return true;
}

bool space_build(const struct space_setup *setup)
{
    ASSERT(setup->payload.len <= CELL_PAYLOAD_MAX && setup->memory_bytes <= CELL_MEMORY_MAX &&
           setup->arena_bytes <= CELL_MEMORY - CELL_ARENA - setup->memory_bytes);
    if (!add_program(setup->cell) ||
        !add_area(CELL_STACK_TOP - CELL_STACK_BYTES, CELL_STACK_BYTES, PAGE_USER_WRITE) ||
        !add_area(CELL_GATE_PAGE, PAGE_BYTES, PAGE_USER_WRITE) ||
        !add_area(CELL_TRANSFER, CELL_TRANSFER_BYTES, PAGE_USER_WRITE) ||
        !add_area(CELL_PAYLOAD, setup->payload.len, PAGE_USER_READ) ||
        !add_area(CELL_ARENA, setup->arena_bytes, PAGE_USER_WRITE) ||
        !add_area(CELL_MEMORY, setup->memory_bytes, PAGE_USER_WRITE))
        return false;
    memcpy((void *)CELL_PAYLOAD, setup->payload.data, setup->payload.len);
    return true;
}

static void set_access(const struct area *area, enum page_access access)
{
    bool is_mapped = paging_map(area->address, area->physical, area->pages, access);

    ASSERT(is_mapped); /* its tables are there */
}

void space_grant(void)
{
    for (uint32_t i = 0; i < space.area_count; i++)
        set_access(&space.areas[i], space.areas[i].access);
}

uint64_t space_entry(void)
{
    return space.entry;
}

bool space_is_text(uint64_t address)
{
    for (uint32_t i = 0; i < space.area_count; i++) {
        const struct area *area = &space.areas[i];

        if (area->access == PAGE_USER_EXECUTE && address >= area->address &&
            address - area->address < area->pages * PAGE_BYTES)
            return true;
    }
    return false;
}

void space_plant(void)
{
    static const char pattern[] = SPACE_PATTERN;

    for (uint32_t i = 0; i < space.area_count; i++) {
        const struct area *area = &space.areas[i];

        if (area->address != CELL_ARENA)
            continue;
        set_access(area, PAGE_WRITE);
        for (size_t at = 0; at < PAGE_BYTES; at += sizeof pattern - 1)
            memcpy((uint8_t *)CELL_ARENA + (area->pages - 1) * PAGE_BYTES + at, pattern,
                   sizeof pattern - 1);
    }
}

void space_wipe(void)
{
    for (uint32_t i = 0; i < space.area_count; i++) {
        const struct area *area = &space.areas[i];

        set_access(area, PAGE_WRITE);
        memory_wipe((void *)(uintptr_t)area->address, area->pages * PAGE_BYTES);
    }
    paging_drop_cell();
    memory_wipe(&space, sizeof space);
    pool.next = pool.start;
}
