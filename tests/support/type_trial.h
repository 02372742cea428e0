/*
 * tests/support/type_trial.h: a type graph to try things in: short words for what the tests of the
 * type graph build. What has to succeed fails the test when it does not.
 */
#ifndef AETHER_TESTS_TYPE_TRIAL_H
#define AETHER_TESTS_TYPE_TRIAL_H

#include "core/component/core_type.h"
#include "core/component/graph.h"
#include "tests/support/test.h"

#define TRIAL_BYTES (4u << 20)

struct type_trial {
    struct arena arena;
    struct report report;
    struct component_types types;
    struct component owner; /* whoever defines resources in the test */
};

void type_trial_init(struct type_trial *trial);
void type_trial_fini(struct type_trial *trial);

/* A run of bytes of a C string. */
static inline struct bytes text(const char *string)
{
    return bytes_of(string, strlen(string));
}

const struct component_type *trial_intern(struct type_trial *trial, struct component_type shape);
const struct component_type *trial_own(struct type_trial *trial, uint32_t resource);
const struct component_type *trial_borrow(struct type_trial *trial, uint32_t resource);
const struct component_type *trial_list(struct type_trial *trial,
                                        const struct component_type *element);
/* A record of one field, "f". */
const struct component_type *trial_record(struct type_trial *trial,
                                          const struct component_type *field);

/* A function of one parameter "p" (or none: NULL) and a result (or none). */
struct component_extern_type trial_func(struct type_trial *trial,
                                        const struct component_type *param,
                                        const struct component_type *result);

uint32_t trial_resource(struct type_trial *trial, struct component *owner);

struct component_extern_type trial_sub_resource(void);
struct component_extern_type trial_eq_resource(uint32_t resource);
struct component_extern_type trial_eq_value(const struct component_type *type);
struct component_extern_type trial_instance(const struct component_interface *interface);

/* What declaring it makes of it, in a type (owner NULL) or a component. */
struct component_extern_type
trial_declare(struct type_trial *trial, struct component_extern_type type, struct component *owner);

void trial_add(struct type_trial *trial, struct component_externs *externs, const char *name,
               struct component_extern_type type);

const struct component_interface *trial_interface(struct type_trial *trial,
                                                  const struct component_externs *imports,
                                                  const struct component_externs *exports,
                                                  const uint32_t *bound, uint32_t bound_count);

/* Fails the test unless the report says so. */
void trial_says(const struct type_trial *trial, const char *part);

#endif
