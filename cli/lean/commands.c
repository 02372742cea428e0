/*
 * cli/lean/commands.c: the commands that need OpenSSL, in an aether(1) that is linked without it.
 *
 * Loading and relocating libcrypto takes as long as running a small program in a cell twice, so the
 * commands with keys are in a second program, aether-keys, which this one becomes: the same sources
 * with cli/key.c. Summaries stand here again for `aether help`; everything else is there.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/syscall.h>

#include "cli/cli.h"
#include "node/gate/process.h"

extern char **environ;

/* The same words to the other program; comes back only when that is not there. */
static int go_on(int argc, char **argv)
{
    char program[] = "aether";
    char **words = calloc((size_t)argc + 2, sizeof *words);
    int fd = gate_process_open_beside("aether-keys");
    if (words == NULL || fd < 0) {
        cli_say("aether-keys, which has the commands with keys, is not beside this program");
        free(words);
        return CLI_FAILED;
    }
    words[0] = program;
    memcpy(words + 1, argv, (size_t)argc * sizeof *words);
    (void)syscall(SYS_execveat, fd, "", words, environ, AT_EMPTY_PATH);
    cli_say("aether-keys can not be executed");
    free(words);
    return CLI_FAILED;
}

const struct cli_command cli_keygen = {"keygen", "makes a signing key", NULL, go_on};
const struct cli_command cli_sign = {"sign", "makes a bundle: payload, manifest, signatures", NULL,
                                     go_on};
const struct cli_command cli_keyring = {"keyring", "the keys that an image believes", NULL, go_on};
const struct cli_command cli_verify = {"verify", "runs the payload again and compares the receipts",
                                       NULL, go_on};
