/*
 * node/attest/verify.h: what a client asks of a server's certificate and evidence, and whether it
 * holds. docs/attestation.md has the formats; this is its section 4 in code.
 *
 * Checks go in the order of ATTEST_CHECK_LIST and end at the first that fails: then the status is
 * not OK, `failed` says which one it was, and the report says why, beginning with its word. What
 * was not reached or not asked for stays NOT_ASKED: nobody may read it as held.
 *
 * Invariants:
 *   (1) Nothing is believed because it is well-formed: what the verdict tells of evidence is told
 *       after the signature over it was checked.
 *   (2) What the policy wants and can not be checked fails; it is never left out.
 * Not here: TLS itself (the caller has seen CertificateVerify), revocation, Intel's TCB status.
 */
#ifndef AETHER_NODE_ATTEST_VERIFY_H
#define AETHER_NODE_ATTEST_VERIFY_H

#include "core/base/report.h"

#define ATTEST_CHAIN_MAX  8u
#define ATTEST_CLAIMS_MAX 32u
#define ATTEST_PCRS_MAX   24u
#define ATTEST_NONCE_LEN  32u

/* X(NAME, word) */
#define ATTEST_CHECK_LIST(X)                                                                       \
    X(CERTIFICATE, "certificate") /* it can be read; a P-256 key; nothing in it twice */           \
    X(CHAIN, "chain")             /* it leads to a given certificate */                            \
    X(DATES, "dates")             /* today is between its dates */                                 \
    X(CLAIMS, "claims")           /* extensions that must be there, byte for byte */               \
    X(CODE, "code")               /* the app's code hash */                                        \
    X(EVIDENCE, "evidence")       /* there is some, of a kind that we know, well-formed */         \
    X(QUOTE, "quote")             /* the TPM or CPU says it is a quote */                          \
    X(BINDING, "binding")         /* it is for this key, and this moment or challenge */           \
    X(KEY, "key")                 /* the attestation key can sign nothing but quotes */            \
    X(SIGNATURE, "signature")     /* the attestation key signed it */                              \
    X(ORIGIN, "origin")           /* somebody we trust says whose key it is */                     \
    X(PCRS, "pcrs")               /* the values in it are those that were quoted */                \
    X(MEASUREMENT, "measurement") /* and they are the expected ones */

enum attest_check {
#define X(NAME, word) ATTEST_CHECK_##NAME,
    ATTEST_CHECK_LIST(X)
#undef X
        ATTEST_CHECK_COUNT
};

enum attest_result { ATTEST_NOT_ASKED, ATTEST_HELD, ATTEST_FAILED };

enum attest_evidence_kind { ATTEST_EVIDENCE_NONE, ATTEST_EVIDENCE_TPM, ATTEST_EVIDENCE_SGX };

/* Who says that the attestation key is a TPM's. */
enum attest_origin {
    ATTEST_ORIGIN_ISSUER, /* nobody but who signed the leaf: it signed the evidence, too */
    ATTEST_ORIGIN_PINNED, /* it is the very key that was given */
    ATTEST_ORIGIN_CHAIN,  /* its certificate leads to a given authority; of SGX: Intel's */
};

struct attest_claim {
    const char *oid; /* dotted */
    struct bytes value;
};

struct attest_pcr {
    uint32_t index;
    uint8_t value[32];
};

struct attest_policy {
    uint64_t now;          /* seconds since 1970 */
    struct bytes anchors;  /* PEM certificates; a leaf must lead to one of them */
    bool allows_any_chain; /* without anchors: whoever signed it */
    bool allows_none;      /* a server without evidence is good enough */

    /* The client hello had extension 0xFFBB with these bytes; len 0 without challenge. */
    struct bytes nonce;

    const uint8_t *code_hash; /* 32 bytes that …65230.3.2 must be, or NULL */
    uint32_t claim_count;
    struct attest_claim claims[ATTEST_CLAIMS_MAX];

    const uint8_t *ak_name;    /* 34 bytes, the pinned attestation key's name; or NULL */
    struct bytes tpm_anchors;  /* PEM: who certifies attestation keys; may be empty */
    bool demands_origin;       /* ATTEST_ORIGIN_ISSUER is not enough */
    const uint8_t *pcr_digest; /* 32 bytes, of all quoted PCRs; or NULL */
    uint32_t pcr_count;
    struct attest_pcr pcrs[ATTEST_PCRS_MAX];

    struct bytes sgx_anchors;  /* PEM: Intel's root */
    const uint8_t *mr_enclave; /* 32 bytes; or NULL */
    const uint8_t *mr_signer;  /* 32 bytes; or NULL */
    bool allows_debug;         /* an enclave whose memory can be read */
};

/* The server's chain as TLS gave it, DER: the leaf first. */
struct attest_chain {
    uint32_t count;
    struct bytes certs[ATTEST_CHAIN_MAX];
};

struct attest_verdict {
    enum attest_result results[ATTEST_CHECK_COUNT];
    enum attest_check failed; /* ATTEST_CHECK_COUNT: none */
    enum attest_evidence_kind kind;
    enum attest_origin origin;
    bool is_dev;        /* the leaf says --dev */
    bool has_code_hash; /* it is an app's leaf */
    uint8_t code_hash[32];
    uint8_t spki_hash[32];
    uint8_t issuer_hash[32]; /* SHA-256 of the certificate behind the leaf, DER; 0: none was sent */

    /* of a TPM, when SIGNATURE has held */
    uint8_t ak_name[34];
    uint32_t pcr_mask;
    uint8_t pcr_digest[32];
    uint8_t pcr_values[ATTEST_PCRS_MAX][32];
    uint64_t clock_ms;
    uint32_t reset_count, restart_count;
    uint64_t firmware;

    /* of SGX */
    uint8_t mr_enclave[32], mr_signer[32];
};

/* What a leaf says about itself. */
enum status MUST_CHECK attest_verify(const struct attest_policy *policy,
                                     const struct attest_chain *chain,
                                     struct attest_verdict *out_verdict, struct report *report);

/* What the server answered after the handshake (v2), about the same leaf: `minute` is empty when
 * the request was a challenge. `kind` is "tpm" or "none". Adds to what attest_verify found. */
struct attest_answer {
    struct bytes kind, minute, evidence;
    uint8_t context[32];
    uint8_t exporter[32];
};
enum status MUST_CHECK attest_verify_session(const struct attest_policy *policy,
                                             const struct attest_chain *chain,
                                             const struct attest_answer *answer,
                                             struct attest_verdict *verdict, struct report *report);

/* The words of ATTEST_CHECK_LIST. */
const char *attest_check_word(enum attest_check check);

/* SHA-256(SHA-256(32 zero bytes | aetherd) | cell): what PCR 23 is when these two programs, given
 * by their hashes, were measured (docs/attestation.md). */
void attest_programs_pcr(const uint8_t aetherd[static 32], const uint8_t cell[static 32],
                         uint8_t out_pcr[static 32]);

#endif
