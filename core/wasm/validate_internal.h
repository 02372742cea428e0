/*
 * core/wasm/validate_internal.h: the reader of bodies, for the validate*.c files only
 * (WASM 3.0 appendix "Validation Algorithm").
 *
 * Invariants, between two operators:
 *   (1) floor <= height <= capacity; floor is the top frame's height.
 *   (2) is_polymorphic: operands below floor read as BOTTOM instead of being refused.
 *   (3) is_reachable false means that no run gets here. is_polymorphic implies it, but not the
 *       other way round: a block opened in dead code has an honest operand stack.
 *   (4) v128_count is how many of the operands are v128; all that writes them keeps it.
 *   (5) frames[0] is the function's own; frame_count is 0 only after its `end`.
 * Locals are kept as runs, because 50,000 of them fit in four bytes of a body; the first few are
 * spelled out, for those are what code asks for.
 */
#ifndef AETHER_WASM_VALIDATE_INTERNAL_H
#define AETHER_WASM_VALIDATE_INTERNAL_H

#include "core/wasm/cursor.h"
#include "core/wasm/limits.h"
#include "core/wasm/optable.h"
#include "core/wasm/sink.h"

#define WASM_NEAR_LOCALS   64u
#define WASM_CODE_FUNCTION 0xFFFFu

struct wasm_frame {
    struct wasm_control control;
    bool is_polymorphic; /* the reader's flag while an inner frame is open */
    uint16_t set_floor;  /* the reader's set_count at its entry; 50,000 locals at most */
    uint32_t seen_by;    /* number of the br_table that has checked this label already */
};

struct wasm_local_run {
    uint32_t end; /* index of the first local behind the run */
    uint32_t type;
};

struct wasm_reader {
    struct wasm_module *module;
    struct wasm_func *func;
    const struct wasm_func_type *type;
    const struct wasm_sink *sink; /* NULL: only validate */
    struct arena *scratch;
    struct wasm_cursor cursor;
    const uint8_t *op_at; /* first byte of the operator being read */

    uint32_t *operands;
    uint32_t height, capacity, floor;
    uint32_t v128_count; /* operands that take a second slot */
    bool is_polymorphic;
    bool is_reachable;
    struct wasm_frame *frames;
    uint32_t frame_count, frame_capacity;

    struct wasm_local_run *runs;
    uint32_t run_count, local_count, local_slots;
    /* Locals without a default value may be read once they are set; what a block set is forgotten
     * at its end. Nothing of this is there where every local has a default value. */
    uint8_t *is_set;   /* a bit for each local */
    uint16_t *set_log; /* the locals that were set, in order */
    uint32_t set_count, set_capacity;
    uint32_t near_locals[WASM_NEAR_LOCALS];

    uint32_t op_count, max_height, max_nesting;
    uint32_t address_type;         /* of the memory that the access being read names */
    const uint32_t *single_result; /* of the last block with one reference as its result */
    uint32_t br_table_count;
    uint32_t *targets; /* label indices of the br_table being reported */
    uint32_t target_capacity;
    struct wasm_catch *catches; /* clauses of the try_table being reported */
    uint32_t catch_capacity;
    bool has_try;
    bool is_block_due; /* the next reachable operator starts a fuel block */
    bool is_block_open;
    uint32_t block_cost;

    struct wasm_op op; /* immediates of the operator being read; all of it when there is a sink */
};

ALWAYS_INLINE uint64_t wasm_reader_offset(const struct wasm_reader *reader)
{
    return (uint64_t)(reader->op_at - reader->cursor.origin);
}

/* Refusals as INVALID at the operator; inline, so that it is seen that they are not OK. */
static inline enum status wasm_reader_fail(const struct wasm_reader *reader, const char *sentence)
{
    return report_fail(reader->cursor.report, STATUS_INVALID, wasm_reader_offset(reader), sentence);
}

static inline enum status wasm_reader_fail_u64(const struct wasm_reader *reader,
                                               const char *sentence, uint64_t number)
{
    return report_fail_u64(reader->cursor.report, STATUS_INVALID, wasm_reader_offset(reader),
                           sentence, number);
}

/* Height of the operand stack in slots. */
ALWAYS_INLINE uint32_t wasm_reader_slots(const struct wasm_reader *reader)
{
    return reader->height + reader->v128_count;
}

/* validate_stack.c */
/* Room for `count` items where `*capacity` were; NULL: the scratch arena is full, the old room
 * stands. A stack that is the arena's last tenant grows where it is. */
void *wasm_reader_grow(struct wasm_reader *reader, void *old, uint32_t *capacity, uint32_t count,
                       size_t item_size);
enum status MUST_CHECK wasm_reader_grow_operands(struct wasm_reader *reader, uint32_t more);
enum status MUST_CHECK wasm_reader_pop_slow(struct wasm_reader *reader, uint32_t expected);
enum status MUST_CHECK wasm_reader_pop_any(struct wasm_reader *reader, uint32_t *out_type);
enum status MUST_CHECK wasm_reader_pop_many(struct wasm_reader *reader, const uint32_t *types,
                                            uint32_t count);
enum status MUST_CHECK wasm_reader_push_many(struct wasm_reader *reader, const uint32_t *types,
                                             uint32_t count);
enum status MUST_CHECK wasm_reader_pop_same(struct wasm_reader *reader, uint32_t type,
                                            uint32_t count);
