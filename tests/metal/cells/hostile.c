/*
 * tests/metal/cells/hostile.c: a cell program that attacks, one protection a case.
 *
 * It stands where the real cell stands: ring 3, its own areas, the gate. The payload's first word
 * picks the case, the second is its argument. CASES says how each must end; the test reads that
 * list from this file. A case that comes back was not stopped: it finishes with ESCAPED, which no
 * case expects. Cases that expect "guest=N" check something themselves and finish with what they
 * found. QEMU's processor differs from silicon in three: it reads a far return's frame as ring 0
 * does, so SMAP faults first (silicon: #GP), and it never delivers an unmasked vector exception
 * (silicon: #XM), so the gate's look at MXCSR is what catches it.
 */
#include "tests/metal/cells/gate.h"

#define ESCAPED        0x5A5Au
#define KERNEL_TEXT    0x100000u
#define WINDOW_ADDRESS 0xFEF00000u
#define LAPIC_ADDRESS  0xFEE00000u

/* X(name, argument, expected end) */
/* clang-format off */
#define CASES(X) \
    X(read_kernel_text, 0, "page-fault") \
    X(read_kernel_high, 0, "page-fault") \
    X(write_kernel_text, 0, "page-fault") \
    X(jump_to_kernel, 0, "page-fault") \
    X(read_page_zero, 0, "page-fault") \
    X(jump_to_zero, 0, "page-fault") \
    X(read_firmware, 0, "page-fault") \
    X(write_own_text, 0, "page-fault") \
    X(write_own_rodata, 0, "page-fault") \
    X(write_payload, 0, "page-fault") \
    X(run_payload, 0, "page-fault") \
    X(run_stack, 0, "page-fault") \
    X(run_arena, 0, "page-fault") \
    X(run_guest_memory, 0, "page-fault") \
    X(run_transfer_area, 0, "page-fault") \
    X(store_to_window, 0, "page-fault") \
    X(load_from_window, 0, "page-fault") \
    X(store_to_lapic, 0, "page-fault") \
    X(guard_below_stack, 0, "page-fault") \
    X(guard_above_stack, 0, "page-fault") \
    X(guard_above_gate_page, 0, "page-fault") \
    X(guard_below_transfer, 0, "page-fault") \
    X(guard_above_transfer, 0, "page-fault") \
    X(guard_below_memory, 0, "page-fault") \
    X(guard_above_memory, 0, "page-fault") \
    X(guard_above_arena, 0, "page-fault") \
    X(guard_above_payload, 0, "page-fault") \
    X(stack_exhaustion, 0, "page-fault") \
    X(noncanonical_load, 0, "exception") \
    X(noncanonical_jump, 0, "exception") \
    X(clear_interrupts, 0, "exception") \
    X(set_interrupts, 0, "exception") \
    X(halt, 0, "exception") \
    X(port_in, 0, "exception") \
    X(port_out_exit, 0, "exception") \
    X(store_gdt, 0, "exception") \
    X(store_idt, 0, "exception") \
    X(store_ldt, 0, "exception") \
    X(store_task, 0, "exception") \
    X(store_machine_word, 0, "exception") \
    X(load_idt, 0, "exception") \
    X(read_time, 0, "exception") \
    X(read_counter, 0, "exception") \
    X(read_msr, 0, "exception") \
    X(write_msr, 0, "exception") \
    X(write_cr0, 0, "exception") \
    X(write_cr3, 0, "exception") \
    X(read_cr4, 0, "exception") \
    X(write_debug, 0, "exception") \
    X(invalidate_page, 0, "exception") \
    X(swap_gs, 0, "exception") \
    X(sysret_itself, 0, "exception") \
    X(sysenter, 0, "exception") \
    X(clear_task_switched, 0, "exception") \
    X(write_gs_base, 0, "exception") \
    X(iret_to_ring_0, 0, "page-fault") \
    X(far_jump_ring_0, 0, "page-fault") \
    X(load_kernel_stack_segment, 0, "exception") \
    X(single_step, 0, "exception") \
    X(breakpoint, 0, "exception") \
    X(divide_by_zero, 0, "exception") \
    X(unmasked_simd_exception, 0, "bad-gate") \
    X(avx_instruction, 0, "exception") \
    X(software_interrupt, 0x20, "exception") \
    X(software_interrupt, 0x21, "exception") \
    X(software_interrupt, 0x31, "exception") \
    X(software_interrupt, 0x80, "exception") \
    X(software_interrupt, 0x02, "exception") \
    X(software_interrupt, 0x08, "exception") \
    X(software_interrupt, 0x0E, "exception") \
    X(endless_loop, 0, "deadline") \
    X(endless_gate_calls, 0, "deadline") \
    X(finish_with_unknown_kind, 0, "bad-gate") \
    X(finish_claims_deadline, 0, "bad-gate") \
    X(syscall_with_garbage_flags, 0, "guest=1") \
    X(syscall_with_zero_stack, 0, "guest=1") \
    X(syscall_with_noncanonical_stack, 0, "guest=1") \
    X(syscall_with_kernel_stack, 0, "guest=1") \
    X(unknown_interface, 0, "guest=1") \
    X(unknown_method, 0, "guest=1") \
    X(ask_for_faults_as_traps, 0, "guest=1") \
    X(hello_wrong_version, 0, "guest=1") \
    X(hello_twice, 0, "guest=1") \
    X(call_before_hello, 0, "guest=1") \
    X(forged_handle, 0, "guest=1") \
    X(region_wraps, 0, "guest=1") \
    X(region_at_kernel, 0, "guest=1") \
    X(region_past_end, 0, "guest=1") \
    X(telemetry_too_long, 0, "guest=1") \
    X(telemetry_over_budget, 0, "guest=1") \
    X(registers_at_entry, 0, "guest=1") \
    X(registers_after_call, 0, "guest=1") \
    X(fresh_memory, 0, "guest=1") \
    X(fill_everything, 0, "guest=1")
