/*
 * cell/linux/linux.h: the parts of a cell process. main.c tells the story.
 */
#ifndef AETHER_CELL_LINUX_LINUX_H
#define AETHER_CELL_LINUX_LINUX_H

#include "aether/abi/gate_linux.h"
#include "cell/binding.h"

struct gate_port {
    struct gate_linux_page *page;
    struct cell_areas areas;
    uint32_t rung;      /* requests so far */
    uint32_t spin;      /* cycles to look before the next sleep */
    uint32_t spin_most; /* 0: never spin */
};

/* relocate.c: makes the program's own pointers right. Nothing before it uses one. */
void cell_linux_relocate(void);

/* areas.c: maps page, transfer area, payload, arena and memory. 0 or -errno. */
long cell_linux_map(struct gate_port *port);

/* box.c: everything but the filter. Steps that a machine may lack are left out of *out_isolation;
 * one that may not fail gives its number and -errno. */
enum gate_linux_step cell_linux_box(const struct gate_port *port, uint32_t *out_isolation,
                                    long *out_error);

/* filter.c: from here on futex on the two words and exit_group. 0 or -errno. */
long cell_linux_filter(const struct gate_linux_page *page);

/* port.c: rings for the first time, and comes back when there is a job. */
void cell_linux_wait_for_job(struct gate_port *port);

NORETURN void cell_linux_exit(int code);

#endif
