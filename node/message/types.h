/*
 * node/message/types.h: every message between the roles of aetherd, in one list.
 *
 * A message is a packet of a SOCK_SEQPACKET pair: deterministic CBOR, the array [type, id, field,
 * ...] with the fields below in their order. `id` is the asker's own, a reply carries it back; 0 is
 * for what nobody asked for. A body (D), always last, is a byte string; a longer one travels as a
 * sealed memory file with the packet, and then its length stands in its place. A type with `fd` 1
 * carries one descriptor and no body.
 *
 *   U(name)              unsigned number, uint64_t
 *   B(name, least, most) bytes              T(name, least, most) text, UTF-8
 *   D(name, most)        body
 *
 * FAILED answers any question. Who may say what to whom is in the headings; every receiver refuses
 * types that are not for it. Shapes inside of bodies, all deterministic CBOR:
 *   app      [name, hostname, code hash, key source, max fuel, is loaded, configuration hash or
 *             empty, [[function, parameter count, result count] ...]]
 *   apps     [app ...] by name           claims   [[dotted oid, value] ...] in the leaf's order
 *   changes  [[table, record, value] or [table, record] (removed) or [table] (all of it) ...]
 *   records  [[record, value] ...]       http     [[[name, value] ...], body]
 */
#ifndef AETHER_NODE_MESSAGE_TYPES_H
#define AETHER_NODE_MESSAGE_TYPES_H

#define MESSAGE_PAYLOAD_MAX  (16u << 20) /* a wasm file, parameters */
#define MESSAGE_RESULT_MAX   (64u << 20)
#define MESSAGE_RECORD_MAX   (1u << 20) /* a record of the store, sealed */
#define MESSAGE_CHANGES_MAX  (64u << 20)
#define MESSAGE_HTTP_MAX     (32u << 20)
#define MESSAGE_APP_MAX      (1u << 20) /* an app and what it exports */
#define MESSAGE_NAME_MAX     64u        /* an app's name, a table */
#define MESSAGE_HOST_MAX     253u       /* a host name */
#define MESSAGE_FUNCTION_MAX 256u
#define MESSAGE_TEXT_MAX     4096u
#define MESSAGE_URL_MAX      8192u
#define MESSAGE_CERT_MAX     16384u

