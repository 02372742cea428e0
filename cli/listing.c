/*
 * cli/listing.c: commas, quotes and prefixes.
 */
#include "cli/listing.h"

#include "cli/cli.h"

static void enter(struct listing *listing)
{
    ASSERT(listing->depth + 1 < LISTING_DEPTH);
    listing->has_members[++listing->depth] = false;
}

static void separate(struct listing *listing)
{
    if (listing->has_members[listing->depth])
        (void)fputc(',', listing->out);
    listing->has_members[listing->depth] = true;
}

static void print_key(struct listing *listing, const char *key)
{
    separate(listing);
    (void)fprintf(listing->out, "\"%s\":", key);
}

void listing_begin(struct listing *listing, FILE *out, bool json)
{
    *listing = (struct listing){.out = out, .json = json};
    if (json)
        (void)fputc('{', out);
}

void listing_end(struct listing *listing)
{
    if (listing->json)
        (void)fputs("}\n", listing->out);
}

void listing_open(struct listing *listing, const char *key, const char *title, uint64_t count)
{
    if (listing->json) {
        print_key(listing, key);
        (void)fputc('[', listing->out);
    } else {
        (void)fprintf(listing->out, "\n%s (%llu)\n", title, (unsigned long long)count);
    }
    enter(listing);
}

void listing_close(struct listing *listing)
{
    listing->depth--;
    if (listing->json)
        (void)fputc(']', listing->out);
}

void listing_item(struct listing *listing)
{
    if (listing->json) {
        separate(listing);
        (void)fputs("\n{", listing->out);
    } else {
        (void)fputs("  ", listing->out);
    }
    enter(listing);
}

void listing_item_end(struct listing *listing)
{
    listing->depth--;
    (void)fputc(listing->json ? '}' : '\n', listing->out);
}

void listing_number(struct listing *listing, const char *key, const char *prefix, uint64_t number,
                    const char *suffix)
{
    if (listing->json) {
        print_key(listing, key);
        (void)fprintf(listing->out, "%llu", (unsigned long long)number);
    } else if (prefix != NULL) {
        (void)fprintf(listing->out, "%s%llu%s", prefix, (unsigned long long)number, suffix);
    }
}

void listing_flag(struct listing *listing, const char *key, const char *prefix, bool is_set)
{
    if (listing->json) {
        print_key(listing, key);
        (void)fputs(is_set ? "true" : "false", listing->out);
    } else if (prefix != NULL && is_set) {
        (void)fputs(prefix, listing->out);
    }
}

void listing_value(struct listing *listing, const char *key, const char *prefix)
{
    if (listing->json) {
        print_key(listing, key);
        (void)fputc('"', listing->out);
    } else {
        (void)fputs(prefix, listing->out);
    }
}

void listing_value_end(struct listing *listing)
{
    if (listing->json)
        (void)fputc('"', listing->out);
}

void listing_word(struct listing *listing, const char *key, const char *prefix, const char *word)
{
    if (!listing->json && prefix == NULL)
        return;
    listing_value(listing, key, prefix);
    (void)fputs(word, listing->out);
    listing_value_end(listing);
}

void listing_name(struct listing *listing, const char *key, const char *prefix, struct bytes name)
{
    if (listing->json) {
        print_key(listing, key);
        cli_print_json(listing->out, name);
    } else if (prefix != NULL) {
        (void)fputs(prefix, listing->out);
        cli_print_name(listing->out, name);
    }
}
