/*
 * bench/handler_encoding.c: how a cell of register code should name its handler.
 *
 * Three flavours of one six-operator loop: a 64-bit pointer (16-byte cells), a 32-bit offset from
 * a base in the text (12-byte cells), the same with the base kept in a register. Prints ns per
 * operator, best of seven interleaved rounds; `handler_encoding FLAVOUR N` runs one for callgrind.
 * The figures and what follows from them: docs/decisions/0004-handler-encoding.md.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/compiler.h"

static void anchor(void)
{
}

/* 64-bit pointers. */
#define NAME(x)          pointer_##x
#define HEAD             uint64_t
#define BASE             0
#define head_of(handler) ((uint64_t)(uintptr_t)(handler))
#define JUMP                                                                                       \
    (*(PRESERVE_NONE void (**)(const uint8_t *, uint64_t *, const uint8_t *, uint64_t, uint64_t))pc)
#include "bench/handler_encoding.h"
#undef NAME
#undef HEAD
#undef BASE
#undef head_of
#undef JUMP

#define HEAD             int32_t
#define head_of(handler) ((int32_t)((intptr_t)(handler) - (intptr_t)anchor))
#define BASE             ((uint64_t)(uintptr_t)anchor)

/* 32-bit offsets from an address in the text. */
#define NAME(x) offset_##x
#define JUMP                                                                                       \
    ((PRESERVE_NONE void (*)(const uint8_t *, uint64_t *, const uint8_t *, uint64_t, uint64_t))(   \
        (intptr_t)anchor + *(const int32_t *)pc))
#include "bench/handler_encoding.h"
#undef NAME
#undef JUMP

/* 32-bit offsets from a register. */
#define NAME(x) based_##x
#define JUMP                                                                                       \
    ((PRESERVE_NONE void (*)(const uint8_t *, uint64_t *, const uint8_t *, uint64_t, uint64_t))(   \
        (intptr_t)base + *(const int32_t *)pc))
#include "bench/handler_encoding.h"

struct flavour {
    const char *name;
    uint64_t (*run)(uint32_t iterations, const uint8_t *memory);
};

static const struct flavour flavours[] = {
    {"pointer", pointer_run},
    {"offset", offset_run},
    {"based", based_run},
};

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    static uint8_t memory[4096];
    for (size_t i = 0; i < sizeof memory; i++)
        memory[i] = (uint8_t)(i * 7 + 1);
    for (size_t i = 0; argc == 3 && i < ARRAY_LEN(flavours); i++)
        if (strcmp(argv[1], flavours[i].name) == 0)
            return printf("%" PRIu64 "\n",
                          flavours[i].run((uint32_t)strtoul(argv[2], NULL, 0), memory)) < 0;

    const uint32_t iterations = 5000000;
    double best[ARRAY_LEN(flavours)];
    for (int round = 0; round < 7; round++) {
        for (size_t i = 0; i < ARRAY_LEN(flavours); i++) {
            double start = now_ns();
            uint64_t sum = flavours[i].run(iterations, memory);
            double took = (now_ns() - start) / iterations / 6;
            if (round == 0 || took < best[i])
                best[i] = took;
            if (sum == 0)
                return 1;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(flavours); i++)
        printf("%-8s %.3f ns/operator\n", flavours[i].name, best[i]);
    return 0;
}
