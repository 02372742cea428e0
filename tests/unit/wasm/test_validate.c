/*
 * tests/unit/wasm/test_validate.c: what a sink is told of a body: order, heights, frames, fuel.
 */
#include <stdio.h>

#include "core/wasm/optable.h"
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define UNREACHABLE 0x00
#define BLOCK       0x02
#define LOOP        0x03
#define IF          0x04
#define ELSE        0x05
#define END         0x0B
#define BR          0x0C
#define BR_IF       0x0D
#define BR_TABLE    0x0E
#define RETURN      0x0F
#define CALL        0x10
#define DROP        0x1A
#define GET         0x20
#define I32         0x41
#define EMPTY       0x40

/* Writes what it is told as one line of text. */
struct scribe {
    const struct wasm_reader *reader;
    uint64_t body_offset;
    bool writes_ops;
    uint32_t refuse_at; /* the n-th op is refused; 0: none */
    bool refuses_block, refuses_cost;
    size_t len;
    char text[4096];
};

#define WRITE(scribe, ...)                                                                         \
    ((scribe)->len += (size_t)snprintf((scribe)->text + (scribe)->len,                             \
                                       sizeof(scribe)->text - (scribe)->len, __VA_ARGS__))

static enum status on_begin(void *context, uint32_t func, const uint32_t *types, uint32_t count)
{
    struct scribe *scribe = context;
    (void)types;
    WRITE(scribe, "begin %u %u;", func, count);
    return STATUS_OK;
}

static enum status on_block(void *context, uint64_t offset)
{
    struct scribe *scribe = context;
    if (scribe->refuses_block)
        return STATUS_DENIED;
    WRITE(scribe, " [%u", (unsigned)(offset - scribe->body_offset));
    return STATUS_OK;
}

static enum status on_cost(void *context, uint32_t cost)
{
    struct scribe *scribe = context;
    if (scribe->refuses_cost)
        return STATUS_DENIED;
    WRITE(scribe, "=%u]", cost);
    return STATUS_OK;
}

/* name@offset, ! if unreachable, h height, then what belongs to the operator */
static enum status on_op(void *context, const struct wasm_op *op)
{
    struct scribe *scribe = context;
    if (scribe->refuse_at == 1)
        return STATUS_DENIED;
    if (scribe->refuse_at != 0)
        scribe->refuse_at--;
    if (!scribe->writes_ops)
        return STATUS_OK;
    WRITE(scribe, " %s@%u%sh%u", wasm_op_info(op->code)->text,
          (unsigned)(op->offset - scribe->body_offset), op->is_reachable ? "" : "!", op->height);
    if (op->control != NULL)
        WRITE(scribe, "(%x d%u h%u %u>%u l%u%s)", op->control->code, op->control->depth,
              op->control->height, op->control->param_count, op->control->result_count,
              op->control->label_count, op->control->is_reachable_at_entry ? "" : "!");
    if (op->code == WASM_OP_BR_TABLE)
        for (uint32_t i = 0; i <= op->br_table.count; i++)
            WRITE(scribe, "/%u:d%u", op->br_table.depths[i],
                  wasm_reader_label(scribe->reader, op->br_table.depths[i])->depth);
    return STATUS_OK;
}

static enum status on_end(void *context)
{
    struct scribe *scribe = context;
    WRITE(scribe, " end");
    return STATUS_OK;
}

static enum status read_body(struct scribe *scribe, const char *signature, struct bytes body)
{
    struct wasm_trial trial;
    struct wasm_sink sink = {scribe, on_begin, on_block, on_cost, on_op, on_end};
    trial_begin(&trial);
    trial_build_around(&trial, signature, body);
    trial_is_valid(&trial);
    scribe->body_offset = trial.body_offset;
    enum status status =
        wasm_body_read(trial.module, 1, &sink, &scribe->reader, &trial.scratch, NULL);
    assert_int_equal(trial.scratch.used, 0);
    trial_end(&trial);
    return status;
}

static void tells(const char *signature, struct bytes body, const char *text)
{
    struct scribe scribe = {.writes_ops = true};
    assert_int_equal(read_body(&scribe, signature, body), STATUS_OK);
    assert_string_equal(scribe.text, text);
}

/* Only the fuel blocks: [offset of the first operator=cost]. */
static void costs(const char *signature, struct bytes body, const char *text)
{
    struct scribe scribe = {0};
    assert_int_equal(read_body(&scribe, signature, body), STATUS_OK);
    assert_string_equal(strchr(scribe.text, ';'), text);
}