/* X(number, lower, UPPER, descriptors) */
#define MESSAGE_LIST(X)                                                                            \
    /* anyone, as an answer */                                                                     \
    X(1, done, DONE, 0)                                                                            \
    X(2, failed, FAILED, 0)                                                                        \
    /* supervisor -> role; ready and fatal: role -> supervisor */                                  \
    X(10, config, CONFIG, 0)                                                                       \
    X(11, peer, PEER, 1)                                                                           \
    X(12, file, FILE, 1)                                                                           \
    X(13, go, GO, 0)                                                                               \
    X(14, ready, READY, 0)                                                                         \
    X(15, stop, STOP, 0)                                                                           \
    X(16, fatal, FATAL, 0)                                                                         \
    /* io -> api */                                                                                \
    X(20, accepted, ACCEPTED, 1)                                                                   \
    /* api -> main and the answers; generation: main -> api, unasked */                            \
    X(30, leaf, LEAF, 0)                                                                           \
    X(31, leaf_made, LEAF_MADE, 0)                                                                 \
    X(32, generation, GENERATION, 0)                                                               \
    X(33, load, LOAD, 0)                                                                           \
    X(34, loaded, LOADED, 0)                                                                       \
    X(35, call, CALL, 0)                                                                           \
    X(36, returned, RETURNED, 0)                                                                   \
    X(37, list, LIST, 0)                                                                           \
    X(38, apps, APPS, 0)                                                                           \
    X(39, unload, UNLOAD, 0)                                                                       \
    X(40, unloaded, UNLOADED, 0)                                                                   \
    X(41, status, STATUS, 0)                                                                       \
    X(42, status_is, STATUS_IS, 0)                                                                 \
    X(43, metrics, METRICS, 0)                                                                     \
    X(44, metrics_are, METRICS_ARE, 0)                                                             \
    X(45, modules, MODULES, 0)                                                                     \
    X(46, modules_are, MODULES_ARE, 0)                                                             \
    X(47, shutdown, SHUTDOWN, 0)                                                                   \
    X(48, attest, ATTEST, 0)                                                                       \
    X(49, attested, ATTESTED, 0)                                                                   \
    X(50, manifest, MANIFEST, 0)                                                                   \
    X(51, manifest_is, MANIFEST_IS, 0)                                                             \
    /* main -> keys and the answers */                                                             \
    X(60, identity, IDENTITY, 0)                                                                   \
    X(61, identity_is, IDENTITY_IS, 0)                                                             \
    X(62, issue, ISSUE, 0)                                                                         \
    X(63, issued, ISSUED, 0)                                                                       \
    X(64, key_new, KEY_NEW, 0)                                                                     \
    X(65, key_given, KEY_GIVEN, 0)                                                                 \
    X(66, key_is, KEY_IS, 0)                                                                       \
    X(67, key_drop, KEY_DROP, 0)                                                                   \
    X(68, seal, SEAL, 0)                                                                           \
    X(69, sealed, SEALED, 0)                                                                       \
    X(70, unseal, UNSEAL, 0)                                                                       \
    X(71, unsealed, UNSEALED, 0)                                                                   \
    X(72, record, RECORD, 0)                                                                       \
    X(73, record_is, RECORD_IS, 0)                                                                 \
    X(74, counter, COUNTER, 0)                                                                     \
    X(75, counter_is, COUNTER_IS, 0)                                                               \
    X(76, sign, SIGN, 0)                                                                           \
    X(77, signature, SIGNATURE, 0)                                                                 \
    X(78, quote, QUOTE, 0)                                                                         \
    X(79, quoted, QUOTED, 0)                                                                       \
    /* main -> io and the answers: the store */                                                    \
    X(90, store_get, STORE_GET, 0)                                                                 \
    X(91, store_value, STORE_VALUE, 0)                                                             \
    X(92, store_scan, STORE_SCAN, 0)                                                               \
    X(93, store_records, STORE_RECORDS, 0)                                                         \
    X(94, store_commit, STORE_COMMIT, 0)                                                           \
    /* main -> io and the answers: connections out */                                              \
    X(100, net_open, NET_OPEN, 0)                                                                  \
    X(101, net_opened, NET_OPENED, 0)                                                              \
    X(102, net_close, NET_CLOSE, 0)                                                                \
    /* io -> egress */                                                                             \
    X(103, carried, CARRIED, 1)                                                                    \
    /* main <-> egress: fetch is asked by main, answered by fetched or failed; in between egress   \
     * asks fetch_connect under the same id, once for each hop, and main answers */                \
    X(110, fetch, FETCH, 0)                                                                        \
    X(111, fetched, FETCHED, 0)                                                                    \
    X(112, fetch_connect, FETCH_CONNECT, 0)                                                        \
    X(113, fetch_connected, FETCH_CONNECTED, 0)                                                    \
    X(114, fetch_cancel, FETCH_CANCEL, 0)

#define MESSAGE_DONE_FIELDS(U, B, T, D)
/* enum message_failure; a sentence for the user, without a secret in it */
#define MESSAGE_FAILED_FIELDS(U, B, T, D) U(code) T(text, 0, MESSAGE_TEXT_MAX)

/* node/config/settings.h, encoded */
#define MESSAGE_CONFIG_FIELDS(U, B, T, D) D(settings, 1u << 20)
/* enum role_name; a new end of the link to it, in the place of one before */
#define MESSAGE_PEER_FIELDS(U, B, T, D)  U(role)
#define MESSAGE_FILE_FIELDS(U, B, T, D)  U(which) /* enum role_file */
#define MESSAGE_GO_FIELDS(U, B, T, D)             /* nothing more comes before READY is expected */
#define MESSAGE_READY_FIELDS(U, B, T, D) T(line, 0, 512) /* what a person should know; shown */
#define MESSAGE_STOP_FIELDS(U, B, T, D)
#define MESSAGE_FATAL_FIELDS(U, B, T, D) T(line, 1, 512)

