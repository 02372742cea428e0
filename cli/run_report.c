/*
 * cli/run_report.c: how a run ended: results on stdout, all else on stderr; with --json one object
 * on stdout, whatever happened.
 */
#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/run.h"
#include "cli/value.h"
#include "cli/wat.h"
#include "core/wasm/name_section.h"

#define FRAMES_SHOWN 32u
#define NAMES_SHOWN  32u
#define NO_FUNC      UINT32_MAX

static void begin(struct listing *l, const struct run *run, const char *outcome)
{
    listing_begin(l, stdout, true);
    listing_name(l, "file", "", bytes_of(run->file.path, strlen(run->file.path)));
    listing_word(l, "outcome", "", outcome);
}

static uint64_t memory_bytes(const struct run *run)
{
    uint8_t *base;
    uint64_t len = 0;
    if (run->instance == NULL || wasm_instance_memory(run->instance, 0, &base, &len) != STATUS_OK)
        return 0;
    return len;
}

static void end(struct listing *l, const struct run *run)
{
    if (run->store != NULL) {
        listing_number(l, "fuel", "", wasm_store_fuel_used(run->store), "");
        listing_number(l, "memory_bytes", "", memory_bytes(run), "");
        listing_number(l, "arena_bytes", "", run->file.arena.peak, "");
    }
    listing_end(l);
}

static void say_stats(const struct run *run)
{
    if (run->stats && run->store != NULL)
        cli_say("fuel %llu, memory 0 of %llu bytes, arena %zu bytes",
                (unsigned long long)wasm_store_fuel_used(run->store),
                (unsigned long long)memory_bytes(run), run->file.arena.peak);
}

static void print_results(const struct run *run)
{
    const uint64_t *slots = run->slots;
    for (uint32_t i = 0; run->type != NULL && i < run->type->result_count; i++) {
        uint32_t type = run->type->results[i];
        wat_value_type(stdout, type);
        (void)fputc(' ', stdout);
        value_print(stdout, run->file.module, type, slots);
        (void)fputc('\n', stdout);
        slots += wasm_type_slots(type);
    }
}

static void list_results(struct listing *l, const struct run *run)
{
    const uint64_t *slots = run->slots;
    listing_open(l, "results", "", 0);
    for (uint32_t i = 0; run->type != NULL && i < run->type->result_count; i++) {
        uint32_t type = run->type->results[i];
        listing_item(l);
        listing_value(l, "type", "");
        wat_value_type(l->out, type);
        listing_value_end(l);
        listing_value(l, "value", "");
        value_print(l->out, run->file.module, type, slots);
        listing_value_end(l);
        listing_item_end(l);
        slots += wasm_type_slots(type);
    }
    listing_close(l);
}

int run_tell_returned(const struct run *run)
{
    struct listing l;
    if (!run->json) {
        print_results(run);
        say_stats(run);
        return CLI_OK;
    }
    begin(&l, run, "returned");
    if (run->entry != NULL)
        listing_name(&l, "function", "", run->entry->name);
    list_results(&l, run);
    end(&l, run);
    return CLI_OK;
}

/* Of the name section, or it is exported by that name; empty: neither. */
static struct bytes name_of(const struct wasm_module *module, uint32_t func)
{
    struct bytes name = wasm_func_name(module, func);
    for (uint32_t i = 0; name.len == 0 && i < module->export_count; i++)
        if (module->exports[i].kind == WASM_EXTERN_FUNC && module->exports[i].index == func)
            name = module->exports[i].name;
    return name;
}

/* The frames of the trap, one more than are shown. A trap outside of every function, or at a call
 * that found no room, has the one place that the outcome knows. */
static size_t take_trace(const struct run *run, struct wasm_trace_entry out[FRAMES_SHOWN + 1])
{
    size_t count = wasm_store_trace(run->store, out, FRAMES_SHOWN + 1);
    if (count != 0)
        return count;
    out[0] =
        (struct wasm_trace_entry){run->outcome.instance, run->outcome.func, run->outcome.offset};
    return 1;
}

static void say_frame(const struct run *run, const struct wasm_trace_entry *frame)
{
    struct bytes name;
    (void)fprintf(stderr, "    at byte %llu ", (unsigned long long)frame->offset);
    if (frame->func == NO_FUNC) {
        (void)fputs("while active segments were applied\n", stderr);
        return;
    }
    name = name_of(run->file.module, frame->func);
    (void)fprintf(stderr, "in function %u", frame->func);
    if (name.len != 0) {
        (void)fputc(' ', stderr);
        cli_print_name(stderr, name);
    }
    (void)fputc('\n', stderr);
}

static void list_frame(struct listing *l, const struct run *run,
                       const struct wasm_trace_entry *frame)
{
    listing_item(l);
    if (frame->func != NO_FUNC) {
        struct bytes name = name_of(run->file.module, frame->func);
        listing_number(l, "function", "", frame->func, "");
        if (name.len != 0)
            listing_name(l, "name", "", name);
    }
    listing_number(l, "offset", "", frame->offset, "");
    listing_item_end(l);
}

