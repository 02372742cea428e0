/*
 * cell/metal/port.c: the binding to the metal kernel: fixed areas, syscall as doorbell.
 *
 * What rings the doorbell is one function, so that the clobbers of abi/cell.h are written once.
 */
#include "aether/abi/cell.h"
#include "cell/cell.h"

void cell_main(void);

static void doorbell(void)
{
    /* The kernel gives rax, rcx, r11 and every vector register back as zero. */
    __asm__ volatile("syscall"
                     :
                     :
                     : "rax", "rcx", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                       "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",
                       "cc", "memory");
}

void gate_port_areas(struct gate_port *port, struct cell_areas *out_areas)
{
    (void)port;
    *out_areas = (struct cell_areas){
        .payload = (const uint8_t *)CELL_PAYLOAD,
        .transfer = (uint8_t *)CELL_TRANSFER,
        .transfer_bytes = CELL_TRANSFER_BYTES,
        .arena = (uint8_t *)CELL_ARENA,
        .memory = (uint8_t *)CELL_MEMORY,
    };
}

void gate_port_ring(struct gate_port *port, const struct gate_request *request,
                    struct gate_reply *out_reply)
{
    (void)port;
    memcpy((void *)(CELL_GATE_PAGE + GATE_REQUEST_OFFSET), request, sizeof *request);
    doorbell();
    memcpy(out_reply, (const void *)(CELL_GATE_PAGE + GATE_REPLY_OFFSET), sizeof *out_reply);
}

void base_panic(const char *file, int line, const char *condition)
{
    (void)file;
    (void)line;
    (void)condition;
    __builtin_trap();
}

void cell_main(void)
{
    struct cell cell;
    cell_init(&cell, NULL);
    cell_run(&cell);
}
