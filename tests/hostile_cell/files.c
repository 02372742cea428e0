/*
 * tests/hostile_cell/files.c: misuse of the gate's files: paths and polls that change while the
 * gate reads them, and requests without end, to be killed in.
 *
 * The gate of these cases has a world: tests/unit/node/test_cell_files.c.
 */
#include "aether/gate_world.h"
#include "tests/hostile_cell/hostile.h"

#define RACES 3000
#define OUT   4096u

static uint32_t ask(struct gate_port *port, struct gate_request request, uint64_t *out_value)
{
    struct gate_reply reply;
    gate_port_ring(port, &request, &reply);
    *out_value = reply.values[0];
    return reply.status;
}

static uint32_t find_directory(struct gate_port *port)
{
    uint64_t handle = 0;
    (void)ask(port,
              (struct gate_request){
                  .interface = GATE_WORLD, .method = GATE_WORLD_PREOPEN, .out = {OUT, 64}},
              &handle);
    return (uint32_t)handle;
}

static uint32_t act(struct gate_port *port, uint32_t directory, uint16_t method, const char *paths,
                    uint64_t first, uint64_t second)
{
    uint64_t value;
    size_t len = strlen(paths);
    memcpy(port->areas.transfer, paths, len);
    return ask(port,
               (struct gate_request){.interface = GATE_FILE,
                                     .method = method,
                                     .handle = directory,
                                     .in = {0, (uint32_t)len},
                                     .out = {OUT, 4096},
                                     .args = {first, second}},
               &value);
}

/* Every kind of file request, again and again. */
static void file_rounds(struct gate_port *port)
{
    const uint32_t directory = find_directory(port);
    for (;;) {
        uint64_t file;
        memcpy(port->areas.transfer, "a", 1);
        (void)ask(port,
                  (struct gate_request){.interface = GATE_FILE,
                                        .method = GATE_FILE_OPEN,
                                        .handle = directory,
                                        .in = {0, 1},
                                        .args = {GATE_OPEN_CREATE, 3}},
                  &file);
        (void)act(port, (uint32_t)file, GATE_FILE_PWRITE, "text", 0, 0);
        (void)act(port, (uint32_t)file, GATE_FILE_PREAD, "", 0, 0);
        (void)act(port, (uint32_t)file, GATE_FILE_SYNC, "", 0, 0);
        (void)act(port, (uint32_t)file, GATE_FILE_CLOSE, "", 0, 0);
        (void)act(port, directory, GATE_FILE_CREATE_DIRECTORY, "d", 0, 0);
        (void)act(port, directory, GATE_FILE_RENAME, "ad/a", 1, directory);
        (void)act(port, directory, GATE_FILE_LINK, "d/ab", 3, directory);
        (void)act(port, directory, GATE_FILE_READ_DIRECTORY, "", 0, 0);
        (void)act(port, directory, GATE_FILE_UNLINK, "d/a", 0, 0);
        (void)act(port, directory, GATE_FILE_UNLINK, "b", 0, 0);
        (void)act(port, directory, GATE_FILE_REMOVE_DIRECTORY, "d", 0, 0);
    }
}

/* Rings, and writes one and the other until there is an answer. */
static void race(struct gate_port *port, const struct gate_request *request, const void *first,
                 const void *second, size_t len)
{
    memcpy(port->page->request, request, sizeof *request);
    port->rung++;
    __atomic_store_n(&port->page->rung, port->rung, __ATOMIC_SEQ_CST);
    (void)syscall6(__NR_futex, (long)&port->page->rung, 1 /* FUTEX_WAKE */, 1, 0, 0, 0);
    while (__atomic_load_n(&port->page->answered, __ATOMIC_ACQUIRE) != port->rung) {
        memcpy(port->areas.transfer, first, len);
        __asm__ volatile("" ::: "memory");
        memcpy(port->areas.transfer, second, len);
        __asm__ volatile("" ::: "memory");
    }
}

/* A path that is good when it is checked and leads out when it is used, were it read twice. */
static void race_path(struct gate_port *port)
{
    static const char good[] = "d/d/../../d/file";
    static const char bad[] = "/./../out/canary";
    _Static_assert(sizeof good == sizeof bad, "one is written over the other");
    static const uint16_t methods[] = {GATE_FILE_OPEN,    GATE_FILE_UNLINK,
                                       GATE_FILE_SYMLINK, GATE_FILE_CREATE_DIRECTORY,
                                       GATE_FILE_RENAME,  GATE_FILE_SET_TIMES_AT};
    struct gate_request request = {.interface = GATE_FILE,
                                   .handle = find_directory(port),
                                   .in = {0, sizeof good - 1},
                                   .out = {OUT, 4096}};
    for (int i = 0; i < RACES; i++) {
        request.method = methods[(size_t)i % ARRAY_LEN(methods)];
        bool is_pair = request.method == GATE_FILE_SYMLINK || request.method == GATE_FILE_RENAME;
        request.args[0] =
            request.method == GATE_FILE_OPEN ? GATE_OPEN_CREATE | GATE_OPEN_TRUNCATE : 10;
        request.args[1] = is_pair ? request.handle : 3;
        if (is_pair)
            request.args[0] = 8;
        race(port, &request, good, bad, sizeof good - 1);
    }
}

/* Polls of a clock that become polls of a handle that is none. */
static void race_poll(struct gate_port *port)
{
    static const struct gate_poll good[4] = {{GATE_POLL_TIME, 0, 0},
                                             {GATE_POLL_TIME, 0, 0},
                                             {GATE_POLL_TIME, 0, 0},
                                             {GATE_POLL_WALL, 0, 0}};
    static const struct gate_poll bad[4] = {{UINT32_MAX, UINT32_MAX, UINT64_MAX},
                                            {GATE_POLL_READ, UINT32_MAX, 0},
                                            {GATE_POLL_WRITE, 0x8000, 0},
                                            {GATE_POLL_READ, 0, 0}};
    const struct gate_request request = {.interface = GATE_WORLD,
                                         .method = GATE_WORLD_POLL,
                                         .in = {0, sizeof good},
                                         .out = {OUT, 4}};
    for (int i = 0; i < RACES; i++)
        race(port, &request, good, bad, sizeof good);
}

const struct hostile_case hostile_files[] = {
    {"file_rounds", file_rounds},
    {"race_path", race_path},
    {"race_poll", race_poll},
};

const size_t hostile_file_count = ARRAY_LEN(hostile_files);
