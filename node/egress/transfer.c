/*
 * node/egress/transfer.c: see transfer.h.
 *
 * Invariants:
 *   (1) libcurl opens nothing: OPENSOCKETFUNCTION has one descriptor to give, once; no name is
 *       resolved (CONNECT_TO is an address), no proxy, no file is asked for.
 *   (2) The certificate is checked against `roots` and the URL's host, always.
 *   (3) No byte is kept beyond body_most and the header limits, whatever the server claims.
 */
#include "node/egress/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <openssl/ssl.h>

#include "node/egress/connect.h"
#include "node/message/shown.h"

/* Never connected to: every connection is the one that is given. RFC 5737. */
#define NOWHERE "::192.0.2.1:443"

#define WHY_MAX            200u  /* bytes of why, before they are escaped */
#define RESPONSE_LINES_MAX 1024u /* of header lines, of all answers together */

struct run {
    const struct egress_transfer *transfer;
    struct egress_response *response;
    CURL *curl;
    int socket; /* -1: given */
    unsigned interim_count, line_count;
    size_t header_bytes;
    const char *too_much; /* why a callback ended it */
    char error[CURL_ERROR_SIZE];
};

void egress_response_fini(struct egress_response *response)
{
    if (response->body != NULL)
        memory_wipe(response->body, response->body_len);
    free(response->body);
    response->body = NULL;
    response->body_len = 0;
}

/* ---- what libcurl calls ---- */

static curl_socket_t give_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct run *run = context;
    int socket = run->socket;
    (void)purpose;
    (void)address;
    run->socket = -1;
    egress_connect_set(socket);
    return socket < 0 ? CURL_SOCKET_BAD : socket;
}

static int say_connected(void *context, curl_socket_t socket, curlsocktype purpose)
{
    (void)context;
    (void)socket;
    (void)purpose;
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

static int close_socket(void *context, curl_socket_t socket)
{
    const struct run *run = context;
    run->transfer->close_socket(run->transfer->context, socket);
    return 0;
}

/* Invariant (2): libcurl's own store is replaced before the handshake. */
static CURLcode set_roots(CURL *curl, void *ssl_context, void *context)
{
    const struct run *run = context;
    (void)curl;
    SSL_CTX_set1_cert_store(ssl_context, run->transfer->roots);
    SSL_CTX_set_session_cache_mode(ssl_context, SSL_SESS_CACHE_OFF);
    return CURLE_OK;
}

/* Anything but the length ends the transfer. */
static size_t stop(struct run *run, const char *why)
{
    run->too_much = why;
    return 0;
}

static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    struct run *run = context;
    size_t len = size * count;
    run->header_bytes += len;
    run->line_count++;
    if (len > 5 && strncasecmp(data, "HTTP/", 5) == 0)
        run->interim_count++;
    if (run->interim_count > EGRESS_INTERIM_MAX + 1) /* and the real one */
        return stop(run, "too large: more than 8 interim answers");
    if (run->header_bytes > (size_t)2 * GATE_HTTP_HEADER_MAX ||
        run->line_count > RESPONSE_LINES_MAX)
        return stop(run, "too large: the answer's headers");
    return len;
}

static bool grow(struct egress_response *response, size_t wanted, uint64_t most)
{
    size_t cap = response->body_cap < 16384 ? 16384 : response->body_cap;
    while (cap < wanted)
        cap *= 2;
    if (cap > most)
        cap = (size_t)most;
    uint8_t *grown = malloc(cap);
    if (grown == NULL)
        return false;
    size_t len = response->body_len;
    if (len != 0)
        memcpy(grown, response->body, len);
    egress_response_fini(response);
    response->body = grown;
    response->body_len = len;
    response->body_cap = cap;
    return true;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct run *run = context;
    struct egress_response *response = run->response;
    size_t len = size * count;
    if (len > run->transfer->body_most - response->body_len)
        return stop(run, "too large: the answer's body");
    if (len > response->body_cap - response->body_len &&
        !grow(response, response->body_len + len, run->transfer->body_most))
        return stop(run, "too large: no room for the answer's body");
    if (len != 0)
        memcpy(response->body + response->body_len, data, len);
    response->body_len += len;
    return len;
}

