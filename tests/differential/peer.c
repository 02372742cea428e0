/*
 * tests/differential/peer.c: wasmtime 50 behind differential.h (its C API, by dlopen).
 *
 * Structures are those of wasmtime's C API 50.0.1 on 64-bit machines; a value is 32 bytes, a
 * reference is null where its store is 0. Fuel is set anew before every call, so what a call burns
 * is what is left less.
 */
#include "tests/differential/differential.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

enum peer_kind {
    KIND_I32,
    KIND_I64,
    KIND_F32,
    KIND_F64,
    KIND_V128,
    KIND_FUNC,
    KIND_EXTERN,
    KIND_ANY,
    KIND_EXN
};
enum peer_extern_kind { PEER_FUNC, PEER_GLOBAL, PEER_TABLE, PEER_MEMORY, PEER_SHARED, PEER_TAG };

struct peer_ref {
    uint64_t store;
    uint64_t private[2];
};

struct peer_value {
    uint8_t kind;
    union {
        uint8_t bytes[16];
        uint32_t u32;
        uint64_t u64;
        uint64_t v128[2];
        struct peer_ref ref;
    } of;
};
_Static_assert(sizeof(struct peer_value) == 32, "wasmtime_val_t");

struct peer_extern {
    uint8_t kind;
    union {
        uint64_t words[3];
        void *shared;
    } of;
};
_Static_assert(sizeof(struct peer_extern) == 32, "wasmtime_extern_t");

struct peer_instance {
    uint64_t store;
    size_t private;
};

struct peer_text {
    size_t len;
    char *data;
};

/* What is called of the library; each is looked up by its name. */
#define PEER_CALLS(X)                                                                              \
    X(wasm_config_new, void *, (void))                                                             \
    X(wasm_engine_new_with_config, void *, (void *))                                               \
    X(wasmtime_module_validate, void *, (void *, const uint8_t *, size_t))                         \
    X(wasmtime_module_new, void *, (void *, const uint8_t *, size_t, void **))                     \
    X(wasmtime_module_delete, void, (void *))                                                      \
    X(wasmtime_store_new, void *, (void *, void *, void (*)(void *)))                              \
    X(wasmtime_store_context, void *, (void *))                                                    \
    X(wasmtime_store_delete, void, (void *))                                                       \
    X(wasmtime_context_set_fuel, void *, (void *, uint64_t))                                       \
    X(wasmtime_context_get_fuel, void *, (void *, uint64_t *))                                     \
    X(wasmtime_instance_new, void *,                                                               \
      (void *, const void *, const struct peer_extern *, size_t, struct peer_instance *, void **)) \
    X(wasmtime_instance_export_nth, bool,                                                          \
      (void *, const struct peer_instance *, size_t, char **, size_t *, struct peer_extern *))     \
    X(wasmtime_func_call, void *,                                                                  \
      (void *, const void *, const struct peer_value *, size_t, struct peer_value *, size_t,       \
       void **))                                                                                   \
    X(wasmtime_global_get, void, (void *, const void *, struct peer_value *))                      \
    X(wasmtime_memory_data, uint8_t *, (void *, const void *))                                     \
    X(wasmtime_memory_data_size, size_t, (void *, const void *))                                   \
    X(wasmtime_sharedmemory_data, uint8_t *, (const void *))                                       \
    X(wasmtime_sharedmemory_data_size, size_t, (const void *))                                     \
    X(wasmtime_sharedmemory_delete, void, (void *))                                                \
    X(wasmtime_table_size, uint64_t, (void *, const void *))                                       \
    X(wasmtime_table_get, bool, (void *, const void *, uint64_t, struct peer_value *))             \
    X(wasmtime_val_unroot, void, (struct peer_value *))                                            \
    X(wasmtime_anyref_from_i31, void, (void *, uint32_t, struct peer_ref *))                       \
    X(wasmtime_anyref_i31_get_u, bool, (void *, const struct peer_ref *, uint32_t *))              \
    X(wasmtime_trap_code, bool, (const void *, uint8_t *))                                         \
    X(wasm_trap_origin, void *, (const void *))                                                    \
    X(wasm_trap_delete, void, (void *))                                                            \
    X(wasm_trap_message, void, (const void *, struct peer_text *))                                 \
    X(wasm_frame_func_index, uint32_t, (const void *))                                             \
    X(wasm_frame_module_offset, size_t, (const void *))                                            \
    X(wasm_frame_delete, void, (void *))                                                           \
    X(wasm_byte_vec_delete, void, (struct peer_text *))                                            \
    X(wasmtime_error_message, void, (const void *, struct peer_text *))                            \
    X(wasmtime_error_delete, void, (void *))                                                       \
    X(wasmtime_context_has_exception, bool, (void *))                                              \
    X(wasmtime_context_take_exception, bool, (void *, struct peer_ref *))                          \
    X(wasmtime_exnref_unroot, void, (struct peer_ref *))

