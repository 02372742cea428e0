/*
 * tests/tools/wasm_batch.c: many modules and calls in one process, driven line by line on stdin.
 *
 *   module ID FILE            ok | trap KIND FUNC OFFSET | refused STATUS SENTENCE
 *   invoke ID NAME BITS...    return BITS... | trap KIND FUNC OFFSET | refused STATUS
 *   get ID NAME               return BITS | refused STATUS
 *   fuel ID -                 fuel BURNT (decimal, since the module was opened)
 *
 * ID is a small number, NAME is in hexadecimal, BITS are hexadecimal slots, KIND is the word of
 * OUTCOME_TRAP_LIST. One line comes back for each. For conformance runs (tests/tools/wast.py): the
 * suite goes on with an instance that trapped, so this tool, and nothing else, brings it back to
 * life.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/wasm/instance.h"
#include "tests/tools/wasm_host.h"

#define GUESTS_MAX  512
#define WORDS_MAX   1100
#define ARENA_BYTES ((size_t)64 << 20)

static struct wasm_guest guests[GUESTS_MAX];

static const struct wasm_caps caps = {.fuel = 4000000000u,
                                      .memory_bytes = (uint64_t)1 << 32,
                                      .table_elements = 1 << 20,
                                      .stack_units = 1 << 18};

static void tell_trap(const struct wasm_outcome *outcome)
{
    static const char *const names[] = {
#define X(number, name, text) [number] = #name,
        OUTCOME_TRAP_LIST(X)
#undef X
    };
    printf("trap %s %" PRId32 " %" PRIu64 "\n", names[outcome->trap], (int32_t)outcome->func,
           outcome->offset);
}

static struct bytes name_of(char *hex)
{
    size_t len = strlen(hex) / 2;
    for (size_t i = 0; i < len; i++) {
        const char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        hex[i] = (char)strtoul(digits, NULL, 16);
    }
    return bytes_of(hex, len);
}

static void open_module(struct wasm_guest *guest, const char *path)
{
    if (guest->arena.base != NULL)
        wasm_guest_close(guest);
    enum status status = wasm_guest_open(guest, path, &caps, ARENA_BYTES, false);
    if (status == STATUS_OK)
        printf("ok\n");
    else if (status == STATUS_TRAP)
        tell_trap(&guest->outcome);
    else
        printf("refused %s %s\n", wasm_status_name(status), guest->report.text);
}

static void invoke(struct wasm_guest *guest, const struct wasm_export *export, char **words,
                   int count)
{
    static uint64_t slots[WORDS_MAX];
    const struct wasm_func_type *type = wasm_module_func_type(guest->module, export->index);
    if ((uint32_t)count != type->param_count) {
        printf("refused ARGUMENTS\n");
        return;
    }
    for (int i = 0; i < count; i++)
        slots[i] = strtoull(words[i], NULL, 16);
    struct wasm_outcome outcome;
    enum status status = wasm_call(guest->instance, export->index, slots, &outcome);
    if (status != STATUS_OK) {
        printf("refused %s\n", wasm_status_name(status));
    } else if (outcome.trap != WASM_TRAP_NONE) {
        tell_trap(&outcome);
        guest->store->is_dead = false;
    } else {
        printf("return");
        for (uint32_t i = 0; i < type->result_count; i++)
            printf(" %" PRIx64, slots[i]);
        printf("\n");
    }
}

static void get_global(struct wasm_guest *guest, const struct wasm_export *export)
{
    uint64_t value[2];
    enum status status = wasm_instance_global(guest->instance, export->index, value);
    if (status == STATUS_OK)
        printf("return %" PRIx64 "\n", value[0]);
    else
        printf("refused %s\n", wasm_status_name(status));
}

static void obey(char **words, int count)
{
    struct wasm_guest *guest = &guests[strtoul(words[1], NULL, 10) % GUESTS_MAX];
    if (strcmp(words[0], "module") == 0) {
        open_module(guest, words[2]);
        return;
    }
    if (strcmp(words[0], "fuel") == 0) {
        printf("fuel %" PRIu64 "\n", guest->store == NULL ? 0 : wasm_store_fuel_used(guest->store));
        return;
    }
    const struct wasm_export *export =
        guest->instance == NULL ? NULL : wasm_module_find_export(guest->module, name_of(words[2]));
    if (export == NULL)
        printf("refused NO_EXPORT\n");
    else if (strcmp(words[0], "get") == 0)
        get_global(guest, export);
    else
        invoke(guest, export, words + 3, count - 3);
}

int main(void)
{
    static char line[1 << 16];
    static char *words[WORDS_MAX];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int count = 0;
        char *save = NULL;
        for (char *word = strtok_r(line, " \n", &save); word != NULL && count < WORDS_MAX;
             word = strtok_r(NULL, " \n", &save))
            words[count++] = word;
        /* A name may be empty: it is written as "-". */
        if (count > 2 && strcmp(words[2], "-") == 0)
            words[2][0] = '\0';
        if (count > 2)
            obey(words, count);
        (void)fflush(stdout);
    }
    return 0;
}
