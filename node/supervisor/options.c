/*
 * node/supervisor/options.c: the command line of aetherd, and the files that it names.
 *
 * Order: defaults, then the configuration file, then the policy file, then the words, whatever
 * their order among each other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/supervisor/supervisor.h"

#define DEFAULT_CONFIG    "/etc/aetherd/aetherd.conf"
#define DEFAULT_STATE     "/var/lib/aetherd"
#define DEFAULT_DEV_STATE "aetherd-dev"

void options_help(void)
{
    (void)fputs(
        "aetherd: sealed WebAssembly apps behind attested TLS\n"
        "\n"
        "  aetherd --dev                      try it out: loopback, anyone may load\n"
        "  aetherd [--config FILE]            serve as the configuration file says\n"
        "  aetherd --enroll CERT.pem [--policy FILE]\n"
        "                                     print the lines that make CERT's key an operator's,\n"
        "                                     and append them to the policy file\n"
        "\n"
        "  --config FILE            default " DEFAULT_CONFIG ", where that is there\n"
        "  --policy FILE            operators, and which app may ask which host; default: what "
        "the\n"
        "                           configuration names, or none\n"
        "  --listen ADDRESS:PORT    default 127.0.0.1:8443; port 0: a free one, printed\n"
        "  --state DIR              keys, store and log; default " DEFAULT_STATE ";\n"
        "                           with --dev ./" DEFAULT_DEV_STATE "\n"
        "  --tpm TCTI               device:/dev/tpmrm0, or swtpm:host=127.0.0.1,port=2321; needed\n"
        "                           without --dev\n"
        "  --user NAME              whose rights the roles have when started as root; default:\n"
        "                           root's\n"
        "  --cell FILE              the program aether-cell; default: beside aetherd\n"
        "  --egress-ca PEM          certificates that egress trusts besides the system's\n"
        "  --require-isolation      refuse to start where this machine lacks part of a box\n"
        "  --limit NAME=VALUE       any of [limits] in aetherd.conf(5), as --limit fuel=5000000\n"
        "  --help, --version\n"
        "\n"
        "with --dev alone:\n"
        "  --dev                    no TPM needed, no operators; listens on loopback alone\n"
        "  --allow-egress HOST[:PORT]           every app may ask this host by https\n"
        "  --allow-egress-private HOST[:PORT]   the same, with an address that is not public\n"
        "  --resolve HOST:PORT:ADDRESS:PORT     connect to this address for that host and port\n"
        "  --role-program ROLE=FILE             another program for a role (drills)\n"
        "\n"
        "It prints `ready: ADDRESS:PORT` on stdout when it serves; the rest is on stderr.\n"
        "SIGTERM or SIGINT stop it. Exit status: 0 stopped as asked; 1 not started; 2 wrong\n"
        "words or configuration; 3 main or keys died; 4 another role died again and again.\n"
        "Try it: aetherd --dev &\n"
        "        aether-enclave load localhost app.wasm --ca " DEFAULT_DEV_STATE
        "/ca.pem --allow-none\n",
        stdout);
}

struct word {
    const char *name;
    bool has_value, is_dev_only;
    enum status (*take)(struct options *options, struct bytes value, struct report *report);
};

static enum status MUST_CHECK set(struct options *options, const char *key, struct bytes value,
                                  struct report *report)
{
    return config_set(&options->config, "service", bytes_of(key, strlen(key)), value, report);
}

static enum status take_nothing(struct options *options, struct bytes value, struct report *report)
{
    (void)options, (void)value, (void)report; /* looked at in the first pass */
    return STATUS_OK;
}

static enum status take_listen(struct options *options, struct bytes value, struct report *report)
{
    return set(options, "listen", value, report);
}

static enum status take_state(struct options *options, struct bytes value, struct report *report)
{
    return set(options, "state", value, report);
}

static enum status take_tpm(struct options *options, struct bytes value, struct report *report)
{
    return set(options, "tpm", value, report);
}

static enum status take_user(struct options *options, struct bytes value, struct report *report)
{
    return set(options, "user", value, report);
}

static enum status take_cell(struct options *options, struct bytes value, struct report *report)
{
    return set(options, "cell", value, report);
}

static enum status take_egress_ca(struct options *options, struct bytes value,
                                  struct report *report)
{
    return set(options, "egress_ca", value, report);
}

static enum status take_isolation(struct options *options, struct bytes value,
                                  struct report *report)
{
    (void)value;
    return set(options, "require_isolation", BYTES_LITERAL("yes"), report);
}

static enum status take_limit(struct options *options, struct bytes value, struct report *report)
{
    const uint8_t *equals = memchr(value.data, '=', value.len);
    if (equals == NULL)
        return report_fail(report, STATUS_INVALID, 0, "NAME=VALUE was expected");
    size_t len = (size_t)(equals - value.data);
    enum status status = config_set(&options->config, "limits", bytes_of(value.data, len),
                                    bytes_of(equals + 1, value.len - len - 1), report);
    if (status == STATUS_NOT_FOUND)
        return report_fail_name(report, STATUS_INVALID, 0, "there is no limit %",
                                bytes_of(value.data, len));
    return status;
}

static enum status take_egress(struct options *options, struct bytes value, struct report *report)
{
    return config_add_grant(&options->config, bytes_of("", 0), value, false, report);
}

static enum status take_private_egress(struct options *options, struct bytes value,
                                       struct report *report)
{
    return config_add_grant(&options->config, bytes_of("", 0), value, true, report);
}

