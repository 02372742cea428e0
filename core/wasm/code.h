/*
 * core/wasm/code.h: register code, the form that the interpreter runs. For core/wasm only.
 *
 * A function's code is a run of cells. A cell starts with its handler's address (measured:
 * docs/decisions/0004-handler-encoding.md) and holds its operands; its size follows from the
 * handler. Cells are 8-aligned. A branch target is a byte distance from the field that holds it.
 *
 * Frame, in 64-bit slots: params and locals, then one slot for the return address, then operands
 * at their static height. A call's arguments are the first slots of the callee's frame: frames
 * overlap. i32 and f32 lie zero-extended in their slot; references are 32-bit numbers.
 * A frame wider than a u16 can name keeps CODE_WIDE_SLOTS scratch slots behind its params; what
 * lies beyond is moved through them (WIDE_GET, WIDE_SET).
 *
 * Fuel (semantics.md 2): whatever is reached by a branch, and what follows a conditional branch,
 * starts with a CHARGE cell, what follows a call with a RESUME cell, a function with ENTER.
 * Branches and returns read the cost out of that cell and step over it; only when it can not be
 * paid, or when code falls into it, does the cell itself run.
 *
 * Invariants:
 *   (1) A CHARGE cell of any cost stands at every branch target and behind every conditional
 *       branch.
 *   (2) A RESUME cell stands behind every call.
 *   (3) A result operand `d` stands at the same place in all cells that have one, so that the
 *       destination of the last producer can be patched.
 *   (4) The variants of an operator are consecutive, sources outside, results inside, in the order
 *       of classes.h.
 */
#ifndef AETHER_WASM_CODE_H
#define AETHER_WASM_CODE_H

#include "classes.h"
#include "core/wasm/code_ops.h"
#include "core/wasm/module.h"

/* Operand classes; CODE_K is a 64-bit constant. */
enum code_class { CLASS_S, CLASS_A, CLASS_I, CLASS_P, CLASS_Q, CLASS_F, CLASS_K, CLASS_COUNT };

/* Result classes. RESULT_ACC is the accumulator of the operator's kind. */
enum code_result { RESULT_S, RESULT_ACC, RESULT_B, RESULT_P, RESULT_Q };

#define CODE_COUNT_ONE(...) +1
enum {
    PAIR_COUNT = 0 CLASS_PAIR_LIST(CODE_COUNT_ONE),
    SOURCE_COUNT = 0 CLASS_SOURCE_LIST(CODE_COUNT_ONE),
    ADDRESS_COUNT = 0 CLASS_ADDRESS_LIST(CODE_COUNT_ONE),
    STORED_COUNT = 0 CLASS_STORED_LIST(CODE_COUNT_ONE),
    RESULT_COUNT = 0 CLASS_RESULT_LIST(CODE_COUNT_ONE),
    FLAG_COUNT = 0 CLASS_FLAG_LIST(CODE_COUNT_ONE),
    FLOAT_PAIR_COUNT = 0 CLASS_FLOAT_PAIR_LIST(CODE_COUNT_ONE),
    FLOAT_SOURCE_COUNT = 0 CLASS_FLOAT_SOURCE_LIST(CODE_COUNT_ONE),
    FLOAT_RESULT_COUNT = 0 CLASS_FLOAT_RESULT_LIST(CODE_COUNT_ONE),
    SENSE_COUNT = 2, /* branch if it holds, if it does not */
};

/* How the variants of a code of each family multiply. */
#define CODE_VARIANTS_PLAIN         1
#define CODE_VARIANTS_COLD          1
#define CODE_VARIANTS_BINARY        (PAIR_COUNT * RESULT_COUNT)
#define CODE_VARIANTS_DIVIDE        (PAIR_COUNT * FLAG_COUNT)
#define CODE_VARIANTS_COMPARE       (PAIR_COUNT * FLAG_COUNT)
#define CODE_VARIANTS_BRANCH        PAIR_COUNT
#define CODE_VARIANTS_TEST          SOURCE_COUNT
#define CODE_VARIANTS_UNARY         (SOURCE_COUNT * RESULT_COUNT)
#define CODE_VARIANTS_LOAD          (ADDRESS_COUNT * RESULT_COUNT)
#define CODE_VARIANTS_STORE         (ADDRESS_COUNT * STORED_COUNT)
#define CODE_VARIANTS_FLOAT_LOAD    (ADDRESS_COUNT * FLOAT_RESULT_COUNT)
#define CODE_VARIANTS_FLOAT_STORE   ADDRESS_COUNT
#define CODE_VARIANTS_FLOAT_BINARY  (FLOAT_PAIR_COUNT * FLOAT_RESULT_COUNT)
#define CODE_VARIANTS_FLOAT_COMPARE (FLOAT_PAIR_COUNT * FLAG_COUNT)
#define CODE_VARIANTS_FLOAT_BRANCH  (FLOAT_PAIR_COUNT * SENSE_COUNT)
#define CODE_VARIANTS_FLOAT_UNARY   (FLOAT_SOURCE_COUNT * FLOAT_RESULT_COUNT)
#define CODE_VARIANTS_FLOAT_TO_INT  (FLOAT_SOURCE_COUNT * FLAG_COUNT)
#define CODE_VARIANTS_INT_TO_FLOAT  (SOURCE_COUNT * FLOAT_RESULT_COUNT)
#define CODE_VARIANTS_SELECT        (SOURCE_COUNT * RESULT_COUNT)
#define CODE_VARIANTS_GET           RESULT_COUNT
#define CODE_VARIANTS_SET           SOURCE_COUNT
#define CODE_VARIANTS_SIMD          1
#define CODE_VARIANTS_SIMD_BITS     1
#define CODE_VARIANTS_SIMD_MEMORY   1

