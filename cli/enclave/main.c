/*
 * cli/enclave/main.c: aether-enclave, which `aether enclave` becomes: picks the command.
 */
#include "cli/enclave/enclave.h"

/* One of the three says what it does: the inner request, which is written before anything is
 * connected, an outer request, or something else. */
struct command {
    struct cli_command cli; /* the name is what messages call it */
    const char *word;
    size_t least, most; /* words behind HOST */
    int (*write)(const struct enclave_options *options, size_t count, char **words, FILE *out);
    const char *outer;
    int (*run)(struct enclave_connection *connection, struct enclave_options *options);
};

static const char overview[] =
    "usage: aether enclave COMMAND HOST[:PORT] [WORD...] [OPTION...]\n"
    "       aether enclave HOST[:PORT] [OPTION...]        a session: JSON or words, line by line\n"
    "\n"
    "A client of the enclave service, aetherd. Before anything is sent the server must prove what\n"
    "it is: its certificate leads to --ca, its evidence is signed, and for the very key of this\n"
    "connection. The port is 8443 unless it is given.\n"
    "\n"
    "  attest HOST                       what the server proves, check by check\n"
    "  load HOST FILE                    loads a component or module\n"
    "  call HOST APP FUNC [PARAMETER..]  calls a function; also APP 'FUNC(1, \"a\")'\n"
    "  list HOST                         apps with their code hashes and functions\n"
    "  unload HOST APP                   its key is wiped: data under a generated key is gone\n"
    "  status HOST   metrics HOST   ping HOST   manifest HOST   shutdown HOST\n"
    "\n"
    "Whom to trust:\n"
    "  --ca FILE           PEM: the server's certificate must lead to one of these; needed unless\n"
    "                      --insecure\n"
    "  --sni NAME          the name that is asked for: an app's host name, for its certificate\n"
    "  --code-hash HEX     the app's code (with --sni); @FILE: the hash of this file\n"
    "  --oid OID=HEX       an extension that the certificate must have; may be given again\n"
    "  --ak HEX            the name of the attestation key (34 bytes; `attest` prints it)\n"
    "  --tpm-ca FILE       PEM: who certifies attestation keys\n"
    "  --demand-origin     fail unless --ak or --tpm-ca vouches for the attestation key\n"
    "  --pcr N=HEX         what a PCR must be; may be given again\n"
    "  --pcr-digest HEX    SHA-256 over all quoted PCRs\n"
    "  --programs DIR      PCR 23 must be what DIR/aetherd and DIR/aether-cell give\n"
    "  --intel-ca FILE     PEM: Intel's root, for servers in SGX; --mr-enclave --mr-signer HEX\n"
    "  --challenge         evidence made for a nonce of ours, not up to a day old\n"
    "  --attest-v2         evidence made for this very connection, after the handshake\n"
    "  --allow-none        a server without evidence will do (aetherd --dev without a TPM)\n"
    "  --insecure          nothing is checked\n"
    "Who we are:\n"
    "  --cert FILE --key FILE   PEM, of an enrolled operator: load, unload, shutdown want one;\n"
    "                           without --key its key is in --cert's file\n"
    "And:\n"
    "  --json              one JSON object on stdout\n"
    "  --timeout SECONDS   patience, 30\n"
    "  --help              this text\n"
    "\n"
    "A parameter is a value as WAVE writes it, or TYPE:TEXT, or JSON:\n"
    "  \"text\"  'c'  42  -1  2.5  true  [1, 2]  (1, \"a\")  {x: 1}  {read, write}  some(1)  none\n"
    "  ok(1)  err(\"no\")  red  circle(2.0)\n"
    "  string:text  u8:7  f64:3  char:x  enum:red  variant:none  bytes:00ff  bytes:@FILE\n"
    "  {\"type\":\"u32\",\"value\":42}\n"
    "Without TYPE: a word alone is an enum's case, a number without a point a whole number. Words\n"
    "that begin with \"-\" stand behind \"--\".\n"
    "\n"
    "load takes --name NAME (else the file's), --hostname HOST, --max-fuel N, and\n"
    "--encryption-key FILE: 64 hex digits; then the app's data outlives unloading.\n"
    "call takes --receipt. attest takes -o FILE, --output FILE: the server's chain, PEM.\n"
    "\n"
    "example: aether enclave attest localhost --ca state/ca.pem --challenge\n"
    "         aether enclave load localhost app.wasm --ca state/ca.pem\n"
    "         aether enclave call localhost app kv-store string:greeting string:hello --ca ca.pem\n"
    "         aether enclave call localhost app 'kv-read(\"greeting\")' --ca state/ca.pem\n"
    "Exit codes: 0 done; 1 refused: by us (the server proves too little) or by the server; 2 "
    "usage;\n"
    "3 no connection, or a file; 4 the call trapped.\n";

