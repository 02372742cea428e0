/*
 * cell/linux/port.c: the binding to the Linux gate: a shared page, futexes as doorbell. The
 * protocol is in abi/gate_linux.h.
 *
 * Spinning first: a woken process costs several microseconds, an answer often fewer. How long it
 * spins follows what helped last.
 */
#include <linux/futex.h>

#include "cell/linux/linux.h"
#include "cell/linux/syscall.h"

#define SPIN_LEAST 4096u

static uint32_t load(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static bool spin(struct gate_port *port)
{
    const uint64_t start = __builtin_ia32_rdtsc();
    while (__builtin_ia32_rdtsc() - start < port->spin) {
        if (load(&port->page->answered) == port->rung) {
            port->spin = port->spin_most;
            return true;
        }
        __builtin_ia32_pause();
    }
    if (port->spin > SPIN_LEAST)
        port->spin /= 2;
    return false;
}

static void sleep(struct gate_port *port)
{
    struct gate_linux_page *page = port->page;
    __atomic_store_n(&page->cell_sleeps, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        uint32_t answered = __atomic_load_n(&page->answered, __ATOMIC_SEQ_CST);
        if (answered == port->rung)
            break;
        (void)syscall6(__NR_futex, (long)&page->answered, FUTEX_WAIT, answered, 0, 0, 0);
    }
    __atomic_store_n(&page->cell_sleeps, 0, __ATOMIC_RELAXED);
}

static void ring(struct gate_port *port)
{
    struct gate_linux_page *page = port->page;
    port->rung++;
    __atomic_store_n(&page->rung, port->rung, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&page->gate_sleeps, __ATOMIC_SEQ_CST) != 0)
        (void)syscall6(__NR_futex, (long)&page->rung, FUTEX_WAKE, 1, 0, 0, 0);
}

void cell_linux_wait_for_job(struct gate_port *port)
{
    ring(port);
    port->spin = port->spin_most;
    if (!spin(port))
        sleep(port);
    port->spin = port->spin_most;
}

void gate_port_areas(struct gate_port *port, struct cell_areas *out_areas)
{
    *out_areas = port->areas;
}

void gate_port_ring(struct gate_port *port, const struct gate_request *request,
                    struct gate_reply *out_reply)
{
    memcpy(port->page->request, request, sizeof *request);
    ring(port);
    if (!spin(port))
        sleep(port);
    memcpy(out_reply, port->page->reply, sizeof *out_reply);
}

void gate_port_ring_long(struct gate_port *port, const struct gate_request *request,
                         void (*meanwhile)(void *context), void *context,
                         struct gate_reply *out_reply)
{
    memcpy(port->page->request, request, sizeof *request);
    ring(port);
    meanwhile(context);
    sleep(port);
    memcpy(out_reply, port->page->reply, sizeof *out_reply);
}

/* The gate sees SIGILL: a promise of the cell's own code was broken. */
void base_panic(const char *file, int line, const char *condition)
{
    (void)file;
    (void)line;
    (void)condition;
    __builtin_trap();
}
