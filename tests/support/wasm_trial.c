/*
 * tests/support/wasm_trial.c: see wasm_trial.h.
 */
#include "tests/support/wasm_trial.h"

#include "tests/support/test.h"

#define ARENA_CAP ((size_t)4 << 20)

void trial_begin_sized(struct wasm_trial *trial, size_t module_cap, size_t scratch_cap)
{
    *trial = (struct wasm_trial){0};
    trial->memory = calloc(1, module_cap + scratch_cap);
    assert_non_null(trial->memory);
    arena_init(&trial->module_arena, trial->memory, module_cap);
    arena_init(&trial->scratch, trial->memory + module_cap, scratch_cap);
    build_begin(&trial->builder);
}

void trial_begin(struct wasm_trial *trial)
{
    trial_begin_sized(trial, ARENA_CAP, ARENA_CAP);
}

void trial_end(struct wasm_trial *trial)
{
    build_free(&trial->builder);
    free(trial->memory);
    *trial = (struct wasm_trial){0};
}

enum status trial_load(struct wasm_trial *trial)
{
    report_init(&trial->report);
    return wasm_module_load_with(build_result(&trial->builder), trial->features,
                                 &trial->module_arena, &trial->scratch, &trial->module,
                                 &trial->report);
}

void trial_is_valid(struct wasm_trial *trial)
{
    enum status status = trial_load(trial);

    if (status != STATUS_OK)
        print_error("at %llu: %s\n", (unsigned long long)trial->report.offset, trial->report.text);
    assert_int_equal(status, STATUS_OK);
    assert_false(trial->report.is_set);
    assert_int_equal(trial->scratch.used, 0);
}

void trial_is_refused(struct wasm_trial *trial, enum status status, uint64_t offset,
                      const char *sentence)
{
    enum status found = trial_load(trial);

    assert_string_equal(trial->report.text, sentence);
    assert_int_equal(found, status);
    assert_int_equal(trial->report.offset, offset);
    assert_null(trial->module);
    assert_int_equal(trial->scratch.used, 0);
    assert_int_equal(trial->module_arena.used, 0);
}

static uint8_t type_byte(char letter)
{
    switch (letter) {
    case 'i':
    case 'a': /* an address of memory 0 */
        return 0x7F;
    case 'I':
        return 0x7E;
    case 'f':
        return 0x7D;
    case 'F':
        return 0x7C;
    case 'V':
        return 0x7B;
    case 'r':
        return 0x70;
    default:
        return 0x6F;
    }
}

static void build_signature(struct wasm_builder *builder, const char *signature)
{
    const char *colon = strchr(signature, ':');
    assert_non_null(colon);
    build_byte(builder, 0x60);
    build_u32(builder, (uint32_t)(colon - signature));
    for (const char *c = signature; c < colon; c++)
        build_byte(builder, type_byte(*c));
    build_u32(builder, (uint32_t)strlen(colon + 1));
    for (const char *c = colon + 1; *c != '\0'; c++)
        build_byte(builder, type_byte(*c));
}

void trial_build_around(struct wasm_trial *trial, const char *signature, struct bytes body)
{
    struct wasm_builder *b = &trial->builder;
    build_section(b, 1);
    build_byte(b, 5);
    build_signature(b, signature);
    build_signature(b, ":");
    build_signature(b, "iI:fF");
    build_signature(b, ":ii");
    build_signature(b, "i:i");
    build_close(b);
    BUILD_SECTION(b, 2, 1, 1, 'm', 1, 'f', 0, 1);
    BUILD_SECTION(b, 3, 3, 0, 2, 1);
    BUILD_SECTION(b, 4, 2, 0x70, 0, 1, 0x6F, 0, 1);
    BUILD_SECTION(b, 5, 1, 0, 1);
    BUILD_SECTION(b, 6, 3, 0x7F, 0, 0x41, 0, 0x0B, 0x7E, 1, 0x42, 0, 0x0B, 0x6F, 1, 0xD0, 0x6F,
                  0x0B);
    BUILD_SECTION(b, 9, 2, 1, 0, 1, 2, 5, 0x6F, 1, 0xD0, 0x6F, 0x0B);
    BUILD_SECTION(b, 12, 1);
    build_section(b, 10);
    build_byte(b, 3);
    build_open(b);
    build_bytes(b, body);
    build_close(b);
    size_t end = b->len;
    BUILD(b, 3, 0, 0x00, 0x0B, 2, 0, 0x0B);
    size_t before = b->len;
    build_close(b);
    trial->body_offset = end - body.len + (b->len - before);
    BUILD_SECTION(b, 11, 1, 1, 1, 'x');
}

void body_is_valid(const char *signature, struct bytes body)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    trial_build_around(&trial, signature, body);
    trial_is_valid(&trial);
    trial_end(&trial);
}

void body_is_refused(const char *signature, struct bytes body, enum status status, uint64_t offset,
                     const char *sentence)
{
    struct wasm_trial trial;
    trial_begin(&trial);
    trial_build_around(&trial, signature, body);
    trial_is_refused(&trial, status, trial.body_offset + offset, sentence);
    trial_end(&trial);
}
