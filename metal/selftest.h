/*
 * metal/selftest.h: breaks one promise of the kernel's own address space, to show that it is kept.
 */
#ifndef AETHER_METAL_SELFTEST_H
#define AETHER_METAL_SELFTEST_H

#include "core/base/compiler.h"

#define SELFTEST_LIST(X)                                                                           \
    X(WRITE_TEXT, "write-text")                                                                    \
    X(WRITE_RODATA, "write-rodata")                                                                \
    X(WRITE_BUNDLE, "write-bundle")                                                                \
    X(WRITE_IDT, "write-idt")                                                                      \
    X(WRITE_TABLES, "write-tables")                                                                \
    X(RUN_DATA, "run-data")                                                                        \
    X(RUN_STACK, "run-stack")                                                                      \
    X(RUN_USER, "run-user")                                                                        \
    X(READ_USER, "read-user")                                                                      \
    X(READ_ZERO, "read-zero")                                                                      \
    X(READ_UNMAPPED, "read-unmapped")                                                              \
    X(STACK_GUARD, "stack-guard")                                                                  \
    X(INTERRUPT_STACK_GUARD, "interrupt-stack-guard")                                              \
    X(STACK_OVERFLOW, "stack-overflow")                                                            \
    X(UNDEFINED, "undefined")                                                                      \
    X(ASSERTION, "assertion")

enum selftest {
    SELFTEST_NONE,
#define X(name, word) SELFTEST_##name,
    SELFTEST_LIST(X)
#undef X
        SELFTEST_COUNT
};

/* The word after `selftest=`, or NULL past the last one. */
const char *selftest_word(enum selftest test);

/* Does what must end in a kernel fault. Coming back means that nothing stopped it. */
void selftest_run(enum selftest test);

#endif
