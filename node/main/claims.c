/*
 * node/main/claims.c: see claims.h for what is in the trees, and node/attest/tree.h for how.
 */
#include "node/main/claims.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/cbor.h"
#include "node/attest/oid.h"
#include "node/attest/tree.h"

#define CORE_LEAVES 10u
#define APP_LEAVES  4u
#define NAME_BYTES  96u /* "wasm." a name ".code_hash" */

struct leaf {
    char name[NAME_BYTES];
    uint8_t hash[32];
};

struct claims {
    struct leaf core[CORE_LEAVES];
    uint8_t root[32];     /* theirs */
    uint8_t combined[32]; /* theirs */
    bool has_apps;
    uint8_t tree[32];        /* ours */
    uint8_t issuer_leaf[32]; /* of theirs */
    uint8_t (*leaves)[32];   /* room for all of ours */
};

static void set_leaf(struct leaf *leaf, const char *name, struct bytes data)
{
    (void)snprintf(leaf->name, sizeof leaf->name, "%s", name);
    tree_leaf(bytes_of(leaf->name, strlen(leaf->name)), data, leaf->hash);
}

static void limits_leaf(const struct settings *settings, struct leaf *leaf)
{
    char text[SETTINGS_LIMIT_COUNT * 64];
    size_t len = 0;
    for (uint32_t i = 0; i < SETTINGS_LIMIT_COUNT; i++) {
        const struct settings_limit *limit = &settings_limits[i];
        len += (size_t)snprintf(text + len, sizeof text - len, "%s=%llu\n", limit->name,
                                (unsigned long long)settings_limit_get(settings, limit));
        ASSERT(len < sizeof text);
    }
    set_leaf(leaf, "core.limits", bytes_of(text, len));
}

/* An app's name, a host, numbers and words around them. */
#define GRANT_BYTES (65u + SETTINGS_HOST_MAX + 32u)

static enum status grants_leaf(const struct settings *settings, struct leaf *leaf)
{
    const size_t cap = (size_t)settings->grant_count * GRANT_BYTES + 1;
    char *text = malloc(cap);
    size_t len = 0;
    if (text == NULL)
        return STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < settings->grant_count; i++) {
        const struct settings_grant *grant = &settings->grants[i];
        len += (size_t)snprintf(text + len, cap - len, "%s %s:%u%s\n",
                                grant->app[0] != '\0' ? grant->app : "*", grant->host, grant->port,
                                grant->allows_private ? " private" : "");
        ASSERT(len < cap);
    }
    set_leaf(leaf, "egress.grants", bytes_of(text, len));
    free(text);
    return STATUS_OK;
}

static enum status set_core(const struct hub *hub, struct claims *claims)
{
    const struct settings *settings = hub->settings;
    const struct bytes ca = bytes_of(settings->egress_ca_hash, 32);
    const char *mode = settings->is_dev ? "dev" : "enrolled";
    struct leaf *leaf = claims->core;
    set_leaf(leaf++, "core.ca_cert", hub->issuer);
    set_leaf(leaf++, "core.binary", bytes_of(settings->binary_hash, 32));
    set_leaf(leaf++, "core.cell", bytes_of(settings->cell_hash, 32));
    set_leaf(leaf++, "core.mode", bytes_of(mode, strlen(mode)));
    set_leaf(leaf++, "core.evidence", bytes_of(hub->evidence, strlen(hub->evidence)));
    set_leaf(leaf++, "core.receipt_key", hub->receipt_key);
    set_leaf(leaf++, "core.operators",
             bytes_of(settings->operators, (size_t)settings->operator_count * 32));
    limits_leaf(settings, leaf++);
    set_leaf(leaf++, "egress.ca_bundle", bytes_of(ca.data, bytes_are_zero(ca) ? 0 : ca.len));
    return grants_leaf(settings, leaf);
}

