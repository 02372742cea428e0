/*
 * core/base/status.h: the one list of error codes.
 *
 * A code exists only where some caller acts differently on it. Detail for people goes to
 * struct report, never into a new code. A guest trap is not an error.
 */
#ifndef AETHER_BASE_STATUS_H
#define AETHER_BASE_STATUS_H

#include "core/base/compiler.h"

#define STATUS_LIST(X)                                                                             \
    X(OK, "success")                                                                               \
    X(NO_MEMORY, "arena or quota exhausted")                                                       \
    X(TRUNCATED, "input ends before the item does")                                                \
    X(MALFORMED, "input breaks its format's rules")                                                \
    X(INVALID, "well-formed, but breaks a validation rule")                                        \
    X(UNSUPPORTED, "a feature that this build does not have")                                      \
    X(LIMIT, "input is valid but over our limit")                                                  \
    X(UNLINKABLE, "an import or export is missing or wrong")                                       \
    X(DENIED, "policy forbids it")                                                                 \
    X(TAMPERED, "authentication of stored data failed")                                            \
    X(NOT_FOUND, "no such item")                                                                   \
    X(UNAVAILABLE, "try again later")                                                              \
    X(TRAP, "the guest trapped while being instantiated")

enum status {
#define X(name, text) STATUS_##name,
    STATUS_LIST(X)
#undef X
        STATUS_COUNT
};

/* The code's sentence; never NULL. */
const char *status_text(enum status status);

#endif
