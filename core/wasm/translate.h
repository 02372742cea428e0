/*
 * core/wasm/translate.h: the state of one translation, shared by translate*.c alone.
 *
 * The translator is a sink of the one body reader (sink.h). It keeps the operand stack as a list of
 * where each value is: in its own slot, still in a local, a constant, or in an accumulator. Copies
 * are made as late as possible, most never.
 *
 * Invariants:
 *   (1) An accumulator holds at most one value of the stack, and its producer can be patched to
 *       write the value's slot instead: giving an accumulator up costs no operator.
 *   (2) values[i] of kind VALUE_LOCAL are linked per local, the topmost first; a write to the local
 *       copies them first.
 *   (3) Values below `flushed` are in their slots or constants; nulls that a map may name are in
 *       their slots. All values are when a label binds, and the accumulators are forgotten there.
 *   (4) Every push has paid for its own copy: the size of the code is linear in the operators.
 */
#ifndef AETHER_WASM_TRANSLATE_H
#define AETHER_WASM_TRANSLATE_H

#include "core/wasm/handler_table.h"
#include "core/wasm/instance.h"
#include "core/wasm/optable.h"

#define TRANSLATE_NONE UINT32_MAX

/* Which scratch slots of a wide frame: of operands 0 to 2, or of a result. */
#define TRANSLATE_RESULT 3u

enum value_kind { VALUE_SLOT, VALUE_LOCAL, VALUE_CONST, VALUE_ACC, VALUE_FACC };

struct value {
    enum value_kind kind : 8; /* a v128 is in its slots or in a local */
  uint32_t slots : 8;         /* 1, v128: 2 */
    uint32_t slot;            /* its own, the first */
    uint32_t local;           /* VALUE_LOCAL */
    uint32_t link;            /* the next value below with the same local */
    uint64_t bits;            /* VALUE_CONST */
    /* translate_roots.c */
    bool is_traced;           /* may be an object of the heap */
    bool has_traced_in_group; /* it, or one below of its group */
    bool is_covered;          /* `roots` is the map up to it */
    uint32_t roots;
    uint32_t first, group_count; /* of the values that were pushed together */
    const uint32_t *group;       /* their types; NULL: it came alone */
};

struct local {
    uint32_t slot;
    uint32_t head;           /* topmost value of kind VALUE_LOCAL; TRANSLATE_NONE */
    enum code_class pin : 8; /* CLASS_P, CLASS_Q; CLASS_S: not pinned */
  uint32_t slots : 8;
};

enum holder_what { HOLDS_NOTHING, HOLDS_VALUE, HOLDS_LOCAL };

/* What an accumulator holds, and who wrote it. */
struct holder {
    enum holder_what what;
    uint32_t index;    /* of the value or local */
    uint32_t producer; /* its cell */
    uint32_t code;     /* the producer's variant with RESULT_S */
    uint32_t results;  /* how many result classes it has */
    enum code_family family;
    bool is_f64;
};

struct label {
    uint16_t code;
    bool is_reachable_at_entry;
    uint32_t height; /* values below the params */
    uint32_t slot;   /* where the values go that a branch carries */
    uint32_t arity;  /* how many */
    uint32_t slots;  /* of them */
    uint32_t params, results;
    const uint32_t *param_types, *result_types;
    uint32_t loop_at; /* LOOP: its CHARGE cell */
    uint32_t fixups;  /* last target field that waits for the label; each holds the one before */
    uint32_t else_fixup;
    uint32_t region; /* innermost try outside of it: its TRY cell; CODE_NO_REGION */
    uint32_t try_at; /* its own TRY cell, while that is what a throw in it asks; CODE_NO_REGION */
    uint32_t clauses_at; /* TRY: the newest cell with clauses */
};

struct translator {
    struct wasm_instance *instance;
    struct wasm_module *module;
    const struct wasm_func *func;
    const struct wasm_func_type *type;
    const struct wasm_reader *reader;

    uint8_t *code;
    uint32_t at, cap;
    uint32_t last; /* the newest cell, while nothing can branch behind it; TRANSLATE_NONE */
    uint8_t *map;
    uint32_t map_at, map_cap;
    uint32_t noted_cell, noted_offset;     /* the newest entry of the map, not yet written */
    uint32_t written_cell, written_offset; /* the one before */
    bool is_full;
    _Alignas(8) uint8_t overflow[64]; /* cells go here once the room is used up */

    struct value *values;
    uint32_t height, flushed;
    struct local *locals;
    uint32_t local_count;
    uint32_t pinned[2];          /* locals; TRANSLATE_NONE */
    uint32_t zero_from, zero_to; /* slots of locals that are read, or named by maps */
    uint32_t operands;           /* slot of operand 0 */
    uint32_t header;
    bool is_wide;     /* some slots have no u16 name */
    uint32_t scratch; /* first of CODE_WIDE_SLOTS, in wide frames */
    uint16_t pins[2];
    struct holder acc, facc;
    uint32_t vector_at; /* newest cell that made a vector, in its value's own slots */

    struct label *labels;
    uint32_t label_count;
    bool is_reachable;

    uint32_t cost_at;    /* field that the open block's cost goes to; TRANSLATE_NONE */
    uint32_t charge_at;  /* newest CHARGE cell */
    uint32_t block_cost; /* of the block that ended last */
    bool is_block_empty; /* nothing with a cost seen in the open block */
    bool is_entered;     /* the first block has begun: ENTER charges it */
    uint32_t resume_at;  /* RESUME cell that waits for its block */

