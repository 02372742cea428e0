/*
 * cli/run.h: one run of `aether run`, from its command line to how it is told. For cli/run*.c only.
 *
 * This program is the gate: it has the files, clocks and words that the program may have, and reads
 * nothing of the payload but its bytes. Whatever it is told about the payload came through the gate
 * from a cell, and is shown as a stranger's.
 */
#ifndef AETHER_CLI_RUN_H
#define AETHER_CLI_RUN_H

#include "cli/cli.h"
#include "node/gate/cell.h"
#include "node/world/world.h"

/* Exit codes that no program of WASI should use for itself; docs/wasi.md. */
enum run_exit {
    RUN_TIME_OVER = 124,
    RUN_FAILED = 125,
    RUN_REFUSED = 126,
    RUN_TRAPPED = 134,
};

/* The command line. */
struct run_options {
    const char *path;
    const char *invoke; /* NULL: none */
    uint64_t fuel, memory_bytes, table_elements, stack_units, heap_bytes, time_limit;
    struct cli_list directories, variables;
    const char *fixed_clock, *fixed_random; /* NULL: the machine's */
    bool json, stats, legacy, in_process, requires_isolation, traps_unknown;
    const char **words; /* argument 0 and what follows the file's name */
    size_t word_count;
};

/* What came of it. */
struct run {
    const struct run_options *options;
    struct bytes payload;
    struct gate_job job;
    struct gate_cell *cell; /* NULL: none yet, or in this process */
    struct gate_session session;
    struct buffer result, explanation;
    enum gate_cell_end end;
    int detail;
    bool says_box; /* --stats: `box` is a line about the cell's box */
    char box[GATE_ISOLATION_LINE_MAX];
};

/* run_world.c: what the command line grants. False: what is wrong with it was said, and
 * `*out_code` is the exit code. */
bool MUST_CHECK run_world_create(const struct run_options *options, struct world **out_world,
                                 int *out_code);

/* run_cell.c: begins to make the cell for run->job, which gets ready while something else is done.
 * False: it could not, which was said. */
bool MUST_CHECK run_begin(struct run *run);
/* Serves the run to its end, in its cell or in this process. */
bool MUST_CHECK run_serve(struct run *run);
void run_end(struct run *run);

/* run_report.c: tells how it ended; the exit code. */
int run_tell(const struct run *run);

/* run_lines.c: the explanation, line by line. */
struct run_lines {
    struct bytes text;
};
bool run_lines_next(struct run_lines *lines, struct bytes *out_line);
/* "memory 65536, arena 1234", the last line; takes it off. */
bool run_lines_take_sizes(struct run_lines *lines, uint64_t *out_memory, uint64_t *out_arena);
/* "sentence (at byte 7)": takes the place off. */
bool run_line_take_offset(struct bytes *line, uint64_t *out_offset);
/* "    at byte 7 in function 3 "name"". */
struct run_frame {
    uint64_t offset, func;
    bool has_func, has_name;
    struct buffer name;
    uint8_t name_room[512];
};
bool run_line_frame(struct bytes line, struct run_frame *out_frame);
/* "    func "module" "name" (func)". */
struct run_import {
    struct bytes kind, type;
    struct buffer module, name;
    uint8_t module_room[512], name_room[512];
};
bool run_line_import(struct bytes line, struct run_import *out_import);

#endif