enum status claims_create(const struct hub *hub, struct claims **out_claims, struct report *report)
{
    const size_t room = CORE_LEAVES + (size_t)hub->settings->apps_max * APP_LEAVES;
    struct claims *claims = calloc(1, sizeof *claims);
    if (claims != NULL)
        claims->leaves = calloc(room, sizeof claims->leaves[0]);
    if (claims == NULL || claims->leaves == NULL || set_core(hub, claims) != STATUS_OK) {
        claims_destroy(claims);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for claims");
    }
    sha256_digest(hub->issuer, claims->issuer_leaf);
    *out_claims = claims;
    return STATUS_OK;
}

void claims_destroy(struct claims *claims)
{
    if (claims == NULL)
        return;
    free(claims->leaves);
    free(claims);
}

static bool is_shown(const struct app *app)
{
    return app->state == APP_LOADED;
}

static void app_leaf(const struct app *app, const char *what, struct bytes data, struct leaf *leaf)
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "wasm.%s.%s", app->name, what);
    set_leaf(leaf, name, data);
}

static void app_leaves(const struct app *app, struct leaf out_leaves[static APP_LEAVES])
{
    char fuel[24];
    const char *source = app_key_source(app);
    const int len = snprintf(fuel, sizeof fuel, "%llu", (unsigned long long)app->max_fuel);
    app_leaf(app, "code_hash", bytes_of(app->code_hash, 32), &out_leaves[0]);
    app_leaf(app, "hostname", bytes_of(app->hostname, strlen(app->hostname)), &out_leaves[1]);
    app_leaf(app, "key_source", bytes_of(source, strlen(source)), &out_leaves[2]);
    app_leaf(app, "max_fuel", bytes_of(fuel, (size_t)len), &out_leaves[3]);
}

static void add_app(struct tree_flat *flat, const struct app *app)
{
    const char *source = app_key_source(app);
    tree_flat_add(flat, bytes_of(app->code_hash, 32));
    tree_flat_add(flat, bytes_of(source, strlen(source)));
}

static void refresh_theirs(const struct hub *hub, struct claims *claims)
{
    struct tree_flat flat;
    struct tree_combined combined;
    claims->has_apps = false;
    tree_combined_init(&combined);
    tree_flat_init(&flat);
    tree_flat_add_leaf(&flat, claims->issuer_leaf);
    tree_flat_add_absent(&flat); /* attestation servers: we have none */
    tree_flat_add_leaf(&flat, hub->settings->egress_ca_hash);
    for (uint32_t i = 0; i < hub->app_count; i++) {
        const struct app *app = hub->apps[i];
        if (!is_shown(app))
            continue;
        claims->has_apps = true;
        add_app(&flat, app);
        tree_combined_add(&combined, app_name(app), app->code_hash);
    }
    tree_flat_root(&flat, claims->root);
    tree_combined_final(&combined, claims->combined);
}

void claims_refresh(const struct hub *hub, struct claims *claims)
{
    struct leaf leaves[APP_LEAVES];
    uint32_t count = 0;
    refresh_theirs(hub, claims);
    for (; count < CORE_LEAVES; count++)
        memcpy(claims->leaves[count], claims->core[count].hash, 32);
    for (uint32_t i = 0; i < hub->app_count; i++) {
        if (!is_shown(hub->apps[i]))
            continue;
        app_leaves(hub->apps[i], leaves);
        for (uint32_t j = 0; j < APP_LEAVES; j++)
            memcpy(claims->leaves[count++], leaves[j].hash, 32);
    }
    tree_root((const uint8_t(*)[32])claims->leaves, count, claims->tree);
}

void claims_changed(struct hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
    hub->generation++;
    claims_refresh(hub, hub->claims);
    (void)pthread_mutex_unlock(&hub->lock);
}

const uint8_t *claims_tree(const struct claims *claims)
{
    return claims->tree;
}

struct claim {
    const char *oid;
    struct bytes value;
};

