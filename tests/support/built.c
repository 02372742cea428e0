/*
 * tests/support/built.c: see built.h.
 */
#include "tests/support/built.h"

#include <stdio.h>
#include <stdlib.h>

struct bytes built_read(const char *name, uint8_t *room, size_t cap)
{
    const char *build = getenv("B");
    char path[256];
    int path_len = snprintf(path, sizeof path, "%s/%s", build != NULL ? build : "build", name);
    ASSERT(path_len > 0 && (size_t)path_len < sizeof path);
    FILE *file = fopen(path, "rb");
    ASSERT(file != NULL);
    size_t len = fread(room, 1, cap, file);
    ASSERT(len < cap);
    (void)fclose(file);
    return bytes_of(room, len);
}
