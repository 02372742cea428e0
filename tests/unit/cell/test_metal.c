/*
 * tests/unit/cell/test_metal.c: the ring-3 cell, the very file that the image embeds, in a process.
 *
 * Its segments and areas are mapped where abi/cell.h says; PTRACE_SYSEMU stands in for the syscall
 * gate of the kernel: every doorbell stops the child before anything happens, this process answers
 * from core/proof/session and gives the registers back as the kernel would. What must hold: the
 * outcome is the one of cell/fake, the stack suffices, nothing outside of the areas is touched.
 */
#include <elf.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aether/abi/cell.h"
#include "cell/fake/fake.h"
#include "core/proof/session.h"
#include "tests/support/built.h"
#include "tests/support/guest.h"
#include "tests/support/test.h"

#define MXCSR_AT_ENTRY 0x1F80u

struct box {
    uintptr_t entry;
    struct journal journal;
    struct session session;
    enum session_event event;
    int signal;         /* that the child died of; 0: it ended at the gate */
    size_t stack_bytes; /* touched */
    uint32_t mxcsr;     /* at the last doorbell */
};

static struct guest guest;
static struct manifest manifest;
static uint8_t payload_file[65536];

/* Fresh zero pages, shared with the child to come; those of an earlier run go away. */
static void map_area(uintptr_t address, size_t len)
{
    void *want = (void *)address;
    size_t room = (len + 0xFFF) & ~(size_t)0xFFF;
    (void)munmap(want, room);
    assert_ptr_equal(mmap(want, room, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
                     want);
}

static uintptr_t load_image(void)
{
    static uint8_t image[1 << 20];
    assert_in_range(built_read("cell/cell.bin.elf", image, sizeof image).len, sizeof(Elf64_Ehdr),
                    sizeof image);

    Elf64_Ehdr header;
    memcpy(&header, image, sizeof header);
    for (uint32_t i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        memcpy(&segment, image + header.e_phoff + i * sizeof segment, sizeof segment);
        if (segment.p_memsz == 0)
            continue;
        map_area(segment.p_vaddr, segment.p_memsz);
        memcpy((void *)segment.p_vaddr, image + segment.p_offset, segment.p_filesz);
        int protection = (segment.p_flags & PF_W ? PROT_WRITE : 0) | PROT_READ |
                         (segment.p_flags & PF_X ? PROT_EXEC : 0);
        assert_int_equal(mprotect((void *)segment.p_vaddr, segment.p_memsz, protection), 0);
    }
    return header.e_entry;
}

static void box_init(struct box *box, const struct fake_job *job)
{
    struct gate_job gate_job;
    memset(box, 0, sizeof *box);
    journal_init(&box->journal, &job->inputs, job->manifest->grants, 1);
    session_job_init(&gate_job, job->manifest, job->payload.len, &box->journal);
    session_init(&box->session, &(struct session_setup){
                                    .journal = &box->journal,
                                    .fuel = gate_job.fuel,
                                    .features = GATE_FEATURE_DEVICE,
                                    .transfer_bytes = CELL_TRANSFER_BYTES,
                                    .job = {128, sizeof gate_job},
                                });
    box->entry = load_image();
    map_area(CELL_STACK_TOP - CELL_STACK_BYTES, CELL_STACK_BYTES);
    map_area(CELL_GATE_PAGE, 0x1000);
    map_area(CELL_TRANSFER, CELL_TRANSFER_BYTES);
    map_area(CELL_PAYLOAD, job->payload.len);
    map_area(CELL_ARENA, gate_job.arena_bytes);
    map_area(CELL_MEMORY, gate_job.memory_bytes);
    memcpy((void *)CELL_PAYLOAD, job->payload.data, job->payload.len);
    memcpy((void *)(CELL_TRANSFER + 128), &gate_job, sizeof gate_job);
    assert_int_equal(mprotect((void *)CELL_PAYLOAD, job->payload.len, PROT_READ), 0);
}

/* All general registers zero but entry and stack; all vector registers zero. */
static void enter(const struct box *box, pid_t child)
{
    struct user_regs_struct old;
    struct user_fpregs_struct vectors = {.cwd = 0x37F, .mxcsr = MXCSR_AT_ENTRY};
    assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &old), 0);
    struct user_regs_struct regs = {.rip = box->entry,
                                    .rsp = CELL_STACK_TOP,
                                    .eflags = 0x202,
                                    .cs = old.cs,
                                    .ss = old.ss,
                                    .ds = old.ds,
                                    .es = old.es,
                                    .orig_rax = (unsigned long long)-1};
    assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &regs), 0);
    assert_int_equal(ptrace(PTRACE_SETFPREGS, child, NULL, &vectors), 0);
}