/* ---- commands ---- */

static int write_load(const struct enclave_options *options, size_t count, char **words, FILE *out)
{
    (void)count;
    return enclave_write_load(options, words[0], out) ? CLI_OK : CLI_FAILED;
}

static int write_call(const struct enclave_options *options, size_t count, char **words, FILE *out)
{
    return enclave_write_call(options, words[0], count - 1, words + 1, out) ? CLI_OK : CLI_USAGE;
}

static int write_list(const struct enclave_options *options, size_t count, char **words, FILE *out)
{
    (void)options;
    (void)count;
    (void)words;
    return fputs("{\"wasm_list\":{}}", out) >= 0 ? CLI_OK : CLI_FAILED;
}

static int write_unload(const struct enclave_options *options, size_t count, char **words,
                        FILE *out)
{
    (void)options;
    (void)count;
    (void)fputs("{\"wasm_unload\":{\"name\":", out);
    cli_print_json(out, bytes_of(words[0], strlen(words[0])));
    return fputs("}}", out) >= 0 ? CLI_OK : CLI_FAILED;
}

static int run_attest(struct enclave_connection *connection, struct enclave_options *options)
{
    enclave_print_verdict(connection, stdout, options->json);
    if (options->output != NULL && !enclave_write_chain(connection, options->output))
        return CLI_FAILED;
    return CLI_OK;
}

#define NAMED(name) .cli = {"enclave " name, NULL, overview, NULL}, .word = name

static const struct command commands[] = {
    {NAMED("attest"), .run = run_attest},
    {NAMED("load"), .least = 1, .most = 1, .write = write_load},
    {NAMED("call"), .least = 2, .most = CLI_LIST_MAX, .write = write_call},
    {NAMED("list"), .write = write_list},
    {NAMED("unload"), .least = 1, .most = 1, .write = write_unload},
    {NAMED("status"), .outer = "\"Status\""},
    {NAMED("metrics"), .outer = "\"Metrics\""},
    {NAMED("ping"), .outer = "\"Ping\""},
    {NAMED("manifest"), .outer = "\"Manifest\""},
    {NAMED("shutdown"), .run = enclave_ask_shutdown},
};
static const struct command session = {
    .cli = {"enclave", NULL, overview, NULL}, .word = "", .run = enclave_session};

/* ---- the command line ---- */

