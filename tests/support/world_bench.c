/*
 * tests/support/world_bench.c: see world_bench.h.
 */
#include "tests/support/world_bench.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/folder.h"
#include "tests/support/test.h"

#define PATH_BYTES 8192

static void path_of(const struct world_bench *bench, const char *path, char out_path[PATH_BYTES])
{
    int len = snprintf(out_path, PATH_BYTES, "%s/%s", bench->root, path);
    assert_in_range(len, 1, PATH_BYTES - 1);
}

static void make_root(struct world_bench *bench)
{
    folder_create("world", bench->root);
    world_bench_make_directory(bench, "in");
    world_bench_make_directory(bench, "read");
    world_bench_make_directory(bench, "out");
}

static void count_refused(void *context, const struct gate_request *copy, enum gate_status status,
                          uint32_t reason)
{
    struct world_bench *bench = context;
    (void)copy;
    (void)status;
    (void)reason;
    bench->refused_count++;
}

static void hello(struct world_bench *bench)
{
    const struct gate_transfer transfer = {bench->transfer, sizeof bench->transfer};
    const struct gate_request request = {.interface = GATE_CORE, .args = {GATE_VERSION}};
    gate_session_init(&bench->session, &(struct gate_session_setup){
                                           .job = {.version = GATE_VERSION},
                                           .services = bench->services,
                                           .service_count = WORLD_SERVICE_COUNT,
                                           .log = count_refused,
                                           .log_context = bench,
                                       });
    (void)gate_session_call(&bench->session, &request, transfer, &bench->reply);
    assert_int_equal(bench->reply.status, GATE_OK);
}

void world_bench_start(struct world_bench *bench, const struct world_setup *setup)
{
    struct world_setup own = {.stdio = {-1, -1, -1}};
    char in[PATH_BYTES];
    char read[PATH_BYTES];
    struct report report;
    memset(bench, 0, sizeof *bench);
    make_root(bench);
    if (setup != NULL)
        own = *setup;
    path_of(bench, "in", in);
    path_of(bench, "read", read);
    own.directories = (const struct world_directory[]){{in, "/in", false}, {read, "/read", true}};
    own.directory_count = 2;
    report_init(&report);
    assert_int_equal(world_create(&own, &bench->world, &report), STATUS_OK);
    world_services(bench->world, bench->services);
    hello(bench);
    struct world_ask ask = {.interface = GATE_WORLD, .method = GATE_WORLD_PREOPEN, .out_len = 64};
    assert_int_equal(world_bench_ask(bench, &ask), WORLD_DONE);
    bench->in = (uint32_t)bench->reply.values[0];
    ask.args[0] = 1;
    assert_int_equal(world_bench_ask(bench, &ask), WORLD_DONE);
    bench->read = (uint32_t)bench->reply.values[0];
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *where)
{
    (void)stat;
    (void)type;
    (void)where;
    return remove(path);
}

