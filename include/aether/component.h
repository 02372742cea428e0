/*
 * aether/component.h: components from C: load, look at, define what they import, instantiate, call.
 *
 * Link with libaether.a -lbearssl. Everything here is allocated by malloc and belongs to who
 * created it; `_destroy` takes NULL. One thread at a time may use a component, a host and what was
 * made of them. Bytes, values and guests are hostile input: they make errors and traps, no more.
 * The guest runs in this process: for a process of its own there is aether run (docs/sandbox.md).
 *
 *   struct aether_error error;
 *   struct aether_component *component;
 *   struct aether_host *host = aether_host_create();
 *   struct aether_instance *instance;
 *   struct aether_func *greet;
 *   struct aether_value params[1], result;
 *
 *   aether_host_func(host, "example:app/log@1.0.0", "write", "func(text: string) -> u32", on_write,
 *                    NULL, &error);
 *   aether_component_load(bytes, len, &component, &error);
 *   aether_instance_create(component, host, NULL, &instance, &error);
 *   params[0] = aether_string("world", 5);
 *   greet = aether_instance_func(instance, NULL, "greet");
 *   aether_func_call(instance, greet, params, 1, &result, &error);
 *
 * Every function that can fail says so by its status and, unless `error` is NULL, by a sentence.
 * What an `out_` points to is written on AETHER_OK only.
 */
#ifndef AETHER_COMPONENT_H
#define AETHER_COMPONENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum aether_status {
    AETHER_OK,
    AETHER_NO_MEMORY, /* of this process, or of the limits */
    AETHER_MALFORMED, /* no component; text that is no type, no value or no call */
    AETHER_INVALID,   /* breaks a rule of validation; a value that is not of its type */
    AETHER_UNSUPPORTED,
    AETHER_LIMIT,      /* larger than what we take */
    AETHER_UNLINKABLE, /* an import that nobody offers, or offers with another type */
    AETHER_TRAP,       /* the guest trapped, or broke the canonical ABI */
    AETHER_DENIED,     /* the instance trapped before and can not be called any more */
    AETHER_NOT_FOUND,
};

struct aether_error {
    uint64_t offset; /* in the bytes or text that were given; UINT64_MAX: nowhere in it */
    char text[200];
};

/* ---- Values ---- */

enum aether_kind {
    AETHER_BOOL,
    AETHER_S8,
    AETHER_U8,
    AETHER_S16,
    AETHER_U16,
    AETHER_S32,
    AETHER_U32,
    AETHER_S64,
    AETHER_U64,
    AETHER_F32,
    AETHER_F64,
    AETHER_CHAR,
    AETHER_STRING,
    AETHER_RECORD,
    AETHER_VARIANT,
    AETHER_LIST,
    AETHER_TUPLE,
    AETHER_FLAGS,
    AETHER_ENUM,
    AETHER_OPTION,
    AETHER_RESULT,
    AETHER_OWN,
    AETHER_BORROW,
    AETHER_FIXED_LIST, /* list<T, N> */
    AETHER_MAP,        /* map<K, V>: its items are tuples of a key and a value */
};

struct aether_resource; /* of a host: aether_host_resource */

struct aether_handle {
    const struct aether_resource *resource; /* made by a host: which; else NULL */
    void *guest;                            /* made by a guest: ours, as it came; else NULL */
    uint32_t rep;                           /* what its maker calls it */
};

struct aether_value {
    enum aether_kind kind;
    union {
        bool boolean;
        int64_t s;  /* s8 to s64 */
        uint64_t u; /* u8 to u64, char */
        float f32;
        double f64;
        uint32_t flags; /* bit i: label i */
        struct {
            const char *data; /* UTF-8, without NUL at its end */
            size_t len;
        } string;
        struct { /* list (of a fixed length, too), map, record, tuple */
            size_t count;
            const struct aether_value *items;
            const void *packed; /* list of numbers: as an array in C; items is NULL */
        } list;
        struct { /* variant, enum, option (0 none, 1 some), result (0 ok, 1 err) */
            uint32_t index;
            const struct aether_value *payload; /* NULL: none */
        } variant;
        struct aether_handle handle;
    };
};

static inline struct aether_value aether_string(const char *data, size_t len)
{
    struct aether_value value = {.kind = AETHER_STRING};
    value.string.data = data;
    value.string.len = len;
    return value;
}

/* An integer of any kind, a char, or (number 0 or 1) a bool. */
static inline struct aether_value aether_number(enum aether_kind kind, int64_t number)
{
    struct aether_value value = {.kind = kind};
    if (kind == AETHER_BOOL)
        value.boolean = number != 0;
    else
        value.s = number;
    return value;
}

/* ---- Components and their types. What is found is the component's. ---- */

struct aether_component;
struct aether_type;
struct aether_func_type;
struct aether_interface;

/* Copies the bytes; decodes and validates everything, core modules too. */
enum aether_status aether_component_load(const void *bytes, size_t len,
                                         struct aether_component **out_component,
                                         struct aether_error *error);
/* After every instance of it. */
void aether_component_destroy(struct aether_component *component);

enum aether_extern_kind {
    AETHER_EXTERN_FUNC,
    AETHER_EXTERN_INTERFACE,
    AETHER_EXTERN_TYPE,
    AETHER_EXTERN_OTHER, /* a component, a core module */
};

struct aether_extern {
    enum aether_extern_kind kind;
    const char *name; /* "run", "wasi:io/streams@0.2.0"; without NUL */
    size_t name_len;
    const struct aether_func_type *func;      /* FUNC */
    const struct aether_interface *interface; /* INTERFACE */
    const struct aether_type *type;           /* TYPE; NULL: a resource */
};

