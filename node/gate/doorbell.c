/*
 * node/gate/doorbell.c: see doorbell.h.
 */
#include "node/gate/doorbell.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sys/syscall.h>

/* Cycles of the time stamp counter: some 1 and 25 microseconds. To wake a sleeper takes as long, on
 * a virtual machine more. */
#define SPIN_LEAST 4096u
#define SPIN_MOST  65536u
#define SECOND_NS  UINT64_C(1000000000)

/* With one processor the other side can not run while we look. */
static uint32_t spin_most(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2)
        return 0;
    return SPIN_MOST;
}

void gate_doorbell_init(struct gate_doorbell *bell, struct gate_linux_page *page)
{
    uint32_t most = spin_most();
    *bell = (struct gate_doorbell){.page = page, .spin = most, .spin_most = most};
}

static bool has_rung(const struct gate_doorbell *bell)
{
    return __atomic_load_n(&bell->page->rung, __ATOMIC_ACQUIRE) != bell->seen;
}

static bool spin(struct gate_doorbell *bell)
{
    const uint64_t start = __builtin_ia32_rdtsc();
    while (__builtin_ia32_rdtsc() - start < bell->spin) {
        if (has_rung(bell)) {
            bell->spin = bell->spin_most;
            return true;
        }
        __builtin_ia32_pause();
    }
    if (bell->spin > SPIN_LEAST)
        bell->spin /= 2;
    return false;
}

/* False: it is late. */
static bool sleep_until(struct gate_doorbell *bell, uint64_t deadline_ns)
{
    struct gate_linux_page *page = bell->page;
    const struct timespec until = {.tv_sec = (time_t)(deadline_ns / SECOND_NS),
                                   .tv_nsec = (long)(deadline_ns % SECOND_NS)};
    const struct timespec *limit = deadline_ns == 0 ? NULL : &until;
    bool is_late = false;
    __atomic_store_n(&page->gate_sleeps, 1, __ATOMIC_SEQ_CST);
    while (!is_late && !has_rung(bell) && !__atomic_load_n(&bell->is_ended, __ATOMIC_SEQ_CST)) {
        long slept = syscall(SYS_futex, &page->rung, FUTEX_WAIT_BITSET, bell->seen, limit, NULL,
                             FUTEX_BITSET_MATCH_ANY);
        is_late = slept != 0 && errno == ETIMEDOUT;
    }
    __atomic_store_n(&page->gate_sleeps, 0, __ATOMIC_RELAXED);
    return !is_late;
}

enum gate_ring gate_doorbell_wait(struct gate_doorbell *bell, uint64_t deadline_ns)
{
    if (!spin(bell) && !sleep_until(bell, deadline_ns))
        return GATE_RING_LATE;
    if (__atomic_load_n(&bell->is_ended, __ATOMIC_SEQ_CST))
        return GATE_RING_ENDED;
    bell->seen = __atomic_load_n(&bell->page->rung, __ATOMIC_ACQUIRE);
    return GATE_RING_REQUEST;
}

void gate_doorbell_take(const struct gate_doorbell *bell, struct gate_request *out_copy)
{
    memcpy(out_copy, bell->page->request, sizeof *out_copy);
    /* The compiler may not read the page again where the copy is used. */
    __asm__ volatile("" : : "r"(out_copy) : "memory");
}

void gate_doorbell_answer(struct gate_doorbell *bell, const struct gate_reply *reply)
{
    struct gate_linux_page *page = bell->page;
    if (reply != NULL)
        memcpy(page->reply, reply, sizeof *reply);
    bell->answered++;
    __atomic_store_n(&page->answered, bell->answered, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&page->cell_sleeps, __ATOMIC_SEQ_CST) != 0)
        (void)syscall(SYS_futex, &page->answered, FUTEX_WAKE, 1, NULL, NULL, 0);
}

void gate_doorbell_end(struct gate_doorbell *bell)
{
    __atomic_store_n(&bell->is_ended, true, __ATOMIC_SEQ_CST);
    (void)__atomic_fetch_add(&bell->page->rung, 1, __ATOMIC_SEQ_CST);
    (void)syscall(SYS_futex, &bell->page->rung, FUTEX_WAKE, 1, NULL, NULL, 0);
}