TEST(each_operator_is_told_once_in_order_with_its_height)
{
    (void)state;
    tells(
        "i:i", CODE(0, GET, 0, I32, 7, 0x6A, END),
        "begin 1 1; [1 local.get@1h0 i32.const@3h1 i32.add@5h2 end@6h1(ffff d0 h0 0>1 l1)=4] end");
}

TEST(a_block_is_told_with_the_frame_it_opens)
{
    (void)state;
    tells("i:i", CODE(0, GET, 0, LOOP, 4, END, END),
          "begin 1 1; [1 local.get@1h0 loop@3h1(3 d1 h0 1>1 l1)=2] [5 end@5h1(3 d1 h0 1>1 l1)=0]"
          " [6 end@6h1(ffff d0 h0 0>1 l1)=0] end");
    tells(":", CODE(0, I32, 0, BLOCK, EMPTY, END, DROP, END),
          "begin 1 0; [1 i32.const@1h0 block@3h1(2 d1 h1 0>0 l0) end@5h1(2 d1 h1 0>0 l0)=2]"
          " [6 drop@6h1 end@7h0(ffff d0 h0 0>0 l0)=0] end");
}

TEST(an_else_and_an_end_are_told_with_the_frame_they_belong_to)
{
    (void)state;
    tells("i:i", CODE(0, GET, 0, IF, 0x7F, I32, 1, ELSE, I32, 2, END, END),
          "begin 1 1; [1 local.get@1h0 if@3h1(4 d1 h0 0>1 l1)=3] [5 i32.const@5h0"
          " else@7h1(5 d1 h0 0>1 l1)=1] [8 i32.const@8h0 end@10h1(5 d1 h0 0>1 l1)=1]"
          " [11 end@11h1(ffff d0 h0 0>1 l1)=0] end");
}

TEST(branches_are_told_with_their_targets)
{
    (void)state;
    tells("i:", CODE(0, BLOCK, EMPTY, GET, 0, BR_IF, 1, GET, 0, BR_TABLE, 1, 0, 1, END, END),
          "begin 1 1; [1 block@1h0(2 d1 h0 0>0 l0) local.get@3h0 br_if@5h1(ffff d0 h0 0>0 l0)=3]"
          " [7 local.get@7h0 br_table@9h1/0:d1/1:d0 end@13!h0(2 d1 h0 0>0 l0)=2]"
          " [14 end@14h0(ffff d0 h0 0>0 l0)=0] end");
    tells(":", CODE(0, RETURN, END),
          "begin 1 0; [1 return@1h0(ffff d0 h0 0>0 l0) end@2!h0(ffff d0 h0 0>0 l0)=1] end");
}

TEST(a_later_br_table_tells_its_own_targets)
{
    (void)state;
    tells(
        "i:", CODE(0, BLOCK, EMPTY, GET, 0, BR_TABLE, 2, 0, 1, 1, END, GET, 0, BR_TABLE, 0, 0, END),
        "begin 1 1; [1 block@1h0(2 d1 h0 0>0 l0) local.get@3h0 br_table@5h1/0:d1/1:d0/1:d0"
        " end@10!h0(2 d1 h0 0>0 l0)=3] [11 local.get@11h0 br_table@13h1/0:d0"
        " end@16!h0(ffff d0 h0 0>0 l0)=2] end");
}

TEST(dead_operators_are_told_and_cost_nothing)
{
    (void)state;
    tells(":", CODE(0, UNREACHABLE, BLOCK, EMPTY, I32, 1, DROP, END, I32, 2, DROP, END),
          "begin 1 0; [1 unreachable@1h0 block@2!h0(2 d1 h0 0>0 l0!) i32.const@4!h0 drop@6!h1"
          " end@7!h0(2 d1 h0 0>0 l0!) i32.const@8!h0 drop@10!h1 end@11!h0(ffff d0 h0 0>0 l0)=1]"
          " end");
}

TEST(fuel_of_an_empty_function_is_1)
{
    (void)state;
    costs(":", CODE(0, END), "; [1=1] end");
}

