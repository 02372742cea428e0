/*
 * core/component/graph.h: the type graph of one outermost component while it is decoded.
 *
 * Who decodes builds types here in the order of the binary; everything that a type rule decides is
 * decided here: what may be in what, names, which type fits which, what an instantiation makes of a
 * type. Refusals are INVALID (or LIMIT, NO_MEMORY) with a sentence at `offset`, which the caller
 * sets to where the definition stands.
 *
 * Identity. A value type is a node; an equal shape is the same node. Besides, exporting or
 * importing a type gives it a name, and only named records, variants, enums, flags and resources
 * may be in the types of exports (Explainer.md "External Visibility"). So a named type is a node of
 * its own (`name_tag`, and `named_from` what it was), a named resource a number of its own, and
 * `canonical` is what both are without names. Types are equal if and only if their canonical nodes
 * are the same.
 *
 * Resources. Every number is made by component_types_resource. Interfaces bind numbers: those of
 * their exports and imports that stand for a new type at each use. Opening an interface replaces
 * them by fresh ones. Nested instance types bind nothing: the enclosing interface does.
 *
 * Every operation is linear (times a logarithm) in what it reads. Substituting and matching read
 * types that were written once again and again; `work_left` bounds all of it together.
 */
#ifndef AETHER_COMPONENT_GRAPH_H
#define AETHER_COMPONENT_GRAPH_H

#include "core/component/component.h"
#include "core/component/tree.h"

/* What a named number was made into in the substitution of an epoch. */
struct component_resource_memo {
    uint64_t epoch;
    uint32_t made;
};

struct component_types {
    struct arena *arena;   /* all types live here */
    struct report *report; /* may be NULL */
    uint64_t offset;       /* where refusals are reported; the caller moves it */
    uint64_t work_left;    /* nodes that may still be substituted, matched, registered */
    /* Private: */
    struct component_tree interned;
    struct component_resource_info *resources;
    uint32_t *originals;                   /* by number: the number without name */
    struct component_resource_memo *memos; /* by number */
    uint32_t resource_count, resource_cap;
    uint32_t name_tags, next_id;
    uint64_t epoch;
    struct component_core_types *core;
};

enum status MUST_CHECK component_types_init(struct component_types *types, struct arena *arena,
                                            struct report *report);
/* All numbers as they are now. */
void component_types_finish(const struct component_types *types, struct component_graph *out_graph);

/* ---- Value types (type.c, intern.c) ---- */

/* bool to string. */
const struct component_type *component_type_primitive(enum component_kind kind);

/* The node of this shape: kind and, by kind, fields/count, element, error, length, resource; the
 * rest is ignored. `fields` are read only now and copied if the node is new. Refuses: empty ones,
 * more than 32 flags, labels that are none or are not strongly unique, types too deep or too large.
 * Not for maps. */
enum status MUST_CHECK component_types_intern(struct component_types *types,
                                              const struct component_type *shape,
                                              const struct component_type **out_type);

/* map<key, value>. Refuses keys that are no bool, integer, char or string. */
enum status MUST_CHECK component_types_map(struct component_types *types,
                                           const struct component_type *key,
                                           const struct component_type *value,
                                           const struct component_type **out_type);

static inline bool component_type_equal(const struct component_type *a,
                                        const struct component_type *b)
{
    return a == b || (a != NULL && b != NULL && a->canonical == b->canonical);
}

/* Parameters named strongly unique, result without borrow. `params` are copied. */
enum status MUST_CHECK component_types_func(struct component_types *types,
                                            const struct component_field *params,
                                            uint32_t param_count,
                                            const struct component_type *result,
                                            const struct component_func_type **out_type);
/* The same for an async function. */
enum status MUST_CHECK component_types_async_func(struct component_types *types,
                                                  const struct component_field *params,
                                                  uint32_t param_count,
                                                  const struct component_type *result,
                                                  const struct component_func_type **out_type);

/* ---- Resources ---- */

/* A new number: of `owner` (it gets the next place of it), or bound in a type (NULL). */
enum status MUST_CHECK component_types_resource(struct component_types *types,
                                                struct component *owner, uint32_t *out_resource);

/* The number without name: of two numbers the same resource if these are the same. */
uint32_t component_types_original(const struct component_types *types, uint32_t resource);

/* ---- Interfaces (interface.c) ---- */

/* A list of declarations that grows: the imports or the exports of a component, of a component or
 * instance type, of an instance made of what is there. */
struct component_externs {
    uint32_t count, cap;
    struct component_extern_name *items; /* NULL and zeroes: empty; grows in the arena */
    struct component_tree names;         /* canonicalized, to be strongly unique */
    struct component_tree resources;     /* by label, for [method] and its like */
};

enum component_extern_role { COMPONENT_ROLE_IMPORT, COMPONENT_ROLE_EXPORT };

/* Adds a declaration: the name is one (component_name_parse), strongly unique in the list, and if
 * annotated fits `type` and a resource of the list (Binary.md "Import and Export Definitions"). */
enum status MUST_CHECK component_externs_add(struct component_types *types,
                                             struct component_externs *externs, struct bytes name,
                                             const struct component_extern_type *type,
                                             enum component_extern_role role);

/* An interface of these lists (imports NULL: of an instance). The lists' items belong to it from
 * now on. `bound`: numbers in ascending order, which are numbers in order of their making; copied.
 * Refuses what is too deep or too large. */
