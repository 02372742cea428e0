/*
 * metal/cycle.c: one mission cycle.
 *
 * sovereign_bootstrap is the story: latch, open the bundle, check the vector, build a fresh cell,
 * run it, write the receipt, commit, scrub, sleep or end.
 *
 * Invariants:
 *   (1) No byte of the payload is parsed in ring 0, and none at all before the bundle was opened in
 *       this very cycle.
 *   (2) Every cycle, however it goes, writes one receipt, commits once; a proof only for a result.
 *   (3) When sovereign_bootstrap returns, `cycle`, `ring3` and the cell's memory are zero.
 * What stays is `mission`: hashes of public things, and counters.
 */
#include "metal/cycle.h"

#include "aether/abi/cell.h"
#include "core/crypto/sha256.h"
#include "core/proof/keyring.h"
#include "core/proof/receipt.h"
#include "core/proof/session.h"
#include "metal/board.h"
#include "metal/cpu.h"
#include "metal/end.h"
#include "metal/image.h"
#include "metal/lapic.h"
#include "metal/log.h"
#include "metal/map.h"
#include "metal/trap.h"
#include "metal/upcall.h"

static struct {
    const struct bundle_key *keys; /* in the image */
    size_t key_count;
    bool is_bench_image;
    uint8_t image_hash[32];
    uint8_t engine_id[32];
    uint32_t sequence;
    uint32_t latched;
    uint64_t done;
    uint64_t committed_tsc;
    bool has_failed;
} mission;

/* What a person is told beside the outcome. */
struct detail {
    uint64_t ip;
    uint64_t address;
    uint64_t vector;
};

static struct {
    struct journal_inputs inputs;
    bool has_bundle;
    struct bundle bundle;
    struct journal journal;
    struct session session;
    struct gate_request request;
    struct gate_reply reply;
    struct gate_outcome outcome;
    struct report report;
    struct detail detail;
    uint32_t waiting; /* sensors that waited already when the cycle began */
    uint8_t receipt[RECEIPT_BYTES];
    uint8_t receipt_hash[32];
} cycle;

static void set_fault(enum outcome_fault fault)
{
    cycle.outcome = (struct gate_outcome){.kind = OUTCOME_FAULT, .reason = fault};
}

/* Latched once (semantics.md 9): nothing reads a sensor register after this. */
static void latch(uint32_t vector)
{
    cycle.waiting = lapic_waiting_sensors();
    board_sleep(WINDOW_DORMANCY_AWAKE);
    board_latch(&cycle.inputs);
    cycle.inputs.vector = vector;
    cycle.inputs.status_bits |= upcall_features() != 0 ? (uint32_t)GATE_STATUS_FAULT_TO_TRAP : 0;
    cycle.journal.inputs = cycle.inputs;
}

/* (1): before every cycle, from the bytes that lie in memory now. */
static enum outcome_fault open_bundle(void)
{
    enum outcome_fault fault = bundle_open(image_bundle(), mission.keys, mission.key_count,
                                           mission.is_bench_image, &cycle.bundle, &cycle.report);

    cycle.has_bundle = fault == FAULT_NONE;
    return fault;
}

/* The copy is what runs, so the copy is what is checked. */
static bool is_payload_copied(void)
{
    uint8_t hash[32];

    sha256_digest(bytes_of((const void *)CELL_PAYLOAD, cycle.bundle.payload.len), hash);
    return memcmp(hash, cycle.bundle.manifest.payload_hash, sizeof hash) == 0;
}

static enum outcome_fault build_cell(void)
{
    const struct manifest *manifest = &cycle.bundle.manifest;
    struct gate_job job;

    cycle.inputs.status_bits = receipt_status_bits(cycle.inputs.status_bits, &cycle.bundle);
    journal_init(&cycle.journal, &cycle.inputs, manifest->grants, mission.sequence + 1);
    session_job_init(&job, manifest, cycle.bundle.payload.len, &cycle.journal);

    const struct space_setup space = {
        .cell = image_range(cell_start, cell_end),
        .payload = cycle.bundle.payload,
        .arena_bytes = job.arena_bytes,
        .memory_bytes = job.memory_bytes,
    };
    if (!space_build(&space)) {
        report_write(&cycle.report, REPORT_NO_OFFSET,
                     "less memory than the manifest's limits take");
        return FAULT_NO_MACHINE;
    }
    if (!is_payload_copied())
        return FAULT_PAYLOAD_HASH;
    memcpy((void *)CELL_TRANSFER, &job, sizeof job);
    space_grant();

    const struct session_setup session = {
        .journal = &cycle.journal,
        .fuel = job.fuel,
        .features = GATE_FEATURE_DEVICE | upcall_features(),
        .transfer_bytes = CELL_TRANSFER_BYTES,
        .job = {0, sizeof job},
    };
    session_init(&cycle.session, &session);
    ring3 = (struct ring3_state){.rip = space_entry(), .rsp = CELL_STACK_TOP};
    return FAULT_NONE;
}

