/*
 * tests/differential/driver.c: compares our engine with wasmtime, module by module.
 *
 *   differential run LIBRARY < NAMES         executes each file in both
 *   differential validate LIBRARY < NAMES    compares verdicts
 *   differential mutate LIBRARY SEED COUNT FOLDER < NAMES
 *                                            verdicts on COUNT mutants of those files; a mutant
 *                                            about which the engines differ is kept in FOLDER
 *   differential mutate-run ...              the same, and valid mutants are executed
 *
 * One line for each module: `same END`, `excused WHY` or `different WHAT`, then the name. Every
 * exported function is called in export order with fixed arguments; a trap does not end the run.
 * After each call: end, trap kind and place, results, fuel if it returned. At the end: globals,
 * memories, tables.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/differential/differential.h"
#include "tests/differential/mutate.h"

#define MISSING_PLACE 0
#define SEEDS_MAX     65536

static char difference[4 * DIFF_MESSAGE_MAX];

static bool differ(const char *what, uint32_t export, const char *ours, const char *peer)
{
    (void)snprintf(difference, sizeof difference, "%s of export %u: ours %s, peer %s", what, export,
                   ours, peer);
    return false;
}

static const char *text_of(const struct diff_value *value, char *room, size_t len)
{
    (void)snprintf(room, len, "%c:%" PRIx64 "%016" PRIx64, value->kind, value->high, value->low);
    return room;
}

static bool same_value(const char *what, uint32_t export, const struct diff_value *ours,
                       const struct diff_value *peer)
{
    char a[64], b[64];
    if (ours->kind == peer->kind && ours->low == peer->low && ours->high == peer->high)
        return true;
    return differ(what, export, text_of(ours, a, sizeof a), text_of(peer, b, sizeof b));
}

static bool same_number(const char *what, uint32_t export, uint64_t ours, uint64_t peer)
{
    char a[32], b[32];
    if (ours == peer)
        return true;
    (void)snprintf(a, sizeof a, "%" PRIu64, ours);
    (void)snprintf(b, sizeof b, "%" PRIu64, peer);
    return differ(what, export, a, b);
}

/* The peer has one kind for a table's bounds, whoever asks (decision 0002). */
static enum wasm_trap plain_trap(enum wasm_trap trap)
{
    return trap == WASM_TRAP_UNDEFINED_ELEMENT ? WASM_TRAP_TABLE_OUT_OF_BOUNDS : trap;
}

/* Where the peer knows that an access is beyond any size of the memory, it names an operator
 * behind it (measured: the next one, or a second access that traps as surely, 32 bytes on). */
static bool is_place_of_next(const struct diff_call *ours, const struct diff_call *peer)
{
    return ours->trap == WASM_TRAP_MEMORY_OUT_OF_BOUNDS && peer->offset > ours->offset &&
           peer->offset - ours->offset <= 64;
}

static bool same_call(uint32_t export, const struct diff_call *ours, const struct diff_call *peer)
{
    static const char *const ends[] = {"returned", "trapped", "exhausted", "refused"};
    if (ours->end != peer->end)
        return differ("end", export,
                      ours->end == DIFF_TRAPPED ? wasm_trap_text(ours->trap) : ends[ours->end],
                      peer->end == DIFF_TRAPPED ? wasm_trap_text(peer->trap) : ends[peer->end]);
    if (ours->end == DIFF_TRAPPED) {
        if (plain_trap(ours->trap) != plain_trap(peer->trap))
            return differ("trap", export, wasm_trap_text(ours->trap), wasm_trap_text(peer->trap));
        if (peer->offset == MISSING_PLACE)
            return true;
        return same_number("trap function", export, ours->func, peer->func) &&
               (is_place_of_next(ours, peer) ||
                same_number("trap offset", export, ours->offset, peer->offset));
    }
    for (uint32_t i = 0; i < ours->count; i++)
        if (!same_value("result", export, &ours->values[i], &peer->values[i]))
            return false;
    return same_number("fuel", export, ours->fuel, peer->fuel);
}

static bool has_arguments(const struct wasm_func_type *type, struct diff_call *call)
{
    if (type->param_count > DIFF_VALUES_MAX || type->result_count > DIFF_VALUES_MAX)
        return false;
    for (uint32_t i = 0; i < type->param_count; i++)
        if (!diff_argument(type->params[i], i, &call->values[i]))
            return false;
    return true;
}

static bool same_memory(uint32_t export)
{
    struct bytes ours = ours_memory(export);
    struct bytes peer = peer_memory(export);
    if (!same_number("memory length", export, ours.len, peer.len))
        return false;
    if (ours.len == 0 || memcmp(ours.data, peer.data, ours.len) == 0)
        return true;
    size_t at = 0;
    while (ours.data[at] == peer.data[at])
        at++;
    char a[48];
    (void)snprintf(a, sizeof a, "%02x at %zu", ours.data[at], at);
    char b[16];
    (void)snprintf(b, sizeof b, "%02x", peer.data[at]);
    return differ("memory", export, a, b);
}