void world_bench_stop(struct world_bench *bench)
{
    world_destroy(bench->world);
    assert_int_equal(nftw(bench->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

void world_bench_write(const struct world_bench *bench, const char *path, const char *text)
{
    char full[PATH_BYTES];
    path_of(bench, path, full);
    FILE *file = fopen(full, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

void world_bench_make_directory(const struct world_bench *bench, const char *path)
{
    char full[PATH_BYTES];
    path_of(bench, path, full);
    assert_int_equal(mkdir(full, 0777), 0);
}

void world_bench_make_link(const struct world_bench *bench, const char *text, const char *path)
{
    char full[PATH_BYTES];
    path_of(bench, path, full);
    assert_int_equal(symlink(text, full), 0);
}

bool world_bench_says(const struct world_bench *bench, const char *path, const char *text)
{
    char full[PATH_BYTES];
    char said[PATH_BYTES];
    path_of(bench, path, full);
    FILE *file = fopen(full, "rb");
    if (file == NULL)
        return false;
    size_t len = fread(said, 1, sizeof said, file);
    assert_int_equal(fclose(file), 0);
    return len == strlen(text) && memcmp(said, text, len) == 0;
}

bool world_bench_exists(const struct world_bench *bench, const char *path)
{
    char full[PATH_BYTES];
    struct stat stat;
    path_of(bench, path, full);
    return lstat(full, &stat) == 0;
}

int world_bench_ask(struct world_bench *bench, const struct world_ask *ask)
{
    const struct gate_transfer transfer = {bench->transfer, sizeof bench->transfer};
    struct gate_request request = {
        .interface = ask->interface,
        .method = ask->method,
        .handle = ask->handle,
        .token = 7,
        .in = {0, (uint32_t)(ask->in.len + ask->second.len)},
        .out = {WORLD_BENCH_OUT, ask->out_len},
    };
    assert_in_range(request.in.len, 0, WORLD_BENCH_OUT);
    memcpy(request.args, ask->args, sizeof request.args);
    if (ask->in.len != 0)
        memcpy(bench->transfer, ask->in.data, ask->in.len);
    if (ask->second.len != 0)
        memcpy(bench->transfer + ask->in.len, ask->second.data, ask->second.len);
    enum gate_session_event event =
        gate_session_call(&bench->session, &request, transfer, &bench->reply);
    assert_int_equal(event, GATE_SESSION_CONTINUE);
    if (bench->reply.status == GATE_OK)
        return WORLD_DONE;
    /* What failed gives nothing. */
    assert_int_equal(bench->reply.out.len, 0);
    for (size_t i = 0; i < ARRAY_LEN(bench->reply.values); i++)
        assert_int_equal(bench->reply.values[i], 0);
    if (bench->reply.status == GATE_FAILED)
        return (int)bench->reply.reason;
    return WORLD_STATUS(bench->reply.status);
}

struct bytes world_bench_out(const struct world_bench *bench)
{
    return bytes_of(bench->transfer + WORLD_BENCH_OUT, bench->reply.out.len);
}

static struct bytes bytes_of_text(const char *text)
{
    return bytes_of(text, strlen(text));
}

int world_bench_path(struct world_bench *bench, enum gate_file_method method, uint32_t handle,
                     const char *path, uint64_t arg)
{
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = (uint16_t)method,
        .handle = handle,
        .in = bytes_of_text(path),
        .out_len = 4096,
        .args = {arg},
    };
    return world_bench_ask(bench, &ask);
}

int world_bench_pair(struct world_bench *bench, enum gate_file_method method, uint32_t handle,
                     const char *first, uint32_t second_handle, const char *second)
{
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = (uint16_t)method,
        .handle = handle,
        .in = bytes_of_text(first),
        .second = bytes_of_text(second),
        .args = {strlen(first), second_handle},
    };
    return world_bench_ask(bench, &ask);
}

int world_bench_open(struct world_bench *bench, uint32_t handle, const char *path, uint64_t flags,
                     uint64_t rights, uint32_t *out_handle)
{
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = GATE_FILE_OPEN,
        .handle = handle,
        .in = bytes_of_text(path),
        .args = {flags, rights},
    };
    int result = world_bench_ask(bench, &ask);
    if (result == WORLD_DONE)
        *out_handle = (uint32_t)bench->reply.values[0];
    return result;
}

int world_bench_close(struct world_bench *bench, uint32_t handle)
{
    struct world_ask ask = {.interface = GATE_FILE, .method = GATE_FILE_CLOSE, .handle = handle};
    return world_bench_ask(bench, &ask);
}

int world_bench_pwrite(struct world_bench *bench, uint32_t handle, uint64_t offset,
                       const char *text)
{
    struct world_ask ask = {
        .interface = GATE_FILE,
        .method = GATE_FILE_PWRITE,
        .handle = handle,
        .in = bytes_of_text(text),
        .args = {offset},
    };
    return world_bench_ask(bench, &ask);
}