/* One request: copied once, answered from the copy. */
static enum session_event serve_gate(void)
{
    enum session_event event;

    if ((ring3.mxcsr & MXCSR_CONTROL) != (MXCSR_CLEAN & MXCSR_CONTROL))
        return SESSION_BAD;
    cpu_user_open();
    memcpy(&cycle.request, (const void *)(CELL_GATE_PAGE + GATE_REQUEST_OFFSET),
           sizeof cycle.request);
    session_call(&cycle.session, &cycle.request,
                 bytes_of((const void *)CELL_TRANSFER, CELL_TRANSFER_BYTES), &cycle.reply, &event);
    memcpy((void *)(CELL_GATE_PAGE + GATE_REPLY_OFFSET), &cycle.reply, sizeof cycle.reply);
    cpu_user_close();
    memory_wipe(&cycle.request, sizeof cycle.request);
    memory_wipe(&cycle.reply, sizeof cycle.reply);
    return event;
}

static enum outcome_fault exception_fault(void)
{
    cycle.detail = (struct detail){.ip = ring3.rip, .address = ring3.cr2, .vector = ring3.vector};
    switch (ring3.vector) {
    case EXCEPTION_NMI:
    case EXCEPTION_DOUBLE_FAULT:
    case EXCEPTION_MACHINE_CHECK:
        return FAULT_KERNEL; /* the machine's doing, wherever it hit */
    case EXCEPTION_PAGE_FAULT:
        return FAULT_PAGE_FAULT;
    default:
        return FAULT_EXCEPTION;
    }
}

/* Runs ring 3 until it has ended, in whatever way. */
static void run_cell(void)
{
    enum session_event event = SESSION_CONTINUE;

    lapic_arm_deadline(cycle.bundle.manifest.limits.deadline_ns);
    while (event == SESSION_CONTINUE) {
        switch (ring3_run()) {
        case RING3_GATE:
            event = serve_gate();
            break;
        case RING3_DEADLINE:
            lapic_disarm();
            set_fault(FAULT_DEADLINE);
            return;
        default:
            if (upcall_take(&cycle.session.upcall))
                break;
            lapic_disarm();
            set_fault(exception_fault());
            return;
        }
    }
    lapic_disarm();
    if (event == SESSION_FINISHED)
        cycle.outcome = cycle.session.outcome;
    else
        set_fault(event == SESSION_SHREDDED ? FAULT_SHREDDED : FAULT_BAD_GATE);
}

/* What a fault leaves, or NONE when the cell has run. */
static enum outcome_fault check_and_run(uint32_t vector)
{
    enum outcome_fault fault = open_bundle();

    if (fault == FAULT_NONE)
        fault = bundle_admit(&cycle.bundle, vector);
    if (fault == FAULT_NONE)
        fault = build_cell();
    if (fault == FAULT_NONE)
        run_cell();
    return fault;
}

/* Returns the proof of the record that it wrote. */
static uint64_t write_receipt(void)
{
    const struct bundle *bundle = cycle.has_bundle ? &cycle.bundle : NULL;
    const struct receipt_source source = {
        .image_hash = mission.image_hash,
        .engine_id = mission.engine_id,
        .bundle = bundle,
        .journal = &cycle.journal,
        .flags = receipt_flags(cycle.inputs.status_bits, bundle),
        .payload_version = cycle.session.payload_version,
        .outcome = cycle.outcome,
    };
    uint64_t proof = receipt_write(&source, cycle.receipt, cycle.receipt_hash);

    return receipt_has_proof(cycle.outcome.kind) ? proof : 0; /* (2) */
}

static bool commit_once(uint64_t proof)
{
    const struct board_commit commit = {
        .vector = cycle.inputs.vector,
        .sequence = mission.sequence,
        .latched = mission.latched,
        .outcome = cycle.outcome.kind,
        .reason = cycle.outcome.reason,
        .status = (uint32_t)cycle.outcome.status,
        .proof = proof,
        .woken_tsc = wake_tsc,
        .journal = &cycle.journal,
        .receipt = cycle.receipt,
    };
    return board_commit(&commit);
}

/* Writes and commits what happened; a window that does not read back is a fault of its own. */
static uint64_t prove(void)
{
    uint64_t proof = write_receipt();
    uint32_t came = lapic_waiting_sensors() & ~cycle.waiting;

    mission.sequence++;
    mission.latched += (came & 1) + (came >> 1);
    if (!commit_once(proof)) {
        set_fault(FAULT_COMMIT);
        proof = write_receipt();
        (void)commit_once(proof); /* the window is broken: there is nobody left to tell */
    }
    mission.committed_tsc = cpu_tsc();
    mission.has_failed |= cycle.outcome.kind != OUTCOME_RESULT;
    board_doorbell();
    return proof;
}

