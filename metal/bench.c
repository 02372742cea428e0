/*
 * metal/bench.c: bench mode. Every receipt says so (the board's latch sets the flag).
 *
 * With `bench=timer` the APIC's one-shot wakes us, whose deadline is known, so that deadline ->
 * handler and handler -> proof can be measured; under -icount a tick is an instruction.
 */
#include "metal/bench.h"

#include "metal/board.h"
#include "metal/cpu.h"
#include "metal/cycle.h"
#include "metal/lapic.h"
#include "metal/log.h"
#include "metal/paging.h"
#include "metal/trap.h"

/* Far enough for the way to `hlt`. */
#define TIMER_TICKS 100000u

struct span {
    uint64_t least;
    uint64_t most;
};

static struct {
    bool is_open;
    bool is_timer;
    uint8_t vector;
    uint64_t deadline_tsc;
    uint64_t count;
    struct span to_handler;
    struct span to_proof;
} bench;

static uint8_t bench_page[PAGE_BYTES] ALIGNED(4096);

void bench_open(const struct boot_info *info)
{
    bench.is_open = true;
    bench.is_timer = info->is_bench_timer;
    bench.vector = info->is_bench_joint ? VECTOR_JOINT : VECTOR_PRESSURE;
    board_bind_bench(bench_page);
    board_inject_bench();
}

void bench_arm(void)
{
    if (!bench.is_open)
        return;
    if (!bench.is_timer) {
        lapic_raise(bench.vector);
        return;
    }
    bench.deadline_tsc = cpu_tsc() + TIMER_TICKS;
    lapic_arm(bench.vector, TIMER_TICKS);
}

static void widen(struct span *span, uint64_t value)
{
    if (bench.count == 0 || value < span->least)
        span->least = value;
    if (value > span->most)
        span->most = value;
}

void bench_measure(void)
{
    if (!bench.is_timer)
        return;
    widen(&bench.to_handler, wake_tsc - bench.deadline_tsc);
    widen(&bench.to_proof, cycle_committed_tsc() - wake_tsc);
    bench.count++;
}

void bench_report(void)
{
    if (!bench.is_timer)
        return;
    log_line("bench timer: cycles=%u deadline-to-handler=%u..%u handler-to-proof=%u..%u ticks",
             bench.count, bench.to_handler.least, bench.to_handler.most, bench.to_proof.least,
             bench.to_proof.most);
}
