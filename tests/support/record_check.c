/*
 * tests/support/record_check.c: see record_check.h.
 *
 * io is played here, in memory; keys are the real ones. The input is a script:
 *
 *   how many changes (low 3 bits), then 6 bytes each: what, which record, which other, place u16,
 *   byte. Then one byte for each question that main asks: how it is answered; when they are used
 *   up, honestly.
 */
#include "tests/support/record_check.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/cbor.h"
#include "node/keys/internal.h"
#include "node/message/table.h"
#include "tests/support/store_judge.h"
#include "tests/support/test.h"

#define RECORDS_MAX 192u
#define VALUE_MAX   16384u
#define FAULTS_MAX  24u /* dishonest answers; some make main wait for a moment */

struct held {
    uint8_t table_len, record_len;
    uint8_t table[64], record[64];
    uint32_t len;
    uint8_t *value; /* VALUE_MAX bytes of room */
};

/* By table, then by record. */
struct outside {
    size_t count;
    struct held at[RECORDS_MAX];
    uint8_t room[RECORDS_MAX][VALUE_MAX];
};

struct playing {
    int socket;
    struct outside *outside;
    struct bytes script;
    unsigned faults;
    uint8_t answer[1u << 20];
};

static struct outside base;
static struct outside now;
static struct store_keys keys;
static uint64_t base_counter;

static void copy_outside(struct outside *to, const struct outside *from)
{
    to->count = from->count;
    for (size_t i = 0; i < RECORDS_MAX; i++) {
        to->at[i] = from->at[i];
        to->at[i].value = to->room[i];
        if (i < from->count)
            memcpy(to->room[i], from->at[i].value, from->at[i].len);
    }
}

static int order_of(const struct held *held, struct bytes table, struct bytes record)
{
    size_t len = held->table_len < table.len ? held->table_len : table.len;
    int order = memcmp(held->table, table.data, len);
    if (order == 0 && held->table_len != table.len)
        order = held->table_len < table.len ? -1 : 1;
    if (order != 0)
        return order;
    len = held->record_len < record.len ? held->record_len : record.len;
    order = len != 0 ? memcmp(held->record, record.data, len) : 0;
    if (order == 0 && held->record_len != record.len)
        order = held->record_len < record.len ? -1 : 1;
    return order;
}

static void take_out(struct outside *outside, size_t i)
{
    uint8_t *room = outside->at[i].value;
    for (; i + 1 < outside->count; i++)
        outside->at[i] = outside->at[i + 1];
    outside->count--;
    outside->at[outside->count].value = room;
}

static void put_in(struct outside *outside, struct bytes table, struct bytes record,
                   struct bytes value)
{
    size_t i = 0;
    while (i < outside->count && order_of(&outside->at[i], table, record) < 0)
        i++;
    if (i == outside->count || order_of(&outside->at[i], table, record) != 0) {
        if (outside->count == RECORDS_MAX)
            return;
        uint8_t *room = outside->at[outside->count].value;
        for (size_t j = outside->count++; j > i; j--)
            outside->at[j] = outside->at[j - 1];
        outside->at[i].value = room;
        outside->at[i].table_len = (uint8_t)table.len;
        outside->at[i].record_len = (uint8_t)record.len;
        memcpy(outside->at[i].table, table.data, table.len);
        memcpy(outside->at[i].record, record.data, record.len);
    }
    assert_true(value.len <= VALUE_MAX);
    outside->at[i].len = (uint32_t)value.len;
    memcpy(outside->at[i].value, value.data, value.len);
}

