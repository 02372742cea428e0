/*
 * suite/pack.h: a packed suite: files of the specification's tests, in a form that a freestanding
 * runner can read.
 *
 * Little-endian. `str` is a u32 length and that many bytes; `bool` is one byte, 0 or 1.
 *
 *   pack     "AETHRWST" | u32 version (1) | u32 files | u64 length of the whole pack | file...
 *   file     str name | u32 commands | u32 length of what follows | command...
 *   command  u8 kind (SUITE_COMMAND_LIST) | u32 line in the .wast file | u32 length | body
 *   body     MODULE DEFINITION       str id | str module
 *            INSTANCE                str id | str id of the definition
 *            REGISTER                str name | str id
 *            ACTION                  action
 *            RETURN                  action | values
 *            TRAP EXHAUSTION EXCEPTION                       action | str text
 *            INVALID MALFORMED UNLINKABLE UNINSTANTIABLE     str module | str text
 *            TEXT AGENT              str text
 *            COMPONENT COMPONENT_DEFINITION, and so on: as above, but for
 *            COMPONENT_ACTION        component action
 *            COMPONENT_RETURN        component action | nodes
 *            COMPONENT_TRAP          component action | str text
 *   action   bool is_get | str id | str name of the export | values
 *   values   u32 count | value...  (value.h); an `either` and its alternatives count as one
 *   component action   str id | str name of the export | nodes
 *   nodes    u32 count | node...  (component_node.h); what is in a node does not count
 *
 * An empty id is the latest module (definition). suite_pack_open reads everything once, so that
 * what comes after it can not fail.
 *
 * Invariants:
 *   (1) Every byte of a pack belongs to exactly one item: cut or lengthened anywhere, it is
 * refused. (2) Strings point into the pack.
 */
#ifndef AETHER_SUITE_PACK_H
#define AETHER_SUITE_PACK_H

#include "core/base/report.h"
#include "suite/component_node.h"
#include "suite/value.h"

#define SUITE_PACK_VERSION     1u
#define SUITE_PACK_MAGIC       "AETHRWST"
#define SUITE_PACK_MAGIC_BYTES 8
#define SUITE_PACK_HEAD_BYTES  24

/* Number, name, the suite's word, and whether it says something of the engine (is counted). */
#define SUITE_COMMAND_LIST(X)                                                                      \
    X(1, MODULE, "module", false)                                                                  \
    X(2, DEFINITION, "module_definition", false)                                                   \
    X(3, INSTANCE, "module_instance", false)                                                       \
    X(4, REGISTER, "register", false)                                                              \
    X(5, ACTION, "action", false)                                                                  \
    X(6, RETURN, "assert_return", true)                                                            \
    X(7, TRAP, "assert_trap", true)                                                                \
    X(8, EXHAUSTION, "assert_exhaustion", true)                                                    \
    X(9, EXCEPTION, "assert_exception", true)                                                      \
    X(10, INVALID, "assert_invalid", true)                                                         \
    X(11, MALFORMED, "assert_malformed", true)                                                     \
    X(12, UNLINKABLE, "assert_unlinkable", true)                                                   \
    X(13, UNINSTANTIABLE, "assert_uninstantiable", true)                                           \
    X(14, TEXT, "text", true)                                                                      \
    X(15, AGENT, "agent", true)                                                                    \
    X(16, COMPONENT, "component", false)                                                           \
    X(17, COMPONENT_DEFINITION, "component_definition", false)                                     \
    X(18, COMPONENT_INSTANCE, "component_instance", false)                                         \
    X(19, COMPONENT_ACTION, "action", false)                                                       \
    X(20, COMPONENT_RETURN, "assert_return", true)                                                 \
    X(21, COMPONENT_TRAP, "assert_trap", true)                                                     \
    X(22, COMPONENT_INVALID, "assert_invalid", true)                                               \
    X(23, COMPONENT_MALFORMED, "assert_malformed", true)                                           \
    X(24, COMPONENT_UNLINKABLE, "assert_unlinkable", true)                                         \
    X(25, COMPONENT_UNINSTANTIABLE, "assert_uninstantiable", true)

enum suite_command_kind {
    SUITE_COMMAND_NONE = 0, /* in memory only: not read yet */
#define X(number, name, word, is_counted) SUITE_COMMAND_##name = number,
    SUITE_COMMAND_LIST(X)
#undef X
};

/* What a kind does not have is empty. */
struct suite_command {
    enum suite_command_kind kind;
    uint32_t line;
    bool is_get;
    struct bytes id;
    struct bytes name;   /* of the export, to register as, or the definition's id */
    struct bytes module; /* binary */
    struct bytes text;
    struct suite_values args;
    struct suite_values expected;
};

struct suite_file {
    struct bytes name;
    uint32_t command_count;
    struct bytes commands;
};

struct suite_pack {
    uint32_t file_count;
    struct bytes files;
};

/* Checks all of it. MALFORMED or TRUNCATED, with the offset. */
enum status MUST_CHECK suite_pack_open(struct bytes input, struct suite_pack *out_pack,
                                       struct report *report);

/* The next file of a pack that was opened, the next command of its file; false: there is none. */
bool suite_pack_next(struct suite_pack *pack, struct suite_file *out_file);
bool suite_file_next(struct suite_file *file, struct suite_command *out_command);

/* "assert_return"; whether it counts as an assertion. */
const char *suite_command_word(enum suite_command_kind kind);
bool suite_command_is_counted(enum suite_command_kind kind);

/* Writes packs, into a caller's buffer. The first item that does not fit makes the rest no-ops and
 * suite_writer_end say NO_MEMORY. suite_writer_file begins a file, which suite_writer_file_end
 * completes. */
struct suite_writer {
    struct buffer buffer;
    bool is_full;
    uint32_t file_count;
    uint32_t command_count;
    size_t file_head; /* offset of the open file's counts */
};

void suite_writer_init(struct suite_writer *writer, void *memory, size_t cap);
void suite_writer_file(struct suite_writer *writer, struct bytes name);
void suite_writer_command(struct suite_writer *writer, const struct suite_command *command);
void suite_writer_file_end(struct suite_writer *writer);
enum status MUST_CHECK suite_writer_end(struct suite_writer *writer, struct bytes *out_pack);

#endif
