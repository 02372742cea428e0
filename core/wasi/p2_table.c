/*
 * core/wasi/p2_table.c: the table of resources that one component holds of WASI 0.2.
 *
 * Invariants:
 *   (1) A rep names one life of a slot: giving a slot back changes its generation. The runtime's
 *       handle tables let no guest make up a rep, so a wrong one is our bug and a panic.
 *   (2) A stream counts its pollables and may not be dropped before them (the guest traps, as in
 *       wasmtime). A descriptor counts its streams and outlives them: the guest may drop it first,
 *       and the gate's handle is closed with the last one.
 */
#include "core/wasi/p2_internal.h"

#define REP_INDEX(rep)      (((rep) & 0xffffu) - 1)
#define REP_GENERATION(rep) ((rep) >> 16)

_Static_assert(P2_SLOT_MAX < 0xffff, "an index fits into the low half of a rep");

enum status p2_new(struct wasi_p2 *p2, struct component_call *call, enum p2_kind kind,
                   uint32_t parent, uint32_t *out_rep, struct p2_slot **out_slot)
{
    uint32_t index = 0;
    if (p2->free_head != 0) {
        index = p2->free_head - 1;
        p2->free_head = p2->slots[index].next_free;
    } else if (p2->slot_count < P2_SLOT_MAX) {
        index = p2->slot_count++;
    } else {
        return component_call_trap(call, REFUSAL_BUDGET, "too many resources of WASI at once");
    }
    struct p2_slot *slot = &p2->slots[index];
    uint16_t generation = slot->generation;
    memset(slot, 0, sizeof *slot);
    slot->kind = (uint8_t)kind;
    slot->generation = generation;
    slot->parent = parent;
    if (parent != 0)
        p2->slots[REP_INDEX(parent)].children++;
    *out_rep = (uint32_t)generation << 16 | (index + 1);
    *out_slot = slot;
    return STATUS_OK;
}

static struct p2_slot *any_slot(struct wasi_p2 *p2, uint32_t rep)
{
    uint32_t index = REP_INDEX(rep);
    ASSERT((rep & 0xffffu) != 0 && index < p2->slot_count);
    struct p2_slot *slot = &p2->slots[index];
    ASSERT(slot->kind != P2_FREE && slot->generation == REP_GENERATION(rep));
    return slot;
}

struct p2_slot *p2_slot(struct wasi_p2 *p2, uint32_t rep, enum p2_kind kind)
{
    struct p2_slot *slot = any_slot(p2, rep);
    ASSERT(slot->kind == kind);
    return slot;
}

struct p2_slot *p2_self(void *context, const struct component_value *param, enum p2_kind kind)
{
    return p2_slot(context, param->handle.rep, kind);
}

static void give_back(struct wasi_p2 *p2, struct p2_slot *slot)
{
    if (slot->kind == P2_DESCRIPTOR && !slot->descriptor.is_preopen)
        (void)wasi_file_close(&p2->gate, slot->descriptor.handle); /* nobody is left to tell */
    slot->kind = P2_FREE;
    slot->generation++;
    slot->next_free = p2->free_head;
    p2->free_head = (uint32_t)(slot - p2->slots) + 1;
}

enum status p2_drop(void *context, struct component_call *call, uint32_t rep)
{
    struct wasi_p2 *p2 = context;
    struct p2_slot *slot = any_slot(p2, rep);
    if (slot->children != 0) {
        if (slot->kind != P2_DESCRIPTOR)
            return component_call_trap(call, REFUSAL_MISUSE,
                                       "a stream was dropped before its pollables");
        slot->is_orphan = true;
        return STATUS_OK;
    }
    uint32_t parent_rep = slot->parent;
    if (p2->entries.owner == rep)
        p2->entries.owner = 0;
    give_back(p2, slot);
    if (parent_rep != 0) {
        struct p2_slot *parent = any_slot(p2, parent_rep);
        if (--parent->children == 0 && parent->is_orphan)
            give_back(p2, parent);
    }
    return STATUS_OK;
}

uint32_t wasi_p2_resource_count(const struct wasi_p2 *p2)
{
    uint32_t free = 0;
    for (uint32_t at = p2->free_head; at != 0; at = p2->slots[at - 1].next_free)
        free++;
    return p2->slot_count - free;
}
