/*
 * metal/board.c: the sensor board: bind, latch, commit, sleep, doorbell.
 *
 * Invariants are those of board.h. State is two addresses and which kind of board it is; no input
 * and no output of a cycle is kept here.
 */
#include "metal/board.h"

#include "aether/abi/receipt.h"
#include "metal/cpu.h"
#include "metal/ivshmem.h"
#include "metal/window.h"

/* A board answers within milliseconds; this many looks are seconds in QEMU, less on a processor. */
#define SETTLE_LOOKS 5000000u

#define BENCH_PRESSURE 0x3DF5C28Fu /* 0.12f, atm */
#define BENCH_DOSE     1250u

enum board_kind { BOARD_NONE, BOARD_IVSHMEM, BOARD_BENCH };

static struct {
    enum board_kind kind;
    struct window window;
    struct ivshmem device;
} board;

static void bind(enum board_kind kind, volatile uint8_t *base)
{
    board.kind = kind;
    board.window = (struct window){&window_map_v2, base};
    window_clear(&board.window);
    window_write_u32(&board.window, REGISTER_MAP, board.window.map->version);
}

bool board_find(void)
{
    const struct window_map *map = &window_map_v2;

    if (!ivshmem_open(&board.device, map->physical, map->bytes))
        return false;
    bind(BOARD_IVSHMEM, board.device.memory);
    if (!window_holds(&board.window, REGISTER_MAP, bytes_of(&map->version, sizeof map->version))) {
        board_wipe(); /* nothing answers there: it is behind a bridge that does not pass it on */
        return false;
    }
    ivshmem_route(&board.device, map->first_vector, map->vector_count);
    return true;
}

void board_bind_bench(void *page)
{
    bind(BOARD_BENCH, page);
}

void board_inject_bench(void)
{
    ASSERT(board.kind == BOARD_BENCH);
    const struct window_entry *registers = board.window.map->registers;
    volatile uint8_t *base = board.window.base;
    uint32_t pressure = BENCH_PRESSURE;
    uint32_t dose = BENCH_DOSE;

    /* Here the image plays the board, so it writes what is an input (window.c, 2). */
    memcpy((void *)(base + registers[REGISTER_PRESSURE].offset), &pressure, sizeof pressure);
    memcpy((void *)(base + registers[REGISTER_DOSE].offset), &dose, sizeof dose);
}

void board_latch(struct journal_inputs *out_inputs)
{
    const struct window *window = &board.window;

    if (board.kind == BOARD_NONE)
        return;
    out_inputs->oxygen = window_read_u32(window, REGISTER_OXYGEN);
    out_inputs->joint = window_read_u32(window, REGISTER_JOINT);
    out_inputs->pressure_bits = window_read_u32(window, REGISTER_PRESSURE);
    out_inputs->dose = window_read_u32(window, REGISTER_DOSE);
    window_read(window, REGISTER_CYCLE, &out_inputs->cycle, sizeof out_inputs->cycle);
    window_read(window, REGISTER_PREVIOUS, out_inputs->previous, sizeof out_inputs->previous);

    uint32_t bits = board.kind == BOARD_BENCH ? GATE_STATUS_BENCH : GATE_STATUS_BOARD;

    if (!bytes_are_zero(bytes_of(out_inputs->previous, sizeof out_inputs->previous)))
        bits |= GATE_STATUS_CHAINED;
    out_inputs->status_bits &=
        ~(uint32_t)(GATE_STATUS_BENCH | GATE_STATUS_BOARD | GATE_STATUS_CHAINED);
    out_inputs->status_bits |= bits;
}

#define OUTPUT_COUNT 17

/* Everything that a commit writes before ticks and sequence, in the order of writing. `words` has
 * the numbers that have no place of their own; a list of words, not a struct, as each goes alone.
 */
static void list_outputs(const struct board_commit *commit, uint32_t words[static 8],
                         struct window_output out_list[static OUTPUT_COUNT])
{
    static const struct journal no_journal;
    const struct journal *journal = commit->journal != NULL ? commit->journal : &no_journal;
    uint32_t signals = journal->signal_count;
    uint32_t uplinks = journal->uplink_count;

