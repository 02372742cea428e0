/*
 * tests/unit/wasi/test_p1.c: programs of preview 1 that check themselves (tests/wasi/p1), in this
 * process over the real gate and world; and what preview 1 makes of a gate that has errors.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "cell/inprocess/inprocess.h"
#include "cell/program/program.h"
#include "node/world/world.h"
#include "tests/support/built.h"
#include "tests/support/folder.h"
#include "tests/support/test.h"

static uint8_t payload[1 << 20];
static uint8_t said[GATE_EXPLANATION_MAX];
static struct gate_session session;
static struct buffer explanation;

/* The next requests of this interface and method fail so; GATE_WORLD 0: none. */
static uint16_t failing_interface, failing_method;
static enum gate_error failing_error;
static struct gate_service real[WORLD_SERVICE_COUNT];

static void call(void *context, const struct gate_request *copy, struct gate_transfer transfer,
                 struct gate_reply *out_reply)
{
    const struct gate_service *service = context;
    if (copy->interface == failing_interface && copy->method == failing_method) {
        out_reply->status = GATE_FAILED;
        out_reply->reason = failing_error;
        return;
    }
    service->call(service->context, copy, transfer, out_reply);
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(path);
}

static struct gate_job job_of(size_t len)
{
    return (struct gate_job){
        .version = GATE_VERSION,
        .payload_len = len,
        .fuel = INT64_MAX,
        .memory_bytes = 16 << 20,
        .arena_bytes = 64 << 20,
        .stack_units = 1 << 16,
        .table_elements = 1 << 10,
    };
}

static void serve(struct world *world, struct bytes program)
{
    struct gate_service services[WORLD_SERVICE_COUNT];
    enum gate_cell_end end;
    world_services(world, real);
    for (size_t i = 0; i < WORLD_SERVICE_COUNT; i++)
        services[i] = (struct gate_service){
            .interface = real[i].interface, .context = &real[i], .call = call};
    explanation = (struct buffer){.data = said, .cap = sizeof said};
    gate_session_init(&session, &(struct gate_session_setup){.job = job_of(program.len),
                                                             .services = services,
                                                             .service_count = WORLD_SERVICE_COUNT,
                                                             .explanation = &explanation});
    assert_int_equal(
        inprocess_run(
            &(struct inprocess_job){.payload = program, .session = &session, .entry = program_run},
            &end, NULL),
        STATUS_OK);
    assert_int_equal(end, GATE_CELL_FINISHED);
}

/* Runs build/wasi/p1/NAME.wasm with a fresh directory as its root. */
static int32_t run(const char *name)
{
    char file[64], folder[FOLDER_PATH_MAX];
    const char *const arguments[] = {name, "7"};
    int null = open("/dev/null", O_RDWR);
    struct world *world;
    assert_true(null >= 0);
    folder_create("p1", folder);
    (void)snprintf(file, sizeof file, "wasi/p1/%s.wasm", name); /* names are ours: they fit */
    const struct world_directory directory = {folder, "/", false};
    const struct world_setup setup = {.arguments = arguments,
                                      .argument_count = 2,
                                      .directories = &directory,
                                      .directory_count = 1,
                                      .stdio = {null, null, null}};
    assert_int_equal(world_create(&setup, &world, NULL), STATUS_OK);
    serve(world, built_read(file, payload, sizeof payload));
    world_destroy(world);
    (void)close(null);
    assert_int_equal(nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    assert_int_equal(session.outcome.kind, OUTCOME_RESULT);
    assert_int_equal(session.payload_version, 1);
    return session.outcome.status;
}

static int32_t run_failing(const char *name, uint16_t interface, uint16_t method,
                           enum gate_error error)
{
    failing_interface = interface;
    failing_method = method;
    failing_error = error;
    int32_t status = run(name);
    failing_interface = 0;
    return status;
}

TEST(files_have_positions_sizes_and_times)
{
    assert_int_equal(run("files"), 0);
}

TEST(paths_stay_beneath_their_directory)
{
    assert_int_equal(run("paths"), 0);
}

TEST(descriptors_have_numbers_and_rights)
{
    assert_int_equal(run("descriptors"), 0);
}

TEST(directories_are_listed_whole)
{
    assert_int_equal(run("directory"), 0);
}

TEST(clocks_go_on_and_waits_end)
{
    assert_int_equal(run("clocks"), 0);
}

TEST(pointers_out_of_memory_are_faults)
{
    assert_int_equal(run("pointers"), 0);
}

TEST(the_last_argument_is_the_exit_code)
{
    assert_int_equal(run("words"), 7);
}

TEST(what_the_gate_fails_with_is_what_the_program_sees)
{
    assert_int_equal(run_failing("files", GATE_FILE, GATE_FILE_OPEN, GATE_ERROR_IO), 1);
    assert_int_equal(run_failing("files", GATE_FILE, GATE_FILE_PREAD, GATE_ERROR_BUSY), 1);
    assert_int_equal(run_failing("files", GATE_FILE, GATE_FILE_STAT, GATE_ERROR_ACCESS), 1);
    assert_int_equal(run_failing("directory", GATE_FILE, GATE_FILE_READ_DIRECTORY, GATE_ERROR_IO),
                     1);
    assert_int_equal(run_failing("clocks", GATE_WORLD, GATE_WORLD_RANDOM, GATE_ERROR_UNSUPPORTED),
                     1);
    assert_int_equal(run_failing("clocks", GATE_WORLD, GATE_WORLD_POLL, GATE_ERROR_INTERRUPTED), 1);
    assert_int_equal(run_failing("words", GATE_WORLD, GATE_WORLD_TEXT, GATE_ERROR_IO), 1);
}

TEST(a_program_without_stdio_or_directories_has_no_descriptors)
{
    assert_int_equal(run_failing("cat", GATE_WORLD, GATE_WORLD_STDIO, GATE_ERROR_BAD_DESCRIPTOR),
                     1);
    assert_int_equal(run_failing("files", GATE_WORLD, GATE_WORLD_PREOPEN, GATE_ERROR_NO_ENTRY), 1);
}

TEST_MAIN(T(files_have_positions_sizes_and_times), T(paths_stay_beneath_their_directory),
          T(descriptors_have_numbers_and_rights), T(directories_are_listed_whole),
          T(clocks_go_on_and_waits_end), T(pointers_out_of_memory_are_faults),
          T(the_last_argument_is_the_exit_code),
          T(what_the_gate_fails_with_is_what_the_program_sees),
          T(a_program_without_stdio_or_directories_has_no_descriptors))
