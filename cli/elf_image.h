/*
 * cli/elf_image.h: the image hash of an ELF64 file.
 *
 * Hashed are the loadable segments that are executable or not writable, in the order of their
 * addresses, each with zeros to the end of its last page: what the kernel hashes in memory between
 * image_start and image_end. Left out: writable data, and the segment of the bundle
 * (its p_flags have ELF_IMAGE_BUNDLE_FLAG). The segments must be page-aligned and touch each other.
 */
#ifndef AETHER_CLI_ELF_IMAGE_H
#define AETHER_CLI_ELF_IMAGE_H

#include "core/base/report.h"

#define ELF_IMAGE_BUNDLE_FLAG  0x00100000u
#define ELF_IMAGE_SEGMENTS_MAX 32u
#define ELF_IMAGE_BYTES_MAX    0x4000000u

struct elf_image {
    uint64_t start; /* virtual address of the first hashed byte */
    uint64_t end;   /* after the last one */
    uint8_t hash[32];
};

enum status MUST_CHECK elf_image_hash(struct bytes file, struct elf_image *out_image,
                                      struct report *report);

#endif