TEST(operators_without_cost_are_nop_drop_block_loop_else_end_return_unreachable)
{
    (void)state;
    costs(":", CODE(0, I32, 0, DROP, END), "; [1=2] end");
    costs(":", CODE(0, 0x01, END), "; [1=1] end");
    costs(":", CODE(0, BLOCK, EMPTY, END, END), "; [1=1] [4=0] end");
    costs(":", CODE(0, LOOP, EMPTY, END, END), "; [1=1] [3=0] [4=0] end");
    costs(":", CODE(0, RETURN, END), "; [1=1] end");
    costs(":", CODE(0, UNREACHABLE, END), "; [1=1] end");
    for (uint32_t code = 0; code < WASM_OP_CODE_END; code++) {
        const struct wasm_op_info *info = wasm_op_info(code);
        if (info->text == NULL)
            continue;
        bool is_free = code == 0x00 || code == 0x01 || code == BLOCK || code == LOOP ||
                       code == ELSE || code == END || code == RETURN || code == DROP;
        is_free |= code == WASM_OP_CATCH || code == WASM_OP_CATCH_ALL || code == WASM_OP_DELEGATE;
        assert_int_equal(info->fuel, is_free ? 0 : 1);
    }
}

TEST(fuel_of_if_then_is_3)
{
    (void)state;
    costs(":", CODE(0, I32, 0, IF, EMPTY, END, END), "; [1=3] [5=0] [6=0] end");
}

TEST(a_fuel_block_starts_behind_calls_and_conditional_branches)
{
    (void)state;
    costs(":", CODE(0, CALL, 0, I32, 0, DROP, END), "; [1=2] [3=1] end");
    costs(":", CODE(0, I32, 0, 0x11, 1, 0, I32, 0, DROP, END), "; [1=3] [6=1] end");
    costs(":", CODE(0, I32, 0, BR_IF, 0, I32, 0, DROP, END), "; [1=3] [5=1] end");
}

TEST(a_fuel_block_goes_on_through_what_is_no_boundary)
{
    (void)state;
    costs("i:", CODE(0, GET, 0, BLOCK, EMPTY, GET, 0, 0x40, 0, DROP, END, DROP, END),
          "; [1=4] [11=0] end");
}

TEST(code_behind_a_branch_starts_its_block_where_it_is_alive_again)
{
    (void)state;
    costs(":", CODE(0, BLOCK, EMPTY, BR, 0, I32, 0, DROP, END, I32, 0, DROP, END),
          "; [1=2] [9=1] end");
    costs(":", CODE(0, I32, 0, IF, EMPTY, BR, 0, ELSE, I32, 0, DROP, END, END),
          "; [1=3] [5=1] [8=1] [12=0] end");
}

TEST(a_sink_that_refuses_ends_the_read)
{
    (void)state;
    struct scribe scribe = {.writes_ops = true, .refuse_at = 2};
    assert_int_equal(read_body(&scribe, ":", CODE(0, I32, 0, DROP, END)), STATUS_DENIED);
    assert_string_equal(scribe.text, "begin 1 0; [1 i32.const@1h0");

    scribe = (struct scribe){.refuses_block = true};
    assert_int_equal(read_body(&scribe, ":", CODE(0, END)), STATUS_DENIED);
    assert_string_equal(scribe.text, "begin 1 0;");

    scribe = (struct scribe){.refuses_cost = true};
    assert_int_equal(read_body(&scribe, ":", CODE(0, END)), STATUS_DENIED);
    assert_string_equal(scribe.text, "begin 1 0; [1");

    scribe = (struct scribe){.refuses_cost = true};
    assert_int_equal(read_body(&scribe, ":", CODE(0, CALL, 0, END)), STATUS_DENIED);
    assert_string_equal(scribe.text, "begin 1 0; [1");
}

/* The last operator seen, with its immediates. */
static enum status keep_op(void *context, const struct wasm_op *op)
{
    struct wasm_op *kept = context;
    if (op->code != WASM_OP_END)
        *kept = *op;
    return STATUS_OK;
}
static enum status skip_begin(void *context, uint32_t func, const uint32_t *types, uint32_t count)
{
    (void)context;
    (void)func;
    (void)types;
    (void)count;
    return STATUS_OK;
}
static enum status skip_block(void *context, uint64_t offset)
{
    (void)context;
    (void)offset;
    return STATUS_OK;
}
static enum status skip_cost(void *context, uint32_t cost)
{
    (void)context;
    (void)cost;
    return STATUS_OK;
}
static enum status skip_end(void *context)
{
    (void)context;
    return STATUS_OK;
}

static struct wasm_op last_op(const char *signature, struct bytes body)
{
    struct wasm_trial trial;
    struct wasm_op op = {0};
    struct wasm_sink sink = {&op, skip_begin, skip_block, skip_cost, keep_op, skip_end};
    trial_begin(&trial);
    trial_build_around(&trial, signature, body);
    trial_is_valid(&trial);
    assert_int_equal(wasm_body_read(trial.module, 1, &sink, NULL, &trial.scratch, NULL), STATUS_OK);
    trial_end(&trial);
    return op;
}

