/*
 * metal/ivshmem.h: the ivshmem-doorbell device (1af4:1110) as carrier of the register window.
 *
 * BAR0 has the doorbell, BAR2 is memory that the board shares, MSI-X entries 0 and 1 are the two
 * wake interrupts.
 */
#ifndef AETHER_METAL_IVSHMEM_H
#define AETHER_METAL_IVSHMEM_H

#include "core/base/compiler.h"
#include "metal/pci.h"

struct ivshmem {
    struct pci_device device;
    volatile uint32_t *registers; /* BAR0 */
    volatile uint32_t *vectors;   /* MSI-X table */
    volatile uint8_t *memory;     /* BAR2, `window_bytes` of it */
    uint8_t msix;                 /* the capability's offset */
};

/* Finds the device, puts its shared memory at physical `window` and maps `window_bytes` of it. Its
 * interrupts stay off. False: not there, not usable (no MSI-X, memory of a wrong size, no place).
 */
bool MUST_CHECK ivshmem_open(struct ivshmem *device, uint64_t window, uint32_t window_bytes);

/* MSI-X entry i raises vector first + i, for `count` entries. */
void ivshmem_route(const struct ivshmem *device, uint8_t first_vector, uint32_t count);

/* Raises vector `vector` of peer `peer`. */
void ivshmem_ring(const struct ivshmem *device, uint16_t peer, uint16_t vector);

/* Interrupts off, bus mastership away. The device can not write to memory any more. */
void ivshmem_close(const struct ivshmem *device);

#endif
