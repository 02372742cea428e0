/*
 * cli/main.c: aether(1): picks the command.
 */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

#define VERSION "0.1.0"

static const struct cli_command *const commands[] = {
    &cli_validate,   &cli_inspect, &cli_run,      &cli_wast,   &cli_keygen,
    &cli_sign,       &cli_bundle,  &cli_receipts, &cli_verify, &cli_keyring,
    &cli_image_hash, &cli_enclave, &cli_log,
};

static const char intro[] =
    "aether: WebAssembly modules, and keys, bundles and receipts of sealed enclaves\n"
    "\n"
    "  aether COMMAND [OPTION...] [FILE...]\n"
    "  aether COMMAND --help     what the command does, with examples\n"
    "\n";

static const char outro[] =
    "  help         this text; `aether help COMMAND` is `aether COMMAND --help`\n"
    "  version      the version of this program\n"
    "\n"
    "A module on its own:\n"
    "\n"
    "  aether run fib.wasm --invoke fib 30             prints the result, or the trap with its "
    "frames\n"
    "\n"
    "From nothing to a checked receipt:\n"
    "\n"
    "  aether keygen -o dev.key                        a signing key\n"
    "  aether sign policy.wasm -o policy.bundle --key dev.key\n"
    "  make run PAYLOAD=policy.wasm                    the machine runs it, the board keeps "
    "receipts\n"
    "  aether verify --image build/run.elf build/receipts.bin build/run.elf.bundle\n"
    "\n"
    "Exit codes: 0 it holds; 1 refused, broken or different; 2 wrong command line;\n"
    "3 a file could not be read or written; 4 the guest trapped.\n";

static int print_help(void)
{
    (void)fputs(intro, stdout);
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        (void)printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
    (void)fputs(outro, stdout);
    return CLI_OK;
}

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    cli_say("there is no command \"%s\"; `aether help` lists them", name);
    return NULL;
}

static int print_command_help(const char *name)
{
    const struct cli_command *command = find_command(name);
    if (command == NULL)
        return CLI_USAGE;
    if (command->help == NULL) {
        char ask[] = "--help";
        char *words[] = {(char *)(uintptr_t)name, ask, NULL};
        return command->run(2, words);
    }
    (void)fputs(command->help, stdout);
    return CLI_OK;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* What was printed must have arrived, or a script takes half an answer for a whole one. */
static int flush(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    cli_say("standard output: could not be written");
    return CLI_FAILED;
}

static int run(int argc, char **argv)
{
    if (argc < 2) {
        (void)print_help();
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return argc > 2 ? print_command_help(argv[2]) : print_help();
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0) {
        (void)puts("aether " VERSION);
        return CLI_OK;
    }
    const struct cli_command *command = find_command(name);
    if (command == NULL)
        return CLI_USAGE;
    if (asks_for_help(argc - 1, argv + 1))
        return print_command_help(name);
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    if (!cli_hold_standard_files())
        return CLI_FAILED;
    return flush(run(argc, argv));
}