    words[0] = commit->receipt != NULL ? RECEIPT_BYTES : 0;
    words[1] = signals != 0 ? journal->signals[signals - 1] : 0;
    words[2] = uplinks != 0 ? journal->uplinks[uplinks - 1][0] : 0;
    words[3] = uplinks != 0 ? journal->uplinks[uplinks - 1][1] : 0;
    words[4] = (uint32_t)commit->proof;
    words[5] = (uint32_t)(commit->proof >> 32);

    const struct window_output list[OUTPUT_COUNT] = {
        {REGISTER_RECEIPT, {commit->receipt, words[0]}},
        {REGISTER_RECEIPT_LEN, {(const uint8_t *)&words[0], 4}},
        {REGISTER_TELEMETRY, {journal->telemetry, journal->telemetry_len}},
        {REGISTER_TELEMETRY_COUNT, {(const uint8_t *)&journal->telemetry_count, 4}},
        {REGISTER_SIGNAL, {(const uint8_t *)&words[1], 4}},
        {REGISTER_SIGNAL_COUNT, {(const uint8_t *)&journal->signal_count, 4}},
        {REGISTER_UPLINK_LO, {(const uint8_t *)&words[2], 4}},
        {REGISTER_UPLINK_HI, {(const uint8_t *)&words[3], 4}},
        {REGISTER_UPLINK_COUNT, {(const uint8_t *)&journal->uplink_count, 4}},
        {REGISTER_VECTOR, {(const uint8_t *)&commit->vector, 4}},
        {REGISTER_LATCHED, {(const uint8_t *)&commit->latched, 4}},
        {REGISTER_OUTCOME, {(const uint8_t *)&commit->outcome, 4}},
        {REGISTER_REASON, {(const uint8_t *)&commit->reason, 4}},
        {REGISTER_STATUS, {(const uint8_t *)&commit->status, 4}},
        {REGISTER_MAP, {(const uint8_t *)&board.window.map->version, 4}},
        {REGISTER_PROOF_LO, {(const uint8_t *)&words[4], 4}},
        {REGISTER_PROOF_HI, {(const uint8_t *)&words[5], 4}},
    };
    memcpy(out_list, list, sizeof list);
}

static bool put_and_check_u32(enum window_register where, uint32_t value)
{
    window_write_u32(&board.window, where, value);
    return window_holds(&board.window, where, bytes_of(&value, sizeof value));
}

bool board_commit(const struct board_commit *commit)
{
    struct window_output list[OUTPUT_COUNT];
    uint32_t words[8];
    bool is_held = true;

    if (board.kind == BOARD_NONE)
        return true;
    list_outputs(commit, words, list);
    for (uint32_t i = 0; i < OUTPUT_COUNT; i++)
        window_write(&board.window, list[i].where, list[i].what);
    for (uint32_t i = 0; i < OUTPUT_COUNT; i++)
        is_held = is_held && window_holds(&board.window, list[i].where, list[i].what);

    uint64_t ticks = cpu_tsc() - commit->woken_tsc;

    is_held = is_held &&
              put_and_check_u32(REGISTER_TICKS, ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks);
    if (!is_held) {
        window_write_u32(&board.window, REGISTER_PROOF_LO, 0);
        window_write_u32(&board.window, REGISTER_PROOF_HI, 0);
        return false;
    }
    window_write_u32(&board.window, REGISTER_SEQUENCE, commit->sequence);
    return true;
}

void board_sleep(uint32_t marker)
{
    if (board.kind == BOARD_NONE)
        return;
    window_write_u32(&board.window, REGISTER_PMU_COMMAND,
                     marker == WINDOW_DORMANCY_AWAKE ? 0 : WINDOW_PMU_DORMANT);
    window_write_u32(&board.window, REGISTER_DORMANCY, marker);
}

void board_doorbell(void)
{
    if (board.kind == BOARD_IVSHMEM)
        ivshmem_ring(&board.device, board.window.map->board_peer, board.window.map->board_vector);
}

void board_settle(uint32_t sequence)
{
    if (board.kind != BOARD_IVSHMEM)
        return;
    for (uint32_t i = 0; i < SETTLE_LOOKS; i++) {
        if (window_read_u32(&board.window, REGISTER_STORED) == sequence)
            return;
        __asm__ volatile("pause");
    }
}

void board_wipe(void)
{
    if (board.kind == BOARD_IVSHMEM)
        ivshmem_close(&board.device);
    memory_wipe(&board, sizeof board);
}