/* ---- the handle ---- */

/* Every option has to be known to the library that is there. */
#define SET(option, value)                                                                         \
    do {                                                                                           \
        if (curl_easy_setopt(run->curl, (option), (value)) != CURLE_OK)                            \
            return false;                                                                          \
    } while (0)

static bool set_connection(struct run *run, struct curl_slist *nowhere)
{
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_CONNECT_TO, nowhere);
    SET(CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4); /* of NOWHERE */
    SET(CURLOPT_OPENSOCKETFUNCTION, give_socket);
    SET(CURLOPT_OPENSOCKETDATA, run);
    SET(CURLOPT_SOCKOPTFUNCTION, say_connected);
    SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(CURLOPT_CLOSESOCKETDATA, run);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_FORBID_REUSE, 1L);
    SET(CURLOPT_TCP_NODELAY, 0L); /* it is a pair of local sockets; io sets it on the real one */
    SET(CURLOPT_TIMEOUT_MS, (long)run->transfer->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)run->transfer->timeout_ms);
    return true;
}

static bool set_tls(struct run *run)
{
    SET(CURLOPT_SSLVERSION, (long)(CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_DEFAULT));
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    SET(CURLOPT_CAINFO, NULL);
    SET(CURLOPT_CAPATH, NULL);
    SET(CURLOPT_SSL_CTX_FUNCTION, set_roots);
    SET(CURLOPT_SSL_CTX_DATA, run);
    return true;
}

static bool set_request(struct run *run, struct curl_slist *lines)
{
    const struct egress_request *request = run->transfer->request;
    bool has_body = request->body.len != 0 || request->method == GATE_HTTP_POST ||
                    request->method == GATE_HTTP_PUT || request->method == GATE_HTTP_PATCH;
    SET(CURLOPT_CURLU, run->transfer->url->handle);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTPHEADER, lines);
    if (request->method == GATE_HTTP_HEAD) {
        SET(CURLOPT_NOBODY, 1L);
        return true;
    }
    if (has_body) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(CURLOPT_POSTFIELDS, request->body.len == 0 ? "" : (const char *)request->body.data);
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
    SET(CURLOPT_CUSTOMREQUEST, egress_method_name(request->method));
    return true;
}

static bool set_response(struct run *run)
{
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, run);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, run);
    SET(CURLOPT_ERRORBUFFER, run->error);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    if (run->transfer->request->method != GATE_HTTP_HEAD)
        SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)run->transfer->body_most);
    return true;
}

/* ---- the end ---- */

static void keep(struct egress_response *response, const char *text, size_t len,
                 struct bytes *out_bytes)
{
    memcpy(response->header_room + response->header_len, text, len);
    *out_bytes = bytes_of(response->header_room + response->header_len, len);
    response->header_len += len;
}

/* The last answer's headers, without interim ones and trailers. NULL, or why not. */
static const char *copy_headers(struct run *run)
{
    struct egress_response *response = run->response;
    struct curl_header *header = NULL;
    while ((header = curl_easy_nextheader(run->curl, CURLH_HEADER, -1, header)) != NULL) {
        size_t name = strlen(header->name);
        size_t value = strlen(header->value);
        if (!egress_is_token(bytes_of(header->name, name)))
            return "bad answer: a header whose name is no token";
        if (response->header_count == GATE_HTTP_HEADERS_MAX ||
            name + value > sizeof response->header_room - response->header_len)
            return "too large: the answer's headers";
        struct egress_header *kept = &response->headers[response->header_count++];
        keep(response, header->name, name, &kept->name);
        keep(response, header->value, value, &kept->value);
    }
    return NULL;
}

