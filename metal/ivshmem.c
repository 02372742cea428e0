/*
 * metal/ivshmem.c: brings the ivshmem-doorbell device up and down.
 *
 * QEMU docs/specs/ivshmem-spec.txt. Under PVH the firmware has placed the BARs already; a BAR that
 * it left at 0 is put below the I/O APIC, where pc and q35 decode PCI and have nothing else.
 * Invariants:
 *   (1) The shared memory is 4 KiB to 1 MiB: more would not fit between local APIC and ROM.
 *   (2) An MSI-X entry is masked while it is written.
 */
#include "metal/ivshmem.h"

#include "metal/paging.h"

#define IVSHMEM_VENDOR 0x1AF4
#define IVSHMEM_DEVICE 0x1110

#define REGISTERS_BAR      0
#define MEMORY_BAR         2
#define REGISTERS_BYTES    0x100u
#define REGISTERS_FALLBACK 0xFEB80000u
#define VECTORS_FALLBACK   0xFEB90000u
#define MEMORY_MIN         0x1000u
#define MEMORY_MAX         0x100000u

#define DOORBELL_INDEX (12 / 4)

#define MSIX_ENABLE      0x80000000u
#define MSIX_ENTRY_WORDS 4
#define MSIX_MASKED      1u
#define MSIX_ADDRESS     0xFEE00000u /* local APIC 0, physical mode, fixed delivery */

/* Size and place of a small BAR; one that the firmware left at 0 goes to `fallback`. */
static bool place_small_bar(struct pci_device device, uint8_t index, uint32_t fallback,
                            struct pci_bar *out_bar)
{
    struct pci_bar bar;

    if (!pci_bar_probe(device, index, &bar) || bar.bytes > PAGE_BYTES)
        return false;
    if (bar.base == 0 && !pci_bar_move(device, &bar, fallback))
        return false;
    *out_bar = bar;
    return true;
}

/* Where the MSI-X table is: BAR index and offset, both read from the capability. */
static bool place_vectors(struct pci_device device, uint8_t msix, struct pci_bar *out_bar,
                          uint32_t *out_offset)
{
    uint32_t entries = (pci_read(device, msix) >> 16 & 0x7FFu) + 1;
    uint32_t table = pci_read(device, (uint8_t)(msix + 4));
    uint32_t offset = table & ~7u;

    if (entries < 2 || offset > PAGE_BYTES - 2 * 4 * MSIX_ENTRY_WORDS)
        return false;
    *out_offset = offset;
    return place_small_bar(device, table & 7u, VECTORS_FALLBACK, out_bar);
}

bool ivshmem_open(struct ivshmem *device, uint64_t window, uint32_t window_bytes)
{
    struct pci_device pci;
    struct pci_bar registers;
    struct pci_bar vectors;
    struct pci_bar memory;
    uint32_t vectors_offset;

    if (!pci_find(IVSHMEM_VENDOR, IVSHMEM_DEVICE, &pci))
        return false;

    uint8_t msix = pci_find_capability(pci, PCI_CAPABILITY_MSIX);

    pci_set_command(pci, 0);
    if (msix == 0 || !place_small_bar(pci, REGISTERS_BAR, REGISTERS_FALLBACK, &registers) ||
        !place_vectors(pci, msix, &vectors, &vectors_offset) ||
        !pci_bar_probe(pci, MEMORY_BAR, &memory) || memory.bytes < MEMORY_MIN ||
        memory.bytes > MEMORY_MAX || memory.bytes < window_bytes || /* (1) */
        !pci_bar_move(pci, &memory, window))
        return false;
    pci_set_command(pci, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_NO_INTX);

    volatile uint8_t *table = map_device(vectors.base, vectors_offset + 8 * MSIX_ENTRY_WORDS);

    device->device = pci;
    device->msix = msix;
    device->registers = map_device(registers.base, REGISTERS_BYTES);
    device->vectors = (volatile uint32_t *)(table + vectors_offset);
    device->memory = map_device(memory.base, window_bytes);
    return true;
}

void ivshmem_route(const struct ivshmem *device, uint8_t first_vector, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        volatile uint32_t *entry = device->vectors + (size_t)i * MSIX_ENTRY_WORDS;

        entry[3] = MSIX_MASKED; /* (2) */
        entry[0] = MSIX_ADDRESS;
        entry[1] = 0;
        entry[2] = first_vector + i;
        entry[3] = 0;
    }
    pci_write(device->device, device->msix, pci_read(device->device, device->msix) | MSIX_ENABLE);
}

void ivshmem_ring(const struct ivshmem *device, uint16_t peer, uint16_t vector)
{
    device->registers[DOORBELL_INDEX] = (uint32_t)peer << 16 | vector;
}

void ivshmem_close(const struct ivshmem *device)
{
    uint32_t control = pci_read(device->device, device->msix);

    pci_write(device->device, device->msix, control & ~MSIX_ENABLE);
    pci_set_command(device->device, PCI_COMMAND_MEMORY | PCI_COMMAND_NO_INTX);
}
