/*
 * core/component/core_read.c: core:type as it stands in the input (Binary.md "Type Definitions"):
 * recursion groups and module types.
 *
 * A scope's core types look like those of a module to the readers of core/wasm: `view` has each
 * under its index, with its number in the registry as its canonical one. A group is read in the
 * registry's terms at once: its own types will stand behind all that are there.
 */
#include "core/component/core_registry.h"
#include "core/component/limits.h"
#include "core/wasm/limits.h"
#include "core/wasm/read_extern.h"
#include "core/wasm/read_type.h"

#define FORM_REC        0x4Eu
#define FORM_SUB_FINAL  0x4Fu
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
/* What a module type is in the view: no type of the registry, and nothing can be of it. */
#define NO_DEFINED_TYPE (WASM_HEAP_ABSTRACT - 1)

struct reader {
    struct component_types *types;
    struct wasm_store *store;
    struct wasm_cursor *cursor;
    struct component_core_space *space;
};

static struct wasm_module view_of(const struct component_core_space *space)
{
    return (struct wasm_module){.type_count = space->count, .types = space->view};
}

static enum status reserve_space(struct component_types *types, struct component_core_space *space,
                                 uint32_t count)
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

/* There is room. */
static void append(const struct component_types *types, struct component_core_space *space,
                   const struct component_core_entry *entry)
{
    space->items[space->count] = *entry;
    if (entry->module != NULL)
        space->view[space->count] = (struct wasm_type){.canonical = NO_DEFINED_TYPE};
    else
        space->view[space->count] = types->core->store.types[entry->type];
    space->count++;
}

enum status component_core_append(struct component_types *types, struct component_core_space *space,
                                  const struct component_core_entry *entry)
{
    enum status status = reserve_space(types, space, 1);
    if (status == STATUS_OK)
        append(types, space, entry);
    return status;
}

static enum status check_defined(const struct wasm_cursor *cursor, uint64_t offset, uint32_t type)
{
    if (wasm_type_has_defined(type) && wasm_type_heap(type) == NO_DEFINED_TYPE)
        return report_fail(cursor->report, STATUS_INVALID, offset,
                           "core type is not a func, struct or array type");
    return STATUS_OK;
}

/* ---- Recursion groups ---- */

static enum status read_list(const struct reader *reader, uint32_t limit, const char *sentence,
                             const uint32_t **out_types, uint32_t *out_count)
{
    struct wasm_cursor *cursor = reader->cursor;
    const struct wasm_module view = view_of(reader->space);
    void *room = NULL;
    enum status status = wasm_read_count(cursor, 1, limit, sentence, out_count);
    if (status == STATUS_OK)
        status = component_types_alloc(reader->types, *out_count, sizeof(uint32_t), &room);
    if (status != STATUS_OK)
        return status;
    uint32_t *list = room;
    for (uint32_t i = 0; i < *out_count && status == STATUS_OK; i++) {
        uint64_t offset = wasm_cursor_offset(cursor);
        status = wasm_read_value_type(cursor, &view, &list[i]);
        if (status == STATUS_OK)
            status = check_defined(cursor, offset, list[i]);
    }
    *out_types = list;
    return status;
}

static enum status read_func(const struct reader *reader, struct wasm_func_type *func)
{
    enum status status =
        read_list(reader, WASM_LIMIT_PARAMS, "a function type has more than % params",
                  &func->params, &func->param_count);
    if (status == STATUS_OK)
        status = read_list(reader, WASM_LIMIT_RESULTS, "a function type has more than % results",
                           &func->results, &func->result_count);
    if (status != STATUS_OK)
        return status;
    func->param_slots = wasm_types_slots(func->params, func->param_count);
    func->result_slots = wasm_types_slots(func->results, func->result_count);
    return STATUS_OK;
}

static enum status read_field(const struct reader *reader, struct wasm_field *field)
{
    struct wasm_cursor *cursor = reader->cursor;
    const struct wasm_module view = view_of(reader->space);
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t mutability = 0;
    enum status status = wasm_read_storage_type(cursor, &view, &field->type);
    if (status == STATUS_OK)
        status = check_defined(cursor, offset, field->type);
    if (status == STATUS_OK)
        status = wasm_read_byte(cursor, &mutability);
    if (status == STATUS_OK && mutability > 1)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset, "% is no mutability",
                               mutability);
    field->is_mutable = mutability == 1;
    return status;
}

static enum status read_struct(const struct reader *reader, struct wasm_struct_type *type)
{
    void *room = NULL;
    enum status status =
        wasm_read_count(reader->cursor, 2, WASM_LIMIT_FIELDS,
                        "a struct type has more than % fields", &type->field_count);
    if (status == STATUS_OK)
        status = component_types_alloc(reader->types, type->field_count, sizeof(struct wasm_field),
                                       &room);
    struct wasm_field *fields = room;
    for (uint32_t i = 0; status == STATUS_OK && i < type->field_count; i++)
        status = read_field(reader, &fields[i]);
    type->fields = fields;
    return status;
}

static enum status read_composite(const struct reader *reader, struct wasm_type *type)
{
    uint64_t offset = wasm_cursor_offset(reader->cursor);
    enum status status = wasm_read_byte(reader->cursor, &type->kind);
    if (status != STATUS_OK)
        return status;
    switch (type->kind) {
    case WASM_KIND_FUNC:
        return read_func(reader, &type->func);
    case WASM_KIND_STRUCT:
        return read_struct(reader, &type->fields);
    case WASM_KIND_ARRAY:
        return read_field(reader, &type->element);
    default:
        return report_fail_u64(reader->cursor->report, STATUS_MALFORMED, offset,
                               "% is no form of a core type", type->kind);
    }
}

