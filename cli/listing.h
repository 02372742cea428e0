/*
 * cli/listing.h: one description of a thing, printed as lines for people or as JSON.
 *
 * An object has members: numbers, names, words, and lists of items, which have members again. In
 * text a list has a title and each item a line; a member is its prefix, value and suffix there, and
 * one with a prefix NULL is left out. In JSON it is the key and the value.
 */
#ifndef AETHER_CLI_LISTING_H
#define AETHER_CLI_LISTING_H

#include <stdio.h>

#include "core/base/bytes.h"

#define LISTING_DEPTH 8

struct listing {
    FILE *out;
    bool json;
    unsigned depth;
    bool has_members[LISTING_DEPTH]; /* JSON: a comma is due */
};

void listing_begin(struct listing *listing, FILE *out, bool json);
void listing_end(struct listing *listing);

/* `count` is shown behind the title. */
void listing_open(struct listing *listing, const char *key, const char *title, uint64_t count);
void listing_close(struct listing *listing);
void listing_item(struct listing *listing);
void listing_item_end(struct listing *listing);

void listing_number(struct listing *listing, const char *key, const char *prefix, uint64_t number,
                    const char *suffix);
void listing_flag(struct listing *listing, const char *key, const char *prefix, bool is_set);
/* Of ours: no escapes needed. */
void listing_word(struct listing *listing, const char *key, const char *prefix, const char *word);
/* Of anybody: quoted and escaped. */
void listing_name(struct listing *listing, const char *key, const char *prefix, struct bytes name);

/* What is printed to listing->out between the two is the member's value; it needs no escapes. */
void listing_value(struct listing *listing, const char *key, const char *prefix);
void listing_value_end(struct listing *listing);

#endif
