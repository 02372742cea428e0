/*
 * tests/support/abi_guest.c: a guest without a component around it.
 */
#include "tests/support/abi_guest.h"

#define ARENA_BYTES ((size_t)8 << 20)
#define TYPES_BYTES ((size_t)2 << 20)
#define MEMORY_CAP  ((size_t)ABI_GUEST_PAGES << 16)
#define PAGE        65536u
#define FIELDS_MAX  512u
#define FUEL        100000000u

enum { EXPORT_MEMORY, EXPORT_LOG, EXPORT_SETUP, EXPORT_CALLS, EXPORT_REALLOC };

static const uint8_t module_bytes[] = {
    0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00, 0x01, 0x13, 0x03, 0x60, 0x03, 0x7F, 0x7F, 0x7F,
    0x00, 0x60, 0x00, 0x01, 0x7F, 0x60, 0x04, 0x7F, 0x7F, 0x7F, 0x7F, 0x01, 0x7F, 0x03, 0x05, 0x04,
    0x00, 0x01, 0x02, 0x02, 0x05, 0x07, 0x02, 0x01, 0x01, 0x40, 0x01, 0x01, 0x40, 0x06, 0x10, 0x03,
    0x7F, 0x01, 0x41, 0x00, 0x0B, 0x7F, 0x01, 0x41, 0x00, 0x0B, 0x7F, 0x01, 0x41, 0x00, 0x0B, 0x07,
    0x2A, 0x05, 0x06, 0x6D, 0x65, 0x6D, 0x6F, 0x72, 0x79, 0x02, 0x00, 0x03, 0x6C, 0x6F, 0x67, 0x02,
    0x01, 0x05, 0x73, 0x65, 0x74, 0x75, 0x70, 0x00, 0x00, 0x05, 0x63, 0x61, 0x6C, 0x6C, 0x73, 0x00,
    0x01, 0x07, 0x72, 0x65, 0x61, 0x6C, 0x6C, 0x6F, 0x63, 0x00, 0x03, 0x0A, 0x90, 0x02, 0x04, 0x16,
    0x00, 0x20, 0x00, 0x24, 0x00, 0x20, 0x01, 0x24, 0x01, 0x41, 0x00, 0x24, 0x02, 0x20, 0x02, 0x3F,
    0x00, 0x6B, 0x40, 0x00, 0x1A, 0x0B, 0x04, 0x00, 0x23, 0x02, 0x0B, 0x68, 0x01, 0x02, 0x7F, 0x23,
    0x01, 0x41, 0x01, 0x46, 0x20, 0x01, 0x41, 0x00, 0x47, 0x20, 0x03, 0x20, 0x01, 0x4D, 0x71, 0x71,
    0x04, 0x40, 0x20, 0x00, 0x0F, 0x0B, 0x23, 0x00, 0x20, 0x02, 0x6A, 0x41, 0x01, 0x6B, 0x41, 0x00,
    0x20, 0x02, 0x6B, 0x71, 0x21, 0x04, 0x20, 0x04, 0x20, 0x03, 0x6A, 0x24, 0x00, 0x23, 0x00, 0x41,
    0xFF, 0xFF, 0x03, 0x6A, 0x41, 0x10, 0x76, 0x21, 0x05, 0x20, 0x05, 0x3F, 0x00, 0x4B, 0x04, 0x40,
    0x41, 0x7F, 0x20, 0x05, 0x3F, 0x00, 0x6B, 0x40, 0x00, 0x46, 0x04, 0x40, 0x00, 0x0B, 0x0B, 0x20,
    0x04, 0x20, 0x00, 0x20, 0x01, 0x20, 0x03, 0x20, 0x01, 0x20, 0x03, 0x49, 0x1B, 0xFC, 0x0A, 0x00,
    0x00, 0x20, 0x04, 0x0B, 0x88, 0x01, 0x01, 0x02, 0x7F, 0x23, 0x01, 0x41, 0x02, 0x46, 0x04, 0x40,
    0x00, 0x0B, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0x20, 0x03, 0x10, 0x02, 0x21, 0x04, 0x23, 0x01,
    0x41, 0x03, 0x46, 0x04, 0x40, 0x20, 0x04, 0x41, 0x01, 0x72, 0x21, 0x04, 0x0B, 0x23, 0x01, 0x41,
    0x04, 0x46, 0x04, 0x40, 0x3F, 0x00, 0x41, 0x10, 0x74, 0x20, 0x03, 0x6B, 0x20, 0x02, 0x6A, 0x21,
    0x04, 0x0B, 0x23, 0x02, 0x41, 0x14, 0x6C, 0x21, 0x05, 0x20, 0x05, 0x41, 0x14, 0x6A, 0x3F, 0x01,
    0x41, 0x10, 0x74, 0x4B, 0x04, 0x40, 0x41, 0x01, 0x40, 0x01, 0x1A, 0x0B, 0x20, 0x05, 0x20, 0x00,
    0x36, 0x42, 0x01, 0x00, 0x20, 0x05, 0x20, 0x01, 0x36, 0x42, 0x01, 0x04, 0x20, 0x05, 0x20, 0x02,
    0x36, 0x42, 0x01, 0x08, 0x20, 0x05, 0x20, 0x03, 0x36, 0x42, 0x01, 0x0C, 0x20, 0x05, 0x20, 0x04,
    0x36, 0x42, 0x01, 0x10, 0x23, 0x02, 0x41, 0x01, 0x6A, 0x24, 0x02, 0x20, 0x04, 0x0B,
};

