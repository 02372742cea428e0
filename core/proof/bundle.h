/*
 * core/proof/bundle.h: bundle and manifest, version 1 (semantics.md 10; docs/abi/bundle.md).
 *
 * A bundle is deterministic CBOR: COSE_Sign (RFC 9052, ES256) over the manifest, and the payload.
 * bundle_open checks shape, signature and payload hash, in this order, against keys of the image,
 * and looks at no byte of the payload but to hash it.
 */
#ifndef AETHER_PROOF_BUNDLE_H
#define AETHER_PROOF_BUNDLE_H

#include "aether/abi/outcome.h"
#include "aether/gate.h"
#include "core/base/report.h"

#define MANIFEST_VERSION 1u
#define MANIFEST_KIND_WASM 0u
#define MANIFEST_KIND_IMAGE 1u
#define MANIFEST_MISSION_MAX 64u
#define MANIFEST_VECTORS_MAX 8u

#define MANIFEST_FUEL_DEFAULT 10000000u
#define MANIFEST_MEMORY_DEFAULT 0x200000u /* 2 MiB of guest linear memory */
#define MANIFEST_ARENA_DEFAULT 0x400000u  /* 4 MiB in all, guest memory included */
#define MANIFEST_STACK_DEFAULT 65536u     /* slots */
#define MANIFEST_TABLES_DEFAULT 16384u    /* elements */
#define MANIFEST_DEADLINE_NS_DEFAULT 2000000000u

enum manifest_flag {
    MANIFEST_RETURN_TO_DORMANCY = 1 << 0, /* sleep again instead of ending; `cycles` times */
    MANIFEST_FAULT_TO_TRAP = 1 << 1,
};

struct manifest_limits {
    uint64_t fuel;
    uint64_t memory_bytes;
    uint64_t stack_units;
    uint64_t arena_bytes;
    uint64_t table_elements;
    uint64_t deadline_ns;
};

struct manifest {
    uint8_t payload_hash[32];
    uint32_t kind;
    uint32_t entry_len; /* 0: the default entries */
    uint8_t entry[GATE_ENTRY_MAX];
    struct manifest_limits limits;
    uint32_t vector_count;
    uint32_t vectors[MANIFEST_VECTORS_MAX];
    uint32_t grants; /* bit i = enum gate_right i */
    uint32_t mission_len;
    uint8_t mission[MANIFEST_MISSION_MAX];
    uint64_t counter;
    uint32_t flags; /* enum manifest_flag */
    uint64_t cycles; /* with RETURN_TO_DORMANCY: end after so many */
};

/* A P-256 public key, uncompressed without the 0x04. kid = first 8 bytes of SHA-256(x | y). */
struct bundle_key {
    uint8_t kid[8];
    uint8_t point[64];
};

struct bundle {
    struct manifest manifest;
    uint8_t manifest_hash[32]; /* SHA-256 of the manifest's bytes */
    bool is_signed;
    struct bytes payload; /* inside the input */
};

/* Returns FAULT_NONE and fills `out_bundle`, or the fault: NO_BUNDLE (empty input), BAD_BUNDLE,
 * UNSIGNED, UNKNOWN_KEY, BAD_SIGNATURE, PAYLOAD_HASH. `report` gets the sentence and offset.
 * `allow_unsigned`: the image was built for bench use. Needs no memory but about 8 KiB of stack. */
enum outcome_fault MUST_CHECK bundle_open(struct bytes input, const struct bundle_key *keys,
                                          size_t key_count, bool allow_unsigned,
                                          struct bundle *out_bundle, struct report *report);

bool manifest_has_vector(const struct manifest *manifest, uint32_t vector);

/* What the receipt calls the entry: SHA-256 of its name, of the empty string for the defaults. */
void manifest_entry_hash(const struct manifest *manifest, uint8_t out_hash[static 32]);

#endif
