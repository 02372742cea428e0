/*
 * core/component/scope.c: scopes, index spaces and steps while a component is decoded.
 *
 * Lists double in the scratch arena, so what is left behind is at most what is in use.
 */
#include "core/component/scope.h"

static enum status no_memory(struct component_decoder *decoder, const struct arena *arena)
{
    return report_fail_u64(decoder->report, STATUS_NO_MEMORY, decoder->types.offset,
                           "the tables of the component need an arena of at least % bytes",
                           arena->wanted);
}

void *component_list_push(struct component_decoder *decoder, struct component_list *list,
                          size_t item_size)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        void *items = arena_alloc(decoder->scratch, capacity, item_size);
        if (items == NULL) {
            (void)no_memory(decoder, decoder->scratch); /* the caller returns it */
            return NULL;
        }
        if (list->count != 0)
            memcpy(items, list->items, list->count * item_size);
        list->items = items;
        list->capacity = capacity;
    }
    return (uint8_t *)list->items + item_size * list->count++;
}

enum status component_decoder_alloc(struct component_decoder *decoder, uint32_t count,
                                    size_t item_size, void **out_room)
{
    void *room = NULL;
    if (count != 0) {
        room = arena_alloc(decoder->arena, count, item_size);
        if (room == NULL)
            return no_memory(decoder, decoder->arena);
    }
    *out_room = room;
    return STATUS_OK;
}

enum status component_decoder_scratch(struct component_decoder *decoder, uint32_t count,
                                      size_t item_size, void **out_room)
{
    void *room = NULL;
    if (count != 0) {
        room = arena_alloc(decoder->scratch, count, item_size);
        if (room == NULL)
            return no_memory(decoder, decoder->scratch);
    }
    *out_room = room;
    return STATUS_OK;
}

enum status component_scope_open(struct component_decoder *decoder, struct component_scope *parent,
                                 enum component_scope_kind kind, uint64_t offset,
                                 struct component_scope **out_scope)
{
    uint32_t depth = parent == NULL ? 1 : parent->depth + 1;
    if (depth > COMPONENT_LIMIT_DEPTH)
        return report_fail_u64(decoder->report, STATUS_LIMIT, offset,
                               "components and types are nested more than % deep",
                               COMPONENT_LIMIT_DEPTH);
    void *room = NULL;
    enum status status =
        component_decoder_scratch(decoder, 1, sizeof(struct component_scope), &room);
    if (status != STATUS_OK)
        return status;
    struct component_scope *scope = room;
    scope->kind = kind;
    scope->depth = depth;
    scope->parent = parent;
    *out_scope = scope;
    return STATUS_OK;
}

enum status component_scope_push(struct component_decoder *decoder, struct component_scope *scope,
                                 enum component_sort sort,
                                 const struct component_definition *definition)
{
    struct component_list *space = &scope->spaces[sort];
    if (space->count >= COMPONENT_LIMIT_STEPS)
        return report_fail_u64(decoder->report, STATUS_LIMIT, decoder->types.offset,
                               "an index space has more than % definitions", COMPONENT_LIMIT_STEPS);
    struct component_definition *slot = component_list_push(decoder, space, sizeof *slot);
    if (slot == NULL)
        return STATUS_NO_MEMORY;
    *slot = *definition;
    return STATUS_OK;
}

uint32_t component_scope_count(const struct component_scope *scope, enum component_sort sort)
{
    return sort == COMPONENT_SORT_CORE_TYPE ? scope->core_types.count : scope->spaces[sort].count;
}

enum status component_scope_get(struct component_decoder *decoder,
                                const struct component_scope *scope, enum component_sort sort,
                                uint32_t index, uint64_t offset, struct component_definition *out)
{
    static const char *const sentences[COMPONENT_SORT_COUNT] = {
        [COMPONENT_SORT_CORE_FUNC] = "unknown core function %: index out of bounds",
        [COMPONENT_SORT_CORE_TABLE] = "unknown table %: table index out of bounds",
        [COMPONENT_SORT_CORE_MEMORY] = "unknown memory %: memory index out of bounds",
        [COMPONENT_SORT_CORE_GLOBAL] = "unknown global %: global index out of bounds",
        [COMPONENT_SORT_CORE_TAG] = "unknown tag %: tag index out of bounds",
        [COMPONENT_SORT_CORE_TYPE] = "unknown core type %: type index out of bounds",
        [COMPONENT_SORT_CORE_MODULE] = "unknown module %: module index out of bounds",
        [COMPONENT_SORT_CORE_INSTANCE] = "unknown core instance %: instance index out of bounds",
        [COMPONENT_SORT_FUNC] = "unknown function %: function index out of bounds",
        [COMPONENT_SORT_TYPE] = "unknown type %: type index out of bounds",
        [COMPONENT_SORT_COMPONENT] = "unknown component %: component index out of bounds",
        [COMPONENT_SORT_INSTANCE] = "unknown instance %: instance index out of bounds",
    };
    const struct component_list *space = &scope->spaces[sort];
    if (index >= space->count)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset, sentences[sort], index);
    const struct component_definition *definitions = space->items;
    *out = definitions[index];
    return STATUS_OK;
}

