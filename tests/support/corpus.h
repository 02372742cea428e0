/*
 * tests/support/corpus.h: what fuzzing a loader found and keeps, run once more.
 */
#ifndef AETHER_TESTS_CORPUS_H
#define AETHER_TESTS_CORPUS_H

#include "core/base/report.h"

/* How many files of a corpus were taken, and how many were refused. */
struct corpus_counts {
    uint32_t valid, refused;
};

/* `check` over every file of tests/corpus/`name`; it asserts what has to hold. Needs the
 * repository's root as working directory, as all tests have it. */
struct corpus_counts corpus_replay(const char *name,
                                   enum status (*check)(struct bytes input, struct report *report));

#endif