/* Imports and exports by number; false: there are not so many. */
bool aether_component_import(const struct aether_component *component, size_t index,
                             struct aether_extern *out_extern);
bool aether_component_export(const struct aether_component *component, size_t index,
                             struct aether_extern *out_extern);
bool aether_interface_export(const struct aether_interface *interface, size_t index,
                             struct aether_extern *out_extern);

size_t aether_func_type_param_count(const struct aether_func_type *func);
/* `out_name`, `out_name_len` may be NULL. */
const struct aether_type *aether_func_type_param(const struct aether_func_type *func, size_t index,
                                                 const char **out_name, size_t *out_name_len);
const struct aether_type *
aether_func_type_result(const struct aether_func_type *func); /* or NULL */

enum aether_kind aether_type_kind(const struct aether_type *type);
/* Fields of a record or tuple, cases of a variant, labels of flags or enum: how many; the type of
 * one (NULL: it has none) and its name. */
size_t aether_type_count(const struct aether_type *type);
const struct aether_type *aether_type_field(const struct aether_type *type, size_t index,
                                            const char **out_name, size_t *out_name_len);
/* Of a list or option; of a map: the tuple of its key and value; the ok of a result (or NULL). */
const struct aether_type *aether_type_element(const struct aether_type *type);
const struct aether_type *aether_type_error(const struct aether_type *type);
/* Items of a list of a fixed length; 0 for all else. */
size_t aether_type_length(const struct aether_type *type);

/* ---- Hosts: what components may import ---- */

struct aether_host;
struct aether_call;

struct aether_host *aether_host_create(void); /* NULL: no memory */
/* After every instance that was made with it. */
void aether_host_destroy(struct aether_host *host);

/* `params` are good until it returns; what `*out_result` points to has to be there until then, too:
 * static, or from aether_call_alloc. False ends the run: return aether_call_trap(call, "why"). */
typedef bool aether_host_fn(void *context, struct aether_call *call,
                            const struct aether_value *params, struct aether_value *out_result);

/* A function `name` of an interface ("ns:package/interface@1.2.3"; NULL: of none), by its type as
 * WIT has it: "func(a: u32, b: list<string>) -> result<_, string>"; records, variants, enums and
 * flags stand in place: "record{a: u8, b: char}", "variant{x, y(u8)}", "enum{a, b}", "flags{a, b}".
 * Guests see it as what its name says: "[method]file.read", with "self: borrow<file>" first. */
enum aether_status aether_host_func(struct aether_host *host, const char *interface,
                                    const char *name, const char *type, aether_host_fn *func,
                                    void *context, struct aether_error *error);

/* A resource, before the functions that have it in their types. `drop` (or NULL) is told when a
 * guest gives up the last handle of one. */
typedef void aether_drop_fn(void *context, uint32_t rep);
enum aether_status aether_host_resource(struct aether_host *host, const char *interface,
                                        const char *name, aether_drop_fn *drop, void *context,
                                        const struct aether_resource **out_resource,
                                        struct aether_error *error);

/* Imports that nobody offers link, and trap when they are called. */
void aether_host_trap_unknown(struct aether_host *host);

/* In a host function: room until it is over (NULL: none is left); the end of the run. */
void *aether_call_alloc(struct aether_call *call, size_t size);
bool aether_call_trap(struct aether_call *call, const char *sentence); /* false */

/* ---- Instances and calls ---- */

struct aether_instance;
struct aether_func;

struct aether_limits {
    uint64_t fuel;         /* of all calls together */
    uint64_t memory_bytes; /* of the guest's memories together */
    uint64_t table_elements;
    uint64_t heap_bytes; /* of garbage-collected objects */
    uint64_t stack_units;
    size_t arena_bytes; /* of ours: translated code, handles, values of a call */
};
struct aether_limits aether_limits_default(void);

/* `host` NULL: nothing is offered; `limits` NULL: the default ones. */
enum aether_status aether_instance_create(const struct aether_component *component,
                                          const struct aether_host *host,
                                          const struct aether_limits *limits,
                                          struct aether_instance **out_instance,
                                          struct aether_error *error);
void aether_instance_destroy(struct aether_instance *instance);

/* An exported function; `interface` NULL: of the component itself. NULL: there is none. */
struct aether_func *aether_instance_func(struct aether_instance *instance, const char *interface,
                                         const char *name);
const struct aether_func_type *aether_func_type(const struct aether_func *func);

/* `count` parameters, as many as the function has. The result (untouched where there is none) is
 * good until the next call in this instance. Not from within a host function. */
enum aether_status aether_func_call(struct aether_instance *instance, struct aether_func *func,
                                    const struct aether_value *params, size_t count,
                                    struct aether_value *out_result, struct aether_error *error);

/* Calls by text: "f(1, \"x\", {a: [1, 2]})", "interface#f()". `*out_text`: the result as text
 * ("" without one), good until the next call in this instance. */
enum aether_status aether_instance_invoke(struct aether_instance *instance, const char *call,
                                          const char **out_text, struct aether_error *error);

/* Gives back an own handle of a guest's resource that a call returned: its destructor runs. */
enum aether_status aether_handle_drop(struct aether_instance *instance, struct aether_handle handle,
                                      struct aether_error *error);

uint64_t aether_instance_fuel_used(const struct aether_instance *instance);
void aether_instance_set_fuel(struct aether_instance *instance, uint64_t fuel);

#endif
