/*
 * cli/run.h: what a run of `aether run` was, and its two ways to be told. For cli/run*.c only.
 */
#ifndef AETHER_CLI_RUN_H
#define AETHER_CLI_RUN_H

#include "cli/wasm_file.h"
#include "core/wasm/engine.h"

struct run {
    struct wasm_file file;
    bool json, stats, legacy;
    struct wasm_store *store;          /* NULL: it did not come to that */
    struct wasm_instance *instance;    /* NULL: it did not come to that */
    const struct wasm_export *entry;   /* NULL: instantiated only */
    const struct wasm_func_type *type; /* of the entry; NULL as well */
    uint64_t *slots;                   /* its arguments, then its results */
    struct wasm_outcome outcome;
};

/* run_report.c. Each gives the exit code. */
int run_tell_returned(const struct run *run);
int run_tell_trapped(const struct run *run);
/* The module, or what it imports, or what it needs. */
int run_tell_refused(const struct run *run, enum status status);
/* NO_MEMORY out of a call: the GC heap is full. */
int run_tell_fault(const struct run *run);
/* The functions that the module exports, for whoever named none of them; stderr. */
void run_say_exports(const struct run *run);

#endif
