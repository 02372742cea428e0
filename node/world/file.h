/*
 * node/world/file.h: the methods of GATE_FILE, by the file that has them, and what they share.
 *
 * Rights (enum gate_file_rights) are those of the handle, which OPEN clipped by its directory's:
 * who lacks one that changes something hears READ_ONLY of a directory, BAD_DESCRIPTOR of a file.
 * Times of a file are the grant's affair: POSIX lets them be set through a descriptor for reading.
 */
#ifndef AETHER_NODE_WORLD_FILE_H
#define AETHER_NODE_WORLD_FILE_H

#include "node/world/internal.h"
#include "node/world/path.h"

/* The directory or regular file; GATE_BAD_HANDLE: none, or a stream. */
enum gate_status world_file_find(struct world_call *call, uint32_t handle,
                                 struct world_handle **out_file);

/* A regular file that has `rights`; a directory fails with `of_directory`. */
enum gate_status world_file_find_regular(struct world_call *call, unsigned rights,
                                         enum gate_error of_directory,
                                         struct world_handle **out_file);

/* A directory that has `rights`. */
enum gate_status world_file_find_directory(struct world_call *call, uint32_t handle,
                                           unsigned rights, struct world_handle **out_directory);

/* GATE_OK when `rights` of a directory has all of `wanted`. */
enum gate_status world_file_check_rights(struct world_call *call, unsigned rights, unsigned wanted);

/* `number` is an errno. */
enum gate_status world_file_end(struct world_call *call, int number);

enum gate_file_type world_file_type(mode_t mode);

/* file_open.c */
enum gate_status world_file_open(struct world_call *call);
/* file_data.c */
enum gate_status world_file_pread(struct world_call *call);
enum gate_status world_file_pwrite(struct world_call *call);
enum gate_status world_file_set_size(struct world_call *call);
enum gate_status world_file_sync(struct world_call *call);
enum gate_status world_file_advise(struct world_call *call);
enum gate_status world_file_allocate(struct world_call *call);
/* file_stat.c */
enum gate_status world_file_stat(struct world_call *call);
enum gate_status world_file_stat_at(struct world_call *call);
enum gate_status world_file_set_times(struct world_call *call);
enum gate_status world_file_set_times_at(struct world_call *call);
/* file_directory.c */
enum gate_status world_file_read_directory(struct world_call *call);
enum gate_status world_file_create_directory(struct world_call *call);
enum gate_status world_file_remove_directory(struct world_call *call);
enum gate_status world_file_unlink(struct world_call *call);
/* file_link.c */
enum gate_status world_file_read_link(struct world_call *call);
enum gate_status world_file_symlink(struct world_call *call);
enum gate_status world_file_link(struct world_call *call);
enum gate_status world_file_rename(struct world_call *call);

#endif