static struct {
#define X(name, result, params) result(*name) params;
    PEER_CALLS(X)
#undef X
} api;

static struct {
    void *library, *engine;
    bool has_fuel;
    void *module, *store, *context;
    struct peer_instance instance;
} peer;

static const struct {
    const char *name;
    bool value;
} switches[] = {
    {"wasmtime_config_wasm_threads_set", true},
    {"wasmtime_config_shared_memory_set", true},
    {"wasmtime_config_wasm_tail_call_set", true},
    {"wasmtime_config_wasm_reference_types_set", true},
    {"wasmtime_config_wasm_function_references_set", true},
    {"wasmtime_config_wasm_gc_set", true},
    {"wasmtime_config_wasm_simd_set", true},
    {"wasmtime_config_wasm_relaxed_simd_set", true},
    {"wasmtime_config_wasm_relaxed_simd_deterministic_set", true},
    {"wasmtime_config_wasm_bulk_memory_set", true},
    {"wasmtime_config_wasm_multi_value_set", true},
    {"wasmtime_config_wasm_multi_memory_set", true},
    {"wasmtime_config_wasm_memory64_set", true},
    {"wasmtime_config_wasm_exceptions_set", true},
    {"wasmtime_config_wasm_custom_page_sizes_set", true},
    {"wasmtime_config_wasm_wide_arithmetic_set", false},
    {"wasmtime_config_wasm_stack_switching_set", false},
    {"wasmtime_config_wasm_compact_imports_set", false},
    {"wasmtime_config_cranelift_nan_canonicalization_set", true},
    {"wasmtime_config_parallel_compilation_set", false},
};

static const struct {
    const char *name;
    size_t value;
} sizes[] = {
    {"wasmtime_config_max_wasm_stack_set", (size_t)4 << 20},
    {"wasmtime_config_async_stack_size_set", (size_t)8 << 20},
    {"wasmtime_config_memory_reservation_set", (size_t)4 << 20},
};

static void *find(const char *name)
{
    void *found = dlsym(peer.library, name);
    if (found == NULL)
        fprintf(stderr, "differential: the peer has no %s\n", name);
    return found;
}

static bool configure(void *config)
{
    for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
        void (*set)(void *, bool) = (void (*)(void *, bool))find(switches[i].name);
        if (set == NULL)
            return false;
        set(config, switches[i].value);
    }
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        void (*set)(void *, size_t) = (void (*)(void *, size_t))find(sizes[i].name);
        if (set == NULL)
            return false;
        set(config, sizes[i].value);
    }
    void (*set_fuel)(void *, bool) =
        (void (*)(void *, bool))find("wasmtime_config_consume_fuel_set");
    if (set_fuel != NULL)
        set_fuel(config, peer.has_fuel);
    return set_fuel != NULL;
}

