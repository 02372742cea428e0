/*
 * metal/image.h: places in the image, set by metal.ld. Arrays, so that a name is its address.
 */
#ifndef AETHER_METAL_IMAGE_H
#define AETHER_METAL_IMAGE_H

#include "aether/abi/cell.h"
#include "core/base/bytes.h"
#include "metal/layout.h"

/* Read-only from its first instruction: [image_start, image_end) is what the image hash covers. */
extern const uint8_t image_start[];
extern const uint8_t text_end[];
extern const uint8_t image_end[];
extern const uint8_t scrub_page[];

/* The ring-3 program (an ELF file) and the keyring are part of the image, the bundle is not. */
extern const uint8_t cell_start[];
extern const uint8_t cell_end[];
extern const uint8_t keyring_start[];
extern const uint8_t keyring_end[];

/* The bundle's segment: two words, of which the first is the address of its end, then the bundle.
 * Text may not know that end, or the image hash would depend on the payload's length. */
extern const uint8_t bundle_head[];
extern const uint8_t bundle_start[];
#define BUNDLE_BYTES_MAX (CELL_PAYLOAD_MAX + 0x10000u)

/* Zero when the image starts. */
extern uint8_t locked_start[]; /* GDT, IDT, TSS: read-only once paging is sealed */
extern uint8_t locked_end[];
extern uint8_t state_start[];
extern uint8_t state_end[];
extern uint8_t tables_start[];
extern uint8_t tables_end[];

/* From low to high: guard page, stack. The guards are not mapped. */
extern uint8_t stacks_start[];
extern uint8_t stacks_end[];
extern uint8_t stack_bottom[];
extern uint8_t stack_top[];

ALWAYS_INLINE struct bytes image_range(const uint8_t *start, const uint8_t *end)
{
    return bytes_of(start, (size_t)((uintptr_t)end - (uintptr_t)start));
}

/* Address of the first byte behind the bundle; a head that can not be is an empty bundle. */
ALWAYS_INLINE uintptr_t image_bundle_end(void)
{
    uint64_t end = load_le64(bundle_head);
    uintptr_t start = (uintptr_t)bundle_start;

    return end >= start && end - start <= BUNDLE_BYTES_MAX ? (uintptr_t)end : start;
}

ALWAYS_INLINE struct bytes image_bundle(void)
{
    return bytes_of(bundle_start, image_bundle_end() - (uintptr_t)bundle_start);
}

#endif
