/*
 * tests/tools/wasm_host.c: files, arenas and the functions of the specification's test module.
 */
#include "tests/tools/wasm_host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static enum wasm_trap print_nothing(void *context, struct wasm_instance *caller, uint64_t *slots,
                                    uint32_t *out_reason)
{
    (void)context, (void)caller, (void)slots, (void)out_reason;
    return WASM_TRAP_NONE;
}

#define SPECTEST(name_text, ...)                                                                   \
    {.module = BYTES_LITERAL("spectest"),                                                          \
     .name = BYTES_LITERAL(name_text),                                                             \
     .param_count = sizeof((const uint32_t[]){0, __VA_ARGS__}) / 4 - 1,                            \
     .params = (const uint32_t[]){0, __VA_ARGS__} + 1,                                             \
     .call = print_nothing}

static const struct wasm_host_func spectest[] = {
    {.module = BYTES_LITERAL("spectest"), .name = BYTES_LITERAL("print"), .call = print_nothing},
    SPECTEST("print_i32", WASM_TYPE_I32),
    SPECTEST("print_i64", WASM_TYPE_I64),
    SPECTEST("print_f32", WASM_TYPE_F32),
    SPECTEST("print_f64", WASM_TYPE_F64),
    SPECTEST("print_i32_f32", WASM_TYPE_I32, WASM_TYPE_F32),
    SPECTEST("print_f64_f64", WASM_TYPE_F64, WASM_TYPE_F64),
};

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    void *base = mmap(NULL, cap_bytes == 0 ? 1 : cap_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return STATUS_NO_MEMORY;
    *out_base = base;
    return STATUS_OK;
}

const char *wasm_status_name(enum status status)
{
    static const char *const names[] = {
#define X(name, text) #name,
        STATUS_LIST(X)
#undef X
    };
    return names[status];
}

struct bytes wasm_file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return bytes_of(NULL, 0);
    size_t cap = 1 << 16, len = 0;
    uint8_t *data = malloc(cap);
    while (data != NULL) {
        len += fread(data + len, 1, cap - len, file);
        if (len < cap)
            break;
        cap *= 2;
        uint8_t *more = realloc(data, cap);
        if (more == NULL)
            free(data);
        data = more;
    }
    (void)fclose(file); /* it was read only */
    return bytes_of(data, len);
}

static enum wasm_trap refuse(void *context, struct wasm_instance *caller, uint64_t *slots,
                             uint32_t *out_reason)
{
    (void)context, (void)caller, (void)slots;
    *out_reason = REFUSAL_NOT_GRANTED;
    return WASM_TRAP_HOST_REFUSED;
}

/* The tool's life is one module: what is allocated here is never freed. */
static void offer_refusals(struct wasm_guest *guest, struct wasm_host *host)
{
    const struct wasm_module *module = guest->module;
    guest->refusals = calloc((size_t)module->import_count + 1, sizeof *guest->refusals);
    if (guest->refusals == NULL)
        return;
    host->funcs = guest->refusals;
    host->func_count = 0;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const struct wasm_import *import = &module->imports[i];
        if (import->kind != WASM_EXTERN_FUNC)
            continue;
        const struct wasm_func_type *type = wasm_module_func_type(module, import->index);
        guest->refusals[host->func_count++] =
            (struct wasm_host_func){.module = import->module,
                                    .name = import->name,
                                    .param_count = type->param_count,
                                    .result_count = type->result_count,
                                    .params = type->params,
                                    .results = type->results,
                                    .call = refuse};
    }
}

enum status wasm_guest_open(struct wasm_guest *guest, const char *path,
                            const struct wasm_caps *caps, size_t arena_bytes, bool refuses_imports)
{
    memset(guest, 0, sizeof *guest);
    report_init(&guest->report);
    guest->file = wasm_file_read(path);
    if (guest->file.data == NULL)
        return report_fail(&guest->report, STATUS_NOT_FOUND, REPORT_NO_OFFSET,
                           "the file can not be read");
    guest->arena_bytes = arena_bytes;
    void *memory = mmap(NULL, arena_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return report_fail(&guest->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "the machine has no room for the arena");
    arena_init(&guest->arena, memory, arena_bytes);
    enum status status =
        wasm_module_load(guest->file, &guest->arena, &guest->arena, &guest->module, &guest->report);
    if (status != STATUS_OK)
        return status;
    struct wasm_host host = {
        .funcs = spectest, .func_count = ARRAY_LEN(spectest), .memory_reserve = reserve};
    if (refuses_imports)
        offer_refusals(guest, &host);
    struct wasm_extern *imports =
        arena_alloc(&guest->arena, guest->module->import_count, sizeof *imports);
    if (imports == NULL)
        return report_fail(&guest->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no room for the imports");
    status = wasm_store_create(&host, caps, &guest->arena, &guest->store, &guest->report);
    if (status == STATUS_OK)
        status = wasm_store_resolve(guest->store, guest->module, imports, &guest->report);
    if (status == STATUS_OK)
        status = wasm_instance_create(guest->store, guest->module, imports, &guest->instance,
                                      &guest->outcome, &guest->report);
    return status;
}

void wasm_guest_close(struct wasm_guest *guest)
{
    uint8_t *base;
    uint64_t len;
    if (guest->instance != NULL &&
        wasm_instance_memory(guest->instance, 0, &base, &len) == STATUS_OK)
        (void)munmap(base, len); /* what was grown to; the process ends soon */
    if (guest->arena.base != NULL)
        (void)munmap(guest->arena.base, guest->arena_bytes);
    free((void *)(uintptr_t)guest->file.data);
    memset(guest, 0, sizeof *guest);
}
