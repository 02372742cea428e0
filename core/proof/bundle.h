/*
 * core/proof/bundle.h: bundle and manifest, version 1 (semantics.md 10; docs/abi/bundle.md).
 *
 * A bundle is deterministic CBOR: COSE_Sign (RFC 9052, ES256) over the manifest, and the payload.
 * bundle_open checks shape, signature and payload hash, in this order, against keys of the image,
 * and looks at no byte of the payload but to hash it.
 */
#ifndef AETHER_PROOF_BUNDLE_H
#define AETHER_PROOF_BUNDLE_H

#include "aether/abi/cell.h"
#include "aether/abi/outcome.h"
#include "aether/gate_device.h"
#include "core/base/report.h"

#define MANIFEST_VERSION     1u
#define MANIFEST_KIND_WASM   0u
#define MANIFEST_KIND_IMAGE  1u
#define MANIFEST_MISSION_MAX 64u
#define MANIFEST_VECTORS_MAX 8u

#define MANIFEST_FUEL_DEFAULT        10000000u
#define MANIFEST_MEMORY_DEFAULT      0x200000u /* 2 MiB of guest linear memory */
#define MANIFEST_ARENA_DEFAULT       0x400000u /* 4 MiB in all, guest memory included */
#define MANIFEST_STACK_DEFAULT       65536u    /* slots */
#define MANIFEST_TABLES_DEFAULT      16384u    /* elements */
#define MANIFEST_DEADLINE_NS_DEFAULT 2000000000u

/* Bounds of the limits; a manifest outside of them is a BAD_BUNDLE that names the limit. */
#define MANIFEST_BYTES_MAX       1024u
#define MANIFEST_FUEL_MAX        0x3FFFFFFFFFFFFFFFu
#define MANIFEST_PAGE_BYTES      0x10000u /* memory_bytes is a multiple of it */
#define MANIFEST_MEMORY_MAX      CELL_MEMORY_MAX
#define MANIFEST_ARENA_EXTRA_MIN 0x40000u /* arena_bytes - memory_bytes is this at least */
#define MANIFEST_ARENA_UNIT      0x1000u  /* arena_bytes is a multiple of it */
#define MANIFEST_ARENA_MAX       (CELL_MEMORY_MAX + CELL_ARENA_MAX)
#define MANIFEST_STACK_MIN       16u
#define MANIFEST_STACK_MAX       0x1000000u
#define MANIFEST_TABLES_MAX      0x1000000u
#define MANIFEST_DEADLINE_NS_MIN 10000u
#define MANIFEST_DEADLINE_NS_MAX 3600000000000u
#define MANIFEST_CYCLES_MAX      0xFFFFFFFFu
#define MANIFEST_VECTOR_MIN      0x20u
#define MANIFEST_VECTOR_MAX      0xEFu

#define BUNDLE_VERSION        1u
#define BUNDLE_SIGNATURES_MAX 8u
#define BUNDLE_PAYLOAD_MAX    CELL_PAYLOAD_MAX

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
    uint32_t flags;  /* enum manifest_flag */
    uint64_t cycles; /* with RETURN_TO_DORMANCY: end after so many; without: 1 */
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

/* A bundle taken apart, nothing believed yet: what bundle_open and printing tools start from. */
struct bundle_signature {
    uint8_t kid[8];
    struct bytes protected_bytes; /* the signer's protected header, as it is signed */
    struct bytes signature;       /* r | s, 64 bytes */
};

struct bundle_parts {
    bool is_signed;
    uint32_t signature_count;
    struct bundle_signature signatures[BUNDLE_SIGNATURES_MAX];
    struct bytes manifest;
    uint64_t manifest_offset; /* in the input */
    struct bytes payload;
};

/* Shape alone: FAULT_NONE, NO_BUNDLE or BAD_BUNDLE. */
enum outcome_fault MUST_CHECK bundle_split(struct bytes input, struct bundle_parts *out_parts,
                                           struct report *report);

/* What is signed (RFC 9052 4.4, Sig_structure), hashed. */
void bundle_digest(struct bytes protected_bytes, struct bytes manifest,
                   uint8_t out_digest[static 32]);

/* Returns FAULT_NONE and fills `out_bundle`, or the fault: NO_BUNDLE (empty input), BAD_BUNDLE,
 * UNSIGNED, UNKNOWN_KEY, BAD_SIGNATURE, PAYLOAD_HASH. `report` gets the sentence and offset.
 * `allow_unsigned`: the image was built for bench use. Needs no memory but about 8 KiB of stack.
 * One good signature by a known key makes a bundle signed; signatures of unknown keys are passed
 * over; a wrong signature under a known kid refuses the bundle whatever else it carries. */
enum outcome_fault MUST_CHECK bundle_open(struct bytes input, const struct bundle_key *keys,
                                          size_t key_count, bool allow_unsigned,
                                          struct bundle *out_bundle, struct report *report);

/* Reads a manifest; `offset` is where its bytes stand in what the person sees. MALFORMED,
 * TRUNCATED, LIMIT. */
enum status MUST_CHECK manifest_read(struct bytes input, uint64_t offset,
                                     struct manifest *out_manifest, struct report *report);

/* Writes the manifest's bytes: what manifest_read gives the same manifest for. Only checked fields
 * may come here (manifest_check). NO_MEMORY when `cap` is too small. */
enum status MUST_CHECK manifest_write(const struct manifest *manifest, void *memory, size_t cap,
                                      struct bytes *out_bytes);

/* All rules on values: limits within bounds, vectors ascending, names of fair length, ... */
enum status MUST_CHECK manifest_check(const struct manifest *manifest, uint64_t offset,
                                      struct report *report);

/* Everything at its default: vectors 0x20 and 0x21, all rights, the default limits; no payload. */
void manifest_init(struct manifest *manifest);

/* The word of a right ("pressure"), NULL over the last; and back, GATE_RIGHT_COUNT when unknown. */
const char *manifest_right_word(uint32_t right);
uint32_t manifest_right_find(struct bytes word);

/* What a gate says to a wake by `vector` before it builds a cell: NONE, UNSUPPORTED (native images
 * and fault-to-trap, which no gate of today does) or VECTOR. */
enum outcome_fault bundle_admit(const struct bundle *bundle, uint32_t vector);

bool manifest_has_vector(const struct manifest *manifest, uint32_t vector);

/* What the receipt calls the entry: SHA-256 of its name, of the empty string for the defaults. */
void manifest_entry_hash(const struct manifest *manifest, uint8_t out_hash[static 32]);

#endif
