/*
 * metal/main.c: from power-on to the first sleep, and the life between sleeps.
 *
 * The four phases are those of the boot table in the documents (spec 001); each line on the serial
 * port says that its target state is reached.
 */
#include "metal/bench.h"
#include "metal/board.h"
#include "metal/cpu.h"
#include "metal/cycle.h"
#include "metal/end.h"
#include "metal/lapic.h"
#include "metal/log.h"
#include "metal/map.h"
#include "metal/paging.h"
#include "metal/trap.h"

NORETURN void kernel_main(uint32_t magic, uint32_t information);

enum phase {
#define X(number, name, state) PHASE_##name = number,
    OUTCOME_PHASE_LIST(X)
#undef X
};

static void say_phase(enum phase phase)
{
    static const char *const lines[] = {
#define X(number, name, state) [number] = "0" #number " " #name " — " state,
        OUTCOME_PHASE_LIST(X)
#undef X
    };
    log_line("%s", lines[phase]);
}

static void lock_architecture(uint32_t magic, uint32_t information, struct boot_info *info)
{
    log_open();
    const char *machine = boot_info_read(magic, information, info);
    end_know(info);
    const char *missing = cpu_missing();

    if (missing != NULL)
        end_refused(FAULT_CPU, missing);
    if (machine != NULL)
        end_refused(FAULT_NO_MACHINE, machine);
    cpu_load_tables();
    if (!cpu_protect())
        end_refused(FAULT_CPU, "control-registers");
    say_phase(PHASE_PROT_ENTRY);
}

static void sanitize_memory(const struct boot_info *info)
{
    pool_open(info->pool_end);
    paging_seal();
    if (!lapic_open())
        end_refused(FAULT_NO_MACHINE, "no-local-apic");
    say_phase(PHASE_MEM_MAP);
}

static void find_board(const struct boot_info *info)
{
    if (info->is_bench)
        bench_open(info);
    else if (!board_find())
        end_refused(FAULT_NO_BOARD, "none-usable");
}

/* Returns when the mission is over. */
static void live(void)
{
    bool sleeps_again = true;

    while (sleeps_again) {
        board_sleep(WINDOW_DORMANCY_ASLEEP);
        board_doorbell();
        bench_arm();
        lapic_admit_sensors();
        uint32_t vector = dormancy();
        lapic_hold_sensors();
        sleeps_again = sovereign_bootstrap(vector);
        stack_wipe();
        bench_measure();
        if (sleeps_again)
            board_settle(cycle_sequence());
    }
}

void kernel_main(uint32_t magic, uint32_t information)
{
    struct boot_info info;

    lock_architecture(magic, information, &info);
    sanitize_memory(&info);
    find_board(&info);
    cycle_prepare(&info);
    say_phase(PHASE_WASM_INIT);
    say_phase(PHASE_EXEC_LOOP);
    live();
    bench_report();
    end_mission(cycle_all_succeeded());
}
