/*
 * node/api/service.h: the role api from inside: one thread, one epoll, connections, leaves.
 *
 *   connection   HANDSHAKE ⇄ LEAF           the hello waits for a leaf that main makes
 *                HANDSHAKE ─► READING       frames arrive
 *                READING ─► ASKING          a request is with main, or waits to be sent (queued)
 *                READING, ASKING ─► REPLYING ─► READING
 *                any ─► CLOSING ─► gone     GONE keeps the slot of one whose answer is outstanding
 *
 * Invariants:
 *   (1) One request of a connection at a time: while it is answered nothing is read, so its peer is
 *       held back by the socket.
 *   (2) An id of a question names a slot and its serial; a slot is free when nothing is outstanding
 *       for it. So an answer never reaches a connection that did not ask.
 *   (3) Every connection is in exactly one list of deadlines, but those that are GONE.
 *   (4) Nothing is read while ciphertext waits to be sent.
 */
#ifndef AETHER_NODE_API_SERVICE_H
#define AETHER_NODE_API_SERVICE_H

#include <openssl/ssl.h>

#include "node/api/reply.h"
#include "node/config/settings.h"
#include "node/role/role.h"

#define API_CONNECTIONS_MAX 32767u      /* slots have 15 bits of an id */
#define API_LEAVES_MAX      1024u       /* that are kept or being made */
#define API_LEAVES_ASKED    256u        /* being made */
#define API_CHALLENGES_MAX  64u         /* of those, for one client each */
#define API_NONCE_MAX       1024u       /* of a client's challenge */
#define API_CHUNK           16384u      /* of a record; read or written at once */
#define API_ASK_MS          120000u     /* an answer of main's that takes longer is none */
#define API_EXTENSION       0xFFBBu     /* a challenge, in a client's hello; ours in the request */
#define API_LEAF_ID         0x80000000u /* of an id: it is about a leaf */

enum api_state {
    API_HANDSHAKE,
    API_LEAF,
    API_READING,
    API_ASKING,
    API_REPLYING,
    API_CLOSING,
    API_GONE,
};

enum api_list {
    API_LIST_HANDSHAKE,
    API_LIST_IDLE,
    API_LIST_REQUEST, /* a frame arrives, or a reply leaves */
    API_LIST_ASK,
    API_LIST_CLOSE,
    API_LIST_COUNT,
    API_LIST_NONE = API_LIST_COUNT,
};

enum api_leaf_state { API_LEAF_ASKED, API_LEAF_READY, API_LEAF_FAILED };

/* A key of ours and main's certificate for it. */
struct api_leaf {
    uint32_t references;
    enum api_leaf_state state;
    bool is_challenge; /* for one client, never found again */
    bool is_unsent;    /* main's socket was full */
    bool is_unknown;   /* no app has this name */
    uint32_t id;
    uint64_t generation, not_after;
    uint32_t sni_len, nonce_len, spki_len;
    uint8_t sni[256];
    uint8_t *nonce;
    uint8_t spki[256];
    uint8_t spki_hash[32];
    EVP_PKEY *key;
    X509 *leaf, *issuer;
};

struct api_connection {
    struct api *api;
    uint32_t slot;
    uint32_t serial;
    enum api_state state;
    int fd;
    uint32_t armed; /* epoll's events */
    SSL *ssl;
    BIO *in, *out;
    struct api_leaf *leaf;
    bool is_challenge;
    uint8_t nonce[32]; /* ours, in challenge mode */
    bool has_client;
    uint8_t client[32];

    uint8_t head[4]; /* of the frame that arrives */
    uint32_t head_len;
    uint32_t left;
    struct api_parser *parser; /* of the request that arrives or is answered */
    struct api_memory frame;   /* the reply */
    size_t sent;
    bool ends; /* closes after the reply */

    bool is_outstanding; /* main will answer */
    bool is_queued;      /* the question waits for room */
    bool is_ready;       /* in the list of those that can go on */
    struct api_connection *queue_next, *ready_next;

