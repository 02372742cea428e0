/*
 * core/component/layout.h: how values of a type lie in memory and in core values
 * (CanonicalABI.md "Alignment", "Element Size", "Flattening"). Computed once, from the parts'.
 */
#ifndef AETHER_COMPONENT_LAYOUT_H
#define AETHER_COMPONENT_LAYOUT_H

#include "core/component/type.h"

#define COMPONENT_TOO_LARGE "the type exceeds maximum byte size: % bytes are too many"

/* Fills the layout, `nodes` and `depth` of a type whose shape is there. LIMIT, INVALID: what is too
 * much of it, a sentence with a '%' for the limit that goes to `out_limit`. */
enum status MUST_CHECK component_layout(struct component_type *type, const char **out_sentence,
                                        uint64_t *out_limit);

#endif
