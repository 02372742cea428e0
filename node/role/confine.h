/*
 * node/role/confine.h: a role shuts itself in.
 */
#ifndef AETHER_NODE_ROLE_CONFINE_H
#define AETHER_NODE_ROLE_CONFINE_H

#include "node/role/role.h"

/* Gives up what this role does not need for the rest of its life. Once what it opens by name is
 * open (a TPM's connection, the system's certificates), and before its first thread. Calling it
 * again does nothing. */
enum status MUST_CHECK role_confine(struct role *role, struct report *report);

#endif