static ALIGNED(16) uint8_t arena_memory[ARENA_BYTES], types_memory[TYPES_BYTES];
static ALIGNED(65536) uint8_t guest_memory[2][MEMORY_CAP];
static uint32_t reserved;

/* The core instance is made once, and again where its memories have grown. */
static struct {
    struct arena arena;
    size_t mark; /* of the arena, behind the instance */
    struct wasm_store *store;
    struct wasm_instance *instance; /* NULL: it has to be made */
} core;

static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    (void)context;
    if (reserved == 2 || cap_bytes > MEMORY_CAP)
        return STATUS_NO_MEMORY;
    *out_base = guest_memory[reserved++];
    return STATUS_OK;
}

/* The module is loaded once and for all. */
static const struct wasm_module *guest_module(void)
{
    static ALIGNED(16) uint8_t module_memory[65536], scratch_memory[65536];
    static struct arena module_arena, scratch;
    static struct wasm_module *module;
    struct report report;
    if (module != NULL)
        return module;
    report_init(&report);
    arena_init(&module_arena, module_memory, sizeof module_memory);
    arena_init(&scratch, scratch_memory, sizeof scratch_memory);
    enum status status = wasm_module_load(bytes_of(module_bytes, sizeof module_bytes),
                                          &module_arena, &scratch, &module, &report);
    ASSERT(status == STATUS_OK);
    return module;
}

static struct wasm_extern export_of(const struct abi_guest *guest, uint32_t index)
{
    struct wasm_extern found;
    wasm_instance_export(guest->core, &guest_module()->exports[index], &found);
    return found;
}

static void begin_core(struct abi_guest *guest)
{
    static const struct wasm_host host = {.memory_reserve = reserve, .survives_traps = true};
    const struct wasm_caps caps = {
        .fuel = FUEL, .memory_bytes = 2 * MEMORY_CAP, .stack_units = 4096};
    struct wasm_outcome outcome;
    if (core.instance == NULL) {
        arena_init(&core.arena, arena_memory, sizeof arena_memory);
        ASSERT(wasm_store_create(&host, &caps, &core.arena, &core.store, &guest->report) ==
               STATUS_OK);
        ASSERT(wasm_instance_create(core.store, guest_module(), NULL, &core.instance, &outcome,
                                    &guest->report) == STATUS_OK);
        core.mark = arena_mark(&core.arena);
    }
    wasm_store_set_fuel(core.store, FUEL);
    guest->arena = &core.arena;
    guest->store = core.store;
    guest->core = core.instance;
}