bool peer_open(const char *library, bool has_fuel)
{
    peer.has_fuel = has_fuel;
    peer.library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (peer.library == NULL) {
        fprintf(stderr, "differential: %s\n", dlerror());
        return false;
    }
#define X(name, result, params)                                                                    \
    api.name = (result(*) params)find(#name);                                                      \
    if (api.name == NULL)                                                                          \
        return false;
    PEER_CALLS(X)
#undef X
    void *config = api.wasm_config_new();
    if (!configure(config))
        return false;
    peer.engine = api.wasm_engine_new_with_config(config);
    return peer.engine != NULL;
}

/* One line of what an error says, and its end. */
static void take_error(void *error, char *message)
{
    struct peer_text text = {0, NULL};
    api.wasmtime_error_message(error, &text);
    size_t len = text.len < DIFF_MESSAGE_MAX - 1 ? text.len : DIFF_MESSAGE_MAX - 1;
    for (size_t i = 0; i < len; i++) {
        char c = text.data[i];
        if (c == '\n' || c == '"')
            c = ' ';
        message[i] = c;
    }
    message[len] = '\0';
    api.wasm_byte_vec_delete(&text);
    api.wasmtime_error_delete(error);
}

bool peer_is_valid(struct bytes input, char *message)
{
    message[0] = '\0';
    void *error = api.wasmtime_module_validate(peer.engine, input.data, input.len);
    if (error == NULL)
        return true;
    take_error(error, message);
    return false;
}

bool peer_load(struct bytes input, char *message)
{
    message[0] = '\0';
    void *error = api.wasmtime_module_new(peer.engine, input.data, input.len, &peer.module);
    if (error == NULL)
        return true;
    take_error(error, message);
    peer.module = NULL;
    return false;
}

static const uint8_t trap_of_code[] = {
    [0] = WASM_TRAP_STACK_EXHAUSTED,     [1] = WASM_TRAP_MEMORY_OUT_OF_BOUNDS,
    [2] = WASM_TRAP_UNALIGNED_ATOMIC,    [12] = WASM_TRAP_EXPECTED_SHARED_MEMORY,
    [3] = WASM_TRAP_TABLE_OUT_OF_BOUNDS, [4] = WASM_TRAP_NULL_REFERENCE,
    [5] = WASM_TRAP_INDIRECT_CALL_TYPE,  [6] = WASM_TRAP_INTEGER_OVERFLOW,
    [7] = WASM_TRAP_DIVIDE_BY_ZERO,      [8] = WASM_TRAP_INVALID_CONVERSION,
    [9] = WASM_TRAP_UNREACHABLE,         [11] = WASM_TRAP_OUT_OF_FUEL,
    [13] = WASM_TRAP_NULL_REFERENCE,     [14] = WASM_TRAP_ARRAY_OUT_OF_BOUNDS,
    [16] = WASM_TRAP_CAST_FAILURE,       [49] = WASM_TRAP_UNCAUGHT_EXCEPTION,
};

static void take_trap(void *trap, struct diff_call *call)
{
    uint8_t code = 0xFF;
    bool has_code = api.wasmtime_trap_code(trap, &code);
    call->end = DIFF_TRAPPED;
    if (has_code && code < ARRAY_LEN(trap_of_code))
        call->trap = (enum wasm_trap)trap_of_code[code];
    if (call->trap == WASM_TRAP_NONE && !api.wasmtime_context_has_exception(peer.context)) {
        struct peer_text text = {0, NULL};
        api.wasm_trap_message(trap, &text);
        fprintf(stderr, "differential: a trap of another kind (code %u): %.*s\n", code,
                (int)text.len, text.data);
        api.wasm_byte_vec_delete(&text);
    }
    if (call->trap == WASM_TRAP_STACK_EXHAUSTED || call->trap == WASM_TRAP_OUT_OF_FUEL ||
        code == 15)
        call->end = DIFF_EXHAUSTED;
    void *frame = api.wasm_trap_origin(trap);
    if (frame != NULL) {
        call->func = api.wasm_frame_func_index(frame);
        call->offset = api.wasm_frame_module_offset(frame);
        if (call->offset == SIZE_MAX)
            call->offset = 0;
        api.wasm_frame_delete(frame);
    }
    api.wasm_trap_delete(trap);
}

static void take_exception(struct diff_call *call)
{
    struct peer_ref exception = {0};
    if (!api.wasmtime_context_has_exception(peer.context))
        return;
    if (api.wasmtime_context_take_exception(peer.context, &exception))
        api.wasmtime_exnref_unroot(&exception);
    call->end = DIFF_TRAPPED;
    call->trap = WASM_TRAP_UNCAUGHT_EXCEPTION;
    call->offset = 0;
}

static void set_fuel(void)
{
    if (!peer.has_fuel)
        return;
    void *error = api.wasmtime_context_set_fuel(peer.context, DIFF_FUEL);
    ASSERT(error == NULL);
}

static uint64_t fuel_left(void)
{
    uint64_t left = DIFF_FUEL;
    if (peer.has_fuel) {
        void *error = api.wasmtime_context_get_fuel(peer.context, &left);
        ASSERT(error == NULL);
    }
    return left;
}

enum diff_end peer_start(struct diff_call *out_start, char *message)
{
    void *trap = NULL;
    out_start->end = DIFF_RETURNED;
    peer.store = api.wasmtime_store_new(peer.engine, NULL, NULL);
    peer.context = api.wasmtime_store_context(peer.store);
    set_fuel();
    void *error =
        api.wasmtime_instance_new(peer.context, peer.module, NULL, 0, &peer.instance, &trap);
    if (error != NULL) {
        take_error(error, message);
        out_start->end = DIFF_REFUSED;
    } else if (trap != NULL) {
        take_trap(trap, out_start);
        take_exception(out_start);
    }
    return out_start->end;
}

static bool export_at(uint32_t index, enum peer_extern_kind kind, struct peer_extern *out)
{
    char *name;
    size_t len;
    return api.wasmtime_instance_export_nth(peer.context, &peer.instance, index, &name, &len,
                                            out) &&
           out->kind == kind;
}

static struct peer_value to_peer(uint32_t type, const struct diff_value *value)
{
    struct peer_value to = {0};
    switch (value->kind) {
    case 'i':
        to.kind = KIND_I32;
        to.of.u32 = (uint32_t)value->low;
        return to;
    case 'f':
        to.kind = KIND_F32;
        to.of.u32 = (uint32_t)value->low;
        return to;
    case 'I':
    case 'F':
        to.kind = value->kind == 'I' ? KIND_I64 : KIND_F64;
        to.of.u64 = value->low;
        return to;
    case 'v':
        to.kind = KIND_V128;
        to.of.v128[0] = value->low;
        to.of.v128[1] = value->high;
        return to;
    case '3':
        to.kind = KIND_ANY;
        api.wasmtime_anyref_from_i31(peer.context, (uint32_t)value->low, &to.of.ref);
        return to;
    default:
        to.kind = (uint8_t)type; /* a null of its hierarchy */
        return to;
    }
}

static struct diff_value from_peer(struct peer_value *value)
{
    static const char numbers[] = "iIfF";
    struct diff_value out = {0};
    uint32_t i31;
    switch (value->kind) {
    case KIND_I32:
    case KIND_F32:
        out.kind = numbers[value->kind];
        out.low = value->of.u32;
        return out;
    case KIND_I64:
    case KIND_F64:
        out.kind = numbers[value->kind];
        out.low = value->of.u64;
        return out;
    case KIND_V128:
        return (struct diff_value){'v', value->of.v128[0], value->of.v128[1]};
    default:
        out.kind = value->of.ref.store == 0 ? '0' : 'r';
        if (value->kind == KIND_ANY && out.kind == 'r' &&
            api.wasmtime_anyref_i31_get_u(peer.context, &value->of.ref, &i31)) {
            out.kind = '3';
            out.low = i31;
        }
        if (value->kind != KIND_FUNC)
            api.wasmtime_val_unroot(value);
        return out;
    }
}

/* Which of the peer's kinds a null of this type is. */
static uint32_t null_kind(const struct wasm_module *module, uint32_t type)
{
    switch (diff_hierarchy(module, type)) {
    case 'f':
        return KIND_FUNC;
    case 'e':
        return KIND_EXTERN;
    case 'x':
        return KIND_EXN;
    default:
        return KIND_ANY;
    }
}

void peer_call(const struct wasm_module *module, uint32_t export, struct diff_call *call)
{
    static struct peer_value args[DIFF_VALUES_MAX], results[DIFF_VALUES_MAX];
    struct peer_extern func;
    const struct wasm_func_type *type =
        wasm_module_func_type(module, module->exports[export].index);
    bool is_there = export_at(export, PEER_FUNC, &func);
    ASSERT(is_there);
    for (uint32_t i = 0; i < type->param_count; i++)
        args[i] = to_peer(null_kind(module, type->params[i]), &call->values[i]);
    void *trap = NULL;
    set_fuel();
    call->end = DIFF_RETURNED;
    void *error = api.wasmtime_func_call(peer.context, &func.of, args, type->param_count, results,
                                         type->result_count, &trap);
    call->fuel = DIFF_FUEL - fuel_left();
    if (error != NULL) {
        char message[DIFF_MESSAGE_MAX];
        take_error(error, message);
        call->end = DIFF_REFUSED;
        take_exception(call);
        if (call->end == DIFF_REFUSED)
            fprintf(stderr, "differential: the peer refuses a call: %s\n", message);
        return;
    }
    if (trap != NULL) {
        take_trap(trap, call);
        take_exception(call);
        return;
    }
    call->count = type->result_count;
    for (uint32_t i = 0; i < call->count; i++)
        call->values[i] = from_peer(&results[i]);
}

bool peer_global(const struct wasm_module *module, uint32_t export, struct diff_value *out)
{
    struct peer_extern found;
    struct peer_value value = {0};
    (void)module;
    if (!export_at(export, PEER_GLOBAL, &found))
        return false;
    api.wasmtime_global_get(peer.context, &found.of, &value);
    *out = from_peer(&value);
    return true;
}

struct bytes peer_memory(uint32_t export)
{
    struct peer_extern found;
    if (export_at(export, PEER_MEMORY, &found))
        return bytes_of(api.wasmtime_memory_data(peer.context, &found.of),
                        api.wasmtime_memory_data_size(peer.context, &found.of));
    if (found.kind != PEER_SHARED)
        return bytes_of(NULL, 0);
    struct bytes data = bytes_of(api.wasmtime_sharedmemory_data(found.of.shared),
                                 api.wasmtime_sharedmemory_data_size(found.of.shared));
    api.wasmtime_sharedmemory_delete(found.of.shared); /* the instance keeps it */
    return data;
}

bool peer_table(uint32_t export, struct diff_table *out)
{
    struct peer_extern found;
    if (!export_at(export, PEER_TABLE, &found))
        return false;
    *out = (struct diff_table){.len = api.wasmtime_table_size(peer.context, &found.of)};
    for (uint64_t i = 0; i < out->len; i++) {
        struct peer_value value = {0};
        bool is_there = api.wasmtime_table_get(peer.context, &found.of, i, &value);
        ASSERT(is_there);
        out->nulls = diff_mix(out->nulls, from_peer(&value).kind == '0');
    }
    return true;
}

void peer_close(void)
{
    if (peer.store != NULL)
        api.wasmtime_store_delete(peer.store);
    if (peer.module != NULL)
        api.wasmtime_module_delete(peer.module);
    peer.store = peer.module = NULL;
}
