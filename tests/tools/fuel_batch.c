/*
 * tests/tools/fuel_batch.c: runs every module it is given and prints one JSON line for each.
 *
 *   fuel_batch FILE...        or the names on standard input, one a line
 *
 * Each module is instantiated with the budgets of tests/oracle/record.py, and each of its exported
 * functions that takes and returns numbers is called in export order with fixed arguments, until
 * one traps. A run that returned is done twice more: on the fuel that it burnt and on one less. The
 * host's answers are fixed. What a line means is said in record.py; the other side of the
 * comparison is tests/oracle/peer.py. This is a tool for tests: no policy, no deadline.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aether/gate_device.h"
#include "core/crypto/sha256.h"
#include "core/wasm/engine.h"
#include "core/wasm/limits.h"

#define FUEL           10000000u
#define MEMORY_BYTES   (2u << 20)
#define TABLE_ELEMENTS 16384u
#define STACK_UNITS    (1u << 20)
#define ARENA_BYTES    ((size_t)256 << 20)
#define HEAP_BYTES     ((uint64_t)8 << 20)
#define PRESSURE_BITS  0x3DF5C28Fu
#define DOSE           1250u
#define STATUS_BITS    0x1C20u
#define REASON_SHRED   99u

/* Where a host function stands in the sorted list of names. */
enum host_order { TELEMETRY, UPLINK, SIGNAL, STATUS, PRESSURE, DOSIMETER, SHRED };

struct bench {
    struct sha256 host;
    uint8_t *memories[WASM_LIMIT_MEMORIES]; /* what memory_reserve gave */
    uint32_t memory_count;
    struct arena module_arena;
    struct arena scratch;
    struct arena instance_arena;
};

struct record {
    bool is_silent; /* a run that is only measured */
    struct wasm_outcome outcome;
    uint64_t start;
    uint64_t fuel;
};

static void note(struct bench *bench, enum host_order which, const uint64_t *slots, size_t count)
{
    uint8_t words[12];
    store_le32(words, (uint32_t)which);
    for (size_t i = 0; i < count; i++)
        store_le32(words + 4 + 4 * i, (uint32_t)slots[i]);
    sha256_update(&bench->host, bytes_of(words, 4 + 4 * count));
}

static enum wasm_trap host_pressure(void *context, struct wasm_instance *caller, uint64_t *slots,
                                    uint32_t *out_reason)
{
    (void)caller;
    (void)out_reason;
    note(context, PRESSURE, slots, 0);
    slots[0] = PRESSURE_BITS;
    return WASM_TRAP_NONE;
}

static enum wasm_trap host_dose(void *context, struct wasm_instance *caller, uint64_t *slots,
                                uint32_t *out_reason)
{
    (void)caller;
    (void)out_reason;
    note(context, DOSIMETER, slots, 0);
    slots[0] = DOSE;
    return WASM_TRAP_NONE;
}

static enum wasm_trap host_status(void *context, struct wasm_instance *caller, uint64_t *slots,
                                  uint32_t *out_reason)
{
    (void)caller;
    (void)out_reason;
    note(context, STATUS, slots, 0);
    slots[0] = STATUS_BITS;
    return WASM_TRAP_NONE;
}

static enum wasm_trap host_telemetry(void *context, struct wasm_instance *caller, uint64_t *slots,
                                     uint32_t *out_reason)
{
    struct bench *bench = context;
    uint64_t address = (uint32_t)slots[0];
    uint64_t len = (uint32_t)slots[1];
    uint8_t *base;
    uint64_t memory_len;
    if (wasm_instance_memory(caller, 0, &base, &memory_len) != STATUS_OK)
        *out_reason = REFUSAL_NO_MEMORY_EXPORT;
    else if (len > GATE_TELEMETRY_MAX)
        *out_reason = REFUSAL_TOO_LONG;
    else if (address + len > memory_len)
        *out_reason = REFUSAL_BAD_RANGE;
    else {
        note(bench, TELEMETRY, slots, 2);
        sha256_update(&bench->host, bytes_of(base + address, len));
        return WASM_TRAP_NONE;
    }
    return WASM_TRAP_HOST_REFUSED;
}