static void fail(struct egress_failure *out, enum message_failure code, const char *text)
{
    out->code = code;
    (void)snprintf(out->text, sizeof out->text, "%s", text);
}

/* What libcurl says may quote the server. */
static void fail_curl(const struct run *run, CURLcode code, struct egress_failure *out)
{
    const char *host = run->transfer->url->host;
    const char *why = run->error[0] != '\0' ? run->error : curl_easy_strerror(code);
    const char *what = "the exchange failed";
    out->code = MESSAGE_FAILURE_NOT_FOUND;
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        out->code = MESSAGE_FAILURE_TIMEOUT;
        (void)snprintf(out->text, sizeof out->text, "timeout: %s did not answer in time", host);
        return;
    case CURLE_FILESIZE_EXCEEDED:
        fail(out, MESSAGE_FAILURE_LIMIT, "too large: the answer's body");
        return;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
        what = "no trusted connection";
        break;
    default:
        break;
    }
    struct buffer shown = {.data = (uint8_t *)out->text, .cap = sizeof out->text - 1};
    const struct text_sink sink = text_to_buffer(&shown);
    text_word(sink, "unreachable: ");
    message_shown_line(sink, bytes_of(host, strlen(host)));
    text_word(sink, ": ");
    text_word(sink, what);
    text_word(sink, ": ");
    message_shown_line(sink, bytes_of(why, strnlen(why, WHY_MAX)));
    out->text[shown.len] = '\0';
}

static bool perform(struct run *run, struct curl_slist *nowhere, struct curl_slist *lines,
                    struct egress_failure *out_failure)
{
    if (!set_connection(run, nowhere) || !set_tls(run) || !set_request(run, lines) ||
        !set_response(run)) {
        fail(out_failure, MESSAGE_FAILURE_UNAVAILABLE, "unavailable: libcurl refuses an option");
        return false;
    }
    CURLcode code = curl_easy_perform(run->curl);
    if (code != CURLE_OK && run->too_much != NULL) {
        fail(out_failure, MESSAGE_FAILURE_LIMIT, run->too_much);
        return false;
    }
    if (code != CURLE_OK) {
        fail_curl(run, code, out_failure);
        return false;
    }
    (void)curl_easy_getinfo(run->curl, CURLINFO_RESPONSE_CODE, &run->response->status);
    const char *why = copy_headers(run);
    if (why == NULL && (run->response->status < 200 || run->response->status > 999))
        why = "bad answer: its status";
    if (why != NULL)
        fail(out_failure,
             strncmp(why, "too", 3) == 0 ? MESSAGE_FAILURE_LIMIT : MESSAGE_FAILURE_NOT_FOUND, why);
    return why == NULL;
}

bool egress_transfer_run(const struct egress_transfer *transfer,
                         struct egress_response *out_response, struct egress_failure *out_failure)
{
    struct run run = {.transfer = transfer, .response = out_response, .socket = transfer->socket};
    struct curl_slist *nowhere = curl_slist_append(NULL, NOWHERE);
    struct curl_slist *lines = egress_request_lines(transfer->request);
    bool is_done = false;
    out_response->header_count = 0;
    out_response->header_len = 0;
    out_response->body = NULL;
    out_response->body_len = 0;
    out_response->body_cap = 0;
    run.curl = curl_easy_init();
    if (run.curl != NULL && nowhere != NULL && lines != NULL)
        is_done = perform(&run, nowhere, lines, out_failure);
    else
        fail(out_failure, MESSAGE_FAILURE_UNAVAILABLE, "unavailable: no room for the request");
    curl_easy_cleanup(run.curl);
    egress_connect_set(-1);
    if (run.socket >= 0)
        transfer->close_socket(transfer->context, run.socket);
    curl_slist_free_all(nowhere);
    curl_slist_free_all(lines);
    return is_done;
}
