/*
 * core/wasi/types.h: how the static types of WASI 0.2 are written down (types_*.c).
 *
 * A type tree is one constant expression: every macro gives the address of an unnamed constant of
 * static storage, so they nest as WIT does. A type that has a name in WIT is a constant of its own.
 * Guests' types are compared with these by structure; layout is not computed for them.
 */
#ifndef AETHER_WASI_TYPES_H
#define AETHER_WASI_TYPES_H

#include "core/component/host.h"

#define T_COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define T_NAME(text)   {(const uint8_t *)(text), sizeof(text) - 1}

#define T_CONST(...) (&(const struct component_type){__VA_ARGS__})

#define T_BOOL   T_CONST(.kind = COMPONENT_BOOL)
#define T_U8     T_CONST(.kind = COMPONENT_U8)
#define T_U16    T_CONST(.kind = COMPONENT_U16)
#define T_U32    T_CONST(.kind = COMPONENT_U32)
#define T_U64    T_CONST(.kind = COMPONENT_U64)
#define T_S32    T_CONST(.kind = COMPONENT_S32)
#define T_STRING T_CONST(.kind = COMPONENT_STRING)

/* Members of records and tuples, cases, labels. */
#define T_FIELD(name_, type_) {T_NAME(name_), (type_)}
#define T_LABEL(name_)        {T_NAME(name_), NULL}
#define T_ITEM(type_)         {{NULL, 0}, (type_)}

#define T_FIELDS(...) ((const struct component_field[]){__VA_ARGS__})

/* Initializers of a named type. */
#define T_NAMED(kind_, ...)                                                                        \
    {.kind = (kind_), .count = T_COUNT(T_FIELDS(__VA_ARGS__)), .fields = T_FIELDS(__VA_ARGS__)}
#define T_RECORD(...)       T_NAMED(COMPONENT_RECORD, __VA_ARGS__)
#define T_VARIANT(...)      T_NAMED(COMPONENT_VARIANT, __VA_ARGS__)
#define T_ENUM(...)         T_NAMED(COMPONENT_ENUM, __VA_ARGS__)
#define T_FLAGS(...)        T_NAMED(COMPONENT_FLAGS, __VA_ARGS__)
#define T_TUPLE_OF(...)     T_NAMED(COMPONENT_TUPLE, __VA_ARGS__)
#define T_LIST_OF(element_) {.kind = COMPONENT_LIST, .element = (element_)}

/* Unnamed types. NULL in T_RESULT: no payload. */
#define T_LIST(element_)      T_CONST(.kind = COMPONENT_LIST, .element = (element_))
#define T_OPTION(element_)    T_CONST(.kind = COMPONENT_OPTION, .element = (element_))
#define T_RESULT(ok_, error_) T_CONST(.kind = COMPONENT_RESULT, .element = (ok_), .error = (error_))
#define T_TUPLE(...)                                                                               \
    T_CONST(.kind = COMPONENT_TUPLE, .count = T_COUNT(T_FIELDS(__VA_ARGS__)),                      \
            .fields = T_FIELDS(__VA_ARGS__))
#define T_OWN(resource_)    T_CONST(.kind = COMPONENT_OWN, .host_resource = &(resource_))
#define T_BORROW(resource_) T_CONST(.kind = COMPONENT_BORROW, .host_resource = &(resource_))

/* Members of a struct component_host_func table: with parameters, and without. */
#define T_FUNC(name_, call_, result_, ...)                                                         \
    {.name = T_NAME(name_),                                                                        \
     .type = &(const struct component_func_type){.param_count = T_COUNT(T_FIELDS(__VA_ARGS__)),    \
                                                 .params = T_FIELDS(__VA_ARGS__),                  \
                                                 .result = (result_)},                             \
     .call = (call_)}
#define T_FUNC_BARE(name_, call_, result_)                                                         \
    {.name = T_NAME(name_),                                                                        \
     .type = &(const struct component_func_type){.param_count = 0, .result = (result_)},           \
     .call = (call_)}

/* A resource whose members are slots of the table, and one that has no state. */
#define T_RESOURCE(name_)       {.name = T_NAME(name_), .drop = p2_drop}
#define T_RESOURCE_PLAIN(name_) {.name = T_NAME(name_), .drop = NULL}

/* Members of an interface. */
#define T_INTERFACE(name_) .name = T_NAME(name_), .major = 0, .minor = 2
#define T_FUNCS(array)     .func_count = T_COUNT(array), .funcs = (array)
#define T_RESOURCES(array) .resource_count = T_COUNT(array), .resources = (array)

#endif