/* What main sends is its own: well-formed, and checked by asserting. */
static void commit(struct outside *outside, struct bytes changes)
{
    struct cbor_reader reader;
    uint64_t count;
    cbor_reader_init(&reader, changes, 0, NULL);
    assert_int_equal(cbor_read_array(&reader, &count), STATUS_OK);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t fields;
        struct bytes table;
        struct bytes record = {0};
        struct bytes value = {0};
        assert_int_equal(cbor_read_array(&reader, &fields), STATUS_OK);
        assert_int_equal(cbor_read_text(&reader, &table), STATUS_OK);
        if (fields > 1)
            assert_int_equal(cbor_read_bytes(&reader, &record), STATUS_OK);
        if (fields > 2)
            assert_int_equal(cbor_read_bytes(&reader, &value), STATUS_OK);
        for (size_t j = outside->count; fields < 3 && j-- != 0;) {
            struct held *held = &outside->at[j];
            bool is_it = fields == 2 ? order_of(held, table, record) == 0
                                     : bytes_equal(bytes_of(held->table, held->table_len), table);
            if (is_it)
                take_out(outside, j);
        }
        if (fields == 3)
            put_in(outside, table, record, value);
    }
    assert_int_equal(cbor_reader_end(&reader), STATUS_OK);
}

static uint8_t next_byte(struct bytes *script)
{
    if (script->len == 0)
        return 0;
    uint8_t byte = script->data[0];
    *script = bytes_of(script->data + 1, script->len - 1);
    return byte;
}

static struct bytes rest_of(struct playing *playing)
{
    size_t len = next_byte(&playing->script);
    len = len < playing->script.len ? len : playing->script.len;
    struct bytes rest = bytes_of(playing->script.data, len);
    playing->script = bytes_of(playing->script.data + len, playing->script.len - len);
    return rest;
}

static enum message_type answer_get(struct playing *playing, const struct message_store_get *get,
                                    uint8_t how, union message_any *out)
{
    struct outside *outside = playing->outside;
    struct message_store_value value = {.id = get->id};
    for (size_t i = 0; i < outside->count; i++) {
        if (order_of(&outside->at[i], get->table, get->record) != 0)
            continue;
        value.is_found = 1;
        value.value = bytes_of(outside->at[i].value, outside->at[i].len);
    }
    if (how == 202 && outside->count != 0) {
        const struct held *other = &outside->at[next_byte(&playing->script) % outside->count];
        value.is_found = 1;
        value.value = bytes_of(other->value, other->len);
    } else if (how == 205) {
        value.is_found = next_byte(&playing->script);
        value.value = rest_of(playing);
    }
    out->store_value = value;
    return MESSAGE_STORE_VALUE;
}

static enum message_type answer_scan(struct playing *playing, const struct message_store_scan *scan,
                                     uint8_t how, union message_any *out)
{
    struct message_store_records records = {.id = scan->id};
    struct outside *outside = playing->outside;
    struct cbor_writer writer;
    uint64_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            cbor_writer_init(&writer, playing->answer, sizeof playing->answer);
            cbor_write_array(&writer, how == 209 ? 0 : how == 210 ? 2 * count : count);
        }
        for (size_t i = 0; i < outside->count && how != 209; i++) {
            const struct held *held = &outside->at[i];
            if (!bytes_equal(bytes_of(held->table, held->table_len), scan->table) ||
                order_of(held, scan->table, scan->after) <= 0)
                continue;
            count += pass == 0 ? 1 : 0;
            for (int times = 0; pass == 1 && times < (how == 210 ? 2 : 1); times++) {
                cbor_write_array(&writer, 2);
                cbor_write_bytes(&writer, bytes_of(held->record, held->record_len));
                cbor_write_bytes(&writer, bytes_of(held->value, held->len));
            }
        }
    }
    assert_int_equal(cbor_writer_end(&writer, &records.records), STATUS_OK);
    records.has_more = how == 203;
    if (how == 205)
        records.records = rest_of(playing);
    out->store_records = records;
    return MESSAGE_STORE_RECORDS;
}

static enum message_type fail_with(union message_any *out, uint32_t id, uint64_t code)
{
    out->failed =
        (struct message_failed){.id = id, .code = code, .text = BYTES_LITERAL("not today")};
    return MESSAGE_FAILED;
}