static bool same_leftovers(const struct wasm_module *module)
{
    for (uint32_t i = 0; i < module->export_count; i++) {
        struct diff_value a, b;
        struct diff_table s, t;
        switch (module->exports[i].kind) {
        case WASM_EXTERN_GLOBAL:
            if (ours_global(i, &a) && peer_global(module, i, &b) &&
                !same_value("global", i, &a, &b))
                return false;
            break;
        case WASM_EXTERN_MEMORY:
            if (!same_memory(i))
                return false;
            break;
        case WASM_EXTERN_TABLE:
            if (ours_table(i, &s) && peer_table(i, &t) &&
                (!same_number("table length", i, s.len, t.len) ||
                 !same_number("nulls of table", i, s.nulls, t.nulls)))
                return false;
            break;
        default:
            break;
        }
    }
    return true;
}

/* The peer keeps the delta of a growth that fails where its compiler sees a constant of at most 128
 * (docs/decisions/0002): the fuel differs by some of those, the results do not. */
static bool is_failed_growth(const struct diff_call *ours, struct diff_call *peer)
{
    if (ours->end != DIFF_RETURNED || peer->end != DIFF_RETURNED || peer->fuel <= ours->fuel ||
        !ours_grows())
        return false;
    peer->fuel = ours->fuel;
    return same_call(0, ours, peer);
}

/* "same", "excused" or "different", with *out_why. */
static const char *run_exports(const struct wasm_module *module, const char **out_why)
{
    static struct diff_call ours, peer;
    static char why[64];
    uint32_t calls = 0, traps = 0;
    bool is_excused = false;
    for (uint32_t i = 0; i < module->export_count; i++) {
        uint32_t func = module->exports[i].index;
        if (module->exports[i].kind != WASM_EXTERN_FUNC)
            continue;
        memset(&ours, 0, offsetof(struct diff_call, values));
        memset(&peer, 0, offsetof(struct diff_call, values));
        if (!has_arguments(wasm_module_func_type(module, func), &ours))
            continue;
        memcpy(peer.values, ours.values, sizeof ours.values);
        ours_call(func, &ours);
        peer_call(module, i, &peer);
        if (ours.end == DIFF_EXHAUSTED || peer.end == DIFF_EXHAUSTED) {
            *out_why = "exhausted";
            return "excused";
        }
        if (is_failed_growth(&ours, &peer))
            is_excused = true;
        else if (!same_call(i, &ours, &peer))
            return "different";
        calls++;
        traps += ours.end == DIFF_TRAPPED;
    }
    (void)snprintf(why, sizeof why, "%u returned %u trapped", calls - traps, traps);
    *out_why = is_excused ? "a growth that failed" : why;
    if (!same_leftovers(module))
        return "different";
    return is_excused ? "excused" : "same";
}

static const char *compare_start(const struct wasm_module *module, const char **out_why)
{
    static char a[DIFF_MESSAGE_MAX], b[DIFF_MESSAGE_MAX];
    static struct diff_call ours, peer;
    memset(&ours, 0, offsetof(struct diff_call, values));
    memset(&peer, 0, offsetof(struct diff_call, values));
    enum diff_end end = ours_start(&ours, a);
    enum diff_end other = peer_start(&peer, b);
    if (end == DIFF_EXHAUSTED || other == DIFF_EXHAUSTED) {
        *out_why = "exhausted";
        return "excused";
    }
    if (end == DIFF_REFUSED && other != DIFF_REFUSED && ours_is_over_caps()) {
        *out_why = "over our caps";
        return "excused";
    }
    if (end != other) {
        (void)differ("start", 0, end == DIFF_TRAPPED ? wasm_trap_text(ours.trap) : a,
                     other == DIFF_TRAPPED ? wasm_trap_text(peer.trap) : b);
        return "different";
    }
    if (end == DIFF_RETURNED)
        return run_exports(module, out_why);
    *out_why = end == DIFF_TRAPPED ? "start trapped" : "refused";
    if (end == DIFF_TRAPPED && plain_trap(ours.trap) != plain_trap(peer.trap)) {
        (void)differ("start", 0, wasm_trap_text(ours.trap), wasm_trap_text(peer.trap));
        return "different";
    }
    return "same";
}

