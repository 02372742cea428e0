/*
 * core/component/type.c: what is known of types without a graph: names of kinds, primitive types,
 * signatures, and how a guest's types compare with a host's static ones.
 */
#include "core/component/graph.h"

struct bytes component_kind_name(enum component_kind kind)
{
    static const char *const names[] = {
        [COMPONENT_BOOL] = "bool",       [COMPONENT_S8] = "s8",
        [COMPONENT_U8] = "u8",           [COMPONENT_S16] = "s16",
        [COMPONENT_U16] = "u16",         [COMPONENT_S32] = "s32",
        [COMPONENT_U32] = "u32",         [COMPONENT_S64] = "s64",
        [COMPONENT_U64] = "u64",         [COMPONENT_F32] = "f32",
        [COMPONENT_F64] = "f64",         [COMPONENT_CHAR] = "char",
        [COMPONENT_STRING] = "string",   [COMPONENT_RECORD] = "record",
        [COMPONENT_VARIANT] = "variant", [COMPONENT_LIST] = "list",
        [COMPONENT_TUPLE] = "tuple",     [COMPONENT_FLAGS] = "flags",
        [COMPONENT_ENUM] = "enum",       [COMPONENT_OPTION] = "option",
        [COMPONENT_RESULT] = "result",   [COMPONENT_OWN] = "own",
        [COMPONENT_BORROW] = "borrow",   [COMPONENT_FIXED_LIST] = "list",
        [COMPONENT_MAP] = "map",         [COMPONENT_STREAM] = "stream",
        [COMPONENT_FUTURE] = "future",   [COMPONENT_ERROR_CONTEXT] = "error-context",
    };
    return bytes_of(names[kind], strlen(names[kind]));
}

#define PRIMITIVE(KIND, BYTES, FLAT)                                                               \
    [KIND] = {.kind = (KIND),                                                                      \
              .size = (BYTES),                                                                     \
              .wide_size = (BYTES),                                                                \
              .alignment = (BYTES),                                                                \
              .wide_alignment = (BYTES),                                                           \
              .flat_count = 1,                                                                     \
              .flat = {(FLAT)},                                                                    \
              .canonical = &primitives[KIND],                                                      \
              .nodes = 1,                                                                          \
              .depth = 1}

static const struct component_type primitives[] = {
    PRIMITIVE(COMPONENT_BOOL, 1, WASM_TYPE_I32),
    PRIMITIVE(COMPONENT_S8, 1, WASM_TYPE_I32),
    PRIMITIVE(COMPONENT_U8, 1, WASM_TYPE_I32),
    PRIMITIVE(COMPONENT_S16, 2, WASM_TYPE_I32),
    PRIMITIVE(COMPONENT_U16, 2, WASM_TYPE_I32),
    PRIMITIVE(COMPONENT_S32, 4, WASM_TYPE_I32),
    PRIMITIVE(COMPONENT_U32, 4, WASM_TYPE_I32),
    PRIMITIVE(COMPONENT_S64, 8, WASM_TYPE_I64),
    PRIMITIVE(COMPONENT_U64, 8, WASM_TYPE_I64),
    PRIMITIVE(COMPONENT_F32, 4, WASM_TYPE_F32),
    PRIMITIVE(COMPONENT_F64, 8, WASM_TYPE_F64),
    PRIMITIVE(COMPONENT_CHAR, 4, WASM_TYPE_I32),
    [COMPONENT_STRING] = {.kind = COMPONENT_STRING,
                          .size = 8,
                          .wide_size = 16,
                          .has_pointer = true,
                          .alignment = 4,
                          .wide_alignment = 8,
                          .flat_count = 2,
                          .flat = {WASM_TYPE_I32, WASM_TYPE_I32},
                          .canonical = &primitives[COMPONENT_STRING],
                          .nodes = 1,
                          .depth = 1},
};

const struct component_type *component_type_primitive(enum component_kind kind)
{
    ASSERT(kind <= COMPONENT_STRING);
    return &primitives[kind];
}

void component_type_flatten(const struct component_type *type, uint32_t *out_types, uint32_t max)
{
    uint32_t count = type->flat_count < max ? type->flat_count : max;
    for (uint32_t i = 0; i < count && i < COMPONENT_MAX_FLAT_PARAMS; i++)
        out_types[i] = type->flat[i];
}