    enum api_list list;
    uint64_t deadline;
    struct api_connection *list_before, *list_after;
};

struct api_deadlines {
    struct api_connection *first, *last;
    uint64_t length_ms;
};

struct api {
    struct role *role;
    const struct settings *settings;
    int epoll;
    int io, main; /* -1: not there */
    bool main_waits_for_room;
    uint64_t main_away_since;
    SSL_CTX *tls;
    uint64_t now;

    struct api_budget budget;
    struct api_memory text; /* of the reply that is being made */
    struct api_counts counts;

    uint32_t slot_count;
    struct api_connection **slots;
    uint32_t *serials;
    uint32_t *free_slots;
    uint32_t free_count;
    struct api_deadlines lists[API_LIST_COUNT];
    struct api_connection *queue_first, *queue_last;
    struct api_connection *ready_first, *ready_last;

    uint64_t generation;
    uint32_t leaf_count, leaf_asked, challenges;
    uint32_t leaf_serial;
    struct api_leaf *leaves[API_LEAVES_MAX];

    struct message_in message;
    uint8_t chunk[API_CHUNK + 512];
};

/* ---- api.c ---- */
enum status MUST_CHECK api_create(struct role *role, struct api **out_api, struct report *report);
void api_destroy(struct api *api);
/* Serves what there is to do, at most so long; false: it is to end. */
bool api_serve_once(struct api *api, int most_ms);
/* Its link to main broke, and nobody gave it a new one: main lives, and only a new api gets one. */
bool api_is_cut_off(const struct api *api);
void api_wants_room(struct api *api); /* tell when main's link takes messages again */

/* ---- tls.c ---- */
SSL_CTX *api_tls_create(void); /* NULL: no memory */
/* Of the connection's certificate whose key the client has shown. */
bool api_tls_client(SSL *ssl, uint8_t out[static 32]);

/* ---- leaf.c ---- */
/* A leaf for the name, asked for if need be, with a reference of the caller's. NULL: too many are
 * being made, or main is away. */
struct api_leaf *api_leaf_find(struct api *api, struct bytes sni, bool is_challenge,
                               struct bytes nonce);
void api_leaf_release(struct api_leaf *leaf);
void api_leaf_send(struct api *api);                          /* what was unsent */
void api_leaf_answer(struct api *api, struct message_in *in); /* and lets those who wait go on */
void api_leaf_generation(struct api *api, uint64_t generation);
void api_leaf_fail_all(struct api *api); /* main is gone */

/* ---- connection.c ---- */
void api_connection_open(struct api *api, int fd); /* takes the descriptor */
void api_connection_step(struct api_connection *connection);
void api_connection_event(struct api_connection *connection, uint32_t events);
void api_connection_expired(struct api_connection *connection);
void api_connection_end(struct api_connection *connection); /* frees it, or leaves it GONE */
/* The frame in connection->frame goes out; step follows. */
void api_connection_reply(struct api_connection *connection);
struct api_connection *api_connection_of_id(struct api *api, uint32_t id);

/* ---- exchange.c ---- */
/* The frame is whole: answers it, or asks main. */
void api_exchange_begin(struct api_connection *connection);
void api_exchange_answer(struct api_connection *connection, struct message_in *in);
/* An error in the request's form; `ends`: the connection ends after it. */
void api_exchange_error(struct api_connection *connection, const char *sentence, bool ends);
void api_exchange_send_queued(struct api *api);
void api_exchange_fail_all(struct api *api); /* main is gone */
struct api_reply api_exchange_reply(struct api_connection *connection);

/* ---- deadline.c ---- */
void api_deadline_set(struct api_connection *connection, enum api_list list);
void api_deadline_clear(struct api_connection *connection);
int api_deadline_wait(const struct api *api, int most_ms); /* until the next */
void api_deadline_expire(struct api *api);

#endif
