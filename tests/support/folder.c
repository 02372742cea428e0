/*
 * tests/support/folder.c: see folder.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

void folder_create(const char *name, char out_path[FOLDER_PATH_MAX])
{
    const char *folder = getenv("TMPDIR");
    if (folder == NULL)
        folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    int len = snprintf(out_path, FOLDER_PATH_MAX, "%s/aether-%s-XXXXXX", folder, name);
    assert_in_range(len, 1, FOLDER_PATH_MAX - 1);
    assert_non_null(mkdtemp(out_path));
}