enum code_family {
    FAMILY_PLAIN,
    FAMILY_COLD, /* plain, and may use the stack */
    FAMILY_BINARY,
    FAMILY_DIVIDE,
    FAMILY_COMPARE,
    FAMILY_BRANCH,
    FAMILY_TEST,
    FAMILY_UNARY,
    FAMILY_LOAD,
    FAMILY_STORE,
    FAMILY_FLOAT_LOAD,
    FAMILY_FLOAT_STORE,
    FAMILY_FLOAT_BINARY,
    FAMILY_FLOAT_COMPARE,
    FAMILY_FLOAT_BRANCH,
    FAMILY_FLOAT_UNARY,
    FAMILY_FLOAT_TO_INT,
    FAMILY_INT_TO_FLOAT,
    FAMILY_SELECT,
    FAMILY_GET,
    FAMILY_SET,
    FAMILY_SIMD,
    FAMILY_SIMD_BITS,
    FAMILY_SIMD_MEMORY,
};

/* CODE_x is the first variant of x. */
enum code_op {
#define X(family, name, ...)                                                                       \
    CODE_##name, CODE_##name##_LAST = CODE_##name + CODE_VARIANTS_##family - 1,
    CODE_LIST(X)
#undef X
#define X(from, to, ...) CODE_MOVE_##from##to,
        CLASS_MOVE_LIST(X, 0)
#undef X
            CODE_COUNT
};

#define CODE_WIDE_SLOTS 8 /* two of each: three operands, a result */
#define CODE_SLOT_MAX   0xFFFFu

struct code_head {
    uintptr_t handler;
};

struct code_charge {
    struct code_head head;
    uint32_t cost;
};

/* Behind a call: what its caller's frame is, seen from the callee's, and the pins to load again. */
struct code_resume {
    struct code_head head;
    uint32_t cost;
    uint32_t delta; /* slots from the caller's frame to the callee's */
    uint16_t pin0, pin1;
    uint32_t roots; /* map of the references in the caller's frame (gc.h) */
};

struct code_enter {
    struct code_head head;
    uint32_t cost;
    uint32_t units;  /* of the stack budget */
    uint32_t zeroed; /* slots from here on become zero: locals that somebody may read */
    uint32_t zeroed_count;
    uint32_t header; /* slot of the return address */
    uint16_t pin0, pin1;
};

struct code_return {
    struct code_head head;
    uint32_t header;
    uint32_t units;
    uint32_t source; /* slot of the first result */
    uint32_t count;  /* of slots; from the float accumulator: 0 masks the bits above an f32 */
};

struct code_call {
    struct code_head head;
    uint32_t func;
};

/* A host function's whole body. */
struct wasm_host_entry;
struct code_host {
    struct code_head head;
    const struct wasm_host_entry *entry;
};

struct code_call_indirect {
    struct code_head head;
    uint32_t index; /* slot of the table index */
    uint32_t type;  /* of the store */
    uint32_t table;
};

/* A call that takes the place of its function's frame. */
struct code_tail {
    struct code_head head;
    uint32_t source; /* first slot of the arguments */
    uint32_t count;  /* of their slots */
    uint32_t header; /* as of code_return, of the frame that ends */
    uint32_t units;
    uint32_t callee; /* function index; slot of the table index or of the reference */
    uint32_t type;   /* as of code_call_indirect */
    uint32_t table;
};

/* How a clause's values come: the exception itself lies above or below the payload. */
enum code_catch_kind {
    CODE_CATCH,
    CODE_CATCH_REF,
    CODE_CATCH_ALL,
    CODE_CATCH_ALL_REF,
    CODE_CATCH_LEGACY, /* below */
};

struct code_catch {
    int32_t target;
    uint32_t destination; /* slot that the label's values go to */
    uint32_t tag;         /* index in the module, unless it catches all */
    uint32_t kind;        /* enum code_catch_kind */
};

