/*
 * cell/fake/port.h: the binding of hosted programs: a port is an object with two functions, because
 * one program may have several kinds of gate (cell/fake for receipts, cell/inprocess for WASI).
 *
 * What embeds a port puts it first. Areas are fresh zero pages between unmapped guards.
 */
#ifndef AETHER_CELL_FAKE_PORT_H
#define AETHER_CELL_FAKE_PORT_H

#include "cell/binding.h"

struct gate_port {
    void (*areas)(struct gate_port *port, struct cell_areas *out_areas);
    void (*ring)(struct gate_port *port, const struct gate_request *request,
                 struct gate_reply *out_reply);
};

/* A run of zero pages with unmapped pages around. */
struct area {
    uint8_t *map;
    size_t map_len;
    uint8_t *base;
};

/* Pages cost nothing until they are touched. NO_MEMORY: the address space has not the room. */
enum status MUST_CHECK area_map(uint64_t bytes, struct area *out_area);

/* Nothing happens to an area that is all zero. */
void area_unmap(struct area *area);

#endif
