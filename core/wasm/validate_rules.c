/*
 * core/wasm/validate_rules.c: operators with a rule of their own that are not control
 * (WASM 3.0 §3.4.2 to §3.4.8).
 */
#include "core/wasm/memory.h"
#include "core/wasm/subtype.h"
#include "core/wasm/validate_internal.h"

/* Of a bulk operator: where to, where from or what, how many. */
static enum status pop_range(struct wasm_reader *reader, uint32_t to, uint32_t from, uint32_t count)
{
    const uint32_t types[] = {to, from, count};
    return wasm_reader_pop_many(reader, types, 3);
}

static enum status select_untyped(struct wasm_reader *reader)
{
    uint32_t first, second;
    enum status status = wasm_reader_pop(reader, WASM_TYPE_I32);
    if (status != STATUS_OK)
        return status;
    status = wasm_reader_pop_any(reader, &second);
    if (status != STATUS_OK)
        return status;
    status = wasm_reader_pop_any(reader, &first);
    if (status != STATUS_OK)
        return status;
    if (wasm_type_is_ref(first) || wasm_type_is_ref(second))
        return wasm_reader_fail(reader, "type mismatch: a select between references has to name "
                                        "its type");
    if (first != second && first != WASM_TYPE_BOTTOM && second != WASM_TYPE_BOTTOM)
        return wasm_reader_fail(reader, "type mismatch: a select between two types");
    reader->op.type = first == WASM_TYPE_BOTTOM ? second : first;
    return wasm_reader_push(reader, reader->op.type);
}

static enum status select_typed(struct wasm_reader *reader)
{
    enum status status = wasm_reader_pop(reader, WASM_TYPE_I32);
    if (status != STATUS_OK)
        return status;
    uint32_t both[] = {reader->op.type, reader->op.type};
    status = wasm_reader_pop_many(reader, both, 2);
    if (status != STATUS_OK)
        return status;
    return wasm_reader_push(reader, reader->op.type);
}

static enum status local(struct wasm_reader *reader)
{
    uint32_t index = reader->op.index;
    if (UNLIKELY(index >= reader->local_count))
        return wasm_reader_fail_u64(reader, "unknown local %", index);
    uint32_t type = LIKELY(index < WASM_NEAR_LOCALS) ? reader->near_locals[index]
                                                     : wasm_reader_far_local(reader, index);
    reader->op.type = type;
    bool is_get = reader->op.code == WASM_OP_LOCAL_GET;
    if (UNLIKELY(!wasm_type_is_defaultable(type))) {
        if (is_get && !wasm_reader_local_is_set(reader, index))
            return wasm_reader_fail_u64(reader, "uninitialized local %", index);
        if (!is_get) {
            enum status status = wasm_reader_set_local(reader, index);
            if (status != STATUS_OK)
                return status;
        }
    }
    if (is_get)
        return wasm_reader_push(reader, type);
    enum status status = wasm_reader_pop(reader, type);
    if (status != STATUS_OK || reader->op.code == WASM_OP_LOCAL_SET)
        return status;
    return wasm_reader_push(reader, type);
}

static enum status global(struct wasm_reader *reader)
{
    uint32_t index = reader->op.index;
    if (index >= reader->module->global_count)
        return wasm_reader_fail_u64(reader, "unknown global %", index);
    const struct wasm_global *global = &reader->module->globals[index];
    reader->op.type = global->type;
    if (reader->op.code == WASM_OP_GLOBAL_GET)
        return wasm_reader_push(reader, global->type);
    if (!global->is_mutable)
        return wasm_reader_fail_u64(reader, "global % is immutable", index);
    return wasm_reader_pop(reader, global->type);
}

static enum status need_table(struct wasm_reader *reader, uint32_t index)
{
    if (index >= reader->module->table_count)
        return wasm_reader_fail_u64(reader, "unknown table %", index);
    reader->op.type = reader->module->tables[index].type;
    return STATUS_OK;
}

static enum status table_access(struct wasm_reader *reader)
{
    enum status status = need_table(reader, reader->op.index);
    if (status != STATUS_OK)
        return status;
    uint32_t type = reader->op.type;
    uint32_t address = wasm_address_type(&reader->module->tables[reader->op.index].limits);
    const uint32_t index_and_value[] = {address, type};
    const uint32_t value_and_count[] = {type, address};
    switch (reader->op.code) {
    case WASM_OP_TABLE_GET:
        status = wasm_reader_pop(reader, address);
        return status != STATUS_OK ? status : wasm_reader_push(reader, type);
    case WASM_OP_TABLE_SET:
        return wasm_reader_pop_many(reader, index_and_value, 2);
    case WASM_OP_TABLE_SIZE:
        return wasm_reader_push(reader, address);
    case WASM_OP_TABLE_GROW:
        status = wasm_reader_pop_many(reader, value_and_count, 2);
        return status != STATUS_OK ? status : wasm_reader_push(reader, address);
    default:
        return pop_range(reader, address, type, address); /* table.fill */
    }
}

static enum status table_copy(struct wasm_reader *reader)
{
    enum status status = need_table(reader, reader->op.index2);
    if (status != STATUS_OK)
        return status;
    uint32_t source_type = reader->op.type;
    status = need_table(reader, reader->op.index);
    if (status != STATUS_OK)
        return status;
    if (!wasm_type_is_subtype(reader->module->types, source_type, reader->op.type))
        return wasm_reader_fail(reader, "type mismatch: table.copy between tables of two types");
    const struct wasm_limits *to = &reader->module->tables[reader->op.index].limits;
    const struct wasm_limits *from = &reader->module->tables[reader->op.index2].limits;
    return pop_range(reader, wasm_address_type(to), wasm_address_type(from),
                     wasm_address_type_least(to, from));
}