static enum wasm_trap host_uplink(void *context, struct wasm_instance *caller, uint64_t *slots,
                                  uint32_t *out_reason)
{
    (void)caller;
    (void)out_reason;
    note(context, UPLINK, slots, 2);
    return WASM_TRAP_NONE;
}

static enum wasm_trap host_signal(void *context, struct wasm_instance *caller, uint64_t *slots,
                                  uint32_t *out_reason)
{
    (void)caller;
    (void)out_reason;
    note(context, SIGNAL, slots, 1);
    return WASM_TRAP_NONE;
}

static enum wasm_trap host_shred(void *context, struct wasm_instance *caller, uint64_t *slots,
                                 uint32_t *out_reason)
{
    (void)context;
    (void)caller;
    (void)slots;
    *out_reason = REASON_SHRED;
    return WASM_TRAP_HOST_REFUSED;
}

static const uint32_t type_f32[] = {WASM_TYPE_F32};
static const uint32_t type_i32[] = {WASM_TYPE_I32};
static const uint32_t type_i32_i32[] = {WASM_TYPE_I32, WASM_TYPE_I32};

#define FUNC(text, params, param_count, results, result_count, call)                               \
    {BYTES_LITERAL("aether"),                                                                      \
     BYTES_LITERAL(text),                                                                          \
     param_count,                                                                                  \
     result_count,                                                                                 \
     params,                                                                                       \
     results,                                                                                      \
     call,                                                                                         \
     NULL}

static const struct wasm_host_func host_funcs[] = {
    FUNC("read_atmospheric_pressure", NULL, 0, type_f32, 1, host_pressure),
    FUNC("read_radiation_dosimeter", NULL, 0, type_i32, 1, host_dose),
    FUNC("commit_telemetry_vector", type_i32_i32, 2, NULL, 0, host_telemetry),
    FUNC("commit_uplink", type_i32_i32, 2, NULL, 0, host_uplink),
    FUNC("get_status", NULL, 0, type_i32, 1, host_status),
    FUNC("emit_signal", type_i32, 1, NULL, 0, host_signal),
    FUNC("shred_self", NULL, 0, NULL, 0, host_shred),
};

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    struct bench *bench = context;
    uint8_t *memory = calloc(1, cap_bytes == 0 ? 1 : cap_bytes);
    if (memory == NULL)
        return STATUS_NO_MEMORY;
    bench->memories[bench->memory_count++] = *out_base = memory;
    return STATUS_OK;
}

static bool is_number(uint32_t type)
{
    return type >= WASM_TYPE_F64 && type <= WASM_TYPE_I32;
}

static uint64_t argument(uint32_t type, uint32_t k)
{
    switch (type) {
    case WASM_TYPE_I32:
        return 7 + 3 * (uint64_t)k;
    case WASM_TYPE_I64:
        return 0x100000007u * ((uint64_t)k + 1);
    case WASM_TYPE_F32:
        return 0x3FC00000u + ((uint64_t)k << 16);
    default:
        return 0x4004000000000000u + ((uint64_t)k << 40);
    }
}

static bool is_callable(const struct wasm_func_type *type)
{
    for (uint32_t i = 0; i < type->param_count; i++)
        if (!is_number(type->params[i]))
            return false;
    for (uint32_t i = 0; i < type->result_count; i++)
        if (!is_number(type->results[i]))
            return false;
    return true;
}

static void print_hash(const char *name, const uint8_t digest[static 32])
{
    printf("%s", name);
    for (size_t i = 0; i < 32; i++)
        printf("%02x", digest[i]);
    putchar('"');
}

/* One call and its line of `calls`; false when it trapped. */
static bool call_export(struct wasm_instance *instance, const struct wasm_module *module,
                        uint32_t index, const char *comma, struct record *record)
{
    uint32_t func = module->exports[index].index;
    const struct wasm_func_type *type = wasm_module_func_type(module, func);
    size_t room = type->param_slots > type->result_slots ? type->param_slots : type->result_slots;
    uint64_t *slots = calloc(room + 1, sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < type->param_count; i++)
        slots[i] = argument(type->params[i], i);
    enum status status = wasm_call(instance, func, slots, &record->outcome);
    bool returned = status == STATUS_OK && record->outcome.trap == WASM_TRAP_NONE;
    if (returned && !record->is_silent) {
        printf("%s[%u, %" PRIu64 ", \"", comma, index,
               wasm_store_fuel_used(wasm_instance_store(instance)));
        for (uint32_t i = 0; i < type->result_count; i++)
            printf("%s%" PRIx64, i == 0 ? "" : " ", slots[i]);
        printf("\"]");
    }
    free(slots);
    return returned;
}

