/*
 * node/world/path.h: a cell's path, and what it names beneath a directory.
 *
 * Every name is found by openat2 with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS from the handle's
 * directory; `..` and symlinks may stand in it and the kernel keeps them beneath, also while
 * somebody renames. Whoever acts on a name (mkdir, rename, ...) opens the directory that it stands
 * in so, and gives the kernel the last component alone, in calls that do not follow it.
 *
 * Nothing of a proc file system is found: files there are doors to other processes, the gate's own
 * memory among them, however a directory with a /proc in it came to be granted.
 *
 * Functions that can fail give an errno, 0 for none; EPERM is an attempt to leave the directory.
 */
#ifndef AETHER_NODE_WORLD_PATH_H
#define AETHER_NODE_WORLD_PATH_H

#include <sys/types.h>

#include "aether/gate_world.h"
#include "core/base/bytes.h"

struct world_path {
    size_t len;
    char text[GATE_PATH_MAX + 1];
};

/* Copies once, then checks: absolute EPERM, empty ENOENT, too long ENAMETOOLONG, NUL in it or not
 * UTF-8 EILSEQ. */
int MUST_CHECK world_path_read(const uint8_t *data, size_t len, struct world_path *out_path);

/* Opens with the flags of openat2 (and O_CLOEXEC). */
int MUST_CHECK world_path_open(int directory, const char *path, uint64_t flags, mode_t mode,
                               int *out_fd);

/* Opens to look at (O_PATH); a symlink at the end itself unless `is_followed`. */
int MUST_CHECK world_path_find(int directory, const struct world_path *path, bool is_followed,
                               int *out_fd);

/* A last component and the directory that it stands in. */
struct world_name {
    int directory;
    bool is_owned;    /* `directory` is closed with the name */
    const char *text; /* without '/', but for one at its end when the path had any there */
};

/* Splits `path`, which changes and has to live as long as the name. A path that ends in `..` is the
 * name `.` in the directory that it leads to: no call acts on either, all have their error. */
int MUST_CHECK world_name_open(int directory, struct world_path *path, struct world_name *out_name);
void world_name_close(struct world_name *name);

/* Does openat2 work beneath this directory? EPERM: it is of a proc file system. */
int MUST_CHECK world_path_probe(int directory);

#endif