enum status MUST_CHECK component_types_interface(struct component_types *types,
                                                 const struct component_externs *imports,
                                                 const struct component_externs *exports,
                                                 const uint32_t *bound, uint32_t bound_count,
                                                 const struct component_interface **out_interface);

/* The type of a component that is defined: binds what belongs to `owner` and is named as a type in
 * the lists. */
enum status MUST_CHECK component_types_component(struct component_types *types,
                                                 const struct component_externs *imports,
                                                 const struct component_externs *exports,
                                                 const struct component *owner,
                                                 const struct component_interface **out_interface);

/* By name as written; NULL: there is none. */
const struct component_extern_name *
component_interface_find_export(const struct component_interface *interface, struct bytes name);
const struct component_extern_name *
component_interface_find_import(const struct component_interface *interface, struct bytes name);

/* ---- Declarations: what an import or an export declaration brings (open.c) ---- */

/* Numbers made by one operation: consecutive. Those of a type's scope (owner NULL) are bound by
 * it. */
struct component_fresh {
    uint32_t first, count;
};

/* `type` as an extern type declares it, into what it is in the scope that declares it:
 *   TYPE abstract (`sub resource`; its number is ignored)  a fresh resource
 *   TYPE eq of a resource or a value type                  the same, named
 *   TYPE eq of anything else                               the same
 *   INSTANCE                                               opened: bound numbers become fresh ones
 *   FUNC, COMPONENT, CORE_MODULE                           the same
 * `owner`: the component whose definition this is; NULL: in a type. */
enum status MUST_CHECK component_types_declare(struct component_types *types,
                                               const struct component_extern_type *type,
                                               struct component *owner,
                                               struct component_extern_type *out_type,
                                               struct component_fresh *out_fresh);

/* What an export of `found` is from now on: a TYPE is named; with an ascription (not NULL) `found`
 * has to match it, and it is the ascription's, declared as above. */
enum status MUST_CHECK component_types_export(struct component_types *types,
                                              const struct component_extern_type *found,
                                              const struct component_extern_type *ascription,
                                              struct component *owner,
                                              struct component_extern_type *out_type,
                                              struct component_fresh *out_fresh);

/* The type of the instance that instantiating `component` with these arguments makes. `arguments`
 * have to have every import by its name as written, no name twice; each matches the import's type,
 * in which the resources of earlier arguments stand for those of their imports. */
enum status MUST_CHECK component_types_instantiate(struct component_types *types,
                                                   const struct component_interface *component,
                                                   const struct component_extern_name *arguments,
                                                   uint32_t argument_count, struct component *owner,
                                                   const struct component_interface **out_instance,
                                                   struct component_fresh *out_fresh);

/* ---- Matching (subtype.c) ---- */

/* INVALID with the path to what differs unless `found` can stand for `expected`, both as they are
 * declared in the same scope (open). */
enum status MUST_CHECK component_types_match(struct component_types *types,
                                             const struct component_extern_type *found,
                                             const struct component_extern_type *expected);

/* ---- Visibility (visible.c): Explainer.md "External Visibility of Types" ---- */

/* What a scope's imports and exports have named so far. */
struct component_visible {
    struct component_tree named[2]; /* by enum component_extern_role */
    /* Resources, ascending, that the scope made otherwise than by imports: imports can not have
     * them, because they are there first. Borrowed. */
    const uint32_t *made;
    uint32_t made_count;
};

/* Every resource, record, variant, enum and flags in `type` is visible: named by an import, or (of
 * an export) by an import or export of this scope. Then the types that `type` names become
 * visible. `type` is what declare or export gave. For components and component types; in instance
 * types nothing has to be visible. */
enum status MUST_CHECK component_visible_declare(struct component_types *types,
                                                 struct component_visible *visible,
                                                 struct bytes name,
                                                 const struct component_extern_type *type,
                                                 enum component_extern_role role);

/* Does it name a resource of a component? (`alias outer` may not carry such over the boundary of a
 * component.) */
bool component_any_type_is_open(const struct component_any_type *type);

/* ---- Names (name.c): Explainer.md "Import and Export Definitions" ---- */

enum component_name_kind {
    COMPONENT_NAME_LABEL,       /* a-b */
    COMPONENT_NAME_CONSTRUCTOR, /* [constructor]resource */
    COMPONENT_NAME_METHOD,      /* [method]resource.label */
    COMPONENT_NAME_STATIC,      /* [static]resource.label */
    COMPONENT_NAME_INTERFACE,   /* ns:package/interface@1.2.3 */
};

struct component_name {
    enum component_name_kind kind;
    struct bytes label;    /* LABEL, METHOD, STATIC */
    struct bytes resource; /* CONSTRUCTOR, METHOD, STATIC */
    struct bytes base;     /* INTERFACE: without version */
    struct bytes version;  /* INTERFACE: behind the @; empty: none */
};

/* False: `name` is no name. Nested namespaces and packages (gated) are none. */
bool MUST_CHECK component_name_parse(struct bytes name, struct component_name *out_name);

/* words of letters and digits, each all lower or all upper case, joined by '-'. */
bool component_label_is_valid(struct bytes label);

/* "wasi:io/streams@0.2.3": base "wasi:io/streams", major 0, minor 2. From 1.0 on minor is
 * UINT32_MAX (any); without version both are, and the base is the name. Versions 0.0.x and
 * prereleases are their own track: minor is UINT32_MAX - 1 and `base` is the whole name. */
struct component_track {
    struct bytes base;
    uint32_t major, minor;
};
struct component_track component_name_track(struct bytes name);

#endif
