/*
 * cli/wast.h: what the parts of `aether wast` share.
 */
#ifndef AETHER_CLI_WAST_H
#define AETHER_CLI_WAST_H

#include "cli/json.h"
#include "suite/pack.h"

#define WAST_JSON_MAX   ((size_t)16 << 20)
#define WAST_MODULE_MAX ((size_t)64 << 20)

/* cli/wast_value.c: one value of the JSON form, with its alternatives, appended to `buffer`; false:
 * it is none that we know, or there is no room. */
bool wast_value_pack(const struct json *value, struct buffer *buffer);

/* cli/wast_node.c: the same for a value of the component model. */
bool wast_node_pack(const struct json *value, struct buffer *buffer);

/* cli/wast_value.c: a literal of the text format as bits; `out_nan` is set by nan:canonical and
 * nan:arithmetic. `width` is 8, 16, 32 or 64 of integers, 32 or 64 of floats. */
bool wast_integer_read(struct bytes text, unsigned width, uint64_t *out_bits);
bool wast_float_read(struct bytes text, unsigned width, uint64_t *out_bits,
                     enum suite_nan *out_nan);

/* cli/wast_pack.c: one JSON file with the modules beside it, appended to `writer` as a file of that
 * name. `scratch` is left as it was. False: said why. */
bool wast_pack_file(const char *path, struct arena *scratch, struct suite_writer *writer);

#endif
