/*
 * cli/log_key.h: the key that signs the heads of a log, out of a PEM file: a certificate of the
 * service, or the public key alone.
 */
#ifndef AETHER_CLI_LOG_KEY_H
#define AETHER_CLI_LOG_KEY_H

#include "core/base/bytes.h"

#define LOG_KEY_PEM_MAX 65536u
#define LOG_KEY_POINT   64u

/* False: there is none in it. Whether it is on the curve is seen when it is used. */
bool MUST_CHECK log_key_find(struct bytes pem, uint8_t out_point[static LOG_KEY_POINT]);

#endif