/* clang-format on */

static uint8_t planted_data[4096] = {1};
static const uint8_t planted_rodata[16] = {2};

ALWAYS_INLINE void poke(uintptr_t address)
{
    *(volatile uint8_t *)address = 0xC3;
}

ALWAYS_INLINE void peek(uintptr_t address)
{
    __asm__ volatile("movb (%0), %%al" : : "r"(address) : "rax", "memory");
}

/* Writes `ret` there first where that is allowed, then runs it. */
ALWAYS_INLINE void run(uintptr_t address)
{
    __asm__ volatile("call *%0" : : "r"(address) : "memory");
}

#define ATTACK(name, ...)                                                                          \
    static void name(uint32_t argument)                                                            \
    {                                                                                              \
        (void)argument;                                                                            \
        __VA_ARGS__;                                                                               \
    }
#define ATTACK_ASM(name, text)                                                                     \
    ATTACK(name, __asm__ volatile(text : : : "rax", "rbx", "rcx", "rdx", "memory", "cc"))

ATTACK(read_kernel_text, peek(KERNEL_TEXT))
ATTACK(read_kernel_high, peek(KERNEL_TEXT + 0x80000))
ATTACK(write_kernel_text, poke(KERNEL_TEXT))
ATTACK(jump_to_kernel, run(KERNEL_TEXT))
ATTACK(read_page_zero, peek(8))
ATTACK(jump_to_zero, run(0))
ATTACK(read_firmware, peek(0xF0000))
ATTACK(write_own_text, poke((uintptr_t)&write_kernel_text))
ATTACK(write_own_rodata, poke((uintptr_t)planted_rodata))
ATTACK(write_payload, poke(CELL_PAYLOAD))
ATTACK(run_payload, run(CELL_PAYLOAD + 64))
ATTACK(run_stack, uint8_t code[16] = {0xC3}; __asm__ volatile("call *%0" : : "r"(code) : "memory"))
ATTACK(run_arena, poke(CELL_ARENA); run(CELL_ARENA))
ATTACK(run_guest_memory, poke(CELL_MEMORY); run(CELL_MEMORY))
ATTACK(run_transfer_area, poke(CELL_TRANSFER + 4096); run(CELL_TRANSFER + 4096))
ATTACK(store_to_window, *(volatile uint32_t *)(uintptr_t)(WINDOW_ADDRESS + 0x10) = 0xBAD)
ATTACK(load_from_window, peek(WINDOW_ADDRESS))
ATTACK(store_to_lapic, poke(LAPIC_ADDRESS + 0xB0))
ATTACK(guard_below_stack, poke(CELL_STACK_TOP - CELL_STACK_BYTES - 1))
ATTACK(guard_above_stack, poke(CELL_STACK_TOP))
ATTACK(guard_above_gate_page, poke(CELL_GATE_PAGE + 0x1000))
ATTACK(guard_below_transfer, poke(CELL_TRANSFER - 1))
ATTACK(guard_above_transfer, poke(CELL_TRANSFER + CELL_TRANSFER_BYTES))
ATTACK(guard_below_memory, poke(CELL_MEMORY - 1))
ATTACK(guard_above_memory, greet(); poke(CELL_MEMORY + 0x200000))
ATTACK(guard_above_arena, greet(); poke(CELL_ARENA + 0x200000))
ATTACK(guard_above_payload, peek(CELL_PAYLOAD + 0x1000))
ATTACK_ASM(stack_exhaustion, "1: pushq %%rax; jmp 1b")
ATTACK_ASM(noncanonical_load, "movabsq $0x800000000000, %%rax; movb (%%rax), %%bl")
ATTACK_ASM(noncanonical_jump, "movabsq $0x8000000000000000, %%rax; jmp *%%rax")
ATTACK_ASM(clear_interrupts, "cli")
ATTACK_ASM(set_interrupts, "sti")
ATTACK_ASM(halt, "hlt")
ATTACK_ASM(port_in, "inb $0x60, %%al")
ATTACK_ASM(port_out_exit, "movb $0x10, %%al; outb %%al, $0xF4")
ATTACK_ASM(store_gdt, "subq $16, %%rsp; sgdt (%%rsp); addq $16, %%rsp")
ATTACK_ASM(store_idt, "subq $16, %%rsp; sidt (%%rsp); addq $16, %%rsp")
ATTACK_ASM(store_ldt, "sldt %%ax")
ATTACK_ASM(store_task, "str %%ax")
ATTACK_ASM(store_machine_word, "smsw %%ax")
ATTACK_ASM(load_idt, "subq $16, %%rsp; lidt (%%rsp); addq $16, %%rsp")
ATTACK_ASM(read_time, "rdtsc")
ATTACK_ASM(read_counter, "xorl %%ecx, %%ecx; rdpmc")
ATTACK_ASM(read_msr, "movl $0xC0000080, %%ecx; rdmsr")
ATTACK_ASM(write_msr, "movl $0xC0000082, %%ecx; xorl %%eax, %%eax; xorl %%edx, %%edx; wrmsr")
ATTACK_ASM(write_cr0, "xorl %%eax, %%eax; movq %%rax, %%cr0")
ATTACK_ASM(write_cr3, "xorl %%eax, %%eax; movq %%rax, %%cr3")
ATTACK_ASM(read_cr4, "movq %%cr4, %%rax")
ATTACK_ASM(write_debug, "xorl %%eax, %%eax; movq %%rax, %%dr7")
ATTACK_ASM(invalidate_page, "invlpg (%%rsp)")
ATTACK_ASM(swap_gs, "swapgs")
ATTACK_ASM(sysret_itself, "movq $0x100000, %%rcx; sysretq")
ATTACK_ASM(sysenter, "sysenter")
ATTACK_ASM(clear_task_switched, "clts")
ATTACK_ASM(write_gs_base, "xorl %%eax, %%eax; wrgsbase %%rax")
ATTACK_ASM(iret_to_ring_0,
           "pushq $0x10; pushq $0x200000; pushq $2; pushq $8; pushq $0x100000; iretq")
