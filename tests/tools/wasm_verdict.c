/*
 * tests/tools/wasm_verdict.c: what the loader says about each .wasm file named on the command line.
 *
 * One line a file: "<path>: valid" or "<path>: <status name> at <offset>: <sentence>". With -t the
 * processor seconds of all loads are printed last. For conformance runs; not part of the product.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/wasm/module.h"
#include "tests/tools/wasm_host.h"

#define ARENA_BYTES ((size_t)512 << 20)

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static bool judge(const char *path, struct arena *module_arena, struct arena *scratch,
                  double *seconds)
{
    struct bytes file = wasm_file_read(path);
    if (file.data == NULL) {
        fprintf(stderr, "%s: can not be read\n", path);
        return false;
    }
    struct report report;
    report_init(&report);
    struct wasm_module *module;
    size_t mark = arena_mark(module_arena);
    double before = now();
    enum status status = wasm_module_load(file, module_arena, scratch, &module, &report);
    *seconds += now() - before;
    if (status == STATUS_OK)
        printf("%s: valid\n", path);
    else
        printf("%s: %s at %lld: %s\n", path, wasm_status_name(status), (long long)report.offset,
               report.text);
    arena_rewind(module_arena, mark);
    free((void *)(uintptr_t)file.data);
    return true;
}

int main(int argc, char **argv)
{
    bool is_timed = argc > 1 && strcmp(argv[1], "-t") == 0;
    struct arena module_arena, scratch;
    uint8_t *memory = calloc(2, ARENA_BYTES);
    if (memory == NULL)
        return 2;
    arena_init(&module_arena, memory, ARENA_BYTES);
    arena_init(&scratch, memory + ARENA_BYTES, ARENA_BYTES);
    bool is_ok = true;
    double seconds = 0;
    for (int i = is_timed ? 2 : 1; i < argc; i++)
        is_ok = judge(argv[i], &module_arena, &scratch, &seconds) && is_ok;
    if (is_timed)
        printf("%.6f s in loads\n", seconds);
    free(memory);
    return is_ok ? 0 : 1;
}
