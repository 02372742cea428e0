/*
 * tests/support/folder.c: see folder.h.
 */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/sendfile.h>
#include <sys/stat.h>

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

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *where)
{
    (void)stat;
    (void)type;
    (void)where;
    return remove(path);
}

void folder_remove(const char *path)
{
    assert_int_equal(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void copy_file(int from, int to, const char *name)
{
    struct stat stat;
    int in = openat(from, name, O_RDONLY | O_CLOEXEC);
    int out = openat(to, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(in >= 0 && out >= 0);
    assert_int_equal(fstat(in, &stat), 0);
    for (off_t at = 0; at < stat.st_size;)
        assert_true(sendfile(out, in, &at, (size_t)(stat.st_size - at)) > 0);
    assert_int_equal(close(in), 0);
    assert_int_equal(close(out), 0);
}

void folder_copy(const char *from, const char *to)
{
    DIR *source = opendir(from);
    int target = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_non_null(source);
    assert_true(target >= 0);
    for (struct dirent *entry = readdir(source); entry != NULL; entry = readdir(source)) {
        if (entry->d_type == DT_REG)
            copy_file(dirfd(source), target, entry->d_name);
    }
    assert_int_equal(closedir(source), 0);
    assert_int_equal(close(target), 0);
}
