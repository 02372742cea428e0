/*
 * core/component/host.c: what a host offers, found for the imports of an outermost component; and
 * what a host function needs to answer.
 *
 * Nothing is linked by name alone: the guest's type of every function is compared with the host's.
 */
#include "core/component/host.h"

#include "aether/abi/outcome.h"
#include "core/component/graph.h"
#include "core/component/instance_internal.h"

/* ---- by name ---- */

static const struct component_host_interface *find_interface(const struct component_host *host,
                                                             struct bytes name)
{
    struct component_track track = component_name_track(name);
    for (uint32_t i = 0; i < host->interface_count; i++) {
        const struct component_host_interface *each = host->interfaces[i];
        bool is_minor_free = each->major != 0 && each->major == track.major;
        if (bytes_equal(each->name, track.base) && each->major == track.major &&
            (is_minor_free || each->minor == track.minor))
            return each;
    }
    return NULL;
}

/* Functions and resources at the top, in no interface: those of the interface "". */
static const struct component_host_interface *find_top(const struct component_host *host)
{
    for (uint32_t i = 0; i < host->interface_count; i++)
        if (host->interfaces[i]->name.len == 0)
            return host->interfaces[i];
    return NULL;
}

static const struct component_host_func *find_func(const struct component_host_interface *interface,
                                                   struct bytes name)
{
    for (uint32_t i = 0; interface != NULL && i < interface->func_count; i++)
        if (bytes_equal(interface->funcs[i].name, name))
            return &interface->funcs[i];
    return NULL;
}

static const struct component_host_resource *
find_resource(const struct component_host_interface *interface, struct bytes name)
{
    for (uint32_t i = 0; interface != NULL && i < interface->resource_count; i++)
        if (bytes_equal(interface->resources[i]->name, name))
            return interface->resources[i];
    return NULL;
}

/* ---- linking ---- */

struct linking {
    struct component_instance *instance;
    const struct component_host_interface *offer; /* NULL: nobody offers it */
    struct bytes name;                            /* of the interface, as imported; empty: none */
    uint64_t offset;
};

static enum status refuse(const struct linking *linking, const char *in_interface, const char *top,
                          struct bytes name)
{
    struct report *report = linking->instance->linked->report;
    return linking->name.len == 0
               ? report_fail_name(report, STATUS_UNLINKABLE, linking->offset, top, name)
               : report_fail_names(report, STATUS_UNLINKABLE, linking->offset, in_interface,
                                   linking->name, name);
}

static enum status refuse_missing(const struct linking *linking, struct bytes name)
{
    return refuse(linking, "import %#% is not offered", "import % is not offered", name);
}

static const struct component_host_resource *resource_of(const void *context, uint32_t number)
{
    return component_instance_resource(context, number)->host;
}

/* Of the functions of this name the one that has the type. */
static const struct component_host_func *find_fitting(const struct linking *linking,
                                                      struct bytes name,
                                                      const struct component_func_type *type)
{
    const struct component_host_interface *offer = linking->offer;
    for (uint32_t i = 0; offer != NULL && i < offer->func_count; i++)
        if (bytes_equal(offer->funcs[i].name, name) &&
            component_func_matches_host(type, offer->funcs[i].type, resource_of, linking->instance))
            return &offer->funcs[i];
    return NULL;
}

static enum status link_func(const struct linking *linking, struct bytes name,
                             const struct component_func_type *type,
                             struct component_extern *out_extern)
{
    struct component_linked *linked = linking->instance->linked;
    const struct component_host_func *found = find_fitting(linking, name, type);
    bool is_named = found != NULL || find_func(linking->offer, name) != NULL;
    if (!is_named && !linked->host.traps_unknown)
        return refuse_missing(linking, name);
    if (is_named && found == NULL)
        return refuse(linking, "import %#% is offered with another type",
                      "import % is offered with another type", name);
    struct component_func *func = arena_alloc(linked->arena, 1, sizeof *func);
    if (func == NULL)
        return STATUS_NO_MEMORY;
    *func = (struct component_func){
        .linked = linked, .type = type, .host = found, .interface = linking->name, .name = name};
    *out_extern = (struct component_extern){.sort = COMPONENT_SORT_FUNC, .func = func};
    return STATUS_OK;
}

/* The resource that a number has already, or the host's of that name. */
static enum status link_resource(const struct linking *linking, struct bytes name, uint32_t number,
                                 struct component_extern *out_extern)
{
    struct component_linked *linked = linking->instance->linked;
    struct component_resource *resource =
        component_instance_find_resource(linking->instance, number);
    if (resource == NULL) {
        const struct component_host_resource *found = find_resource(linking->offer, name);
        if (found == NULL && !linked->host.traps_unknown)
            return refuse_missing(linking, name);
        resource = found == NULL ? &linked->nobody : component_linked_host_resource(linked, found);
        if (resource == NULL)
            return STATUS_NO_MEMORY;
        component_instance_bind(linking->instance, number, resource);
    }
    *out_extern = (struct component_extern){.sort = COMPONENT_SORT_TYPE, .resource = resource};
    return STATUS_OK;
}

static enum status link_instance(const struct linking *linking,
                                 const struct component_interface *type,
                                 struct component_extern *out_extern);

