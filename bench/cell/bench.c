/*
 * bench/cell/bench.c: what a boxed cell costs. `make bench-cell` runs it; docs/sandbox.md has a
 * table of results.
 *
 *   bench ROUNDS-CELL AETHER HELLO.WASM EMPTY RUST.WASM
 *
 * Times are of the monotonic clock; each line has the median and the 90th percentile, the limit
 * that the median has to keep, and the exit status says whether all do.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/wait.h>

#include "aether/gate_world.h"
#include "node/gate/cell.h"

#define ROUNDS   20000
#define STARTS   60
#define RUNS     300
#define POOL     4u
#define RATIO    3.0
#define PROGRAMS 3

struct times {
    double us[ROUNDS];
    size_t count;
};

static struct times times;
static bool are_all_kept = true;

static double now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void add(struct times *to, double us)
{
    if (to->count < ARRAY_LEN(to->us))
        to->us[to->count++] = us;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Sorts; the value that `part` of all are below. */
static double percentile(struct times *of, double part)
{
    qsort(of->us, of->count, sizeof of->us[0], compare);
    return of->us[(size_t)((double)(of->count - 1) * part)];
}

static void tell(const char *what, struct times *of, double limit_us)
{
    double median = percentile(of, 0.5);
    bool is_kept = limit_us <= 0 || median <= limit_us;
    (void)printf("%-44s p50 %9.1f us  p90 %9.1f us", what, median, percentile(of, 0.9));
    if (limit_us > 0)
        (void)printf("  limit %6.0f us  %s", limit_us, is_kept ? "kept" : "NOT KEPT");
    (void)putchar('\n');
    are_all_kept = are_all_kept && is_kept;
    of->count = 0;
}

static NORETURN void give_up(const char *what)
{
    (void)fprintf(stderr, "bench: %s\n", what);
    exit(3);
}

/* The gate's side: notes when each request comes. The first comes right after hello. */
struct observer {
    double began, last;
    bool has_begun, measures_rounds;
    struct times *into;
};

static void observe(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                    struct gate_reply *out_reply)
{
    struct observer *observer = context;
    double now = now_us();
    (void)copy;
    (void)transfer;
    if (!observer->has_begun && !observer->measures_rounds)
        add(observer->into, now - observer->began);
    else if (observer->has_begun && observer->measures_rounds)
        add(observer->into, now - observer->last);
    observer->has_begun = true;
    observer->last = now;
    out_reply->values[0] = 1;
}

static void run_cell(struct gate_cell *cell, struct observer *observer)
{
    const struct gate_service service = {GATE_WORLD, observer, observe, NULL};
    struct gate_session session;
    gate_session_init(&session, &(struct gate_session_setup){.job = {.version = GATE_VERSION},
                                                             .services = &service,
                                                             .service_count = 1});
    if (gate_cell_run(cell, bytes_of(NULL, 0), &session, 0, NULL) != GATE_CELL_FINISHED)
        give_up("the cell did not finish");
    gate_cell_destroy(cell);
}

static struct gate_cell *spawn(const struct gate_cell_options *options)
{
    struct gate_cell *cell = NULL;
    struct report report;
    report_init(&report);
    if (gate_cell_spawn(options, &cell, &report) != STATUS_OK)
        give_up(report.text);
    return cell;
}

static void measure_rounds(const struct gate_cell_options *options)
{
    char line[GATE_ISOLATION_LINE_MAX];
    struct observer observer = {.measures_rounds = true, .into = &times};
    struct gate_cell *cell = spawn(options);
    gate_isolation_line(gate_cell_isolation(cell), line);
    (void)printf("%s\n", line);
    run_cell(cell, &observer);
    tell("gate round trip, cell to gate and back", &times, 15);
}

static void measure_cold(const struct gate_cell_options *options, const char *what)
{
    for (int i = 0; i < STARTS; i++) {
        struct observer observer = {.began = now_us(), .into = &times};
        run_cell(spawn(options), &observer);
    }
    tell(what, &times, 8000);
}

/* The shelf is full again before the next one is taken, as it is for a server that is not short of
 * cells. */
static void measure_pool(const struct gate_cell_options *options)
{
    const struct timespec pause = {0, 10000000};
    struct gate_pool *pool = NULL;
    struct report report;
    report_init(&report);
    if (gate_pool_create(options, POOL, &pool, &report) != STATUS_OK)
        give_up(report.text);
    for (int i = 0; i < STARTS; i++) {
        struct gate_cell *cell = NULL;
        (void)nanosleep(&pause, NULL);
        struct observer observer = {.began = now_us(), .into = &times};
        if (gate_pool_take(pool, &cell, &report) != STATUS_OK)
            give_up(report.text);
        run_cell(cell, &observer);
    }
    gate_pool_destroy(pool);
    tell("start from the pool to the first call", &times, 1000);
}

static double start_program(char *const words[])
{
    int status = 0;
    double began = now_us();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
            (void)execv(words[0], words);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        give_up("a program did not run");
    return now_us() - began;
}

struct program {
    const char *what;
    double limit; /* times the first program; 0: none */
    char *words[6];
};

/* In turns, so that what else the machine does hits all. The least time is what the machine can do
 * when nothing else runs; the median is what the limit is for. */
static void measure_programs(const struct program *programs, size_t count)
{
    static struct times of[PROGRAMS];
    for (int i = 0; i < RUNS; i++)
        for (size_t k = 0; k < count; k++)
            add(&of[k], start_program(programs[k].words));
    const double least = percentile(&of[0], 0);
    const double median = percentile(&of[0], 0.5);
    for (size_t k = 0; k < count; k++) {
        (void)printf("%-44s min %9.1f us, %.2f times; p50 %.2f times\n", programs[k].what,
                     percentile(&of[k], 0), percentile(&of[k], 0) / least,
                     percentile(&of[k], 0.5) / median);
        tell("", &of[k], programs[k].limit * median);
    }
}

static void measure_runs(char **argv)
{
    static char run[] = "run", invoke[] = "--invoke", call[] = "hello()";
    const struct program programs[PROGRAMS] = {
        {"an empty static program, start to end", 0, {argv[4]}},
        {"aether run of a hello component", RATIO, {argv[2], run, argv[3]}},
        {"... of one in Rust, with its library", 0, {argv[2], run, invoke, call, argv[5]}},
    };
    measure_programs(programs, ARRAY_LEN(programs));
}

int main(int argc, char **argv)
{
    struct gate_cell_options options = {.memory_bytes = 16 << 20, .arena_bytes = 16 << 20};
    if (argc != 6)
        give_up("usage: bench ROUNDS-CELL AETHER HELLO.WASM EMPTY RUST.WASM");
    options.program = argv[1];
    measure_rounds(&options);
    measure_pool(&options);
    measure_cold(&options, "cold start to the first call, whole box");
    options.skipped = GATE_ISOLATION_CGROUP;
    measure_cold(&options, "... without cgroup");
    options.skipped = GATE_ISOLATION_CGROUP | GATE_ISOLATION_NET_NS;
    measure_cold(&options, "... without network namespace either");
    measure_runs(argv);
    return are_all_kept ? 0 : 1;
}
