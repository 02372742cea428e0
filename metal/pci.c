/*
 * metal/pci.c: configuration mechanism 1, BAR sizing and moving, the capability list.
 *
 * A machine without PCI (microvm) answers all ones to every port read: nothing is found there.
 * Invariant: (1) memory decoding is off while a BAR holds anything but its final address.
 * Not here: bridges' windows. All supported machines have the board on bus 0.
 */
#include "metal/pci.h"

#include "metal/port.h"

#define CONFIG_ADDRESS 0xCF8
#define CONFIG_DATA    0xCFC
#define CONFIG_ENABLE  0x80000000u

#define FUNCTION_COUNT          0x10000u /* 256 buses, 32 devices, 8 functions */
#define BAR_FIRST               0x10u
#define CAPABILITY_POINTER      0x34
#define STATUS_HAS_CAPABILITIES (1u << 20)
#define CAPABILITY_MAX          48 /* as many as fit: a loop in the list ends, too */

uint32_t pci_read(struct pci_device device, uint8_t offset)
{
    port_out32(CONFIG_ADDRESS, CONFIG_ENABLE | device.address | (offset & 0xFCu));
    return port_in32(CONFIG_DATA);
}

void pci_write(struct pci_device device, uint8_t offset, uint32_t value)
{
    port_out32(CONFIG_ADDRESS, CONFIG_ENABLE | device.address | (offset & 0xFCu));
    port_out32(CONFIG_DATA, value);
}

void pci_set_command(struct pci_device device, uint32_t command)
{
    pci_write(device, PCI_COMMAND, command & 0xFFFFu);
}

bool pci_find(uint16_t vendor, uint16_t device, struct pci_device *out_device)
{
    uint32_t wanted = (uint32_t)device << 16 | vendor;

    for (uint32_t function = 0; function < FUNCTION_COUNT; function++) {
        struct pci_device candidate = {function << 8};

        if (pci_read(candidate, 0) == wanted) {
            *out_device = candidate;
            return true;
        }
    }
    return false;
}

uint8_t pci_find_capability(struct pci_device device, uint8_t id)
{
    if ((pci_read(device, PCI_COMMAND) & STATUS_HAS_CAPABILITIES) == 0)
        return 0;

    uint8_t offset = pci_read(device, CAPABILITY_POINTER) & 0xFCu;

    for (int i = 0; i < CAPABILITY_MAX && offset != 0; i++) {
        uint32_t header = pci_read(device, offset);

        if ((header & 0xFFu) == id)
            return offset;
        offset = (uint8_t)(header >> 8) & 0xFCu;
    }
    return 0;
}

static uint8_t bar_offset(uint8_t index)
{
    return (uint8_t)(BAR_FIRST + 4u * index);
}

bool pci_bar_probe(struct pci_device device, uint8_t index, struct pci_bar *out_bar)
{
    uint8_t offset = bar_offset(index);
    uint32_t low = pci_read(device, offset);
    bool is_io = (low & 1) != 0;
    bool is_64bit = (low & 6u) == 4;

    if (index > 5 || is_io || (is_64bit && index == 5))
        return false;

    uint32_t command = pci_read(device, PCI_COMMAND);
    uint32_t high = is_64bit ? pci_read(device, (uint8_t)(offset + 4)) : 0;
    uint32_t high_mask = UINT32_MAX;

    pci_set_command(device, command & ~(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)); /* (1) */
    pci_write(device, offset, UINT32_MAX);
    uint32_t low_mask = pci_read(device, offset) & ~0xFu;
    pci_write(device, offset, low);
    if (is_64bit) {
        pci_write(device, (uint8_t)(offset + 4), UINT32_MAX);
        high_mask = pci_read(device, (uint8_t)(offset + 4));
        pci_write(device, (uint8_t)(offset + 4), high);
    }
    pci_set_command(device, command);

    if (low_mask == 0)
        return false;
    *out_bar = (struct pci_bar){
        .base = (uint64_t)high << 32 | (low & ~0xFu),
        .bytes = ~((uint64_t)high_mask << 32 | low_mask) + 1,
        .index = index,
        .is_64bit = is_64bit,
    };
    return true;
}

bool pci_bar_move(struct pci_device device, struct pci_bar *bar, uint64_t base)
{
    uint8_t offset = bar_offset(bar->index);

    if (base % bar->bytes != 0 || (!bar->is_64bit && base > UINT32_MAX))
        return false;
    pci_write(device, offset, (uint32_t)base);
    if (bar->is_64bit)
        pci_write(device, (uint8_t)(offset + 4), (uint32_t)(base >> 32));
    if ((pci_read(device, offset) & ~0xFu) != (uint32_t)base)
        return false;
    bar->base = base;
    return true;
}
