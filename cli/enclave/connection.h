/*
 * cli/enclave/connection.h: a connection from inside, for those who verify on it.
 */
#ifndef AETHER_CLI_ENCLAVE_CONNECTION_H
#define AETHER_CLI_ENCLAVE_CONNECTION_H

#include <openssl/ssl.h>

#include "cli/enclave/enclave.h"
#include "node/attest/verify.h"

/* What the options say is trusted, with the files that they name. */
struct enclave_trust {
    struct attest_policy policy;
    struct bytes anchors, tpm_anchors, sgx_anchors; /* cli_free */
    uint8_t code_hash[32], ak_name[34], pcr_digest[32], mr_enclave[32], mr_signer[32];
    uint8_t claim_values[ATTEST_CLAIMS_MAX][512];
    char claim_oids[ATTEST_CLAIMS_MAX][128];
};

struct enclave_connection {
    const struct enclave_options *options;
    int fd;
    SSL_CTX *tls;
    SSL *ssl;
    bool was_refused; /* by the policy; it was said */
    bool is_late;     /* enclave_wait: the time was over */
    uint8_t nonce[ATTEST_NONCE_LEN];
    struct enclave_trust trust;
    struct attest_chain chain;
    struct attest_verdict verdict;
    bool has_session_evidence;
};

/* frame.c */
uint64_t enclave_now_ns(void);
/* After a call of OpenSSL with this result: waits until it can go on. False: it failed, or since
 * `begin_ns` the options' timeout is over, and the time that `done` bytes take at the least rate.
 */
bool MUST_CHECK enclave_wait(struct enclave_connection *connection, int result, uint64_t begin_ns,
                             size_t done);

/* trust.c: says what is wrong with the options or files. */
bool MUST_CHECK trust_read(const struct enclave_options *options, struct enclave_trust *trust);
void trust_free(struct enclave_trust *trust);

/* attest_session.c: the exchange after the handshake (v2), the first frame of a connection. */
bool MUST_CHECK session_attest(struct enclave_connection *connection);
/* What the server answered there; `answer` points into the reply and into `quote`. False: it is no
 * such answer. */
bool MUST_CHECK session_read_answer(const struct json *reply,
                                    uint8_t quote[static ENCLAVE_QUOTE_MAX],
                                    struct attest_answer *answer);

#endif