static void call_all(struct wasm_instance *instance, const struct wasm_module *module,
                     struct record *record)
{
    const char *comma = "";
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct wasm_export *export = &module->exports[i];
        if (export->kind != WASM_EXTERN_FUNC ||
            !is_callable(wasm_module_func_type(module, export->index)))
            continue;
        if (!call_export(instance, module, i, comma, record))
            return;
        comma = ", ";
    }
}

/* The first exported memory and all exported number globals. */
static void print_leftovers(struct wasm_instance *instance, const struct wasm_module *module)
{
    const char *comma = "";
    printf(", \"globals\": [");
    for (uint32_t i = 0; i < module->export_count; i++) {
        const struct wasm_export *export = &module->exports[i];
        uint64_t value[2];
        if (export->kind != WASM_EXTERN_GLOBAL || !is_number(module->globals[export->index].type) ||
            wasm_instance_global(instance, export->index, value) != STATUS_OK)
            continue;
        printf("%s[%u, \"%" PRIx64 "\"]", comma, i, value[0]);
        comma = ", ";
    }
    printf("]");
    for (uint32_t i = 0; i < module->export_count; i++) {
        uint8_t *base;
        uint64_t len;
        uint8_t digest[32];
        if (module->exports[i].kind != WASM_EXTERN_MEMORY ||
            wasm_instance_memory(instance, module->exports[i].index, &base, &len) != STATUS_OK)
            continue;
        sha256_digest(bytes_of(base, len), digest);
        printf(", \"memory\": \"%" PRIu64, len);
        print_hash(":", digest);
        return;
    }
    printf(", \"memory\": \"\"");
}

static const char *load_word(enum status status)
{
    switch (status) {
    case STATUS_OK:
    case STATUS_TRAP:
        return "ok";
    case STATUS_UNLINKABLE:
        return "unlinkable";
    case STATUS_LIMIT:
    case STATUS_NO_MEMORY:
        return "limit";
    default:
        return "invalid";
    }
}

static enum status instantiate(struct bench *bench, const struct wasm_module *module, uint64_t fuel,
                               struct wasm_instance **out_instance, struct record *record,
                               struct report *report)
{
    const struct wasm_host host = {.context = bench,
                                   .funcs = host_funcs,
                                   .func_count = ARRAY_LEN(host_funcs),
                                   .memory_reserve = reserve};
    const struct wasm_caps caps = {.fuel = fuel,
                                   .memory_bytes = MEMORY_BYTES,
                                   .table_elements = TABLE_ELEMENTS,
                                   .heap_bytes = HEAP_BYTES,
                                   .stack_units = STACK_UNITS};
    struct wasm_store *store = NULL;
    struct wasm_extern *imports =
        arena_alloc(&bench->instance_arena, module->import_count, sizeof *imports);
    if (imports == NULL)
        return STATUS_NO_MEMORY;
    sha256_init(&bench->host);
    enum status status = wasm_store_create(&host, &caps, &bench->instance_arena, &store, report);
    if (status == STATUS_OK)
        status = wasm_store_resolve(store, module, imports, report);
    if (status == STATUS_OK)
        status =
            wasm_instance_create(store, module, imports, out_instance, &record->outcome, report);
    if (*out_instance != NULL)
        record->start = wasm_store_fuel_used(wasm_instance_store(*out_instance));
    return status;
}

static void drop_instance(struct bench *bench)
{
    while (bench->memory_count != 0)
        free(bench->memories[--bench->memory_count]);
    arena_rewind(&bench->instance_arena, 0);
}