/* At most one supertype, of those that stand before `self`. */
static enum status read_supertype(const struct reader *reader, uint32_t self,
                                  struct wasm_type *type)
{
    struct wasm_cursor *cursor = reader->cursor;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t count, index;
    enum status status = wasm_read_u32(cursor, &count);
    if (status != STATUS_OK || count == 0)
        return status;
    if (count > 1)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "a type has % supertypes instead of one", count);
    status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    if (index >= self || reader->space->items[index].module != NULL)
        return report_fail_u64(cursor->report, STATUS_INVALID, offset,
                               "unknown type %: a supertype stands before its subtypes", index);
    type->supertype = reader->space->view[index].canonical;
    return STATUS_OK;
}

static enum status read_subtype(const struct reader *reader, uint32_t self, struct wasm_type *type)
{
    struct wasm_cursor *cursor = reader->cursor;
    uint8_t form = cursor->at < cursor->end ? *cursor->at : 0;
    type->is_final = form != FORM_SUB;
    if (form == FORM_SUB || form == FORM_SUB_FINAL) {
        cursor->at++;
        enum status status = read_supertype(reader, self, type);
        if (status != STATUS_OK)
            return status;
    }
    return read_composite(reader, type);
}

/* How deep the supertypes of the group's types are; `base`: the number of the first. */
static enum status check_depths(const struct reader *reader, struct wasm_type *group,
                                uint32_t count, uint32_t base, uint64_t offset)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t super = group[i].supertype;
        if (super == WASM_NO_SUPERTYPE)
            continue;
        uint8_t above =
            super >= base ? group[super - base].depth : reader->store->types[super].depth;
        if (above >= WASM_LIMIT_SUBTYPE_DEPTH)
            return report_fail_u64(reader->cursor->report, STATUS_LIMIT, offset,
                                   "a type has more than % supertypes above it",
                                   WASM_LIMIT_SUBTYPE_DEPTH);
        group[i].depth = (uint8_t)(above + 1);
    }
    return STATUS_OK;
}

static enum status check_supertypes(const struct reader *reader, uint32_t first, uint32_t count,
                                    uint64_t offset)
{
    const struct wasm_type *types = reader->store->types;
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t super = types[i].supertype;
        if (super == WASM_NO_SUPERTYPE)
            continue;
        if (types[super].is_final || !wasm_type_can_extend(types, &types[i], &types[super]))
            return report_fail(reader->cursor->report, STATUS_INVALID, offset,
                               "sub type does not match its supertype");
    }
    return STATUS_OK;
}

/* The group's types stand in the space from its end on while they are read. */
static enum status read_group_types(const struct reader *reader, struct wasm_type *group,
                                    uint32_t count)
{
    struct component_core_space *space = reader->space;
    uint32_t first = space->count, base = reader->store->type_count;
    for (uint32_t i = 0; i < count; i++) {
        space->items[first + i] = (struct component_core_entry){NULL, base + i};
        space->view[first + i] = (struct wasm_type){.canonical = base + i};
        group[i] = (struct wasm_type){.supertype = WASM_NO_SUPERTYPE, .canonical = base + i};
    }
    space->count += count;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_subtype(reader, first + i, &group[i]);
    space->count = first;
    return status;
}

static enum status read_group(const struct reader *reader)
{
    struct wasm_cursor *cursor = reader->cursor;
    struct component_types *types = reader->types;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t count = 1, base = reader->store->type_count, id = 0;
    void *room = NULL;
    enum status status = STATUS_OK;
    if (cursor->at < cursor->end && *cursor->at == FORM_REC) {
        cursor->at++;
        status = wasm_read_count(cursor, 2, WASM_LIMIT_TYPES, "there are more than % core types",
                                 &count);
        if (status != STATUS_OK || count == 0)
            return status;
    }
    status = reserve_space(types, reader->space, count);
    if (status == STATUS_OK)
        status = component_types_alloc(types, count, sizeof(struct wasm_type), &room);
    struct wasm_type *group = room;
    if (status == STATUS_OK)
        status = read_group_types(reader, group, count);
    if (status == STATUS_OK)
        status = check_depths(reader, group, count, base, offset);
    if (status == STATUS_OK)
        status = wasm_store_add_group(reader->store, group, count, &id, types->report);
    if (status == STATUS_OK && id == base)
        status = check_supertypes(reader, id, count, offset);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        append(types, reader->space, &(struct component_core_entry){NULL, id + i});
    return status;
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

static enum status read_extern(const struct reader *reader, struct component_core_extern *out_type)
{
    const struct wasm_module view = view_of(reader->space);
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
    return is_value ? check_defined(reader->cursor, offset, made.type) : STATUS_OK;
}

struct outer {
    component_core_outer_fn *find;
    const void *context;
};

static enum status read_alias(const struct reader *reader, const struct outer *outer)
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

static enum status read_decl(const struct reader *reader, const struct outer *outer,
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
        return read_group(reader); /* 0x50 is a subtype here: there are no module types in one */
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

static enum status read_module(const struct reader *outside, const struct outer *outer)
{
    struct component_core_space space = {0};
    struct reader reader = *outside;
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
    struct reader reader = {types, NULL, cursor, space};
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
    return read_group(&reader);
}
