/*
 * core/component/type.h: the types of the component model (Explainer.md, Binary.md "Type
 * Definitions"), as plain values.
 *
 * Value types are interned in the graph of one outermost component: two of them are equal if and
 * only if their `canonical` nodes are the same one (graph.h: a type that an import or export named
 * is a node of its own). Two graphs (a guest's and the host's tables, which are static) are
 * compared by structure: component_func_matches_host.
 *
 * A resource is a number of the graph: every definition, every import of an abstract one and every
 * instantiation that makes new ones has its own; one that an export named again has a second
 * number, with the same place. own<R> and borrow<R> carry it. What a number stands for at run time
 * is found in the instance of the component that it belongs to (component.h).
 *
 * Layout (CanonicalABI.md "Alignment", "Element Size", "Flattening") is computed when a type is
 * interned. Static types of hosts have none: their values are lifted by the guest's type.
 */
#ifndef AETHER_COMPONENT_TYPE_H
#define AETHER_COMPONENT_TYPE_H

#include "core/base/arena.h"
#include "core/base/report.h"
#include "core/wasm/module.h"

#define COMPONENT_MAX_FLAT_PARAMS  16u
#define COMPONENT_MAX_FLAT_RESULTS 1u
#define COMPONENT_MAX_FLAT_ASYNC   4u /* params of a function that is lowered async */

enum component_kind {
    COMPONENT_BOOL,
    COMPONENT_S8,
    COMPONENT_U8,
    COMPONENT_S16,
    COMPONENT_U16,
    COMPONENT_S32,
    COMPONENT_U32,
    COMPONENT_S64,
    COMPONENT_U64,
    COMPONENT_F32,
    COMPONENT_F64,
    COMPONENT_CHAR,
    COMPONENT_STRING,
    COMPONENT_RECORD,
    COMPONENT_VARIANT,
    COMPONENT_LIST,
    COMPONENT_TUPLE,
    COMPONENT_FLAGS,
    COMPONENT_ENUM,
    COMPONENT_OPTION,
    COMPONENT_RESULT,
    COMPONENT_OWN,
    COMPONENT_BORROW,
    COMPONENT_FIXED_LIST, /* list<T, N>: the items themselves, as those of a tuple */
    COMPONENT_MAP,        /* map<K, V>: as a list of its element, which is tuple<K, V> */
    COMPONENT_STREAM,     /* these three are only in components that were loaded with links_async */
    COMPONENT_FUTURE,
    COMPONENT_ERROR_CONTEXT,
};

struct component_type;
struct component_host_resource; /* host.h */

/* A field of a record, a case of a variant (type NULL: without payload), a label of flags or enum
 * (type NULL), an element of a tuple (no name), a parameter. */
struct component_field {
    struct bytes name;
    const struct component_type *type;
};

struct component_type {
    enum component_kind kind;
    uint32_t count;                       /* of fields */
    const struct component_field *fields; /* record, variant, tuple, flags, enum */
    /* list, fixed list, option, stream, future (or NULL); map: the tuple of key and value;
     * result: of ok, or NULL */
    const struct component_type *element;
    const struct component_type *error;                  /* result: of error, or NULL */
    uint32_t length;                                     /* fixed list: how many items, not 0 */
    uint32_t resource;                                   /* own, borrow: its number in the graph */
    const struct component_host_resource *host_resource; /* the same in a host's static type */
    /* Layout: */
    uint32_t size;      /* in memory; less than COMPONENT_LIMIT_SIZE, but for maps' tuples */
    uint32_t wide_size; /* the same with pointers of 64 bits: what validation asks about */
    uint8_t alignment;  /* 1, 2, 4, 8 */
    uint8_t wide_alignment;
    uint8_t discriminant_size; /* variant, enum, option, result: 1, 2, 4 */
    bool has_handle;           /* an own or borrow somewhere in it */
    bool has_borrow;
    bool has_pointer;        /* a string or list somewhere in it */
    bool has_async;          /* a stream, future or error-context somewhere in it */
    uint32_t payload_offset; /* variant, option, result */
    uint32_t flat_count;     /* core values it flattens to; counted up to COMPONENT_FLAT_MANY */
    /* The first of them, as bytes of core value types; past flat_count zero. */
    uint8_t flat[COMPONENT_MAX_FLAT_PARAMS];
    /* Identity (graph.h): */
    const struct component_type *canonical;  /* the same without names; NULL: static, of a host */
    const struct component_type *named_from; /* what it was before an import or export named it */
    uint32_t name_tag; /* not 0: named by an import or export; no other node has it but those
                          that resources were replaced in */
    uint32_t nodes;    /* effective size: with all that is below, at most ..._TYPE_SIZE */
    uint8_t depth;     /* 1: nothing below; at most COMPONENT_LIMIT_DEPTH */
    bool is_open;      /* names a resource that belongs to a component, not one bound in a type */
    bool has_name;     /* a name_tag somewhere in it */
};