ATTACK_ASM(far_jump_ring_0, "pushq $8; pushq $0x100000; lretq")
ATTACK_ASM(load_kernel_stack_segment, "movl $0x10, %%eax; movl %%eax, %%ss")
ATTACK_ASM(single_step, "pushfq; orq $0x100, (%%rsp); popfq; nop; nop")
ATTACK_ASM(breakpoint, "int3")
ATTACK_ASM(divide_by_zero, "xorl %%ecx, %%ecx; xorl %%edx, %%edx; movl $1, %%eax; divl %%ecx")
ATTACK_ASM(
    unmasked_simd_exception,
    "pushq $0x1D80; ldmxcsr (%%rsp); popq %%rax; xorps %%xmm1, %%xmm1; movl $0x3f800000, %%eax; "
    "movd %%eax, %%xmm0; divss %%xmm1, %%xmm0")
ATTACK_ASM(avx_instruction, "vxorps %%ymm0, %%ymm0, %%ymm0")
ATTACK_ASM(endless_loop, "1: jmp 1b")

/* `int n` written into nothing writable: one stub for each n, in text. */
__asm__(".pushsection .text.interrupt_stubs, \"ax\", @progbits\n"
        ".balign 4\n"
        "interrupt_stubs:\n"
        ".set number, 0\n"
        ".rept 256\n"
        ".byte 0xCD, number, 0xC3, 0x90\n"
        ".set number, number + 1\n"
        ".endr\n"
        ".popsection\n");
