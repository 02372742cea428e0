/*
 * core/component/core_registry.h: the registry of core types behind core_type.h, for its files
 * only.
 */
#ifndef AETHER_COMPONENT_CORE_REGISTRY_H
#define AETHER_COMPONENT_CORE_REGISTRY_H

#include "core/component/core_type.h"
#include "core/component/intern.h"
#include "core/wasm/instance.h"

/* A store in which nothing but types is ever made: it numbers the types of its modules, and so does
 * the registry. */
struct component_core_types {
    struct wasm_store store;
};

/* Made by the first who asks. */
enum status MUST_CHECK component_core_registry(struct component_types *types,
                                               struct wasm_store **out_store);

/* The orders of both lists; INVALID: an import or an export twice. */
enum status MUST_CHECK component_core_finish(struct component_types *types,
                                             struct component_core_type *type);

/* The import of that module and name; NULL: there is none. */
const struct component_core_name *component_core_find_import(const struct component_core_type *type,
                                                             struct bytes module,
                                                             struct bytes name);

#endif