    struct code_try_point *points; /* room for one an operator, if the function has a try */
    uint32_t point_count;
    uint32_t region; /* TRY cell of the innermost try; CODE_NO_REGION */

    uint32_t covered; /* values below it are in maps */
    uint32_t local_roots, roots_count;
    uint32_t call_roots; /* for the RESUME cell of the call being made */
};

/* Of the stack budget that a frame of the function takes (semantics.md 5). */
ALWAYS_INLINE uint32_t translate_units(const struct translator *t)
{
    return 1 + t->func->local_slots + t->func->max_height;
}

/* translate_emit.c: cells, the map, moves, and the operand stack. */
void *translate_emit(struct translator *t, uint32_t code, size_t size);
void translate_take_back(struct translator *t);
void translate_note(struct translator *t, uint32_t cell, uint64_t offset);
uint32_t translate_narrow(struct translator *t, uint32_t slot, uint32_t which);
void translate_push(struct translator *t, enum value_kind kind);
void translate_push_const(struct translator *t, uint64_t bits);
void translate_push_local(struct translator *t, uint32_t local);
void translate_push_slots(struct translator *t, uint32_t count);
void translate_need_zero(struct translator *t, uint32_t slot, uint32_t count);
void translate_push_typed(struct translator *t, uint32_t type);
void translate_push_types(struct translator *t, const uint32_t *types, uint32_t count);
struct value translate_pop(struct translator *t);
uint32_t translate_to_slot(struct translator *t, const struct value *value);
void translate_store(struct translator *t, const struct value *value, uint32_t slot);
void translate_settle(struct translator *t, uint32_t count);
void translate_settle_one(struct translator *t, struct value *value);
void translate_flush(struct translator *t);
void translate_evict(struct translator *t, struct holder *holder);
void translate_forget(struct translator *t);
bool translate_is_newest(const struct translator *t, const struct value *value);
void translate_redirect(struct translator *t, struct holder *holder, enum code_result result,
                        uint32_t slot);
uint32_t translate_slot_at(const struct translator *t, uint32_t height);
uint32_t translate_next_slot(const struct translator *t);
void translate_move_range(struct translator *t, uint32_t to, uint32_t from, uint32_t count);

/* translate_ops.c: everything but control. */
enum code_class translate_class(const struct translator *t, const struct value *value, bool is_64,
                                uint32_t imm_bits);
uint32_t translate_pair(enum code_class a, enum code_class b);
uint32_t translate_source(enum code_class class);
bool translate_is_far_global(const struct translator *t, uint32_t index);
void translate_plain_op(struct translator *t, const struct wasm_op *op);

/* translate_far.c: is an access none of memory 0 with 32-bit addresses? Then its cell. */
bool translate_is_far(const struct translator *t, const struct wasm_op *op);
struct code_far *translate_far(struct translator *t, const struct wasm_op *op, uint32_t code,
                               uint32_t pop_count, bool has_result);
void translate_far_access(struct translator *t, const struct wasm_op *op);
bool translate_atomic_op(struct translator *t, const struct wasm_op *op);

/* translate_roots.c: the map of what is on the stack now, whose references go to their slots; after
 * each operator, what its values are. */
void translate_root_locals(struct translator *t, const uint32_t *types);
void translate_root_results(struct translator *t, const struct wasm_op *op);
uint32_t translate_roots(struct translator *t);

/* translate_gc.c: False: not about structs, arrays, i31s, casts or null. */
bool translate_gc_op(struct translator *t, const struct wasm_op *op);

/* translate_simd.c: vector operators, and values of two slots. False: none of these. */
bool translate_simd_op(struct translator *t, const struct wasm_op *op);
bool translate_fold_vector(struct translator *t, const struct value *value, uint32_t index);

/* translate_pins.c: TRANSLATE_NONE where there is none. */
enum status MUST_CHECK wasm_choose_pins(struct wasm_module *module, uint32_t func,
                                        struct arena *arena, uint32_t pinned[2],
                                        struct report *report);

/* translate_control.c: blocks, branches, calls. False: the operator is none of these. */
bool translate_control_op(struct translator *t, const struct wasm_op *op);
void translate_open_block(struct translator *t, const struct wasm_op *op);
void translate_end_block(struct translator *t);
void translate_end_path(struct translator *t);
void translate_finish_body(struct translator *t, const struct label *label);
void translate_unwind(struct translator *t, uint32_t height);
void translate_set_target(struct translator *t, uint32_t field, uint32_t target);
void translate_link(struct translator *t, struct label *label, uint32_t field);
void translate_jump(struct translator *t, struct label *label);
void translate_branch_on(struct translator *t, uint32_t depth, const struct value *value,
                         bool if_zero);
uint32_t translate_place_arguments(struct translator *t, const struct wasm_func_type *type);
void translate_emit_resume(struct translator *t, uint32_t delta);
void translate_begin(struct translator *t);
void translate_fuel_block(struct translator *t, uint64_t offset);
void translate_fuel_block_cost(struct translator *t, uint32_t cost);

/* translate_exceptions.c: throws and tries. False: the operator is none of these. */
bool translate_try_op(struct translator *t, const struct wasm_op *op);
bool translate_throw_op(struct translator *t, const struct wasm_op *op);
void translate_leave_try(struct translator *t, struct label *label);

/* translate_calls.c: tail calls and calls of references. */
bool translate_call_op(struct translator *t, const struct wasm_op *op);

#endif
