/*
 * metal/map.h: the cell's address space: built fresh for one cycle, from memory that is zero.
 *
 * Invariants:
 *   (1) Memory of the pool is zero whenever no cell is there: pool_open zeroes it, space_wipe does.
 *   (2) The kernel writes to the cell's memory only while ring 3 can not reach it (space_build,
 *       before the final access is set; space_wipe, after it was taken away), and to the gate and
 *       transfer areas between cpu_user_open and cpu_user_close.
 *   (3) What is not an area of aether/abi/cell.h is not mapped: guards are what lies between.
 */
#ifndef AETHER_METAL_MAP_H
#define AETHER_METAL_MAP_H

#include "core/base/bytes.h"

/* All RAM between the image and the end of its run. Zeroed, as far as a cell could ever use it.
 * Works on the boot map, so before paging_seal. */
void pool_open(uint64_t end);

struct space_setup {
    struct bytes cell;    /* the cell program, an ELF file of our own */
    struct bytes payload; /* copied */
    uint64_t arena_bytes; /* multiples of a page */
    uint64_t memory_bytes;
};

/* Builds the space; then CELL_PAYLOAD and the transfer area may be read and filled by the kernel
 * until space_grant. False: the machine has too little memory for it; space_wipe cleans up. */
bool MUST_CHECK space_build(const struct space_setup *setup);
/* Gives it to ring 3: every page its final access, none of them the kernel's any more. */
void space_grant(void);
/* Where the cell program starts. */
uint64_t space_entry(void);
/* Is this in the cell's text? */
bool space_is_text(uint64_t address);
/* For the control run of the scan from outside: fills the arena's last page with SPACE_PATTERN. */
#define SPACE_PATTERN "AETHER RESIDUE! "
void space_plant(void);
/* Zeroes all of it and takes it away. Of nothing: nothing. */
void space_wipe(void);

#endif
