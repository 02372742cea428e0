/*
 * metal/selftest.c: ring 0 against its own protections (word `selftest=...`, bench images only).
 *
 * Each ends in a ring-0 exception, and that in the scrub; what comes back was not stopped.
 */
#include "metal/selftest.h"

#include "aether/abi/cell.h"
#include "metal/image.h"
#include "metal/paging.h"

static void poke(const volatile void *address)
{
    *(volatile uint8_t *)(uintptr_t)address = 0xC3;
}

static void peek(uintptr_t address)
{
    __asm__ volatile("movb (%0), %%al" : : "r"(address) : "rax", "memory");
}

static void run(const void *address)
{
    __asm__ volatile("call *%0" : : "r"(address) : "memory", "cc");
}

/* A page of ours, shown to ring 3 for the occasion. */
static const void *user_page(void)
{
    bool is_mapped = paging_map(CELL_IMAGE_BASE, (uintptr_t)image_start, 1, PAGE_USER_EXECUTE);

    ASSERT(is_mapped);
    return (const void *)CELL_IMAGE_BASE;
}

static void overflow_stack(void)
{
    __asm__ volatile("1: pushq %%rax; jmp 1b" : : : "memory");
}

const char *selftest_word(enum selftest test)
{
    static const char *const words[SELFTEST_COUNT + 1] = {
#define X(name, word) [SELFTEST_##name] = word,
        SELFTEST_LIST(X)
#undef X
    };
    return words[test];
}

void selftest_run(enum selftest test)
{
    uint8_t code[16] = {0xC3};

    switch (test) {
    case SELFTEST_WRITE_TEXT:
        poke(image_start);
        break;
    case SELFTEST_WRITE_RODATA:
        poke(keyring_start);
        break;
    case SELFTEST_WRITE_BUNDLE:
        poke(bundle_start);
        break;
    case SELFTEST_WRITE_IDT:
        poke(locked_start);
        break;
    case SELFTEST_WRITE_TABLES:
        poke(tables_start);
        break;
    case SELFTEST_RUN_DATA:
        poke(state_end - 16);
        run(state_end - 16);
        break;
    case SELFTEST_RUN_STACK:
        run(code);
        break;
    case SELFTEST_RUN_USER:
        run(user_page());
        break;
    case SELFTEST_READ_USER:
        peek((uintptr_t)user_page());
        break;
    case SELFTEST_READ_ZERO:
        peek(8);
        break;
    case SELFTEST_READ_UNMAPPED:
        peek(0xF0000);
        break;
    case SELFTEST_STACK_GUARD:
        poke(stack_bottom - 1);
        break;
    case SELFTEST_INTERRUPT_STACK_GUARD:
        poke(stack_top + GUARD_BYTES - 1);
        break;
    case SELFTEST_STACK_OVERFLOW:
        overflow_stack();
        break;
    case SELFTEST_UNDEFINED:
        __asm__ volatile("ud2");
        break;
    case SELFTEST_ASSERTION:
        ASSERT(code[0] == 0);
        break;
    default:
        break;
    }
}
