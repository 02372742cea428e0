/*
 * aether/gate.h: the contract between a cell and whoever hosts it (semantics.md 7 and 8).
 * Version 1.
 *
 * A cell owns nothing real. Whatever it wants it asks of the gate: it fills the 64-byte request in
 * the gate page, rings the doorbell (metal: syscall; Linux: futex), and reads the 64-byte reply.
 * NO POINTER CROSSES: data travels in the transfer area, named by (offset, length) pairs.
 *
 * The gate copies the request once, checks the copy, then acts. What it does not know it refuses
 * with GATE_UNKNOWN and counts; a cell can not make it crash. Bytes it does not define are zero.
 *
 * Handles are small integers from a table that the gate owns, tagged with a generation; 0 is never
 * a handle. A grant of the manifest becomes a handle when the job is handed over.
 */
#ifndef AETHER_GATE_H
#define AETHER_GATE_H

#include <stddef.h>
#include <stdint.h>

#define GATE_VERSION 1u

/* The gate page: request at 0, reply at 64, the rest zero. */
#define GATE_REQUEST_OFFSET 0u
#define GATE_REPLY_OFFSET   64u

/* A run of bytes in the transfer area. Checked without wrapping: len <= size, offset <= size - len.
 */
struct gate_region {
    uint32_t offset;
    uint32_t len;
};

struct gate_request {
    uint16_t interface; /* enum gate_interface */
    uint16_t method;
    uint32_t handle; /* 0 where the method takes none */
    uint64_t token;  /* the cell's own; comes back in the reply */
    struct gate_region in;
    struct gate_region out;
    uint64_t args[4];
};

struct gate_reply {
    uint32_t status; /* enum gate_status */
    /* GATE_REFUSED: enum outcome_refusal (abi/outcome.h); GATE_FAILED: enum gate_error */
    uint32_t reason;
    uint64_t token;
    struct gate_region out;
    uint64_t reserved;
    uint64_t values[4];
};

_Static_assert(sizeof(struct gate_request) == 64, "request is 64 bytes");
_Static_assert(offsetof(struct gate_request, in) == 16, "request.in");
_Static_assert(offsetof(struct gate_request, args) == 32, "request.args");
_Static_assert(sizeof(struct gate_reply) == 64, "reply is 64 bytes");
_Static_assert(offsetof(struct gate_reply, out) == 16, "reply.out");
_Static_assert(offsetof(struct gate_reply, values) == 32, "reply.values");

enum gate_status {
    GATE_OK = 0,
    GATE_PENDING = 1,    /* answer comes under the token; metal never says so */
    GATE_UNKNOWN = 2,    /* no such interface or method */
    GATE_BAD_HANDLE = 3, /* not granted, stale, or of another kind */
    GATE_BAD_REGION = 4, /* outside of the transfer area, or of a length the method does not take */
    GATE_REFUSED = 5,    /* understood and denied: see reason */
    GATE_BAD_VERSION = 6, /* hello asked for a version that the gate does not speak */
    GATE_BAD_STATE = 7,   /* out of order: hello twice, a call before hello, a second finish */
    GATE_FAILED = 8,      /* allowed, tried, and it did not work: reason = enum gate_error */
};

/* Which of them a gate offers is in the feature bits of hello. */
enum gate_interface {
    GATE_CORE = 0,
    GATE_DEVICE = 1, /* gate_device.h: sensors and telemetry (metal) */
    /* gate_world.h: what a program of WASI asks for (Linux) */
    GATE_WORLD = 2, /* arguments, variables, preopens, clocks, random bytes, waiting */
    GATE_STREAM = 3,
    GATE_FILE = 4,
    GATE_HTTP = 5, /* gate_http.h: requests to other machines (the enclave service) */
};

/* GATE_CORE: the life of a cell. */
enum gate_core_method {
    /* args[0] = GATE_VERSION. values: [0] version, [1] feature bits (enum gate_feature),
     * [2] bytes of the transfer area. reply.out = where struct gate_job stands in it. */
    GATE_CORE_HELLO = 0,
    /* Once, before the entry runs: args[0] = what payload_version() returned (0: no such export);
     * of a program (GATE_FEATURE_WORLD): 0 bare module, 1 preview 1, 2 component. */
    GATE_CORE_STARTED = 1,
    /* in = struct gate_outcome. Never returns on metal. A second one is refused. With
     * GATE_JOB_SERVE it comes back with the next call (GATE_OK: answer it; anything else: end),
     * unless args[0] is 1: then the cell serves no more and this is its end like any other. A cell
     * says so when it could not load its payload, after a fault, and when a call took so much
     * memory that a new cell costs less than to wipe this one. What stands in `in` behind the
     * outcome is the end of the call's result, as GATE_CORE_RESULT would say it. In the reply that
     * comes with the next call `out` is where its text begins in the transfer area, as much of it
     * as there is room for, and values[0] its whole length; CALL_TEXT gives it as well. */
    GATE_CORE_FINISH = 2,
    /* in = 1 to GATE_WAIT_MAX tokens, u64 each. Comes back when a call with one of them, which was
     * GATE_PENDING, is answered: with that answer and its token. GATE_BAD_STATE when none of them
     * is pending; so on metal always. */
    GATE_CORE_WAIT = 3,
    /* Test images only (GATE_FEATURE_FAULT_TO_TRAP), once; any other gate: GATE_UNKNOWN. args[0] to
     * args[1]: code whose page faults in guest memory go on at args[2] (docs/abi/gate.md 9). */
    GATE_CORE_UPCALL = 4,
    /* GATE_FEATURE_CALL: the text of the call that the job asks for (docs/abi/gate.md 10), from
     * byte args[0] on. out = where to put it; reply.out.len bytes of it were put there; values[0] =
     * its whole length. */
    GATE_CORE_CALL_TEXT = 5,
    /* GATE_FEATURE_CALL: in = the next bytes of what the call gave; GATE_RESULT_MAX in all. What a
     * call printed counts only when FINISH says that it returned. */
    GATE_CORE_RESULT = 6,
    /* GATE_FEATURE_CALL, once, before FINISH: in = why it ends so, for people: UTF-8, lines, at
     * most GATE_EXPLANATION_MAX bytes. Untrusted: shown escaped. */
    GATE_CORE_EXPLAIN = 7,
};

