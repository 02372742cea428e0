/*
 * core/base/wipe_sparse.c: wiping what is mostly zero.
 *
 * A page that was never written reads as the one page of zeros that all share, from the first level
 * cache; to write to it would make it a page of its own for good.
 */
#include "core/base/bytes.h"

#define PIECE 4096u

/* Sixteen words at once: the compiler makes vectors of them. */
static bool is_zero(const uint8_t *piece, size_t len)
{
    uint64_t any = 0;
    size_t at = 0;
    for (; len - at >= 128; at += 128)
        for (size_t i = 0; i < 128; i += 8)
            any |= load_le64(piece + at + i);
    for (; at < len; at++)
        any |= piece[at];
    return any == 0;
}

size_t memory_wipe_sparse(void *memory, size_t len)
{
    uint8_t *at = memory;
    size_t dirty = 0;
    /* Up to where pieces are pages. */
    size_t piece = PIECE - ((uintptr_t)at & (PIECE - 1));
    while (len != 0) {
        if (piece > len)
            piece = len;
        if (!is_zero(at, piece)) {
            memory_wipe(at, piece);
            dirty += piece;
        }
        at += piece;
        len -= piece;
        piece = PIECE;
    }
    return dirty;
}
