/*
 * cell/program/module_internal.h: a core module on its way from bytes to results. For the files
 * module*.c of this folder only.
 */
#ifndef AETHER_CELL_PROGRAM_MODULE_INTERNAL_H
#define AETHER_CELL_PROGRAM_MODULE_INTERNAL_H

#include "cell/program/program_internal.h"
#include "core/wasi/p1.h"

struct module_run {
    struct program *program;
    struct wasm_module *module;
    enum program_kind kind;
    struct wasi_p1 *p1;          /* NULL: bare */
    struct wasm_extern *imports; /* one for each of the module's */
    struct wasm_instance *instance;
    const struct wasm_export *entry;   /* NULL: instantiated only */
    const struct wasm_func_type *type; /* of the entry; NULL as well */
    uint64_t *slots;                   /* its arguments, then its results */
    uint32_t missing;                  /* imports that nobody offers */
    bool shows_exports;                /* it was not said which function is to run */
    bool describes;                    /* GATE_JOB_JSON: it was asked what there is to call */
};

/* module_imports.c: does it import anything of wasi_snapshot_preview1? */
bool module_imports_p1(const struct wasm_module *module);
/* Makes run->imports. UNLINKABLE: run->missing of them nobody offers. */
enum status MUST_CHECK module_link(struct module_run *run);
/* What is missing, a line each, behind the sentence of the fault. */
void module_explain_missing(struct module_run *run);

/* module_entry.c: what is to be called and with what: entry, type, slots. NOT_FOUND: the report or
 * the explanation says what is wrong. */
enum status MUST_CHECK module_choose(struct module_run *run);
/* module_json.c: the same by GATE_JOB_JSON. False: the outcome is made. */
bool MUST_CHECK module_choose_json(struct module_run *run);
void module_describe(struct module_run *run);
/* The results, in run->slots. */
void module_send_json(struct module_run *run);
/* What could be called, a line each, when that was the question. */
void module_explain_exports(struct module_run *run);

/* module_value.c: one argument, into one slot or two. NULL: it is read; else why it is not. */
const char *MUST_CHECK module_value_parse(struct bytes text, uint32_t type, uint64_t out_slots[2]);
void module_value_print(struct text_sink out, const struct wasm_module *module, uint32_t type,
                        const uint64_t *slots);

/* module_trace.c: the frames of the last trap, the innermost first, a line each. */
void module_explain_trace(struct module_run *run, const struct wasm_outcome *trap);

#endif