TEST(immediates_are_told)
{
    (void)state;
    struct wasm_op op = last_op(":i", CODE(0, I32, 0x7F, END));
    assert_true(op.bits == 0xFFFFFFFF);
    op = last_op(":I", CODE(0, 0x42, 0x7F, END));
    assert_true(op.bits == UINT64_MAX);
    op = last_op(":f", CODE(0, 0x43, 1, 0, 0xA0, 0x7F, END));
    assert_true(op.bits == 0x7FA00001);
    op = last_op(":F", CODE(0, 0x44, 1, 2, 3, 4, 5, 6, 7, 8, END));
    assert_true(op.bits == 0x0807060504030201);
    op = last_op("i:i", CODE(0, GET, 0, 0x28, 1, 0x85, 0x01, END));
    assert_int_equal(op.mem_align_log2, 1);
    assert_int_equal(op.mem_offset, 133);
    assert_int_equal(op.mem_index, 0);
    op = last_op(":", CODE(0, I32, 0, I32, 0, I32, 0, 0xFC, 12, 1, 1, END));
    assert_int_equal(op.code, WASM_OP_TABLE_INIT);
    assert_int_equal(op.index, 1);
    assert_int_equal(op.index2, 1);
    assert_int_equal(op.type, WASM_TYPE_EXTERNREF);
    op = last_op("i:", CODE(0, GET, 0, 0x11, 1, 0, END));
    assert_int_equal(op.index, 1);
    assert_int_equal(op.index2, 0);
}

TEST(types_of_values_are_told)
{
    (void)state;
    assert_int_equal(last_op("I:I", CODE(0, GET, 0, END)).type, WASM_TYPE_I64);
    assert_int_equal(last_op("f:", CODE(0, GET, 0, DROP, END)).type, WASM_TYPE_F32);
    assert_int_equal(last_op("F:F", CODE(0, GET, 0, GET, 0, I32, 0, 0x1B, END)).type,
                     WASM_TYPE_F64);
    assert_int_equal(last_op("r:r", CODE(0, GET, 0, GET, 0, I32, 0, 0x1C, 1, 0x70, END)).type,
                     WASM_TYPE_FUNCREF);
    assert_int_equal(last_op(":I", CODE(0, 0x23, 1, END)).type, WASM_TYPE_I64);
    assert_int_equal(last_op(":x", CODE(0, 0xD0, 0x6F, END)).type, WASM_TYPE_EXTERNREF);
    assert_int_equal(last_op("x:i", CODE(0, GET, 0, 0xD1, END)).type, WASM_TYPE_EXTERNREF);
    assert_int_equal(last_op(":r", CODE(0, 0xD2, 2, END)).type, WASM_TYPE_REF(2));
    assert_int_equal(last_op(":x", CODE(0, I32, 0, 0x25, 1, END)).type, WASM_TYPE_EXTERNREF);
    assert_int_equal(last_op(":", CODE(0, UNREACHABLE, DROP, END)).type, WASM_TYPE_BOTTOM);
}

TEST(locals_height_and_operators_are_known_after_the_load)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    trial_build_around(&trial, "iI:", CODE(1, 3, 0x7D, I32, 0, I32, 0, 0x6A, DROP, END));
    trial_is_valid(&trial);
    assert_int_equal(trial.module->funcs[1].local_slots, 5);
    assert_int_equal(trial.module->funcs[1].max_height, 2);
    assert_int_equal(trial.module->funcs[1].op_count, 5);
    trial_end(&trial);
}

TEST_MAIN(T(each_operator_is_told_once_in_order_with_its_height),
          T(a_block_is_told_with_the_frame_it_opens),
          T(an_else_and_an_end_are_told_with_the_frame_they_belong_to),
          T(branches_are_told_with_their_targets), T(a_later_br_table_tells_its_own_targets),
          T(dead_operators_are_told_and_cost_nothing), T(fuel_of_an_empty_function_is_1),
          T(operators_without_cost_are_nop_drop_block_loop_else_end_return_unreachable),
          T(fuel_of_if_then_is_3), T(a_fuel_block_starts_behind_calls_and_conditional_branches),
          T(a_fuel_block_goes_on_through_what_is_no_boundary),
          T(code_behind_a_branch_starts_its_block_where_it_is_alive_again),
          T(a_sink_that_refuses_ends_the_read), T(immediates_are_told), T(types_of_values_are_told),
          T(locals_height_and_operators_are_known_after_the_load))
