/*
 * node/config/settings.h: what the operator asked for, checked, as every role gets it.
 *
 * The supervisor alone reads files and command lines (config.h); roles get this as deterministic
 * CBOR. No secret is in it.
 */
#ifndef AETHER_NODE_CONFIG_SETTINGS_H
#define AETHER_NODE_CONFIG_SETTINGS_H

#include "core/base/report.h"

#define SETTINGS_PATH_MAX      256u
#define SETTINGS_HOST_MAX      253u
#define SETTINGS_OPERATORS_MAX 64u
#define SETTINGS_GRANTS_MAX    1024u
#define SETTINGS_PCRS_MAX      24u
#define SETTINGS_RESOLVES_MAX  16u

/* An app may ask for this host by https; `app` empty: every app (only --allow-egress makes such).
 * A host may begin with "*.": one or more labels in its place. */
struct settings_grant {
    char app[65];
    char host[SETTINGS_HOST_MAX + 1];
    uint16_t port;
    bool allows_private; /* addresses that are not public, too */
};

/* --resolve HOST:PORT:ADDRESS:PORT, with --dev alone: who asks for this host and port is connected
 * to that address (text, "127.0.0.1" or "::1") and port, which may be private. Only io's outbound
 * side looks at it: policy, log and TLS see the name that was asked for. */
struct settings_resolve {
    char host[SETTINGS_HOST_MAX + 1];
    uint16_t port;
    char address[64];
    uint16_t to_port;
};

struct settings {
    bool is_dev; /* --dev: loopback alone, loads from anyone; said wherever it can be said */
    char listen_address[64];
    uint16_t listen_port;
    char tpm[SETTINGS_PATH_MAX]; /* TCTI, "swtpm:..." or "device:..."; empty: no TPM */
    uint32_t pcr_mask;           /* of the SHA-256 bank, what master key and quotes are bound to */
    uint8_t binary_hash[32];     /* SHA-256 of aetherd itself */
    uint8_t cell_hash[32];       /* SHA-256 of aether-cell */
    uint32_t
        isolation_lacks; /* enum role_isolation (node/role/confine.h): what this machine lacks */
    uint8_t egress_ca_hash[32]; /* SHA-256 of the PEM bundle that egress trusts; 0: system's only */
    uint32_t operator_count;    /* SHA-256 of the SPKI of who may load, unload, shut down */
    uint8_t operators[SETTINGS_OPERATORS_MAX][32];
    uint32_t grant_count;
    struct settings_grant grants[SETTINGS_GRANTS_MAX];
    uint32_t resolve_count;
    struct settings_resolve resolves[SETTINGS_RESOLVES_MAX];

    /* limits; each has a default */
    uint32_t frame_max;            /* 16 MiB */
    uint32_t connections_max;      /* 4096 */
    uint32_t connections_per_peer; /* 1024 */
    uint32_t handshake_ms;         /* 10,000 */
    uint32_t idle_ms;              /* 300,000 */
    uint32_t request_ms;           /* a frame must be whole so long after its first byte: 30,000 */
    uint32_t apps_max;             /* 256 */
    uint32_t workers;              /* calls at once; 0: 4 for each processor, at least 16 */
    uint32_t calls_per_app;        /* at once; 8 */
    uint32_t queue_max;            /* calls that wait; 1024 */
    uint64_t fuel;                 /* 10,000,000 */
    uint64_t memory_bytes;         /* of a call's guest; 64 MiB */
    uint64_t arena_bytes;          /* of its engine; 64 MiB */
    uint32_t call_ms;              /* deadline of a call; 10,000 */
    uint32_t fetch_ms;             /* 10,000 */
    uint64_t fetch_bytes;          /* most of a response; 2 MiB */
    uint64_t store_bytes;          /* of an app's files; 64 MiB */
};

/* The limits in one table: name in the configuration file, where it stands, what may be in it. */
struct settings_limit {
    const char *name;
    uint32_t offset; /* in struct settings */
    uint8_t size;    /* 4 or 8 */
    uint64_t normal, least, most;
};
#define SETTINGS_LIMIT_COUNT 17u
extern const struct settings_limit settings_limits[SETTINGS_LIMIT_COUNT];
uint64_t settings_limit_get(const struct settings *settings, const struct settings_limit *limit);
/* `value` is between least and most. */
void settings_limit_set(struct settings *settings, const struct settings_limit *limit,
                        uint64_t value);

/* A host name as a certificate could have it: letters, digits, hyphens, dots; lower case. */
bool settings_host_is_valid(struct bytes host);

void settings_defaults(struct settings *out_settings);

/* As CBOR, and back; what is read is checked as if it came from outside. */
enum status MUST_CHECK settings_encode(const struct settings *settings, struct buffer *out);
enum status MUST_CHECK settings_decode(struct bytes input, struct settings *out_settings,
                                       struct report *report);

#endif
