/*
 * metal/platform.c: QEMU's pc, q35 and microvm.
 */
#include "metal/platform.h"

const struct platform platform = {
    .serial_port = 0x3F8,
    .timer_ticks_per_us = 1000,
    .ram_limit = 0xC0000000,
    .low_end = 0x100000,
    .hole_start = 0xA0000,
};