static void list_trap(const struct run *run, const struct wasm_trace_entry *frames, size_t shown,
                      bool has_more)
{
    struct listing l;
    begin(&l, run, "trapped");
    listing_word(&l, "trap", "", wasm_trap_text(run->outcome.trap));
    listing_number(&l, "kind", "", (uint64_t)run->outcome.trap, "");
    listing_open(&l, "trace", "", shown);
    for (size_t i = 0; i < shown; i++)
        list_frame(&l, run, &frames[i]);
    listing_close(&l);
    listing_flag(&l, "trace_is_cut", "", has_more);
    end(&l, run);
}

int run_tell_trapped(const struct run *run)
{
    struct wasm_trace_entry frames[FRAMES_SHOWN + 1];
    size_t count = take_trace(run, frames);
    size_t shown = count > FRAMES_SHOWN ? FRAMES_SHOWN : count;
    if (run->json) {
        list_trap(run, frames, shown, count > shown);
        return CLI_TRAPPED;
    }
    (void)fputs("aether: ", stderr);
    cli_print_path(stderr, run->file.path);
    (void)fprintf(stderr, ": trap: %s\n", wasm_trap_text(run->outcome.trap));
    for (size_t i = 0; i < shown; i++)
        say_frame(run, &frames[i]);
    if (count > shown)
        (void)fputs("    and more frames below\n", stderr);
    say_stats(run);
    return CLI_TRAPPED;
}

static void say_missing(const struct wasm_module *m)
{
    for (uint32_t i = 0; i < m->import_count && i < NAMES_SHOWN; i++) {
        const struct wasm_import *import = &m->imports[i];
        (void)fprintf(stderr, "    %s ", wat_kind(import->kind));
        cli_print_name(stderr, import->module);
        (void)fputc(' ', stderr);
        cli_print_name(stderr, import->name);
        (void)fputc(' ', stderr);
        wat_extern_type(stderr, m, import->kind, import->index);
        (void)fputc('\n', stderr);
    }
    if (m->import_count > NAMES_SHOWN)
        (void)fprintf(stderr, "    and %u more\n", m->import_count - NAMES_SHOWN);
}

static void list_missing(struct listing *l, const struct wasm_module *m)
{
    listing_open(l, "missing", "", m->import_count);
    for (uint32_t i = 0; i < m->import_count; i++) {
        const struct wasm_import *import = &m->imports[i];
        listing_item(l);
        listing_word(l, "kind", "", wat_kind(import->kind));
        listing_name(l, "module", "", import->module);
        listing_name(l, "name", "", import->name);
        listing_value(l, "type", "");
        wat_extern_type(l->out, m, import->kind, import->index);
        listing_value_end(l);
        listing_item_end(l);
    }
    listing_close(l);
}

int run_tell_refused(const struct run *run, enum status status)
{
    const struct report *report = &run->file.report;
    struct listing l;
    if (!run->json) {
        cli_say_report(run->file.path, report);
        if (status == STATUS_UNLINKABLE)
            say_missing(run->file.module);
        return wasm_file_exit(status);
    }
    begin(&l, run, "refused");
    listing_word(&l, "verdict", "", wasm_file_verdict(status));
    listing_name(&l, "reason", "", bytes_of(report->text, report->len));
    if (report->offset != REPORT_NO_OFFSET)
        listing_number(&l, "offset", "", report->offset, "");
    if (status == STATUS_UNLINKABLE)
        list_missing(&l, run->file.module);
    end(&l, run);
    return wasm_file_exit(status);
}

int run_tell_fault(const struct run *run)
{
    static const char reason[] = "the heap of objects is full (--heap-max gives more)";
    struct listing l;
    if (!run->json) {
        (void)fputs("aether: ", stderr);
        cli_print_path(stderr, run->file.path);
        (void)fprintf(stderr, ": %s\n", reason);
        say_stats(run);
        return CLI_FAILED;
    }
    begin(&l, run, "fault");
    listing_word(&l, "reason", "", reason);
    end(&l, run);
    return CLI_FAILED;
}

void run_say_exports(const struct run *run)
{
    const struct wasm_module *m = run->file.module;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < m->export_count; i++) {
        if (m->exports[i].kind != WASM_EXTERN_FUNC)
            continue;
        if (shown++ == NAMES_SHOWN) {
            (void)fputs("    and more\n", stderr);
            return;
        }
        (void)fputs("    ", stderr);
        cli_print_name(stderr, m->exports[i].name);
        (void)fputc(' ', stderr);
        wat_extern_type(stderr, m, WASM_EXTERN_FUNC, m->exports[i].index);
        (void)fputc('\n', stderr);
    }
    if (shown == 0)
        (void)fputs("    none\n", stderr);
}
