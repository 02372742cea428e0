/*
 * sdk/examples/embed/embed.c: a program that runs a component by aether/component.h.
 *
 *   make build/bin/embed
 *   build/bin/embed tests/corpus/components/host.wasm 'sum(40, 2)' 'say("hello")'
 *
 * It shows what the component imports and exports, offers it test:host/api, makes the calls that
 * the command line has and prints their results. The first error ends it, with status 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aether/component.h"

static const char api[] = "test:host/api@0.1.0";

/* add: func(a: u32, b: u32) -> u32 */
static bool add(void *context, struct aether_call *call, const struct aether_value *params,
                struct aether_value *out_result)
{
    (void)context;
    (void)call;
    *out_result = aether_number(AETHER_U32, (int64_t)(uint32_t)(params[0].u + params[1].u));
    return true;
}

/* echo: func(text: string) -> string; the parameter lives as long as the result has to. */
static bool echo(void *context, struct aether_call *call, const struct aether_value *params,
                 struct aether_value *out_result)
{
    (void)context;
    (void)call;
    *out_result = params[0];
    return true;
}

static bool refuse(void *context, struct aether_call *call, const struct aether_value *params,
                   struct aether_value *out_result)
{
    (void)context;
    (void)params;
    (void)out_result;
    return aether_call_trap(call, "this host does not do that");
}

static void fail(const char *what, const struct aether_error *error)
{
    (void)fprintf(stderr, "embed: %s: %s\n", what, error->text);
    exit(1);
}

static struct aether_component *load(const char *path, struct aether_error *error)
{
    struct aether_component *component;
    FILE *file = fopen(path, "rb");
    size_t cap = (size_t)64 << 20;
    uint8_t *bytes = malloc(cap);
    if (file == NULL || bytes == NULL) {
        (void)fprintf(stderr, "embed: %s can not be read\n", path);
        exit(1);
    }
    size_t len = fread(bytes, 1, cap, file);
    (void)fclose(file);
    if (aether_component_load(bytes, len, &component, error) != AETHER_OK)
        fail(path, error);
    free(bytes);
    return component;
}

static void show(const char *word, const struct aether_extern *item)
{
    (void)printf("%s %.*s", word, (int)item->name_len, item->name);
    if (item->kind == AETHER_EXTERN_FUNC)
        (void)printf(": %zu parameters", aether_func_type_param_count(item->func));
    (void)printf("\n");
}

/* Everything that host.wasm imports, and a trap for what others do. */
static struct aether_host *offer(struct aether_error *error)
{
    struct aether_host *host = aether_host_create();
    const struct aether_resource *thing;
    if (host == NULL)
        exit(1);
    if (aether_host_resource(host, api, "thing", NULL, NULL, &thing, error) != AETHER_OK ||
        aether_host_func(host, api, "add", "func(a: u32, b: u32) -> u32", add, NULL, error) !=
            AETHER_OK ||
        aether_host_func(host, api, "echo", "func(text: string) -> string", echo, NULL, error) !=
            AETHER_OK ||
        aether_host_func(host, api, "fail", "func()", refuse, NULL, error) != AETHER_OK)
        fail("definitions", error);
    aether_host_trap_unknown(host);
    return host;
}

int main(int argc, char **argv)
{
    struct aether_error error;
    struct aether_instance *instance;
    struct aether_extern item;
    if (argc < 2) {
        (void)fprintf(stderr, "usage: embed COMPONENT CALL...\n");
        return 1;
    }
    struct aether_component *component = load(argv[1], &error);
    for (size_t i = 0; aether_component_import(component, i, &item); i++)
        show("import", &item);
    for (size_t i = 0; aether_component_export(component, i, &item); i++)
        show("export", &item);

    struct aether_host *host = offer(&error);
    if (aether_instance_create(component, host, NULL, &instance, &error) != AETHER_OK)
        fail(argv[1], &error);
    for (int i = 2; i < argc; i++) {
        const char *text;
        if (aether_instance_invoke(instance, argv[i], &text, &error) != AETHER_OK)
            fail(argv[i], &error);
        (void)printf("%s -> %s\n", argv[i], text);
    }
    (void)printf("fuel: %llu\n", (unsigned long long)aether_instance_fuel_used(instance));
    aether_instance_destroy(instance);
    aether_host_destroy(host);
    aether_component_destroy(component);
    return 0;
}
