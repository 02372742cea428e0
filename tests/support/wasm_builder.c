/*
 * tests/support/wasm_builder.c: see wasm_builder.h. Out of memory ends the test program.
 */
#include "tests/support/wasm_builder.h"

#include <stdlib.h>

static void reserve(struct wasm_builder *builder, size_t more)
{
    if (more <= builder->cap - builder->len)
        return;
    size_t cap = (builder->len + more) * 2;
    uint8_t *data = realloc(builder->data, cap);
    if (data == NULL)
        abort();
    builder->data = data;
    builder->cap = cap;
}

void build_begin_empty(struct wasm_builder *builder)
{
    *builder = (struct wasm_builder){0};
    reserve(builder, 256);
}

void build_begin(struct wasm_builder *builder)
{
    build_begin_empty(builder);
    BUILD(builder, 0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00);
}

void build_free(struct wasm_builder *builder)
{
    free(builder->data);
    *builder = (struct wasm_builder){0};
}

void build_byte(struct wasm_builder *builder, uint8_t byte)
{
    reserve(builder, 1);
    builder->data[builder->len++] = byte;
}

void build_bytes(struct wasm_builder *builder, struct bytes bytes)
{
    reserve(builder, bytes.len);
    if (bytes.len != 0)
        memcpy(builder->data + builder->len, bytes.data, bytes.len);
    builder->len += bytes.len;
}

void build_fill(struct wasm_builder *builder, uint8_t byte, size_t count)
{
    reserve(builder, count);
    memset(builder->data + builder->len, byte, count);
    builder->len += count;
}

void build_u32(struct wasm_builder *builder, uint32_t value)
{
    for (; value >= 0x80; value >>= 7)
        build_byte(builder, (uint8_t)(value | 0x80));
    build_byte(builder, (uint8_t)value);
}

void build_s64(struct wasm_builder *builder, int64_t value)
{
    for (;;) {
        uint8_t low = (uint8_t)(value & 0x7F);
        value >>= 7;
        if ((value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0)) {
            build_byte(builder, low);
            return;
        }
        build_byte(builder, low | 0x80);
    }
}

void build_name(struct wasm_builder *builder, const char *name)
{
    size_t len = strlen(name);
    build_u32(builder, (uint32_t)len);
    build_bytes(builder, bytes_of(name, len));
}

void build_open(struct wasm_builder *builder)
{
    if (builder->open_count == sizeof builder->open / sizeof builder->open[0])
        abort();
    builder->open[builder->open_count++] = builder->len;
}

void build_close(struct wasm_builder *builder)
{
    size_t start = builder->open[--builder->open_count];
    size_t end = builder->len;
    build_u32(builder, (uint32_t)(end - start)); /* behind the contents, then moved to the front */
    uint8_t size[5];
    size_t size_len = builder->len - end;
    memcpy(size, builder->data + end, size_len);
    memmove(builder->data + start + size_len, builder->data + start, end - start);
    memcpy(builder->data + start, size, size_len);
}

void build_section(struct wasm_builder *builder, uint8_t id)
{
    build_byte(builder, id);
    build_open(builder);
}