/* `address`: the peer's, as text; the descriptor: ciphertext from and to it. */
#define MESSAGE_ACCEPTED_FIELDS(U, B, T, D) U(connection) T(address, 1, 64)

/* A leaf for a name of a client hello, bound to `spki` (DER). With is_challenge `nonce` is the
 * extension's data, without it the leaf may be kept until not_after or the next generation. No app
 * has the name `sni` (lower case): main makes nothing and answers NOT_FOUND, and api asks for the
 * default leaf, whose name is empty; so names that strangers invent cost no quote. */
#define MESSAGE_LEAF_FIELDS(U, B, T, D)                                                            \
    T(sni, 0, 255) B(spki, 64, 256) U(is_challenge) B(nonce, 0, 1024)
#define MESSAGE_LEAF_MADE_FIELDS(U, B, T, D)                                                       \
    U(generation) U(not_after) B(leaf, 1, MESSAGE_CERT_MAX) B(issuer, 1, MESSAGE_CERT_MAX)
#define MESSAGE_GENERATION_FIELDS(U, B, T, D) U(generation)
/* `client`: SHA-256 of the SPKI of a certificate whose key the client has shown, or empty. max_fuel
 * 0: the default. `key`: 32 bytes or none. */
#define MESSAGE_LOAD_FIELDS(U, B, T, D)                                                            \
    B(client, 0, 32)                                                                               \
    T(name, 0, 1024) T(hostname, 0, 1024) B(key, 0, 32) U(max_fuel) D(payload, MESSAGE_PAYLOAD_MAX)
#define MESSAGE_LOADED_FIELDS(U, B, T, D) D(app, MESSAGE_APP_MAX)
/* params: JSON text, an array of tagged values; main does not look into it. */
#define MESSAGE_CALL_FIELDS(U, B, T, D)                                                            \
    B(client, 0, 32)                                                                               \
    T(app, 0, 1024) T(function, 0, 1024) U(wants_receipt) D(params, MESSAGE_PAYLOAD_MAX)
/* returns: the cell's JSON, unchecked: an array of tagged values if the cell is honest. */
#define MESSAGE_RETURNED_FIELDS(U, B, T, D)                                                        \
    U(fuel) B(receipt, 0, 4096) D(returns, MESSAGE_RESULT_MAX)
#define MESSAGE_LIST_FIELDS(U, B, T, D)     B(client, 0, 32)
#define MESSAGE_APPS_FIELDS(U, B, T, D)     D(apps, 16u << 20)
#define MESSAGE_UNLOAD_FIELDS(U, B, T, D)   B(client, 0, 32) T(name, 0, 1024)
#define MESSAGE_UNLOADED_FIELDS(U, B, T, D) U(was_loaded)
#define MESSAGE_STATUS_FIELDS(U, B, T, D)   B(client, 0, 32)
/* details: [[name, text] ...] */
#define MESSAGE_STATUS_IS_FIELDS(U, B, T, D) D(details, 1u << 20)
#define MESSAGE_METRICS_FIELDS(U, B, T, D)   B(client, 0, 32)
/* [[name, number] ...], then for each app [name, calls, fuel, errors, [[function, calls, fuel,
 * errors, least fuel, most fuel] ...]]: [numbers, apps] */
#define MESSAGE_METRICS_ARE_FIELDS(U, B, T, D) D(metrics, 16u << 20)
#define MESSAGE_MODULES_FIELDS(U, B, T, D)     B(client, 0, 32)
#define MESSAGE_MODULES_ARE_FIELDS(U, B, T, D) U(count)
#define MESSAGE_SHUTDOWN_FIELDS(U, B, T, D)    B(client, 0, 32)
/* After the handshake (enclave-service 6, gap 14): evidence over report data of
 * SHA-256(SPKI) | context | what the session exports. Main passes it to keys as QUOTE. */
