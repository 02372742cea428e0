/*
 * metal/paging.h: the kernel's own address space, and changes to it.
 *
 * One set of tables, for ring 0 and the cell; 4 KiB pages only. The kernel is mapped where it lies
 * (identity), devices likewise; CELL_AREA_BASE .. CELL_AREA_END belongs to the cell (map.h).
 * Nothing else is mapped: not page 0, not RAM that nobody owns.
 *
 * Invariants:
 *   (1) No page is writable and executable at once, in either ring.
 *   (2) Once paging_seal was called, table pages are read-only; they change only between
 *       tables_open and tables_close, with interrupts off.
 *   (3) A page of the kernel never has the user bit, a page of the cell's final map always has.
 */
#ifndef AETHER_METAL_PAGING_H
#define AETHER_METAL_PAGING_H

#include "core/base/compiler.h"

#define PAGE_BYTES 4096u

enum page_access {
    PAGE_READ,
    PAGE_WRITE,
    PAGE_EXECUTE,
    PAGE_DEVICE,    /* read, write, uncached */
    PAGE_USER_READ, /* from here on: ring 3 as well */
    PAGE_USER_WRITE,
    PAGE_USER_EXECUTE,
};

/* Builds the final tables and switches to them. The boot tables are gone afterwards. */
void paging_seal(void);

/* Maps `len` bytes of device registers at their own physical address: uncached, ring 0 only.
 * Before or after paging_seal; a bug of ours (ASSERT) when the table pages run out. */
volatile void *map_device(uint64_t physical, uint32_t len);

/* Maps `pages` pages at `address` onto `physical`, replacing what was there. False: no table page
 * is left; what was mapped until then stays. */
bool MUST_CHECK paging_map(uint64_t address, uint64_t physical, uint64_t pages,
                           enum page_access access);
/* Takes the cell's half of the tables away and zeroes their pages. */
void paging_drop_cell(void);

#endif
