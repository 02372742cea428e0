/*
 * sdk/examples/wasm-example/c/app.c: the six functions of the reference app, as a component in C.
 *
 * The glue in glue/ is wit-bindgen's, made of ../wit and sdk/wit (make wasm-example-glue). What is
 * here is what an author writes: functions of C types. Files of the first directory that the host
 * grants are the key-value store: one file a key.
 */
#include <stdlib.h>
#include <string.h>

#include "wasm_example.h"

#define HEADLINES_MAX 10u
#define HEADLINES_URL "https://www.lemonde.fr"

typedef wasm_example_string_t text;

/* A text that grows; what it holds becomes the caller's. */
struct builder {
    uint8_t *data;
    size_t len, cap;
};

static void put(struct builder *b, const void *bytes, size_t len)
{
    if (b->cap - b->len < len) {
        b->cap = 2 * b->cap + len;
        /* NOLINTNEXTLINE(bugprone-suspicious-realloc-usage): without memory it aborts. */
        b->data = realloc(b->data, b->cap);
        if (b->data == NULL)
            abort();
    }
    if (len != 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
}

static void put_text(struct builder *b, const char *literal)
{
    put(b, literal, strlen(literal));
}

/* Decimal, with zeros in front up to `width` digits. */
static void put_number(struct builder *b, uint64_t number, unsigned width)
{
    char digits[20];
    size_t i = sizeof digits;
    do {
        digits[--i] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0 || sizeof digits - i < width);
    put(b, digits + i, sizeof digits - i);
}

static void give(const struct builder *b, text *ret)
{
    ret->ptr = b->data;
    ret->len = b->len;
}

void exports_wasm_example_hello(text *ret)
{
    wasm_example_string_dup(ret, "Hello, World!");
}

uint32_t exports_wasm_example_get_random(void)
{
    wasm_example_list_u8_t bytes;
    wasi_random_random_get_random_bytes(4, &bytes);
    uint32_t number = (uint32_t)bytes.ptr[0] | (uint32_t)bytes.ptr[1] << 8 |
                      (uint32_t)bytes.ptr[2] << 16 | (uint32_t)bytes.ptr[3] << 24;
    return number % 100 + 1;
}

void exports_wasm_example_get_time(text *ret)
{
    wasi_clocks_wall_clock_datetime_t now;
    struct builder b = {0};
    wasi_clocks_wall_clock_now(&now);
    put_number(&b, now.seconds, 1);
    put_text(&b, ".");
    put_number(&b, now.nanoseconds, 9);
    give(&b, ret);
}

/* The first granted directory; false: there is none. */
static bool store_open(wasi_filesystem_types_own_descriptor_t *out_store)
{
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t granted;
    wasi_filesystem_preopens_get_directories(&granted);
    if (granted.len == 0)
        return false;
    *out_store = granted.ptr[0].f0;
    return true;
}

static void fail(const char *what, const text *key, text *ret)
{
    struct builder b = {0};
    put_text(&b, "error: ");
    put_text(&b, what);
    if (key != NULL) {
        put_text(&b, ": ");
        put(&b, key->ptr, key->len);
    }
    give(&b, ret);
}

void exports_wasm_example_kv_store(text *key, text *value, text *ret)
{
    wasi_filesystem_types_own_descriptor_t store, file;
    wasi_filesystem_types_error_code_t why;
    wasi_filesystem_types_filesize_t written = 0;
    if (!store_open(&store)) {
        fail("no directory is granted", NULL, ret);
        return;
    }
    if (!wasi_filesystem_types_method_descriptor_open_at(
            wasi_filesystem_types_borrow_descriptor(store), 0, key,
            WASI_FILESYSTEM_TYPES_OPEN_FLAGS_CREATE | WASI_FILESYSTEM_TYPES_OPEN_FLAGS_TRUNCATE,
            WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_READ |
                WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_WRITE,
            &file, &why)) {
        fail("key can not be written", key, ret);
        return;
    }
    wasi_filesystem_types_borrow_descriptor_t to = wasi_filesystem_types_borrow_descriptor(file);
    wasm_example_list_u8_t rest = {value->ptr, value->len};
    wasi_filesystem_types_filesize_t at = 0;
    while (rest.len != 0) {
        if (!wasi_filesystem_types_method_descriptor_write(to, &rest, at, &written, &why) ||
            written == 0 || written > rest.len) {
            fail("value can not be written", key, ret);
            return;
        }
        at += written;
        rest.ptr += written;
        rest.len -= (size_t)written;
    }
    if (!wasi_filesystem_types_method_descriptor_sync_data(to, &why)) {
        fail("value can not be kept", key, ret);
        return;
    }
    wasi_filesystem_types_descriptor_drop_own(file);
    wasi_filesystem_types_descriptor_drop_own(store);
    struct builder b = {0};
    put_text(&b, "stored: ");
    put(&b, key->ptr, key->len);
    give(&b, ret);
}

void exports_wasm_example_kv_read(text *key, text *ret)
{
    wasi_filesystem_types_own_descriptor_t store, file;
    wasi_filesystem_types_error_code_t why;
    wasi_filesystem_types_descriptor_stat_t stat;
    if (!store_open(&store)) {
        fail("no directory is granted", NULL, ret);
        return;
    }
    if (!wasi_filesystem_types_method_descriptor_open_at(
            wasi_filesystem_types_borrow_descriptor(store), 0, key, 0,
            WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_READ, &file, &why)) {
        fail("key not found", key, ret);
        return;
    }
    wasi_filesystem_types_borrow_descriptor_t from = wasi_filesystem_types_borrow_descriptor(file);
    if (!wasi_filesystem_types_method_descriptor_stat(from, &stat, &why)) {
        fail("key can not be read", key, ret);
        return;
    }
    struct builder b = {0};
    while (b.len < stat.size) {
        wasm_example_tuple2_list_u8_bool_t chunk;
        if (!wasi_filesystem_types_method_descriptor_read(from, stat.size - b.len, b.len, &chunk,
                                                          &why)) {
            /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): sdk/c takes no memory back. */
            fail("key can not be read", key, ret);
            return;
        }
        put(&b, chunk.f0.ptr, chunk.f0.len);
        if (chunk.f0.len == 0)
            break;
    }
    wasi_filesystem_types_descriptor_drop_own(file);
    wasi_filesystem_types_descriptor_drop_own(store);
    give(&b, ret);
}

