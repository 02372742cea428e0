/*
 * core/component/core_group.c: recursion groups of core types as they stand in a core:type section.
 *
 * A group is read in the registry's terms at once: its own types will stand behind all that are
 * there.
 */
#include "core/component/core_read.h"
#include "core/wasm/limits.h"
#include "core/wasm/read_type.h"

#define FORM_REC       0x4Eu
#define FORM_SUB_FINAL 0x4Fu
#define FORM_SUB       0x50u

static enum status read_list(const struct component_core_reader *reader, uint32_t limit,
                             const char *sentence, const uint32_t **out_types, uint32_t *out_count)
{
    struct wasm_cursor *cursor = reader->cursor;
    const struct wasm_module view = component_core_view(reader->space);
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
            status = component_core_check_defined(cursor, offset, list[i]);
    }
    *out_types = list;
    return status;
}

static enum status read_func(const struct component_core_reader *reader,
                             struct wasm_func_type *func)
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

static enum status read_field(const struct component_core_reader *reader, struct wasm_field *field)
{
    struct wasm_cursor *cursor = reader->cursor;
    const struct wasm_module view = component_core_view(reader->space);
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t mutability = 0;
    enum status status = wasm_read_storage_type(cursor, &view, &field->type);
    if (status == STATUS_OK)
        status = component_core_check_defined(cursor, offset, field->type);
    if (status == STATUS_OK)
        status = wasm_read_byte(cursor, &mutability);
    if (status == STATUS_OK && mutability > 1)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset, "% is no mutability",
                               mutability);
    field->is_mutable = mutability == 1;
    return status;
}

static enum status read_struct(const struct component_core_reader *reader,
                               struct wasm_struct_type *type)
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

static enum status read_composite(const struct component_core_reader *reader,
                                  struct wasm_type *type)
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
static enum status read_supertype(const struct component_core_reader *reader, uint32_t self,
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

static enum status read_subtype(const struct component_core_reader *reader, uint32_t self,
                                struct wasm_type *type)
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
static enum status check_depths(const struct component_core_reader *reader, struct wasm_type *group,
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

static enum status check_supertypes(const struct component_core_reader *reader, uint32_t first,
                                    uint32_t count, uint64_t offset)
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
static enum status read_group_types(const struct component_core_reader *reader,
                                    struct wasm_type *group, uint32_t count)
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

enum status component_core_read_group(const struct component_core_reader *reader)
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
    status = component_core_reserve(types, reader->space, count);
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
        component_core_put(types, reader->space, &(struct component_core_entry){NULL, id + i});
    return status;
}
