/*
 * tests/support/gate_check.c: see gate_check.h.
 *
 * The folder is made once, in memory where that can be, and made anew only when a request changed
 * it. Clocks are fixed or the world is cancelled beforehand, so nothing sleeps.
 */
#include "tests/support/gate_check.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/world/world.h"

#define TRANSFER_BYTES 8192u
#define REQUESTS_MAX   48u
#define HANDLES_KEPT   8u
#define FILE_BYTES_MAX (64u << 10)

enum option {
    OPTION_NO_HELLO = 1 << 0,
    OPTION_CANCELLED = 1 << 1, /* and real clocks */
    OPTION_FEW_HANDLES = 1 << 2,
    OPTION_NO_STDIO = 1 << 3,
    OPTION_SERVE = 1 << 4, /* what has finished has a next call */
};

/* Methods of GATE_FILE, besides OPEN, that change something. */
#define CHANGING                                                                                   \
    (1u << GATE_FILE_PWRITE | 1u << GATE_FILE_SET_SIZE | 1u << GATE_FILE_SET_TIMES |               \
     1u << GATE_FILE_SET_TIMES_AT | 1u << GATE_FILE_ALLOCATE | 1u << GATE_FILE_CREATE_DIRECTORY |  \
     1u << GATE_FILE_REMOVE_DIRECTORY | 1u << GATE_FILE_UNLINK | 1u << GATE_FILE_SYMLINK |         \
     1u << GATE_FILE_LINK | 1u << GATE_FILE_RENAME)

struct check {
    struct bytes rest;
    struct world *world;
    struct gate_service services[WORLD_SERVICE_COUNT];
    struct gate_session session;
    struct buffer result;
    struct buffer explanation;
    uint8_t result_room[64];
    uint8_t explanation_room[64];
    uint32_t handles[HANDLES_KEPT]; /* what the gate gave */
    uint32_t handle_count;
    unsigned served_count;
    struct gate_session_setup setup;
    uint8_t transfer[TRANSFER_BYTES];
    uint8_t before[TRANSFER_BYTES];
};

