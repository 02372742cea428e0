/*
 * tests/support/json_check.c: see json_check.h.
 */
#include "tests/support/json_check.h"

#include <stdlib.h>

#include "node/api/json.h"
#include "node/api/reply.h"

/* What was said, as one number: pieces of text that follow each other count as one. */
struct trace {
    bool wants_bytes; /* of arrays on the second level */
    bool copies;      /* arrays on the third */
    uint64_t sum;
    enum api_json_event last;
    uint64_t events;
    struct api_budget budget;
    struct api_memory copied;
};

static void add(struct trace *trace, uint8_t byte)
{
    trace->sum = (trace->sum ^ byte) * 0x100000001B3u;
}

static enum status take(void *context, struct api_json *json, enum api_json_event event,
                        struct bytes text)
{
    struct trace *trace = context;
    bool is_piece = event == API_JSON_PIECE || event == API_JSON_BYTES;
    ASSERT(json->depth <= API_JSON_DEPTH_MAX);
    ASSERT(!is_piece || text.len != 0);
    if (!is_piece || event != trace->last) {
        add(trace, (uint8_t)(0x80 + event));
        trace->events++;
    }
    trace->last = event;
    for (size_t i = 0; i < text.len; i++)
        add(trace, text.data[i]);
    if (event == API_JSON_ARRAY && json->depth == 2 && trace->wants_bytes)
        api_json_want_bytes(json);
    if (event == API_JSON_ARRAY && json->depth == 3 && trace->copies && trace->copied.len == 0)
        api_json_copy(json, &trace->copied);
    return STATUS_OK;
}

static void begin(struct trace *trace, uint8_t options)
{
    *trace = (struct trace){.wants_bytes = (options & 0x80) != 0, .copies = (options & 0x40) != 0};
    trace->sum = 0xCBF29CE484222325u;
    trace->last = API_JSON_OBJECT_END;
    trace->budget.most = 64u << 20;
    api_memory_init(&trace->copied, 32u << 20, &trace->budget);
}

/* The next piece's length, of a cheap sequence of numbers. */
static size_t cut(uint32_t *seed, size_t left)
{
    *seed = *seed * 1664525 + 1013904223;
    size_t len = 1 + (*seed >> 24) % ((*seed >> 16 & 3) == 0 ? 64 : 4);
    return len < left ? len : left;
}

static enum status read_json(struct bytes text, uint8_t options, bool in_pieces,
                             struct trace *trace, struct report *report)
{
    struct api_json json;
    uint32_t seed = options;
    enum status status = STATUS_OK;
    begin(trace, options);
    api_json_init(&json, take, trace, report);
    while (text.len != 0 && status == STATUS_OK) {
        size_t len = in_pieces ? cut(&seed, text.len) : text.len;
        /* Memory of its own: reading past a piece is seen. */
        uint8_t *piece = malloc(len);
        ASSERT(piece != NULL);
        memcpy(piece, text.data, len);
        status = api_json_feed(&json, bytes_of(piece, len));
        free(piece);
        text = bytes_of(text.data + len, text.len - len);
    }
    return status != STATUS_OK ? status : api_json_finish(&json);
}

enum status json_check(struct bytes input, struct report *report)
{
    struct trace whole, pieces;
    struct report again;
    report_init(report);
    report_init(&again);
    if (input.len == 0)
        return STATUS_MALFORMED;
    uint8_t options = input.data[0];
    struct bytes text = bytes_of(input.data + 1, input.len - 1);
    enum status status = read_json(text, options, false, &whole, report);
    enum status other = read_json(text, options, true, &pieces, &again);
    ASSERT(status == other);
    ASSERT(report->offset == again.offset && strcmp(report->text, again.text) == 0);
    ASSERT(whole.sum == pieces.sum && whole.events == pieces.events);
    if (status == STATUS_OK) {
        ASSERT(bytes_equal(api_memory_bytes(&whole.copied), api_memory_bytes(&pieces.copied)));
        if (whole.copied.len != 0)
            ASSERT(api_json_check_array(api_memory_bytes(&whole.copied), NULL) == STATUS_OK);
    }
    api_memory_fini(&whole.copied);
    api_memory_fini(&pieces.copied);
    ASSERT(whole.budget.used == 0 && pieces.budget.used == 0);
    return status;
}

