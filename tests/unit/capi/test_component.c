/*
 * tests/unit/capi/test_component.c: components by the public C API, and nothing else.
 */
#include "aether/component.h"

#include <stdio.h>

#include "tests/support/test.h"

static struct aether_error error;

static struct aether_component *load(const char *name)
{
    static uint8_t bytes[1 << 16];
    char path[200];
    struct aether_component *component;
    (void)snprintf(path, sizeof path, "tests/corpus/components/%s.wasm", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(aether_component_load(bytes, len, &component, &error), AETHER_OK);
    memset(bytes, 0, len); /* they were copied */
    return component;
}

static struct aether_instance *start(const struct aether_component *component,
                                     const struct aether_host *host)
{
    struct aether_instance *instance;
    enum aether_status status = aether_instance_create(component, host, NULL, &instance, &error);
    if (status != AETHER_OK)
        print_message("%s\n", error.text);
    assert_int_equal(status, AETHER_OK);
    return instance;
}

/* ---- the host of host.wasm ---- */

struct counts {
    uint32_t added, dropped;
    const struct aether_resource *thing;
};

static bool add(void *context, struct aether_call *call, const struct aether_value *params,
                struct aether_value *out_result)
{
    struct counts *counts = context;
    (void)call;
    counts->added++;
    *out_result = aether_number(AETHER_U32, (int64_t)(params[0].u + params[1].u));
    return true;
}

static bool echo(void *context, struct aether_call *call, const struct aether_value *params,
                 struct aether_value *out_result)
{
    size_t len = params[0].string.len;
    char *copy = aether_call_alloc(call, len + 1);
    (void)context;
    if (copy == NULL)
        return aether_call_trap(call, "no room");
    memcpy(copy, params[0].string.data, len);
    copy[len] = '!';
    *out_result = aether_string(copy, len + 1);
    return true;
}

static bool fail_here(void *context, struct aether_call *call, const struct aether_value *params,
                      struct aether_value *out_result)
{
    (void)context;
    (void)params;
    (void)out_result;
    return aether_call_trap(call, "the embedder says no");
}

static bool new_thing(void *context, struct aether_call *call, const struct aether_value *params,
                      struct aether_value *out_result)
{
    struct counts *counts = context;
    (void)call;
    *out_result = (struct aether_value){.kind = AETHER_OWN};
    out_result->handle.resource = counts->thing;
    out_result->handle.rep = (uint32_t)params[0].u;
    return true;
}

static bool thing_value(void *context, struct aether_call *call, const struct aether_value *params,
                        struct aether_value *out_result)
{
    (void)context;
    (void)call;
    *out_result = aether_number(AETHER_U32, params[0].handle.rep);
    return true;
}

static void drop_thing(void *context, uint32_t rep)
{
    struct counts *counts = context;
    counts->dropped += rep;
}

#define API "test:host/api@0.1.0"

static struct aether_host *make_host(struct counts *counts)
{
    struct aether_host *host = aether_host_create();
    const struct {
        const char *name, *type;
        aether_host_fn *func;
    } funcs[] = {
        {"add", "func(a: u32, b: u32) -> u32", add},
        {"echo", "func(text: string) -> string", echo},
        {"fail", "func()", fail_here},
        {"again", "func()", fail_here},
        {"[constructor]thing", "func(value: u32) -> own<thing>", new_thing},
        {"[method]thing.value", "func(self: borrow<thing>) -> u32", thing_value},
        {"swallow", "func(thing: own<thing>)", fail_here},
    };
    assert_non_null(host);
    assert_int_equal(
        aether_host_resource(host, API, "thing", drop_thing, counts, &counts->thing, &error),
        AETHER_OK);
    for (size_t i = 0; i < sizeof funcs / sizeof funcs[0]; i++)
        assert_int_equal(aether_host_func(host, API, funcs[i].name, funcs[i].type, funcs[i].func,
                                          counts, &error),
                         AETHER_OK);
    return host;
}

TEST(functions_of_guest_and_host_call_each_other)
{
    struct counts counts = {0};
    struct aether_component *component = load("host");
    struct aether_host *host = make_host(&counts);
    struct aether_instance *instance = start(component, host);
    struct aether_func *sum = aether_instance_func(instance, NULL, "sum");
    struct aether_func *say = aether_instance_func(instance, NULL, "say");
    const struct aether_value numbers[] = {aether_number(AETHER_U32, 40),
                                           aether_number(AETHER_U32, 2)};
    const struct aether_value text = aether_string("gr\xC3\xBC\xC3\x9F", 6);
    struct aether_value result;
    assert_null(aether_instance_func(instance, NULL, "nobody"));

    assert_int_equal(aether_func_call(instance, sum, numbers, 2, &result, &error), AETHER_OK);
    assert_int_equal(result.kind, AETHER_U32);
    assert_int_equal(result.u, 42);
    assert_int_equal(counts.added, 1);
    assert_int_equal(aether_func_call(instance, say, &text, 1, &result, &error), AETHER_OK);
    assert_int_equal(result.string.len, 7);
    assert_memory_equal(result.string.data, "gr\xC3\xBC\xC3\x9F!", 7);

    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(resources_of_the_host_are_lent_given_back_and_dropped)
{
    struct counts counts = {0};
    struct aether_component *component = load("host");
    struct aether_host *host = make_host(&counts);
    struct aether_instance *instance = start(component, host);
    const char *text;
    struct aether_value param = aether_number(AETHER_U32, 5), given, result;

    assert_int_equal(aether_instance_invoke(instance, "make-and-drop(7)", &text, &error),
                     AETHER_OK);
    assert_string_equal(text, "7");
    assert_int_equal(counts.dropped, 7);
    assert_int_equal(aether_func_call(instance, aether_instance_func(instance, NULL, "give"),
                                      &param, 1, &given, &error),
                     AETHER_OK);
    assert_int_equal(given.kind, AETHER_OWN);
    assert_int_equal(given.handle.rep, 5);
    struct aether_value borrowed = {.kind = AETHER_BORROW};
    borrowed.handle.resource = counts.thing;
    borrowed.handle.rep = 5;
    assert_int_equal(aether_func_call(instance, aether_instance_func(instance, NULL, "look"),
                                      &borrowed, 1, &result, &error),
                     AETHER_OK);
    assert_int_equal(result.u, 5);
    assert_int_equal(aether_handle_drop(instance, given.handle, &error), AETHER_OK);
    assert_int_equal(counts.dropped, 12);

    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(a_trap_has_the_hosts_sentence_and_closes_the_instance)
{
    struct counts counts = {0};
    struct aether_component *component = load("host");
    struct aether_host *host = make_host(&counts);
    struct aether_instance *instance = start(component, host);
    const char *text = "untouched";

    assert_int_equal(aether_instance_invoke(instance, "fail()", &text, &error), AETHER_TRAP);
    assert_string_equal(error.text, "the embedder says no");
    assert_string_equal(text, "untouched");
    assert_int_equal(aether_instance_invoke(instance, "sum(1, 2)", &text, &error), AETHER_DENIED);

    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(what_is_not_offered_or_has_another_type_does_not_link)
{
    struct aether_component *component = load("host");
    struct aether_host *host = aether_host_create();
    struct aether_instance *instance = NULL;

    assert_int_equal(aether_instance_create(component, NULL, NULL, &instance, &error),
                     AETHER_UNLINKABLE);
    assert_non_null(strstr(error.text, "test:host/api@0.1.3"));
    aether_host_trap_unknown(host);
    assert_int_equal(aether_host_func(host, API, "add", "func(a: u32) -> u32", add, NULL, &error),
                     AETHER_OK);
    assert_int_equal(aether_instance_create(component, host, NULL, &instance, &error),
                     AETHER_UNLINKABLE);
    assert_non_null(strstr(error.text, "another type"));
    assert_null(instance);

    aether_host_destroy(host);
    aether_component_destroy(component);
}

/* ---- values.wasm ---- */

static bool mirror(void *context, struct aether_call *call, const struct aether_value *params,
                   struct aether_value *out_result)
{
    static struct aether_value wrong;
    (void)call;
    *out_result = params[0];
    if (context != NULL) {
        wrong = aether_number(AETHER_U32, 1);
        *out_result = wrong;
    }
    return true;
}

#define ALL "record{a: u8, b: option<string>, c: list<f32>, d: variant{x, y(s64)}, e: flags{p, q}}"

static struct aether_instance *start_values(struct aether_component *component,
                                            struct aether_host *host, void *context)
{
    assert_int_equal(aether_host_func(host, NULL, "mirror", "func(value: " ALL ") -> " ALL, mirror,
                                      context, &error),
                     AETHER_OK);
    return start(component, host);
}

TEST(values_of_all_kinds_go_through_guest_and_host)
{
    struct aether_component *component = load("values");
    struct aether_host *host = aether_host_create();
    struct aether_instance *instance = start_values(component, host, NULL);
    static const float numbers[] = {1.5f, -2.5f};
    struct aether_value text = aether_string("x", 1), payload = aether_number(AETHER_S64, -9);
    struct aether_value fields[5] = {aether_number(AETHER_U8, 200),
                                     {.kind = AETHER_OPTION},
                                     {.kind = AETHER_LIST},
                                     {.kind = AETHER_VARIANT},
                                     {.kind = AETHER_FLAGS}};
    struct aether_value all = {.kind = AETHER_RECORD}, result;
    const char *printed;
    fields[1].variant.index = 1;
    fields[1].variant.payload = &text;
    fields[2].list.count = 2;
    fields[2].list.packed = numbers;
    fields[3].variant.index = 1;
    fields[3].variant.payload = &payload;
    fields[4].flags = 2;
    all.list.count = 5;
    all.list.items = fields;
    struct aether_func *func = aether_instance_func(instance, NULL, "echo");

    assert_int_equal(aether_func_call(instance, func, &all, 1, &result, &error), AETHER_OK);

    assert_int_equal(result.kind, AETHER_RECORD);
    assert_int_equal(result.list.count, 5);
    assert_int_equal(result.list.items[0].u, 200);
    assert_memory_equal(result.list.items[1].variant.payload->string.data, "x", 1);
    assert_memory_equal(result.list.items[2].list.packed, numbers, sizeof numbers);
    assert_int_equal(result.list.items[3].variant.payload->s, -9);
    assert_int_equal(result.list.items[4].flags, 2);
    assert_int_equal(
        aether_instance_invoke(instance, "echo({a: 1, c: [0.5], d: x, e: {p}})", &printed, &error),
        AETHER_OK);
    assert_string_equal(printed, "{a: 1, b: none, c: [0.5], d: x, e: {p}}");

    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(values_that_are_not_of_their_type_are_refused_on_both_sides)
{
    struct aether_component *component = load("values");
    struct aether_host *host = aether_host_create();
    struct aether_instance *instance = start_values(component, host, host);
    struct aether_value value = aether_number(AETHER_U8, 1), result;
    struct aether_func *func = aether_instance_func(instance, NULL, "echo");
    const char *text;

    assert_int_equal(aether_func_call(instance, func, &value, 1, &result, &error), AETHER_INVALID);
    assert_string_equal(error.text, "a value of another kind where a \"record\" belongs");
    assert_int_equal(aether_func_call(instance, func, NULL, 0, &result, &error), AETHER_INVALID);
    assert_int_equal(aether_instance_invoke(instance, "echo(1)", &text, &error), AETHER_MALFORMED);
    assert_int_equal(error.offset, 5);
    assert_int_equal(aether_instance_invoke(instance, "what()", &text, &error), AETHER_NOT_FOUND);
    assert_int_equal(
        aether_instance_invoke(instance, "echo({a: 1, c: [], d: x, e: {}})", &text, &error),
        AETHER_TRAP);

    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(types_can_be_looked_at)
{
    struct aether_component *component = load("values");
    struct aether_extern found;
    const char *name;
    size_t len;

    assert_true(aether_component_import(component, 3, &found));
    assert_int_equal(found.kind, AETHER_EXTERN_FUNC);
    assert_memory_equal(found.name, "mirror", found.name_len);
    assert_false(aether_component_import(component, 4, &found));
    assert_true(aether_component_export(component, 0, &found));
    assert_int_equal(aether_func_type_param_count(found.func), 1);
    const struct aether_type *all = aether_func_type_param(found.func, 0, &name, &len);
    assert_memory_equal(name, "value", len);
    assert_ptr_equal(aether_func_type_result(found.func), all);
    assert_int_equal(aether_type_kind(all), AETHER_RECORD);
    assert_int_equal(aether_type_count(all), 5);
    const struct aether_type *list = aether_type_field(all, 2, &name, &len);
    assert_int_equal(len, 1);
    assert_int_equal(name[0], 'c');
    assert_int_equal(aether_type_kind(list), AETHER_LIST);
    assert_int_equal(aether_type_kind(aether_type_element(list)), AETHER_F32);
    assert_null(aether_type_field(aether_type_field(all, 3, NULL, NULL), 0, &name, &len));

    aether_component_destroy(component);
    component = load("host");
    assert_true(aether_component_import(component, 0, &found));
    assert_int_equal(found.kind, AETHER_EXTERN_INTERFACE);
    assert_true(aether_interface_export(found.interface, 0, &found));
    assert_int_equal(found.kind, AETHER_EXTERN_TYPE);
    assert_null(found.type);
    aether_component_destroy(component);
}

TEST(bytes_that_are_no_component_and_texts_that_are_no_type_are_refused)
{
    struct aether_component *component = NULL;
    struct aether_host *host = aether_host_create();
    assert_int_equal(aether_component_load("\0asm", 4, &component, &error), AETHER_MALFORMED);
    assert_int_equal(aether_component_load(NULL, 0, &component, NULL), AETHER_MALFORMED);
    assert_null(component);
    const struct {
        const char *type, *sentence;
        uint64_t offset;
    } wrong[] = {{"fn()", "expected func(...)", 0},
                 {"func(a u32)", "expected ':' and a type", 7},
                 {"func(a: u33)", "expected a type", 8},
                 {"func() -> list<u8", "expected '>'", 17},
                 {"func() -> own<file>", "there is no such resource", 18},
                 {"func() -> record{}", "expected at least one", 18},
                 {"func() u8", "expected the end of the type", 7}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(aether_host_func(host, NULL, "f", wrong[i].type, mirror, NULL, &error),
                         AETHER_MALFORMED);
        assert_string_equal(error.text, wrong[i].sentence);
        assert_int_equal(error.offset, wrong[i].offset);
    }
    assert_int_equal(aether_host_func(host, NULL, "f", "func()", mirror, NULL, &error), AETHER_OK);
    assert_int_equal(aether_host_func(host, NULL, "f", "func()", mirror, NULL, &error),
                     AETHER_INVALID);
    aether_host_destroy(host);
}

/* ---- maps.wasm ---- */

/* The three parameters as the tuple that is the result. */
static bool mirror_three(void *context, struct aether_call *call, const struct aether_value *params,
                         struct aether_value *out_result)
{
    static struct aether_value kept[3];
    (void)call;
    memcpy(kept, params, sizeof kept);
    if (context != NULL)
        kept[1].list.count = 2;
    *out_result = (struct aether_value){.kind = AETHER_TUPLE};
    out_result->list.count = 3;
    out_result->list.items = kept;
    return true;
}

#define MIRROR_THREE                                                                               \
    "func(m: map<string, u32>, n: list<u16, 3>, w: list<string, 2>) -> tuple<map<string, u32>, "   \
    "list<u16, 3>, list<string, 2>>"

static struct aether_instance *start_maps(struct aether_component *component,
                                          struct aether_host *host, void *context)
{
    assert_int_equal(
        aether_host_func(host, NULL, "mirror", MIRROR_THREE, mirror_three, context, &error),
        AETHER_OK);
    return start(component, host);
}

TEST(maps_and_lists_of_a_fixed_length_go_through_guest_and_host)
{
    struct aether_component *component = load("maps");
    struct aether_host *host = aether_host_create();
    struct aether_instance *instance = start_maps(component, host, NULL);
    static const uint16_t numbers[] = {1, 2, 65535};
    const struct aether_value pair[] = {aether_string("a", 1), aether_number(AETHER_U32, 7)};
    const struct aether_value words[] = {aether_string("x", 1), aether_string("", 0)};
    struct aether_value tuple = {.kind = AETHER_TUPLE}, result;
    struct aether_value params[] = {
        {.kind = AETHER_MAP}, {.kind = AETHER_FIXED_LIST}, {.kind = AETHER_FIXED_LIST}};
    const char *printed;
    tuple.list.count = 2;
    tuple.list.items = pair;
    params[0].list.count = 1;
    params[0].list.items = &tuple;
    params[1].list.count = 3;
    params[1].list.packed = numbers;
    params[2].list.count = 2;
    params[2].list.items = words;
    struct aether_func *func = aether_instance_func(instance, NULL, "echo");

    assert_int_equal(aether_func_call(instance, func, params, 3, &result, &error), AETHER_OK);

    const struct aether_value *items = result.list.items;
    assert_int_equal(items[0].kind, AETHER_MAP);
    assert_int_equal(items[0].list.items[0].list.items[1].u, 7);
    assert_int_equal(items[1].kind, AETHER_FIXED_LIST);
    assert_memory_equal(items[1].list.packed, numbers, sizeof numbers);
    assert_int_equal(items[2].list.items[0].string.len, 1);
    assert_int_equal(aether_instance_invoke(
                         instance,
                         "echo([(\"b\", 1), (\"a\", 2), (\"b\", 3)], [7, 8, 9], [\"y\", \"z\"])",
                         &printed, &error),
                     AETHER_OK);
    assert_string_equal(printed,
                        "([(\"b\", 1), (\"a\", 2), (\"b\", 3)], [7, 8, 9], [\"y\", \"z\"])");
    assert_int_equal(aether_instance_invoke(instance, "echo([], [7, 8], [])", &printed, &error),
                     AETHER_MALFORMED);
    params[1].list.count = 2;
    assert_int_equal(aether_func_call(instance, func, params, 3, &result, &error), AETHER_INVALID);

    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(a_host_gives_as_many_items_as_its_type_says)
{
    struct aether_component *component = load("maps");
    struct aether_host *host = aether_host_create();
    struct aether_instance *instance = start_maps(component, host, host);
    const char *printed;

    assert_int_equal(
        aether_instance_invoke(instance, "echo([], [1, 2, 3], [\"\", \"\"])", &printed, &error),
        AETHER_TRAP);

    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(a_host_with_another_length_is_not_the_one_that_is_imported)
{
    struct aether_component *component = load("maps");
    struct aether_host *host = aether_host_create();
    struct aether_instance *instance;
    assert_int_equal(
        aether_host_func(host, NULL, "f", "func(a: list<u8, 0>)", mirror_three, NULL, &error),
        AETHER_MALFORMED);
    assert_int_equal(aether_host_func(host, NULL, "f", "func(a: list<u8, 4294967296>)",
                                      mirror_three, NULL, &error),
                     AETHER_MALFORMED);
    assert_int_equal(
        aether_host_func(host, NULL, "f", "func(a: map<u8>)", mirror_three, NULL, &error),
        AETHER_MALFORMED);
    assert_int_equal(aether_host_func(host, NULL, "mirror",
                                      "func(m: map<string, u32>, n: list<u16, 4>, w: list<string, "
                                      "2>) -> tuple<map<string, u32>, list<u16, 3>, list<string, "
                                      "2>>",
                                      mirror_three, NULL, &error),
                     AETHER_OK);
    assert_int_not_equal(aether_instance_create(component, host, NULL, &instance, &error),
                         AETHER_OK);
    aether_host_destroy(host);
    aether_component_destroy(component);
}

TEST(a_map_s_element_is_a_pair_and_a_fixed_list_has_a_length)
{
    struct aether_component *component = load("maps");
    struct aether_extern found;
    const char *name;
    size_t len;
    assert_true(aether_component_export(component, 0, &found));
    const struct aether_type *map = aether_func_type_param(found.func, 0, &name, &len);
    const struct aether_type *list = aether_func_type_param(found.func, 1, &name, &len);
    assert_int_equal(aether_type_kind(map), AETHER_MAP);
    assert_int_equal(aether_type_kind(aether_type_element(map)), AETHER_TUPLE);
    assert_int_equal(aether_type_length(map), 0);
    assert_int_equal(aether_type_kind(list), AETHER_FIXED_LIST);
    assert_int_equal(aether_type_length(list), 3);
    assert_int_equal(aether_type_kind(aether_type_element(list)), AETHER_U16);
    aether_component_destroy(component);
}

TEST_MAIN(T(functions_of_guest_and_host_call_each_other),
          T(resources_of_the_host_are_lent_given_back_and_dropped),
          T(a_trap_has_the_hosts_sentence_and_closes_the_instance),
          T(what_is_not_offered_or_has_another_type_does_not_link),
          T(values_of_all_kinds_go_through_guest_and_host),
          T(values_that_are_not_of_their_type_are_refused_on_both_sides), T(types_can_be_looked_at),
          T(bytes_that_are_no_component_and_texts_that_are_no_type_are_refused),
          T(maps_and_lists_of_a_fixed_length_go_through_guest_and_host),
          T(a_host_gives_as_many_items_as_its_type_says),
          T(a_host_with_another_length_is_not_the_one_that_is_imported),
          T(a_map_s_element_is_a_pair_and_a_fixed_list_has_a_length))