static char root[128];
static bool is_dirty;

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *where)
{
    (void)stat;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_root(void)
{
    ASSERT(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static void put_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    ASSERT(fd >= 0);
    ASSERT(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    ASSERT(close(fd) == 0);
}

static void fill_root(void)
{
    ASSERT(mkdir(root, 0777) == 0);
    ASSERT(chdir(root) == 0);
    ASSERT(mkdir("in", 0777) == 0 && mkdir("read", 0777) == 0 && mkdir("out", 0777) == 0);
    ASSERT(mkdir("in/d", 0777) == 0);
    put_file("out/c", "secret");
    put_file("in/a", "inside");
    put_file("read/a", "inside");
    ASSERT(symlink("../out/c", "in/l") == 0);
    ASSERT(symlink("a", "in/m") == 0);
    is_dirty = false;
}

/* The tests' working directory is theirs. */
static void renew_root(void)
{
    int here = open(".", O_PATH | O_CLOEXEC);
    ASSERT(here >= 0);
    if (root[0] == '\0') {
        const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        int len = snprintf(root, sizeof root, "%s/aether-gate-%d", folder, (int)getpid());
        ASSERT(len > 0 && (size_t)len < sizeof root);
        ASSERT(atexit(remove_root) == 0);
    } else {
        remove_root();
    }
    fill_root();
    ASSERT(fchdir(here) == 0);
    ASSERT(close(here) == 0);
}

static unsigned count_entries(const char *folder)
{
    char path[160];
    unsigned count = 0;
    (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    DIR *directory = opendir(path);
    ASSERT(directory != NULL);
    while (readdir(directory) != NULL)
        count++;
    ASSERT(closedir(directory) == 0);
    return count - 2;
}

static void check_file(const char *name, const char *says)
{
    char path[160];
    char text[16];
    struct stat stat;
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ASSERT(fd >= 0);
    ASSERT(read(fd, text, sizeof text) == 6 && memcmp(text, says, 6) == 0);
    ASSERT(fstat(fd, &stat) == 0 && stat.st_nlink == 1);
    ASSERT(close(fd) == 0);
}

/* The canaries live, and nothing came beside them. */
static void check_outside(void)
{
    check_file("out/c", "secret");
    check_file("read/a", "inside");
    ASSERT(count_entries("out") == 1 && count_entries("read") == 1 && count_entries(".") == 3);
}

static uint8_t take(struct check *check)
{
    struct bytes head;
    return bytes_take(&check->rest, 1, &head) == STATUS_OK ? head.data[0] : 0;
}

static uint64_t take_argument(struct check *check, uint32_t in_len)
{
    static const uint64_t corners[] = {INT64_MAX,
                                       UINT64_MAX,
                                       (uint64_t)INT64_MIN,
                                       UINT32_MAX,
                                       (uint64_t)UINT32_MAX + 1,
                                       4096,
                                       65536,
                                       65535,
                                       1u << 20,
                                       UINT64_C(1) << 62};
    uint8_t code = take(check);
    if (code < 0xC0)
        return code;
    if (code < 0xC0 + ARRAY_LEN(corners))
        return corners[code - 0xC0];
    if (code < 0xE0)
        return in_len / 2 + (code & 3u) - 1;
    if (code < 0xF0)
        return check->handles[code % HANDLES_KEPT];
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++)
        value = value << 8 | take(check);
    return value;
}

/* Where `in` and `out` lie: mostly at 0 and in the middle, sometimes at the edges or beyond. */
static uint32_t offset_of(uint8_t code, uint32_t usual)
{
    static const uint32_t offsets[] = {TRANSFER_BYTES - 1, TRANSFER_BYTES, UINT32_MAX, 1};
    return code < 0xF0 ? usual : offsets[code % ARRAY_LEN(offsets)];
}

static uint32_t out_len_of(uint8_t code)
{
    static const uint32_t lens[] = {4096, 64, 0, 1, 4097, UINT32_MAX, 280, 24};
    return code < 0x80 ? lens[code % ARRAY_LEN(lens)] : code;
}

static struct gate_request read_request(struct check *check)
{
    struct gate_request request = {0};
    struct bytes in;
    request.interface = take(check) % 6;
    request.method = take(check) % 24;
    uint8_t handle = take(check);
    uint8_t in_len = take(check);
    uint8_t out = take(check);
    request.token = handle;
    request.handle = handle < 0xF0 ? check->handles[handle % HANDLES_KEPT] : handle * 0x10001u;
    for (size_t i = 0; i < ARRAY_LEN(request.args); i++)
        request.args[i] = take_argument(check, in_len);
    if (bytes_take(&check->rest, in_len, &in) != STATUS_OK)
        in = check->rest;
    if (in.len != 0)
        memcpy(check->transfer, in.data, in.len);
    request.in = (struct gate_region){offset_of(in_len, 0), (uint32_t)in.len};
    request.out = (struct gate_region){offset_of(out, TRANSFER_BYTES / 2), out_len_of(out)};
    return request;
}

static void check_reply(const struct check *check, const struct gate_request *request,
                        const struct gate_reply *reply)
{
    ASSERT(reply->token == request->token);
    ASSERT(reply->status <= GATE_FAILED && reply->status != GATE_PENDING);
    ASSERT(reply->reserved == 0);
    ASSERT(reply->status != GATE_FAILED || reply->reason < GATE_ERROR_COUNT);
    if (reply->status != GATE_FAILED && reply->status != GATE_REFUSED)
        ASSERT(reply->reason == 0);
    if (reply->status != GATE_OK)
        ASSERT(reply->out.len == 0 && reply->values[0] == 0);
    uint32_t from = request->out.offset;
    uint32_t end = from + request->out.len;
    if (request->interface == GATE_CORE && request->method == GATE_CORE_HELLO) {
        from = 0; /* the job */
        end = sizeof(struct gate_job);
    } else if (reply->status == GATE_BAD_REGION || request->out.len > TRANSFER_BYTES ||
               from > TRANSFER_BYTES - request->out.len) {
        from = end = 0;
    }
    ASSERT(memcmp(check->transfer, check->before, from) == 0);
    ASSERT(memcmp(check->transfer + end, check->before + end, TRANSFER_BYTES - end) == 0);
}

/* What a request may have changed or given. */
static void note(struct check *check, const struct gate_request *request,
                 const struct gate_reply *reply)
{
    bool is_new = false;
    if (reply->status != GATE_OK)
        return;
    check->served_count++;
    if (request->interface == GATE_FILE) {
        is_dirty |= request->method == GATE_FILE_OPEN
                        ? (request->args[0] & (GATE_OPEN_CREATE | GATE_OPEN_TRUNCATE)) != 0
                        : (CHANGING >> request->method & 1) != 0;
        is_new = request->method == GATE_FILE_OPEN;
        ASSERT(request->method != GATE_FILE_PREAD || reply->out.len < 6 ||
               memcmp(check->transfer + request->out.offset, "secret", 6) != 0);
    }
    is_new |= request->interface == GATE_WORLD &&
              (request->method == GATE_WORLD_PREOPEN || request->method == GATE_WORLD_STDIO);
    if (is_new)
        check->handles[check->handle_count++ % HANDLES_KEPT] = (uint32_t)reply->values[0];
}

/* The next call of a cell that serves: its text is all that changes. */
static void go_on(struct check *check, struct gate_reply reply)
{
    const struct gate_transfer transfer = {check->transfer, TRANSFER_BYTES};
    const struct bytes text = check->setup.call_text;
    const uint64_t version = check->session.payload_version;
    ASSERT((check->setup.job.flags & GATE_JOB_SERVE) != 0 && reply.status == GATE_OK);
    ASSERT(check->result.len <= check->result.cap);
    check->result.len = check->explanation.len = 0;
    memcpy(check->before, check->transfer, TRANSFER_BYTES);
    gate_session_init(&check->session, &check->setup);
    gate_session_resume(&check->session, version, transfer, &reply);
    ASSERT(reply.out.offset == 0 && reply.out.len == text.len && reply.values[0] == text.len);
    ASSERT(memcmp(check->transfer, text.data, text.len) == 0);
    ASSERT(memcmp(check->transfer + text.len, check->before + text.len,
                  TRANSFER_BYTES - text.len) == 0);
}

static void ask(struct check *check, const struct gate_request *request)
{
    const struct gate_transfer transfer = {check->transfer, TRANSFER_BYTES};
    struct gate_reply reply;
    memcpy(check->before, check->transfer, TRANSFER_BYTES);
    memset(&reply, 0xA5, sizeof reply);
    enum gate_session_event event = gate_session_call(&check->session, request, transfer, &reply);
    ASSERT(event == GATE_SESSION_CONTINUE || check->session.state == GATE_SESSION_ENDED);
    check_reply(check, request, &reply);
    note(check, request, &reply);
    if (event == GATE_SESSION_FINISHED && !check->session.is_last)
        go_on(check, reply);
}

/* A pipe with some bytes that ends, as stdin; one that nobody reads as stderr. */
static void make_stdio(int out_stdio[3])
{
    int in[2];
    int err[2];
    ASSERT(pipe2(in, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    ASSERT(write(in[1], "what comes in", 13) == 13);
    ASSERT(close(in[1]) == 0 && close(err[0]) == 0);
    out_stdio[0] = in[0];
    out_stdio[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
    out_stdio[2] = err[1];
    ASSERT(out_stdio[1] >= 0);
}

static void make_world(struct check *check, uint8_t options)
{
    static const char *const texts[] = {"A=1", "argument"};
    char in[160];
    char read[160];
    struct report report;
    (void)snprintf(in, sizeof in, "%s/in", root);
    (void)snprintf(read, sizeof read, "%s/read", root);
    struct world_setup setup = {
        .arguments = texts,
        .argument_count = 2,
        .variables = texts,
        .variable_count = 1,
        .directories = (const struct world_directory[]){{in, "/in", false}, {read, "/r", true}},
        .directory_count = 2,
        .stdio = {-1, -1, -1},
        .has_fixed_clock = (options & OPTION_CANCELLED) == 0,
        .has_fixed_random = true,
        .handle_max = (options & OPTION_FEW_HANDLES) != 0 ? 7 : 64,
    };
    if ((options & OPTION_NO_STDIO) == 0)
        make_stdio(setup.stdio);
    report_init(&report);
    ASSERT(world_create(&setup, &check->world, &report) == STATUS_OK);
    for (size_t i = 0; i < ARRAY_LEN(setup.stdio); i++)
        ASSERT(setup.stdio[i] < 0 || close(setup.stdio[i]) == 0);
    if ((options & OPTION_CANCELLED) != 0)
        world_cancel(check->world);
}

static void open_session(struct check *check, uint8_t options)
{
    world_services(check->world, check->services);
    check->result = (struct buffer){check->result_room, 0, sizeof check->result_room};
    check->explanation =
        (struct buffer){check->explanation_room, 0, sizeof check->explanation_room};
    const uint32_t serve = (options & OPTION_SERVE) != 0 ? GATE_JOB_SERVE | GATE_JOB_JSON : 0;
    check->setup = (struct gate_session_setup){
        .job = {.version = GATE_VERSION, .flags = GATE_JOB_CALL | serve, .fuel = 1000},
        .call_text = BYTES_LITERAL("f(1)"),
        .services = check->services,
        .service_count = WORLD_SERVICE_COUNT,
        .result = &check->result,
        .explanation = &check->explanation,
    };
    gate_session_init(&check->session, &check->setup);
    if ((options & OPTION_NO_HELLO) != 0)
        return;
    ask(check, &(struct gate_request){.interface = GATE_CORE, .args = {GATE_VERSION}});
    for (uint64_t i = 0; i < 5; i++) {
        struct gate_request request = {.interface = GATE_WORLD,
                                       .method = i < 2 ? GATE_WORLD_PREOPEN : GATE_WORLD_STDIO,
                                       .out = {TRANSFER_BYTES / 2, 64},
                                       .args = {i < 2 ? i : i - 2}};
        ask(check, &request);
    }
}

unsigned gate_check(struct bytes input)
{
    static struct check check;
    struct rlimit before;
    memset(&check, 0, sizeof check);
    check.rest = input;
    if (is_dirty || root[0] == '\0')
        renew_root();
    /* A hostile program must not fill the memory of the machine that tests. */
    ASSERT(getrlimit(RLIMIT_FSIZE, &before) == 0);
    ASSERT(setrlimit(RLIMIT_FSIZE, &(struct rlimit){FILE_BYTES_MAX, before.rlim_max}) == 0);
    uint8_t options = take(&check);
    make_world(&check, options);
    open_session(&check, options);
    for (unsigned i = 0; i < REQUESTS_MAX && check.rest.len != 0; i++) {
        struct gate_request request = read_request(&check);
        ask(&check, &request);
    }
    world_destroy(check.world);
    ASSERT(setrlimit(RLIMIT_FSIZE, &before) == 0);
    if (is_dirty)
        check_outside();
    return check.served_count;
}
