/*
 * core/wasi/https.c: a request's CBOR into the gate, the response's out of it. See https.h.
 *
 * Invariants:
 *   (1) What goes in stands at the front of the transfer area; a full area is sent and begun again.
 *   (2) Nothing of a response is used before its length was held against the bytes that came.
 */
#include "core/wasi/https.h"

#include "core/base/cbor.h"
#include "core/component/value.h"
#include "core/wasi/p2_internal.h"

#define TEXT_BIT  0x60u /* of a head that was made for a number: a text, bytes, an array */
#define BYTES_BIT 0x40u
#define ARRAY_BIT 0x80u
#define HEAD_MAX  9u

/* ---- the request ---- */

struct sender {
    const struct wasi_gate *gate;
    uint32_t used;
    bool is_first;
    bool is_refused;
};

static void flush(struct sender *sender)
{
    const struct gate_request request = {.interface = GATE_HTTP,
                                         .method = GATE_HTTP_SEND,
                                         .in = {0, sender->used},
                                         .args = {sender->is_first}};
    struct gate_reply reply;
    if (sender->is_refused)
        return;
    sender->gate->ring(sender->gate->context, &request, &reply);
    sender->is_refused = reply.status != GATE_OK;
    sender->is_first = false;
    sender->used = 0;
}

static void put(struct sender *sender, struct bytes data)
{
    while (data.len != 0 && !sender->is_refused) {
        uint32_t room = sender->gate->transfer_bytes - sender->used;
        size_t len = data.len < room ? data.len : room;
        memcpy(sender->gate->transfer + sender->used, data.data, len);
        sender->used += (uint32_t)len;
        data = bytes_of(data.data + len, data.len - len);
        if (sender->used == sender->gate->transfer_bytes)
            flush(sender);
    }
}

static void put_head(struct sender *sender, uint8_t bits, uint64_t number)
{
    uint8_t room[HEAD_MAX];
    struct cbor_writer writer;
    struct bytes head = {0};
    cbor_writer_init(&writer, room, sizeof room);
    cbor_write_uint(&writer, number);
    ASSERT(cbor_writer_end(&writer, &head) == STATUS_OK);
    room[0] |= bits;
    put(sender, head);
}

static void put_string(struct sender *sender, uint8_t bits, struct bytes string)
{
    put_head(sender, bits, string.len);
    put(sender, string);
}

static void put_request(struct sender *sender, const struct wasi_https_request *request)
{
    uint32_t count = request->headers->items.count;
    put_head(sender, ARRAY_BIT, 4);
    put_head(sender, 0, request->method);
    put_string(sender, TEXT_BIT, request->url);
    put_head(sender, ARRAY_BIT, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct component_value *pair = request->headers->items.items[i].items.items;
        put_head(sender, ARRAY_BIT, 2);
        put_string(sender, TEXT_BIT, p2_text(&pair[0]));
        put_string(sender, BYTES_BIT, p2_text(&pair[1]));
    }
    put_string(sender, BYTES_BIT, request->body);
    flush(sender);
}

/* What the gate would refuse is not sent: a sentence, or NULL. */
static const char *find_fault(const struct wasi_https_request *request)
{
    uint64_t header_bytes = 0;
    if (request->method >= GATE_HTTP_METHODS)
        return "there is no such method: 0 GET, 1 POST, 2 PUT, 3 DELETE, 4 PATCH, 5 HEAD, "
               "6 OPTIONS";
    if (request->url.len == 0 || request->url.len > GATE_HTTP_URL_MAX)
        return "a URL has 1 to 8,192 bytes";
    if (request->headers->items.count > GATE_HTTP_HEADERS_MAX)
        return "more than 128 headers";
    for (uint32_t i = 0; i < request->headers->items.count; i++) {
        const struct component_value *pair = request->headers->items.items[i].items.items;
        header_bytes += p2_text(&pair[0]).len;
        header_bytes += p2_text(&pair[1]).len;
    }
    if (header_bytes > GATE_HTTP_HEADER_MAX)
        return "the headers have more than 65,536 bytes";
    return request->body.len > GATE_HTTP_BODY_MAX ? "the body has more than 16 MiB" : NULL;
}

/* ---- the response ---- */

