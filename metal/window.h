/*
 * metal/window.h: access to a register window through its table. No offset is written anywhere
 * else.
 */
#ifndef AETHER_METAL_WINDOW_H
#define AETHER_METAL_WINDOW_H

#include "core/base/bytes.h"
#include "metal/window_map.h"

struct window {
    const struct window_map *map;
    volatile uint8_t *base;
};

/* One output: these bytes belong into that register. */
struct window_output {
    enum window_register where;
    struct bytes what;
};

/* Reads a register, once, into `out`; what the register is shorter than `len` is zero. */
void window_read(const struct window *window, enum window_register where, void *out, size_t len);
uint32_t window_read_u32(const struct window *window, enum window_register where);

/* Writes to a register; where `what` is shorter the rest of the register becomes zero. */
void window_write(const struct window *window, enum window_register where, struct bytes what);
void window_write_u32(const struct window *window, enum window_register where, uint32_t value);

/* The register reads back as window_write(where, what) left it. */
bool window_holds(const struct window *window, enum window_register where, struct bytes what);

/* Writes zero to every output register. */
void window_clear(const struct window *window);

#endif