#define MESSAGE_ATTEST_FIELDS(U, B, T, D)                                                          \
    B(spki, 64, 256) U(is_challenge) B(context, 32, 32) B(exporter, 32, 32)
#define MESSAGE_ATTESTED_FIELDS(U, B, T, D)                                                        \
    T(evidence_kind, 1, 32) T(time, 0, 32) B(evidence, 0, MESSAGE_CERT_MAX)
/* The live configuration tree: [[name, leaf hash] ...] in its order, then the root. */
#define MESSAGE_MANIFEST_FIELDS(U, B, T, D)    B(client, 0, 32)
#define MESSAGE_MANIFEST_IS_FIELDS(U, B, T, D) B(root, 32, 32) D(leaves, 1u << 20)

#define MESSAGE_IDENTITY_FIELDS(U, B, T, D)
/* evidence: "tpm", or "none" */
#define MESSAGE_IDENTITY_IS_FIELDS(U, B, T, D)                                                     \
    T(evidence, 1, 32) B(issuer, 1, MESSAGE_CERT_MAX) B(receipt_key, 64, 256) U(counter)
/* keys makes the report data, quotes it and signs the leaf; claims become its extensions. */
#define MESSAGE_ISSUE_FIELDS(U, B, T, D)                                                           \
    T(common_name, 1, MESSAGE_HOST_MAX)                                                            \
    B(spki, 64, 256) U(is_challenge) B(nonce, 0, 1024) D(claims, 1u << 16)
#define MESSAGE_ISSUED_FIELDS(U, B, T, D)                                                          \
    U(not_after) B(leaf, 1, MESSAGE_CERT_MAX) B(issuer, 1, MESSAGE_CERT_MAX)
/* A key of an app's own: random, or given. A slot names it until it is dropped; slot 0 is the
 * service's own key. What is sealed under a given key is bound to this image as well. */
#define MESSAGE_KEY_NEW_FIELDS(U, B, T, D)   T(app, 1, MESSAGE_NAME_MAX)
#define MESSAGE_KEY_GIVEN_FIELDS(U, B, T, D) T(app, 1, MESSAGE_NAME_MAX) B(key, 32, 32)
#define MESSAGE_KEY_IS_FIELDS(U, B, T, D)    U(slot) B(fingerprint, 0, 32)
#define MESSAGE_KEY_DROP_FIELDS(U, B, T, D)  U(slot)
#define MESSAGE_SEAL_FIELDS(U, B, T, D)                                                            \
    U(slot) T(table, 1, MESSAGE_NAME_MAX) B(record, 1, 64) U(version) D(plain, MESSAGE_RECORD_MAX)
#define MESSAGE_SEALED_FIELDS(U, B, T, D) D(sealed, MESSAGE_RECORD_MAX)
#define MESSAGE_UNSEAL_FIELDS(U, B, T, D)                                                          \
    U(slot) T(table, 1, MESSAGE_NAME_MAX) B(record, 1, 64) U(version) D(sealed, MESSAGE_RECORD_MAX)
#define MESSAGE_UNSEALED_FIELDS(U, B, T, D) D(plain, MESSAGE_RECORD_MAX)
/* The name that a record has outside: keyed, 32 bytes. */
#define MESSAGE_RECORD_FIELDS(U, B, T, D)    U(slot) D(name, 1u << 16)
#define MESSAGE_RECORD_IS_FIELDS(U, B, T, D) B(record, 32, 32)
/* The monotonic counter: is it, and goes on until it is at least `at_least`. */
#define MESSAGE_COUNTER_FIELDS(U, B, T, D)    U(at_least)
#define MESSAGE_COUNTER_IS_FIELDS(U, B, T, D) U(value) U(is_hardware)
/* enum message_purpose says what the digest is of; it is signed with it. */
#define MESSAGE_SIGN_FIELDS(U, B, T, D)      U(purpose) B(digest, 32, 32)
#define MESSAGE_SIGNATURE_FIELDS(U, B, T, D) B(signature, 64, 64)
#define MESSAGE_QUOTE_FIELDS(U, B, T, D)                                                           \
    B(spki, 64, 256) U(is_challenge) B(context, 32, 32) B(exporter, 32, 32)
