/*
 * node/main/output.h: what a guest has of the world in a call: clocks, random bytes, waiting, and
 * stdout and stderr that go to the log, line by line.
 *
 * GATE_STREAM is ours; GATE_WORLD is a world's (node/world) without files, arguments, variables or
 * descriptors, but for STDIO and for POLL where one of our two handles is in it. Reading stdin
 * finds none.
 *
 * One output for each worker; output_begin gives it to the next call. Lines of a call are bounded
 * in length, number and sum; what is over is counted, and told in one line.
 */
#ifndef AETHER_NODE_MAIN_OUTPUT_H
#define AETHER_NODE_MAIN_OUTPUT_H

#include "core/base/report.h"
#include "node/gate/session.h"
#include "node/log/log.h"
#include "node/world/world.h"

#define OUTPUT_LINE_MAX  LOG_TEXT_MAX
#define OUTPUT_LINES_MAX 64u /* of a call, both streams together */

struct output_stream {
    uint32_t len;
    uint8_t line[OUTPUT_LINE_MAX];
};

struct output {
    struct log *log;
    struct world *world; /* made anew after a cancel */
    struct gate_service inner;
    struct bytes app, code_hash, function;
    struct output_stream streams[2]; /* stdout, stderr */
    uint32_t lines;
    uint64_t dropped; /* bytes */
    bool is_cancelled;
};

void output_init(struct output *output, struct log *log);
void output_fini(struct output *output);

/* For a call; what the bytes point to lasts until output_end. */
enum status MUST_CHECK output_begin(struct output *output, struct bytes app, struct bytes code_hash,
                                    struct bytes function, struct report *report);
/* GATE_WORLD, GATE_STREAM */
#define OUTPUT_SERVICE_COUNT 2u
void output_services(struct output *output, struct gate_service out_services[OUTPUT_SERVICE_COUNT]);
/* The last lines, without a newline too, and what was dropped. */
void output_end(struct output *output);

#endif
