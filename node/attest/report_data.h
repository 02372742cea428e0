/*
 * node/attest/report_data.h: the 64 bytes that bind evidence to a key (enclave-service 2.3):
 * SHA-512(SHA-256(SPKI) | B), where B says when or for whom.
 *
 * A TPM's quote has room for one hash: its extraData is attest_report_data_digest of these.
 */
#ifndef AETHER_NODE_ATTEST_REPORT_DATA_H
#define AETHER_NODE_ATTEST_REPORT_DATA_H

#include "core/base/bytes.h"

#define ATTEST_MINUTE_LEN 17u /* "2023-11-14T22:13Z" */

/* The minute that `unix_seconds` is in, in UTC, for years 1970 to 9999; no NUL behind it. */
enum status MUST_CHECK attest_minute(uint64_t unix_seconds,
                                     uint8_t out_minute[static ATTEST_MINUTE_LEN]);

/* Of a certificate: B is its NotBefore to the minute (deterministic), or the nonce of the client
 * hello's extension 0xFFBB. `key` is the SubjectPublicKeyInfo. */
void attest_report_data(struct bytes key, struct bytes binding, uint8_t out_data[static 64]);

/* After the handshake (v2): B is the client's context and what the session exports under it, and
 * the quote's minute when there was no challenge (else empty). */
void attest_report_data_session(struct bytes key, const uint8_t context[static 32],
                                const uint8_t exporter[static 32], struct bytes minute,
                                uint8_t out_data[static 64]);

void attest_report_data_digest(const uint8_t data[static 64], uint8_t out_digest[static 32]);

#endif
