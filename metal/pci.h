/*
 * metal/pci.h: PCI configuration space by ports 0xCF8 and 0xCFC, as far as one device needs it.
 */
#ifndef AETHER_METAL_PCI_H
#define AETHER_METAL_PCI_H

#include "core/base/compiler.h"

#define PCI_COMMAND         0x04
#define PCI_COMMAND_MEMORY  0x002u
#define PCI_COMMAND_MASTER  0x004u
#define PCI_COMMAND_NO_INTX 0x400u

#define PCI_CAPABILITY_MSIX 0x11

/* Bus, device and function as they stand in the address register. */
struct pci_device {
    uint32_t address;
};

/* A memory BAR: its index, where it is, how long. */
struct pci_bar {
    uint64_t base;
    uint64_t bytes;
    uint8_t index;
    bool is_64bit;
};

/* First function with these ids, on any bus. False on a machine without PCI, too. */
bool MUST_CHECK pci_find(uint16_t vendor, uint16_t device, struct pci_device *out_device);

uint32_t pci_read(struct pci_device device, uint8_t offset);
void pci_write(struct pci_device device, uint8_t offset, uint32_t value);
/* Writes the command register; the write-one-to-clear status bits beside it stay as they are. */
void pci_set_command(struct pci_device device, uint32_t command);

/* Offset of a capability in configuration space, or 0. */
uint8_t pci_find_capability(struct pci_device device, uint8_t id);

/* Sizes a memory BAR; decoding is off meanwhile. False for an I/O BAR or one that is not there. */
bool MUST_CHECK pci_bar_probe(struct pci_device device, uint8_t index, struct pci_bar *out_bar);
/* Moves a BAR; false if it did not go there. Decoding must be off. */
bool MUST_CHECK pci_bar_move(struct pci_device device, struct pci_bar *bar, uint64_t base);

#endif
