/*
 * metal/cpu.c: what the processor must have, and how it is set up.
 *
 * A protection that is missing is refused by name; we never run with less in silence.
 */
#include "metal/cpu.h"

#define CR0_PE (1u << 0)
#define CR0_MP (1u << 1)
#define CR0_ET (1u << 4)
#define CR0_NE (1u << 5)
#define CR0_WP (1u << 16)
#define CR0_AM (1u << 18)
#define CR0_PG (1u << 31)

#define CR4_TSD        (1u << 2)
#define CR4_PAE        (1u << 5)
#define CR4_MCE        (1u << 6)
#define CR4_OSFXSR     (1u << 9)
#define CR4_OSXMMEXCPT (1u << 10)
#define CR4_UMIP       (1u << 11)
#define CR4_SMEP       (1u << 20)
#define CR4_SMAP       (1u << 21)

#define MSR_EFER 0xC0000080u
#define EFER_SCE (1u << 0)
#define EFER_LME (1u << 8)
#define EFER_LMA (1u << 10)
#define EFER_NXE (1u << 11)

enum cpuid_register { EAX, EBX, ECX, EDX };

struct feature {
    const char *name;
    uint32_t leaf;
    enum cpuid_register where;
    uint8_t bit;
};

/* TSD comes with the time-stamp counter, WP with every processor that has long mode. */
static const struct feature wanted[] = {
    {"nx", 0x80000001, EDX, 20},
    {"smep", 7, EBX, 7},
    {"smap", 7, EBX, 20},
    {"umip", 7, ECX, 2},
    {"tsd", 1, EDX, 4},
    {"msr", 1, EDX, 5},
    {"mce", 1, EDX, 7},
    {"apic", 1, EDX, 9},
    {"fxsr", 1, EDX, 24},
    {"sse", 1, EDX, 25},
    {"sse2", 1, EDX, 26},
    {"ssse3", 1, ECX, 9},
    {"sse4.1", 1, ECX, 19},
    {"sse4.2", 1, ECX, 20},
    {"popcnt", 1, ECX, 23},
    {"cx16", 1, ECX, 13},
    {"syscall", 0x80000001, EDX, 11},
};

static void cpuid(uint32_t leaf, uint32_t out[static 4])
{
    __asm__ volatile("cpuid"
                     : "=a"(out[EAX]), "=b"(out[EBX]), "=c"(out[ECX]), "=d"(out[EDX])
                     : "a"(leaf), "c"(0));
}

/* A leaf above the highest answers for another one, so it is not asked. */
static bool has_feature(const struct feature *feature)
{
    uint32_t found[4];

    cpuid(feature->leaf & 0x80000000u, found);
    if (found[EAX] < feature->leaf)
        return false;
    cpuid(feature->leaf, found);
    return (found[feature->where] >> feature->bit & 1) != 0;
}

const char *cpu_missing(void)
{
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        if (!has_feature(&wanted[i]))
            return wanted[i].name;
    return NULL;
}

bool cpu_protect(void)
{
    const uint64_t cr0 = CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG;
    const uint64_t cr4 =
        CR4_TSD | CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_UMIP | CR4_SMEP | CR4_SMAP;
    const uint64_t efer = EFER_SCE | EFER_LME | EFER_NXE;

    cpu_msr_write(MSR_EFER, efer);
    cpu_set_cr0(cr0);
    cpu_set_cr4(cr4);
    return cpu_cr0() == cr0 && cpu_cr4() == cr4 && cpu_msr_read(MSR_EFER) == (efer | EFER_LMA);
}