static void doorbell(struct box *box, pid_t child)
{
    struct user_regs_struct regs;
    struct user_fpregs_struct vectors;
    struct gate_request copy;
    struct gate_reply reply;
    memcpy(&copy, (const void *)(CELL_GATE_PAGE + GATE_REQUEST_OFFSET), sizeof copy);
    session_call(&box->session, &copy, bytes_of((const void *)CELL_TRANSFER, CELL_TRANSFER_BYTES),
                 &reply, &box->event);
    memcpy((void *)(CELL_GATE_PAGE + GATE_REPLY_OFFSET), &reply, sizeof reply);

    assert_int_equal(ptrace(PTRACE_GETREGS, child, NULL, &regs), 0);
    assert_int_equal(ptrace(PTRACE_GETFPREGS, child, NULL, &vectors), 0);
    box->mxcsr = vectors.mxcsr;
    memset(vectors.xmm_space, 0, sizeof vectors.xmm_space);
    regs.rax = regs.rcx = regs.r11 = 0;
    regs.orig_rax = (unsigned long long)-1;
    assert_int_equal(ptrace(PTRACE_SETREGS, child, NULL, &regs), 0);
    assert_int_equal(ptrace(PTRACE_SETFPREGS, child, NULL, &vectors), 0);
}

static size_t stack_touched(void)
{
    const uint8_t *base = (const uint8_t *)CELL_STACK_TOP - CELL_STACK_BYTES;
    size_t clean = 0;
    while (clean < CELL_STACK_BYTES && base[clean] == 0)
        clean++;
    return CELL_STACK_BYTES - clean;
}

/* A stopped child, about to run the cell's first instruction. */
static pid_t start(const struct box *box)
{
    int status;
    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        (void)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        (void)raise(SIGSTOP);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSTOPPED(status));
    enter(box, child);
    return child;
}