/* All of it, in the arena. NULL: no room. */
static uint8_t *receive(const struct wasi_gate *gate, struct arena *arena, uint64_t len)
{
    uint8_t *room = len > UINT32_MAX ? NULL : arena_alloc(arena, len == 0 ? 1 : (size_t)len, 1);
    for (uint64_t done = 0; room != NULL && done < len;) {
        uint64_t left = len - done;
        struct gate_request request = {.interface = GATE_HTTP, .method = GATE_HTTP_RECEIVE};
        struct gate_reply reply;
        request.out.len = left < gate->transfer_bytes ? (uint32_t)left : gate->transfer_bytes;
        request.args[0] = done;
        gate->ring(gate->context, &request, &reply);
        ASSERT(reply.status == GATE_OK && reply.out.len != 0 && reply.out.len <= request.out.len);
        memcpy(room + done, gate->transfer, reply.out.len);
        done += reply.out.len;
    }
    return room;
}

static enum status read_headers(struct cbor_reader *reader, uint8_t *room, struct arena *arena,
                                struct wasi_https_response *response)
{
    uint64_t count = 0;
    ASSERT(cbor_read_array(reader, &count) == STATUS_OK && count <= UINT32_MAX);
    struct wasi_https_header *headers =
        arena_alloc(arena, count == 0 ? 1 : (size_t)count, sizeof *headers);
    if (headers == NULL)
        return STATUS_NO_MEMORY;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t two = 0;
        ASSERT(cbor_read_array(reader, &two) == STATUS_OK && two == 2);
        ASSERT(cbor_read_text(reader, &headers[i].name) == STATUS_OK);
        ASSERT(cbor_read_bytes(reader, &headers[i].value) == STATUS_OK);
        if (headers[i].value.len != 0)
            p2_make_utf8(room + (headers[i].value.data - room), headers[i].value.len);
    }
    response->header_count = (uint32_t)count;
    response->headers = headers;
    return STATUS_OK;
}

static enum status read_response(uint8_t *room, uint64_t len, struct arena *arena,
                                 struct wasi_https_response *out_response)
{
    struct wasi_https_response response = {0};
    struct cbor_reader reader;
    uint64_t count = 0;
    uint64_t code = 0;
    cbor_reader_init(&reader, bytes_of(room, (size_t)len), 0, NULL);
    ASSERT(cbor_read_array(&reader, &count) == STATUS_OK && count == 3);
    ASSERT(cbor_read_uint(&reader, &code) == STATUS_OK && code <= UINT16_MAX);
    response.status = (uint16_t)code;
    enum status status = read_headers(&reader, room, arena, &response);
    if (status != STATUS_OK)
        return status;
    ASSERT(cbor_read_bytes(&reader, &response.body) == STATUS_OK);
    ASSERT(cbor_reader_end(&reader) == STATUS_OK);
    *out_response = response;
    return STATUS_OK;
}

static enum status explain(const char *why, struct bytes *out_why)
{
    *out_why = bytes_of(why, strlen(why));
    return STATUS_DENIED;
}

/* The gate's own sentence. */
static enum status explain_reply(const struct wasi_gate *gate, const struct gate_reply *reply,
                                 struct arena *arena, struct bytes *out_why)
{
    if (reply->status != GATE_FAILED)
        return explain("access denied: not granted", out_why);
    ASSERT(reply->out.len <= WASI_HTTPS_WHY_MAX);
    uint8_t *why = arena_alloc(arena, reply->out.len + 1, 1);
    if (why == NULL)
        return STATUS_NO_MEMORY;
    memcpy(why, gate->transfer, reply->out.len);
    p2_make_utf8(why, reply->out.len);
    *out_why = bytes_of(why, reply->out.len);
    return STATUS_DENIED;
}

enum status wasi_https_fetch(const struct wasi_gate *gate, const struct wasi_https_request *request,
                             struct arena *arena, struct wasi_https_response *out_response,
                             struct bytes *out_why)
{
    const struct gate_request fetch = {
        .interface = GATE_HTTP, .method = GATE_HTTP_FETCH, .out = {0, WASI_HTTPS_WHY_MAX}};
    struct sender sender = {.gate = gate, .is_first = true};
    struct gate_reply reply;
    const char *fault = find_fault(request);
    ASSERT(gate->has_http && gate->transfer_bytes >= WASI_HTTPS_WHY_MAX);
    if (fault != NULL)
        return explain(fault, out_why);
    put_request(&sender, request);
    if (sender.is_refused)
        return explain("the request is too large", out_why);
    gate->ring(gate->context, &fetch, &reply);
    if (reply.status != GATE_OK)
        return explain_reply(gate, &reply, arena, out_why);
    uint8_t *room = receive(gate, arena, reply.values[1]);
    return room == NULL ? STATUS_NO_MEMORY
                        : read_response(room, reply.values[1], arena, out_response);
}
