/*
 * tests/support/value_types.h: types without layout, for tests of values as text.
 */
#ifndef AETHER_TESTS_VALUE_TYPES_H
#define AETHER_TESTS_VALUE_TYPES_H

#include "core/component/type.h"

#define FIELD(label, of) {BYTES_LITERAL(label), of}
#define PRIM(k)          (&(const struct component_type){.kind = COMPONENT_##k})
#define LIST(of)         (&(const struct component_type){.kind = COMPONENT_LIST, .element = (of)})
#define FIXED_LIST(of, n)                                                                          \
    (&(const struct component_type){.kind = COMPONENT_FIXED_LIST, .element = (of), .length = (n)})
#define MAP(key, value)                                                                            \
    (&(const struct component_type){                                                               \
        .kind = COMPONENT_MAP, .element = OF_FIELDS(TUPLE, {.type = (key)}, {.type = (value)})})
#define OPTION(of) (&(const struct component_type){.kind = COMPONENT_OPTION, .element = (of)})
#define RESULT(ok, err)                                                                            \
    (&(const struct component_type){.kind = COMPONENT_RESULT, .element = (ok), .error = (err)})
#define OF_FIELDS(k, ...)                                                                          \
    (&(const struct component_type){.kind = COMPONENT_##k,                                         \
                                    .count =                                                       \
                                        sizeof((const struct component_field[]){__VA_ARGS__}) /    \
                                        sizeof(struct component_field),                            \
                                    .fields = (const struct component_field[]){__VA_ARGS__}})

#endif
