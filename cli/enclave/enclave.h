/*
 * cli/enclave/enclave.h: what the commands of aether-enclave share.
 *
 * A command connects, has the server's certificate and evidence checked inside of the handshake,
 * and only then sends frames. What the server says is of anybody: bounded, parsed strictly, and
 * printed so that a terminal takes no harm.
 */
#ifndef AETHER_CLI_ENCLAVE_ENCLAVE_H
#define AETHER_CLI_ENCLAVE_ENCLAVE_H

#include "cli/cli.h"
#include "cli/json.h"

#define ENCLAVE_PORT      8443
#define ENCLAVE_FRAME_MAX (16u << 20)
#define ENCLAVE_REPLY_MAX (16u << 20) /* the service sends no longer ones */
#define ENCLAVE_QUOTE_MAX 16384u
#define ENCLAVE_TREE_MIN  (1u << 20) /* of a small reply as a tree */

struct enclave_options {
    char host[256];
    char port[6];
    const char *ca, *sni, *code_hash, *cert, *key, *ak, *tpm_ca, *pcr_digest, *intel_ca, *programs;
    const char *mr_enclave, *mr_signer;
    struct cli_list oids; /* OID=HEX */
    struct cli_list pcrs; /* N=HEX */
    bool allows_none, demands_origin, challenge, attest_v2, insecure, json;
    uint64_t timeout_s;

    /* of single commands */
    const char *name, *hostname, *encryption_key;
    uint64_t max_fuel;
    bool receipt;
    const char *output; /* attest: where the chain is written, PEM */
};

/* A growable text that is written through a FILE, and read when it is finished. */
struct enclave_text {
    FILE *file;
    char *data;
    size_t len;
};

bool MUST_CHECK enclave_text_open(struct enclave_text *text);
/* False: memory ran out; said. `data` stays until enclave_text_close. */
bool MUST_CHECK enclave_text_finish(struct enclave_text *text);
void enclave_text_close(struct enclave_text *text);

/* connection.c */
struct enclave_connection;
enum enclave_connected {
    ENCLAVE_CONNECTED, /* everything that --ca and its like ask for holds */
    ENCLAVE_UNPROVEN,  /* it does not; it was said what */
    ENCLAVE_UNREACHED, /* no connection, or a file; said */
};
enum enclave_connected MUST_CHECK enclave_connect(const struct enclave_options *options,
                                                  struct enclave_connection **out_connection);
void enclave_disconnect(struct enclave_connection *connection);
/* A frame there and the frame that comes back, malloc'd; says what is wrong. */
bool MUST_CHECK enclave_exchange(struct enclave_connection *connection, struct bytes payload,
                                 struct bytes *out_reply);
bool MUST_CHECK enclave_send(struct enclave_connection *connection, struct bytes payload);
/* Until the server closes: a reply of length 0; or until it answers after all. */
bool MUST_CHECK enclave_await_end(struct enclave_connection *connection, struct bytes *out_reply);
/* What was verified. */
void enclave_print_verdict(const struct enclave_connection *connection, FILE *out, bool json);
/* The server's chain, PEM. */
bool MUST_CHECK enclave_write_chain(const struct enclave_connection *connection, const char *path);

/* envelope.c */
enum enclave_reply_kind {
    ENCLAVE_REPLY_DATA,
    ENCLAVE_REPLY_ERROR,
    ENCLAVE_REPLY_OUTER, /* "Pong", {"Healthz": ..}: it stands for itself */
};
/* {"Data":[..]} of `inner`, written to `text`. */
void enclave_wrap(struct bytes inner, FILE *text);
/* Data and Error become the bytes that they hold, in the place of the reply. */
enum status MUST_CHECK enclave_unwrap(struct bytes *reply, enum enclave_reply_kind *out_kind,
                                      struct report *report);

/* parameter.c: a word of the command line becomes a tagged value. */
bool MUST_CHECK enclave_write_parameter(const char *word, FILE *out);

/* show.c */
/* JSON again, over several lines; the reader has checked it. */
void enclave_print_json(const struct json *value, bool indented, FILE *out);
/* What a command's reply says, for people or as it came; the exit code. */
int enclave_show(struct enclave_options *options, struct bytes reply, enum enclave_reply_kind kind);

/* request.c: the inner JSON of each command, and one exchange. */
int enclave_ask_inner(struct enclave_connection *connection, struct enclave_options *options,
                      struct bytes inner);
int enclave_ask_outer(struct enclave_connection *connection, struct enclave_options *options,
                      struct bytes outer);
/* Asks the service to stop: that it goes away is its answer. */
int enclave_ask_shutdown(struct enclave_connection *connection, struct enclave_options *options);
bool MUST_CHECK enclave_write_load(const struct enclave_options *options, const char *path,
                                   FILE *out);
bool MUST_CHECK enclave_write_call(const struct enclave_options *options, const char *app,
                                   size_t count, char *const *words, FILE *out);

/* session.c */
int enclave_session(struct enclave_connection *connection, struct enclave_options *options);

#endif
