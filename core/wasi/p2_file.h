/*
 * core/wasi/p2_file.h: what the functions of wasi:filesystem share.
 */
#ifndef AETHER_WASI_P2_FILE_H
#define AETHER_WASI_P2_FILE_H

#include "core/wasi/p2_internal.h"

/* Bits of descriptor-flags. */
enum p2_descriptor_flag {
    P2_FLAG_READ = 1 << 0,
    P2_FLAG_WRITE = 1 << 1,
    P2_FLAG_FILE_INTEGRITY_SYNC = 1 << 2,
    P2_FLAG_DATA_INTEGRITY_SYNC = 1 << 3,
    P2_FLAG_REQUESTED_WRITE_SYNC = 1 << 4,
    P2_FLAG_MUTATE_DIRECTORY = 1 << 5,
};
#define P2_FLAGS_SYNC                                                                              \
    (P2_FLAG_FILE_INTEGRITY_SYNC | P2_FLAG_DATA_INTEGRITY_SYNC | P2_FLAG_REQUESTED_WRITE_SYNC)

struct p2_descriptor *p2_descriptor(void *context, const struct component_value *param);
/* WASI_OK when it is a directory, or NOT_DIRECTORY. */
enum gate_error MUST_CHECK p2_need_directory(const struct p2_descriptor *descriptor);

/* descriptor-stat */
enum status MUST_CHECK p2_stat_value(struct component_call *call, const struct gate_stat *stat,
                                     struct component_value *out);
/* metadata-hash-value: of what tells a file from all others, so that it stays while the file does;
 * programs take it for the number of an inode. */
enum status MUST_CHECK p2_hash_value(struct component_call *call, const struct gate_stat *stat,
                                     struct component_value *out);
/* Two new-timestamp. INVALID: a billion nanoseconds or more; OVERFLOW: too late for the gate. */
enum gate_error MUST_CHECK p2_times(const struct component_value *accessed,
                                    const struct component_value *modified,
                                    struct wasi_times *out_times);
/* A new own<descriptor>, in a slot that is the caller's to fill. */
enum status MUST_CHECK p2_descriptor_new(struct wasi_p2 *p2, struct component_call *call,
                                         struct p2_descriptor descriptor,
                                         struct component_value *out);

#endif
