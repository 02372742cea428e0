/*
 * tests/unit/wasi/test_p2_tables.c: our tables of WASI 0.2 against the official WIT, and
 * docs/wasi.md against our tables.
 *
 * tests/corpus/wasi holds dummy components that import every function of a world (make wasi-corpus
 * makes them from the WIT). That they link means that names and types are the same.
 */
#include <stdio.h>

#include "core/component/instance.h"
#include "tests/support/p2_trial.h"
#include "tests/support/test.h"

#define FILE_MAX  0x20000u
#define ARENA_MAX 0x2000000u

static const char *const dummies[] = {"cli", "cli-0.2.0", "http", "enclave", "enclave-records"};

static uint8_t file_room[FILE_MAX];
static uint8_t *arena_room;
static struct arena arena;
static struct report report;
static struct wasi_p2 p2;

static struct bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(file_room, 1, sizeof file_room, file);
    assert_true(len < sizeof file_room);
    (void)fclose(file);
    return bytes_of(file_room, len);
}

static void begin(void)
{
    static const struct wasi_gate no_gate;
    arena_room = calloc(1, ARENA_MAX);
    assert_non_null(arena_room);
    arena_init(&arena, arena_room, ARENA_MAX);
    report_init(&report);
    assert_int_equal(wasi_p2_init(&p2, &no_gate, false, &arena), STATUS_OK);
}

static const struct component *load(const char *name)
{
    char path[64];
    const struct component *component = NULL;
    (void)snprintf(path, sizeof path, "tests/corpus/wasi/%s.wasm", name);
    begin();
    if (component_load(read_file(path), &arena, &arena, &component, &report) != STATUS_OK)
        fail_msg("%s: %s", name, report.text);
    return component;
}

/* The dummies have a memory without pages. */
static enum status reserve(void *context, uint64_t cap_bytes, uint8_t **out_base)
{
    static uint8_t room[1];
    (void)context;
    (void)cap_bytes;
    *out_base = room;
    return STATUS_OK;
}

static void tell_unknown(void *context, struct bytes interface, struct bytes func)
{
    (void)context;
    fail_msg("nobody offers %.*s#%.*s", (int)interface.len, (const char *)interface.data,
             (int)func.len, (const char *)func.data);
}

TEST(every_function_of_the_official_worlds_links)
{
    for (size_t i = 0; i < ARRAY_LEN(dummies); i++) {
        const struct component *component = load(dummies[i]);
        const struct wasm_host host = {.memory_reserve = reserve};
        const struct wasm_caps caps = {
            .fuel = 1000000, .table_elements = 1000, .stack_units = 1000};
        struct wasm_store *store = NULL;
        struct component_linked *linked = NULL;
        struct component_outcome outcome;

        component_each_unknown(component, &p2.host, tell_unknown, NULL);
        assert_int_equal(wasm_store_create(&host, &caps, &arena, &store, &report), STATUS_OK);
        if (component_instantiate(component, &p2.host, store, &arena, &linked, &outcome, &report) !=
            STATUS_OK)
            fail_msg("%s: %s", dummies[i], report.text);

        free(arena_room);
    }
}

/* Is it among the imports of the component? The version is not looked at. */
static bool has_import(const struct component *component, struct bytes interface, struct bytes func)
{
    for (uint32_t i = 0; i < component->type->import_count; i++) {
        const struct component_extern_name *import = &component->type->imports[i];
        if (import->name.len <= interface.len || import->name.data[interface.len] != '@' ||
            memcmp(import->name.data, interface.data, interface.len) != 0)
            continue;
        const struct component_interface *type = import->type.interface;
        for (uint32_t k = 0; k < type->export_count; k++)
            if (bytes_equal(type->exports[k].name, func))
                return true;
    }
    return false;
}

TEST(nothing_is_offered_that_the_official_worlds_do_not_have)
{
    static const char *const newest[] = {"cli", "http", "enclave"};
    uint32_t found = 0;
    uint32_t offered = 0;
    for (size_t d = 0; d < ARRAY_LEN(newest); d++) {
        const struct component *component = load(newest[d]);
        offered = 0;
        for (uint32_t i = 0; i < p2.host.interface_count; i++) {
            const struct component_host_interface *each = p2.host.interfaces[i];
            bool is_counted = d == 0 || (d == 1 && each->name.data[5] == 'h') ||
                              (d == 2 && each->name.data[0] == 'p');
            for (uint32_t f = 0; f < each->func_count; f++) {
                offered++;
                found += is_counted && has_import(component, each->name, each->funcs[f].name);
            }
        }
        free(arena_room);
    }

    assert_int_equal(found, offered);
    assert_true(offered > 180);
}

static const char *state_of(const struct component_host_func *func)
{
    static component_host_fn *const denied[] = {
        p2_instance_network,  p2_network_error_code, p2_socket_denied, p2_http_fields_new,
        p2_http_forbidden,    p2_http_empty_list,    p2_http_has,      p2_http_request_new,
        p2_http_response_new, p2_http_options_new,   p2_http_refuse,   p2_http_method,
        p2_http_none,         p2_http_status_code,   p2_http_handle,   p2_http_error_code,
        p2_enclave_denied,
    };
    if (func->call == p2_socket_unreachable || func->call == p2_http_unreachable)
        return "unreachable";
    for (size_t i = 0; i < ARRAY_LEN(denied); i++)
        if (func->call == denied[i])
            return "denied";
    return "done";
}

/* The part of the page under the interface's heading. */
static char *section_of(char *page, struct bytes name)
{
    char heading[64];
    (void)snprintf(heading, sizeof heading, "\n### %.*s\n", (int)name.len, (const char *)name.data);
    char *section = strstr(page, heading);
    if (section == NULL) {
        fail_msg("docs/wasi.md has no %s", heading);
        return page;
    }
    section += strlen(heading);
    char *end = strstr(section, "\n### ");
    if (end != NULL)
        *end = '\0';
    return section;
}

TEST(the_page_about_wasi_has_every_function_and_its_state)
{
    static char page[FILE_MAX];
    begin();
    for (uint32_t i = 0; i < p2.host.interface_count; i++) {
        const struct component_host_interface *each = p2.host.interfaces[i];
        struct bytes text = read_file("docs/wasi.md");
        memcpy(page, text.data, text.len);
        page[text.len] = '\0';
        char *section = section_of(page, each->name);
        uint32_t rows = 0;
        for (const char *at = strstr(section, "\n| `"); at != NULL; at = strstr(at + 1, "\n| `"))
            rows++;
        assert_int_equal(rows, each->func_count);
        for (uint32_t f = 0; f < each->func_count; f++) {
            char row[128];
            (void)snprintf(row, sizeof row, "| `%.*s` | %s | ", (int)each->funcs[f].name.len,
                           (const char *)each->funcs[f].name.data, state_of(&each->funcs[f]));
            if (strstr(section, row) == NULL)
                fail_msg("docs/wasi.md: no row %s", row);
        }
    }
    free(arena_room);
}

TEST_MAIN(T(every_function_of_the_official_worlds_links),
          T(nothing_is_offered_that_the_official_worlds_do_not_have),
          T(the_page_about_wasi_has_every_function_and_its_state))