static enum message_type answer(void *context, enum message_type type, const void *question,
                                union message_any *out)
{
    struct playing *playing = context;
    uint8_t how = playing->faults < FAULTS_MAX ? next_byte(&playing->script) : 0;
    uint32_t id;
    memcpy(&id, question, sizeof id);
    memset(out, 0, sizeof *out);
    out->id = id;
    playing->faults += how >= 200;
    if (type == MESSAGE_STORE_COMMIT && how != 206 && how != 208)
        commit(playing->outside, ((const struct message_store_commit *)question)->changes);
    if (how == 200 && type == MESSAGE_STORE_GET)
        return MESSAGE_STORE_VALUE;
    if (how == 201)
        return fail_with(out, id, next_byte(&playing->script) % 12);
    if (how == 204)
        return MESSAGE_DONE;
    if (how == 207 || how == 208)
        return fail_with(out, id, how == 207 ? MESSAGE_FAILURE_UNAVAILABLE : MESSAGE_FAILURE_LIMIT);
    if (type == MESSAGE_STORE_GET)
        return answer_get(playing, question, how, out);
    if (type == MESSAGE_STORE_SCAN)
        return answer_scan(playing, question, how, out);
    assert_int_equal(type, MESSAGE_STORE_COMMIT);
    return MESSAGE_DONE;
}

static void *play(void *context)
{
    struct playing *playing = context;
    struct message_in *in = malloc(sizeof *in);
    struct report report;
    union message_any out;
    enum status status = STATUS_OK;
    assert_non_null(in);
    while (status == STATUS_OK || status == STATUS_UNAVAILABLE) {
        report_init(&report);
        status = message_receive_wait(playing->socket, in, 10000, &report);
        if (status != STATUS_OK)
            continue;
        enum message_type type = answer(playing, in->type, &in->any, &out);
        message_release(in);
        status = message_send_wait(playing->socket, type, &out, -1, 10000);
    }
    free(in);
    return NULL;
}

/* One life of main's side beside a player. */
static enum store_verdict live(struct outside *outside, struct bytes script, bool is_first,
                               char *out_sentence)
{
    static struct playing playing;
    struct report report;
    struct caller *io;
    pthread_t thread;
    int sockets[2];
    enum store_verdict verdict = STORE_SAME;
    playing.outside = outside;
    playing.script = script;
    playing.faults = 0;
    assert_int_equal(message_pair(sockets, &report), STATUS_OK);
    playing.socket = sockets[1];
    if (caller_direct_serve != NULL)
        caller_direct_serve(sockets[0], answer, &playing);
    else
        assert_int_equal(pthread_create(&thread, NULL, play, &playing), 0);
    assert_int_equal(caller_create(sockets[0], &io, &report), STATUS_OK);
    if (is_first)
        store_judge_fill_link(&keys, io);
    else
        verdict = store_judge(&keys, io, out_sentence);
    caller_destroy(io);
    if (caller_direct_serve == NULL)
        (void)pthread_join(thread, NULL);
    (void)close(sockets[1]);
    return verdict;
}

/* keys by a call, for a fuzzer. */
static enum message_type answer_keys(void *context, enum message_type type, const void *question,
                                     union message_any *out)
{
    static struct keys_answer made;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static _Thread_local uint8_t body[MESSAGE_INLINE_MAX];
    static bool is_made;
    union message_any asked;
    const struct store_keys *from = context;
    memset(&asked, 0, sizeof asked);
    (void)pthread_mutex_lock(&lock);
    if (!is_made)
        assert_int_equal(keys_answer_init(&made), STATUS_OK);
    is_made = true;
    memcpy(&asked, question, message_layout_of(type)->size);
    keys_answer(from->keys, type, &asked, &made);
    *out = made.any;
    enum message_type got = made.type;
    struct bytes *part = got == MESSAGE_SEALED      ? &out->sealed.sealed
                         : got == MESSAGE_UNSEALED  ? &out->unsealed.plain
                         : got == MESSAGE_RECORD_IS ? &out->record_is.record
                                                    : NULL;
    if (part != NULL && part->len <= sizeof body) { /* the next question is another thread's */
        memcpy(body, part->data, part->len);
        part->data = body;
    }
    (void)pthread_mutex_unlock(&lock);
    return got;
}

static void finish(void)
{
    store_keys_stop(&keys);
}

