/*
 * cell/program/module_trace.c: where a module trapped.
 */
#include "cell/program/module_internal.h"
#include "core/wasm/name_section.h"

#define FRAMES_SHOWN 32u
#define NO_FUNC      UINT32_MAX

/* Of the name section, or it is exported by that name; empty: neither. */
static struct bytes name_of(const struct wasm_module *module, uint32_t func)
{
    struct bytes name = wasm_func_name(module, func);
    for (uint32_t i = 0; name.len == 0 && i < module->export_count; i++)
        if (module->exports[i].kind == WASM_EXTERN_FUNC && module->exports[i].index == func)
            name = module->exports[i].name;
    return name;
}

static void explain_frame(struct text_sink out, const struct wasm_module *module,
                          const struct wasm_trace_entry *frame)
{
    text_word(out, "    at byte ");
    text_number(out, frame->offset);
    if (frame->func == NO_FUNC) {
        text_word(out, " while active segments were applied\n");
        return;
    }
    struct bytes name = name_of(module, frame->func);
    text_word(out, " in function ");
    text_number(out, frame->func);
    if (name.len != 0) {
        text_char(out, ' ');
        text_name(out, name);
    }
    text_char(out, '\n');
}

/* A trap outside of every function, or at a call that found no room, has the one place that the
 * outcome knows. */
void module_explain_trace(struct module_run *run, const struct wasm_outcome *trap)
{
    struct wasm_trace_entry frames[FRAMES_SHOWN + 1];
    struct text_sink out = program_explain(run->program);
    size_t count = wasm_store_trace(run->program->store, frames, FRAMES_SHOWN + 1);
    if (count == 0) {
        frames[0] = (struct wasm_trace_entry){trap->instance, trap->func, trap->offset};
        count = 1;
    }
    for (size_t i = 0; i < count && i < FRAMES_SHOWN; i++)
        explain_frame(out, run->module, &frames[i]);
    if (count > FRAMES_SHOWN)
        text_word(out, "    and more frames below\n");
}
