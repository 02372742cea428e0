/*
 * core/component/handles.c: tables of handles (CanonicalABI.md "Table State", "Resource State") and
 * how handles are lifted and lowered.
 *
 * Indices are taken in order from 1; the one freed last is taken first: guests see that.
 */
#include "aether/abi/outcome.h"
#include "core/component/instance_internal.h"

#define HANDLES_FIRST 16u

static enum status refuse(struct component_instance *instance, const char *sentence)
{
    (void)component_stop_refused(instance->linked, REFUSAL_BAD_HANDLE, sentence); /* it is one */
    return STATUS_TRAP;
}

static enum status refuse_handle(struct component_instance *instance, const char *sentence,
                                 uint32_t handle)
{
    report_write_u64x2(instance->linked->report, REPORT_NO_OFFSET, sentence, handle, 0);
    return refuse(instance, sentence);
}

/* Twice the room. What is abandoned stays in the arena: less than what is used. */
static enum status grow(struct component_instance *instance)
{
    struct component_handle_table *table = &instance->handles;
    struct component_linked *linked = instance->linked;
    if (table->cap == COMPONENT_LIMIT_HANDLES)
        return refuse(instance, "too many handles");
    uint32_t cap = table->cap == 0 ? HANDLES_FIRST : table->cap * 2;
    if (cap > COMPONENT_LIMIT_HANDLES)
        cap = COMPONENT_LIMIT_HANDLES;
    struct component_handle_entry *entries = arena_alloc(linked->arena, cap, sizeof *entries);
    if (entries == NULL)
        return component_stop_fault(linked, STATUS_NO_MEMORY);
    if (table->count != 0)
        memcpy(entries, table->entries, table->count * sizeof *entries);
    linked->floor = arena_mark(linked->arena);
    table->entries = entries;
    table->cap = cap;
    if (table->count == 0)
        table->count = 1;
    return STATUS_OK;
}

enum status component_handle_add(struct component_instance *instance,
                                 struct component_resource *resource, uint32_t rep,
                                 struct component_task *scope, uint32_t *out_handle)
{
    struct component_handle_table *table = &instance->handles;
    enum status status =
        table->free == 0 && table->count == table->cap ? grow(instance) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    uint32_t handle = table->free;
    if (handle != 0)
        table->free = table->entries[handle].rep;
    else
        handle = table->count++;
    table->entries[handle] = (struct component_handle_entry){
        .resource = resource, .scope = scope, .rep = rep, .is_own = scope == NULL};
    if (scope != NULL)
        scope->borrow_count++;
    *out_handle = handle;
    return STATUS_OK;
}

enum status component_handle_find(struct component_instance *instance, uint32_t handle,
                                  const struct component_resource *resource,
                                  struct component_handle_entry **out_entry)
{
    struct component_handle_table *table = &instance->handles;
    if (handle >= table->count || table->entries[handle].resource == NULL)
        return refuse_handle(instance, "unknown handle index %", handle);
    if (table->entries[handle].resource != resource)
        return refuse_handle(instance,
                             "handle index % used with the wrong type, expected guest-defined "
                             "resource but found a different guest-defined resource",
                             handle);
    *out_entry = &table->entries[handle];
    return STATUS_OK;
}

enum status component_handle_take(struct component_instance *instance, uint32_t handle,
                                  const struct component_resource *resource,
                                  struct component_handle_entry *out_entry)
{
    struct component_handle_table *table = &instance->handles;
    struct component_handle_entry *entry = NULL;
    enum status status = component_handle_find(instance, handle, resource, &entry);
    if (status != STATUS_OK)
        return status;
    if (entry->lend_count != 0)
        return refuse(instance, "cannot remove owned resource while borrowed");
    *out_entry = *entry;
    *entry = (struct component_handle_entry){.rep = table->free};
    table->free = handle;
    return STATUS_OK;
}

void component_task_end_lends(struct component_task *task, struct component_instance *instance)
{
    for (const struct component_lend *lend = task->lends; lend != NULL; lend = lend->next) {
        struct component_handle_entry *entry = &instance->handles.entries[lend->handle];
        ASSERT(entry->resource != NULL && entry->lend_count != 0);
        entry->lend_count--;
    }
    task->lends = NULL;
}

/* ---- lifting and lowering ---- */

/* The refusal was written for the run; lifting hands it on. */
static enum status hand_on(struct component_abi *abi, enum status status)
{
    if (status == STATUS_TRAP)
        abi->refusal = REFUSAL_BAD_HANDLE;
    return status;
}

static struct component_resource *resource_of(const struct component_abi *abi,
                                              const struct component_type *type)
{
    return component_instance_resource(abi->instance, type->resource);
}

static void make_value(enum component_kind kind, struct component_resource *resource, uint32_t rep,
                       struct component_value *out_value)
{
    *out_value = (struct component_value){.kind = kind, .handle = {resource, rep}};
}

enum status component_lift_own(struct component_abi *abi, const struct component_type *type,
                               uint32_t handle, struct component_value *out_value)
{
    struct component_resource *resource = resource_of(abi, type);
    struct component_handle_entry entry;
    enum status status = component_handle_take(abi->instance, handle, resource, &entry);
    if (status == STATUS_OK && !entry.is_own)
        status = refuse(abi->instance, "cannot lift own resource from a borrow");
    if (status == STATUS_OK)
        make_value(COMPONENT_OWN, resource, entry.rep, out_value);
    return hand_on(abi, status);
}

enum status component_lift_borrow(struct component_abi *abi, const struct component_type *type,
                                  uint32_t handle, struct component_value *out_value)
{
    struct component_resource *resource = resource_of(abi, type);
    struct component_handle_entry *entry = NULL;
    enum status status = component_handle_find(abi->instance, handle, resource, &entry);
    if (status != STATUS_OK)
        return hand_on(abi, status);
    struct component_lend *lend = arena_alloc(abi->arena, 1, sizeof *lend);
    if (lend == NULL)
        return STATUS_NO_MEMORY;
    *lend = (struct component_lend){.handle = handle, .next = abi->task->lends};
    abi->task->lends = lend;
    entry->lend_count++;
    make_value(COMPONENT_BORROW, resource, entry->rep, out_value);
    return STATUS_OK;
}

/* A handle that a host made may be of any resource. */
static enum status check_resource(struct component_abi *abi,
                                  const struct component_resource *resource,
                                  const struct component_value *value)
{
    return value->handle.resource == resource
               ? STATUS_OK
               : refuse(abi->instance, "a handle of another resource");
}

enum status component_lower_own(struct component_abi *abi, const struct component_type *type,
                                const struct component_value *value, uint32_t *out_handle)
{
    struct component_resource *resource = resource_of(abi, type);
    enum status status = check_resource(abi, resource, value);
    if (status == STATUS_OK)
        status = component_handle_add(abi->instance, resource, value->handle.rep, NULL, out_handle);
    return hand_on(abi, status);
}

enum status component_lower_borrow(struct component_abi *abi, const struct component_type *type,
                                   const struct component_value *value, uint32_t *out_handle)
{
    struct component_resource *resource = resource_of(abi, type);
    enum status status = check_resource(abi, resource, value);
    if (status != STATUS_OK)
        return hand_on(abi, status);
    if (resource->instance == abi->instance) {
        *out_handle = value->handle.rep;
        return STATUS_OK;
    }
    return hand_on(abi, component_handle_add(abi->instance, resource, value->handle.rep, abi->task,
                                             out_handle));
}