static const char *trap_words(uint32_t reason)
{
    static const char *const words[] = {
#define X(number, name, text) [number] = text,
        OUTCOME_TRAP_LIST(X)
#undef X
    };
    return reason < ARRAY_LEN(words) ? words[reason] : "unknown";
}

static const char *refusal_words(uint32_t refusal)
{
    static const char *const words[] = {
#define X(number, name, text) [number] = text,
        OUTCOME_REFUSAL_LIST(X)
#undef X
    };
    return refusal < ARRAY_LEN(words) ? words[refusal] : "unknown";
}

static void say_trap(const struct gate_outcome *outcome)
{
    log_part("trap: %s", trap_words(outcome->reason));
    if (outcome->refusal != REFUSAL_NONE)
        log_part(" (%s)", refusal_words(outcome->refusal));
    log_part(" function=%u offset=0x%x fuel=%u", (uint64_t)outcome->function, outcome->offset,
             outcome->fuel_used);
}

static void say_fault(const struct gate_outcome *outcome)
{
    log_part("%s", end_fault_word(outcome->reason));
    if (cycle.report.is_set)
        log_part(" (%s)", cycle.report.text);
    if (outcome->reason == FAULT_PAGE_FAULT)
        log_part(" address=0x%x ip=0x%x", cycle.detail.address, cycle.detail.ip);
    if (outcome->reason == FAULT_EXCEPTION || cycle.detail.vector == EXCEPTION_NMI)
        log_part(" number=%u ip=0x%x", cycle.detail.vector, cycle.detail.ip);
    if (outcome->offset != 0)
        log_part(" offset=0x%x", outcome->offset);
    if (outcome->wanted != 0)
        log_part(" wanted=%u", outcome->wanted);
}

static void say(uint64_t proof)
{
    const struct gate_outcome *outcome = &cycle.outcome;
    uint64_t vector = cycle.inputs.vector;

    if (outcome->kind == OUTCOME_RESULT) {
        log_line("cycle success — guest=%d proof=0x%X vector=0x%v — self-annihilation",
                 (int64_t)outcome->status, proof, vector);
        return;
    }
    log_part("[AETHER] cycle fault — ");
    if (outcome->kind == OUTCOME_TRAP)
        say_trap(outcome);
    else
        say_fault(outcome);
    log_part(" vector=0x%v — self-annihilation\n", vector);
}

/* Only what a run can come to by itself lets the node sleep again. A fault is annihilation. */
static bool may_sleep_again(void)
{
    const struct manifest *manifest = &cycle.bundle.manifest;

    return cycle.outcome.kind != OUTCOME_FAULT &&
           (manifest->flags & MANIFEST_RETURN_TO_DORMANCY) != 0 && mission.done < manifest->cycles;
}

/* (3) */
static void scrub_cycle(void)
{
    space_wipe();
    memory_wipe(&ring3, sizeof ring3);
    memory_wipe(&cycle, sizeof cycle);
}

bool sovereign_bootstrap(uint32_t vector)
{
    latch(vector);
    enum outcome_fault fault = check_and_run(vector);
    if (fault != FAULT_NONE)
        set_fault(fault);
    say(prove());
    mission.done++;
    bool sleeps_again = may_sleep_again();
    if (sleeps_again || !end_leaves_memory())
        scrub_cycle();
    else
        space_plant();
    return sleeps_again;
}

void cycle_prepare(const struct boot_info *info)
{
    struct report report;

    report_init(&report);
    sha256_digest(image_range(image_start, image_end), mission.image_hash);
    receipt_engine_id(mission.engine_id);
    enum status status = keyring_open(image_range(keyring_start, keyring_end), &mission.keys,
                                      &mission.key_count, &mission.is_bench_image, &report);
    if (status != STATUS_OK)
        end_refused(FAULT_UNKNOWN_KEY, report.text);
    if (info->wants_leave && mission.is_bench_image)
        end_leave_memory();
    if (mission.is_bench_image)
        selftest_run(info->selftest);

    report_init(&cycle.report);
    enum outcome_fault fault = open_bundle();
    if (fault == FAULT_NONE) /* nothing has woken us: by a vector that it takes */
        fault = bundle_admit(&cycle.bundle, cycle.bundle.manifest.vectors[0]);
    if (fault != FAULT_NONE) {
        latch(0);
        set_fault(fault);
        say(prove());
        end_mission(false);
    }
    memory_wipe(&cycle, sizeof cycle);
}

void cycle_abandon(void)
{
    set_fault(FAULT_KERNEL);
    say(prove());
}

bool cycle_all_succeeded(void)
{
    return !mission.has_failed;
}

uint32_t cycle_sequence(void)
{
    return mission.sequence;
}

uint64_t cycle_committed_tsc(void)
{
    return mission.committed_tsc;
}
