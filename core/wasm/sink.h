/*
 * core/wasm/sink.h: what the one reader of function bodies reports (semantics.md 6).
 *
 * wasm_body_read validates one body and calls the sink for every operator *after* its type rule
 * held, in order of the bytes. At load the sink is NULL; translation to register code and the
 * native compiler are sinks. A sink never sees invalid code, so it may trust what it is told.
 *
 * Order of calls for a body:
 *   function_begin, then per operator: [fuel_block if a block starts here] op, then function_end.
 * Unreachable operators (op->is_reachable false) are reported too, so that a sink can keep its
 * control stack in step; they cost nothing and produce nothing. The polymorphic operand stack of
 * unreachable code is the validator's affair: control->height is where the stack stands again.
 *
 * Reachability: after `unreachable`, br, br_table, return, a tail call or a throw the rest of the
 * frame is unreachable; after `else`, `end` and the legacy catch, catch_all and delegate code is
 * reachable if its frame was reached at its entry (whether a branch leads to the `end` is not
 * asked). So a sink that drops what is unreachable picks up again there where
 * control->is_reachable_at_entry.
 *
 * A sink may allocate from `scratch` when it is called; all of it is rewound when the body is read.
 *
 * Fuel blocks: fuel_block(context, offset) says that the operator at `offset`, reported next, is
 * the first of a block; fuel_block_cost(context, cost) says what the block that is open sums up to,
 * and comes before the next fuel_block or function_end. A sink emits a charge at the first and
 * patches the sum at the second. A block of cost 0 is reported as any other (the sink may drop it).
 * The function's entry block includes the entry's 1.
 */
#ifndef AETHER_WASM_SINK_H
#define AETHER_WASM_SINK_H

#include "core/wasm/module.h"

/* Operator codes: the byte; prefixed ones get a base of their own. */
#define WASM_PREFIX_FB   0x100u
#define WASM_PREFIX_FC   0x200u
#define WASM_PREFIX_FD   0x300u
#define WASM_PREFIX_FE   0x500u
#define WASM_OP_CODE_END 0x600u

/* One open block, loop, if, else, try or function. Valid during the call only. */
struct wasm_control {
    uint16_t code; /* WASM_OP_BLOCK, LOOP, IF, ELSE, TRY_TABLE, TRY, CATCH, CATCH_ALL; for the
                      function's own frame: 0xFFFF */
    bool is_reachable_at_entry;
    uint32_t depth;        /* 0: the function's frame */
    uint32_t height;       /* operand stack in values below the block's params */
    uint32_t height_slots; /* the same in slots */
    uint32_t param_count, result_count;
    const uint32_t *params, *results;
    /* What a branch to it carries: params for a loop, results for others. */
    uint32_t label_count, label_slots;
    const uint32_t *labels;
};

enum wasm_catch_kind {
    WASM_CATCH = 0, /* the numbers of the binary format */
    WASM_CATCH_REF = 1,
    WASM_CATCH_ALL = 2,
    WASM_CATCH_ALL_REF = 3,
};

/* One clause of a try_table. */
struct wasm_catch {
    uint8_t kind;   /* enum wasm_catch_kind */
    uint32_t tag;   /* unless it catches all */
    uint32_t depth; /* of the frame that its label names: wasm_control.depth */
};

struct wasm_br_table {
    uint32_t count;         /* targets without the default */
    const uint32_t *depths; /* count + 1 label indices, the default last */
};

/* One operator. Valid during the call only.
 *
 * References and garbage collection (types are value types of the module, type.h):
 *   ref.is_null, ref.as_non_null, br_on_null, br_on_non_null: type is the operand's reference type
 *   ref.test, ref.cast: type is the reference type tested for, its null bit said by the operator;
 *     type2 is the operand's
 *   br_on_cast, br_on_cast_fail: the same, type2 as the operator declares it; index the label
 *   any.convert_extern, extern.convert_any: type is the operand's
 *   struct.*: index the struct's type; of get and set index2 the field, type what it holds
 *   array.*: index the array's type, type what its elements hold (packed types, too); index2 is
 *     new_fixed's count, the source's type of copy, the data or element segment of *_data, *_elem;
 *     array.len has none of these
 * In unreachable code a type may be BOTTOM, or a reference to WASM_HEAP_BOTTOM. */
struct wasm_op {
    uint16_t code;
    bool is_reachable;     /* as it stands before the operator */
    uint64_t offset;       /* of its first byte in the input */
    uint32_t height;       /* operand stack in values, before the operator pops */
    uint32_t height_slots; /* the same in slots */
    uint32_t index; /* local, global, func, table, memory, data, elem, tag, label depth, type */
    uint32_t
        index2;    /* call_indirect: table; memory.copy/table.copy: source; *.init: memory/table */
    uint64_t bits; /* constants (f32 in the low half) */
    uint64_t bits_high;  /* v128.const's upper half; lane bytes of shuffle: both halves */
    uint64_t mem_offset; /* memory access */
    uint32_t mem_align_log2;
    uint32_t mem_index;
    uint8_t lane;
    uint32_t type; /* select, drop, local.*, global.*, ref.null, table.*: the value's type */
    uint32_t type2;
    /* block, loop, if: the frame just opened (after its params were popped and pushed);
     * else, end: the frame it belongs to, with the values as they stand at its start/end;
     * br, br_if, br_on_*, return, rethrow, delegate: the target; otherwise NULL. From its `else`
     * on, the frame of an `if` has the code WASM_OP_ELSE; that of a `try` that of its newest catch.
     */
    const struct wasm_control *control;
    struct wasm_br_table br_table;
    uint32_t catch_count; /* try_table */
    const struct wasm_catch *catches;
};

struct wasm_sink {
    void *context;
    /* `local_types`: params then locals. */
    enum status (*function_begin)(void *context, uint32_t func, const uint32_t *local_types,
                                  uint32_t local_count);
    enum status (*fuel_block)(void *context, uint64_t offset);
    enum status (*fuel_block_cost)(void *context, uint32_t cost);
    enum status (*op)(void *context, const struct wasm_op *op);
    enum status (*function_end)(void *context);
};

/* The frame that label index `depth` names, seen from the operator being reported (br_table). */
struct wasm_reader;
const struct wasm_control *wasm_reader_label(const struct wasm_reader *reader, uint32_t depth);

/* The type of operand `depth` below the topmost, after the operator being reported. */
uint32_t wasm_reader_type_at(const struct wasm_reader *reader, uint32_t depth);

/* Reads the body of defined function `func`. `reader` is passed to sinks that ask (set into
 * sink->context by the caller as it likes) through wasm_body_read's out-parameter before the
 * first call. Temporary tables come from `scratch`, rewound before return.
 * A sink's failure ends the read with that status. */
enum status MUST_CHECK wasm_body_read(struct wasm_module *module, uint32_t func,
                                      const struct wasm_sink *sink,
                                      const struct wasm_reader **out_reader, struct arena *scratch,
                                      struct report *report);

#endif
