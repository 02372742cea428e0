/*
 * metal/platform.h: what the code must know of a machine that no register tells. One table for all
 * machines so far; another machine is another table.
 */
#ifndef AETHER_METAL_PLATFORM_H
#define AETHER_METAL_PLATFORM_H

#include <stdint.h>

struct platform {
    uint16_t serial_port;
    /* Ticks a microsecond of the local APIC timer at divide 1. QEMU's bus clock is 1 GHz, exactly;
     * measuring it against the PIT would add noise and say the same. */
    uint32_t timer_ticks_per_us;
    /* RAM at and above this physical address is refused: the scrub works without paging, and the
     * devices of all machines we know are above. */
    uint64_t ram_limit;
    /* Below this, firmware and its data: neither used nor mapped; zeroed at the end up to... */
    uint64_t low_end;
    /* ...this, where the video and firmware hole starts. */
    uint64_t hole_start;
};

extern const struct platform platform;

#endif
