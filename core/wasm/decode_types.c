/*
 * core/wasm/decode_types.c: the type section (WASM 3.0 §5.3.5 to §5.3.9, §5.5.4).
 *
 * Recursion groups are read one after another; a type that stands alone is a group of one. A group
 * is read whole, then looked for among the earlier ones (type_registry.h), and only then its
 * supertypes are checked: what a declaration may extend depends on types that are equal.
 * How many types there are is counted first, because groups hide it and there is one array.
 */
#include "core/wasm/decode_internal.h"
#include "core/wasm/decode_type_count.h"
#include "core/wasm/limits.h"
#include "core/wasm/read_type.h"
#include "core/wasm/subtype.h"
#include "core/wasm/type_registry.h"

#define FORM_REC       0x4Eu
#define FORM_SUB_FINAL 0x4Fu
#define FORM_SUB       0x50u

struct type_section {
    struct wasm_decoder *decoder;
    struct wasm_module *module;
    struct wasm_cursor *cursor;
    struct wasm_type_registry registry;
    uint32_t capacity;
};

static enum status read_type_list(struct type_section *section, uint32_t limit,
                                  const char *limit_sentence, const uint32_t **out_types,
                                  uint32_t *out_count)
{
    struct wasm_cursor *cursor = section->cursor;
    uint32_t count;
    enum status status = wasm_read_count(cursor, 1, limit, limit_sentence, &count);
    if (status != STATUS_OK || count == 0)
        return status;
    void *room = NULL;
    status = wasm_decoder_alloc(section->decoder, cursor, count, sizeof(uint32_t), sizeof(uint32_t),
                                &room);
    if (status != STATUS_OK)
        return status;
    uint32_t *types = room;
    for (uint32_t i = 0; i < count; i++) {
        status = wasm_read_value_type(cursor, section->module, &types[i]);
        if (status != STATUS_OK)
            return status;
    }
    *out_types = types;
    *out_count = count;
    return STATUS_OK;
}

static enum status read_func_type(struct type_section *section, struct wasm_func_type *type)
{
    enum status status =
        read_type_list(section, WASM_LIMIT_PARAMS, "a function type has more than % params",
                       &type->params, &type->param_count);
    if (status != STATUS_OK)
        return status;
    status = read_type_list(section, WASM_LIMIT_RESULTS, "a function type has more than % results",
                            &type->results, &type->result_count);
    if (status != STATUS_OK)
        return status;
    type->param_slots = wasm_types_slots(type->params, type->param_count);
    type->result_slots = wasm_types_slots(type->results, type->result_count);
    return STATUS_OK;
}

static uint8_t size_of_field(uint32_t type)
{
    switch (type) {
    case WASM_TYPE_I8:
        return 1;
    case WASM_TYPE_I16:
        return 2;
    case WASM_TYPE_I64:
    case WASM_TYPE_F64:
        return 8;
    case WASM_TYPE_V128:
        return 16;
    default:
        return 4;
    }
}

static enum status read_field(struct type_section *section, struct wasm_field *field)
{
    struct wasm_cursor *cursor = section->cursor;
    enum status status = wasm_read_storage_type(cursor, section->module, &field->type);
    if (status != STATUS_OK)
        return status;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint8_t mutability;
    status = wasm_read_byte(cursor, &mutability);
    if (status != STATUS_OK)
        return status;
    if (mutability > 1)
        return report_fail_u64(cursor->report, STATUS_MALFORMED, offset, "% is no mutability",
                               mutability);
    field->is_mutable = mutability == 1;
    field->size = size_of_field(field->type);
    field->offset = wasm_type_is_ref(field->type) ? WASM_REF_ARRAY_HEADER : WASM_OBJECT_HEADER;
    return STATUS_OK;
}

/* Each field behind the last, where its size (at most 8) divides its offset; and the list of what
 * struct.new takes, behind the fields. */
