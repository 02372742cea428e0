/*
 * core/wasm/type_text.c: one printer per kind of type.
 */
#include "core/wasm/type_text.h"

static const struct {
    uint32_t heap;
    const char *name;      /* of the heap type */
    const char *shorthand; /* of the nullable reference to it */
} heaps[] = {
    {0x70, "func", "funcref"},       {0x6F, "extern", "externref"},
    {0x6E, "any", "anyref"},         {0x6D, "eq", "eqref"},
    {0x6C, "i31", "i31ref"},         {0x6B, "struct", "structref"},
    {0x6A, "array", "arrayref"},     {0x69, "exn", "exnref"},
    {0x71, "none", "nullref"},       {0x72, "noextern", "nullexternref"},
    {0x73, "nofunc", "nullfuncref"}, {0x74, "noexn", "nullexnref"},
};

/* "(ref null 3)" */
static void print_ref(struct text_sink out, const char *null, uint32_t heap)
{
    for (size_t i = 0; i < ARRAY_LEN(heaps); i++) {
        if (heap != (WASM_HEAP_ABSTRACT | heaps[i].heap))
            continue;
        if (*null != '\0') {
            text_word(out, heaps[i].shorthand);
        } else {
            text_word(out, "(ref ");
            text_word(out, heaps[i].name);
            text_char(out, ')');
        }
        return;
    }
    text_word(out, "(ref ");
    text_word(out, null);
    text_number(out, heap);
    text_char(out, ')');
}

void wasm_text_value_type(struct text_sink out, uint32_t type)
{
    if (wasm_type_is_ref(type))
        print_ref(out, (type & WASM_TYPE_NULL_BIT) != 0 ? "null " : "", type & WASM_TYPE_HEAP_MASK);
    else
        text_word(out, wasm_type_name(type));
}

static void print_types(struct text_sink out, const char *word, const uint32_t *types,
                        uint32_t count)
{
    if (count == 0)
        return;
    text_word(out, " (");
    text_word(out, word);
    for (uint32_t i = 0; i < count; i++) {
        text_char(out, ' ');
        wasm_text_value_type(out, types[i]);
    }
    text_char(out, ')');
}

void wasm_text_func_type(struct text_sink out, const struct wasm_func_type *type)
{
    text_word(out, "(func");
    print_types(out, "param", type->params, type->param_count);
    print_types(out, "result", type->results, type->result_count);
    text_char(out, ')');
}

static void print_field(struct text_sink out, const struct wasm_field *field)
{
    text_word(out, field->is_mutable ? " (mut " : " ");
    wasm_text_value_type(out, field->type);
    text_word(out, field->is_mutable ? ")" : "");
}

static void print_composite(struct text_sink out, const struct wasm_type *type)
{
    if (type->kind == WASM_KIND_FUNC) {
        wasm_text_func_type(out, &type->func);
    } else if (type->kind == WASM_KIND_ARRAY) {
        text_word(out, "(array");
        print_field(out, &type->element);
        text_char(out, ')');
    } else {
        text_word(out, "(struct");
        for (uint32_t i = 0; i < type->fields.field_count; i++) {
            text_word(out, " (field");
            print_field(out, &type->fields.fields[i]);
            text_char(out, ')');
        }
        text_char(out, ')');
    }
}

void wasm_text_defined_type(struct text_sink out, const struct wasm_type *type)
{
    if (type->is_final && type->supertype == WASM_NO_SUPERTYPE) {
        print_composite(out, type);
        return;
    }
    text_word(out, type->is_final ? "(sub final " : "(sub ");
    if (type->supertype != WASM_NO_SUPERTYPE) {
        text_number(out, type->supertype);
        text_char(out, ' ');
    }
    print_composite(out, type);
    text_char(out, ')');
}

static void print_limits(struct text_sink out, const struct wasm_limits *limits)
{
    text_word(out, limits->is_64 ? " i64 " : " ");
    text_number(out, limits->min);
    if (limits->has_max) {
        text_char(out, ' ');
        text_number(out, limits->max);
    }
    if (limits->is_shared)
        text_word(out, " shared");
}

void wasm_text_memory_type(struct text_sink out, const struct wasm_memory_type *memory)
{
    text_word(out, "(memory");
    print_limits(out, &memory->limits);
    if (memory->page_log2 != 16) {
        text_word(out, " (pagesize ");
        text_number(out, (uint64_t)1 << memory->page_log2);
        text_char(out, ')');
    }
    text_char(out, ')');
}

void wasm_text_table_type(struct text_sink out, const struct wasm_table *table)
{
    text_word(out, "(table");
    print_limits(out, &table->limits);
    text_char(out, ' ');
    wasm_text_value_type(out, table->type);
    text_char(out, ')');
}

void wasm_text_global_type(struct text_sink out, const struct wasm_global *global)
{
    text_word(out, global->is_mutable ? "(global (mut " : "(global ");
    wasm_text_value_type(out, global->type);
    text_word(out, global->is_mutable ? "))" : ")");
}

#define SPELLED_MOST 32u

static void print_func(struct text_sink out, const struct wasm_module *module, uint32_t type_index)
{
    const struct wasm_func_type *type = &module->types[type_index].func;
    if (type->param_count + type->result_count <= SPELLED_MOST) {
        wasm_text_func_type(out, type);
        return;
    }
    text_word(out, "(func (type ");
    text_number(out, type_index);
    text_word(out, "))");
}

static void print_tag(struct text_sink out, const struct wasm_module *module, uint32_t type_index)
{
    const struct wasm_func_type *type = &module->types[type_index].func;
    text_word(out, "(tag");
    if (type->param_count > SPELLED_MOST) {
        text_word(out, " (type ");
        text_number(out, type_index);
        text_char(out, ')');
    } else {
        print_types(out, "param", type->params, type->param_count);
    }
    text_char(out, ')');
}

void wasm_text_extern_type(struct text_sink out, const struct wasm_module *module,
                           enum wasm_extern_kind kind, uint32_t index)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        print_func(out, module, module->funcs[index].type_index);
        break;
    case WASM_EXTERN_TABLE:
        wasm_text_table_type(out, &module->tables[index]);
        break;
    case WASM_EXTERN_MEMORY:
        wasm_text_memory_type(out, &module->memories[index]);
        break;
    case WASM_EXTERN_GLOBAL:
        wasm_text_global_type(out, &module->globals[index]);
        break;
    case WASM_EXTERN_TAG:
    default:
        print_tag(out, module, module->tags[index].type_index);
        break;
    }
}

const char *wasm_text_kind(enum wasm_extern_kind kind)
{
    static const char *const words[] = {"func", "table", "memory", "global", "tag"};
    return words[kind];
}