static enum status need_elem(struct wasm_reader *reader, uint32_t index)
{
    if (index >= reader->module->elem_count)
        return wasm_reader_fail_u64(reader, "unknown elem segment %", index);
    return STATUS_OK;
}

static enum status table_init(struct wasm_reader *reader)
{
    enum status status = need_elem(reader, reader->op.index);
    if (status != STATUS_OK)
        return status;
    status = need_table(reader, reader->op.index2);
    if (status != STATUS_OK)
        return status;
    if (!wasm_type_is_subtype(reader->module->types, reader->module->elems[reader->op.index].type,
                              reader->op.type))
        return wasm_reader_fail(reader, "type mismatch: table.init from a segment of another type");
    return pop_range(reader, wasm_address_type(&reader->module->tables[reader->op.index2].limits),
                     WASM_TYPE_I32, WASM_TYPE_I32);
}

static enum status need_memory(struct wasm_reader *reader, uint32_t index)
{
    if (index >= reader->module->memory_count)
        return wasm_reader_fail_u64(reader, "unknown memory %", index);
    return STATUS_OK;
}

static enum status memory_copy(struct wasm_reader *reader)
{
    enum status status = need_memory(reader, reader->op.index2);
    if (status != STATUS_OK)
        return status;
    const struct wasm_limits *to = &reader->module->memories[reader->op.index].limits;
    const struct wasm_limits *from = &reader->module->memories[reader->op.index2].limits;
    return pop_range(reader, wasm_address_type(to), wasm_address_type(from),
                     wasm_address_type_least(to, from));
}

static enum status memory(struct wasm_reader *reader)
{
    enum status status = need_memory(reader, reader->op.index);
    if (status != STATUS_OK)
        return status;
    uint32_t address = wasm_address_type(&reader->module->memories[reader->op.index].limits);
    switch (reader->op.code) {
    case WASM_OP_MEMORY_SIZE:
        return wasm_reader_push(reader, address);
    case WASM_OP_MEMORY_GROW:
        status = wasm_reader_pop(reader, address);
        return status != STATUS_OK ? status : wasm_reader_push(reader, address);
    case WASM_OP_MEMORY_COPY:
        return memory_copy(reader);
    default:
        return pop_range(reader, address, WASM_TYPE_I32, address); /* memory.fill */
    }
}

enum status wasm_reader_need_data(const struct wasm_reader *reader, uint32_t index)
{
    if (!reader->module->has_data_count)
        return report_fail(reader->cursor.report, STATUS_MALFORMED, wasm_reader_offset(reader),
                           "a data segment is used without a data count section");
    if (index >= reader->module->data_count)
        return wasm_reader_fail_u64(reader, "unknown data segment %", index);
    return STATUS_OK;
}

static enum status memory_init(struct wasm_reader *reader)
{
    enum status status = wasm_reader_need_data(reader, reader->op.index);
    if (status != STATUS_OK)
        return status;
    status = need_memory(reader, reader->op.index2);
    if (status != STATUS_OK)
        return status;
    return pop_range(reader, wasm_address_type(&reader->module->memories[reader->op.index2].limits),
                     WASM_TYPE_I32, WASM_TYPE_I32);
}

static enum status ref_func(struct wasm_reader *reader)
{
    if (reader->op.index >= reader->module->func_count)
        return wasm_reader_fail_u64(reader, "unknown function %", reader->op.index);
    if (!reader->module->funcs[reader->op.index].is_declared)
        return wasm_reader_fail_u64(reader, "undeclared reference to function %", reader->op.index);
    reader->op.type = WASM_TYPE_REF(wasm_module_func_canonical(reader->module, reader->op.index));
    return wasm_reader_push(reader, reader->op.type);
}

enum status wasm_reader_rule(struct wasm_reader *reader)
{
    switch (reader->op.code) {
    case WASM_OP_LOCAL_GET:
    case WASM_OP_LOCAL_SET:
    case WASM_OP_LOCAL_TEE:
        return local(reader);
    case WASM_OP_GLOBAL_GET:
    case WASM_OP_GLOBAL_SET:
        return global(reader);
    case WASM_OP_DROP:
        return wasm_reader_pop_any(reader, &reader->op.type);
    case WASM_OP_SELECT:
        return select_untyped(reader);
    case WASM_OP_SELECT_T:
        return select_typed(reader);
    case WASM_OP_TABLE_GET:
    case WASM_OP_TABLE_SET:
    case WASM_OP_TABLE_SIZE:
    case WASM_OP_TABLE_GROW:
    case WASM_OP_TABLE_FILL:
        return table_access(reader);
    case WASM_OP_TABLE_COPY:
        return table_copy(reader);
    case WASM_OP_TABLE_INIT:
        return table_init(reader);
    case WASM_OP_ELEM_DROP:
        return need_elem(reader, reader->op.index);
    case WASM_OP_MEMORY_SIZE:
    case WASM_OP_MEMORY_GROW:
    case WASM_OP_MEMORY_COPY:
    case WASM_OP_MEMORY_FILL:
        return memory(reader);
    case WASM_OP_MEMORY_INIT:
        return memory_init(reader);
    case WASM_OP_DATA_DROP:
        return wasm_reader_need_data(reader, reader->op.index);
    case WASM_OP_REF_FUNC:
        return ref_func(reader);
    default:
        return wasm_reader_ref(reader);
    }
}