static void begin_resources(struct abi_guest *guest)
{
    guest->component.graph = &guest->graph;
    guest->instance.component = &guest->component;
    guest->instance.linked = &guest->linked;
    guest->instance.may_leave = guest->instance.may_enter = true;
    guest->instance.resources = guest->bound;
    guest->linked.arena = guest->arena;
    guest->linked.store = guest->store;
    guest->linked.report = &guest->report;
    for (uint32_t i = 0; i < ABI_GUEST_RESOURCES; i++) {
        uint32_t number;
        ASSERT(component_types_resource(&guest->types, &guest->component, &number) == STATUS_OK);
        ASSERT(number == i);
        guest->bound[i] = &guest->resources[i];
    }
    component_types_finish(&guest->types, &guest->graph);
    guest->resources[2].instance = &guest->instance;
}

void abi_guest_begin(struct abi_guest *guest, uint8_t fill, enum component_encoding encoding)
{
    memset(guest, 0, sizeof *guest);
    report_init(&guest->report);
    arena_init(&guest->types_arena, types_memory, sizeof types_memory);
    ASSERT(component_types_init(&guest->types, &guest->types_arena, &guest->report) == STATUS_OK);
    begin_core(guest);
    begin_resources(guest);
    memset(guest_memory[0], fill, PAGE);
    guest->abi = (struct component_abi){.store = guest->store,
                                        .encoding = encoding,
                                        .memory = export_of(guest, EXPORT_MEMORY).memory,
                                        .realloc = export_of(guest, EXPORT_REALLOC).func,
                                        .instance = &guest->instance,
                                        .task = &guest->task,
                                        .may_leave = &guest->instance.may_leave,
                                        .arena = guest->arena,
                                        .report = &guest->report};
}

void abi_guest_setup(struct abi_guest *guest, uint32_t heap, enum abi_guest_mode mode,
                     uint32_t pages)
{
    uint64_t slots[3] = {heap, mode, pages};
    struct wasm_outcome outcome;
    ASSERT(pages >= 1 && pages <= ABI_GUEST_PAGES);
    ASSERT(wasm_call_ref(guest->store, export_of(guest, EXPORT_SETUP).func, slots, &outcome) ==
               STATUS_OK &&
           outcome.trap == WASM_TRAP_NONE);
}

static struct bytes memory_of(const struct abi_guest *guest, uint32_t index)
{
    uint8_t *base;
    uint64_t len;
    wasm_memory_bytes(export_of(guest, index).memory, &base, &len);
    return bytes_of(base, (size_t)len);
}

void abi_guest_end(struct abi_guest *guest)
{
    struct bytes memory = abi_guest_memory(guest), log = memory_of(guest, EXPORT_LOG);
    memory_wipe(guest_memory[0], memory.len);
    memory_wipe(guest_memory[1], abi_guest_log(guest).len);
    arena_rewind(&core.arena, core.mark);
    if (memory.len > PAGE || log.len > PAGE) {
        memory_wipe(guest_memory[1], log.len);
        arena_fini(&core.arena);
        core.instance = NULL;
        reserved = 0;
    }
    arena_fini(&guest->types_arena);
}

struct bytes abi_guest_memory(const struct abi_guest *guest)
{
    return memory_of(guest, EXPORT_MEMORY);
}

uint8_t *abi_guest_at(const struct abi_guest *guest, uint32_t address)
{
    ASSERT(address <= abi_guest_memory(guest).len);
    return guest_memory[0] + address;
}

struct bytes abi_guest_log(const struct abi_guest *guest)
{
    uint64_t slots[1] = {0};
    struct wasm_outcome outcome;
    ASSERT(wasm_call_ref(guest->store, export_of(guest, EXPORT_CALLS).func, slots, &outcome) ==
           STATUS_OK);
    struct bytes log = memory_of(guest, EXPORT_LOG);
    return bytes_of(log.data, (size_t)slots[0] * 20);
}

uint64_t abi_guest_varint(struct bytes *bytes)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && bytes->len != 0; shift += 7) {
        uint8_t byte = bytes->data[0];
        *bytes = bytes_of(bytes->data + 1, bytes->len - 1);
        number |= (uint64_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0)
            break;
    }
    return number;
}

