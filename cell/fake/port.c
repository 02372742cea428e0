/*
 * cell/fake/port.c: see port.h.
 */
#include "cell/fake/port.h"

#include <sys/mman.h>

#define PAGE_BYTES  0x1000u
#define GUARD_BYTES 0x10000u
#define AREA_MAX    ((uint64_t)1 << 46)

enum status area_map(uint64_t bytes, struct area *out_area)
{
    if (bytes > AREA_MAX)
        return STATUS_NO_MEMORY;
    size_t room = ((size_t)bytes + PAGE_BYTES - 1) & ~(size_t)(PAGE_BYTES - 1);
    size_t map_len = room + 2 * (size_t)GUARD_BYTES;
    uint8_t *map =
        mmap(NULL, map_len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED)
        return STATUS_NO_MEMORY;
    if (room != 0 && mprotect(map + GUARD_BYTES, room, PROT_READ | PROT_WRITE) != 0) {
        (void)munmap(map, map_len);
        return STATUS_NO_MEMORY;
    }
    *out_area = (struct area){map, map_len, map + GUARD_BYTES};
    return STATUS_OK;
}

void area_unmap(struct area *area)
{
    if (area->map != NULL)
        (void)munmap(area->map, area->map_len);
    *area = (struct area){.map = NULL};
}

void gate_port_areas(struct gate_port *port, struct cell_areas *out_areas)
{
    port->areas(port, out_areas);
}

/* The doorbell is a function call: the answer is there at once. */
void gate_port_ring_long(struct gate_port *port, const struct gate_request *request,
                         void (*meanwhile)(void *context), void *context,
                         struct gate_reply *out_reply)
{
    port->ring(port, request, out_reply);
    meanwhile(context);
}

void gate_port_ring(struct gate_port *port, const struct gate_request *request,
                    struct gate_reply *out_reply)
{
    port->ring(port, request, out_reply);
}
