/*
 * suite/spectest.c: what the suite expects of its host.
 */
#include "suite/spectest.h"

#define F32_666_6 0x4426A666u
#define F64_666_6 0x4084D4CCCCCCCCCDu

static enum wasm_trap print_nothing(void *context, struct wasm_instance *caller, uint64_t *slots,
                                    uint32_t *out_reason)
{
    (void)context;
    (void)caller;
    (void)slots;
    (void)out_reason;
    return WASM_TRAP_NONE;
}

static const uint32_t i32_f32[] = {WASM_TYPE_I32, WASM_TYPE_F32};
static const uint32_t f64_f64[] = {WASM_TYPE_F64, WASM_TYPE_F64};
static const uint32_t i64_only[] = {WASM_TYPE_I64};

#define PRINT(name_, count_, params_)                                                              \
    {.module = {(const uint8_t *)"spectest", 8},                                                   \
     .name = {(const uint8_t *)(name_), sizeof(name_) - 1},                                        \
     .param_count = (count_),                                                                      \
     .params = (params_),                                                                          \
     .call = print_nothing}

static const struct wasm_host_func funcs[] = {
    PRINT("print", 0, i32_f32),         PRINT("print_i32", 1, i32_f32),
    PRINT("print_i64", 1, i64_only),    PRINT("print_f32", 1, i32_f32 + 1),
    PRINT("print_f64", 1, f64_f64),     PRINT("print_i32_f32", 2, i32_f32),
    PRINT("print_f64_f64", 2, f64_f64),
};

static const struct {
    struct bytes name;
    uint32_t type;
    uint64_t value;
} globals[] = {
    {{(const uint8_t *)"global_i32", 10}, WASM_TYPE_I32, 666},
    {{(const uint8_t *)"global_i64", 10}, WASM_TYPE_I64, 666},
    {{(const uint8_t *)"global_f32", 10}, WASM_TYPE_F32, F32_666_6},
    {{(const uint8_t *)"global_f64", 10}, WASM_TYPE_F64, F64_666_6},
};

static struct wasm_extern *add(struct suite_spectest *spectest, struct bytes name)
{
    ASSERT(spectest->count < SUITE_SPECTEST_MAX);
    spectest->names[spectest->count] = name;
    return &spectest->externs[spectest->count++];
}

static enum status add_tables(struct suite_spectest *spectest, struct wasm_store *store,
                              struct report *report)
{
    struct wasm_table type = {.type = WASM_TYPE_FUNCREF,
                              .limits = {.min = 10, .max = 20, .has_max = true}};
    enum status status =
        wasm_store_table(store, &type, add(spectest, BYTES_LITERAL("table")), report);
    type.limits.is_64 = true;
    return status == STATUS_OK
               ? wasm_store_table(store, &type, add(spectest, BYTES_LITERAL("table64")), report)
               : status;
}

static enum status add_memories(struct suite_spectest *spectest, struct wasm_store *store,
                                struct report *report)
{
    struct wasm_memory_type type = {.limits = {.min = 1, .max = 2, .has_max = true},
                                    .page_log2 = 16};
    enum status status =
        wasm_store_memory(store, &type, add(spectest, BYTES_LITERAL("memory")), report);
    type.limits.is_shared = true;
    return status == STATUS_OK
               ? wasm_store_memory(store, &type, add(spectest, BYTES_LITERAL("shared_memory")),
                                   report)
               : status;
}

enum status suite_spectest_init(struct suite_spectest *spectest, struct wasm_store *store,
                                struct report *report)
{
    spectest->count = 0;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < ARRAY_LEN(funcs) && status == STATUS_OK; i++)
        status = wasm_store_func(store, &funcs[i], add(spectest, funcs[i].name), report);
    for (size_t i = 0; i < ARRAY_LEN(globals) && status == STATUS_OK; i++)
        status = wasm_store_global(store, globals[i].type, false, &globals[i].value,
                                   add(spectest, globals[i].name), report);
    if (status == STATUS_OK)
        status = add_tables(spectest, store, report);
    return status == STATUS_OK ? add_memories(spectest, store, report) : status;
}

const struct wasm_extern *suite_spectest_find(const struct suite_spectest *spectest,
                                              struct bytes name)
{
    for (uint32_t i = 0; i < spectest->count; i++)
        if (bytes_equal(spectest->names[i], name))
            return &spectest->externs[i];
    return NULL;
}
