/*
 * core/base/compiler.h: the only place where the compiler and the build flavour are asked about.
 *
 * Everything else in the tree is free of #if. A machine or a flavour is a folder or a file.
 */
#ifndef AETHER_BASE_COMPILER_H
#define AETHER_BASE_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK        __attribute__((warn_unused_result))
#define NORETURN          __attribute__((noreturn))
#define NOINLINE          __attribute__((noinline))
#define ALWAYS_INLINE     static inline __attribute__((always_inline))
#define COLD              __attribute__((cold, noinline))
#define PACKED            __attribute__((packed))
#define ALIGNED(n)        __attribute__((aligned(n)))
#define FALLTHROUGH       __attribute__((fallthrough))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define LIKELY(x)         __builtin_expect(!!(x), 1)
#define UNLIKELY(x)       __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))

#ifdef __clang__
#define MUSTTAIL      __attribute__((musttail))
#define PRESERVE_NONE __attribute__((preserve_none))
#else
/* gcc-12 is a second opinion on everything but the handlers: it cannot promise a tail call. */
#define MUSTTAIL
#define PRESERVE_NONE
#endif

/* A broken promise of our own code: never reachable by input. Stops at once, in every build. */
#define ASSERT(condition)                                                                          \
    do {                                                                                           \
        if (UNLIKELY(!(condition)))                                                                \
            base_panic(__FILE__, __LINE__, #condition);                                            \
    } while (0)

/* One per program, supplied by the program (host: abort; metal: kernel fault; cell: ud2). */
NORETURN void base_panic(const char *file, int line, const char *condition);

#endif
