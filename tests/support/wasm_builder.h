/*
 * tests/support/wasm_builder.h: WebAssembly binaries written item by item, right or wrong.
 *
 * The builder knows framing and LEB128 and nothing of validity. A sized item (section, body) is
 * opened, filled and closed; its size is put in front in the shortest form.
 */
#ifndef AETHER_TESTS_WASM_BUILDER_H
#define AETHER_TESTS_WASM_BUILDER_H

#include "core/base/bytes.h"

struct wasm_builder {
    uint8_t *data;
    size_t len, cap;
    size_t open[8]; /* where the contents of the items begin that are open */
    unsigned open_count;
};

/* With the header of a module, or with nothing. */
void build_begin(struct wasm_builder *builder);
void build_begin_empty(struct wasm_builder *builder);
void build_free(struct wasm_builder *builder);

void build_byte(struct wasm_builder *builder, uint8_t byte);
void build_bytes(struct wasm_builder *builder, struct bytes bytes);
void build_fill(struct wasm_builder *builder, uint8_t byte, size_t count);
void build_u32(struct wasm_builder *builder, uint32_t value);
void build_s64(struct wasm_builder *builder, int64_t value);
void build_name(struct wasm_builder *builder, const char *name);

void build_open(struct wasm_builder *builder);
void build_close(struct wasm_builder *builder);
void build_section(struct wasm_builder *builder, uint8_t id); /* closed by build_close */

/* A whole section of the bytes given. */
#define BUILD_SECTION(builder, id, ...)                                                            \
    do {                                                                                           \
        build_section((builder), (id));                                                            \
        BUILD((builder), __VA_ARGS__);                                                             \
        build_close(builder);                                                                      \
    } while (0)
#define BUILD(builder, ...) build_bytes((builder), CODE(__VA_ARGS__))
#define CODE(...)                                                                                  \
    ((struct bytes){(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})})

static inline struct bytes build_result(const struct wasm_builder *builder)
{
    return bytes_of(builder->data, builder->len);
}

#endif