/* How the same calls end on another budget. */
static enum wasm_trap end_with_fuel(struct bench *bench, const struct wasm_module *module,
                                    uint64_t fuel)
{
    struct record record = {.is_silent = true};
    struct wasm_instance *instance = NULL;
    struct report report;
    report_init(&report);
    drop_instance(bench);
    enum status status = instantiate(bench, module, fuel, &instance, &record, &report);
    if (status == STATUS_OK)
        call_all(instance, module, &record);
    ASSERT(status == STATUS_OK || status == STATUS_TRAP); /* it was instantiated before */
    return record.outcome.trap;
}

/* A run that returned needs what it burnt, and not one less. */
static bool is_fuel_exact(struct bench *bench, const struct wasm_module *module, uint64_t fuel)
{
    return end_with_fuel(bench, module, fuel) == WASM_TRAP_NONE &&
           (fuel == 0 || end_with_fuel(bench, module, fuel - 1) == WASM_TRAP_OUT_OF_FUEL);
}

static void print_rest(const struct record *record, const struct report *report)
{
    printf(", \"trap\": %u, \"reason\": %u, \"func\": %u, \"off\": %" PRIu64 ", \"start\": %" PRIu64
           ", \"fuel\": %" PRIu64,
           (unsigned)record->outcome.trap, record->outcome.reason, record->outcome.func,
           record->outcome.offset, record->start, record->fuel);
    /* A report's text is plain ASCII; quotes and backslashes are all that JSON minds. */
    printf(", \"why\": \"");
    for (const char *c = report->is_set ? report->text : ""; *c != '\0'; c++)
        printf(*c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    printf("\"");
}

static void run(struct bench *bench, struct bytes input)
{
    struct report report;
    struct wasm_module *module = NULL;
    struct wasm_instance *instance = NULL;
    struct record record = {0};
    report_init(&report);
    sha256_init(&bench->host);
    enum status status =
        wasm_module_load(input, &bench->module_arena, &bench->scratch, &module, &report);
    if (status == STATUS_OK)
        status = instantiate(bench, module, FUEL, &instance, &record, &report);
    printf("\"load\": \"%s\", \"calls\": [", load_word(status));
    if (status == STATUS_OK)
        call_all(instance, module, &record);
    printf("]");
    bool returned = status == STATUS_OK && record.outcome.trap == WASM_TRAP_NONE;
    if (returned)
        print_leftovers(instance, module);
    else
        printf(", \"globals\": [], \"memory\": \"\"");
    if (instance != NULL)
        record.fuel = wasm_store_fuel_used(wasm_instance_store(instance));
    uint8_t digest[32];
    sha256_final(&bench->host, digest);
    print_hash(", \"host\": \"", digest);
    bool is_exact = !returned || is_fuel_exact(bench, module, record.fuel);
    printf(", \"exact\": %s", is_exact ? "true" : "false");
    print_rest(&record, &report);
}

static bool run_file(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "fuel_batch: can not read %s\n", path);
        if (file != NULL)
            (void)fclose(file);
        return false;
    }
    long size = ftell(file);
    bool is_back = size >= 0 && fseek(file, 0, SEEK_SET) == 0;
    uint8_t *data = !is_back ? NULL : malloc((size_t)size + 1);
    bool is_read = data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size;
    (void)fclose(file); /* read only: nothing can be lost */
    if (is_read) {
        printf("{\"file\": \"%s\", ", path);
        run(bench, bytes_of(data, (size_t)size));
        printf("}\n");
    }
    free(data);
    drop_instance(bench);
    arena_rewind(&bench->module_arena, 0);
    arena_rewind(&bench->scratch, 0);
    return is_read;
}

static bool make_arena(struct arena *arena)
{
    void *room = calloc(1, ARENA_BYTES);
    if (room == NULL)
        return false;
    arena_init(arena, room, ARENA_BYTES);
    return true;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    char line[4096];
    bool all = true;
    if (!make_arena(&bench.module_arena) || !make_arena(&bench.scratch) ||
        !make_arena(&bench.instance_arena)) {
        fprintf(stderr, "fuel_batch: no memory\n");
        return 2;
    }
    for (int i = 1; i < argc; i++)
        all = run_file(&bench, argv[i]) && all;
    while (argc == 1 && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        all = run_file(&bench, line) && all;
    }
    free(bench.module_arena.base);
    free(bench.scratch.base);
    free(bench.instance_arena.base);
    return all ? 0 : 2;
}
