/*
 * cli/wat.c: one printer per kind of type.
 */
#include "cli/wat.h"

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
static void print_ref(FILE *out, const char *null, uint32_t heap)
{
    for (size_t i = 0; i < ARRAY_LEN(heaps); i++) {
        if (heap != (WASM_HEAP_ABSTRACT | heaps[i].heap))
            continue;
        if (*null != '\0')
            (void)fputs(heaps[i].shorthand, out);
        else
            (void)fprintf(out, "(ref %s)", heaps[i].name);
        return;
    }
    (void)fprintf(out, "(ref %s%u)", null, heap);
}

void wat_value_type(FILE *out, uint32_t type)
{
    if (wasm_type_is_ref(type))
        print_ref(out, (type & WASM_TYPE_NULL_BIT) != 0 ? "null " : "", type & WASM_TYPE_HEAP_MASK);
    else
        (void)fputs(wasm_type_name(type), out);
}

static void print_types(FILE *out, const char *word, const uint32_t *types, uint32_t count)
{
    if (count == 0)
        return;
    (void)fprintf(out, " (%s", word);
    for (uint32_t i = 0; i < count; i++) {
        (void)fputc(' ', out);
        wat_value_type(out, types[i]);
    }
    (void)fputc(')', out);
}

void wat_func_type(FILE *out, const struct wasm_func_type *type)
{
    (void)fputs("(func", out);
    print_types(out, "param", type->params, type->param_count);
    print_types(out, "result", type->results, type->result_count);
    (void)fputc(')', out);
}

static void print_field(FILE *out, const struct wasm_field *field)
{
    (void)fputs(field->is_mutable ? " (mut " : " ", out);
    wat_value_type(out, field->type);
    (void)fputs(field->is_mutable ? ")" : "", out);
}

static void print_composite(FILE *out, const struct wasm_type *type)
{
    if (type->kind == WASM_KIND_FUNC) {
        wat_func_type(out, &type->func);
    } else if (type->kind == WASM_KIND_ARRAY) {
        (void)fputs("(array", out);
        print_field(out, &type->element);
        (void)fputc(')', out);
    } else {
        (void)fputs("(struct", out);
        for (uint32_t i = 0; i < type->fields.field_count; i++) {
            (void)fputs(" (field", out);
            print_field(out, &type->fields.fields[i]);
            (void)fputc(')', out);
        }
        (void)fputc(')', out);
    }
}

void wat_defined_type(FILE *out, const struct wasm_type *type)
{
    if (type->is_final && type->supertype == WASM_NO_SUPERTYPE) {
        print_composite(out, type);
        return;
    }
    (void)fputs(type->is_final ? "(sub final " : "(sub ", out);
    if (type->supertype != WASM_NO_SUPERTYPE)
        (void)fprintf(out, "%u ", type->supertype);
    print_composite(out, type);
    (void)fputc(')', out);
}

static void print_limits(FILE *out, const struct wasm_limits *limits)
{
    (void)fprintf(out, "%s%llu", limits->is_64 ? " i64 " : " ", (unsigned long long)limits->min);
    if (limits->has_max)
        (void)fprintf(out, " %llu", (unsigned long long)limits->max);
    if (limits->is_shared)
        (void)fputs(" shared", out);
}

void wat_memory_type(FILE *out, const struct wasm_memory_type *memory)
{
    (void)fputs("(memory", out);
    print_limits(out, &memory->limits);
    if (memory->page_log2 != 16)
        (void)fprintf(out, " (pagesize %llu)", 1ULL << memory->page_log2);
    (void)fputc(')', out);
}

void wat_table_type(FILE *out, const struct wasm_table *table)
{
    (void)fputs("(table", out);
    print_limits(out, &table->limits);
    (void)fputc(' ', out);
    wat_value_type(out, table->type);
    (void)fputc(')', out);
}

void wat_global_type(FILE *out, const struct wasm_global *global)
{
    (void)fputs(global->is_mutable ? "(global (mut " : "(global ", out);
    wat_value_type(out, global->type);
    (void)fputs(global->is_mutable ? "))" : ")", out);
}

#define SPELLED_MOST 32u

static void print_func(FILE *out, const struct wasm_module *module, uint32_t type_index)
{
    const struct wasm_func_type *type = &module->types[type_index].func;
    if (type->param_count + type->result_count > SPELLED_MOST)
        (void)fprintf(out, "(func (type %u))", type_index);
    else
        wat_func_type(out, type);
}

static void print_tag(FILE *out, const struct wasm_module *module, uint32_t type_index)
{
    const struct wasm_func_type *type = &module->types[type_index].func;
    (void)fputs("(tag", out);
    if (type->param_count > SPELLED_MOST)
        (void)fprintf(out, " (type %u)", type_index);
    else
        print_types(out, "param", type->params, type->param_count);
    (void)fputc(')', out);
}

void wat_extern_type(FILE *out, const struct wasm_module *module, enum wasm_extern_kind kind,
                     uint32_t index)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        print_func(out, module, module->funcs[index].type_index);
        break;
    case WASM_EXTERN_TABLE:
        wat_table_type(out, &module->tables[index]);
        break;
    case WASM_EXTERN_MEMORY:
        wat_memory_type(out, &module->memories[index]);
        break;
    case WASM_EXTERN_GLOBAL:
        wat_global_type(out, &module->globals[index]);
        break;
    case WASM_EXTERN_TAG:
    default:
        print_tag(out, module, module->tags[index].type_index);
        break;
    }
}

const char *wat_kind(enum wasm_extern_kind kind)
{
    static const char *const words[] = {"func", "table", "memory", "global", "tag"};
    return words[kind];
}
