/*
 * core/wasm/validate_gc.c: structs and arrays (WASM 3.0 §3.4.8).
 *
 * A type is named by its index, op.index; what is pushed is a reference to its canonical type. A
 * packed field is an i32 on the stack.
 */
#include "core/wasm/limits.h"
#include "core/wasm/subtype.h"
#include "core/wasm/validate_internal.h"

static uint32_t unpacked(uint32_t type)
{
    return type == WASM_TYPE_I8 || type == WASM_TYPE_I16 ? WASM_TYPE_I32 : type;
}

static enum status need_type(const struct wasm_reader *reader, uint32_t index,
                             enum wasm_type_kind kind, const struct wasm_type **out_type)
{
    const struct wasm_module *module = reader->module;
    if (index >= module->type_count)
        return wasm_reader_fail_u64(reader, "unknown type %", index);
    if (module->types[index].kind != kind)
        return wasm_reader_fail_u64(reader,
                                    kind == WASM_KIND_STRUCT
                                        ? "type mismatch: type % is no struct type"
                                        : "type mismatch: type % is no array type",
                                    index);
    *out_type = &module->types[index];
    return STATUS_OK;
}

static enum status push_new(struct wasm_reader *reader, const struct wasm_type *type)
{
    return wasm_reader_push(reader, WASM_TYPE_REF(type->canonical));
}

static enum status struct_new(struct wasm_reader *reader)
{
    const struct wasm_type *type;
    enum status status = need_type(reader, reader->op.index, WASM_KIND_STRUCT, &type);
    if (status != STATUS_OK)
        return status;
    if (reader->op.code == WASM_OP_STRUCT_NEW) {
        status = wasm_reader_pop_many(reader, wasm_struct_operands(&type->fields),
                                      type->fields.field_count);
        return status != STATUS_OK ? status : push_new(reader, type);
    }
    if (!type->fields.is_defaultable)
        return wasm_reader_fail_u64(reader, "type mismatch: a field of type % has no default value",
                                    reader->op.index);
    return push_new(reader, type);
}

/* Packed fields are read with a sign and others without. */
static enum status check_sign(const struct wasm_reader *reader, const struct wasm_field *field,
                              bool is_signed)
{
    bool is_packed = unpacked(field->type) != field->type;
    if (is_packed == is_signed)
        return STATUS_OK;
    return wasm_reader_fail(
        reader, is_packed ? "type mismatch: a packed field is read by get_s or get_u, not by get"
                          : "type mismatch: only a packed field is read by get_s or get_u");
}

static enum status struct_access(struct wasm_reader *reader)
{
    const struct wasm_type *type;
    enum status status = need_type(reader, reader->op.index, WASM_KIND_STRUCT, &type);
    if (status != STATUS_OK)
        return status;
    if (reader->op.index2 >= type->fields.field_count)
        return wasm_reader_fail_u64(reader, "unknown field %", reader->op.index2);
    const struct wasm_field *field = &type->fields.fields[reader->op.index2];
    const uint32_t operands[] = {WASM_TYPE_REF_NULL(type->canonical), unpacked(field->type)};
    reader->op.type = field->type;
    if (reader->op.code == WASM_OP_STRUCT_SET) {
        if (!field->is_mutable)
            return wasm_reader_fail_u64(reader, "field % is immutable", reader->op.index2);
        return wasm_reader_pop_many(reader, operands, 2);
    }
    status = check_sign(reader, field, reader->op.code != WASM_OP_STRUCT_GET);
    if (status == STATUS_OK)
        status = wasm_reader_pop(reader, operands[0]);
    return status != STATUS_OK ? status : wasm_reader_push(reader, operands[1]);
}

/* array.new, array.new_default, array.new_fixed */
static enum status array_new(struct wasm_reader *reader, const struct wasm_type *type)
{
    uint32_t element = unpacked(type->element.type);
    enum status status;
    switch (reader->op.code) {
    case WASM_OP_ARRAY_NEW:
        status = wasm_reader_pop_many(reader, (const uint32_t[]){element, WASM_TYPE_I32}, 2);
        break;
    case WASM_OP_ARRAY_NEW_DEFAULT:
        if (!wasm_type_is_defaultable(element))
            return wasm_reader_fail_u64(
                reader, "type mismatch: the elements of type % have no default value",
                reader->op.index);
        status = wasm_reader_pop(reader, WASM_TYPE_I32);
        break;
    default:
        if (reader->op.index2 > WASM_LIMIT_FIELDS)
            return report_fail_u64(reader->cursor.report, STATUS_LIMIT, wasm_reader_offset(reader),
                                   "array.new_fixed takes more than % values", WASM_LIMIT_FIELDS);
        status = wasm_reader_pop_same(reader, element, reader->op.index2);
        break;
    }
    return status != STATUS_OK ? status : push_new(reader, type);
}

static enum status array_access(struct wasm_reader *reader, const struct wasm_type *type)
{
    uint32_t element = unpacked(type->element.type), ref = WASM_TYPE_REF_NULL(type->canonical);
    enum status status;
    switch (reader->op.code) {
    case WASM_OP_ARRAY_SET:
        return wasm_reader_pop_many(reader, (const uint32_t[]){ref, WASM_TYPE_I32, element}, 3);
    case WASM_OP_ARRAY_FILL:
        return wasm_reader_pop_many(
            reader, (const uint32_t[]){ref, WASM_TYPE_I32, element, WASM_TYPE_I32}, 4);
    default:
        status = check_sign(reader, &type->element, reader->op.code != WASM_OP_ARRAY_GET);
        if (status == STATUS_OK)
            status = wasm_reader_pop_many(reader, (const uint32_t[]){ref, WASM_TYPE_I32}, 2);
        return status != STATUS_OK ? status : wasm_reader_push(reader, element);
    }
}