static void begin(void)
{
    char sentence[REPORT_TEXT_MAX];
    static bool has_begun;
    if (has_begun)
        return;
    has_begun = true;
    store_keys_start(&keys, -1, NULL);
    if (caller_direct_serve != NULL)
        caller_direct_serve(keys.sockets[0], answer_keys, &keys);
    assert_int_equal(atexit(finish), 0);
    for (size_t i = 0; i < RECORDS_MAX; i++)
        base.at[i].value = base.room[i];
    (void)live(&base, bytes_of("", 0), true, sentence);
    base_counter = keys.keys->counter;
    copy_outside(&now, &base);
    assert_int_equal(live(&now, bytes_of("", 0), false, sentence), STORE_SAME);
}

/* ---- an honest io ---- */

static struct outside kept;
static size_t kept_at_first;
static struct caller *honest_io;

/* The store's own thread asks, too. */
static enum message_type answer_honestly(void *context, enum message_type type,
                                         const void *question, union message_any *out)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    (void)pthread_mutex_lock(&lock);
    const enum message_type got = answer(context, type, question, out);
    assert_true(kept.count < RECORDS_MAX);
    (void)pthread_mutex_unlock(&lock);
    return got;
}

struct store *record_honest_store(struct store_keys **out_keys)
{
    static struct playing playing = {.outside = &kept};
    static struct store_trial trial;
    struct report report;
    pthread_t thread;
    int sockets[2];
    begin();
    copy_outside(&kept, &base);
    keys.keys->counter = base_counter;
    assert_int_equal(message_pair(sockets, &report), STATUS_OK);
    playing.socket = sockets[1];
    if (caller_direct_serve != NULL) {
        caller_direct_serve(sockets[0], answer_honestly, &playing);
    } else {
        assert_int_equal(pthread_create(&thread, NULL, play, &playing), 0);
        assert_int_equal(pthread_detach(thread), 0);
    }
    assert_int_equal(caller_create(sockets[0], &honest_io, &report), STATUS_OK);
    assert_int_equal(store_trial_open_link(&trial, &keys, honest_io, RECORD_APP_BYTES), STATUS_OK);
    kept_at_first = kept.count;
    *out_keys = &keys;
    return trial.store;
}

bool record_honest_is_empty(void)
{
    return kept.count == kept_at_first;
}

/* ---- a hostile one ---- */

static void change(struct outside *outside, struct bytes *script)
{
    uint8_t what = next_byte(script) % 9;
    if (outside->count == 0)
        return;
    struct held *one = &outside->at[next_byte(script) % outside->count];
    struct held *other = &outside->at[next_byte(script) % outside->count];
    size_t place = next_byte(script);
    place |= (size_t)next_byte(script) << 8;
    uint8_t byte = next_byte(script);
    struct held copy = *one;
    switch (what) {
    case 0:
        if (one->len != 0)
            one->value[place % one->len] ^= byte;
        break;
    case 1:
        one->value = other->value;
        one->len = other->len;
        other->value = copy.value;
        other->len = copy.len;
        break;
    case 2:
        take_out(outside, (size_t)(one - outside->at));
        break;
    case 3:
        one->len = other->len;
        memmove(one->value, other->value, other->len);
        break;
    case 4:
        one->len = (uint32_t)(place < one->len ? place : one->len);
        break;
    case 5:
        memset(one->value + one->len, byte, place % 64);
        one->len += (uint32_t)(place % 64);
        break;
    case 6:
        if (one->len >= 8)
            store_le64(one->value, place);
        break;
    case 7:
        one->record[place % 32] ^= byte;
        break;
    default:
        memcpy(one->table, other->table, sizeof one->table);
        one->table_len = other->table_len;
        break;
    }
}

enum status record_check(struct bytes input, struct report *report)
{
    char sentence[REPORT_TEXT_MAX];
    begin();
    copy_outside(&now, &base);
    keys.keys->counter = base_counter;
    unsigned changes = next_byte(&input) % 8;
    for (unsigned i = 0; i < changes; i++)
        change(&now, &input);
    enum store_verdict verdict = live(&now, input, false, sentence);
    ASSERT(verdict == STORE_SAME || verdict == STORE_NAMED || verdict == STORE_MUTE);
    if (verdict == STORE_SAME)
        return STATUS_OK;
    report_write(report, REPORT_NO_OFFSET, sentence);
    return STATUS_TAMPERED;
}
