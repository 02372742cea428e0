/*
 * suite/component_node.h: arguments and expected results of commands about components: values of
 * the component model as the suite writes them, without types.
 *
 * On the wire a value is a node with its children behind it: u8 kind, then by kind
 *   BOOL                        u8
 *   S8 to U64, F32, F64, CHAR   u64: the number's or the float's bits, not longer than its type
 *   STRING ENUM LABEL           str
 *   LIST TUPLE RECORD FLAGS     u32 count of children: values, of a record FIELDs, of flags LABELs
 *   FIELD                       str, then one child
 *   VARIANT                     str, bool, then one child if it is 1
 *   NONE                        nothing
 *   SOME                        one child
 *   OK ERROR                    bool, then one child if it is 1
 * A float that may be any NaN of a class is the canonical one: this engine makes no other.
 */
#ifndef AETHER_SUITE_COMPONENT_NODE_H
#define AETHER_SUITE_COMPONENT_NODE_H

#include "core/base/bytes.h"

#define SUITE_NODE_LIST(X)                                                                         \
    X(1, BOOL, "bool.const")                                                                       \
    X(2, S8, "s8.const")                                                                           \
    X(3, U8, "u8.const")                                                                           \
    X(4, S16, "s16.const")                                                                         \
    X(5, U16, "u16.const")                                                                         \
    X(6, S32, "s32.const")                                                                         \
    X(7, U32, "u32.const")                                                                         \
    X(8, S64, "s64.const")                                                                         \
    X(9, U64, "u64.const")                                                                         \
    X(10, F32, "f32.const")                                                                        \
    X(11, F64, "f64.const")                                                                        \
    X(12, CHAR, "char.const")                                                                      \
    X(13, STRING, "str.const")                                                                     \
    X(14, LIST, "list.const")                                                                      \
    X(15, TUPLE, "tuple.const")                                                                    \
    X(16, RECORD, "record.const")                                                                  \
    X(17, FIELD, "field")                                                                          \
    X(18, VARIANT, "variant.const")                                                                \
    X(19, ENUM, "enum.const")                                                                      \
    X(20, FLAGS, "flags.const")                                                                    \
    X(21, LABEL, "label")                                                                          \
    X(22, NONE, "option.none")                                                                     \
    X(23, SOME, "option.some")                                                                     \
    X(24, OK, "result.ok")                                                                         \
    X(25, ERROR, "result.err")

enum suite_node_kind {
    SUITE_NODE_UNREAD = 0, /* in memory only */
#define X(number, name, word) SUITE_NODE_##name = number,
    SUITE_NODE_LIST(X)
#undef X
};

struct suite_node {
    enum suite_node_kind kind;
    uint64_t bits;
    struct bytes text;
    uint32_t children;
};

/* Takes one node without its children. MALFORMED or TRUNCATED leave `*rest` anywhere. */
enum status MUST_CHECK suite_node_read(struct bytes *rest, struct suite_node *out_node);

/* Appends one. NO_MEMORY. */
enum status MUST_CHECK suite_node_write(struct buffer *buffer, const struct suite_node *node);

#endif
