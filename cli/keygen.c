/*
 * cli/keygen.c: aether keygen.
 */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/key.h"

static const char help[] =
    "usage: aether keygen -o KEY [--force] [--json]\n"
    "\n"
    "Makes a P-256 key for signing bundles. KEY is the private key (PEM, readable by you\n"
    "alone), KEY.pub the public one. What is printed is the key id (kid): the first 8 bytes\n"
    "of SHA-256 of the public point. Bundles and images name keys by it.\n"
    "\n"
    "  -o KEY     where to write\n"
    "  --force    overwrite a key that is there\n"
    "  --json     {\"kid\":..., \"private\":..., \"public\":...}\n"
    "\n"
    "example: aether keygen -o keys/flight.key\n"
    "An image runs what it knows the key of: `aether keyring --key keys/flight.key.pub ...`.\n"
    "Exit codes: 0 made; 2 usage; 3 not written.\n";

static bool may_write(const char *path, bool force)
{
    if (force || access(path, F_OK) != 0)
        return true;
    cli_say("%s: is there already; --force overwrites it", path);
    return false;
}

static void print(const struct bundle_key *key, const char *path, const char *public_path,
                  bool json)
{
    struct bytes kid = bytes_of(key->kid, sizeof key->kid);
    if (json) {
        (void)fputs("{\"kid\":\"", stdout);
        cli_print_hex(stdout, kid);
        (void)fputs("\",\"private\":", stdout);
        cli_print_json(stdout, bytes_of(path, strlen(path)));
        (void)fputs(",\"public\":", stdout);
        cli_print_json(stdout, bytes_of(public_path, strlen(public_path)));
        (void)fputs("}\n", stdout);
        return;
    }
    (void)fputs("kid ", stdout);
    cli_print_hex(stdout, kid);
    (void)fputc('\n', stdout);
}

static int make(const char *path, const char *public_path, bool json)
{
    struct bundle_key key;
    struct key_pair *pair = key_generate();
    bool is_made = pair != NULL && key_public(pair, &key) && key_write_private(pair, path) &&
                   key_write_public(pair, public_path);
    key_destroy(pair);
    if (!is_made)
        return CLI_FAILED;
    print(&key, path, public_path, json);
    return CLI_OK;
}

static int run(int argc, char **argv)
{
    const char *path = NULL;
    bool force = false, json = false;
    const struct cli_option options[] = {{"-o", CLI_TEXT, &path},
                                         {"--output", CLI_TEXT, &path},
                                         {"--force", CLI_FLAG, &force},
                                         {"--json", CLI_FLAG, &json}};
    struct cli_list none;
    char public_path[4096];
    if (!cli_parse(&cli_keygen, argc, argv, options, ARRAY_LEN(options), 0, 0, &none))
        return CLI_USAGE;
    if (path == NULL) {
        cli_say("keygen: where to? -o KEY");
        return CLI_USAGE;
    }
    int len = snprintf(public_path, sizeof public_path, "%s.pub", path);
    if (len < 0 || (size_t)len >= sizeof public_path) {
        cli_say("%s: name is too long", path);
        return CLI_USAGE;
    }
    if (!may_write(path, force) || !may_write(public_path, force))
        return CLI_FAILED;
    return make(path, public_path, json);
}

const struct cli_command cli_keygen = {"keygen", "makes a signing key", help, run};