static enum status take_resolve(struct options *options, struct bytes value, struct report *report)
{
    return config_add_resolve(&options->config, value, report);
}

static enum status take_role_program(struct options *options, struct bytes value,
                                     struct report *report)
{
    char word[16] = "";
    const char *text = (const char *)value.data;
    const char *equals = strchr(text, '=');
    if (equals == NULL || (size_t)(equals - text) >= sizeof word)
        return report_fail(report, STATUS_INVALID, 0, "ROLE=FILE was expected");
    memcpy(word, text, (size_t)(equals - text));
    enum role_name name = role_by_word(word);
    if (name == ROLE_COUNT)
        return report_fail(report, STATUS_INVALID, 0,
                           "the roles are io, main, api, keys and egress");
    options->role_programs[name] = equals + 1;
    return STATUS_OK;
}

static const struct word words[] = {
    {"--help", false, false, take_nothing},
    {"--version", false, false, take_nothing},
    {"--dev", false, false, take_nothing},
    {"--config", true, false, take_nothing},
    {"--policy", true, false, take_nothing},
    {"--listen", true, false, take_listen},
    {"--state", true, false, take_state},
    {"--tpm", true, false, take_tpm},
    {"--user", true, false, take_user},
    {"--cell", true, false, take_cell},
    {"--egress-ca", true, false, take_egress_ca},
    {"--require-isolation", false, false, take_isolation},
    {"--limit", true, false, take_limit},
    {"--allow-egress", true, true, take_egress},
    {"--allow-egress-private", true, true, take_private_egress},
    {"--resolve", true, true, take_resolve},
    {"--role-program", true, true, take_role_program},
};

static const struct word *find_word(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(words[i].name, name) == 0)
            return &words[i];
    return NULL;
}

/* The shape of all words, and those that decide how others are read. */
static bool read_first(struct options *options, int argc, char **argv, const char **out_policy)
{
    for (int i = 1; i < argc; i++) {
        const struct word *word = find_word(argv[i]);
        if (word == NULL) {
            supervisor_say("%s is not an option; `aetherd --help` lists them", argv[i]);
            return false;
        }
        if (word->has_value && i + 1 == argc) {
            supervisor_say("%s needs a value", argv[i]);
            return false;
        }
        const char *value = word->has_value ? argv[++i] : NULL;
        options->wants_help |= strcmp(word->name, "--help") == 0;
        options->wants_version |= strcmp(word->name, "--version") == 0;
        options->config.settings.is_dev |= strcmp(word->name, "--dev") == 0;
        if (strcmp(word->name, "--config") == 0)
            options->config_path = value;
        if (strcmp(word->name, "--policy") == 0)
            *out_policy = value;
    }
    return true;
}

static bool read_rest(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const struct word *word = find_word(argv[i]);
        const char *value = word->has_value ? argv[++i] : "";
        struct report report;
        report_init(&report);
        if (word->is_dev_only && !options->config.settings.is_dev) {
            supervisor_say("%s goes with --dev alone; grants are in the policy file", word->name);
            return false;
        }
        if (word->take(options, bytes_of(value, strlen(value)), &report) != STATUS_OK) {
            supervisor_say("%s %s: %s", word->name, value, report.text);
            return false;
        }
    }
    return true;
}

static bool read_all(const char *path, char *memory, size_t *out_len)
{
    size_t len = 0;
    ssize_t n = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && n > 0 && len < CONFIG_FILE_MAX) {
        n = read(fd, memory + len, CONFIG_FILE_MAX - len);
        len += n > 0 ? (size_t)n : 0;
    }
    const bool is_read = fd >= 0 && n == 0;
    if (!is_read)
        supervisor_say("%s can not be read: %s", path,
                       fd >= 0 && n > 0 ? "it is larger than 1 MiB" : strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    *out_len = len;
    return is_read;
}

static bool read_file(struct config *config, const char *path,
                      enum status (*parse)(struct config *config, const char *name,
                                           struct bytes text, struct report *report))
{
    struct report report;
    size_t len = 0;
    char *memory = malloc(CONFIG_FILE_MAX);
    report_init(&report);
    if (memory == NULL || !read_all(path, memory, &len)) {
        free(memory);
        return false;
    }
    enum status status = parse(config, path, bytes_of(memory, len), &report);
    if (status != STATUS_OK)
        supervisor_say("%s", report.text);
    free(memory);
    return status == STATUS_OK;
}

static void complete_state(struct config *config)
{
    if (config->state[0] == '\0')
        (void)snprintf(config->state, sizeof config->state, "%s",
                       config->settings.is_dev ? DEFAULT_DEV_STATE : DEFAULT_STATE);
}

bool options_read(struct options *options, int argc, char **argv)
{
    const char *policy = NULL;
    config_defaults(&options->config);
    if (!read_first(options, argc, argv, &policy))
        return false;
    if (options->wants_help || options->wants_version)
        return true;
    if (options->config_path == NULL && !options->config.settings.is_dev &&
        access(DEFAULT_CONFIG, F_OK) == 0)
        options->config_path = DEFAULT_CONFIG;
    if (options->config_path != NULL &&
        !read_file(&options->config, options->config_path, config_read))
        return false;
    if (policy == NULL && options->config.policy[0] != '\0')
        policy = options->config.policy;
    if (policy != NULL && !read_file(&options->config, policy, config_read_policy))
        return false;
    if (!read_rest(options, argc, argv))
        return false;
    complete_state(&options->config);
    return true;
}