#define GATE_EXPLANATION_MAX 4096u

/* Bytes of all GATE_CORE_RESULT of a call together; over them: GATE_REFUSED, REFUSAL_BUDGET. */
#define GATE_RESULT_MAX (64u << 20)

#define GATE_WAIT_MAX 16u

enum gate_feature {
    GATE_FEATURE_DEVICE = 1 << 0,        /* GATE_DEVICE is there */
    GATE_FEATURE_PENDING = 1 << 1,       /* replies may be GATE_PENDING */
    GATE_FEATURE_FAULT_TO_TRAP = 1 << 2, /* GATE_CORE_UPCALL is there (test images) */
    GATE_FEATURE_WORLD = 1 << 3,         /* GATE_WORLD, GATE_STREAM and GATE_FILE are there */
    GATE_FEATURE_CALL = 1 << 4,          /* GATE_CORE_CALL_TEXT and _RESULT are there */
    GATE_FEATURE_HTTP = 1 << 5,          /* GATE_HTTP is there */
};

#define GATE_ENTRY_MAX 64u
#define GATE_HEAP_PAGE 0x10000u

enum gate_job_flag {
    GATE_JOB_FAULT_TO_TRAP = 1 << 0,
    GATE_JOB_CALL = 1 << 1,         /* run the call of GATE_CORE_CALL_TEXT instead of an entry */
    GATE_JOB_TRAP_UNKNOWN = 1 << 2, /* an import that nobody offers traps when it is
                                       called, and so does a built-in that is lacking */
    GATE_JOB_LEGACY_EXCEPTIONS = 1 << 3,
    /* With GATE_JOB_CALL: the cell serves call after call, each in a fresh instance. FINISH comes
     * back when the next call is there: the job stays, CALL_TEXT, RESULT, EXPLAIN and FINISH are
     * the new call's, and STARTED is not said again. Nothing that a call left in memory is there
     * for the next one. Never on metal. */
    GATE_JOB_SERVE = 1 << 4,
    /* With GATE_JOB_CALL: the call's text is the function's name ("f" or "interface/f"), a NUL, and
     * a JSON array of tagged values; the result is one of such (core/component/json.h). An empty
     * text asks what there is to call: the payload is loaded, its imports are checked, an instance
     * is made, and the result is CBOR, [[name, parameter count, result count] ...] by name. */
    GATE_JOB_JSON = 1 << 5,
};

/* What the gate hands over; the cell copies it before use. The payload itself is mapped read-only
 * by the binding, as are arena and guest memory (abi/cell.h). */
struct gate_job {
    uint32_t version; /* GATE_VERSION */
    uint32_t flags;   /* enum gate_job_flag */
    uint64_t payload_len;
    uint64_t fuel;
    uint64_t memory_bytes; /* cap of guest linear memory */
    uint64_t arena_bytes;  /* room for the engine's own objects */
    uint64_t stack_units;
    uint64_t table_elements;
    uint32_t entry_len; /* 0: the entry that the kind of payload has (docs/abi/gate.md 3) */
    /* Most of garbage-collected objects, in GATE_HEAP_PAGE; 0: a share of the arena. */
    uint32_t heap_pages;
    uint8_t entry[GATE_ENTRY_MAX];
    uint32_t handles[16]; /* GATE_DEVICE: by enum gate_right; 0: not granted */
};

_Static_assert(sizeof(struct gate_job) == 192, "job is 192 bytes");
_Static_assert(offsetof(struct gate_job, entry) == 64, "job.entry");
_Static_assert(offsetof(struct gate_job, handles) == 128, "job.handles");

/* How it ended, as the cell says it. The gate believes the shape, the ground checks the truth. */
struct gate_outcome {
    uint32_t kind;     /* enum outcome_kind */
    uint32_t reason;   /* a trap's kind or a fault's reason; result: 0 */
    uint32_t refusal;  /* with OUTCOME_TRAP_HOST_REFUSED: enum outcome_refusal */
    uint32_t function; /* index of the trapping function; no trap: 0 */
    uint64_t offset;   /* byte offset of the operator, or of a malformed payload's fault */
    uint64_t fuel_used;
    int32_t status; /* the entry's i32 result; 0 when it has none */
    uint32_t reserved;
    uint64_t wanted; /* with a memory or arena fault: the size that would do; else 0 */
    uint64_t reserved2;
};

_Static_assert(sizeof(struct gate_outcome) == 56, "outcome is 56 bytes");

#endif
