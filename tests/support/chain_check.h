/*
 * tests/support/chain_check.h: any bytes as a server's chain of certificates, and as a quote of
 * SGX; quote_check.c chooses.
 */
#ifndef AETHER_TESTS_CHAIN_CHECK_H
#define AETHER_TESTS_CHAIN_CHECK_H

#include <openssl/x509.h>

#include "core/base/report.h"

#define CHAIN_NOW UINT64_C(1800000000)

/* A part with two bytes of length before it. */
bool chain_take(struct bytes *input, struct bytes *out_part);

/* PEM of a root with this key, made once: "root", of P-256. */
struct bytes chain_root(EVP_PKEY *key);

/* Certificates, each with two bytes of length before it, for a policy that trusts the root. What is
 * taken was held against it. */
enum status chain_check(EVP_PKEY *key, struct bytes input, struct report *report);

/* A quote behind a byte of options. 1: it is for the key that is asked about. 2: its attestation
 * key becomes `key`, which signs it. 4: `key` signs the quoting enclave's report, as a machine's
 * would. So what stands behind each of these is reached. */
enum status chain_check_sgx(EVP_PKEY *key, struct bytes input, struct report *report);

#endif