#define COMPONENT_FLAT_MANY 1000u

struct component_func_type {
    uint32_t param_count;
    const struct component_field *params;
    const struct component_type *result; /* NULL: none */
    bool is_async;                       /* may wait (Explainer.md "async") */
    /* Of a graph's: */
    uint32_t nodes;
    uint8_t depth;
    bool has_handle, is_open, has_name;
};

enum component_sort {
    COMPONENT_SORT_CORE_FUNC,
    COMPONENT_SORT_CORE_TABLE,
    COMPONENT_SORT_CORE_MEMORY,
    COMPONENT_SORT_CORE_GLOBAL,
    COMPONENT_SORT_CORE_TAG,
    COMPONENT_SORT_CORE_TYPE, /* at validation only */
    COMPONENT_SORT_CORE_MODULE,
    COMPONENT_SORT_CORE_INSTANCE,
    COMPONENT_SORT_FUNC,
    COMPONENT_SORT_TYPE, /* at validation only; resources are found by their numbers */
    COMPONENT_SORT_COMPONENT,
    COMPONENT_SORT_INSTANCE,
    COMPONENT_SORT_COUNT,
};

/* What a type index names. */
enum component_any_kind {
    COMPONENT_ANY_VALUE,
    COMPONENT_ANY_FUNC,
    COMPONENT_ANY_COMPONENT,
    COMPONENT_ANY_INSTANCE,
    COMPONENT_ANY_RESOURCE,
};

struct component_interface;
struct component_core_type; /* of a core module: core_type.h */

struct component_any_type {
    enum component_any_kind kind;
    union {
        const struct component_type *value;
        const struct component_func_type *func;
        const struct component_interface *interface; /* component, instance */
        uint32_t resource;
    };
};

/* The type of an import, an export, an argument (Binary.md externdesc). */
struct component_extern_type {
    enum component_sort sort; /* CORE_MODULE, FUNC, TYPE, COMPONENT, INSTANCE */
    bool is_abstract;         /* TYPE: a resource that the bound leaves open (`sub resource`) */
    union {
        const struct component_core_type *module;
        const struct component_func_type *func;
        struct component_any_type type;              /* what it is, for sort TYPE */
        const struct component_interface *interface; /* component, instance */
    };
};

struct component_extern_name {
    struct bytes name; /* as written: "run", "wasi:io/streams@0.2.0", "[method]a.b" */
    struct component_extern_type type;
    uint64_t offset; /* where it is declared; REPORT_NO_OFFSET for types that were substituted */
};

/* The type of a component (imports and exports) or of an instance (exports alone). */
struct component_interface {
    uint32_t import_count, export_count;
    const struct component_extern_name *imports;
    const struct component_extern_name *exports;
    /* Resources that this type binds: given new numbers each time that the type is instantiated
     * (an import of an instance, an instantiation of a component). Sorted. */
    uint32_t bound_count;
    const uint32_t *bound;
    const uint32_t *import_order, *export_order; /* places by ascending name */
    uint32_t nodes;                              /* effective size, as of a type */
    uint8_t depth;
    bool has_resource; /* names a resource: own, borrow, or as a type */
    bool is_open, has_name;
};

/* The core value types that values of `type` are passed as; at most `max` are written, and no more
 * than COMPONENT_MAX_FLAT_PARAMS. How many there are: type->flat_count. */
void component_type_flatten(const struct component_type *type, uint32_t *out_types, uint32_t max);

/* The core signature of a lowered import (`is_lower`) or a lifted export, CanonicalABI.md
 * "Flattening": many params become one pointer, many results a return area. */
struct component_core_signature {
    uint32_t param_count, result_count;
    uint32_t params[COMPONENT_MAX_FLAT_PARAMS + 1];
    uint32_t results[COMPONENT_MAX_FLAT_RESULTS];
    bool params_in_memory;
    bool result_in_memory;
};
void component_func_signature(const struct component_func_type *type, bool is_lower,
                              struct component_core_signature *out_signature);
/* The same with the option `async`: lowered with at most COMPONENT_MAX_FLAT_ASYNC params and the
 * result through a pointer; lifted with no result but what a callback is asked with. */
void component_func_signature_async(const struct component_func_type *type, bool is_lower,
                                    bool has_callback,
                                    struct component_core_signature *out_signature);

/* What a resource number of the guest's graph stands for, while types are compared with a host's:
 * the host's resource, or NULL when it is none of a host. */
typedef const struct component_host_resource *component_resource_fn(const void *context,
                                                                    uint32_t resource);

/* By structure: kinds, labels and types; the names of parameters do not matter to a host. */
bool component_func_matches_host(const struct component_func_type *guest,
                                 const struct component_func_type *host,
                                 component_resource_fn *find, const void *context);

/* A word for a kind: "u32", "record". */
struct bytes component_kind_name(enum component_kind kind);

#endif