extern const uint8_t interrupt_stubs[256][4];

ATTACK(software_interrupt, run((uintptr_t)interrupt_stubs[argument & 255]))

static void endless_gate_calls(uint32_t argument)
{
    (void)argument;
    greet();
    for (;;)
        (void)ask(0xFFFF, 0xFFFF, 0, (struct gate_region){0, 0}, 0);
}

static void finish_as(uint32_t kind, uint32_t reason)
{
    volatile struct gate_outcome *outcome = (volatile struct gate_outcome *)(CELL_TRANSFER + 512);
    greet();
    outcome->kind = kind;
    outcome->reason = reason;
    (void)ask(GATE_CORE, GATE_CORE_FINISH, 0,
              (struct gate_region){512, sizeof(struct gate_outcome)}, 0);
}

ATTACK(finish_with_unknown_kind, finish_as(77, 0))
ATTACK(finish_claims_deadline, finish_as(OUTCOME_FAULT, FAULT_DEADLINE))

/* Checks of the gate itself: finish(1) when it answered as gate.h says. */
static void expect(bool held)
{
    finish(held ? 1 : 0);
}

static void syscall_with_garbage_flags(uint32_t argument)
{
    (void)argument;
    greet();
    /* DF, AC, NT and the arithmetic flags set; TF is a case of its own. */
    __asm__ volatile("pushfq; orq $0x44CD5, (%%rsp); popfq; syscall; pushfq; popq %%rax; cld; "
                     "pushq $2; popfq"
                     :
                     :
                     : "rax", "rcx", "r11", "memory", "cc");
    expect(true);
}

/* The request page still holds greet's STARTED, which the gate refuses the second time. */
#define SYSCALL_WITH_STACK(name, value)                                                            \
    static void name(uint32_t argument)                                                            \
    {                                                                                              \
        (void)argument;                                                                            \
        greet();                                                                                   \
        __asm__ volatile("movq %%rsp, %%r15; movabsq $" value                                      \
                         ", %%rsp; syscall; movq %%r15, %%rsp"                                     \
                         :                                                                         \
                         :                                                                         \
                         : "rax", "rcx", "r11", "r15", "memory", "cc");                            \
        expect(REPLY->status == GATE_BAD_STATE);                                                   \
    }
SYSCALL_WITH_STACK(syscall_with_zero_stack, "0")
SYSCALL_WITH_STACK(syscall_with_noncanonical_stack, "0x8000000000001000")
SYSCALL_WITH_STACK(syscall_with_kernel_stack, "0x180000")

static const struct gate_region nothing = {0, 0};

static void unknown_interface(uint32_t argument)
{
    greet();
    expect(ask(9, 0, argument, nothing, 0) == GATE_UNKNOWN);
}

static void unknown_method(uint32_t argument)
{
    greet();
    expect(ask(GATE_DEVICE, 999, argument, nothing, 0) == GATE_UNKNOWN &&
           ask(GATE_CORE, 999, argument, nothing, 0) == GATE_UNKNOWN);
}

