/*
 * node/config/config.h: what the operator asks for, read: words of the command line and lines of
 * the configuration and policy files become struct config. The supervisor alone uses it.
 *
 * Both files are lines of `key = value` under `[section]`, `#` begins a comment. Errors say
 * file:line:column and what was expected there. Nothing is ever taken that was not understood.
 */
#ifndef AETHER_NODE_CONFIG_CONFIG_H
#define AETHER_NODE_CONFIG_CONFIG_H

#include "node/config/settings.h"

#define CONFIG_FILE_MAX (1u << 20)
#define CONFIG_USER_MAX 32u

struct config {
    struct settings settings;
    char state[SETTINGS_PATH_MAX];     /* directory; "" when nobody said */
    char cell[SETTINGS_PATH_MAX];      /* program of cells; "": beside aetherd, or libexec */
    char egress_ca[SETTINGS_PATH_MAX]; /* PEM bundle; "": none */
    char policy[SETTINGS_PATH_MAX];    /* "": none */
    char user[CONFIG_USER_MAX + 1];    /* whose rights roles have when aetherd starts as root */
    bool requires_isolation;           /* refuse to start where the machine lacks a part of it */
};

void config_defaults(struct config *out_config);

/* `key` of section [service] or [limits]; the report's offset is that in `value`. NOT_FOUND: there
 * is no such key. */
enum status MUST_CHECK config_set(struct config *config, const char *section, struct bytes key,
                                  struct bytes value, struct report *report);

/* 64 hexadecimal digits: SHA-256 of an operator's SPKI. */
enum status MUST_CHECK config_add_operator(struct config *config, struct bytes hex,
                                           struct report *report);

/* HOST[:PORT] for `app`, "": every app. */
enum status MUST_CHECK config_add_grant(struct config *config, struct bytes app,
                                        struct bytes endpoint, bool allows_private,
                                        struct report *report);

/* HOST:PORT:ADDRESS:PORT */
enum status MUST_CHECK config_add_resolve(struct config *config, struct bytes text,
                                          struct report *report);

/* HOST:PORT or [ADDRESS]:PORT; normal_port 0: the port has to be there. A host in capitals is
 * lowered. */
enum status MUST_CHECK config_read_endpoint(struct bytes text, uint16_t normal_port, char *out_host,
                                            size_t room, uint16_t *out_port, struct report *report);

/* What a whole file says. `name` is how errors call it; they are whole lines, "name:3:12: ...", in
 * the report, its offset none. */
enum status MUST_CHECK config_read(struct config *config, const char *name, struct bytes text,
                                   struct report *report);
enum status MUST_CHECK config_read_policy(struct config *config, const char *name,
                                          struct bytes text, struct report *report);

#endif