/* Recursion: instances in instances, as deep as types may be. */
static enum status link_extern(const struct linking *linking, struct bytes name,
                               const struct component_extern_type *type,
                               struct component_extern *out_extern)
{
    struct linking inner = *linking;
    switch (type->sort) {
    case COMPONENT_SORT_FUNC:
        return link_func(linking, name, type->func, out_extern);
    case COMPONENT_SORT_TYPE:
        if (type->type.kind == COMPONENT_ANY_RESOURCE)
            return link_resource(linking, name, type->type.resource, out_extern);
        *out_extern = (struct component_extern){.sort = COMPONENT_SORT_TYPE};
        return STATUS_OK;
    case COMPONENT_SORT_INSTANCE:
        inner.name = name;
        inner.offer =
            linking->name.len == 0 ? find_interface(&linking->instance->linked->host, name) : NULL;
        return link_instance(&inner, type->interface, out_extern);
    default:
        return refuse_missing(linking, name); /* modules and components: of no host */
    }
}

static enum status link_instance(const struct linking *linking,
                                 const struct component_interface *type,
                                 struct component_extern *out_extern)
{
    struct component_linked *linked = linking->instance->linked;
    uint32_t count = type->export_count;
    enum status status = component_linked_work(linked, count);
    if (status != STATUS_OK)
        return status;
    struct component_exports *exports = arena_alloc(linked->arena, 1, sizeof *exports);
    struct component_extern *externs = arena_alloc(linked->arena, count, sizeof *externs);
    struct component_place *places = arena_alloc(linked->arena, count, sizeof *places);
    if (exports == NULL || externs == NULL || places == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        places[i] = (struct component_place){.name = type->exports[i].name, .place = i};
        status = link_extern(linking, type->exports[i].name, &type->exports[i].type, &externs[i]);
    }
    if (status == STATUS_OK)
        status = component_places_sort(linked->arena, places, count);
    exports->places = (struct component_places){.count = count, .items = places};
    exports->externs = externs;
    *out_extern = (struct component_extern){.sort = COMPONENT_SORT_INSTANCE, .exports = exports};
    return status;
}

enum status component_host_import(struct component_instance *instance,
                                  const struct component_step *step,
                                  struct component_extern *out_extern)
{
    const struct linking linking = {
        .instance = instance, .offer = find_top(&instance->linked->host), .offset = step->offset};
    enum status status = link_extern(&linking, step->name, &step->extern_type, out_extern);
    if (status == STATUS_NO_MEMORY)
        report_write(instance->linked->report, REPORT_NO_OFFSET, "no room for imports");
    return status;
}

/* ---- what nobody offers ---- */

struct unknown {
    component_unknown_fn *each;
    void *context;
};

static void tell_unknown(const struct unknown *unknown,
                         const struct component_host_interface *offer, struct bytes interface,
                         const struct component_extern_name *name)
{
    const struct component_extern_type *type = &name->type;
    bool is_known = true;
    if (type->sort == COMPONENT_SORT_FUNC)
        is_known = find_func(offer, name->name) != NULL;
    else if (type->sort == COMPONENT_SORT_TYPE)
        is_known = !type->is_abstract || type->type.kind != COMPONENT_ANY_RESOURCE ||
                   find_resource(offer, name->name) != NULL;
    else
        is_known = false;
    if (!is_known)
        unknown->each(unknown->context, interface, name->name);
}

/* An interface of nothing but types that are no new resources needs nobody. */
static bool needs_offer(const struct component_interface *type)
{
    for (uint32_t i = 0; i < type->export_count; i++) {
        const struct component_extern_type *export = &type->exports[i].type;
        if (export->sort != COMPONENT_SORT_TYPE ||
            (export->is_abstract && export->type.kind == COMPONENT_ANY_RESOURCE))
            return true;
    }
    return false;
}

void component_each_unknown(const struct component *component, const struct component_host *host,
                            component_unknown_fn *each, void *context)
{
    const struct unknown unknown = {.each = each, .context = context};
    for (uint32_t i = 0; i < component->type->import_count; i++) {
        const struct component_extern_name *import = &component->type->imports[i];
        if (import->type.sort != COMPONENT_SORT_INSTANCE) {
            tell_unknown(&unknown, find_top(host), bytes_of("", 0), import);
            continue;
        }
        const struct component_host_interface *offer = find_interface(host, import->name);
        const struct component_interface *type = import->type.interface;
        if (offer == NULL) {
            if (needs_offer(type))
                each(context, import->name, bytes_of("", 0));
            continue;
        }
        for (uint32_t k = 0; k < type->export_count; k++)
            tell_unknown(&unknown, offer, import->name, &type->exports[k]);
    }
}

/* ---- for host functions ---- */

enum status component_call_trap(struct component_call *call, uint32_t refusal, const char *sentence)
{
    report_write(call->report, REPORT_NO_OFFSET, sentence);
    call->refusal = refusal;
    return STATUS_TRAP;
}

struct component_value component_host_handle(struct component_call *call,
                                             const struct component_host_resource *resource,
                                             uint32_t rep, enum component_kind own_or_borrow)
{
    /* Linking met it: a function that has it in its type was compared by type. */
    struct component_resource *each = call->linked->host_resources;
    while (each != NULL && each->host != resource)
        each = each->next;
    ASSERT(each != NULL);
    return (struct component_value){.kind = own_or_borrow, .handle = {each, rep}};
}