enum status component_scope_read(struct component_decoder *decoder,
                                 const struct component_scope *scope, struct wasm_cursor *cursor,
                                 enum component_sort sort, uint32_t *out_index,
                                 struct component_definition *out)
{
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t index;
    enum status status = wasm_read_u32(cursor, &index);
    if (status != STATUS_OK)
        return status;
    status = component_scope_get(decoder, scope, sort, index, offset, out);
    if (status == STATUS_OK)
        *out_index = index;
    return status;
}

enum status component_scope_read_type(struct component_decoder *decoder,
                                      const struct component_scope *scope,
                                      struct wasm_cursor *cursor, enum component_any_kind kind,
                                      struct component_any_type *out)
{
    static const char *const sentences[] = {
        [COMPONENT_ANY_VALUE] = "type index % is not a defined type",
        [COMPONENT_ANY_FUNC] = "type index % is not a function type",
        [COMPONENT_ANY_COMPONENT] = "type index % is not a component type",
        [COMPONENT_ANY_INSTANCE] = "type index % is not an instance type",
        [COMPONENT_ANY_RESOURCE] = "type index % is not a resource type",
    };
    uint64_t offset = wasm_cursor_offset(cursor);
    uint32_t index;
    struct component_definition found;
    enum status status =
        component_scope_read(decoder, scope, cursor, COMPONENT_SORT_TYPE, &index, &found);
    if (status != STATUS_OK)
        return status;
    if (found.type.kind != kind)
        return report_fail_u64(decoder->report, STATUS_INVALID, offset, sentences[kind], index);
    *out = found.type;
    return STATUS_OK;
}

enum status component_scope_step(struct component_decoder *decoder, struct component_scope *scope,
                                 const struct component_step *made)
{
    if (scope->steps.count >= COMPONENT_LIMIT_STEPS)
        return report_fail_u64(decoder->report, STATUS_LIMIT, made->offset,
                               "a component has more than % definitions", COMPONENT_LIMIT_STEPS);
    struct component_step *step = component_list_push(decoder, &scope->steps, sizeof *step);
    if (step == NULL)
        return STATUS_NO_MEMORY;
    *step = *made;
    return STATUS_OK;
}

static enum status add_numbers(struct component_decoder *decoder, struct component_list *list,
                               const struct component_fresh *fresh)
{
    for (uint32_t i = 0; i < fresh->count; i++) {
        uint32_t *slot = component_list_push(decoder, list, sizeof *slot);
        if (slot == NULL)
            return STATUS_NO_MEMORY;
        *slot = fresh->first + i;
    }
    return STATUS_OK;
}

enum status component_scope_bind(struct component_decoder *decoder, struct component_scope *scope,
                                 const struct component_fresh *fresh, bool is_import)
{
    enum status status = STATUS_OK;
    if (scope->component == NULL) /* what belongs to a component, component_types_component finds */
        status = add_numbers(decoder, &scope->bound, fresh);
    if (status == STATUS_OK && !is_import) {
        status = add_numbers(decoder, &scope->made, fresh);
        scope->visible.made = scope->made.items;
        scope->visible.made_count = scope->made.count;
    }
    return status;
}

struct component_extern_type component_definition_extern(enum component_sort sort,
                                                         const struct component_definition *from)
{
    struct component_extern_type type = {.sort = sort};
    switch (sort) {
    case COMPONENT_SORT_CORE_MODULE:
        type.module = from->modular;
        break;
    case COMPONENT_SORT_FUNC:
        type.func = from->func;
        break;
    case COMPONENT_SORT_TYPE:
        type.type = from->type;
        break;
    default:
        ASSERT(sort == COMPONENT_SORT_COMPONENT || sort == COMPONENT_SORT_INSTANCE);
        type.interface = from->interface;
        break;
    }
    return type;
}

struct component_definition component_extern_definition(const struct component_extern_type *type)
{
    struct component_definition definition = {.core_func = 0};
    switch (type->sort) {
    case COMPONENT_SORT_CORE_MODULE:
        definition.modular = type->module;
        break;
    case COMPONENT_SORT_FUNC:
        definition.func = type->func;
        break;
    case COMPONENT_SORT_TYPE:
        definition.type = type->type;
        break;
    default:
        ASSERT(type->sort == COMPONENT_SORT_COMPONENT || type->sort == COMPONENT_SORT_INSTANCE);
        definition.interface = type->interface;
        break;
    }
    return definition;
}

struct bytes component_sort_name(enum component_sort sort)
{
    static const char *const names[COMPONENT_SORT_COUNT] = {
        [COMPONENT_SORT_CORE_FUNC] = "core function",
        [COMPONENT_SORT_CORE_TABLE] = "table",
        [COMPONENT_SORT_CORE_MEMORY] = "memory",
        [COMPONENT_SORT_CORE_GLOBAL] = "global",
        [COMPONENT_SORT_CORE_TAG] = "tag",
        [COMPONENT_SORT_CORE_TYPE] = "core type",
        [COMPONENT_SORT_CORE_MODULE] = "module",
        [COMPONENT_SORT_CORE_INSTANCE] = "core instance",
        [COMPONENT_SORT_FUNC] = "func",
        [COMPONENT_SORT_TYPE] = "type",
        [COMPONENT_SORT_COMPONENT] = "component",
        [COMPONENT_SORT_INSTANCE] = "instance",
    };
    return bytes_of(names[sort], strlen(names[sort]));
}