/* Clauses of a try; stepped over when it runs. The first `tagged` are sorted by the store's number
 * of their tag, of equal ones the first counts; one behind them takes whatever they do not, and
 * what is behind that one is never asked. A legacy try has none here: each of its catches has a
 * cell of its own in front of its code. Distances are from the field, 0: nothing there. */
struct code_try {
    struct code_head head;
    int32_t more;        /* to the next cell with clauses of the same try */
    int32_t parent;      /* to the cell of the try that is asked next */
    uint16_t pin0, pin1; /* to load again where a clause leads to */
    uint16_t count;
    uint16_t tagged;
    struct code_catch clauses[];
};

/* From `cell` on (bytes in the code of the function) the innermost try is the one whose cell is at
 * `region`; CODE_NO_REGION: none. Points lie in the order of their cells; of equal ones the last
 * counts. */
#define CODE_NO_REGION UINT32_MAX
struct code_try_point {
    uint32_t cell;
    uint32_t region;
};

struct code_jump {
    struct code_head head;
    int32_t target;
};

/* Compares a with b, or a with the sign-extended `b`; also tests `a` alone. */
struct code_branch {
    struct code_head head;
    uint16_t a;
    uint16_t b;
    int32_t target;
};

struct code_table_target {
    int32_t target;
    uint32_t destination; /* slot that the label's values move to */
};

/* Followed by count + 1 targets, the default last; invariant (1) holds for each. */
struct code_br_table {
    struct code_head head;
    uint32_t index; /* slot */
    uint32_t count;
    uint32_t source; /* first slot of the values that a label takes */
    uint32_t moved;  /* how many */
    struct code_table_target targets[];
};

/* Everything with a result, and moves. */
struct code_value {
    struct code_head head;
    uint16_t a;
    uint16_t d;
    union {
        struct {
            uint16_t b;
            uint16_t c;
        };
        int32_t imm;
        uint32_t offset; /* of a memory access */
        uint32_t index;
    };
};

struct code_const64 {
    struct code_head head;
    uint16_t a;
    uint16_t d;
    uint32_t low, high;
};

/* Sixteen bytes: a constant, or which lanes of `a` and `b` a shuffle takes. */
struct code_v128 {
    struct code_head head;
    uint16_t a;
    uint16_t d;
    uint16_t b;
    uint64_t low, high;
};

/* A vector's load or store, the address in `a`; a lane's, too. */
struct code_v128_access {
    struct code_head head;
    uint16_t a;
    uint16_t d;
    uint16_t b; /* what is stored, or gets the lane that is loaded */
    uint16_t lane;
    uint32_t offset;
};

struct code_store {
    struct code_head head;
    uint16_t a;
    uint16_t b; /* slot, or sign-extended immediate */
    uint32_t offset;
};

struct code_wide {
    struct code_head head;
    uint16_t narrow;
    uint16_t is_f64; /* from the float accumulator */
    uint32_t wide;
};

/* `count` slots, the ranges may overlap when the destination is the lower one. */
struct code_move_range {
    struct code_head head;
    uint32_t destination;
    uint32_t source;
    uint32_t count;
};

/* Operands in consecutive slots from `base`, a result into `base`; index2 as in struct wasm_op. */
struct code_stack {
    struct code_head head;
    uint32_t base;
    uint32_t index;
    uint32_t index2;
    uint32_t roots; /* where objects are made: map of the references in the frame (gc.h) */
};

/* A field of the struct in slot `a`, or element `b` of the array, which begin at `offset`. */
struct code_object {
    struct code_head head;
    uint32_t a, b; /* slots */
    uint32_t d;    /* slot of the value, read or written */
    uint32_t offset;
};

/* Is the reference in slot `a` of this type (in the store's terms)? */
struct code_cast {
    struct code_head head;
    uint32_t a, d;
    uint32_t type;
};

/* What an atomic read-modify-write stores, given what it read; in the order of their opcodes. */
enum code_rmw {
    CODE_RMW_ADD,
    CODE_RMW_SUB,
    CODE_RMW_AND,
    CODE_RMW_OR,
    CODE_RMW_XOR,
    CODE_RMW_EXCHANGE,
    CODE_RMW_COMPARE_EXCHANGE,
};

/* Access to any memory at any address, and atomics. The names of slots are wide. */
struct code_far {
    struct code_head head;
    uint32_t a; /* address */
    uint32_t b; /* value; a value expected */
    uint32_t c; /* replacement, timeout */
    uint32_t d; /* result */
    uint32_t memory;
    uint8_t log2; /* atomics: of the access's bytes */
    uint8_t rmw;  /* enum code_rmw */
    uint64_t offset;
};

#endif
