/*
 * capi/component.c: loading components and looking at their types.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "capi/capi_internal.h"
#include "core/component/component.h"

#define LOAD_BYTES_LEAST ((size_t)1 << 20)
#define LOAD_PER_BYTE    64u

_Static_assert((int)AETHER_BOOL == (int)COMPONENT_BOOL &&
                   (int)AETHER_STRING == (int)COMPONENT_STRING &&
                   (int)AETHER_BORROW == (int)COMPONENT_BORROW &&
                   (int)AETHER_FIXED_LIST == (int)COMPONENT_FIXED_LIST &&
                   (int)AETHER_MAP == (int)COMPONENT_MAP,
               "kinds are core's");

void *capi_reserve(size_t len)
{
    void *memory =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void capi_release(void *memory, size_t len)
{
    if (memory != NULL)
        (void)munmap(memory, len);
}

enum aether_status capi_fail(enum status status, const struct report *report,
                             struct aether_error *error)
{
    static const enum aether_status known[STATUS_COUNT] = {
        [STATUS_OK] = AETHER_OK,
        [STATUS_NO_MEMORY] = AETHER_NO_MEMORY,
        [STATUS_TRUNCATED] = AETHER_MALFORMED,
        [STATUS_MALFORMED] = AETHER_MALFORMED,
        [STATUS_INVALID] = AETHER_INVALID,
        [STATUS_UNSUPPORTED] = AETHER_UNSUPPORTED,
        [STATUS_LIMIT] = AETHER_LIMIT,
        [STATUS_UNLINKABLE] = AETHER_UNLINKABLE,
        [STATUS_DENIED] = AETHER_DENIED,
        [STATUS_TAMPERED] = AETHER_INVALID,
        [STATUS_NOT_FOUND] = AETHER_NOT_FOUND,
        [STATUS_UNAVAILABLE] = AETHER_NO_MEMORY,
        [STATUS_TRAP] = AETHER_TRAP,
    };
    if (error != NULL) {
        const char *text = report->is_set ? report->text : status_text(status);
        size_t len = strlen(text);
        memset(error, 0, sizeof *error);
        error->offset = report->is_set ? report->offset : REPORT_NO_OFFSET;
        memcpy(error->text, text, len < sizeof error->text ? len : sizeof error->text - 1);
    }
    return known[status];
}

static enum status load(struct aether_component *made, size_t len, struct report *report)
{
    size_t cap = LOAD_BYTES_LEAST;
    struct arena scratch;
    if (len > (SIZE_MAX - cap) / LOAD_PER_BYTE)
        return STATUS_LIMIT;
    cap += len * LOAD_PER_BYTE;
    made->memory = capi_reserve(cap);
    void *scratch_memory = capi_reserve(cap);
    enum status status = STATUS_NO_MEMORY;
    if (made->memory != NULL && scratch_memory != NULL) {
        arena_init(&made->arena, made->memory, cap);
        arena_init(&scratch, scratch_memory, cap);
        status = component_load(bytes_of(made->bytes, len), &made->arena, &scratch,
                                &made->component, report);
    }
    capi_release(scratch_memory, cap);
    if (made->memory != NULL && made->arena.base == NULL) {
        capi_release(made->memory, cap);
        made->memory = NULL;
    }
    return status;
}

enum aether_status aether_component_load(const void *bytes, size_t len,
                                         struct aether_component **out_component,
                                         struct aether_error *error)
{
    struct report report;
    report_init(&report);
    struct aether_component *made = calloc(1, sizeof *made);
    if (made != NULL)
        made->bytes = malloc(len == 0 ? 1 : len);
    if (made == NULL || made->bytes == NULL) {
        aether_component_destroy(made);
        return capi_fail(STATUS_NO_MEMORY, &report, error);
    }
    if (len != 0)
        memcpy(made->bytes, bytes, len);
    enum status status = load(made, len, &report);
    if (status != STATUS_OK) {
        aether_component_destroy(made);
        return capi_fail(status, &report, error);
    }
    *out_component = made;
    return AETHER_OK;
}

void aether_component_destroy(struct aether_component *component)
{
    if (component == NULL)
        return;
    capi_release(component->memory, component->arena.cap);
    free(component->bytes);
    free(component);
}

/* ---- looking at it ---- */

