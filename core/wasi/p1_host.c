/*
 * core/wasi/p1_host.c: the functions of preview 1 as imports.
 */
#include "core/wasi/p1_internal.h"

#include "aether/abi/outcome.h"

#define PARAMS_MAX 9u

uint8_t *p1_memory(const struct wasi_p1 *p1, uint64_t address, uint64_t len)
{
    if (len > p1->memory_len || address > p1->memory_len - len)
        return NULL;
    return p1->memory + address;
}

uint32_t p1_put_u32(const struct wasi_p1 *p1, uint64_t address, uint32_t value)
{
    uint8_t *at = p1_memory(p1, address, sizeof value);
    if (at == NULL)
        return P1_FAULT;
    store_le32(at, value);
    return P1_SUCCESS;
}

uint32_t p1_put_u64(const struct wasi_p1 *p1, uint64_t address, uint64_t value)
{
    uint8_t *at = p1_memory(p1, address, sizeof value);
    if (at == NULL)
        return P1_FAULT;
    store_le64(at, value);
    return P1_SUCCESS;
}

/* Every import comes here first. A module without a memory has no place for any pointer. */
static enum wasm_trap call(void *context, struct wasm_instance *caller, uint64_t *slots,
                           uint32_t *out_reason)
{
    const struct p1_bound *bound = context;
    struct wasi_p1 *p1 = bound->p1;
    if (wasm_instance_memory(caller, 0, &p1->memory, &p1->memory_len) != STATUS_OK)
        p1->memory_len = 0;
    uint32_t error = bound->function(p1, slots);
    if (p1->exit->has_exited) {
        *out_reason = REFUSAL_EXITED;
        return WASM_TRAP_HOST_REFUSED;
    }
    slots[0] = error;
    return WASM_TRAP_NONE;
}

static const struct {
    const char *name;
    const char *params;
    p1_fn *function;
} functions[] = {
#define X(function, params) {#function, params, p1_##function},
    P1_LIST(X)
#undef X
};

_Static_assert(ARRAY_LEN(functions) == WASI_P1_FUNC_COUNT, "46 functions");

static const uint32_t type_i32[] = {WASM_TYPE_I32};

static size_t text_len(const char *text)
{
    size_t len = 0;
    while (text[len] != '\0')
        len++;
    return len;
}

static void bind(struct wasi_p1 *p1, uint32_t index, uint32_t *params)
{
    const char *letters = functions[index].params;
    size_t count = text_len(letters);
    bool has_result = functions[index].function != p1_proc_exit;
    ASSERT(count <= PARAMS_MAX);
    for (size_t i = 0; i < count; i++)
        params[i] = letters[i] == 'I' ? WASM_TYPE_I64 : WASM_TYPE_I32;
    p1->bound[index] = (struct p1_bound){p1, functions[index].function};
    p1->funcs[index] = (struct wasm_host_func){
        .module = BYTES_LITERAL(WASI_P1_MODULE),
        .name = bytes_of(functions[index].name, text_len(functions[index].name)),
        .param_count = (uint32_t)count,
        .result_count = has_result,
        .params = params,
        .results = type_i32,
        .call = call,
        .context = &p1->bound[index],
    };
}

enum status wasi_p1_create(const struct wasi_gate *gate, struct arena *arena,
                           struct wasi_exit *exit, struct wasi_p1 **out_p1)
{
    struct wasi_p1 *p1 = arena_alloc(arena, 1, sizeof *p1);
    uint32_t *params = arena_alloc(arena, (size_t)WASI_P1_FUNC_COUNT * PARAMS_MAX, sizeof *params);
    uint64_t resolution;
    if (p1 == NULL || params == NULL)
        return STATUS_NO_MEMORY;
    p1->gate = gate;
    p1->exit = exit;
    for (uint32_t i = 0; i < WASI_P1_FUNC_COUNT; i++)
        bind(p1, i, params + (size_t)i * PARAMS_MAX);
    if (wasi_clock(gate, GATE_CLOCK_MONOTONIC, &p1->started, &resolution) != WASI_OK)
        p1->started = 0;
    enum status status = p1_table_init(p1, arena);
    if (status == STATUS_OK)
        *out_p1 = p1;
    return status;
}

const struct wasm_host_func *wasi_p1_funcs(const struct wasi_p1 *p1)
{
    return p1->funcs;
}