/* Can values of the types `found` go where `wanted` are, one by one? INVALID with the sentence, or
 * NULL: one that names the first pair from the end. LIMIT: charged to module->pairs_left. */
enum status MUST_CHECK wasm_reader_fit(const struct wasm_reader *reader, const uint32_t *found,
                                       const uint32_t *wanted, uint32_t count,
                                       const char *sentence);

/* Counts values against WASM_LIMIT_CARRIED; only at load, a second read has passed it. */
enum status MUST_CHECK wasm_reader_count_carried(const struct wasm_reader *reader, uint32_t count);

ALWAYS_INLINE MUST_CHECK enum status wasm_reader_carry(const struct wasm_reader *reader,
                                                       uint32_t count)
{
    return LIKELY(count <= WASM_CARRIED_FREE) ? STATUS_OK
                                              : wasm_reader_count_carried(reader, count);
}

/* Do the topmost operands match? Nothing is popped. */
enum status MUST_CHECK wasm_reader_match(const struct wasm_reader *reader, const uint32_t *types,
                                         uint32_t count);
enum status MUST_CHECK wasm_reader_push_frame(struct wasm_reader *reader,
                                              const struct wasm_control *control);
/* Behind an operator that never goes on: the rest of the frame is dead. */
void wasm_reader_set_dead(struct wasm_reader *reader);

ALWAYS_INLINE MUST_CHECK enum status wasm_reader_pop(struct wasm_reader *reader, uint32_t expected)
{
    if (LIKELY(reader->height > reader->floor &&
               reader->operands[reader->height - 1] == expected)) {
        reader->height--;
        reader->v128_count -= expected == WASM_TYPE_V128;
        return STATUS_OK;
    }
    return wasm_reader_pop_slow(reader, expected);
}

ALWAYS_INLINE MUST_CHECK enum status wasm_reader_push(struct wasm_reader *reader, uint32_t type)
{
    if (UNLIKELY(reader->height == reader->capacity)) {
        enum status status = wasm_reader_grow_operands(reader, 1);
        if (status != STATUS_OK)
            return status;
    }
    reader->operands[reader->height++] = type;
    reader->v128_count += type == WASM_TYPE_V128;
    return STATUS_OK;
}

/* The refusal of an operand. */
COLD enum status wasm_reader_fail_types(const struct wasm_reader *reader, uint32_t expected,
                                        uint32_t found);

/* validate_locals.c */
/* Of a local without a default value. */
bool wasm_reader_local_is_set(const struct wasm_reader *reader, uint32_t index);
enum status MUST_CHECK wasm_reader_set_local(struct wasm_reader *reader, uint32_t index);
void wasm_reader_forget_locals(struct wasm_reader *reader, uint32_t set_floor);
enum status MUST_CHECK wasm_reader_read_locals(struct wasm_reader *reader);
uint32_t wasm_reader_far_local(const struct wasm_reader *reader, uint32_t index);
enum status MUST_CHECK wasm_reader_spell_locals(const struct wasm_reader *reader,
                                                const uint32_t **out_types);

/* validate_immediate.c */
enum status MUST_CHECK wasm_reader_read_immediate(struct wasm_reader *reader,
                                                  enum wasm_immediate immediate);
COLD enum status wasm_reader_refuse_code(const struct wasm_reader *reader, uint32_t code);
COLD enum status wasm_reader_refuse_prefixed(const struct wasm_reader *reader, uint32_t prefix,
                                             uint32_t number);

/* validate_control.c, validate_rules.c: operators with a rule of their own. */
bool wasm_reader_is_control(uint32_t code);
enum status MUST_CHECK wasm_reader_open_block(struct wasm_reader *reader);
enum status MUST_CHECK wasm_reader_pop_results(struct wasm_reader *reader,
                                               const struct wasm_control *control);
enum status MUST_CHECK wasm_reader_leave_frame(struct wasm_reader *reader);
enum status MUST_CHECK wasm_reader_find_label(const struct wasm_reader *reader, uint32_t depth,
                                              struct wasm_frame **out_frame);

/* validate_exceptions.c */
enum status MUST_CHECK wasm_reader_read_catches(struct wasm_reader *reader);
enum status MUST_CHECK wasm_reader_exception(struct wasm_reader *reader);

/* In a legacy catch the caught exception lies below the operands, for a rethrow. */
ALWAYS_INLINE uint32_t wasm_frame_hidden(const struct wasm_frame *frame)
{
    return frame->control.code == WASM_OP_CATCH || frame->control.code == WASM_OP_CATCH_ALL;
}
enum status MUST_CHECK wasm_reader_control(struct wasm_reader *reader);
enum status MUST_CHECK wasm_reader_rule(struct wasm_reader *reader);
enum status MUST_CHECK wasm_reader_need_data(const struct wasm_reader *reader, uint32_t index);

/* validate_ref.c: references, casts, null checks; validate_gc.c: structs and arrays. */
enum status MUST_CHECK wasm_reader_pop_ref(struct wasm_reader *reader, uint32_t *out_type);
enum status MUST_CHECK wasm_reader_ref(struct wasm_reader *reader);
enum status MUST_CHECK wasm_reader_gc(struct wasm_reader *reader);

/* validate.c: an operator with a signature. */
enum status MUST_CHECK wasm_reader_signature(struct wasm_reader *reader,
                                             const struct wasm_op_row *row);

#endif
