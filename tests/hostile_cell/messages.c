/*
 * tests/hostile_cell/messages.c: misuse of what a cell does have: the page, the transfer area, its
 * memory, its processor.
 */
#include <linux/futex.h>

#include "aether/gate_world.h"
#include "tests/hostile_cell/hostile.h"

#define RACES 2000

static void expect(struct gate_port *port, uint32_t status, uint32_t wanted)
{
    if (status != wanted)
        hostile_say(port, 100 + (int32_t)status);
}

/* Comes back when the gate refused everything as it should, so the case says 0. */
static void bad_regions(struct gate_port *port)
{
    const uint32_t len = (uint32_t)port->areas.transfer_bytes;
    const struct gate_region bad[] = {
        {len, 1},
        {len + 1, 0},
        {0, len + 1},
        {1, len},
        {UINT32_MAX, 1},
        {1, UINT32_MAX},
        {UINT32_MAX, UINT32_MAX},
        {0x80000000, 0x80000000},
        {len - 1, 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        expect(port,
               hostile_ask(port, (struct gate_request){.method = GATE_CORE_RESULT, .in = bad[i]}),
               GATE_BAD_REGION);
        expect(
            port,
            hostile_ask(port, (struct gate_request){.method = GATE_CORE_CALL_TEXT, .out = bad[i]}),
            GATE_BAD_REGION);
        expect(port,
               hostile_ask(port, (struct gate_request){.interface = GATE_STREAM, .in = bad[i]}),
               GATE_BAD_REGION);
    }
}

static void unknown_methods(struct gate_port *port)
{
    for (uint32_t interface = 0; interface < 0x10000; interface += 251) {
        uint32_t status = hostile_ask(
            port, (struct gate_request){.interface = (uint16_t)interface, .method = 0xFFFF});
        if (interface != GATE_STREAM)
            expect(port, status, GATE_UNKNOWN);
    }
}

static void second_hello(struct gate_port *port)
{
    expect(port, hostile_ask(port, (struct gate_request){.args = {GATE_VERSION}}), GATE_BAD_STATE);
    expect(port, hostile_ask(port, (struct gate_request){.method = GATE_CORE_STARTED}),
           GATE_BAD_STATE);
    expect(port, hostile_ask(port, (struct gate_request){.method = GATE_CORE_WAIT}),
           GATE_BAD_STATE);
}

static void finish_as(struct gate_port *port, const struct gate_outcome *outcome, uint32_t len)
{
    memcpy(port->areas.transfer, outcome, sizeof *outcome);
    (void)hostile_ask(port, (struct gate_request){.method = GATE_CORE_FINISH, .in = {0, len}});
}

static void finish_short(struct gate_port *port)
{
    finish_as(port, &(struct gate_outcome){.kind = OUTCOME_RESULT}, 55);
}

static void finish_outside(struct gate_port *port)
{
    (void)hostile_ask(
        port, (struct gate_request){.method = GATE_CORE_FINISH, .in = {UINT32_MAX - 8, 56}});
}

static void finish_unknown_kind(struct gate_port *port)
{
    finish_as(port, &(struct gate_outcome){.kind = 7}, 56);
}

static void finish_with_more_fuel(struct gate_port *port)
{
    finish_as(port, &(struct gate_outcome){.kind = OUTCOME_RESULT, .fuel_used = UINT64_MAX}, 56);
}

static void finish_with_kernel_fault(struct gate_port *port)
{
    finish_as(port, &(struct gate_outcome){.kind = OUTCOME_FAULT, .reason = FAULT_KERNEL}, 56);
}

static void finish_with_reserved(struct gate_port *port)
{
    finish_as(port, &(struct gate_outcome){.kind = OUTCOME_RESULT, .reserved2 = 1}, 56);
}

/* The gate kills us at the first; were it to answer, the second would say 43. */
static void finish_twice(struct gate_port *port)
{
    hostile_say(port, 42);
    hostile_say(port, 43);
}

static void ring_bell(struct gate_port *port)
{
    (void)__atomic_fetch_add(&port->page->rung, 1, __ATOMIC_SEQ_CST);
    (void)syscall6(__NR_futex, (long)&port->page->rung, FUTEX_WAKE, 1, 0, 0, 0);
}

/* Rings as fast as it can without waiting for an answer. */
static void flood(struct gate_port *port)
{
    const struct gate_request request = {.interface = 99, .method = 99};
    memcpy(port->page->request, &request, sizeof request);
    for (;;)
        ring_bell(port);
}

static void ring_without_request(struct gate_port *port)
{
    memset(port->page->request, 0xFF, sizeof port->page->request);
    for (int i = 0; i < RACES; i++)
        ring_bell(port);
    for (int i = 0; i < RACES; i++)
        __builtin_ia32_pause();
    port->rung = __atomic_load_n(&port->page->answered, __ATOMIC_SEQ_CST);
    memset(port->page->request, 0, sizeof port->page->request);
    for (;;)
        __builtin_ia32_pause();
}

/* A length that is good when it is checked and huge when it is used, were it read twice. */
static void race_request(struct gate_port *port)
{
    volatile struct gate_request *shared = (volatile void *)port->page->request;
    *shared = (struct gate_request){.method = GATE_CORE_RESULT, .in = {0, 1}};
    for (int i = 0; i < RACES; i++) {
        ring_bell(port);
        for (int turn = 0; turn < 300; turn++) {
            shared->in.len = 0xFFFFFFF0;
            shared->in.offset = 0xFFFFFFF0;
            shared->in.offset = 0;
            shared->in.len = 1;
        }
    }
    for (;;)
        __builtin_ia32_pause();
}

/* What the gate put there is ours to overwrite, and nobody's to believe. */
static void forge_reply(struct gate_port *port)
{
    memset(port->page->reply, 0xEE, sizeof port->page->reply);
    __atomic_store_n(&port->page->answered, 0x7FFFFFFF, __ATOMIC_SEQ_CST);
    __atomic_store_n(&port->page->answered, port->rung, __ATOMIC_SEQ_CST);
    port->page->isolation = ~0u;
    port->page->step = 0;
    port->page->plan.transfer_bytes = UINT64_MAX;
    memset((uint8_t *)port->page + sizeof *port->page, 0xEE, GATE_LINUX_PAGE - sizeof *port->page);
}

/* Rings and hides it: the gate may sleep until the deadline, and not longer. */
static void lie_about_sleep(struct gate_port *port)
{
    for (;;) {
        __atomic_store_n(&port->page->gate_sleeps, 0, __ATOMIC_SEQ_CST);
        (void)__atomic_fetch_add(&port->page->rung, 1, __ATOMIC_SEQ_CST);
        (void)__atomic_fetch_sub(&port->page->rung, 1, __ATOMIC_SEQ_CST);
    }
}

static void never_answer(struct gate_port *port)
{
    (void)syscall6(__NR_futex, (long)&port->page->answered, FUTEX_WAIT,
                   __atomic_load_n(&port->page->answered, __ATOMIC_SEQ_CST), 0, 0, 0);
    for (;;)
        __builtin_ia32_pause();
}

static void spin_for_ever(struct gate_port *port)
{
    (void)port;
    for (;;)
        __builtin_ia32_pause();
}

static void leave_early(struct gate_port *port)
{
    (void)port;
    cell_linux_exit(5);
}

/* All that was mapped for it, and then one page more. */
static void exhaust_memory(struct gate_port *port)
{
    for (uint64_t at = 0; at < port->page->plan.memory_bytes; at += 4096)
        port->areas.memory[at] = 1;
    for (uint64_t at = 0; at < port->page->plan.arena_bytes; at += 4096)
        port->areas.arena[at] = 1;
    port->areas.memory[(port->page->plan.memory_bytes + 4095) & ~4095ull] = 1;
}

static void exhaust_stack(struct gate_port *port)
{
    volatile uint8_t *stack = __builtin_frame_address(0);
    (void)port;
    for (uint64_t depth = 0; depth < (uint64_t)64 << 20; depth += 4096)
        stack[-(int64_t)depth] = 1;
}

static void write_payload(struct gate_port *port)
{
    *(volatile uint8_t *)(uintptr_t)port->areas.payload = 1;
}

static void write_code(struct gate_port *port)
{
    (void)port;
    *(volatile uint8_t *)(uintptr_t)&write_code = 0xC3;
}

static void write_constants(struct gate_port *port)
{
    (void)port;
    *(volatile uint8_t *)(uintptr_t)hostile_messages = 1;
}

static void execute_data(struct gate_port *port)
{
    port->areas.arena[0] = 0xC3;
    ((void (*)(void))(uintptr_t)port->areas.arena)();
}

static void execute_transfer(struct gate_port *port)
{
    port->areas.transfer[0] = 0xC3;
    ((void (*)(void))(uintptr_t)port->areas.transfer)();
}

static void jump_to_null(struct gate_port *port)
{
    (void)port;
    __asm__ volatile("jmp *%0" : : "r"(NULL) : "memory");
}

static void flood_results(struct gate_port *port)
{
    const uint32_t len = (uint32_t)port->areas.transfer_bytes;
    uint32_t status = GATE_OK;
    for (int i = 0; i < 4096 && status == GATE_OK; i++)
        status =
            hostile_ask(port, (struct gate_request){.method = GATE_CORE_RESULT, .in = {0, len}});
    expect(port, status, GATE_REFUSED);
}

static void explain_twice(struct gate_port *port)
{
    const struct gate_request request = {.method = GATE_CORE_EXPLAIN, .in = {0, 16}};
    memset(port->areas.transfer, 0x1B, 16);
    expect(port,
           hostile_ask(port, (struct gate_request){.method = GATE_CORE_EXPLAIN,
                                                   .in = {0, GATE_EXPLANATION_MAX + 1}}),
           GATE_BAD_REGION);
    expect(port, hostile_ask(port, request), GATE_OK);
    expect(port, hostile_ask(port, request), GATE_BAD_STATE);
}

static void guess_handles(struct gate_port *port)
{
    for (uint32_t handle = 0; handle < 4096; handle++)
        expect(port,
               hostile_ask(port, (struct gate_request){.interface = GATE_STREAM,
                                                       .method = GATE_STREAM_WRITE,
                                                       .handle = handle * 0x10001u,
                                                       .in = {0, 1}}),
               GATE_BAD_HANDLE);
}

/* Not hostile: the smallest honest program, to measure the gate with. */
static void honest(struct gate_port *port)
{
    (void)port;
}

static void honest_rounds(struct gate_port *port)
{
    for (int i = 0; i < 20000; i++)
        (void)hostile_ask(port, (struct gate_request){.interface = GATE_WORLD,
                                                      .method = GATE_WORLD_CLOCK,
                                                      .args = {GATE_CLOCK_MONOTONIC}});
}

static void wait_for_ever(struct gate_port *port)
{
    (void)hostile_ask(port, (struct gate_request){
                                .interface = GATE_WORLD, .method = GATE_WORLD_POLL, .in = {0, 16}});
}

const struct hostile_case hostile_messages[] = {
    {"bad_regions", bad_regions},
    {"unknown_methods", unknown_methods},
    {"second_hello", second_hello},
    {"finish_short", finish_short},
    {"finish_outside", finish_outside},
    {"finish_unknown_kind", finish_unknown_kind},
    {"finish_with_more_fuel", finish_with_more_fuel},
    {"finish_with_kernel_fault", finish_with_kernel_fault},
    {"finish_with_reserved", finish_with_reserved},
    {"finish_twice", finish_twice},
    {"flood", flood},
    {"ring_without_request", ring_without_request},
    {"race_request", race_request},
    {"forge_reply", forge_reply},
    {"lie_about_sleep", lie_about_sleep},
    {"never_answer", never_answer},
    {"spin_for_ever", spin_for_ever},
    {"leave_early", leave_early},
    {"exhaust_memory", exhaust_memory},
    {"exhaust_stack", exhaust_stack},
    {"write_payload", write_payload},
    {"write_code", write_code},
    {"write_constants", write_constants},
    {"execute_data", execute_data},
    {"execute_transfer", execute_transfer},
    {"jump_to_null", jump_to_null},
    {"flood_results", flood_results},
    {"explain_twice", explain_twice},
    {"guess_handles", guess_handles},
    {"honest", honest},
    {"honest_rounds", honest_rounds},
    {"wait_for_ever", wait_for_ever},
};

const size_t hostile_message_count = ARRAY_LEN(hostile_messages);