/* Where `word` begins in `page` from `at` on; `page.len` when it does not. */
static size_t find(const wasm_example_list_u8_t *page, size_t at, const char *word)
{
    size_t len = strlen(word);
    for (; len <= page->len && at <= page->len - len; at++)
        if (memcmp(page->ptr + at, word, len) == 0)
            return at;
    return page->len;
}

/* The text between tags of page[from, to): tags left out. */
static void put_without_tags(struct builder *b, const uint8_t *page, size_t from, size_t to)
{
    bool in_tag = false;
    for (size_t i = from; i < to; i++) {
        if (page[i] == '<')
            in_tag = true;
        else if (page[i] == '>')
            in_tag = false;
        else if (!in_tag && page[i] >= ' ')
            put(b, page + i, 1);
    }
}

void exports_wasm_example_fetch_headlines(text *ret)
{
    text url, why;
    wasm_example_list_tuple2_string_string_t headers = {0};
    wasm_example_tuple3_u16_list_tuple2_string_string_list_u8_t reply;
    wasm_example_string_dup(&url, HEADLINES_URL);
    if (!privasys_enclave_os_https_fetch(0, &url, &headers, NULL, &reply, &why)) {
        fail("fetch", &why, ret);
        return;
    }
    const wasm_example_list_u8_t *page = &reply.f2;
    struct builder b = {0};
    size_t at = 0;
    for (unsigned count = 1; count <= HEADLINES_MAX; count++) {
        size_t tag = find(page, at, "<h3");
        size_t from = find(page, tag, ">");
        size_t to = find(page, from, "</h3>");
        if (to >= page->len)
            break;
        if (count > 1)
            put_text(&b, "\n");
        put_number(&b, count, 1);
        put_text(&b, ". ");
        put_without_tags(&b, page->ptr, from + 1, to);
        at = to;
    }
    if (b.len == 0)
        put_text(&b, "error: no headlines");
    give(&b, ret);
}
