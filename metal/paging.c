/*
 * metal/paging.c: page tables. See paging.h for the rules.
 *
 * Table pages come from one run of pages in the image's zeroed memory: the kernel's from its front,
 * the cell's behind them, the boot tables at its end until paging_seal. A table is edited where it
 * lies (identity); (2) holds because the run itself is mapped read-only and CR0.WP is cleared only
 * inside of tables_open and tables_close.
 */
#include "metal/paging.h"

#include "aether/abi/cell.h"
#include "metal/cpu.h"
#include "metal/image.h"

#define ENTRY_PRESENT    (1ull << 0)
#define ENTRY_WRITABLE   (1ull << 1)
#define ENTRY_USER       (1ull << 2)
#define ENTRY_UNCACHED   (3ull << 3)
#define ENTRY_ACCESSED   (1ull << 5)
#define ENTRY_DIRTY      (1ull << 6)
#define ENTRY_NO_EXECUTE (1ull << 63)
#define ENTRY_ADDRESS    0x000FFFFFFFFFF000ull

#define CR0_WP (1ull << 16)

#define TABLE_ENTRIES 512u
#define LEVEL_TOP     3

/* Accessed and dirty from the start: the processor has nothing to write into a table. */
static const uint64_t access_bits[] = {
    [PAGE_READ] = ENTRY_NO_EXECUTE,
    [PAGE_WRITE] = ENTRY_NO_EXECUTE | ENTRY_WRITABLE,
    [PAGE_EXECUTE] = 0,
    [PAGE_DEVICE] = ENTRY_NO_EXECUTE | ENTRY_WRITABLE | ENTRY_UNCACHED,
    [PAGE_USER_READ] = ENTRY_NO_EXECUTE | ENTRY_USER,
    [PAGE_USER_WRITE] = ENTRY_NO_EXECUTE | ENTRY_USER | ENTRY_WRITABLE,
    [PAGE_USER_EXECUTE] = ENTRY_USER,
};

struct table {
    uint64_t entries[TABLE_ENTRIES];
};

static struct {
    struct table *root;
    uint32_t kernel_count; /* table pages from the front that the kernel has */
    uint32_t count;        /* ... and the cell behind them */
    uint32_t limit;
    bool is_sealed;
} paging;

static struct table *table_at(uint32_t index)
{
    return (struct table *)(void *)tables_start + index;
}

static void tables_open(void)
{
    if (paging.is_sealed)
        cpu_set_cr0(cpu_cr0() & ~CR0_WP);
}

static void tables_close(void)
{
    if (!paging.is_sealed)
        return;
    cpu_set_cr0(cpu_cr0() | CR0_WP);
    cpu_set_cr3((uintptr_t)paging.root);
}

static bool is_cell_address(uint64_t address)
{
    return address >= CELL_AREA_BASE && address < CELL_AREA_END;
}

/* A device that is mapped after the cell's tables were begun would be dropped with them; there is
 * none: devices are mapped at boot. */
static struct table *new_table(bool is_cell)
{
    if (paging.count == paging.limit)
        return NULL;
    struct table *table = table_at(paging.count++);
    if (!is_cell) {
        ASSERT(paging.kernel_count + 1 == paging.count);
        paging.kernel_count = paging.count;
    }
    return table;
}

/* The last table on the way to `address`, made where missing; NULL: no table page left. */
static struct table *last_table(uint64_t address)
{
    struct table *table = paging.root;

    for (unsigned level = LEVEL_TOP; level > 0; level--) {
        uint64_t *entry = &table->entries[address >> (12 + 9 * level) & (TABLE_ENTRIES - 1)];

        if ((*entry & ENTRY_PRESENT) == 0) {
            struct table *next = new_table(is_cell_address(address));

            if (next == NULL)
                return NULL;
            *entry = (uintptr_t)next | ENTRY_PRESENT | ENTRY_WRITABLE | ENTRY_ACCESSED |
                     (is_cell_address(address) || level == LEVEL_TOP ? ENTRY_USER : 0);
        }
        table = (struct table *)(uintptr_t)(*entry & ENTRY_ADDRESS);
    }
    return table;
}