static struct bytes write_all(const struct claim *list, size_t count,
                              uint8_t memory[static CLAIMS_MAX_BYTES])
{
    struct cbor_writer writer;
    struct bytes all = {0};
    cbor_writer_init(&writer, memory, CLAIMS_MAX_BYTES);
    cbor_write_array(&writer, count);
    for (size_t i = 0; i < count; i++) {
        cbor_write_array(&writer, 2);
        cbor_write_text(&writer, bytes_of(list[i].oid, strlen(list[i].oid)));
        cbor_write_bytes(&writer, list[i].value);
    }
    enum status status = cbor_writer_end(&writer, &all);
    ASSERT(status == STATUS_OK); /* at most eight claims of at most 64 bytes */
    return all;
}

struct bytes claims_write(const struct hub *hub, const struct claims *claims, const struct app *app,
                          uint8_t memory[static CLAIMS_MAX_BYTES])
{
    struct claim list[8];
    size_t count = 0;
    uint8_t app_root[32];
    const struct bytes ca = bytes_of(hub->settings->egress_ca_hash, 32);
    if (app != NULL) {
        struct tree_flat flat;
        const char *source = app_key_source(app);
        tree_flat_init(&flat);
        add_app(&flat, app);
        tree_flat_root(&flat, app_root);
        list[count++] = (struct claim){ATTEST_OID_APP_ROOT, bytes_of(app_root, 32)};
        list[count++] = (struct claim){ATTEST_OID_APP_CODE, bytes_of(app->code_hash, 32)};
        list[count++] = (struct claim){ATTEST_OID_APP_KEY, bytes_of(source, strlen(source))};
    } else {
        list[count++] = (struct claim){ATTEST_OID_CONFIG_ROOT, bytes_of(claims->root, 32)};
        if (!bytes_are_zero(ca))
            list[count++] = (struct claim){ATTEST_OID_EGRESS_CA, ca};
        if (claims->has_apps) {
            list[count++] = (struct claim){ATTEST_OID_APPS, bytes_of(claims->combined, 32)};
            list[count++] = (struct claim){ATTEST_OID_WORKLOADS, bytes_of(claims->combined, 32)};
        }
    }
    if (hub->settings->is_dev)
        list[count++] = (struct claim){ATTEST_OID_DEV, BYTES_LITERAL("dev")};
    list[count++] = (struct claim){ATTEST_OID_TREE, bytes_of(claims->tree, 32)};
    return write_all(list, count, memory);
}

static void write_leaf(struct cbor_writer *writer, const struct leaf *leaf)
{
    cbor_write_array(writer, 2);
    cbor_write_text(writer, bytes_of(leaf->name, strlen(leaf->name)));
    cbor_write_bytes(writer, bytes_of(leaf->hash, 32));
}

enum status claims_manifest(const struct hub *hub, const struct claims *claims,
                            uint8_t **out_memory, struct bytes *out_leaves)
{
    struct cbor_writer writer;
    struct leaf leaves[APP_LEAVES];
    uint32_t shown = 0;
    for (uint32_t i = 0; i < hub->app_count; i++)
        shown += is_shown(hub->apps[i]);
    const size_t count = CORE_LEAVES + (size_t)shown * APP_LEAVES;
    const size_t cap = 16 + count * (NAME_BYTES + 32 + 8);
    uint8_t *memory = malloc(cap);
    if (memory == NULL)
        return STATUS_NO_MEMORY;
    cbor_writer_init(&writer, memory, cap);
    cbor_write_array(&writer, count);
    for (uint32_t i = 0; i < CORE_LEAVES; i++)
        write_leaf(&writer, &claims->core[i]);
    for (uint32_t i = 0; i < hub->app_count; i++) {
        if (!is_shown(hub->apps[i]))
            continue;
        app_leaves(hub->apps[i], leaves);
        for (uint32_t j = 0; j < APP_LEAVES; j++)
            write_leaf(&writer, &leaves[j]);
    }
    enum status status = cbor_writer_end(&writer, out_leaves);
    if (status == STATUS_OK)
        *out_memory = memory;
    else
        free(memory);
    return status;
}
