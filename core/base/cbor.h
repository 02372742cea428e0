/*
 * core/base/cbor.h: deterministic CBOR (RFC 8949 4.2), read and written item by item.
 *
 * The reader is pulled: the caller knows what must come next and asks for it, so nothing is
 * skipped, nothing is guessed and there is no recursion. Accepted: unsigned and negative integers,
 * byte and text strings, arrays, maps with unsigned keys, tags, false and true. Refused with the
 * offset: anything else (floats, null, indefinite lengths), a head that is longer than it must be,
 * map keys that do not strictly ascend, text that is not UTF-8, bytes after the last item
 * (cbor_reader_end).
 *
 * Invariants:
 *   (1) A refused read changes neither the reader nor the output.
 *   (2) Strings point into the input; an array or map never claims more items than bytes are left.
 */
#ifndef AETHER_BASE_CBOR_H
#define AETHER_BASE_CBOR_H

#include "core/base/report.h"

enum cbor_major {
    CBOR_MAJOR_UINT = 0,
    CBOR_MAJOR_NEGATIVE = 1,
    CBOR_MAJOR_BYTES = 2,
    CBOR_MAJOR_TEXT = 3,
    CBOR_MAJOR_ARRAY = 4,
    CBOR_MAJOR_MAP = 5,
    CBOR_MAJOR_TAG = 6,
    CBOR_MAJOR_SIMPLE = 7,
    CBOR_MAJOR_NONE = 8,
};

struct cbor_reader {
    struct bytes rest;
    uint64_t offset; /* of rest.data[0], as reports say it */
    struct report *report;
};

/* A map being read: how many pairs are left, and the last key. */
struct cbor_map {
    uint64_t left;
    uint64_t last;
    bool has_last;
};

/* `offset` is where `input` stands in what the person sees; `report` may be NULL. */
void cbor_reader_init(struct cbor_reader *reader, struct bytes input, uint64_t offset,
                      struct report *report);

enum status MUST_CHECK cbor_read_uint(struct cbor_reader *reader, uint64_t *out_value);
enum status MUST_CHECK cbor_read_int(struct cbor_reader *reader, int64_t *out_value);
enum status MUST_CHECK cbor_read_bool(struct cbor_reader *reader, bool *out_value);
enum status MUST_CHECK cbor_read_bytes(struct cbor_reader *reader, struct bytes *out_bytes);
enum status MUST_CHECK cbor_read_text(struct cbor_reader *reader, struct bytes *out_text);
enum status MUST_CHECK cbor_read_array(struct cbor_reader *reader, uint64_t *out_count);
enum status MUST_CHECK cbor_read_tag(struct cbor_reader *reader, uint64_t *out_tag);
enum status MUST_CHECK cbor_read_map(struct cbor_reader *reader, struct cbor_map *out_map);
/* The next key of `map`; its value must be read before the next call. Only while map->left != 0. */
enum status MUST_CHECK cbor_read_key(struct cbor_reader *reader, struct cbor_map *map,
                                     uint64_t *out_key);

/* As cbor_read_bytes, of exactly `len` bytes. */
enum status MUST_CHECK cbor_read_bytes_exact(struct cbor_reader *reader, size_t len,
                                             struct bytes *out_bytes);

/* What the next item is; NONE at the end of the input. Reads nothing. */
enum cbor_major cbor_peek_major(const struct cbor_reader *reader);

/* OK when nothing is left. */
enum status MUST_CHECK cbor_reader_end(struct cbor_reader *reader);

/* Writes into a caller's buffer; the first item that does not fit makes the rest no-ops and
 * cbor_writer_end say NO_MEMORY. The caller gives map keys in ascending order. */
struct cbor_writer {
    struct buffer buffer;
    bool is_full;
};

void cbor_writer_init(struct cbor_writer *writer, void *memory, size_t cap);
void cbor_write_uint(struct cbor_writer *writer, uint64_t value);
void cbor_write_int(struct cbor_writer *writer, int64_t value);
void cbor_write_bool(struct cbor_writer *writer, bool value);
void cbor_write_bytes(struct cbor_writer *writer, struct bytes bytes);
void cbor_write_text(struct cbor_writer *writer, struct bytes text);
void cbor_write_array(struct cbor_writer *writer, uint64_t count);
void cbor_write_map(struct cbor_writer *writer, uint64_t count);
void cbor_write_tag(struct cbor_writer *writer, uint64_t tag);
/* The head of a byte string whose content the caller sends elsewhere. */
void cbor_write_bytes_head(struct cbor_writer *writer, uint64_t len);
enum status MUST_CHECK cbor_writer_end(const struct cbor_writer *writer, struct bytes *out_bytes);

#endif
