/*
 * board/main.c: aether-board: the sensor board of a bare-metal image, as a program.
 *
 * Reads the mission, opens the receipts, listens, starts the machine, flies, and says whether all
 * of it held. Exit status: 0 it held, 1 it did not, 2 it could not be tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "board/flight.h"
#include "board/print.h"
#include "board/store.h"

#define MISSION_BYTES_MAX 0x100000
#define EXIT_HELD         0
#define EXIT_FAILED       1
#define EXIT_USAGE        2
#define END_SECONDS       10.0

static const char help[] =
    "aether-board: the sensor board of an Aether image\n"
    "\n"
    "  aether-board --mission FILE [options] -- qemu-system-x86_64 ... {socket} ...\n"
    "  aether-board --mission FILE --socket PATH [options]     somebody else starts the machine\n"
    "\n"
    "The board shares a register window with the machine (QEMU's ivshmem-doorbell), sets sensors,\n"
    "raises interrupts, takes what the machine commits and checks it. QEMU wants\n"
    "  -chardev socket,path={socket},id=board -device ivshmem-doorbell,chardev=board,vectors=2\n"
    "where {socket} is replaced by the board's own socket.\n"
    "\n"
    "  --mission FILE     what to do, see below\n"
    "  --receipts FILE    append every receipt here; the chain goes on where the file ends\n"
    "  --socket PATH      listen here (default: in a directory of its own)\n"
    "  --memory FILE      share this file, 1 MiB, instead of nameless memory\n"
    "  --expect-exit N    the machine's exit code at the end: 33 success (default), 35 fault\n"
    "  --end-timeout S    seconds the machine has to end after the last step (default 10)\n"
    "  --json             one JSON object a line\n"
    "  --check            only read the mission and say whether it is sound\n"
    "  --help             this text\n"
    "\n"
    "Exit status: 0 everything held, 1 something did not, 2 it could not be tried.\n"
    "\n"
    "A mission has one step a line; # starts a comment.\n"
    "  set pressure 0.12        a sensor: pressure (atm, decimal), dose, joint, oxygen (32 bits);\n"
    "                           or any word of the window by its offset: set 0x3C 7\n"
    "  raise 0x20               wake the machine: 0x20 or pressure, 0x21 or joint\n"
    "  await commit 5           wait for the next commit, awake, asleep or ended; seconds, "
    "default\n"
    "                           `timeout`; no `raise` reaches a machine that was never asleep\n"
    "  expect outcome result    of the commit awaited last: outcome result|trap|fault,\n"
    "  expect reason page-fault   reason WORD, status N, proof zero|nonzero, sequence N, vector "
    "N,\n"
    "                             cycle N, latched N, signal N (last), signals N (how many),\n"
    "                             uplink LO HI (last), uplinks N, telemetry N (vectors), map N,\n"
    "                             pmu zero|nonzero\n"
    "  repeat 10 ... end        up to 8 inside of each other\n"
    "  print TEXT               into the board's output\n"
    "  pause 0.2                seconds\n"
    "  timeout 10               default of every await below\n"
    "  hold 0x5C 9              keep overwriting a word, as a broken board would; release ends it\n"
    "\n"
    "Example: board/missions/default.mission\n";

struct options {
    const char *mission;
    const char *receipts;
    const char *socket;
    const char *memory;
    char *const *machine; /* command line, or NULL */
    int expected_exit;
    double end_seconds;
    bool is_json;
    bool is_check;
};

static int usage(const char *sentence, const char *what)
{
    fprintf(stderr, "aether-board: %s%s; aether-board --help explains\n", sentence, what);
    return EXIT_USAGE;
}

static bool parse_int(const char *text, int max, int *out_value)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (*text == '\0' || *end != '\0' || value < 0 || value > max)
        return false;
    *out_value = (int)value;
    return true;
}

/* 0, or the exit status of a wrong command line; -1: help was printed. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"mission", required_argument, NULL, 'm'},
        {"receipts", required_argument, NULL, 'r'},
        {"socket", required_argument, NULL, 's'},
        {"memory", required_argument, NULL, 'y'},
        {"expect-exit", required_argument, NULL, 'x'},
        {"end-timeout", required_argument, NULL, 'e'},
        {"json", no_argument, NULL, 'j'},
        {"check", no_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int seconds;

    *options = (struct options){.expected_exit = 33, .end_seconds = END_SECONDS};
    for (int name; (name = getopt_long(argc, argv, "+h", names, NULL)) != -1;) {
        switch (name) {
        case 'm':
            options->mission = optarg;
            break;
        case 'r':
            options->receipts = optarg;
            break;
        case 's':
            options->socket = optarg;
            break;
        case 'y':
            options->memory = optarg;
            break;
        case 'x':
            if (!parse_int(optarg, 255, &options->expected_exit))
                return usage("--expect-exit wants 0 to 255, not ", optarg);
            break;
        case 'e':
            if (!parse_int(optarg, 3600, &seconds))
                return usage("--end-timeout wants seconds up to 3600, not ", optarg);
            options->end_seconds = seconds;
            break;
        case 'j':
            options->is_json = true;
            break;
        case 'c':
            options->is_check = true;
            break;
        case 'h':
            fputs(help, stdout);
            return -1;
        default:
            return usage("so it can not start", "");
        }
    }
    if (options->mission == NULL)
        return usage("a --mission is needed", "");
    if (optind < argc)
        options->machine = argv + optind;
    else if (options->socket == NULL && !options->is_check)
        return usage("give a machine behind --, or a --socket to wait at", "");
    return 0;
}

static bool read_mission(const char *path, struct mission *out_mission)
{
    static uint8_t text[MISSION_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    struct report report;

    if (file == NULL) {
        fprintf(stderr, "aether-board: can not open mission %s: %s\n", path, strerror(errno));
        return false;
    }
    size_t len = fread(text, 1, sizeof text, file);
    bool is_read = ferror(file) == 0 && len < sizeof text;

    (void)fclose(file); /* was only read */
    if (!is_read) {
        fprintf(stderr, "aether-board: mission %s can not be read, or is over 1 MiB\n", path);
        return false;
    }
    report_init(&report);
    if (mission_parse(bytes_of(text, len), out_mission, &report) == STATUS_OK)
        return true;
    fprintf(stderr, "%s:%llu: %s\n", path, (unsigned long long)report.offset, report.text);
    return false;
}

