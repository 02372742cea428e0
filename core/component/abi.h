/*
 * core/component/abi.h: the canonical ABI: values in and out of a guest's memory and flat core
 * values (CanonicalABI.md "Lifting and Lowering Values"), without knowing who calls whom.
 *
 * Guest memory is hostile: every pointer, length, discriminant, handle and character is checked.
 * The base of a memory is fetched again after every realloc. No recursion deeper than a type is,
 * and types are at most COMPONENT_LIMIT_DEPTH deep.
 *
 * A failure of the guest is STATUS_TRAP with a sentence in the report and the refusal in `refusal`,
 * or in `outcome` a trap of its realloc; NO_MEMORY is the arena's.
 */
#ifndef AETHER_COMPONENT_ABI_H
#define AETHER_COMPONENT_ABI_H

#include "core/component/instance.h"
#include "core/component/value.h"

/* Most bytes of a string or list in guest memory (CanonicalABI.md MAX_STRING_BYTE_LENGTH ...). */
#define COMPONENT_MAX_BYTES ((1u << 28) - 1)

/* What resources are for the ABI: implemented by handles.c over a component instance. */
struct component_task; /* one call's scope: borrowed handles */

struct component_abi {
    struct wasm_store *store;
    enum component_encoding encoding;
    const struct wasm_memory *memory; /* NULL: not given */
    uint32_t realloc;                 /* a funcref; 0: not given */
    struct component_instance *instance;
    struct component_task *task;
    /* The instance's flag (CanonicalABI.md "may_leave"): false while realloc runs; NULL: nobody
     * asks. */
    bool *may_leave;
    struct arena *arena; /* lifted values go here */
    struct report *report;
    uint32_t refusal;            /* enum outcome_refusal, after STATUS_TRAP that is not wasm's */
    struct wasm_outcome outcome; /* after STATUS_TRAP of the guest's realloc */
};

/* One value at `address`, of which the caller has made sure of nothing. Values to be stored or
 * lowered have the form of their type: component_value_check was asked, or they were lifted. */
enum status MUST_CHECK component_load_value(struct component_abi *abi,
                                            const struct component_type *type, uint32_t address,
                                            struct component_value *out_value);
enum status MUST_CHECK component_store_value(struct component_abi *abi,
                                             const struct component_type *type,
                                             const struct component_value *value, uint32_t address);

/* Refuses: return component_abi_trap(abi, "invalid variant discriminant"); */
enum status component_abi_trap(struct component_abi *abi, const char *sentence);

/* The values of a parameter list, or of a result (count 0 or 1), from and to core values as
 * component_func_signature lays them out; `slots` as wasm_call has them.
 * `max_flat`: COMPONENT_MAX_FLAT_PARAMS or _RESULTS. Lowering with more than that asks realloc for
 * room and gives its address, or takes the address from `*pointer_slot` when that is not NULL
 * (the return area of a lowered function). */
enum status MUST_CHECK component_lift_values(struct component_abi *abi,
                                             const struct component_field *fields, uint32_t count,
                                             uint32_t max_flat, const uint64_t *slots,
                                             struct component_value *out_values);
enum status MUST_CHECK component_lower_values(struct component_abi *abi,
                                              const struct component_field *fields, uint32_t count,
                                              uint32_t max_flat,
                                              const struct component_value *values,
                                              const uint64_t *pointer_slot, uint64_t *out_slots);

/* Handles, by the instance's table (CanonicalABI.md "Handle State"; handles.c). */
enum status MUST_CHECK component_lift_own(struct component_abi *abi,
                                          const struct component_type *type, uint32_t handle,
                                          struct component_value *out_value);
enum status MUST_CHECK component_lift_borrow(struct component_abi *abi,
                                             const struct component_type *type, uint32_t handle,
                                             struct component_value *out_value);
enum status MUST_CHECK component_lower_own(struct component_abi *abi,
                                           const struct component_type *type,
                                           const struct component_value *value,
                                           uint32_t *out_handle);
enum status MUST_CHECK component_lower_borrow(struct component_abi *abi,
                                              const struct component_type *type,
                                              const struct component_value *value,
                                              uint32_t *out_handle);

#endif
