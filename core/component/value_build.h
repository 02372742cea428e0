/*
 * core/component/value_build.h: values made piece by piece by who reads text (text_*.c, json_*.c).
 * For core/component alone.
 */
#ifndef AETHER_COMPONENT_VALUE_BUILD_H
#define AETHER_COMPONENT_VALUE_BUILD_H

#include "core/base/arena.h"
#include "core/component/value.h"

/* A list of unknown length: its room doubles, so all of it costs no more than twice its size. */
struct value_list {
    struct arena *arena;
    const struct component_type *element;
    uint32_t count, cap;
    uint8_t *data;
};

void value_list_begin(struct value_list *list, const struct component_type *element,
                      struct arena *arena);
enum status MUST_CHECK value_list_add(struct value_list *list, const struct component_value *value);
/* `kind`: list, fixed list or map. */
struct component_value value_list_end(const struct value_list *list, enum component_kind kind);

/* Element `index` of a packed list, as a value. */
struct component_value value_of_packed(const struct component_items *list, enum component_kind kind,
                                       uint32_t index);

/* The label of a field, case or flag. For types of many labels an order of them is made once and
 * kept, so that a search takes log n steps. */
#define VALUE_LABELS_KEPT 16u
struct value_labels {
    struct arena *arena;
    struct {
        const struct component_type *type;
        const uint32_t *order;
    } kept[VALUE_LABELS_KEPT];
};

/* `*out_index`: the position of `name` among the fields of record, variant, enum, flags, or among
 * none and some, ok and err. NOT_FOUND, NO_MEMORY. `guess` is looked at first. */
enum status MUST_CHECK value_label_find(struct value_labels *labels,
                                        const struct component_type *type, struct bytes name,
                                        uint32_t guess, uint32_t *out_index);
struct bytes value_case_name(const struct component_type *type, uint32_t index);

/* A record's fields in any order: which have come. `values` and `seen` are of the arena. */
struct value_record {
    const struct component_type *type;
    struct component_value *values;
    uint8_t *seen;
};
enum status MUST_CHECK value_record_begin(struct value_record *record,
                                          const struct component_type *type, struct arena *arena);

/* Options that did not come are none. `*out_missing`: the first that had to come, or count. */
void value_record_end(struct value_record *record, uint32_t *out_missing,
                      struct component_value *out_value);

/* The payload in the arena; `payload` NULL: without. */
enum status MUST_CHECK value_case(struct arena *arena, const struct component_type *type,
                                  uint32_t index, const struct component_value *payload,
                                  struct component_value *out_value);

/* A decimal integer, a '-' in front of a negative one, as a value of the kind. NULL: it is one;
 * else what is wrong. */
const char *MUST_CHECK value_integer(struct bytes text, enum component_kind kind,
                                     struct component_value *out_value);

/* Text that is measured first and written then. */
struct value_text {
    uint8_t *data; /* NULL: measuring */
    size_t len;
};
void value_put(struct value_text *out, struct bytes text);
void value_put_char(struct value_text *out, char c);
void value_put_integer(struct value_text *out, const struct component_value *value);
void value_put_unsigned(struct value_text *out, uint64_t number);
#define VALUE_PUT(out, literal) value_put((out), BYTES_LITERAL(literal))

#endif
