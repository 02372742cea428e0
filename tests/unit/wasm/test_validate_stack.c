/*
 * tests/unit/wasm/test_validate_stack.c: depth and height up to their limits and past them.
 */
#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define BLOCK 0x02
#define EMPTY 0x40
#define END   0x0B
#define DROP  0x1A
#define I32   0x41

static void build_nest(struct wasm_builder *body, uint32_t blocks)
{
    build_begin_empty(body);
    build_byte(body, 0);
    for (uint32_t i = 0; i < blocks; i++)
        BUILD(body, BLOCK, EMPTY);
    build_fill(body, END, blocks + 1);
}

static void nest(struct wasm_trial *trial, uint32_t blocks, size_t scratch_cap)
{
    struct wasm_builder body;
    build_nest(&body, blocks);
    trial_begin_sized(trial, 65536, scratch_cap);
    trial_build_around(trial, ":", build_result(&body));
    build_free(&body);
}

TEST(blocks_nest_65536_deep_with_the_functions_frame)
{
    (void)state;
    struct wasm_trial trial;
    nest(&trial, 65535, (size_t)9 << 20);
    trial_is_valid(&trial);
    assert_int_equal(trial.module->funcs[1].op_count, 2 * 65535 + 1);
    trial_end(&trial);

    nest(&trial, 65536, (size_t)9 << 20);
    trial_is_refused(&trial, STATUS_LIMIT, trial.body_offset + 1 + 2ul * 65535,
                     "blocks are nested deeper than 65536");
    trial_end(&trial);
}

TEST(sixty_thousand_blocks_are_accepted)
{
    (void)state;
    struct wasm_trial trial;
    nest(&trial, 60000, (size_t)9 << 20);
    trial_is_valid(&trial);
    trial_end(&trial);
}

TEST(blocks_that_do_not_fit_the_scratch_memory_are_refused)
{
    (void)state;
    struct wasm_trial trial;
    nest(&trial, 1000, 4096);
    trial_is_refused(&trial, STATUS_NO_MEMORY, trial.body_offset + 1 + 2ul * 63,
                     "blocks nested 64 deep do not fit the scratch memory");
    trial_end(&trial);
}

/* `count` constants and as many drops. */
static void heap(struct wasm_trial *trial, uint32_t count, size_t scratch_cap)
{
    struct wasm_builder body;
    build_begin_empty(&body);
    build_byte(&body, 0);
    for (uint32_t i = 0; i < count; i++)
        BUILD(&body, I32, 0);
    build_fill(&body, DROP, count);
    build_byte(&body, END);
    trial_begin_sized(trial, 65536, scratch_cap);
    trial_build_around(trial, ":", build_result(&body));
    build_free(&body);
}

TEST(a_hundred_thousand_operands_are_the_limit)
{
    (void)state;
    struct wasm_trial trial;
    heap(&trial, 100000, (size_t)9 << 20);
    trial_is_valid(&trial);
    assert_int_equal(trial.module->funcs[1].max_height, 100000);
    trial_end(&trial);

    heap(&trial, 100001, (size_t)9 << 20);
    trial_is_refused(&trial, STATUS_LIMIT, trial.body_offset + 1 + 2ul * 100000,
                     "the operand stack has more than 100000 values");
    trial_end(&trial);
}

TEST(operands_that_do_not_fit_the_scratch_memory_are_refused)
{
    (void)state;
    struct wasm_trial trial;
    heap(&trial, 2000, 4096);
    trial_is_refused(&trial, STATUS_NO_MEMORY, trial.body_offset + 1 + 2ul * 512,
                     "an operand stack of 1024 values does not fit the scratch memory");
    trial_end(&trial);
}

TEST(results_of_a_call_grow_the_stack_at_once)
{
    (void)state;
    struct wasm_trial trial;
    trial_begin(&trial);
    struct wasm_builder *b = &trial.builder;
    build_section(b, 1);
    BUILD(b, 2, 0x60, 0, 0, 0x60, 0);
    build_u32(b, 1000);
    build_fill(b, 0x7F, 1000);
    build_close(b);
    BUILD_SECTION(b, 2, 1, 0, 0, 0, 1);
    BUILD_SECTION(b, 3, 1, 0);
    build_section(b, 10);
    build_byte(b, 1);
    build_open(b);
    build_byte(b, 0);
    size_t first_call = 0;
    for (uint32_t i = 0; i < 101; i++) {
        first_call = b->len;
        BUILD(b, 0x10, 0);
    }
    BUILD(b, 0x00, END);
    size_t before = b->len;
    build_close(b);
    size_t shift = b->len - before;
    before = b->len;
    build_close(b);
    shift += b->len - before;
    trial_is_refused(&trial, STATUS_LIMIT, first_call + shift,
                     "the operand stack has more than 100000 values");
    trial_end(&trial);
}

TEST(a_hundred_thousand_drops_of_nothing_are_valid_in_dead_code)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_builder body;
    build_begin_empty(&body);
    BUILD(&body, 0, 0x00);
    build_fill(&body, DROP, 100000);
    build_byte(&body, END);
    trial_begin(&trial);
    trial_build_around(&trial, ":", build_result(&body));
    trial_is_valid(&trial);
    assert_int_equal(trial.module->funcs[1].max_height, 0);
    build_free(&body);
    trial_end(&trial);
}

static enum status take_any(void *context, const struct wasm_op *op)
{
    (void)context;
    (void)op;
    return STATUS_OK;
}

static enum status take_begin(void *context, uint32_t func, const uint32_t *types, uint32_t count)
{
    (void)context;
    (void)func;
    (void)types;
    (void)count;
    return STATUS_OK;
}

static enum status take_block(void *context, uint64_t offset)
{
    (void)context;
    (void)offset;
    return STATUS_OK;
}

static enum status take_cost(void *context, uint32_t cost)
{
    (void)context;
    (void)cost;
    return STATUS_OK;
}

static enum status take_end(void *context)
{
    (void)context;
    return STATUS_OK;
}

TEST(labels_that_do_not_fit_the_scratch_memory_are_refused_only_for_a_sink)
{
    (void)state;
    struct wasm_trial trial;
    struct wasm_builder body;
    struct report report;
    struct wasm_sink sink = {NULL, take_begin, take_block, take_cost, take_any, take_end};
    build_begin_empty(&body);
    BUILD(&body, 0, I32, 0, 0x0E);
    build_u32(&body, 200000);
    build_fill(&body, 0, 200001);
    build_byte(&body, END);
    trial_begin_sized(&trial, 65536, 65536);
    trial_build_around(&trial, ":", build_result(&body));
    trial_is_valid(&trial);

    report_init(&report);
    enum status status = wasm_body_read(trial.module, 1, &sink, NULL, &trial.scratch, &report);

    assert_int_equal(status, STATUS_NO_MEMORY);
    assert_string_equal(report.text, "a br_table of 200001 labels does not fit the scratch memory");
    assert_int_equal(trial.scratch.used, 0);
    build_free(&body);
    trial_end(&trial);
}

TEST_MAIN(T(blocks_nest_65536_deep_with_the_functions_frame), T(sixty_thousand_blocks_are_accepted),
          T(blocks_that_do_not_fit_the_scratch_memory_are_refused),
          T(a_hundred_thousand_operands_are_the_limit),
          T(operands_that_do_not_fit_the_scratch_memory_are_refused),
          T(results_of_a_call_grow_the_stack_at_once),
          T(a_hundred_thousand_drops_of_nothing_are_valid_in_dead_code),
          T(labels_that_do_not_fit_the_scratch_memory_are_refused_only_for_a_sink))
