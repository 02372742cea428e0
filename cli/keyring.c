/*
 * cli/keyring.c: aether keyring: the keys that an image believes.
 */
#include "core/proof/keyring.h"

#include "cli/cli.h"
#include "cli/key.h"

static const char help[] =
    "usage: aether keyring [--key PUB ...] [--bench] -o keyring.bin\n"
    "\n"
    "Writes what an image embeds: the public keys whose signatures it believes\n"
    "(aether/abi/keyring.h). One good signature by one of them lets a bundle run.\n"
    "\n"
    "  --key PUB   public key (KEY.pub of `aether keygen`); up to 16 times\n"
    "  --bench     the image is for bench use: it runs unsigned bundles, too, and every\n"
    "              receipt says so\n"
    "  -o OUT      where to write\n"
    "\n"
    "example: aether keyring --key keys/dev.key.pub -o build/keyring.bin\n"
    "Exit codes: 0 written; 1 a key twice; 2 usage; 3 a file could not be read or written.\n";

static int write_keys(struct bundle_key *keys, size_t count, bool bench, const char *path)
{
    uint8_t memory[KEYRING_BYTES_MAX];
    struct buffer buffer = {.data = memory, .cap = sizeof memory};
    if (keyring_write(keys, count, bench, &buffer) != STATUS_OK) {
        cli_say("keyring: a key is there twice");
        return CLI_REFUSED;
    }
    return cli_write(path, buffer_bytes(&buffer), 0644) ? CLI_OK : CLI_FAILED;
}

static int run(int argc, char **argv)
{
    const char *output = NULL;
    bool bench = false;
    struct cli_list paths = {0}, none;
    struct bundle_key keys[KEYRING_KEYS_MAX];
    const struct cli_option options[] = {{"-o", CLI_TEXT, &output},
                                         {"--output", CLI_TEXT, &output},
                                         {"--key", CLI_LIST, &paths},
                                         {"--bench", CLI_FLAG, &bench}};
    if (!cli_parse(&cli_keyring, argc, argv, options, ARRAY_LEN(options), 0, 0, &none))
        return CLI_USAGE;
    if (output == NULL || (paths.count == 0 && !bench)) {
        cli_say("keyring: -o OUT and at least one --key PUB (or --bench) are wanted");
        return CLI_USAGE;
    }
    for (size_t i = 0; i < paths.count; i++)
        if (!key_read_public(paths.items[i], &keys[i]))
            return CLI_FAILED;
    return write_keys(keys, paths.count, bench, output);
}

const struct cli_command cli_keyring = {"keyring", "the keys that an image believes", help, run};
