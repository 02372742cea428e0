/*
 * cell/linux/areas.c: everything that a cell will ever have mapped; after the box no mapping
 * changes. Arena and memory are as large as any job of this cell may want and cost nothing until
 * they are touched; around each is a guard that no access can leave by 64 KiB.
 */
#include <asm/errno.h>
#include <linux/fs.h>
#include <linux/mman.h>

#include "cell/linux/linux.h"
#include "cell/linux/syscall.h"

#define GUARD_BYTES 0x10000L
#define AREA_MAX    ((uint64_t)1 << 45)

static long map(long at, uint64_t bytes, long protection, long flags, long fd)
{
    return syscall6(__NR_mmap, at, (long)bytes, protection, flags, fd, 0);
}

static uint64_t whole_pages(uint64_t bytes)
{
    return (bytes + 0xFFF) & ~(uint64_t)0xFFF;
}

static long map_file(uint64_t bytes, long protection, long fd, void **out_base)
{
    long at = map(0, bytes, protection, MAP_SHARED, fd);
    if (is_error(at))
        return at;
    *out_base = (void *)at; /* NOLINT(performance-no-int-to-ptr) */
    return 0;
}

static long map_zero(uint64_t bytes, uint8_t **out_base)
{
    uint64_t room = whole_pages(bytes);
    long hole =
        map(0, room + 2 * GUARD_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
    if (is_error(hole))
        return hole;
    *out_base = (uint8_t *)(hole + GUARD_BYTES); /* NOLINT(performance-no-int-to-ptr) */
    if (room == 0)
        return 0;
    long at = map(hole + GUARD_BYTES, room, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1);
    return is_error(at) ? at : 0;
}

static bool is_plan_usable(const struct gate_linux_plan *plan)
{
    return plan->version == GATE_LINUX_VERSION && plan->transfer_bytes <= UINT32_MAX &&
           plan->payload_bytes <= AREA_MAX && plan->arena_bytes <= AREA_MAX &&
           plan->memory_bytes <= AREA_MAX;
}

long cell_linux_map(struct gate_port *port)
{
    void *at = NULL;
    long shared_bytes = syscall3(__NR_lseek, GATE_LINUX_FD_SHARED, 0, SEEK_END);
    if (shared_bytes < (long)GATE_LINUX_PAGE)
        return is_error(shared_bytes) ? shared_bytes : -EINVAL;
    long error =
        map_file((uint64_t)shared_bytes, PROT_READ | PROT_WRITE, GATE_LINUX_FD_SHARED, &at);
    if (error != 0)
        return error;
    port->page = at;
    const struct gate_linux_plan plan = port->page->plan;
    if (!is_plan_usable(&plan) || plan.transfer_bytes != (uint64_t)shared_bytes - GATE_LINUX_PAGE)
        return -EINVAL;
    port->areas.transfer = (uint8_t *)at + GATE_LINUX_PAGE;
    port->areas.transfer_bytes = plan.transfer_bytes;
    port->spin_most = plan.spin_most;
    if (plan.payload_bytes != 0) {
        error = map_file(plan.payload_bytes, PROT_READ, GATE_LINUX_FD_PAYLOAD, &at);
        port->areas.payload = at;
    }
    if (error == 0)
        error = map_zero(plan.arena_bytes, &port->areas.arena);
    if (error == 0)
        error = map_zero(plan.memory_bytes, &port->areas.memory);
    return error;
}
