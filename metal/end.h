/*
 * metal/end.h: the ways out. Each of them is scrub: nothing here returns.
 */
#ifndef AETHER_METAL_END_H
#define AETHER_METAL_END_H

#include "aether/abi/outcome.h"
#include "core/base/compiler.h"
#include "metal/boot_info.h"

/* What the scrub needs to know; from then on it clears all RAM, before only the image's own. */
void end_know(const struct boot_info *info);
/* An image for bench use was told scrub=leave: memory stays as it is, with a pattern in it. */
void end_leave_memory(void);
bool end_leaves_memory(void);

/* The word of a fault, as the serial line prints it. */
const char *end_fault_word(uint32_t fault);

/* The mission is over. The board hears it, then all memory is zero, then the machine halts. */
NORETURN void end_mission(bool is_success);
/* Before there was any cycle: says why, then the same. No receipt; the board gets none. */
NORETURN void end_refused(enum outcome_fault fault, const char *detail);

/* An exception in ring 0 (trap.S). */
NORETURN void kernel_fault_exception(uint64_t vector, uint64_t error, uint64_t ip,
                                     uint64_t address);

/* trap-free assembly, scrub.S: the last step. */
NORETURN void scrub_now(uint32_t ram_end, uint32_t exit_code);

#endif
