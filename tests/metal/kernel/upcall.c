/*
 * tests/metal/kernel/upcall.c: in metal/upcall.c's place in the kernel of test images: a page fault
 * of the cell's memory handlers in guest memory goes back to the cell.
 *
 * Invariants:
 *   (1) Only a load or store of ring 3 that found no page, at an address in the area of guest
 *       memory or in the 64 KiB behind it, by an instruction of the code that the cell named.
 *   (2) It goes on in the cell's text and nowhere else, with the stack and registers that it had
 *       (trap.S: all but rax, rcx, r11 and the vectors).
 *   (3) The deadline runs on: a cell that faults for ever ends by it.
 */
#include "metal/upcall.h"

#include "aether/abi/cell.h"
#include "metal/log.h"
#include "metal/map.h"
#include "metal/trap.h"

#define WINDOW_BYTES (CELL_MEMORY_MAX + 0x10000u)

/* Error code of a page fault: what kind of access it was. */
#define ERROR_WRITE 0x02u
#define ERROR_USER  0x04u /* without bit 0: there was no page */

uint32_t upcall_features(void)
{
    return GATE_FEATURE_FAULT_TO_TRAP;
}

bool upcall_take(const struct session_upcall *upcall)
{
    bool is_access = ring3.vector == EXCEPTION_PAGE_FAULT &&
                     (ring3.error & ~(uint64_t)ERROR_WRITE) == ERROR_USER;
    bool is_guest_memory = ring3.cr2 >= CELL_MEMORY && ring3.cr2 - CELL_MEMORY < WINDOW_BYTES;
    bool is_handler = ring3.rip >= upcall->code_start && ring3.rip < upcall->code_end;

    if (!is_access || !is_guest_memory || !is_handler || !space_is_text(upcall->entry))
        return false;
    log_line("test image: page fault as a trap — address=0x%x ip=0x%x", ring3.cr2, ring3.rip);
    ring3.rip = upcall->entry;
    return true;
}
