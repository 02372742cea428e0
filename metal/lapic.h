/*
 * metal/lapic.h: the local APIC: sensor vectors in, one timer.
 *
 * Everything else is masked: the two legacy PICs, all local vector entries but the machine's NMI.
 */
#ifndef AETHER_METAL_LAPIC_H
#define AETHER_METAL_LAPIC_H

#include "core/base/compiler.h"

/* Maps and enables it. False: it is not where all our machines have it. */
bool MUST_CHECK lapic_open(void);

/* Sensors wait (their requests stay latched in the APIC) until lapic_admit_sensors. */
void lapic_hold_sensors(void);
void lapic_admit_sensors(void);

/* Bit 0: vector 0x20 waits; bit 1: vector 0x21. None before lapic_open. */
uint32_t lapic_waiting_sensors(void);

/* Raises `vector` at ourselves, as a device would. */
void lapic_raise(uint8_t vector);

/* One-shot: `vector` after so many timer ticks (at most UINT32_MAX). */
void lapic_arm(uint8_t vector, uint32_t ticks);
/* The execution deadline, VECTOR_DEADLINE after `ns`; any length. */
void lapic_arm_deadline(uint64_t ns);
void lapic_disarm(void);

/* Off: nothing wakes a machine that has ended. */
void lapic_close(void);

#endif