/* A socket path nobody else has: in a directory of our own, which is removed at the end. */
struct socket_place {
    char directory[80];
    char path[100];
};

static bool make_socket_place(struct socket_place *place)
{
    const char *base = getenv("TMPDIR");

    if (base == NULL || strlen(base) > 50)
        base = "/tmp";
    (void)snprintf(place->directory, sizeof place->directory, "%s/aether-board-XXXXXX", base);
    if (mkdtemp(place->directory) == NULL) {
        fprintf(stderr, "aether-board: can not make %s: %s\n", place->directory, strerror(errno));
        return false;
    }
    (void)snprintf(place->path, sizeof place->path, "%s/b.sock", place->directory);
    return true;
}

/* What a signal that ends us has to clean up. */
static struct socket_place place;

/* The machine behind us is killed by the kernel when we are gone (board/child.c). */
static void on_end(int number)
{
    if (place.path[0] != '\0') {
        (void)unlink(place.path);
        (void)rmdir(place.directory);
    }
    _exit(128 + number);
}

static struct mission mission;
static struct machine machine;
static struct flight flight;

/* Steps, then the end of the machine. Everything is open. */
static int fly(const struct options *options, struct server *server, struct receipt_store *store,
               const char *socket_path)
{
    struct child child = {.pid_fd = -1};

    machine_init(&machine, server->memory, store);
    if (options->machine != NULL && !child_start(&child, options->machine, socket_path))
        return EXIT_USAGE;
    flight = (struct flight){
        .mission = &mission,
        .mission_name = options->mission,
        .server = server,
        .machine = &machine,
        .child = options->machine != NULL ? &child : NULL,
        .is_json = options->is_json,
    };

    bool is_flown = flight_run(&flight);

    if (is_flown && flight.child != NULL && !flight_wait_for_end(&flight, options->end_seconds)) {
        print_failure(options->is_json, options->mission, 0,
                      "the machine did not end after the last step");
        flight.failures++;
    } else if (flight.child != NULL && child.is_ended &&
               child.exit_code != options->expected_exit) {
        char text[80];

        (void)snprintf(text, sizeof text, "the machine's exit code is %d, expected %d",
                       child.exit_code, options->expected_exit);
        print_failure(options->is_json, options->mission, 0, text);
        flight.failures++;
    }
    child_stop(&child);

    struct print_summary summary = {
        .commits = machine.taken,
        .checks = flight.checks,
        .failures = flight.failures + machine.out_of_turn + store->misfits,
        .exit_code = flight.child != NULL ? child.exit_code : -1,
    };

    summary.is_good = is_flown && summary.failures == 0;
    print_summary(options->is_json, &summary);
    return summary.is_good ? EXIT_HELD : EXIT_FAILED;
}

static int run(const struct options *options)
{
    struct receipt_store store;
    struct server server;
    int result = EXIT_USAGE;

    if (options->socket == NULL && !make_socket_place(&place))
        return EXIT_USAGE;
    (void)signal(SIGTERM, on_end); /* fail for no valid number */
    (void)signal(SIGINT, on_end);

    const char *path = options->socket != NULL ? options->socket : place.path;

    if (store_open(&store, options->receipts)) {
        if (server_init(&server, path, options->memory))
            result = fly(options, &server, &store, path);
        server_fini(&server);
    }
    store_close(&store);
    if (options->socket == NULL)
        (void)rmdir(place.directory); /* stays if somebody put a file there */
    return result;
}

int main(int argc, char **argv)
{
    struct options options;
    int wrong = parse_options(argc, argv, &options);

    if (wrong != 0)
        return wrong < 0 ? EXIT_HELD : wrong;
    if (!read_mission(options.mission, &mission))
        return EXIT_USAGE;
    if (options.is_check) {
        printf("%s: %u steps\n", options.mission, mission.step_count);
        return EXIT_HELD;
    }
    return run(&options);
}