/* test_faults.py has the cell that goes on from there. */
static void ask_for_faults_as_traps(uint32_t argument)
{
    (void)argument;
    bool refused = ask(GATE_CORE, GATE_CORE_UPCALL, 0, nothing, 0) == GATE_UNKNOWN;
    greet();
    expect(refused && ask(GATE_CORE, GATE_CORE_UPCALL, 0, nothing, 0) == GATE_UNKNOWN);
}

static void hello_wrong_version(uint32_t argument)
{
    (void)argument;
    bool refused = ask(GATE_CORE, GATE_CORE_HELLO, 0, nothing, 99) == GATE_BAD_VERSION;
    greet();
    expect(refused);
}

static void hello_twice(uint32_t argument)
{
    (void)argument;
    greet();
    expect(ask(GATE_CORE, GATE_CORE_HELLO, 0, nothing, GATE_VERSION) == GATE_BAD_STATE);
}

static void call_before_hello(uint32_t argument)
{
    (void)argument;
    bool refused = ask(GATE_DEVICE, GATE_DEVICE_GET_STATUS, 0, nothing, 0) == GATE_BAD_STATE;
    greet();
    expect(refused);
}

static void forged_handle(uint32_t argument)
{
    (void)argument;
    greet();
    bool refused = true;
    for (uint32_t handle = 0xFFFF0000u; handle < 0xFFFF0010u; handle++)
        refused &= ask(GATE_DEVICE, GATE_DEVICE_READ_DOSE, handle, nothing, 0) == GATE_BAD_HANDLE;
    refused &= ask(GATE_DEVICE, GATE_DEVICE_READ_DOSE, 0, nothing, 0) == GATE_BAD_HANDLE;
    expect(refused);
}

/* The handle of a right, read from the job that hello pointed at. */
static uint32_t greet_for_handle(enum gate_right right)
{
    (void)ask(GATE_CORE, GATE_CORE_HELLO, 0, nothing, GATE_VERSION);
    uint32_t handle = job()->handles[right];
    (void)ask(GATE_CORE, GATE_CORE_STARTED, 0, nothing, 0);
    return handle;
}

static uint32_t commit(uint32_t handle, uint32_t offset, uint32_t len)
{
    return ask(GATE_DEVICE, GATE_DEVICE_COMMIT_TELEMETRY, handle, (struct gate_region){offset, len},
               0);
}

static void region_wraps(uint32_t argument)
{
    (void)argument;
    uint32_t handle = greet_for_handle(GATE_RIGHT_TELEMETRY);
    expect(commit(handle, 0xFFFFFFF0u, 0x20) == GATE_BAD_REGION &&
           commit(handle, 0xFFFFFFFFu, 1) == GATE_BAD_REGION);
}

static void region_at_kernel(uint32_t argument)
{
    (void)argument;
    uint32_t handle = greet_for_handle(GATE_RIGHT_TELEMETRY);
    expect(commit(handle, 0u - (uint32_t)CELL_TRANSFER + KERNEL_TEXT, 16) == GATE_BAD_REGION);
}

static void region_past_end(uint32_t argument)
{
    (void)argument;
    uint32_t handle = greet_for_handle(GATE_RIGHT_TELEMETRY);
    bool edge = commit(handle, CELL_TRANSFER_BYTES - 16, 16) == GATE_OK;
    expect(edge && commit(handle, CELL_TRANSFER_BYTES - 15, 16) == GATE_BAD_REGION &&
           commit(handle, CELL_TRANSFER_BYTES, 1) == GATE_BAD_REGION);
}

static void telemetry_too_long(uint32_t argument)
{
    (void)argument;
    uint32_t handle = greet_for_handle(GATE_RIGHT_TELEMETRY);
    uint32_t status = commit(handle, 0, GATE_TELEMETRY_MAX + 1);
    expect(status == GATE_REFUSED && REPLY->reason == REFUSAL_TOO_LONG);
}

static void telemetry_over_budget(uint32_t argument)
{
    (void)argument;
    uint32_t handle = greet_for_handle(GATE_RIGHT_TELEMETRY);
    for (uint32_t i = 0; i < GATE_TELEMETRY_BUDGET; i++)
        (void)commit(handle, 0, 8);
    uint32_t status = commit(handle, 0, 8);
    expect(status == GATE_REFUSED && REPLY->reason == REFUSAL_BUDGET);
}

