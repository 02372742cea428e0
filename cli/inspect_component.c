/*
 * cli/inspect_component.c: what a component imports and exports, as WIT or as JSON.
 */
#include "cli/cli.h"
#include "cli/inspect.h"
#include "cli/wit.h"

#include <stdlib.h>

#define ROOM_BYTES ((size_t)16 << 20)

struct component_view {
    struct listing *listing;
    struct wit wit;
};

static const char *kind_of(const struct component_extern_name *item)
{
    switch (item->type.sort) {
    case COMPONENT_SORT_FUNC:
        return "function";
    case COMPONENT_SORT_TYPE:
        return item->type.type.kind == COMPONENT_ANY_RESOURCE ? "resource" : "type";
    case COMPONENT_SORT_INSTANCE:
        return "interface";
    case COMPONENT_SORT_COMPONENT:
        return "component";
    default:
        return "core module";
    }
}

/* Functions with their types; of other things their kind. */
static void show_item(struct component_view *view, uint32_t unit,
                      const struct component_extern_name *item)
{
    struct listing *l = view->listing;
    listing_name(l, "name", "", item->name);
    listing_word(l, "kind", "", kind_of(item));
    if (item->type.sort != COMPONENT_SORT_FUNC)
        return;
    listing_value(l, "type", "");
    (void)fputs("func", l->out);
    wit_print_func(&view->wit, unit, item->type.func, false);
    listing_value_end(l);
}

static void show_instance(struct component_view *view, uint32_t unit,
                          const struct component_interface *interface)
{
    listing_open(view->listing, "exports", "", interface->export_count);
    for (uint32_t i = 0; i < interface->export_count; i++) {
        listing_item(view->listing);
        show_item(view, unit, &interface->exports[i]);
        listing_item_end(view->listing);
    }
    listing_close(view->listing);
}

static void show_list(struct component_view *view, const char *key,
                      const struct component_extern_name *items, uint32_t count, uint32_t *unit)
{
    listing_open(view->listing, key, "", count);
    for (uint32_t i = 0; i < count; i++) {
        listing_item(view->listing);
        show_item(view, WIT_WORLD, &items[i]);
        if (items[i].type.sort == COMPONENT_SORT_INSTANCE)
            show_instance(view, (*unit)++, items[i].type.interface);
        listing_item_end(view->listing);
    }
    listing_close(view->listing);
}

/* The world as one string. False: no room. */
static bool show_wit(struct component_view *view)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (out == NULL)
        return false;
    bool has_room = wit_print(&view->wit, out);
    has_room = fclose(out) == 0 && has_room;
    if (has_room)
        listing_name(view->listing, "wit", "", bytes_of(text, len));
    free(text);
    return has_room;
}

static bool show_json(struct component_view *view)
{
    const struct component_interface *type = view->wit.component->type;
    uint32_t unit = WIT_WORLD + 1;
    listing_word(view->listing, "kind", "", "component");
    if (!show_wit(view))
        return false;
    view->wit.out = view->listing->out;
    show_list(view, "imports", type->imports, type->import_count, &unit);
    show_list(view, "exports", type->exports, type->export_count, &unit);
    return true;
}

static void show_refusal(struct listing *listing, const struct wasm_file *file)
{
    if (file->report.offset != REPORT_NO_OFFSET)
        listing_number(listing, "offset", "", file->report.offset, "");
    listing_name(listing, "reason", "", bytes_of(file->report.text, file->report.len));
}

int inspect_component(struct wasm_file *file, bool json)
{
    struct listing listing;
    struct component_view view = {.listing = &listing};
    enum status status = wasm_file_load_component(file, ROOM_BYTES);
    bool has_room = status != STATUS_OK || wit_open(&view.wit, file->component, &file->arena);
    if (!json) {
        if (status == STATUS_OK && has_room)
            has_room = wit_print(&view.wit, stdout);
    } else {
        listing_begin(&listing, stdout, true);
        listing_name(&listing, "file", "", bytes_of(file->path, strlen(file->path)));
        listing_word(&listing, "verdict", "", wasm_file_verdict(status));
        listing_number(&listing, "bytes", "", file->content.len, "");
        if (status != STATUS_OK)
            show_refusal(&listing, file);
        else if (has_room)
            has_room = show_json(&view);
        listing_end(&listing);
    }
    if (status != STATUS_OK)
        cli_say_report(file->path, &file->report);
    if (!has_room)
        cli_say("no room to show the types of the component");
    return has_room ? wasm_file_exit(status) : CLI_FAILED;
}