/* ---- frames ---- */

static void feed_pieces(struct api_parser *parser, struct bytes text, bool in_pieces)
{
    uint32_t seed = (uint32_t)text.len;
    while (text.len != 0) {
        size_t len = in_pieces ? cut(&seed, text.len) : text.len;
        api_parser_feed(parser, bytes_of(text.data, len));
        text = bytes_of(text.data + len, text.len - len);
    }
}

static void check_same(const struct api_request *a, const struct api_request *b)
{
    ASSERT(a->kind == b->kind && a->is_data == b->is_data);
    ASSERT(a->name.len == b->name.len && memcmp(a->name.data, b->name.data, a->name.len) == 0);
    ASSERT(a->second.len == b->second.len &&
           memcmp(a->second.data, b->second.data, a->second.len) == 0);
    ASSERT(bytes_equal(api_memory_bytes(&a->payload), api_memory_bytes(&b->payload)));
    ASSERT(a->has_key == b->has_key && a->key_digits == b->key_digits);
    ASSERT(!a->has_key || memcmp(a->key, b->key, sizeof a->key) == 0);
    ASSERT(a->max_fuel == b->max_fuel && a->wants_receipt == b->wants_receipt);
}

static enum status take_nothing(void *context, struct api_json *json, enum api_json_event event,
                                struct bytes text)
{
    (void)context;
    (void)json;
    (void)event;
    (void)text;
    return STATUS_OK;
}

/* The sentence of a refusal in its frame: JSON, of the length that it says. */
static void check_refusal(const struct api_request *request, const struct report *why,
                          struct api_budget *budget)
{
    struct api_memory text, frame;
    struct api_json json;
    api_memory_init(&text, 1u << 20, budget);
    api_memory_init(&frame, 1u << 20, budget);
    const struct api_reply reply = {1u << 16, &text, &frame};
    ASSERT(why->is_set);
    ASSERT(api_reply_error(&reply, request, bytes_of(why->text, why->len)) == STATUS_OK);
    size_t len = (size_t)frame.data[2] << 8 | frame.data[3];
    ASSERT(frame.data[0] == 0 && frame.data[1] == 0 && frame.len == len + 4);
    api_json_init(&json, take_nothing, NULL, NULL);
    ASSERT(api_json_feed(&json, bytes_of(frame.data + 4, len)) == STATUS_OK);
    ASSERT(api_json_finish(&json) == STATUS_OK);
    api_memory_fini(&text);
    api_memory_fini(&frame);
}

enum status frame_check(struct bytes input, struct report *report)
{
    struct api_budget budget = {0, (size_t)64 << 20};
    struct api_parser *whole = malloc(sizeof *whole), *pieces = malloc(sizeof *pieces);
    struct report again;
    ASSERT(whole != NULL && pieces != NULL);
    report_init(report);
    report_init(&again);
    api_parser_init(whole, &budget);
    api_parser_init(pieces, &budget);
    feed_pieces(whole, input, false);
    feed_pieces(pieces, input, true);
    enum status status = api_parser_finish(whole, report);
    enum status other = api_parser_finish(pieces, &again);
    ASSERT(status == other && strcmp(report->text, again.text) == 0);
    if (status == STATUS_OK) {
        check_same(&whole->request, &pieces->request);
        ASSERT(whole->request.kind != API_KIND_NONE);
        ASSERT(whole->request.kind != API_KIND_CALL ||
               api_json_check_array(api_memory_bytes(&whole->request.payload), NULL) == STATUS_OK);
    } else {
        check_refusal(&whole->request, report, &budget);
    }
    api_parser_fini(whole);
    api_parser_fini(pieces);
    ASSERT(budget.used == 0);
    free(whole);
    free(pieces);
    return status;
}