/* HOST, HOST:PORT, [ADDRESS]:PORT, an address with more than one colon. */
static bool read_target(const char *word, struct enclave_options *options)
{
    const char *host = word, *port = NULL, *colon = strrchr(word, ':');
    size_t len = strlen(word);
    uint64_t number = ENCLAVE_PORT;
    if (word[0] == '[') {
        const char *end = strchr(word, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        host = word + 1;
        len = (size_t)(end - host);
        port = end[1] == ':' ? end + 2 : NULL;
    } else if (colon != NULL && strchr(word, ':') == colon) {
        len = (size_t)(colon - word);
        port = colon + 1;
    }
    if (len == 0 || len >= sizeof options->host ||
        (port != NULL && (!cli_number(port, false, &number) || number == 0 || number > 65535)))
        return false;
    memcpy(options->host, host, len);
    options->host[len] = '\0';
    (void)snprintf(options->port, sizeof options->port, "%u", (unsigned)number & 0xFFFF);
    return true;
}

static bool parse(const struct command *command, int argc, char **argv,
                  struct enclave_options *options, size_t *out_count)
{
    const struct cli_option known[] = {
        {"--ca", CLI_TEXT, &options->ca},
        {"--sni", CLI_TEXT, &options->sni},
        {"--code-hash", CLI_TEXT, &options->code_hash},
        {"--oid", CLI_LIST, &options->oids},
        {"--ak", CLI_TEXT, &options->ak},
        {"--tpm-ca", CLI_TEXT, &options->tpm_ca},
        {"--demand-origin", CLI_FLAG, &options->demands_origin},
        {"--pcr", CLI_LIST, &options->pcrs},
        {"--pcr-digest", CLI_TEXT, &options->pcr_digest},
        {"--programs", CLI_TEXT, &options->programs},
        {"--intel-ca", CLI_TEXT, &options->intel_ca},
        {"--mr-enclave", CLI_TEXT, &options->mr_enclave},
        {"--mr-signer", CLI_TEXT, &options->mr_signer},
        {"--challenge", CLI_FLAG, &options->challenge},
        {"--attest-v2", CLI_FLAG, &options->attest_v2},
        {"--allow-none", CLI_FLAG, &options->allows_none},
        {"--insecure", CLI_FLAG, &options->insecure},
        {"--cert", CLI_TEXT, &options->cert},
        {"--key", CLI_TEXT, &options->key},
        {"--json", CLI_FLAG, &options->json},
        {"--timeout", CLI_NUMBER, &options->timeout_s},
        {"--name", CLI_TEXT, &options->name},
        {"--hostname", CLI_TEXT, &options->hostname},
        {"--encryption-key", CLI_TEXT, &options->encryption_key},
        {"--max-fuel", CLI_NUMBER, &options->max_fuel},
        {"--receipt", CLI_FLAG, &options->receipt},
        {"-o", CLI_TEXT, &options->output},
        {"--output", CLI_TEXT, &options->output},
    };
    if (!cli_parse_words(&command->cli, argc, argv, known, ARRAY_LEN(known), command->least + 1,
                         command->most + 1, out_count))
        return false;
    if (!read_target(argv[1], options)) {
        cli_say("%s: not HOST or HOST:PORT", argv[1]);
        return false;
    }
    if (options->timeout_s == 0 || options->timeout_s > 86400) {
        cli_say("--timeout: 1 to 86400 seconds");
        return false;
    }
    if (options->ca == NULL && !options->insecure) {
        cli_say("whom to trust? --ca FILE, the certificate that the server's must lead to; "
                "--insecure checks nothing");
        return false;
    }
    return true;
}

static int talk(const struct command *command, struct enclave_options *options, struct bytes inner)
{
    struct enclave_connection *connection;
    switch (enclave_connect(options, &connection)) {
    case ENCLAVE_CONNECTED:
        break;
    case ENCLAVE_UNPROVEN:
        return CLI_REFUSED;
    default:
        return CLI_FAILED;
    }
    int code;
    if (command->write != NULL)
        code = enclave_ask_inner(connection, options, inner);
    else if (command->outer != NULL)
        code = enclave_ask_outer(connection, options,
                                 bytes_of(command->outer, strlen(command->outer)));
    else
        code = command->run(connection, options);
    enclave_disconnect(connection);
    return code;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct enclave_options options = {.timeout_s = 30};
    struct enclave_text text;
    size_t count;
    if (!parse(command, argc, argv, &options, &count))
        return CLI_USAGE;
    if (!enclave_text_open(&text))
        return CLI_FAILED;
    int code = CLI_OK;
    if (command->write != NULL)
        code = command->write(&options, count - 1, argv + 2, text.file);
    if (!enclave_text_finish(&text) && code == CLI_OK)
        code = CLI_FAILED;
    if (code == CLI_OK)
        code = talk(command, &options, bytes_of(text.data, text.len));
    enclave_text_close(&text);
    return code;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int pick(int argc, char **argv)
{
    if (asks_for_help(argc, argv) || (argc > 1 && strcmp(argv[1], "help") == 0)) {
        (void)fputs(overview, stdout);
        return CLI_OK;
    }
    for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++)
        if (strcmp(argv[1], commands[i].word) == 0)
            return run(&commands[i], argc - 1, argv + 1);
    return run(&session, argc, argv);
}

int main(int argc, char **argv)
{
    if (!cli_hold_standard_files())
        return CLI_FAILED;
    int code = pick(argc, argv);
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    cli_say("standard output: could not be written");
    return CLI_FAILED;
}
