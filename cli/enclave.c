/*
 * cli/enclave.c: aether enclave: becomes aether-enclave, which is linked with OpenSSL's TLS.
 *
 * aether(1) stays small and static (cli/lean/commands.c says why); the client of the enclave
 * service is a program of its own beside it, and gets the words behind `enclave`.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"
#include "node/gate/process.h"

extern char **environ;

static int go_on(int argc, char **argv)
{
    char program[] = "aether-enclave";
    char **words = calloc((size_t)argc + 1, sizeof *words);
    int fd = gate_process_open_beside(program);
    if (words == NULL || fd < 0) {
        cli_say("aether-enclave, the client of the enclave service, is not beside this program");
        free(words);
        return CLI_FAILED;
    }
    memcpy(words, argv, (size_t)argc * sizeof *words);
    words[0] = program;
    (void)syscall(SYS_execveat, fd, "", words, environ, AT_EMPTY_PATH);
    cli_say("aether-enclave can not be executed");
    free(words);
    return CLI_FAILED;
}

const struct cli_command cli_enclave = {"enclave", "a client of the enclave service (aetherd)",
                                        NULL, go_on};
