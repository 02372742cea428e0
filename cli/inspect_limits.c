/*
 * cli/inspect_limits.c: what a module uses, beside what it may (core/wasm/limits.h).
 */
#include "cli/inspect.h"
#include "core/wasm/limits.h"

/* The greatest of each, over all bodies and types. */
struct greatest {
    uint64_t body_bytes, locals, nesting, operands, params, results, elem_items, depth, fields;
};

static void raise(uint64_t *greatest, uint64_t number)
{
    if (number > *greatest)
        *greatest = number;
}

static struct greatest find_greatest(const struct wasm_module *m)
{
    struct greatest g = {0};
    for (uint32_t i = 0; i < m->func_count; i++) {
        const struct wasm_func *func = &m->funcs[i];
        raise(&g.body_bytes, func->body.len);
        raise(&g.locals, func->local_count);
        raise(&g.nesting, func->max_nesting);
        raise(&g.operands, func->max_height);
        raise(&g.params, wasm_module_func_type(m, i)->param_count);
        raise(&g.results, wasm_module_func_type(m, i)->result_count);
    }
    for (uint32_t i = 0; i < m->type_count; i++) {
        raise(&g.depth, m->types[i].depth);
        if (m->types[i].kind == WASM_KIND_STRUCT)
            raise(&g.fields, m->types[i].fields.field_count);
    }
    for (uint32_t i = 0; i < m->elem_count; i++)
        raise(&g.elem_items, m->elems[i].count);
    return g;
}

static void print_limit(struct listing *listing, const char *what, uint64_t used, uint64_t limit)
{
    listing_item(listing);
    listing_word(listing, "what", "", what);
    listing_number(listing, "used", ": ", used, "");
    listing_number(listing, "limit", " of ", limit, "");
    listing_item_end(listing);
}

void inspect_limits(struct listing *listing, const struct wasm_module *m, size_t file_bytes)
{
    const struct greatest g = find_greatest(m);
    const uint64_t pairs = WASM_LIMIT_PAIRS + (uint64_t)file_bytes * WASM_LIMIT_PAIRS_PER_BYTE;
    const struct {
        const char *what;
        uint64_t used, limit;
    } rows[] = {
        {"bytes", file_bytes, WASM_LIMIT_MODULE_BYTES},
        {"types", m->type_count, WASM_LIMIT_TYPES},
        {"supertypes above a type", g.depth, WASM_LIMIT_SUBTYPE_DEPTH},
        {"fields of a struct", g.fields, WASM_LIMIT_FIELDS},
        {"functions", m->func_count, WASM_LIMIT_FUNCS},
        {"tables", m->table_count, WASM_LIMIT_TABLES},
        {"memories", m->memory_count, WASM_LIMIT_MEMORIES},
        {"globals", m->global_count, WASM_LIMIT_GLOBALS},
        {"tags", m->tag_count, WASM_LIMIT_TAGS},
        {"imports", m->import_count, WASM_LIMIT_IMPORTS},
        {"exports", m->export_count, WASM_LIMIT_EXPORTS},
        {"element segments", m->elem_count, WASM_LIMIT_ELEMS},
        {"items of an element segment", g.elem_items, WASM_LIMIT_ELEM_ITEMS},
        {"data segments", m->data_count, WASM_LIMIT_DATAS},
        {"bytes of a body", g.body_bytes, WASM_LIMIT_BODY_BYTES},
        {"locals of a function", g.locals, WASM_LIMIT_LOCALS},
        {"parameters of a function", g.params, WASM_LIMIT_PARAMS},
        {"results of a function", g.results, WASM_LIMIT_RESULTS},
        {"open blocks of a body", g.nesting, WASM_LIMIT_NESTING},
        {"operands of a body (a v128 counts twice here)", g.operands, WASM_LIMIT_OPERANDS},
        {"values that calls, blocks and locals carry", m->carried,
         WASM_LIMIT_CARRIED + (uint64_t)file_bytes * WASM_CARRIED_PER_BYTE},
        {"types compared", pairs - m->pairs_left, pairs},
    };
    listing_open(listing, "limits", "limits: the greatest of each", ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        print_limit(listing, rows[i].what, rows[i].used, rows[i].limit);
    listing_close(listing);
}
