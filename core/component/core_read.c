/*
 * core/component/core_read.c: core:type as it stands in the input (Binary.md "Type Definitions"):
 * the space of a scope, and module types. Recursion groups: core_group.c.
 *
 * A scope's core types look like those of a module to the readers of core/wasm: `view` has each
 * under its index, with its number in the registry as its canonical one.
 */
#include "core/component/core_read.h"
#include "core/component/limits.h"
#include "core/wasm/limits.h"
#include "core/wasm/read_extern.h"

#define FORM_SUB        0x50u
#define FORM_MODULE     0x50u
#define PREFIX_SUB      0x00u
#define DECL_IMPORT     0x00u
#define DECL_TYPE       0x01u
#define DECL_ALIAS      0x02u
#define DECL_EXPORT     0x03u
#define ALIAS_TYPE      0x10u
#define ALIAS_OUTER     0x01u
#define SPACE_FIRST_CAP 8u
#define NAMES_FIRST_CAP 8u

enum status component_core_reserve(struct component_types *types,
                                   struct component_core_space *space, uint32_t count)
{
    if (count > WASM_LIMIT_TYPES - space->count)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a component has more than % core types", WASM_LIMIT_TYPES);
    uint32_t needed = space->count + count;
    if (needed <= space->cap)
        return STATUS_OK;
    uint32_t doubled = space->cap == 0 ? SPACE_FIRST_CAP : space->cap * 2;
    uint32_t cap = needed > doubled ? needed : doubled;
    void *items = NULL, *view = NULL;
    enum status status = component_types_alloc(types, cap, sizeof *space->items, &items);
    if (status == STATUS_OK)
        status = component_types_alloc(types, cap, sizeof *space->view, &view);
    if (status != STATUS_OK)
        return status;
    if (space->count != 0) {
        memcpy(items, space->items, space->count * sizeof *space->items);
        memcpy(view, space->view, space->count * sizeof *space->view);
    }
    space->items = items;
    space->view = view;
    space->cap = cap;
    return STATUS_OK;
}

void component_core_put(const struct component_types *types, struct component_core_space *space,
                        const struct component_core_entry *entry)
{
    space->items[space->count] = *entry;
    if (entry->module != NULL)
        space->view[space->count] = (struct wasm_type){.canonical = CORE_NO_DEFINED_TYPE};
    else
        space->view[space->count] = types->core->store.types[entry->type];
    space->count++;
}

enum status component_core_append(struct component_types *types, struct component_core_space *space,
                                  const struct component_core_entry *entry)
{
    enum status status = component_core_reserve(types, space, 1);
    if (status == STATUS_OK)
        component_core_put(types, space, entry);
    return status;
}

enum status component_core_check_defined(const struct wasm_cursor *cursor, uint64_t offset,
                                         uint32_t type)
{
    if (wasm_type_has_defined(type) && wasm_type_heap(type) == CORE_NO_DEFINED_TYPE)
        return report_fail(cursor->report, STATUS_INVALID, offset,
                           "core type is not a func, struct or array type");
    return STATUS_OK;
}

/* ---- Module types ---- */

struct names {
    uint32_t count, cap;
    struct component_core_name *items;
};

static enum status add_name(struct component_types *types, struct names *names,
                            const struct component_core_name *name)
{
    if (names->count >= COMPONENT_LIMIT_ITEMS)
        return report_fail_u64(types->report, STATUS_LIMIT, types->offset,
                               "a module type has more than % imports or exports",
                               COMPONENT_LIMIT_ITEMS);
    if (names->count == names->cap) {
        uint32_t cap = names->cap == 0 ? NAMES_FIRST_CAP : names->cap * 2;
        void *room = NULL;
        enum status status = component_types_alloc(types, cap, sizeof *names->items, &room);
        if (status != STATUS_OK)
            return status;
        if (names->count != 0)
            memcpy(room, names->items, names->count * sizeof *names->items);
        names->items = room;
        names->cap = cap;
    }
    names->items[names->count++] = *name;
    return STATUS_OK;
}

static enum status read_extern(const struct component_core_reader *reader,
                               struct component_core_extern *out_type)
{
    const struct wasm_module view = component_core_view(reader->space);
    struct wasm_extern_type type;
    uint64_t offset = wasm_cursor_offset(reader->cursor);
    enum status status = wasm_read_extern_type(&view, reader->cursor, &type);
    if (status != STATUS_OK)
        return status;
    struct component_core_extern made = {.kind = type.kind};
    switch (type.kind) {
    case WASM_EXTERN_FUNC:
        ASSERT(view.types != NULL); /* the index is of one */
        made.type = view.types[type.type_index].canonical;
        break;
    case WASM_EXTERN_TABLE:
        made.type = type.table.type;
        made.limits = type.table.limits;
        break;
    case WASM_EXTERN_MEMORY:
        made.limits = type.memory.limits;
        made.page_log2 = type.memory.page_log2;
        break;
    case WASM_EXTERN_GLOBAL:
        made.type = type.global.type;
        made.is_mutable = type.global.is_mutable;
        break;
    case WASM_EXTERN_TAG:
        ASSERT(view.types != NULL);
        made.type = view.types[type.tag.type_index].canonical;
        break;
    }
    *out_type = made;
    bool is_value = made.kind == WASM_EXTERN_TABLE || made.kind == WASM_EXTERN_GLOBAL;
    return is_value ? component_core_check_defined(reader->cursor, offset, made.type) : STATUS_OK;
}