static void run_box(struct box *box)
{
    int status;
    pid_t child = start(box);
    while (box->event == SESSION_CONTINUE && box->signal == 0) {
        assert_int_equal(ptrace(PTRACE_SYSEMU, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSTOPPED(status));
        if (WSTOPSIG(status) == SIGTRAP)
            doorbell(box, child);
        else
            box->signal = WSTOPSIG(status);
    }
    box->stack_bytes = stack_touched();
    (void)kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
}

/* The same job here and in the box; outcome, journal and version must be the same. */
static void run_both(const struct fake_job *job, struct box *out_box)
{
    struct fake_result expected;
    struct report report;
    report_init(&report);
    assert_int_equal(fake_run(job, &expected, &report), STATUS_OK);

    box_init(out_box, job);
    run_box(out_box);

    assert_int_equal(out_box->signal, 0);
    assert_int_equal(out_box->mxcsr & ~0x3Fu, MXCSR_AT_ENTRY);
    assert_int_equal(out_box->session.payload_version, expected.payload_version);
    assert_memory_equal(&out_box->journal, &expected.journal, sizeof expected.journal);
    if (out_box->event == SESSION_FINISHED)
        assert_memory_equal(&out_box->session.outcome, &expected.outcome, sizeof expected.outcome);
    else
        assert_int_equal(expected.outcome.reason, FAULT_SHREDDED);
    assert_in_range(out_box->stack_bytes, 1, CELL_STACK_BYTES / 2);
}

static struct fake_job job_for(struct bytes payload)
{
    return (struct fake_job){
        .payload = payload,
        .manifest = &manifest,
        .inputs = {.vector = 0x20, .pressure_bits = 0x3DF5C28F, .dose = 1250, .joint = 0x640065},
    };
}

static struct bytes module_with(const char *results, struct bytes code)
{
    guest_init(&guest);
    uint32_t none = guest_type(&guest, "", "");
    uint32_t type = guest_type(&guest, "", results);
    guest_import(&guest, "aether", "shred_self", none);
    guest_memory(&guest, 1);
    guest_export(&guest, "_start", 0, guest_func(&guest, type, code));
    return guest_bytes(&guest);
}

TEST(the_examples_end_as_they_do_in_a_hosted_cell)
{
    static struct box box;
    struct fake_job job;
    (void)state;
    manifest_init(&manifest);

    job = job_for(built_read("guest/aerospace.wasm", payload_file, sizeof payload_file));
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.status, 3);
    job = job_for(built_read("guest/joint.wasm", payload_file, sizeof payload_file));
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.kind, OUTCOME_RESULT);
}

TEST(traps_end_as_they_do_in_a_hosted_cell)
{
    static struct box box;
    struct fake_job job;
    (void)state;
    manifest_init(&manifest);

    job = job_for(module_with("", CODE(0x00)));
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.kind, OUTCOME_TRAP);
    job = job_for(module_with("", CODE(0x10, 1))); /* itself, for ever */
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.kind, OUTCOME_TRAP);
    manifest.limits.fuel = 100000;
    job = job_for(module_with("", CODE(0x03, 0x40, 0x0C, 0x00, 0x0B)));
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.fuel_used, 100000);
}

TEST(faults_end_as_they_do_in_a_hosted_cell)
{
    static struct box box;
    struct fake_job job;
    (void)state;
    manifest_init(&manifest);

    job = job_for(bytes_of("not a module", 12));
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.reason, FAULT_MALFORMED);
    job = job_for(module_with("I", CODE(0x42, 0)));
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.reason, FAULT_MISSING_EXPORT);
    manifest.limits.arena_bytes = manifest.limits.memory_bytes + 0x1000;
    job = job_for(module_with("", CODE(0x01)));
    run_both(&job, &box);
    assert_int_equal(box.session.outcome.reason, FAULT_NO_MEMORY);
}

TEST(shred_ends_at_the_doorbell)
{
    static struct box box;
    struct fake_job job;
    (void)state;
    manifest_init(&manifest);

    job = job_for(module_with("", CODE(0x10, 0)));
    run_both(&job, &box);

    assert_int_equal(box.event, SESSION_SHREDDED);
}

TEST(a_gate_that_breaks_the_contract_is_a_panic)
{
    static struct box box;
    struct fake_job job;
    (void)state;
    manifest_init(&manifest);
    manifest.entry_len = 0;
    job = job_for(module_with("", CODE(0x01)));

    /* A job that claims a version from the future. */
    box_init(&box, &job);
    ((struct gate_job *)(CELL_TRANSFER + 128))->version = 2;
    run_box(&box);

    assert_int_equal(box.signal, SIGILL);
    assert_int_equal(box.session.state, SESSION_GREETED);
}

TEST_MAIN(T(the_examples_end_as_they_do_in_a_hosted_cell), T(traps_end_as_they_do_in_a_hosted_cell),
          T(faults_end_as_they_do_in_a_hosted_cell), T(shred_ends_at_the_doorbell),
          T(a_gate_that_breaks_the_contract_is_a_panic))
