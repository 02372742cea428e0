/*
 * tests/support/component_trial.h: components written section by section, loaded, and what must
 * come of them.
 *
 * A trial is begun, sections are built into trial.builder, then one of the expectations, then it is
 * ended. Offsets are those of the whole input: a component's first section begins at byte 8, its
 * contents at byte 10 if it is shorter than 128 bytes.
 */
#ifndef AETHER_TESTS_COMPONENT_TRIAL_H
#define AETHER_TESTS_COMPONENT_TRIAL_H

#include "core/component/component.h"
#include "tests/support/test.h"
#include "tests/support/wasm_builder.h"

struct component_trial {
    struct wasm_builder builder;
    uint8_t *memory;
    struct arena arena, scratch;
    const struct component *component;
    struct report report;
    struct component_features features; /* none, unless the test sets them behind begin */
};

/* With the header of a component. */
void component_trial_begin(struct component_trial *trial);
void component_trial_end(struct component_trial *trial);

/* A component section, closed by build_close: contents are built in between. */
void component_trial_nest(struct component_trial *trial);

/* Section 1: a module that exports a memory "m" (of one page) and functions "v" []->[], "i"
 * [i32]->[], "r" []->[i32], "w" [i32]->[i32], "a" [i32 i32 i32 i32]->[i32]. Section 2: an instance
 * of it. Section 6: the aliases: memory 0 and functions 0 to 4 in this order. */
void component_trial_core(struct component_trial *trial);
#define CORE_V 0
#define CORE_I 1
#define CORE_R 2
#define CORE_W 3
#define CORE_A 4

/* Section 10: import "f" of the type last defined, which is a function's. */
#define IMPORT_FUNC(trial, type_index)                                                             \
    BUILD_SECTION(&(trial)->builder, 10, 1, 0, 1, 'f', 1, (type_index))

/* The component loads; trial->component is it, and nothing is left in the scratch arena. */
void component_trial_is_valid(struct component_trial *trial);

/* It is refused with this status and offset, the report has `part` in it, and nothing is left in
 * either arena. */
void component_trial_is_refused(struct component_trial *trial, enum status status, uint64_t offset,
                                const char *part);

/* The step at this place; a negative place counts from the end. */
const struct component_step *component_trial_step(const struct component_trial *trial, int place);

/* In one line: one section alone is valid, or is refused with the offset counted in its contents.
 */
void component_section_is_valid(uint8_t id, struct bytes contents);
void component_section_is_refused(uint8_t id, struct bytes contents, enum status status,
                                  uint64_t offset, const char *part);

#endif
