/*
 * core/wasi/p1_file.h: what functions on descriptors and functions on paths both need of files.
 */
#ifndef AETHER_WASI_P1_FILE_H
#define AETHER_WASI_P1_FILE_H

#include "core/wasi/p1_internal.h"

#define P1_FILESTAT_BYTES 64u

/* The kind of file as preview 1 numbers it. */
uint8_t p1_filetype(uint32_t type);
uint32_t p1_put_filestat(const struct wasi_p1 *p1, uint64_t address,
                         const struct gate_stat *stat) MUST_CHECK;
/* Flags say twice what one of the times shall be: INVAL. */
uint32_t p1_take_times(uint64_t accessed, uint64_t modified, uint64_t flags,
                       struct wasi_times *out_times) MUST_CHECK;

#endif
