/*
 * cell/program/component_explain.c: which functions a component has, for who named none of
 * them; the frames of a trap, each with its core module.
 */
#include "cell/program/component.h"

#include "core/wasm/name_section.h"

#define FUNCS_SHOWN  16u
#define FRAMES_SHOWN 32u
#define NO_FUNC      UINT32_MAX

static bool show(struct component_run *run, struct bytes interface, struct bytes func,
                 uint32_t *shown)
{
    struct text_sink out = program_explain(run->program);
    if (++*shown > FUNCS_SHOWN) {
        text_word(out, "    and more\n");
        return false;
    }
    text_word(out, "    ");
    text_escaped(out, interface);
    if (interface.len != 0)
        text_char(out, '#');
    text_escaped(out, func);
    text_char(out, '\n');
    return true;
}

static bool show_export(struct component_run *run, const struct component_extern_name *export,
                        uint32_t *shown)
{
    if (export->type.sort == COMPONENT_SORT_FUNC)
        return show(run, bytes_of("", 0), export->name, shown);
    if (export->type.sort != COMPONENT_SORT_INSTANCE)
        return true;
    const struct component_interface *interface = export->type.interface;
    for (uint32_t i = 0; i < interface->export_count; i++)
        if (interface->exports[i].type.sort == COMPONENT_SORT_FUNC &&
            !show(run, export->name, interface->exports[i].name, shown))
            return false;
    return true;
}

void component_explain_exports(struct component_run *run)
{
    const struct component_interface *type = run->component->type;
    uint32_t shown = 0;
    text_word(program_explain(run->program), "functions:\n");
    for (uint32_t i = 0; i < type->export_count; i++)
        if (!show_export(run, &type->exports[i], &shown))
            return;
    if (shown == 0)
        text_word(program_explain(run->program), "    none\n");
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

/* Modules of a component have no names of their own: where its bytes begin in the payload. */
static void explain_frame(struct component_run *run, const struct wasm_trace_entry *frame)
{
    struct text_sink out = program_explain(run->program);
    const struct wasm_module *module = wasm_instance_module(frame->instance);
    text_word(out, "    at byte ");
    text_number(out, frame->offset);
    text_word(out,
              frame->func == NO_FUNC ? " while active segments were applied" : " in function ");
    if (frame->func != NO_FUNC) {
        struct bytes name = name_of(module, frame->func);
        text_number(out, frame->func);
        if (name.len != 0) {
            text_char(out, ' ');
            text_name(out, name);
        }
    }
    text_word(out, " of the core module at byte ");
    text_number(out, (uint64_t)(module->input.data - run->program->payload.data));
    text_char(out, '\n');
}

void component_explain_frames(struct component_run *run, const struct component_outcome *outcome)
{
    struct wasm_trace_entry frames[FRAMES_SHOWN];
    size_t count = wasm_store_trace(run->program->store, frames, FRAMES_SHOWN);
    if (count == 0 && outcome->wasm.instance != NULL) {
        frames[0] = (struct wasm_trace_entry){outcome->wasm.instance, outcome->wasm.func,
                                              outcome->wasm.offset};
        count = 1;
    }
    for (size_t i = 0; i < count; i++)
        explain_frame(run, &frames[i]);
}