static const struct component_type *type_in(const struct aether_type *type)
{
    const void *same = type;
    return same;
}

static const struct aether_type *type_out(const struct component_type *type)
{
    const void *same = type;
    return same;
}

static const struct component_func_type *func_in(const struct aether_func_type *func)
{
    const void *same = func;
    return same;
}

static const struct aether_func_type *func_out(const struct component_func_type *func)
{
    const void *same = func;
    return same;
}

static const struct aether_interface *interface_out(const struct component_interface *interface)
{
    const void *same = interface;
    return same;
}

static void name_out(struct bytes name, const char **out_name, size_t *out_len)
{
    const void *text = name.data;
    if (out_name != NULL)
        *out_name = text;
    if (out_len != NULL)
        *out_len = name.len;
}

static bool extern_out(const struct component_extern_name *items, uint32_t count, size_t index,
                       struct aether_extern *out_extern)
{
    if (index >= count)
        return false;
    const struct component_extern_type *type = &items[index].type;
    *out_extern = (struct aether_extern){.kind = AETHER_EXTERN_OTHER};
    name_out(items[index].name, &out_extern->name, &out_extern->name_len);
    if (type->sort == COMPONENT_SORT_FUNC) {
        out_extern->kind = AETHER_EXTERN_FUNC;
        out_extern->func = func_out(type->func);
    } else if (type->sort == COMPONENT_SORT_INSTANCE) {
        out_extern->kind = AETHER_EXTERN_INTERFACE;
        out_extern->interface = interface_out(type->interface);
    } else if (type->sort == COMPONENT_SORT_TYPE) {
        out_extern->kind = AETHER_EXTERN_TYPE;
        if (type->type.kind == COMPONENT_ANY_VALUE)
            out_extern->type = type_out(type->type.value);
    }
    return true;
}

bool aether_component_import(const struct aether_component *component, size_t index,
                             struct aether_extern *out_extern)
{
    const struct component_interface *type = component->component->type;
    return extern_out(type->imports, type->import_count, index, out_extern);
}

bool aether_component_export(const struct aether_component *component, size_t index,
                             struct aether_extern *out_extern)
{
    const struct component_interface *type = component->component->type;
    return extern_out(type->exports, type->export_count, index, out_extern);
}

bool aether_interface_export(const struct aether_interface *interface, size_t index,
                             struct aether_extern *out_extern)
{
    const void *same = interface;
    const struct component_interface *type = same;
    return extern_out(type->exports, type->export_count, index, out_extern);
}

size_t aether_func_type_param_count(const struct aether_func_type *func)
{
    return func_in(func)->param_count;
}

const struct aether_type *aether_func_type_param(const struct aether_func_type *func, size_t index,
                                                 const char **out_name, size_t *out_name_len)
{
    ASSERT(index < func_in(func)->param_count);
    const struct component_field *param = &func_in(func)->params[index];
    name_out(param->name, out_name, out_name_len);
    return type_out(param->type);
}

const struct aether_type *aether_func_type_result(const struct aether_func_type *func)
{
    return type_out(func_in(func)->result);
}

enum aether_kind aether_type_kind(const struct aether_type *type)
{
    return (enum aether_kind)type_in(type)->kind;
}

size_t aether_type_count(const struct aether_type *type)
{
    return type_in(type)->count;
}

const struct aether_type *aether_type_field(const struct aether_type *type, size_t index,
                                            const char **out_name, size_t *out_name_len)
{
    ASSERT(index < type_in(type)->count);
    const struct component_field *field = &type_in(type)->fields[index];
    name_out(field->name, out_name, out_name_len);
    return type_out(field->type);
}

const struct aether_type *aether_type_element(const struct aether_type *type)
{
    return type_out(type_in(type)->element);
}

const struct aether_type *aether_type_error(const struct aether_type *type)
{
    return type_out(type_in(type)->error);
}

size_t aether_type_length(const struct aether_type *type)
{
    return type_in(type)->length;
}
