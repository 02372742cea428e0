/*
 * tests/unit/wasm/test_type_registry.c: equal recursion groups, against a search by comparison.
 */
#include "core/wasm/type_registry.h"

#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

#define TYPES_MAX 600u
#define WORDS_MAX 6u
#define INSIDE    0x10000u

/* What is known of a group besides what the module says: its types as words, references to itself
 * by place, others by their canonical index. */
struct model {
    uint32_t words[TYPES_MAX][WORDS_MAX];
    uint32_t first[TYPES_MAX], size[TYPES_MAX]; /* by group */
    uint32_t canonical[TYPES_MAX];
    uint32_t type_count, group_count;
    uint64_t random;
};

static uint32_t next_random(struct model *model, uint32_t below)
{
    model->random = model->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(model->random >> 33) % below;
}

/* A type index of the group or before it, as a word. */
static uint32_t word_of(const struct model *model, uint32_t first, uint32_t index)
{
    return index >= first ? INSIDE + index - first : model->canonical[index];
}

/* "(struct (field (ref null INDEX)) (field NUMBER))", perhaps a subtype of an empty struct */
static void build_type(struct model *model, struct wasm_builder *b, uint32_t self, uint32_t first,
                       uint32_t size)
{
    uint32_t *words = model->words[self];
    uint32_t span = first + size < 5 ? first + size : 5; /* few choices, so that many are equal */
    uint32_t index =
        next_random(model, 2) == 0 ? next_random(model, span) : first + next_random(model, size);
    uint32_t is_open = next_random(model, 2), is_mutable = next_random(model, 2);
    uint32_t number = 0x7C + next_random(model, 2);
    if (is_open)
        BUILD(b, 0x50, 0);
    BUILD(b, 0x5F, 2, 0x63);
    build_s64(b, index);
    BUILD(b, (uint8_t)is_mutable, (uint8_t)number, 0);
    words[0] = is_open;
    words[1] = word_of(model, first, index);
    words[2] = is_mutable;
    words[3] = number;
}

static void build_group(struct model *model, struct wasm_builder *b)
{
    uint32_t first = model->type_count, size = 1 + next_random(model, 3);
    if (size != 1 || next_random(model, 2) == 0)
        BUILD(b, 0x4E, (uint8_t)size);
    for (uint32_t i = 0; i < size; i++)
        build_type(model, b, first + i, first, size);
    uint32_t group = 0;
    while (group < model->group_count &&
           (model->size[group] != size ||
            memcmp(model->words[model->first[group]], model->words[first],
                   size * sizeof model->words[0]) != 0))
        group++;
    model->first[model->group_count] = first;
    model->size[model->group_count] = size;
    uint32_t equal = group < model->group_count ? model->canonical[model->first[group]] : first;
    for (uint32_t i = 0; i < size; i++)
        model->canonical[first + i] = equal + i;
    model->group_count++;
    model->type_count += size;
}

static void try_seed(uint64_t seed)
{
    static struct model model;
    memset(&model, 0, sizeof model);
    model.random = seed;
    struct wasm_trial trial;
    trial_begin(&trial);
    struct wasm_builder groups;
    build_begin_empty(&groups);
    while (model.type_count < TYPES_MAX - 3)
        build_group(&model, &groups);
    build_section(&trial.builder, 1);
    build_u32(&trial.builder, model.group_count);
    build_bytes(&trial.builder, build_result(&groups));
    build_close(&trial.builder);
    build_free(&groups);

    trial_is_valid(&trial);

    assert_int_equal(trial.module->type_count, model.type_count);
    uint32_t distinct = 0;
    for (uint32_t i = 0; i < model.type_count; i++) {
        const struct wasm_type *type = &trial.module->types[i];
        if (type->canonical != model.canonical[i])
            fail_msg("seed %llu: type %u is %u, expected %u", (unsigned long long)seed, i,
                     type->canonical, model.canonical[i]);
        uint32_t named = wasm_type_heap(type->fields.fields[0].type);
        assert_int_equal(trial.module->types[named].canonical, named);
        assert_int_equal(wasm_type_heap(wasm_struct_operands(&type->fields)[0]), named);
        distinct += type->canonical == i;
    }
    assert_in_range(distinct, 20, model.type_count - 20);
    trial_end(&trial);
}

TEST(groups_are_equal_exactly_if_their_words_are)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++)
        try_seed(seed);
}

/* The tree below: each node's level as the invariants of type_registry.c say. */
static uint32_t check_tree(const struct wasm_type_node *nodes, uint32_t top, uint32_t depth)
{
    if (top == WASM_TYPE_NONE)
        return 0;
    const struct wasm_type_node *node = &nodes[top];
    uint32_t less = node->children[0], more = node->children[1];
    uint32_t less_level = less == WASM_TYPE_NONE ? 0 : nodes[less].level;
    uint32_t more_level = more == WASM_TYPE_NONE ? 0 : nodes[more].level;
    assert_in_range(depth, 0, 26); /* 2 log2(8192) */
    assert_int_equal(less_level, node->level - 1);
    assert_true(more_level == node->level || more_level == node->level - 1);
    if (more_level == node->level) {
        uint32_t after = nodes[more].children[1];
        assert_true(after == WASM_TYPE_NONE || nodes[after].level < node->level);
    }
    return 1 + check_tree(nodes, less, depth + 1) + check_tree(nodes, more, depth + 1);
}

/* Function types of 0 to 8,191 in a number system of params. */
static void intern_order(const uint32_t *order, uint32_t count)
{
    static struct wasm_type types[8192];
    static struct wasm_type_node nodes[8192];
    static uint32_t params[8192][13];
    struct wasm_type_registry registry = {.types = types, .nodes = nodes, .root = WASM_TYPE_NONE};
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t bit = 0; bit < 13; bit++)
            params[i][bit] = (order[i] >> (12 - bit) & 1) != 0 ? WASM_TYPE_I32 : WASM_TYPE_I64;
        types[i] = (struct wasm_type){.kind = WASM_KIND_FUNC,
                                      .is_final = true,
                                      .starts_group = true,
                                      .canonical = i,
                                      .supertype = WASM_NO_SUPERTYPE,
                                      .func = {.param_count = 13, .params = params[i]}};
        assert_int_equal(wasm_type_registry_intern(&registry, i, 1), i);
    }
    assert_int_equal(check_tree(nodes, registry.root, 0), count);
}

TEST(the_tree_stays_balanced_in_any_order)
{
    (void)state;
    static uint32_t order[8192];
    for (uint32_t i = 0; i < 8192; i++)
        order[i] = i;
    intern_order(order, 8192);
    for (uint32_t i = 0; i < 8192; i++)
        order[i] = 8191 - i;
    intern_order(order, 8192);
    for (uint32_t i = 0; i < 8192; i++)
        order[i] = i * 2654435761u % 8192;
    intern_order(order, 8192);
    for (uint32_t i = 0; i < 8192; i++) /* from both ends inwards */
        order[i] = i % 2 == 0 ? i / 2 : 8191 - i / 2;
    intern_order(order, 8191);
}

TEST_MAIN(T(groups_are_equal_exactly_if_their_words_are), T(the_tree_stays_balanced_in_any_order))
