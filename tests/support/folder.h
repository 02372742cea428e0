/*
 * tests/support/folder.h: a fresh folder for a test's files: in $TMPDIR, else in /dev/shm, else in
 * /tmp. Asserts; the test removes it.
 */
#ifndef AETHER_TESTS_FOLDER_H
#define AETHER_TESTS_FOLDER_H

#define FOLDER_PATH_MAX 128

/* `name` is one word that says whose it is. */
void folder_create(const char *name, char out_path[FOLDER_PATH_MAX]);
/* With all that is in it. */
void folder_remove(const char *path);
/* The files of one, no folders, into another one, over what is there. */
void folder_copy(const char *from, const char *to);

#endif
