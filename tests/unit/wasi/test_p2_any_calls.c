/*
 * tests/unit/wasi/test_p2_any_calls.c: any calls in any order with any parameters that their types
 * allow, as a hostile component makes them. Nothing may break, every result has its type, and when
 * all handles are dropped nothing is left.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/component/instance_internal.h"
#include "tests/support/p2_trial.h"
#include "tests/support/test.h"

#define HANDLES_MAX 64u
#define CALLS       20000u
#define DEPTH_MAX   8u

static struct p2_trial trial;
static struct component_value handles[HANDLES_MAX];
static uint32_t handle_count;
static uint64_t random_state;
static uint32_t returned_count, trapped_count;

static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint32_t below(uint32_t bound)
{
    return (uint32_t)(draw() % bound);
}

static struct component_value *values(uint32_t count)
{
    struct component_value *made = p2_values(
        &(struct component_call){.arena = &trial.results, .report = &trial.report}, count);
    assert_non_null(made);
    return made;
}

/* Small numbers mostly, so that nobody waits long and files stay small. */
static uint64_t any_number(void)
{
    static const uint64_t numbers[] = {0, 1, 2, 7, 100, 4095, 4096, 4097};
    return numbers[below(ARRAY_LEN(numbers))];
}

static struct component_value any_string(void)
{
    static const char *const strings[] = {"a",  "b",    "a/b",  "dir", "dir/c", "link",     "",
                                          "..", "../x", "/etc", ".",   "dir/",  "z\xc3\xbc"};
    return p2_trial_string(strings[below(ARRAY_LEN(strings))]);
}

/* One of the handles that there are, of this resource; false: there is none. */
static bool any_handle(const struct component_type *type, struct component_value *out)
{
    uint32_t start = handle_count != 0 ? below(handle_count) : 0;
    for (uint32_t i = 0; i < handle_count; i++) {
        uint32_t at = (start + i) % handle_count;
        if (handles[at].handle.resource->host != type->host_resource)
            continue;
        *out = handles[at];
        out->kind = type->kind;
        if (type->kind == COMPONENT_OWN) /* the host's from now on */
            handles[at] = handles[--handle_count];
        return true;
    }
    return false;
}

/* Recursion: as deep as WASI's types are. */
static bool any_value(const struct component_type *type, uint32_t depth,
                      struct component_value *out);

static bool any_items(const struct component_type *type, uint32_t depth,
                      struct component_value *out)
{
    struct component_value *items = values(type->count);
    for (uint32_t i = 0; i < type->count; i++)
        if (!any_value(type->fields[i].type, depth + 1, &items[i]))
            return false;
    *out = p2_items(type->kind, items, type->count);
    return true;
}

static bool any_list(const struct component_type *type, uint32_t depth, struct component_value *out)
{
    static const uint8_t bytes[5000 * 8];
    uint32_t count = below(8) == 0 ? 4097 : below(4);
    if (component_type_is_packed(type->element)) {
        *out = (struct component_value){.kind = COMPONENT_LIST,
                                        .items = {.count = count, .packed = bytes}};
        return true;
    }
    count = below(4);
    struct component_value *items = values(count);
    for (uint32_t i = 0; i < count; i++)
        if (!any_value(type->element, depth + 1, &items[i]))
            return false;
    *out = p2_items(COMPONENT_LIST, items, count);
    return true;
}

static bool any_case(const struct component_type *type, uint32_t depth, struct component_value *out)
{
    bool is_two = type->kind == COMPONENT_OPTION || type->kind == COMPONENT_RESULT;
    uint32_t index = below(is_two ? 2 : type->count);
    const struct component_type *payload = NULL;
    if (type->kind == COMPONENT_OPTION)
        payload = index == 1 ? type->element : NULL;
    else if (type->kind == COMPONENT_RESULT)
        payload = index == 0 ? type->element : type->error;
    else
        payload = type->fields[index].type;
    *out = (struct component_value){.kind = type->kind, .variant = {.index = index}};
    if (payload == NULL)
        return true;
    struct component_value *made = values(1);
    out->variant.payload = made;
    return any_value(payload, depth + 1, made);
}

static bool any_value(const struct component_type *type, uint32_t depth,
                      struct component_value *out)
{
    assert_true(depth < DEPTH_MAX);
    switch (type->kind) {
    case COMPONENT_STRING:
        *out = any_string();
        return true;
    case COMPONENT_LIST:
        return any_list(type, depth, out);
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        return any_items(type, depth, out);
    case COMPONENT_VARIANT:
    case COMPONENT_ENUM:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        return any_case(type, depth, out);
    case COMPONENT_FLAGS:
        *out = p2_flags(below(1u << type->count));
        return true;
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return any_handle(type, out);
    case COMPONENT_BOOL:
        *out = p2_bool(below(2) != 0);
        return true;
    default:
        *out = (struct component_value){.kind = type->kind, .u = any_number()};
        if (type->kind == COMPONENT_U8)
            out->u &= 0xff;
        return true;
    }
}