#define MESSAGE_QUOTED_FIELDS(U, B, T, D)                                                          \
    T(evidence_kind, 1, 32) T(time, 0, 32) B(evidence, 0, MESSAGE_CERT_MAX)

#define MESSAGE_STORE_GET_FIELDS(U, B, T, D)   T(table, 1, MESSAGE_NAME_MAX) B(record, 1, 64)
#define MESSAGE_STORE_VALUE_FIELDS(U, B, T, D) U(is_found) D(value, MESSAGE_RECORD_MAX)
/* Records behind `after`, as many as fit one answer, in the order of their bytes. */
#define MESSAGE_STORE_SCAN_FIELDS(U, B, T, D)    T(table, 1, MESSAGE_NAME_MAX) B(after, 0, 64)
#define MESSAGE_STORE_RECORDS_FIELDS(U, B, T, D) U(has_more) D(records, 4u << 20)
/* All of them or none; DONE when they are durable. */
#define MESSAGE_STORE_COMMIT_FIELDS(U, B, T, D) D(changes, MESSAGE_CHANGES_MAX)

/* main has decided and logged it: io resolves the name once, refuses addresses that are not public
 * unless allow_private, connects, gives egress its end (CARRIED) and then answers. */
#define MESSAGE_NET_OPEN_FIELDS(U, B, T, D)                                                        \
    U(connection) T(host, 1, MESSAGE_HOST_MAX) U(port) U(allow_private) U(timeout_ms)
#define MESSAGE_NET_OPENED_FIELDS(U, B, T, D) T(address, 1, 64)
#define MESSAGE_NET_CLOSE_FIELDS(U, B, T, D)  U(connection)
#define MESSAGE_CARRIED_FIELDS(U, B, T, D)    U(connection)

/* method: enum gate_http_method. `request`, `response`: http. */
#define MESSAGE_FETCH_FIELDS(U, B, T, D)                                                           \
    U(method) U(body_most) U(timeout_ms) T(url, 1, MESSAGE_URL_MAX) D(request, MESSAGE_HTTP_MAX)
#define MESSAGE_FETCHED_FIELDS(U, B, T, D)         U(status) D(response, MESSAGE_HTTP_MAX)
#define MESSAGE_FETCH_CONNECT_FIELDS(U, B, T, D)   U(hop) T(host, 1, MESSAGE_HOST_MAX) U(port)
#define MESSAGE_FETCH_CONNECTED_FIELDS(U, B, T, D) U(connection)
#define MESSAGE_FETCH_CANCEL_FIELDS(U, B, T, D)

/* What went wrong, where somebody acts differently on it. */
enum message_failure {
    MESSAGE_FAILURE_INVALID = 1,     /* the question is wrong */
    MESSAGE_FAILURE_DENIED = 2,      /* policy */
    MESSAGE_FAILURE_NOT_FOUND = 3,   /* no such app, function, key, host */
    MESSAGE_FAILURE_EXISTS = 4,      /* an app of that name is loaded */
    MESSAGE_FAILURE_CALL = 5,        /* the guest trapped or faulted; receipt may follow later */
    MESSAGE_FAILURE_LIMIT = 6,       /* too big, too many */
    MESSAGE_FAILURE_BUSY = 7,        /* try again later */
    MESSAGE_FAILURE_UNAVAILABLE = 8, /* a role or a device is away */
    MESSAGE_FAILURE_TAMPERED = 9,    /* stored data is not what was stored */
    MESSAGE_FAILURE_TIMEOUT = 10,
};

enum message_purpose {
    MESSAGE_PURPOSE_RECEIPT = 1,
    MESSAGE_PURPOSE_LOG_HEAD = 2,
};

#endif
