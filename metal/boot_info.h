/*
 * metal/boot_info.h: what the loader tells: command line and memory map, from either door.
 */
#ifndef AETHER_METAL_BOOT_INFO_H
#define AETHER_METAL_BOOT_INFO_H

#include "metal/selftest.h"

struct boot_info {
    bool is_bench;          /* word `bench`, or one of the two that follow */
    bool is_bench_timer;    /* `bench=timer`: the APIC timer wakes, not an interrupt to ourselves */
    bool is_bench_joint;    /* `bench=joint`: vector 0x21 instead of 0x20 */
    bool wants_leave;       /* `scrub=leave`: only an image for bench use listens */
    enum selftest selftest; /* `selftest=...`: likewise */
    uint64_t pool_end;      /* end of the usable run of RAM that the image lies in */
    uint64_t ram_end;       /* end of all RAM below the devices, firmware's part included */
};

/* Reads the loader's structures once; they may be overwritten afterwards. NULL: all is well; else
 * what is not, in words. `out_info` has a ram_end that the scrub can use in any case. */
const char *boot_info_read(uint32_t magic, uint32_t information, struct boot_info *out_info);

#endif
