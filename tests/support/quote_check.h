/*
 * tests/support/quote_check.h: any bytes as a server's evidence: what must hold of its decoder and
 * of the verifier.
 */
#ifndef AETHER_TESTS_QUOTE_CHECK_H
#define AETHER_TESTS_QUOTE_CHECK_H

#include "core/base/report.h"

/* The first byte says what the rest is. 0: a leaf. 1: a record of evidence; what can be decoded is
 * encoded again to the same bytes. 2: a TPMS_ATTEST, two bytes of length before it, and PCR values:
 * signed by a key of the check's own, with signer and binding put in their places, so that what
 * stands behind the signature is reached. 3: the same with certificates of the attestation key. 4
 * and 5: a server's chain, a quote of SGX (chain_check.h). What the verifier takes must be true. */
enum status quote_check(struct bytes input, struct report *report);

#endif