/* Keeps every own handle of a result; one too many is dropped when nothing depends on it. */
static void keep_handles(const struct component_value *value)
{
    switch (value->kind) {
    case COMPONENT_OWN:
        if (handle_count < HANDLES_MAX)
            handles[handle_count++] = *value;
        else
            p2_trial_drop(&trial, *value);
        break;
    case COMPONENT_LIST:
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        for (uint32_t i = 0; value->items.items != NULL && i < value->items.count; i++)
            keep_handles(&value->items.items[i]);
        break;
    case COMPONENT_VARIANT:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        if (value->variant.payload != NULL)
            keep_handles(value->variant.payload);
        break;
    default:
        break;
    }
}

static bool drop_at(uint32_t at)
{
    if (p2_trial_try_drop(&trial, handles[at]) != STATUS_OK)
        return false; /* it has pollables; a component would be dead now */
    handles[at] = handles[--handle_count];
    return true;
}

static const struct component_host_interface *any_interface(void)
{
    return trial.p2->host.interfaces[below(trial.p2->host.interface_count)];
}

static void call_one(void)
{
    const struct component_host_interface *interface = any_interface();
    char name[32];
    char func_name[96];
    if (interface->func_count == 0)
        return;
    const struct component_host_func *func = &interface->funcs[below(interface->func_count)];
    struct component_value params[8];
    struct component_value result = {0};
    for (uint32_t i = 0; i < func->type->param_count; i++)
        if (!any_value(func->type->params[i].type, 0, &params[i]))
            return; /* no such handle now */
    struct component_call call = {
        .arena = &trial.results, .report = &trial.report, .linked = trial.linked};
    report_init(&trial.report);
    (void)snprintf(name, sizeof name, "%.*s", (int)interface->name.len,
                   (const char *)interface->name.data);
    (void)snprintf(func_name, sizeof func_name, "%.*s", (int)func->name.len,
                   (const char *)func->name.data);
    enum status status = func->call(trial.p2, &call, params, &result);
    if (status == STATUS_TRAP) {
        trapped_count++;
        return;
    }
    if (status != STATUS_OK)
        fail_msg("%s#%s: %s", name, func_name, status_text(status));
    returned_count++;
    if (func->type->result == NULL)
        return;
    if (component_value_check(&result, func->type->result, &trial.report) != STATUS_OK)
        fail_msg("%s#%s: %s", name, func_name, trial.report.text);
    keep_handles(&result);
}

static void begin(uint64_t seed)
{
    random_state = seed;
    handle_count = 0;
    p2_trial_prepare(&trial);
    (void)close(trial.stdin_writer);
    trial.stdin_writer = -1;
    (void)close(trial.stdout_writer);
    trial.stdout_writer = open("/dev/null", O_WRONLY | O_CLOEXEC);
    trial.setup.stdio[1] = trial.stdout_writer;
    p2_trial_start(&trial);
}

TEST(any_calls_break_nothing_and_leave_nothing)
{
    static const uint64_t seeds[] = {1, 0x9e3779b97f4a7c15, 20261121};
    for (size_t s = 0; s < ARRAY_LEN(seeds); s++) {
        begin(seeds[s]);
        returned_count = trapped_count = 0;

        for (uint32_t i = 0; i < CALLS; i++) {
            call_one();
            if (handle_count > HANDLES_MAX / 2 || below(8) == 0)
                if (handle_count != 0)
                    (void)drop_at(below(handle_count));
            arena_rewind(&trial.results, 0);
        }

        print_message("seed %llu: %u returned, %u trapped\n", (unsigned long long)seeds[s],
                      returned_count, trapped_count);
        assert_true(returned_count > CALLS / 4);
        assert_true(trapped_count > 100);
        for (uint32_t round = 0; handle_count != 0 && round < 3; round++)
            for (uint32_t at = handle_count; at-- != 0;)
                (void)drop_at(at);
        assert_int_equal(handle_count, 0);
        assert_int_equal(wasi_p2_resource_count(trial.p2), 0);
        p2_trial_finish(&trial);
    }
}

TEST_MAIN(T(any_calls_break_nothing_and_leave_nothing))
