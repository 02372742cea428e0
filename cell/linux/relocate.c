/*
 * cell/linux/relocate.c: a static program at an address of the kernel's choosing relocates itself.
 *
 * The linker leaves relative relocations alone (packed, DT_RELR; a few as DT_RELA); afterwards the
 * pages that only relocations write become read-only. Invariant: no pointer that the linker filled
 * in is read before it was relocated; addresses here are relative to the instruction.
 */
#include <elf.h>

#include <linux/mman.h>

#include "cell/linux/linux.h"
#include "cell/linux/syscall.h"

extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));
extern const Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));

static void apply_packed(uintptr_t base, const uint64_t *packed, size_t count)
{
    uint64_t *where = NULL;
    for (size_t i = 0; i < count; i++) {
        if ((packed[i] & 1) == 0) {
            where = (uint64_t *)(base + packed[i]); /* NOLINT(performance-no-int-to-ptr) */
            *where++ += base;
            continue;
        }
        if (where == NULL)
            __builtin_trap();
        for (unsigned bit = 1; bit < 64; bit++)
            if ((packed[i] >> bit & 1) != 0)
                where[bit - 1] += base;
        where += 63;
    }
}

static void apply_listed(uintptr_t base, const Elf64_Rela *listed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t *where = (uint64_t *)(base + listed[i].r_offset); /* NOLINT */
        if (ELF64_R_TYPE(listed[i].r_info) != R_X86_64_RELATIVE)
            __builtin_trap();
        *where = base + (uint64_t)listed[i].r_addend;
    }
}

/* The pages that relocations write, and nothing else does. */
static void find_pages(uintptr_t base, long *out_first, long *out_len)
{
    const Elf64_Phdr *header = (const Elf64_Phdr *)(base + __ehdr_start.e_phoff); /* NOLINT */
    for (unsigned i = 0; i < __ehdr_start.e_phnum; i++)
        if (header[i].p_type == PT_GNU_RELRO) {
            uintptr_t first = (base + header[i].p_vaddr) & ~(uintptr_t)0xFFF;
            uintptr_t end = (base + header[i].p_vaddr + header[i].p_memsz) & ~(uintptr_t)0xFFF;
            *out_first = (long)first;
            *out_len = (long)(end - first);
        }
}

void cell_linux_relocate(void)
{
    const uintptr_t base = (uintptr_t)&__ehdr_start;
    uint64_t values[38] = {0};
    for (const Elf64_Dyn *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++)
        if ((uint64_t)entry->d_tag < ARRAY_LEN(values))
            values[entry->d_tag] = entry->d_un.d_val;
    long first = 0, len = 0;
    find_pages(base, &first, &len);
    /* All at once is cheaper than a fault each; an older kernel does not know how. */
    (void)syscall3(__NR_madvise, first, len, MADV_POPULATE_WRITE);
    if (values[DT_RELR] != 0)
        apply_packed(base, (const uint64_t *)(base + values[DT_RELR]), /* NOLINT */
                     values[DT_RELRSZ] / sizeof(uint64_t));
    if (values[DT_RELA] != 0)
        apply_listed(base, (const Elf64_Rela *)(base + values[DT_RELA]), /* NOLINT */
                     values[DT_RELASZ] / sizeof(Elf64_Rela));
    (void)syscall3(__NR_mprotect, first, len, PROT_READ);
}