/* Compares verdicts; `*out_module` when both accept. */
static const char *compare_verdicts(struct bytes input, bool is_run,
                                    const struct wasm_module **out_module, const char **out_why)
{
    static char a[DIFF_MESSAGE_MAX], b[DIFF_MESSAGE_MAX];
    *out_module = NULL;
    enum status status = ours_load(input, out_module, a);
    bool is_valid = is_run ? peer_load(input, b) : peer_is_valid(input, b);
    if (status == STATUS_LIMIT || status == STATUS_NO_MEMORY) {
        *out_why = "limit";
        return is_valid ? "excused" : "same";
    }
    if ((status == STATUS_OK) != is_valid) {
        (void)differ("verdict", 0, status == STATUS_OK ? "valid" : a, is_valid ? "valid" : b);
        *out_module = NULL;
        return "different";
    }
    *out_why = is_valid ? "valid" : "refused";
    return "same";
}

static bool examine(struct bytes input, bool is_run, const char *name, bool is_quiet)
{
    const struct wasm_module *module;
    const char *why = "";
    const char *verdict = compare_verdicts(input, is_run, &module, &why);
    if (is_run && module != NULL && verdict[0] == 's') {
        why = "imports";
        verdict = module->import_count != 0 ? "excused" : compare_start(module, &why);
    }
    bool is_different = verdict[0] == 'd';
    if (is_different)
        why = difference;
    if (is_different || !is_quiet)
        printf("%s\t%s\t%s\n", verdict, name, why);
    peer_close();
    ours_close();
    return !is_different;
}

static bool read_file(const char *path, struct bytes *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "differential: can not read %s\n", path);
        if (file != NULL)
            (void)fclose(file);
        return false;
    }
    long size = ftell(file);
    bool is_back = size >= 0 && fseek(file, 0, SEEK_SET) == 0;
    uint8_t *data = is_back ? malloc((size_t)size + 1) : NULL;
    bool is_read = data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size;
    (void)fclose(file); /* read only: nothing can be lost */
    *out = bytes_of(data, is_read ? (size_t)size : 0);
    return is_read;
}

static void keep(const char *folder, const char *name, struct bytes data)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.wasm", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(data.data, 1, data.len, file) != data.len)
        fprintf(stderr, "differential: can not write %s\n", path);
    if (file != NULL)
        (void)fclose(file); /* told above */
}

/* COUNT mutants of the seeds read; true: no difference. */
static bool mutate_all(const struct bytes *seeds, size_t seed_count, uint64_t seed, uint64_t count,
                       bool is_run, const char *folder)
{
    static uint8_t room[MUTANT_BYTES_MAX];
    bool is_same = true;
    uint64_t valid = 0;
    for (uint64_t i = 0; i < count; i++) {
        char name[64], message[DIFF_MESSAGE_MAX];
        struct bytes mutant = mutate(seeds, seed_count, seed, i, room);
        (void)snprintf(name, sizeof name, "mutant-%" PRIu64 "-%" PRIu64, seed, i);
        if (!examine(mutant, is_run, name, true)) {
            keep(folder, name, mutant);
            is_same = false;
        }
        valid += i % 64 == 0 && peer_is_valid(mutant, message);
    }
    printf("mutants\t%" PRIu64 "\tabout %" PRIu64 " valid\n", count, valid * 64);
    return is_same;
}

static int usage(void)
{
    fprintf(stderr, "usage: differential run|validate LIBRARY <NAMES\n"
                    "       differential mutate|mutate-run LIBRARY SEED COUNT FOLDER <NAMES\n");
    return 2;
}

int main(int argc, char **argv)
{
    char line[4096];
    bool is_same = true;
    bool is_mutate_run = argc == 6 && strcmp(argv[1], "mutate-run") == 0;
    bool is_mutate = is_mutate_run || (argc == 6 && strcmp(argv[1], "mutate") == 0);
    bool is_run = is_mutate_run || (argc == 3 && strcmp(argv[1], "run") == 0);
    if (!is_mutate && !is_run && !(argc == 3 && strcmp(argv[1], "validate") == 0))
        return usage();
    if (!peer_open(argv[2], is_run))
        return 2;
    static struct bytes seeds[SEEDS_MAX];
    size_t seed_count = 0;
    (void)setvbuf(stdout, NULL, _IOLBF, 0); /* a crash must not swallow lines */
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct bytes input;
        line[strcspn(line, "\n")] = '\0';
        if (!read_file(line, &input))
            return 2;
        if (is_mutate && seed_count < SEEDS_MAX) {
            seeds[seed_count++] = input;
            continue;
        }
        is_same = examine(input, is_run, line, false) && is_same;
        free((void *)(uintptr_t)input.data);
    }
    if (is_mutate)
        is_same = mutate_all(seeds, seed_count, strtoull(argv[3], NULL, 10),
                             strtoull(argv[4], NULL, 10), is_run, argv[5]);
    return is_same ? 0 : 1;
}