/* Set by the entry stub before any C ran: the OR of all registers but rsp, at entry. */
uint64_t registers_seen;

static void registers_at_entry(uint32_t argument)
{
    (void)argument;
    greet();
    expect(registers_seen == 0);
}

static void registers_after_call(uint32_t argument)
{
    (void)argument;
    uint64_t left;
    uint64_t kept;
    greet();
    __asm__ volatile(
        "movq $-1, %%rax; movq %%rax, %%xmm0; movq %%rax, %%xmm7; movq %%rax, %%xmm15\n"
        "movl $11, %%ebx; movl $12, %%edx; movl $13, %%esi; movl $14, %%edi\n"
        "movl $15, %%r8d; movl $16, %%r12d; movl $17, %%r15d\n"
        "syscall\n"
        "orq %%rcx, %%rax; orq %%r11, %%rax\n"
        "movq %%xmm0, %%rcx; orq %%rcx, %%rax; movq %%xmm7, %%rcx; orq %%rcx, %%rax\n"
        "movq %%xmm15, %%rcx; orq %%rcx, %%rax\n"
        "addq %%rbx, %%rdx; addq %%rsi, %%rdx; addq %%rdi, %%rdx; addq %%r8, %%rdx\n"
        "addq %%r12, %%rdx; addq %%r15, %%rdx\n"
        : "=a"(left), "=d"(kept)
        :
        : "rbx", "rcx", "rsi", "rdi", "r8", "r11", "r12", "r15", "memory", "cc", "xmm0", "xmm7",
          "xmm15");
    expect(left == 0 && kept == 11 + 12 + 13 + 14 + 15 + 16 + 17);
}

static bool is_zero(uintptr_t address, size_t len)
{
    const volatile uint64_t *words = (const volatile uint64_t *)address;
    uint64_t seen = 0;
    for (size_t i = 0; i < len / 8; i++)
        seen |= words[i];
    return seen == 0;
}

static void fresh_memory(uint32_t argument)
{
    (void)argument;
    bool fresh = is_zero(CELL_ARENA, 0x200000) && is_zero(CELL_MEMORY, 0x200000) &&
                 is_zero(CELL_TRANSFER + 4096, CELL_TRANSFER_BYTES - 4096) &&
                 is_zero(CELL_STACK_TOP - CELL_STACK_BYTES, CELL_STACK_BYTES - 4096) &&
                 planted_data[0] == 1 && is_zero((uintptr_t)planted_data + 8, 4088);
    greet();
    expect(fresh);
}

/* The word that the scan from outside looks for: nothing of it may be left. */
#define PATTERN 0x53534154545F5345ull

static void fill(uintptr_t address, size_t len)
{
    volatile uint64_t *words = (volatile uint64_t *)address;
    for (size_t i = 0; i < len / 8; i++)
        words[i] = PATTERN;
}

static void fill_everything(uint32_t argument)
{
    (void)argument;
    fill(CELL_ARENA, 0x200000);
    fill(CELL_MEMORY, 0x200000);
    fill(CELL_STACK_TOP - CELL_STACK_BYTES, CELL_STACK_BYTES - 4096);
    fill((uintptr_t)planted_data, 4096);
    greet();
    fill(CELL_TRANSFER + 4096, CELL_TRANSFER_BYTES - 4096);
    expect(true);
}

#define X(name, argument, end) {name, argument},
static const struct {
    void (*attack)(uint32_t argument);
    uint32_t argument;
} cases[] = {CASES(X)};
#undef X

void hostile_main(void);
void hostile_main(void)
{
    uint32_t pick = *(const volatile uint32_t *)CELL_PAYLOAD;
    uint32_t argument = *(const volatile uint32_t *)(CELL_PAYLOAD + 4);
    /* Past the table: `int n` for every n there is. */
    if (pick < ARRAY_LEN(cases))
        cases[pick].attack(cases[pick].argument);
    else
        software_interrupt(argument);
    greet();
    finish(ESCAPED);
    __builtin_trap();
}
