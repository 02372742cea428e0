/*
 * tests/support/world_bench.h: a world over a fresh folder, behind a session, asked as a cell asks.
 *
 *     ROOT/in        granted to read and write ("/in")
 *     ROOT/read      granted to read ("/read")
 *     ROOT/out       not granted; has the canaries
 *
 * ROOT is where folder.h says. Everything here asserts.
 */
#ifndef AETHER_TESTS_WORLD_BENCH_H
#define AETHER_TESTS_WORLD_BENCH_H

#include "node/world/world.h"
#include "tests/support/folder.h"

#define WORLD_BENCH_TRANSFER (64u << 10)
#define WORLD_BENCH_OUT      (16u << 10) /* where answers are put; before it is what is said */

struct world_bench {
    char root[FOLDER_PATH_MAX];
    struct world *world;
    struct gate_service services[WORLD_SERVICE_COUNT];
    struct gate_session session;
    uint8_t transfer[WORLD_BENCH_TRANSFER];
    struct gate_reply reply;
    uint32_t in; /* handles of the preopens */
    uint32_t read;
    uint32_t refused_count; /* lines of the log */
};

/* `setup` may have everything but directories; NULL: nothing. */
void world_bench_start(struct world_bench *bench, const struct world_setup *setup);
void world_bench_stop(struct world_bench *bench);

/* Files of the test's own making, beneath ROOT, by the ordinary system calls. */
void world_bench_write(const struct world_bench *bench, const char *path, const char *text);
void world_bench_make_directory(const struct world_bench *bench, const char *path);
void world_bench_make_link(const struct world_bench *bench, const char *text, const char *path);
/* Does the file say exactly this? */
bool world_bench_says(const struct world_bench *bench, const char *path, const char *text);
bool world_bench_exists(const struct world_bench *bench, const char *path);

struct world_ask {
    uint16_t interface;
    uint16_t method;
    uint32_t handle;
    struct bytes in;
    struct bytes second; /* behind `in` */
    uint32_t out_len;
    uint64_t args[4];
};

#define WORLD_DONE           (-1)
#define WORLD_STATUS(status) (1000 + (int)(status)) /* neither OK nor FAILED */

/* WORLD_DONE, an enum gate_error, or WORLD_STATUS. The reply is in bench->reply, the answer in
 * world_bench_out. */
int world_bench_ask(struct world_bench *bench, const struct world_ask *ask);
struct bytes world_bench_out(const struct world_bench *bench);

/* The common ones of GATE_FILE. */
int world_bench_path(struct world_bench *bench, enum gate_file_method method, uint32_t handle,
                     const char *path, uint64_t arg);
int world_bench_pair(struct world_bench *bench, enum gate_file_method method, uint32_t handle,
                     const char *first, uint32_t second_handle, const char *second);
int world_bench_open(struct world_bench *bench, uint32_t handle, const char *path, uint64_t flags,
                     uint64_t rights, uint32_t *out_handle);
int world_bench_close(struct world_bench *bench, uint32_t handle);
int world_bench_pwrite(struct world_bench *bench, uint32_t handle, uint64_t offset,
                       const char *text);

#endif
