/*
 * core/wasi/p2.c: WASI 0.2 put together: the table of resources and the list of interfaces.
 */
#include "core/wasi/p2_interfaces.h"
#include "core/wasi/p2_internal.h"

static const struct component_host_interface *const interfaces[] = {
#define X(name) &p2_interface_##name,
    P2_INTERFACE_LIST(X)
#undef X
};

struct bytes wasi_p2_table(const struct wasi_p2 *p2, size_t *out_used)
{
    *out_used = p2->slot_count * sizeof *p2->slots;
    return bytes_of(p2->slots, P2_SLOT_MAX * sizeof *p2->slots);
}

enum status wasi_p2_init(struct wasi_p2 *p2, const struct wasi_gate *gate, bool traps_unknown,
                         struct arena *arena)
{
    struct p2_slot *slots = arena_alloc(arena, P2_SLOT_MAX, sizeof *slots);
    if (slots == NULL)
        return STATUS_NO_MEMORY;
    memset(p2, 0, sizeof *p2);
    p2->gate = *gate;
    p2->slots = slots;
    p2->host = (struct component_host){.context = p2,
                                       .interface_count = ARRAY_LEN(interfaces),
                                       .interfaces = interfaces,
                                       .traps_unknown = traps_unknown};
    return STATUS_OK;
}
