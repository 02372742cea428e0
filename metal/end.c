/*
 * metal/end.c: how it ends, whatever happened.
 *
 * Invariants:
 *   (1) Every path ends in scrub_now; a second fault on the way goes there at once.
 *   (2) Before the scrub the board was told and its hold on memory taken away.
 */
#include "metal/end.h"

#include "metal/board.h"
#include "metal/cycle.h"
#include "metal/image.h"
#include "metal/lapic.h"
#include "metal/log.h"

static struct {
    uint64_t ram_end;
    bool is_left;
    bool is_ending;
} end;

void end_know(const struct boot_info *info)
{
    end.ram_end = info->ram_end;
}

void end_leave_memory(void)
{
    end.is_left = true;
}

bool end_leaves_memory(void)
{
    return end.is_left;
}

const char *end_fault_word(uint32_t fault)
{
    static const char *const words[FAULT_COUNT] = {
#define X(number, name, word, text) [FAULT_##name] = word,
        OUTCOME_FAULT_LIST(X)
#undef X
    };
    return fault < FAULT_COUNT ? words[fault] : "unknown";
}

static NORETURN void scrub(bool is_success)
{
    lapic_close();
    uint64_t ram_end = end.ram_end != 0 ? end.ram_end : image_bundle_end();

    scrub_now(end.is_left ? 0 : (uint32_t)ram_end,
              is_success ? EXIT_SUCCESS_CODE : EXIT_FAULT_CODE);
}

void end_mission(bool is_success)
{
    end.is_ending = true;
    board_sleep(WINDOW_DORMANCY_ENDED);
    board_doorbell();
    board_wipe();
    scrub(is_success);
}

void end_refused(enum outcome_fault fault, const char *detail)
{
    log_line("cycle fault — %s: %s vector=0x00 — self-annihilation", end_fault_word(fault), detail);
    end_mission(false);
}

/* (1) */
static void begin_kernel_fault(void)
{
    if (end.is_ending)
        scrub(false);
    end.is_ending = true;
}

void kernel_fault_exception(uint64_t vector, uint64_t error, uint64_t ip, uint64_t address)
{
    begin_kernel_fault();
    log_line("ring 0: exception %u error=0x%x ip=0x%x address=0x%x", vector, error, ip, address);
    cycle_abandon();
    end_mission(false);
}

void base_panic(const char *file, int line, const char *condition)
{
    begin_kernel_fault();
    log_line("ring 0: %s:%u: %s", file, (uint64_t)line, condition);
    cycle_abandon();
    end_mission(false);
}
