/*
 * tests/support/type_trial.c: a type graph to try things in.
 */
#include "tests/support/type_trial.h"

void type_trial_init(struct type_trial *trial)
{
    memset(trial, 0, sizeof *trial);
    void *memory = calloc(1, TRIAL_BYTES);
    assert_non_null(memory);
    arena_init(&trial->arena, memory, TRIAL_BYTES);
    report_init(&trial->report);
    assert_int_equal(component_types_init(&trial->types, &trial->arena, &trial->report), STATUS_OK);
}

void type_trial_fini(struct type_trial *trial)
{
    void *memory = trial->arena.base;
    arena_fini(&trial->arena);
    free(memory);
}

const struct component_type *trial_intern(struct type_trial *trial, struct component_type shape)
{
    const struct component_type *type = NULL;
    enum status status = component_types_intern(&trial->types, &shape, &type);
    assert_string_equal(trial->report.text, "");
    assert_int_equal(status, STATUS_OK);
    return type;
}

const struct component_type *trial_own(struct type_trial *trial, uint32_t resource)
{
    return trial_intern(trial,
                        (struct component_type){.kind = COMPONENT_OWN, .resource = resource});
}

const struct component_type *trial_borrow(struct type_trial *trial, uint32_t resource)
{
    return trial_intern(trial,
                        (struct component_type){.kind = COMPONENT_BORROW, .resource = resource});
}

const struct component_type *trial_list(struct type_trial *trial,
                                        const struct component_type *element)
{
    return trial_intern(trial, (struct component_type){.kind = COMPONENT_LIST, .element = element});
}

const struct component_type *trial_record(struct type_trial *trial,
                                          const struct component_type *field)
{
    const struct component_field fields[] = {{BYTES_LITERAL("f"), field}};
    return trial_intern(
        trial, (struct component_type){.kind = COMPONENT_RECORD, .count = 1, .fields = fields});
}

struct component_extern_type trial_func(struct type_trial *trial,
                                        const struct component_type *param,
                                        const struct component_type *result)
{
    const struct component_field params[] = {{BYTES_LITERAL("p"), param}};
    struct component_extern_type type = {.sort = COMPONENT_SORT_FUNC};
    assert_int_equal(
        component_types_func(&trial->types, params, param == NULL ? 0 : 1, result, &type.func),
        STATUS_OK);
    return type;
}

uint32_t trial_resource(struct type_trial *trial, struct component *owner)
{
    uint32_t resource = COMPONENT_NONE;
    assert_int_equal(component_types_resource(&trial->types, owner, &resource), STATUS_OK);
    return resource;
}

struct component_extern_type trial_sub_resource(void)
{
    return (struct component_extern_type){
        .sort = COMPONENT_SORT_TYPE, .is_abstract = true, .type = {.kind = COMPONENT_ANY_RESOURCE}};
}

struct component_extern_type trial_eq_resource(uint32_t resource)
{
    return (struct component_extern_type){
        .sort = COMPONENT_SORT_TYPE,
        .type = {.kind = COMPONENT_ANY_RESOURCE, .resource = resource}};
}

struct component_extern_type trial_eq_value(const struct component_type *type)
{
    return (struct component_extern_type){.sort = COMPONENT_SORT_TYPE,
                                          .type = {.kind = COMPONENT_ANY_VALUE, .value = type}};
}

struct component_extern_type trial_instance(const struct component_interface *interface)
{
    return (struct component_extern_type){.sort = COMPONENT_SORT_INSTANCE, .interface = interface};
}

struct component_extern_type
trial_declare(struct type_trial *trial, struct component_extern_type type, struct component *owner)
{
    struct component_extern_type made;
    struct component_fresh fresh;
    assert_int_equal(component_types_declare(&trial->types, &type, owner, &made, &fresh),
                     STATUS_OK);
    return made;
}

void trial_add(struct type_trial *trial, struct component_externs *externs, const char *name,
               struct component_extern_type type)
{
    enum status status =
        component_externs_add(&trial->types, externs, text(name), &type, COMPONENT_ROLE_EXPORT);
    assert_string_equal(trial->report.text, "");
    assert_int_equal(status, STATUS_OK);
}

const struct component_interface *trial_interface(struct type_trial *trial,
                                                  const struct component_externs *imports,
                                                  const struct component_externs *exports,
                                                  const uint32_t *bound, uint32_t bound_count)
{
    const struct component_interface *interface = NULL;
    assert_int_equal(
        component_types_interface(&trial->types, imports, exports, bound, bound_count, &interface),
        STATUS_OK);
    return interface;
}

void trial_says(const struct type_trial *trial, const char *part)
{
    if (strstr(trial->report.text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", trial->report.text, part);
}