static enum status array_copy(struct wasm_reader *reader, const struct wasm_type *to)
{
    const struct wasm_type *from;
    enum status status = need_type(reader, reader->op.index2, WASM_KIND_ARRAY, &from);
    if (status != STATUS_OK)
        return status;
    if (!wasm_type_is_subtype(reader->module->types, from->element.type, to->element.type))
        return wasm_reader_fail_types(reader, to->element.type, from->element.type);
    const uint32_t operands[] = {WASM_TYPE_REF_NULL(to->canonical), WASM_TYPE_I32,
                                 WASM_TYPE_REF_NULL(from->canonical), WASM_TYPE_I32, WASM_TYPE_I32};
    return wasm_reader_pop_many(reader, operands, 5);
}

/* The segment that fills the array: data fit numbers, elements fit references. */
static enum status check_segment(const struct wasm_reader *reader, const struct wasm_type *type,
                                 bool is_elem)
{
    const struct wasm_module *module = reader->module;
    uint32_t segment = reader->op.index2;
    if (!is_elem) {
        enum status status = wasm_reader_need_data(reader, segment);
        if (status != STATUS_OK)
            return status;
        if (wasm_type_is_ref(type->element.type))
            return wasm_reader_fail_u64(reader,
                                        "type mismatch: data can not be elements of type %, which "
                                        "are references",
                                        reader->op.index);
        return STATUS_OK;
    }
    if (segment >= module->elem_count)
        return wasm_reader_fail_u64(reader, "unknown elem segment %", segment);
    if (!wasm_type_is_subtype(module->types, module->elems[segment].type, type->element.type))
        return wasm_reader_fail_types(reader, type->element.type, module->elems[segment].type);
    return STATUS_OK;
}

static enum status array_segment(struct wasm_reader *reader, const struct wasm_type *type)
{
    uint32_t code = reader->op.code;
    bool is_new = code == WASM_OP_ARRAY_NEW_DATA || code == WASM_OP_ARRAY_NEW_ELEM;
    enum status status = check_segment(
        reader, type, code == WASM_OP_ARRAY_NEW_ELEM || code == WASM_OP_ARRAY_INIT_ELEM);
    if (status != STATUS_OK)
        return status;
    const uint32_t operands[] = {WASM_TYPE_REF_NULL(type->canonical), WASM_TYPE_I32, WASM_TYPE_I32,
                                 WASM_TYPE_I32};
    if (!is_new)
        return wasm_reader_pop_many(reader, operands, 4);
    status = wasm_reader_pop_many(reader, operands + 1, 2);
    return status != STATUS_OK ? status : push_new(reader, type);
}

static bool is_written(uint32_t code)
{
    return code == WASM_OP_ARRAY_SET || code == WASM_OP_ARRAY_FILL || code == WASM_OP_ARRAY_COPY ||
           code == WASM_OP_ARRAY_INIT_DATA || code == WASM_OP_ARRAY_INIT_ELEM;
}

static enum status array_op(struct wasm_reader *reader)
{
    const struct wasm_type *type;
    enum status status = need_type(reader, reader->op.index, WASM_KIND_ARRAY, &type);
    if (status != STATUS_OK)
        return status;
    reader->op.type = type->element.type;
    if (is_written(reader->op.code) && !type->element.is_mutable)
        return wasm_reader_fail_u64(reader,
                                    "immutable array: the elements of type % can not be "
                                    "written",
                                    reader->op.index);
    switch (reader->op.code) {
    case WASM_OP_ARRAY_NEW:
    case WASM_OP_ARRAY_NEW_DEFAULT:
    case WASM_OP_ARRAY_NEW_FIXED:
        return array_new(reader, type);
    case WASM_OP_ARRAY_NEW_DATA:
    case WASM_OP_ARRAY_NEW_ELEM:
    case WASM_OP_ARRAY_INIT_DATA:
    case WASM_OP_ARRAY_INIT_ELEM:
        return array_segment(reader, type);
    case WASM_OP_ARRAY_COPY:
        return array_copy(reader, type);
    default:
        return array_access(reader, type);
    }
}

static enum status array_len(struct wasm_reader *reader)
{
    enum status status = wasm_reader_pop(reader, WASM_TYPE_ARRAYREF);
    return status != STATUS_OK ? status : wasm_reader_push(reader, WASM_TYPE_I32);
}

enum status wasm_reader_gc(struct wasm_reader *reader)
{
    switch (reader->op.code) {
    case WASM_OP_STRUCT_NEW:
    case WASM_OP_STRUCT_NEW_DEFAULT:
        return struct_new(reader);
    case WASM_OP_STRUCT_GET:
    case WASM_OP_STRUCT_GET_S:
    case WASM_OP_STRUCT_GET_U:
    case WASM_OP_STRUCT_SET:
        return struct_access(reader);
    case WASM_OP_ARRAY_LEN:
        return array_len(reader);
    default:
        ASSERT(reader->op.code >= WASM_OP_ARRAY_NEW && reader->op.code <= WASM_OP_ARRAY_INIT_ELEM);
        return array_op(reader);
    }
}
