/*
 * tests/metal/cells/suite/suite_cell.c: a ring-3 program of tests only: its payload is a packed
 * suite, which it runs with the engine of the real cell.
 *
 * It stands in the real cell's place in a test image. The job's arena has the file's objects, the
 * validator's scratch, and above both room for linear memories; the job's guest memory has more of
 * it. What it finds goes out as telemetry:
 *
 *   first vector   u32 files, passed, failed, skipped | u64 digest
 *   then           for the first failures: u32 file in the pack | u32 line | text
 *
 * The digest is FNV-1a over what suite_run_file told: of each command that did not pass the file's
 * name, the line and the result. Equal counts and digest mean equal verdicts.
 *
 * In the kernel of test images it has page faults of memory 0 back as traps. The engine checks
 * every access, so there are none; the kernel would name each on the serial line.
 *
 * Entry "legacy" in the manifest: the older exception instructions are taken.
 */
#include "suite/limits.h"
#include "suite/room.h"
#include "suite/runner.h"
#include "tests/metal/cells/suite/upcall.h"

#define FNV_START  0xCBF29CE484222325u
#define FNV_PRIME  0x100000001B3u
#define HEAD_BYTES 24
#define TOLD_MAX   5 /* vectors after the first; all of them are under the gate's budget */

struct cell {
    struct gate_job job;
    struct arena arena, scratch;
    struct suite_room room;
    struct suite_counts counts;
    uint32_t files;
    uint64_t digest;
    uint32_t told_count;
    struct {
        uint32_t len;
        uint8_t data[GATE_TELEMETRY_MAX];
    } told[TOLD_MAX];
};

void cell_main(void);

/* Not on the stack: that is 64 KiB. */
static struct cell cell;

void base_panic(const char *file, int line, const char *condition)
{
    (void)file;
    (void)line;
    (void)condition;
    __builtin_trap();
}

static void digest(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++)
        cell.digest = (cell.digest ^ p[i]) * FNV_PRIME;
}

static void keep(uint32_t line, const char *text)
{
    if (cell.told_count == TOLD_MAX)
        return;
    uint8_t *data = cell.told[cell.told_count].data;
    uint32_t len = 8;
    store_le32(data, cell.files);
    store_le32(data + 4, line);
    for (; *text != '\0' && len < GATE_TELEMETRY_MAX; text++)
        data[len++] = (uint8_t)*text;
    cell.told[cell.told_count++].len = len;
}

static void tell(void *context, const struct suite_file *file, const struct suite_command *command,
                 enum suite_result result, const char *text)
{
    uint8_t tail[5];
    (void)context;
    store_le32(tail, command->line);
    tail[4] = (uint8_t)result;
    digest(file->name.data, file->name.len);
    digest(tail, sizeof tail);
    if (result == SUITE_FAILED)
        keep(command->line, text);
}

static enum status memory_reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    return suite_room_reserve(&cell.room, cap_bytes, out_base);
}

/* Most pages were never written: reading is quicker than writing. */
static void clean(uint8_t *base, uint64_t len)
{
    for (uint64_t at = 0; at < len; at += 4096) {
        uint64_t any = 0;
        for (uint64_t word = at; word < at + 4096; word += 8)
            any |= load_le64(base + word);
        if (any != 0)
            memory_wipe(base + at, 4096);
    }
}

static void memory_release(void *context)
{
    (void)context;
    for (size_t i = 0; i < SUITE_ROOM_PARTS; i++) {
        clean(cell.room.parts[i].base, cell.room.parts[i].used);
        cell.room.parts[i].used = 0;
    }
}

static bool is_legacy(void)
{
    return cell.job.entry_len == 6 && memcmp(cell.job.entry, "legacy", 6) == 0;
}

static enum status run_suite(void)
{
    const struct suite_host host = {
        .caps = SUITE_CAPS,
        .memory_reserve = memory_reserve,
        .memory_release = memory_release,
        .tell = tell,
        .arena = &cell.arena,
        .scratch = &cell.scratch,
        .legacy_exceptions = is_legacy(),
    };
    struct suite_pack pack;
    struct suite_file file;
    enum status status = suite_pack_open(
        bytes_of((const void *)CELL_PAYLOAD, (size_t)cell.job.payload_len), &pack, NULL);
    if (status != STATUS_OK)
        return status;
    while (suite_pack_next(&pack, &file)) {
        suite_run_file(&host, &file, &cell.counts);
        cell.files++;
    }
    return STATUS_OK;
}

static void send(const uint8_t *data, uint32_t len)
{
    memcpy((void *)CELL_TRANSFER, data, len);
    (void)ask(GATE_DEVICE, GATE_DEVICE_COMMIT_TELEMETRY, cell.job.handles[GATE_RIGHT_TELEMETRY],
              (struct gate_region){0, len}, 0); /* who reads it misses what did not come */
}

static void send_all(void)
{
    uint8_t head[HEAD_BYTES];
    store_le32(head, cell.files);
    store_le32(head + 4, (uint32_t)cell.counts.passed);
    store_le32(head + 8, (uint32_t)cell.counts.failed);
    store_le32(head + 12, (uint32_t)cell.counts.skipped);
    store_le64(head + 16, cell.digest);
    send(head, sizeof head);
    for (uint32_t i = 0; i < cell.told_count; i++)
        send(cell.told[i].data, cell.told[i].len);
}

void cell_main(void)
{
    uint8_t *arena = (uint8_t *)CELL_ARENA;
    greet();
    memcpy(&cell.job, job(), sizeof cell.job);
    (void)ask_memory_traps(); /* an ordinary kernel says no; then a fault is the cycle's end */
    ASSERT(cell.job.arena_bytes >= SUITE_ARENA_BYTES + SUITE_SCRATCH_BYTES + SUITE_ROOM_SECOND &&
           cell.job.memory_bytes >= SUITE_ROOM_FIRST);
    arena_init(&cell.arena, arena, SUITE_ARENA_BYTES);
    arena_init(&cell.scratch, arena + SUITE_ARENA_BYTES, SUITE_SCRATCH_BYTES);
    cell.room =
        (struct suite_room){.parts = {{.base = (uint8_t *)CELL_MEMORY, .cap = SUITE_ROOM_FIRST},
                                      {.base = arena + SUITE_ARENA_BYTES + SUITE_SCRATCH_BYTES,
                                       .cap = SUITE_ROOM_SECOND}}};
    cell.digest = FNV_START;
    enum status status = run_suite();
    send_all();
    finish((uint32_t)status);
}
