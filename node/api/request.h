/*
 * node/api/request.h: one frame's JSON into one request, while it arrives.
 *
 *   outer   "Ping", {"Healthz": null}, {"auth": "...", "Data": [bytes]}, {"v": 2, ...}
 *   inner   what the bytes of Data say: {"wasm_call": {...}}; read by a second reader as the bytes
 *           come, so that neither stands in memory
 *
 * Kept are the fields below alone. Unknown fields of a request are skipped; nothing is guessed: a
 * request that can not be read is refused with a sentence, never sent back.
 */
#ifndef AETHER_NODE_API_REQUEST_H
#define AETHER_NODE_API_REQUEST_H

#include "node/api/base64.h"
#include "node/api/json.h"

#define API_TEXT_MAX 1024u /* a name */

enum api_kind {
    API_KIND_NONE,
    API_KIND_PING,
    API_KIND_HEALTHZ,
    API_KIND_READYZ,
    API_KIND_STATUS,
    API_KIND_METRICS,
    API_KIND_MANIFEST,
    API_KIND_SHUTDOWN,
    API_KIND_ATTEST,
    API_KIND_LOAD,
    API_KIND_CALL,
    API_KIND_LIST,
    API_KIND_UNLOAD,
};

struct api_text {
    bool is_set;
    uint32_t len;
    uint8_t data[API_TEXT_MAX];
};

struct api_request {
    enum api_kind kind;
    bool is_data;              /* the reply goes into {"Data": [...]} */
    struct api_text name;      /* of the app; attest: the leaf that is asked about */
    struct api_text second;    /* load: host name; call: function; attest: context */
    struct api_text mode;      /* attest */
    struct api_memory payload; /* load: the file; call: params as JSON text */
    bool has_payload;
    uint64_t max_fuel; /* 0: the default */
    bool wants_receipt;
    uint32_t key_digits; /* of 64; the rest of a longer one is counted alone */
    bool has_key, is_key_hex;
    uint8_t key[32];
    uint8_t leaf[32], context[32]; /* attest */
    bool is_challenge;
};

struct api_parser {
    struct api_request request;
    struct api_json outer, inner;
    struct report outer_report, inner_report;
    enum status outer_status, inner_status;
    uint8_t field;        /* the outer key whose value is being read */
    bool is_second_round; /* a request was named already */
    bool has_v;
    uint8_t inner_field;
    bool has_inner;
    const char *inner_name; /* "wasm_call" */
    struct api_base64 base64;
};

/* Every buffer of the request has `budget`. */
void api_parser_init(struct api_parser *parser, struct api_budget *budget);
void api_parser_fini(struct api_parser *parser); /* wiped */

/* The next bytes of a frame. What is wrong is said at the end. */
void api_parser_feed(struct api_parser *parser, struct bytes piece);

/* The frame ends here. OK: parser->request is whole. Else `report` has the sentence for the client,
 * and parser->request.is_data and .kind say where it goes. */
enum status MUST_CHECK api_parser_finish(struct api_parser *parser, struct report *report);

#endif
