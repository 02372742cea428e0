/*
 * suite/component_internal.h: what the parts of the runner that know components share.
 */
#ifndef AETHER_SUITE_COMPONENT_INTERNAL_H
#define AETHER_SUITE_COMPONENT_INTERNAL_H

#include "core/component/instance.h"
#include "suite/runner_internal.h"

/* suite/component_value.c: the value that nodes are by a type; false: they are none of it, or there
 * is no room. What is taken off `*rest` is one value's nodes. */
bool suite_component_value(struct arena *arena, const struct component_type *type,
                           struct bytes *rest, struct component_value *out_value);

/* Are two values of a type the same? NULL: no type, no value. */
bool suite_component_equal(const struct component_type *type, const struct component_value *a,
                           const struct component_value *b);

#endif