/* The params of a signature, as many as `max` of them flat. */
static void add_params(const struct component_func_type *type, uint32_t max,
                       struct component_core_signature *signature)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < type->param_count && count <= max; i++) {
        const struct component_type *param = type->params[i].type;
        if (count + param->flat_count <= max)
            component_type_flatten(param, &signature->params[count], param->flat_count);
        count += param->flat_count;
    }
    signature->params_in_memory = count > max;
    if (signature->params_in_memory) {
        signature->params[0] = WASM_TYPE_I32;
        count = 1;
    }
    signature->param_count = count;
}

void component_func_signature_async(const struct component_func_type *type, bool is_lower,
                                    bool has_callback,
                                    struct component_core_signature *out_signature)
{
    struct component_core_signature signature = {.results = {WASM_TYPE_I32}};
    add_params(type, is_lower ? COMPONENT_MAX_FLAT_ASYNC : COMPONENT_MAX_FLAT_PARAMS, &signature);
    signature.result_in_memory = is_lower && type->result != NULL;
    if (signature.result_in_memory)
        signature.params[signature.param_count++] = WASM_TYPE_I32;
    signature.result_count = is_lower || has_callback ? 1 : 0;
    *out_signature = signature;
}

void component_func_signature(const struct component_func_type *type, bool is_lower,
                              struct component_core_signature *out_signature)
{
    struct component_core_signature signature = {0};
    add_params(type, COMPONENT_MAX_FLAT_PARAMS, &signature);
    uint32_t results = type->result == NULL ? 0 : type->result->flat_count;
    signature.result_in_memory = results > COMPONENT_MAX_FLAT_RESULTS;
    if (!signature.result_in_memory && results == 1)
        component_type_flatten(type->result, signature.results, 1);
    if (signature.result_in_memory && is_lower) {
        signature.params[signature.param_count++] = WASM_TYPE_I32;
        results = 0;
    } else if (signature.result_in_memory) {
        signature.results[0] = WASM_TYPE_I32;
        results = 1;
    }
    signature.result_count = results;
    *out_signature = signature;
}

struct host_match {
    component_resource_fn *find;
    const void *context;
};

static bool matches_host(const struct host_match *match, const struct component_type *guest,
                         const struct component_type *host);

/* Either may be absent, then both have to be. */
static bool optional_matches_host(const struct host_match *match,
                                  const struct component_type *guest,
                                  const struct component_type *host)
{
    if (guest == NULL || host == NULL)
        return guest == host;
    return matches_host(match, guest, host);
}

/* No deeper than the guest's type is, and no more steps than the host's type has nodes. */
static bool matches_host(const struct host_match *match, const struct component_type *guest,
                         const struct component_type *host)
{
    if (guest->kind != host->kind)
        return false;
    switch (guest->kind) {
    case COMPONENT_RECORD:
    case COMPONENT_VARIANT:
    case COMPONENT_TUPLE:
    case COMPONENT_FLAGS:
    case COMPONENT_ENUM:
        if (guest->count != host->count)
            return false;
        for (uint32_t i = 0; i < guest->count; i++) {
            const struct component_field *a = &guest->fields[i], *b = &host->fields[i];
            if (guest->kind != COMPONENT_TUPLE && !bytes_equal(a->name, b->name))
                return false;
            if (!optional_matches_host(match, a->type, b->type))
                return false;
        }
        return true;
    case COMPONENT_RESULT:
        return optional_matches_host(match, guest->element, host->element) &&
               optional_matches_host(match, guest->error, host->error);
    case COMPONENT_FIXED_LIST:
        return guest->length == host->length && matches_host(match, guest->element, host->element);
    case COMPONENT_LIST:
    case COMPONENT_MAP:
    case COMPONENT_OPTION:
        return matches_host(match, guest->element, host->element);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return match->find(match->context, guest->resource) == host->host_resource;
    default:
        return true;
    }
}

bool component_func_matches_host(const struct component_func_type *guest,
                                 const struct component_func_type *host,
                                 component_resource_fn *find, const void *context)
{
    const struct host_match match = {find, context};
    if (guest->param_count != host->param_count || guest->is_async != host->is_async)
        return false;
    for (uint32_t i = 0; i < guest->param_count; i++)
        if (!matches_host(&match, guest->params[i].type, host->params[i].type))
            return false;
    return optional_matches_host(&match, guest->result, host->result);
}