static void lay_out_fields(struct wasm_struct_type *type, struct wasm_field *fields)
{
    uint32_t at = WASM_OBJECT_HEADER;
    uint32_t *operands = (uint32_t *)(void *)(fields + type->field_count);
    type->is_defaultable = true;
    for (uint32_t i = 0; i < type->field_count; i++) {
        uint32_t field_type = fields[i].type;
        bool is_packed = field_type == WASM_TYPE_I8 || field_type == WASM_TYPE_I16;
        operands[i] = is_packed ? WASM_TYPE_I32 : field_type;
        type->is_defaultable = type->is_defaultable && wasm_type_is_defaultable(field_type);
        uint32_t alignment = fields[i].size < 8 ? fields[i].size : 8;
        at = (at + alignment - 1) / alignment * alignment;
        fields[i].offset = at;
        at += fields[i].size;
    }
    type->fields = fields;
    type->size = (at + 7) / 8 * 8;
}

static enum status read_struct_type(struct type_section *section, struct wasm_struct_type *type)
{
    enum status status =
        wasm_read_count(section->cursor, 2, WASM_LIMIT_FIELDS,
                        "a struct type has more than % fields", &type->field_count);
    if (status != STATUS_OK)
        return status;
    void *room = NULL;
    status =
        wasm_decoder_alloc(section->decoder, section->cursor, type->field_count,
                           sizeof(struct wasm_field) + sizeof(uint32_t), sizeof(uint32_t), &room);
    if (status != STATUS_OK)
        return status;
    struct wasm_field *fields = room;
    for (uint32_t i = 0; i < type->field_count; i++) {
        status = read_field(section, &fields[i]);
        if (status != STATUS_OK)
            return status;
    }
    lay_out_fields(type, fields);
    return STATUS_OK;
}

static enum status read_composite(struct type_section *section, struct wasm_type *type)
{
    struct wasm_cursor before = *section->cursor;
    enum status status = wasm_read_byte(section->cursor, &type->kind);
    if (status != STATUS_OK)
        return status;
    switch (type->kind) {
    case WASM_KIND_FUNC:
        return read_func_type(section, &type->func);
    case WASM_KIND_STRUCT:
        return read_struct_type(section, &type->fields);
    case WASM_KIND_ARRAY:
        return read_field(section, &type->element);
    default:
        return report_fail_u64(before.report, STATUS_MALFORMED, wasm_cursor_offset(&before),
                               "% is no form of a type", type->kind);
    }
}

/* At most one supertype, of those that stand before this type. */
static enum status read_supertype(struct type_section *section, uint32_t self,
                                  struct wasm_type *type)
{
    struct wasm_cursor *cursor = section->cursor;
    struct wasm_cursor before = *cursor;
    uint32_t count, index;
    enum status status = wasm_read_u32(cursor, &count);
    if (status != STATUS_OK || count == 0)
        return status;
    if (count > 1)
        return report_fail_u64(before.report, STATUS_INVALID, wasm_cursor_offset(&before),
                               "a type has % supertypes instead of one", count);
    before = *cursor;
    status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    if (index >= self)
        return report_fail_u64(before.report, STATUS_INVALID, wasm_cursor_offset(&before),
                               "unknown type %: a supertype stands before its subtypes", index);
    type->supertype = section->module->types[index].canonical;
    return STATUS_OK;
}

static enum status read_subtype(struct type_section *section, uint32_t self)
{
    struct wasm_cursor *cursor = section->cursor;
    struct wasm_type *type = &section->module->types[self];
    uint8_t form = cursor->at < cursor->end ? *cursor->at : 0;
    type->is_final = form != FORM_SUB;
    if (form == FORM_SUB || form == FORM_SUB_FINAL) {
        cursor->at++;
        enum status status = read_supertype(section, self, type);
        if (status != STATUS_OK)
            return status;
    }
    return read_composite(section, type);
}