static bool set_range(uint64_t address, uint64_t pages, uint64_t value)
{
    struct table *table = NULL;

    for (uint64_t i = 0; i < pages; i++, address += PAGE_BYTES, value += PAGE_BYTES) {
        uint64_t slot = address >> 12 & (TABLE_ENTRIES - 1);

        if (table == NULL || slot == 0)
            table = last_table(address);
        if (table == NULL)
            return false;
        table->entries[slot] = value;
    }
    return true;
}

bool paging_map(uint64_t address, uint64_t physical, uint64_t pages, enum page_access access)
{
    uint64_t value = physical | access_bits[access] | ENTRY_PRESENT | ENTRY_ACCESSED | ENTRY_DIRTY;

    ASSERT(access < PAGE_USER_READ || is_cell_address(address)); /* (3) */
    tables_open();
    bool is_mapped = set_range(address, pages, value);
    tables_close();
    return is_mapped;
}

volatile void *map_device(uint64_t physical, uint32_t len)
{
    uint64_t first = physical & ~(uint64_t)(PAGE_BYTES - 1);
    uint64_t pages = (physical - first + len + PAGE_BYTES - 1) / PAGE_BYTES;
    bool is_mapped = paging_map(first, first, pages, PAGE_DEVICE);

    ASSERT(is_mapped && !is_cell_address(physical));
    return (volatile void *)(uintptr_t)physical;
}

void paging_drop_cell(void)
{
    struct table *directories =
        (struct table *)(uintptr_t)(paging.root->entries[0] & ENTRY_ADDRESS);

    tables_open();
    directories->entries[CELL_AREA_BASE >> 30] = 0;
    for (uint32_t i = paging.kernel_count; i < paging.count; i++)
        memory_wipe(table_at(i), sizeof(struct table));
    paging.count = paging.kernel_count;
    tables_close();
}

static void map_range(const uint8_t *start, const uint8_t *end, enum page_access access)
{
    uint64_t first = (uintptr_t)start & ~(uint64_t)(PAGE_BYTES - 1);
    uint64_t pages = ((uintptr_t)end - first + PAGE_BYTES - 1) / PAGE_BYTES;
    bool is_mapped = paging_map(first, first, pages, access);

    ASSERT(is_mapped);
}

static void map_stacks(void)
{
    map_range(stack_bottom, stack_top, PAGE_WRITE);
    for (uint32_t i = 0; i < IST_COUNT; i++) {
        uint8_t *bottom = stack_top + (size_t)i * (GUARD_BYTES + IST_STACK_BYTES) + GUARD_BYTES;

        map_range(bottom, bottom + IST_STACK_BYTES, PAGE_WRITE);
    }
}

void paging_seal(void)
{
    paging.root = table_at(0);
    paging.count = 1;
    paging.kernel_count = 1;
    paging.limit = TABLE_COUNT - BOOT_TABLE_COUNT;
    map_range(image_start, text_end, PAGE_EXECUTE);
    map_range(text_end, image_end, PAGE_READ);
    map_range(locked_start, locked_end, PAGE_READ);
    map_range(state_start, state_end, PAGE_WRITE);
    map_range(tables_start, tables_end, PAGE_READ);
    map_range(bundle_head, (const uint8_t *)image_bundle_end(), PAGE_READ);
    map_stacks();
    /* The directory of the cell is made of its own tables, one level below this entry. */
    cpu_set_cr3((uintptr_t)paging.root);
    paging.is_sealed = true;
    tables_open();
    memory_wipe(table_at(paging.limit), BOOT_TABLE_COUNT * sizeof(struct table));
    tables_close();
    paging.limit = TABLE_COUNT;
}