struct outer {
    component_core_outer_fn *find;
    const void *context;
};

static enum status read_alias(const struct component_core_reader *reader, const struct outer *outer)
{
    struct wasm_cursor *cursor = reader->cursor;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t sort = 0, target = 0;
    uint32_t depth = 0, index = 0;
    enum status status = wasm_read_byte(cursor, &sort);
    if (status == STATUS_OK)
        status = wasm_read_byte(cursor, &target);
    if (status == STATUS_OK && (sort != ALIAS_TYPE || target != ALIAS_OUTER))
        return report_fail(cursor->report, STATUS_MALFORMED, offset,
                           "an alias in a module type is of an outer type");
    if (status == STATUS_OK)
        status = wasm_read_u32(cursor, &depth);
    if (status == STATUS_OK)
        status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    const struct component_core_entry *entry =
        depth != 0                     ? outer->find(outer->context, depth, index)
        : index < reader->space->count ? &reader->space->items[index]
                                       : NULL;
    if (entry == NULL)
        return report_fail_u64x2(cursor->report, STATUS_INVALID, offset,
                                 "core type index out of bounds or invalid outer alias count: "
                                 "type % of scope %",
                                 index, depth);
    if (entry->module != NULL)
        return report_fail(cursor->report, STATUS_INVALID, offset,
                           "a module type can not stand inside of a module type");
    const struct component_core_entry copy = *entry;
    return component_core_append(reader->types, reader->space, &copy);
}

static enum status read_decl(const struct component_core_reader *reader, const struct outer *outer,
                             struct names *imports, struct names *exports)
{
    struct wasm_cursor *cursor = reader->cursor;
    struct component_core_name name = {0};
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t kind;
    enum status status = wasm_read_byte(cursor, &kind);
    if (status != STATUS_OK)
        return status;
    switch (kind) {
    case DECL_TYPE:
        return component_core_read_group(
            reader); /* 0x50 is a subtype here: there are no module types in one */
    case DECL_ALIAS:
        return read_alias(reader, outer);
    case DECL_IMPORT:
        status = wasm_read_name(cursor, &name.module);
        break;
    case DECL_EXPORT:
        break;
    default:
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset,
                               "% is no declaration of a module type", kind);
    }
    if (status == STATUS_OK)
        status = wasm_read_name(cursor, &name.name);
    if (status == STATUS_OK)
        status = read_extern(reader, &name.type);
    if (status != STATUS_OK)
        return status;
    return add_name(reader->types, kind == DECL_IMPORT ? imports : exports, &name);
}

static enum status read_module(const struct component_core_reader *outside,
                               const struct outer *outer)
{
    struct component_core_space space = {0};
    struct component_core_reader reader = *outside;
    struct names imports = {0}, exports = {0};
    uint32_t count;
    reader.space = &space;
    enum status status = wasm_read_count(reader.cursor, 2, COMPONENT_LIMIT_ITEMS,
                                         "a module type has more than % declarations", &count);
    for (uint32_t i = 0; status == STATUS_OK && i < count; i++)
        status = read_decl(&reader, outer, &imports, &exports);
    void *room = NULL;
    if (status == STATUS_OK)
        status = component_types_alloc(reader.types, 1, sizeof(struct component_core_type), &room);
    if (status != STATUS_OK)
        return status;
    struct component_core_type *type = room;
    *type = (struct component_core_type){.import_count = imports.count,
                                         .export_count = exports.count,
                                         .imports = imports.items,
                                         .exports = exports.items};
    status = component_core_finish(reader.types, type);
    if (status != STATUS_OK)
        return status;
    return component_core_append(reader.types, outside->space,
                                 &(struct component_core_entry){.module = type});
}

enum status component_core_read(struct component_types *types, struct wasm_cursor *cursor,
                                struct component_core_space *space, component_core_outer_fn *outer,
                                const void *context)
{
    struct component_core_reader reader = {types, NULL, cursor, space};
    const struct outer outside = {outer, context};
    enum status status = component_core_registry(types, &reader.store);
    if (status != STATUS_OK)
        return status;
    uint8_t form = cursor->at < cursor->end ? *cursor->at : 0xFF;
    if (form == FORM_MODULE) {
        cursor->at++;
        return read_module(&reader, &outside);
    }
    if (form == PREFIX_SUB) {
        cursor->at++;
        if (cursor->at >= cursor->end || *cursor->at != FORM_SUB)
            return wasm_cursor_fail(cursor, STATUS_MALFORMED, "a sub type is expected here");
    }
    return component_core_read_group(&reader);
}