/* The group's last type has been read and its canonical types are known. */
static enum status check_supertypes(const struct type_section *section, uint32_t first,
                                    uint64_t offset)
{
    const struct wasm_type *types = section->module->types;
    struct report *report = section->decoder->report;
    for (uint32_t i = first; i < section->module->type_count; i++) {
        uint32_t supertype = types[i].supertype;
        if (supertype == WASM_NO_SUPERTYPE)
            continue;
        if (types[supertype].is_final)
            return report_fail_u64x2(report, STATUS_INVALID, offset,
                                     "sub type % does not match its supertype %, which is final", i,
                                     supertype);
        if (!wasm_type_can_extend(types, &types[i], &types[supertype]))
            return report_fail_u64x2(report, STATUS_INVALID, offset,
                                     "sub type % does not match its supertype %", i, supertype);
    }
    return STATUS_OK;
}

static enum status finish_group(struct type_section *section, uint32_t first, uint32_t count,
                                uint64_t offset)
{
    struct wasm_type *types = section->module->types;
    uint32_t canonical = wasm_type_registry_intern(&section->registry, first, count);
    if (canonical != first)
        wasm_type_group_move(types, first, count, canonical);
    if (!wasm_types_link(types, first, count))
        return report_fail_u64(section->decoder->report, STATUS_LIMIT, offset,
                               "a type has more than % supertypes above it",
                               WASM_LIMIT_SUBTYPE_DEPTH);
    return canonical != first ? STATUS_OK : check_supertypes(section, first, offset);
}

static enum status read_group(struct type_section *section)
{
    struct wasm_cursor *cursor = section->cursor;
    struct wasm_module *module = section->module;
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t first = module->type_count, count = 1;
    if (cursor->at < cursor->end && *cursor->at == FORM_REC) {
        cursor->at++;
        enum status status =
            wasm_read_count(cursor, 2, WASM_LIMIT_TYPES, "a module has more than % types", &count);
        if (status != STATUS_OK || count == 0)
            return status;
    }
    if (count > WASM_LIMIT_TYPES - first)
        return report_fail_u64(cursor->report, STATUS_LIMIT, offset,
                               "a module has more than % types", WASM_LIMIT_TYPES);
    ASSERT(count <= section->capacity - first); /* counted before */
    for (uint32_t i = first; i < first + count; i++)
        module->types[i] = (struct wasm_type){
            .starts_group = i == first, .canonical = i, .supertype = WASM_NO_SUPERTYPE};
    module->type_count += count;
    for (uint32_t i = first; i < first + count; i++) {
        enum status status = read_subtype(section, i);
        if (status != STATUS_OK)
            return status;
    }
    return finish_group(section, first, count, offset);
}

static enum status make_tables(struct type_section *section)
{
    struct wasm_decoder *decoder = section->decoder;
    void *types = NULL;
    enum status status = wasm_decoder_alloc(decoder, section->cursor, section->capacity,
                                            sizeof *section->module->types, 16, &types);
    if (status != STATUS_OK)
        return status;
    struct wasm_type_node *nodes =
        arena_alloc_aligned(decoder->scratch, section->capacity, sizeof *nodes, sizeof(uint32_t));
    if (nodes == NULL)
        return report_fail_u64(
            decoder->report, STATUS_NO_MEMORY, wasm_cursor_offset(section->cursor),
            "comparing % types does not fit the scratch memory", section->capacity);
    section->module->types = types;
    section->registry =
        (struct wasm_type_registry){.types = types, .nodes = nodes, .root = WASM_TYPE_NONE};
    return STATUS_OK;
}

enum status wasm_decode_types(struct wasm_decoder *decoder)
{
    if (!wasm_decoder_has(decoder, WASM_SECTION_TYPE))
        return STATUS_OK;
    struct type_section section = {.decoder = decoder,
                                   .module = decoder->module,
                                   .cursor = &decoder->sections[WASM_SECTION_TYPE]};
    section.capacity = wasm_count_types(*section.cursor);
    uint32_t count;
    enum status status = wasm_read_count(section.cursor, 2, WASM_LIMIT_TYPES,
                                         "a module has more than % types", &count);
    if (status != STATUS_OK)
        return status;
    size_t mark = arena_mark(decoder->scratch);
    status = make_tables(&section);
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++)
        status = read_group(&section);
    if (decoder->scratch != decoder->module_arena)
        arena_rewind(decoder->scratch, mark);
    return status != STATUS_OK ? status : wasm_decoder_close(section.cursor);
}
