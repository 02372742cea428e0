/*
 * core/component/layout.h: how values of a type lie in memory and in core values
 * (CanonicalABI.md "Alignment", "Element Size", "Flattening"). Computed once, from the parts'.
 */
#ifndef AETHER_COMPONENT_LAYOUT_H
#define AETHER_COMPONENT_LAYOUT_H

#include "core/component/type.h"

/* Fills the layout, `nodes` and `depth` of a type whose shape is there. NULL, or what is too much
 * of it: a sentence with a '%' for the limit that goes to `out_limit`. */
const char *component_layout(struct component_type *type, uint64_t *out_limit);

#endif
