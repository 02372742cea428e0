/*
 * tests/differential/mutate.c: see mutate.h.
 *
 * A seed is split into sections; one section's contents, or one function's body, is a `run` of
 * bytes that is edited once, sometimes up to four times; then all is written again with sizes that
 * fit. One mutant in sixteen is edited as plain bytes instead, sizes and all.
 */
#include "tests/differential/mutate.h"

#define SECTIONS_MAX 64u
#define CODE_SECTION 10u

struct random {
    uint64_t state;
};

struct section {
    uint8_t id;
    struct bytes body;
};

struct run {
    uint8_t *data;
    size_t len, cap;
};

static uint64_t next(struct random *random)
{
    uint64_t z = (random->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(struct random *random, size_t bound)
{
    return bound == 0 ? 0 : (size_t)(next(random) % bound);
}

static bool read_leb(struct bytes *input, size_t *out)
{
    size_t value = 0;
    for (unsigned shift = 0; shift < 35 && input->len != 0; shift += 7) {
        uint8_t byte = *input->data++;
        input->len--;
        value |= (size_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return false;
}

static size_t write_leb(uint8_t *to, size_t value)
{
    size_t len = 0;
    do {
        uint8_t byte = value & 0x7F;
        value >>= 7;
        to[len++] = (uint8_t)(byte | (value != 0 ? 0x80 : 0));
    } while (value != 0);
    return len;
}

static size_t split(struct bytes input, struct section *sections)
{
    size_t count = 0;
    if (input.len < 8)
        return 0;
    input = bytes_of(input.data + 8, input.len - 8);
    while (input.len != 0 && count < SECTIONS_MAX) {
        size_t len;
        sections[count].id = *input.data++;
        input.len--;
        if (!read_leb(&input, &len) || len > input.len)
            break;
        sections[count++].body = bytes_of(input.data, len);
        input.data += len;
        input.len -= len;
    }
    return count;
}

/* Bytes that mean something: types, operators with and without prefix, numbers at their edges. */
static const char *const words[] = {
    "\x7F",
    "\x7E",
    "\x7D",
    "\x7C",
    "\x7B",
    "\x78",
    "\x77",
    "\x74",
    "\x73",
    "\x72",
    "\x71",
    "\x70",
    "\x6F",
    "\x6E",
    "\x6D",
    "\x6C",
    "\x6B",
    "\x6A",
    "\x69",
    "\x64\x70",
    "\x63\x01",
    "\x64\x01",
    "\x60",
    "\x5F",
    "\x5E",
    "\x50",
    "\x4F",
    "\x4E",
    "\x40",
    "\x1A",
    "\x1B",
    "\x0B",
    "\x05",
    "\x0F",
    "\x01",
    "\x02\x40",
    "\x03\x40",
    "\x04\x40",
    "\x41\x01",
    "\x42\x01",
    "\x43\x01\x01\x01\x01",
    "\x20\x01",
    "\x21\x01",
    "\x22\x01",
    "\x23\x01",
    "\x24\x01",
    "\x0C\x01",
    "\x0D\x01",
    "\x0E\x01\x01\x01",
    "\x10\x01",
    "\x11\x01\x01",
    "\x12\x01",
    "\x13\x01\x01",
    "\x14\x01",
    "\x15\x01",
    "\xD0\x70",
    "\xD0\x6F",
    "\xD0\x01",
    "\xD1",
    "\xD2\x01",
    "\xD3",
    "\xD4",
    "\xD5\x01",
    "\xD6\x01",
    "\x08\x01",
    "\x0A",
    "\x1F\x40\x01\x01",
    "\x28\x02\x01",
    "\x36\x02\x01",
    "\x28\x42\x01\x01",
    "\x3F\x01",
    "\x40\x01",
    "\x6A",
    "\x7C",
    "\xFC\x08\x01\x01",
    "\xFC\x0A\x01\x01",
    "\xFC\x0B\x01",
    "\xFC\x0C\x01\x01",
    "\xFC\x0F\x01",
    "\xFC\x10\x01",
    "\xFC\x11\x01",
    "\xFB\x01\x01",
    "\xFB\x02\x01\x01",
    "\xFB\x05\x01\x01",
    "\xFB\x06\x01",
    "\xFB\x07\x01",
    "\xFB\x08\x01\x01",
    "\xFB\x0B\x01",
    "\xFB\x0F",
    "\xFB\x11\x01\x01",
    "\xFB\x14\x01",
    "\xFB\x16\x6D",
    "\xFB\x18\x01\x01\x6E\x6D",
    "\xFB\x19\x03\x01\x6E\x6D",
    "\xFB\x1A",
    "\xFB\x1B",
    "\xFB\x1C",
    "\xFB\x1D",
    "\xFB\x1E",
    "\xFD\x0F",
    "\xFD\x15\x01",
    "\xFD\x51",
    "\xFD\x53",
    "\xFD\xAE\x01",
    "\xFD\x85\x02",
    "\xFE\x10\x02\x01",
    "\xFE\x03\x01",
    "\xFF\xFF\xFF\xFF\x0F",
    "\xFF\xFF\xFF\xFF\x07",
    "\x80\x80\x80\x80\x10",
    "\x80\x01",
    "\x7F\x01",
    "\xC0\x01",
};

static void replace(struct run *run, size_t at, size_t gone, const uint8_t *with, size_t len)
{
    if (gone > run->len - at)
        gone = run->len - at;
    if (run->len - gone + len > run->cap)
        return;
    memmove(run->data + at + len, run->data + at + gone, run->len - at - gone);
    memcpy(run->data + at, with, len);
    run->len = run->len - gone + len;
}

static void edit(struct run *run, struct bytes donor, struct random *random)
{
    size_t at = below(random, run->len + 1);
    uint8_t chunk[64];
    const char *word = words[below(random, ARRAY_LEN(words))];
    size_t word_len = strlen(word);
    size_t len = 1 + below(random, 8);
    bool is_inside = at < run->len;
    switch (below(random, 10)) {
    case 0:
        if (is_inside)
            run->data[at] = (uint8_t)next(random);
        return;
    case 1:
    case 2:
        if (is_inside)
            run->data[at] = (uint8_t)(run->data[at] + (next(random) % 2 == 0 ? 1 : 0xFF));
        return;
    case 3:
        if (is_inside)
            run->data[at] ^= (uint8_t)(1u << below(random, 8));
        return;
    case 4:
    case 5:
        replace(run, at, 0, (const uint8_t *)word, word_len);
        return;
    case 6:
        replace(run, at, word_len, (const uint8_t *)word, word_len);
        return;
    case 7:
        replace(run, at, len, (const uint8_t *)word, 0);
        return;
    default:
        break;
    }
    len = 1 + below(random, sizeof chunk);
    struct bytes from = below(random, 2) == 0 ? donor : bytes_of(run->data, run->len);
    if (from.len == 0)
        return;
    size_t start = below(random, from.len);
    if (len > from.len - start)
        len = from.len - start;
    memcpy(chunk, from.data + start, len);
    replace(run, at, below(random, 2) == 0 ? len : 0, chunk, len);
}

static void edit_often(struct run *run, struct bytes donor, struct random *random)
{
    size_t count = below(random, 4) != 0 ? 1 : 2 + below(random, 3);
    for (size_t i = 0; i < count; i++)
        edit(run, donor, random);
}

/* The bodies before and behind body `index`, and it. */
static bool find_body(struct bytes code, size_t index, struct bytes *before, struct bytes *body,
                      struct bytes *behind)
{
    struct bytes rest = code;
    size_t count;
    if (!read_leb(&rest, &count) || count == 0)
        return false;
    index %= count;
    for (size_t i = 0; i <= index; i++) {
        size_t len;
        *before = bytes_of(code.data, (size_t)(rest.data - code.data));
        if (!read_leb(&rest, &len) || len > rest.len)
            return false;
        *body = bytes_of(rest.data, len);
        rest = bytes_of(rest.data + len, rest.len - len);
    }
    *behind = rest;
    return true;
}

/* Section `section` with one of its bodies edited, at `to`. */
static size_t edit_code(struct bytes code, struct bytes donor, struct random *random, uint8_t *to,
                        uint8_t *spare)
{
    struct bytes before, body, behind;
    if (!find_body(code, (size_t)next(random) >> 1, &before, &body, &behind) ||
        body.len > MUTANT_BYTES_MAX / 8) {
        memcpy(to, code.data, code.len);
        return code.len;
    }
    struct run run = {spare, body.len, MUTANT_BYTES_MAX / 4};
    memcpy(spare, body.data, body.len);
    edit_often(&run, donor, random);
    size_t at = before.len;
    memcpy(to, before.data, before.len);
    at += write_leb(to + at, run.len);
    memcpy(to + at, run.data, run.len);
    at += run.len;
    memcpy(to + at, behind.data, behind.len);
    return at + behind.len;
}

static size_t edit_section(const struct section *section, struct bytes donor, struct random *random,
                           uint8_t *to)
{
    static uint8_t spare[MUTANT_BYTES_MAX];
    if (section->id == CODE_SECTION && below(random, 8) != 0)
        return edit_code(section->body, donor, random, to, spare);
    struct run run = {to, section->body.len, MUTANT_BYTES_MAX / 4};
    memcpy(to, section->body.data, section->body.len);
    edit_often(&run, donor, random);
    return run.len;
}

static struct bytes edit_plain(struct bytes seed, struct random *random, uint8_t *room)
{
    struct run run = {room, seed.len, MUTANT_BYTES_MAX / 4};
    memcpy(room, seed.data, seed.len);
    edit_often(&run, seed, random);
    return bytes_of(run.data, run.len);
}

/* Some section of the donor with the same number. */
static struct bytes donor_of(struct bytes seed, uint8_t id)
{
    struct section sections[SECTIONS_MAX];
    size_t count = split(seed, sections);
    for (size_t i = 0; i < count; i++)
        if (sections[i].id == id)
            return sections[i].body;
    return bytes_of(NULL, 0);
}

struct bytes mutate(const struct bytes *seeds, size_t seed_count, uint64_t seed, uint64_t index,
                    uint8_t *room)
{
    static uint8_t changed[MUTANT_BYTES_MAX];
    struct random random = {seed * 0xD1342543DE82EF95u + index};
    struct bytes origin = seeds[below(&random, seed_count)];
    struct bytes donor = seeds[below(&random, seed_count)];
    struct section sections[SECTIONS_MAX];
    if (origin.len > MUTANT_BYTES_MAX / 4)
        origin.len = MUTANT_BYTES_MAX / 4;
    size_t count = split(origin, sections);
    if (count == 0 || below(&random, 16) == 0)
        return edit_plain(origin, &random, room);
    size_t chosen = below(&random, count);
    for (size_t i = 0; i < count; i++) /* half of the mutants are about code */
        if (sections[i].id == CODE_SECTION && below(&random, 2) == 0)
            chosen = i;
    size_t at = 8;
    memcpy(room, origin.data, 8);
    for (size_t i = 0; i < count; i++) {
        struct bytes body = sections[i].body;
        if (i == chosen)
            body = bytes_of(changed, edit_section(&sections[i], donor_of(donor, sections[i].id),
                                                  &random, changed));
        room[at++] = sections[i].id;
        at += write_leb(room + at, body.len);
        memcpy(room + at, body.data, body.len);
        at += body.len;
    }
    return bytes_of(room, at);
}
