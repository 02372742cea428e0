/*
 * metal/window.c: reading and writing registers by their table entry.
 *
 * Invariants:
 *   (1) Every access is of the entry's width, aligned to it, and happens exactly once.
 *   (2) An input is never written, an output never read but to check it.
 */
#include "metal/window.h"

static uint32_t word_read(const volatile uint8_t *at, uint8_t width)
{
    switch (width) {
    case 1:
        return *at;
    case 2:
        return *(const volatile uint16_t *)(const volatile void *)at;
    default:
        return *(const volatile uint32_t *)(const volatile void *)at;
    }
}

static void word_write(volatile uint8_t *at, uint8_t width, uint32_t value)
{
    switch (width) {
    case 1:
        *at = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)(volatile void *)at = (uint16_t)value;
        break;
    default:
        *(volatile uint32_t *)(volatile void *)at = value;
    }
}

static uint8_t min_width(size_t left, uint8_t width)
{
    return left < width ? (uint8_t)left : width;
}

/* The word of `what` at `at`, zero behind its end. */
static uint32_t word_of(struct bytes what, size_t at, uint8_t width)
{
    uint32_t word = 0;

    if (at < what.len)
        memcpy(&word, what.data + at, min_width(what.len - at, width));
    return word;
}

void window_read(const struct window *window, enum window_register where, void *out, size_t len)
{
    const struct window_entry *entry = &window->map->registers[where];
    uint8_t *bytes = out;

    memset(out, 0, len);
    for (size_t at = 0; at < entry->bytes && at < len; at += entry->width) {
        uint32_t word = word_read(window->base + entry->offset + at, entry->width);

        memcpy(bytes + at, &word, min_width(len - at, entry->width));
    }
}

uint32_t window_read_u32(const struct window *window, enum window_register where)
{
    uint32_t value;

    window_read(window, where, &value, sizeof value);
    return value;
}

void window_write(const struct window *window, enum window_register where, struct bytes what)
{
    const struct window_entry *entry = &window->map->registers[where];

    ASSERT(entry->direction == WINDOW_OUT); /* (2) */
    for (size_t at = 0; at < entry->bytes; at += entry->width)
        word_write(window->base + entry->offset + at, entry->width,
                   word_of(what, at, entry->width));
}

void window_write_u32(const struct window *window, enum window_register where, uint32_t value)
{
    window_write(window, where, bytes_of(&value, sizeof value));
}

bool window_holds(const struct window *window, enum window_register where, struct bytes what)
{
    const struct window_entry *entry = &window->map->registers[where];

    for (size_t at = 0; at < entry->bytes; at += entry->width) {
        if (word_read(window->base + entry->offset + at, entry->width) !=
            word_of(what, at, entry->width))
            return false;
    }
    return true;
}

void window_clear(const struct window *window)
{
    for (uint32_t i = 0; i < REGISTER_COUNT; i++) {
        if (window->map->registers[i].direction == WINDOW_OUT)
            window_write(window, (enum window_register)i, (struct bytes){NULL, 0});
    }
}
