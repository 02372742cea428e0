/*
 * metal/bench.h: the image as its own test bench: no board, inputs injected, wakes raised by
 * itself.
 */
#ifndef AETHER_METAL_BENCH_H
#define AETHER_METAL_BENCH_H

#include "metal/boot_info.h"

/* Binds a page of our own as the register window and injects the oxygen drop (0.12 atm, 1250). */
void bench_open(const struct boot_info *info);
/* Before each sleep: raises the vector, or arms the timer that will. */
void bench_arm(void);
/* After each cycle: keeps how long it took. */
void bench_measure(void);
/* At the end: prints what `bench=timer` measured. */
void bench_report(void);

#endif
