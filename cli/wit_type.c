/*
 * cli/wit_type.c: names, types, functions and definitions in the syntax of WIT.
 */
#include <inttypes.h>

#include "cli/wit.h"

static void put(const struct wit *wit, const char *text)
{
    (void)fputs(text, wit->out);
}

static void put_bytes(const struct wit *wit, struct bytes text)
{
    (void)fwrite(text.data, 1, text.len, wit->out);
}

static void put_indent(const struct wit *wit, unsigned indent)
{
    for (unsigned i = 0; i < indent; i++)
        (void)fputc(' ', wit->out);
}

static bool is_keyword(struct bytes name)
{
    static const char *const words[] = {
        "as",       "async",         "bool",   "borrow", "char",    "constructor",
        "enum",     "error-context", "export", "f32",    "f64",     "flags",
        "from",     "func",          "future", "import", "include", "interface",
        "list",     "map",           "option", "own",    "package", "record",
        "resource", "result",        "s16",    "s32",    "s64",     "s8",
        "static",   "stream",        "string", "tuple",  "type",    "u16",
        "u32",      "u64",           "u8",     "use",    "variant", "with",
        "world"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (name.len == strlen(words[i]) && memcmp(name.data, words[i], name.len) == 0)
            return true;
    return false;
}

void wit_print_name(const struct wit *wit, struct bytes name)
{
    if (is_keyword(name))
        put(wit, "%");
    put_bytes(wit, name);
}

/* The name that `key` has in the unit, or else anywhere. */
static bool put_known(const struct wit *wit, uint32_t unit, const struct wit_entry *key)
{
    const struct wit_entry *entry = wit_find(wit, unit, key);
    if (entry == NULL)
        entry = wit_find_first(wit, key);
    if (entry != NULL)
        wit_print_name(wit, entry->name);
    return entry != NULL;
}

static void put_resource(const struct wit *wit, uint32_t unit, uint32_t resource)
{
    while (resource != WIT_NONE) {
        const struct wit_entry key = {.resource = resource};
        if (put_known(wit, unit, &key))
            return;
        resource = wit->component->graph->resources[resource].named_from;
    }
    put(wit, "_");
}

static void put_optional(struct wit *wit, uint32_t unit, const struct component_type *type)
{
    if (type == NULL)
        put(wit, "_");
    else
        wit_print_type(wit, unit, type);
}

static void put_result(struct wit *wit, uint32_t unit, const struct component_type *type)
{
    put(wit, "result");
    if (type->element == NULL && type->error == NULL)
        return;
    put(wit, "<");
    put_optional(wit, unit, type->element);
    if (type->error != NULL) {
        put(wit, ", ");
        wit_print_type(wit, unit, type->error);
    }
    put(wit, ">");
}

/* Of a type that has no name where it stands: "{ a: u8, b }". */
static void put_fields(struct wit *wit, uint32_t unit, const struct component_type *type)
{
    bool is_tuple = type->kind == COMPONENT_TUPLE; /* or that of a map */
    put(wit, is_tuple ? "<" : " { ");
    for (uint32_t i = 0; i < type->count; i++) {
        const struct component_field *field = &type->fields[i];
        put(wit, i == 0 ? "" : ", ");
        if (!is_tuple)
            wit_print_name(wit, field->name);
        if (field->type != NULL) {
            put(wit, is_tuple ? "" : type->kind == COMPONENT_VARIANT ? "(" : ": ");
            wit_print_type(wit, unit, field->type);
            put(wit, type->kind == COMPONENT_VARIANT ? ")" : "");
        }
    }
    put(wit, is_tuple ? ">" : " }");
}

/* Whatever name the type has itself; its parts by theirs. */
static void put_shape(struct wit *wit, uint32_t unit, const struct component_type *type)
{
    if (wit->left == 0) {
        put(wit, "_");
        return;
    }
    wit->left--;
    switch (type->kind) {
    case COMPONENT_OWN:
        put_resource(wit, unit, type->resource);
        return;
    case COMPONENT_BORROW:
        put(wit, "borrow<");
        put_resource(wit, unit, type->resource);
        put(wit, ">");
        return;
    case COMPONENT_RESULT:
        put_result(wit, unit, type);
        return;
    default:
        put_bytes(wit, component_kind_name(type->kind));
        break;
    }
    if (type->kind == COMPONENT_MAP) {
        put_fields(wit, unit, type->element);
    } else if (type->element != NULL) {
        put(wit, "<");
        wit_print_type(wit, unit, type->element);
        if (type->kind == COMPONENT_FIXED_LIST)
            (void)fprintf(wit->out, ", %" PRIu32, type->length);
        put(wit, ">");
    } else if (type->kind > COMPONENT_STRING) {
        put_fields(wit, unit, type);
    }
}

void wit_print_type(struct wit *wit, uint32_t unit, const struct component_type *type)
{
    const struct wit_entry key = {.type = type, .resource = WIT_NONE};
    if (type->name_tag != 0 && put_known(wit, unit, &key))
        return;
    put_shape(wit, unit, type);
}

void wit_print_func(struct wit *wit, uint32_t unit, const struct component_func_type *func,
                    bool has_self)
{
    put(wit, "(");
    for (uint32_t i = has_self ? 1 : 0; i < func->param_count; i++) {
        put(wit, i == (has_self ? 1u : 0u) ? "" : ", ");
        wit_print_name(wit, func->params[i].name);
        put(wit, ": ");
        wit_print_type(wit, unit, func->params[i].type);
    }
    put(wit, ")");
    if (func->result != NULL) {
        put(wit, " -> ");
        wit_print_type(wit, unit, func->result);
    }
}

static void put_lines(struct wit *wit, uint32_t unit, const struct component_type *type,
                      unsigned indent)
{
    for (uint32_t i = 0; i < type->count; i++) {
        const struct component_field *field = &type->fields[i];
        put_indent(wit, indent + 2);
        wit_print_name(wit, field->name);
        if (field->type != NULL) {
            put(wit, type->kind == COMPONENT_VARIANT ? "(" : ": ");
            wit_print_type(wit, unit, field->type);
            put(wit, type->kind == COMPONENT_VARIANT ? ")" : "");
        }
        put(wit, ",\n");
    }
}

void wit_print_definition(struct wit *wit, uint32_t unit, struct bytes name,
                          const struct component_type *type, const struct wit_entry *source,
                          unsigned indent)
{
    bool has_lines = type != NULL && source == NULL &&
                     (type->kind == COMPONENT_RECORD || type->kind == COMPONENT_VARIANT ||
                      type->kind == COMPONENT_ENUM || type->kind == COMPONENT_FLAGS);
    put_indent(wit, indent);
    if (has_lines)
        put_bytes(wit, component_kind_name(type->kind));
    else
        put(wit, "type");
    put(wit, " ");
    wit_print_name(wit, name);
    if (has_lines) {
        put(wit, " {\n");
        put_lines(wit, unit, type, indent);
        put_indent(wit, indent);
        put(wit, "}\n");
        return;
    }
    put(wit, " = ");
    if (source != NULL)
        wit_print_name(wit, source->name);
    else if (type != NULL)
        put_shape(wit, unit, type);
    put(wit, ";\n");
}
