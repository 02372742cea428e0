/*
 * tests/unit/wasm/test_disasm.c: register code of a function of a module that nobody links.
 */
#include "core/wasm/disasm.h"

#include <stdio.h>

#include "tests/support/test.h"
#include "tests/support/wasm_trial.h"

struct listing {
    char text[8192];
    size_t len;
};

static void add_line(void *context, const char *line)
{
    struct listing *listing = context;
    size_t len = strlen(line);
    assert_in_range(len, 1, sizeof listing->text - listing->len - 2);
    memcpy(listing->text + listing->len, line, len);
    listing->len += len;
    listing->text[listing->len++] = '\n';
}

/* Function 0 is imported, 1 adds its parameters (trial_build_around). */
static void begin(struct wasm_trial *trial)
{
    trial_begin(trial);
    trial_build_around(trial, "ii:i", CODE(0, 0x20, 0, 0x20, 1, 0x6A, 0x10, 0, 0x0B));
    trial_is_valid(trial);
}

static enum status disassemble(struct wasm_trial *trial, uint32_t func, struct arena *arena,
                               struct listing *listing)
{
    memset(listing, 0, sizeof *listing);
    return wasm_disasm_func(trial->module, func, arena, add_line, listing, &trial->report);
}

TEST(a_function_is_shown_without_its_imports)
{
    struct wasm_trial trial;
    struct listing listing;
    char place[32];
    begin(&trial);
    size_t used = trial.module_arena.used;

    enum status status = disassemble(&trial, 1, &trial.module_arena, &listing);

    assert_int_equal(status, STATUS_OK);
    assert_ptr_equal(strstr(listing.text, "function 1\n0\tENTER"), listing.text);
    assert_non_null(strstr(listing.text, "I32_ADD"));
    (void)snprintf(place, sizeof place, "func=0 @%zu", trial.body_offset + 6);
    assert_non_null(strstr(listing.text, place));
    assert_int_equal(trial.module_arena.used, used);
    trial_end(&trial);
}

TEST(a_function_that_is_imported_or_not_there_is_not_found)
{
    struct wasm_trial trial;
    struct listing listing;
    begin(&trial);

    assert_int_equal(disassemble(&trial, 0, &trial.module_arena, &listing), STATUS_NOT_FOUND);
    assert_int_equal(disassemble(&trial, trial.module->func_count, &trial.module_arena, &listing),
                     STATUS_NOT_FOUND);
    assert_int_equal(disassemble(&trial, UINT32_MAX, &trial.module_arena, &listing),
                     STATUS_NOT_FOUND);

    assert_int_equal(listing.len, 0);
    trial_end(&trial);
}

TEST(an_arena_that_is_too_small_gives_no_line_and_nothing_away)
{
    static _Alignas(16) uint8_t memory[65536];
    enum status status = STATUS_NO_MEMORY;
    size_t cap = 0;
    while (status != STATUS_OK && cap < sizeof memory) {
        struct wasm_trial trial;
        struct listing listing;
        struct arena arena;
        begin(&trial);
        cap += 512;
        arena_init(&arena, memory, cap);

        status = disassemble(&trial, 1, &arena, &listing);

        assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
        assert_int_equal(listing.len != 0, status == STATUS_OK);
        assert_int_equal(arena.used, 0);
        arena_fini(&arena);
        trial_end(&trial);
    }
    assert_int_equal(status, STATUS_OK);
    assert_true(cap > 512);
}

TEST_MAIN(T(a_function_is_shown_without_its_imports),
          T(a_function_that_is_imported_or_not_there_is_not_found),
          T(an_arena_that_is_too_small_gives_no_line_and_nothing_away))
