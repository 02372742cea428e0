/*
 * tests/support/lift_check.c: lift what is there; what was lifted is a value of its type, it can be
 * printed and read, and lowered in another encoding and lifted again it is the same.
 */
#include "tests/support/lift_check.h"

#include "core/component/text.h"
#include "tests/support/abi_guest.h"
#include "tests/support/text_check.h"

#define TYPES_MAX  24u
#define SLOTS      (COMPONENT_MAX_FLAT_PARAMS + 1)
#define PAGE       65536u
#define WEIGHT_MAX 200u

struct lift {
    struct abi_guest guest;
    uint32_t count, max_flat;
    struct component_field fields[TYPES_MAX];
    struct component_value values[TYPES_MAX], again[TYPES_MAX];
    uint64_t slots[SLOTS];
    bool has_handles;
    bool overlaps; /* realloc gives rooms that do */
};

static bool read_types(struct lift *lift, struct bytes *input)
{
    lift->count = lift->max_flat == 1 ? 1 : (uint32_t)(abi_guest_varint(input) % TYPES_MAX);
    for (uint32_t i = 0; i < lift->count; i++) {
        lift->fields[i].type = abi_guest_type(&lift->guest.types, input);
        if (lift->fields[i].type == NULL)
            return false;
        lift->has_handles |= lift->fields[i].type->has_handle;
    }
    return true;
}

/* A few handles of each kind. */
static void add_handles(struct abi_guest *guest)
{
    uint32_t handle;
    for (uint32_t i = 0; i < 6; i++) {
        ASSERT(component_handle_add(&guest->instance, guest->bound[i % 3], 100 + i,
                                    i == 4 ? &guest->task : NULL, &handle) == STATUS_OK);
        guest->instance.handles.entries[handle].lend_count = i == 5;
    }
}

/* A status other than OK says why. */
static bool is_told(const struct abi_guest *guest, enum status status)
{
    return status == STATUS_NO_MEMORY ||
           (status == STATUS_TRAP && guest->report.is_set &&
            (guest->abi.refusal != 0 || guest->abi.outcome.trap != WASM_TRAP_NONE));
}

/* Values in it, `most` and no more: text of long lists of floats takes its time. */
static uint32_t weight(const struct component_value *value, const struct component_type *type,
                       uint32_t most)
{
    const struct component_type *payload = NULL;
    uint32_t sum = 1;
    switch (type->kind) {
    case COMPONENT_STRING:
        return value->string.len / 16 + 1;
    case COMPONENT_LIST:
    case COMPONENT_FIXED_LIST:
    case COMPONENT_MAP:
        if (component_type_is_packed(type->element))
            return value->items.count;
        for (uint32_t i = 0; i < value->items.count && sum < most; i++)
            sum += weight(&value->items.items[i], type->element, most);
        return sum;
    case COMPONENT_RECORD:
    case COMPONENT_TUPLE:
        for (uint32_t i = 0; i < type->count && sum < most; i++)
            sum += weight(&value->items.items[i], type->fields[i].type, most);
        return sum;
    case COMPONENT_VARIANT:
    case COMPONENT_OPTION:
    case COMPONENT_RESULT:
        payload = component_case_type(type, value->variant.index);
        return payload == NULL ? 1 : 1 + weight(value->variant.payload, payload, most);
    default:
        return 1;
    }
}

static void check_same(struct lift *lift)
{
    for (uint32_t i = 0; i < lift->count; i++) {
        const struct component_type *type = lift->fields[i].type;
        struct bytes first, second;
        size_t mark = arena_mark(lift->guest.arena);
        if (weight(&lift->values[i], type, WEIGHT_MAX) < WEIGHT_MAX &&
            component_text_print(&lift->values[i], type, lift->guest.arena, &first) == STATUS_OK &&
            component_text_print(&lift->again[i], type, lift->guest.arena, &second) == STATUS_OK)
            ASSERT(bytes_equal(first, second));
        arena_rewind(lift->guest.arena, mark);
    }
}

static enum lift_end lower_again(struct lift *lift, enum component_encoding encoding)
{
    struct abi_guest *guest = &lift->guest;
    guest->abi.encoding = encoding;
    memset(lift->slots, 0, sizeof lift->slots);
    enum status status = component_lower_values(&guest->abi, lift->fields, lift->count,
                                                lift->max_flat, lift->values, NULL, lift->slots);
    if (status != STATUS_OK) {
        ASSERT(is_told(guest, status));
        return LIFT_LOWER_REFUSED;
    }
    ASSERT(guest->instance.may_leave);
    if (lift->has_handles || lift->overlaps)
        return LIFT_LOWERED; /* lifting takes handles away */
    status = component_lift_values(&guest->abi, lift->fields, lift->count, lift->max_flat,
                                   lift->slots, lift->again);
    if (status == STATUS_OK)
        check_same(lift);
    else /* longer in this encoding than the ABI allows, or no room */
        ASSERT(is_told(guest, status));
    return LIFT_LOWERED;
}

static enum lift_end lift_all(struct lift *lift, enum component_encoding encoding)
{
    struct abi_guest *guest = &lift->guest;
    enum status status = component_lift_values(&guest->abi, lift->fields, lift->count,
                                               lift->max_flat, lift->slots, lift->values);
    if (status != STATUS_OK) {
        ASSERT(is_told(guest, status));
        return LIFT_REFUSED;
    }
    for (uint32_t i = 0; i < lift->count; i++) {
        ASSERT(component_value_check(&lift->values[i], lift->fields[i].type, &guest->report) ==
               STATUS_OK);
        if (weight(&lift->values[i], lift->fields[i].type, WEIGHT_MAX) < WEIGHT_MAX)
            text_check_value(&lift->values[i], lift->fields[i].type, guest->arena);
    }
    return lower_again(lift, encoding);
}

enum lift_end lift_check(struct bytes input)
{
    static struct lift lift;
    if (input.len == 0)
        return LIFT_NO_TYPES;
    uint8_t options = input.data[0];
    input = bytes_of(input.data + 1, input.len - 1);
    memset(&lift, 0, sizeof lift);
    lift.max_flat = (options & 16) != 0 ? COMPONENT_MAX_FLAT_RESULTS : COMPONENT_MAX_FLAT_PARAMS;
    abi_guest_begin(&lift.guest, 0, (enum component_encoding)((options & 3) % 3));
    enum lift_end end = LIFT_NO_TYPES;
    if (read_types(&lift, &input)) {
        uint32_t heap = (uint32_t)(abi_guest_varint(&input) % (2 * PAGE));
        uint32_t address = (uint32_t)(abi_guest_varint(&input) % PAGE);
        abi_guest_setup(&lift.guest, heap, (enum abi_guest_mode)(options >> 5), 1);
        lift.overlaps = options >> 5 == ABI_GUEST_MISALIGNS;
        add_handles(&lift.guest);
        for (uint32_t i = 0; i < SLOTS - 1; i++)
            lift.slots[i] = abi_guest_varint(&input);
        size_t len = input.len < PAGE - address ? input.len : PAGE - address;
        if (len != 0)
            memcpy(abi_guest_at(&lift.guest, address), input.data, len);
        end = lift_all(&lift, (enum component_encoding)((options >> 2 & 3) % 3));
    }
    abi_guest_end(&lift.guest);
    return end;
}
