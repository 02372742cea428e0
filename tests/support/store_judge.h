/*
 * tests/support/store_judge.h: a small store whose truth is known, and what a store says that
 * somebody has been at.
 */
#ifndef AETHER_TESTS_STORE_JUDGE_H
#define AETHER_TESTS_STORE_JUDGE_H

#include "tests/support/folder.h"
#include "tests/support/store_trial.h"

/* Two apps with files and directories, under given keys. */
void store_judge_fill(struct store_keys *keys, const char *path);
void store_judge_fill_link(struct store_keys *keys, struct caller *io);

/* That store on disk, and its keys' state directory, to be put back as they were. */
struct store_base {
    char path[FOLDER_PATH_MAX];
    char state[FOLDER_PATH_MAX];
    uint8_t *data, *counter;
    size_t len, counter_len;
};

void store_base_create(struct store_base *base);
/* The file as it was, with other contents if `data` is not NULL, and the counter. */
void store_base_restore(const struct store_base *base, const uint8_t *data, size_t len);
/* The keys, from the state directory. */
void store_base_keys(const struct store_base *base, struct store_keys *keys);
void store_base_remove(struct store_base *base);

enum store_verdict {
    STORE_SAME,    /* all there is, and nothing else */
    STORE_NAMED,   /* refused, with a sentence */
    STORE_CHEATED, /* something else was shown as if it were true */
    STORE_MUTE,    /* refused without a sentence */
};

/* Opens the store over the link, reads everything, and writes a file as it was. `out_sentence` has
 * REPORT_TEXT_MAX bytes: what was said first. */
enum store_verdict store_judge(struct store_keys *keys, struct caller *io, char *out_sentence);

/* The same with io and keys in this process, over the files as they stand. */
enum store_verdict store_base_judge(const struct store_base *base, char *out_sentence);

/* The same with main's side in a process of its own, and io in another: LMDB may fall over a file
 * that is not one, and that ends io alone. Needs a process without threads. */
enum store_verdict store_judge_apart(const struct store_base *base, char *out_sentence);

/* The counter as it stands, in a new place of memory. */
void store_base_reread_counter(struct store_base *base);

#endif