static bool read_type(struct component_types *types, struct bytes *bytes, uint32_t depth,
                      const struct component_type **out_type);

/* A payload's type, or none. */
static bool read_maybe(struct component_types *types, struct bytes *bytes, uint32_t depth,
                       const struct component_type **out_type)
{
    *out_type = NULL;
    return (abi_guest_varint(bytes) & 1) == 0 || read_type(types, bytes, depth, out_type);
}

static struct bytes label(struct component_types *types, uint32_t index)
{
    uint8_t *name = arena_alloc(types->arena, 1, 4);
    if (name == NULL)
        return bytes_of("f", 1);
    name[0] = 'f';
    uint32_t len = 1;
    for (uint32_t unit = index >= 100 ? 100 : index >= 10 ? 10 : 1; unit != 0; unit /= 10)
        name[len++] = (uint8_t)('0' + index / unit % 10);
    return bytes_of(name, len);
}

static bool read_fields(struct component_types *types, struct bytes *bytes, uint32_t depth,
                        struct component_type *shape)
{
    enum component_kind kind = shape->kind;
    uint64_t count = abi_guest_varint(bytes);
    bool has_types = kind != COMPONENT_FLAGS && kind != COMPONENT_ENUM;
    if (count > FIELDS_MAX || (has_types && count > bytes->len))
        return false;
    struct component_field *fields = arena_alloc(types->arena, count, sizeof *fields);
    if (fields == NULL)
        return false;
    shape->fields = fields;
    shape->count = (uint32_t)count;
    for (uint32_t i = 0; i < count; i++) {
        if (kind != COMPONENT_TUPLE)
            fields[i].name = label(types, i);
        if (has_types &&
            !(kind == COMPONENT_VARIANT ? read_maybe(types, bytes, depth, &fields[i].type)
                                        : read_type(types, bytes, depth, &fields[i].type)))
            return false;
    }
    return true;
}

static bool read_type(struct component_types *types, struct bytes *bytes, uint32_t depth,
                      const struct component_type **out_type)
{
    struct component_type shape = {.kind = COMPONENT_BOOL};
    const struct component_type *key = NULL, *value = NULL;
    uint64_t kind = abi_guest_varint(bytes);
    bool is_read = true;
    if (kind > COMPONENT_MAP || depth > 20)
        return false;
    shape.kind = (enum component_kind)kind;
    switch (shape.kind) {
    case COMPONENT_RECORD:
    case COMPONENT_VARIANT:
    case COMPONENT_TUPLE:
    case COMPONENT_FLAGS:
    case COMPONENT_ENUM:
        is_read = read_fields(types, bytes, depth + 1, &shape);
        break;
    case COMPONENT_FIXED_LIST:
        shape.length = (uint32_t)abi_guest_varint(bytes);
        is_read = read_type(types, bytes, depth + 1, &shape.element);
        break;
    case COMPONENT_MAP:
        return read_type(types, bytes, depth + 1, &key) &&
               read_type(types, bytes, depth + 1, &value) &&
               component_types_map(types, key, value, out_type) == STATUS_OK;
    case COMPONENT_LIST:
    case COMPONENT_OPTION:
        is_read = read_type(types, bytes, depth + 1, &shape.element);
        break;
    case COMPONENT_RESULT:
        is_read = read_maybe(types, bytes, depth + 1, &shape.element) &&
                  read_maybe(types, bytes, depth + 1, &shape.error);
        break;
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        shape.resource = (uint32_t)(abi_guest_varint(bytes) % ABI_GUEST_RESOURCES);
        break;
    default:
        *out_type = component_type_primitive(shape.kind);
        return true;
    }
    return is_read && component_types_intern(types, &shape, out_type) == STATUS_OK;
}

const struct component_type *abi_guest_type(struct component_types *types, struct bytes *bytes)
{
    const struct component_type *type;
    return read_type(types, bytes, 0, &type) ? type : NULL;
}
