/*
 * fuzz/fuzz_validate.c: libFuzzer's door to the loader alone: one byte of options (bit 0: legacy
 * exceptions), then any bytes as a module. Unlike fuzz_load it reads nothing again: many more
 * inputs a second.
 *
 * Build and run: make build/fuzz/validate, then
 * build/fuzz/validate -max_total_time=60 DIR tests/corpus/run.
 */
#include "core/wasm/module.h"

#define ARENA_CAP ((size_t)8 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static ALIGNED(16) uint8_t memory[2][ARENA_CAP];
    struct arena module_arena, scratch;
    struct wasm_module *module = NULL;
    struct report report;
    if (len == 0)
        return 0;
    const struct wasm_features features = {.legacy_exceptions = (data[0] & 1) != 0};
    arena_init(&module_arena, memory[0], ARENA_CAP);
    arena_init(&scratch, memory[1], ARENA_CAP);
    report_init(&report);
    enum status status = wasm_module_load_with(bytes_of(data + 1, len - 1), features, &module_arena,
                                               &scratch, &module, &report);
    ASSERT(scratch.used == 0);
    ASSERT((status == STATUS_OK) == (module != NULL));
    ASSERT(status == STATUS_OK || (report.is_set && module_arena.used == 0));
    arena_fini(&module_arena);
    arena_fini(&scratch);
    return 0;
}
