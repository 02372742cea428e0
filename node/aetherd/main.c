/*
 * node/aetherd/main.c: aetherd(8): the supervisor, or with `--role NAME` one of its roles.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/aetherd/enroll.h"
#include "node/role/role.h"
#include "node/supervisor/supervisor.h"

#define CONTROL_FD 3

static int (*const mains[ROLE_COUNT])(struct role *role) = {
    [ROLE_IO] = io_main,     [ROLE_MAIN] = main_main,     [ROLE_API] = api_main,
    [ROLE_KEYS] = keys_main, [ROLE_EGRESS] = egress_main,
};

static int run_role(const char *word)
{
    struct role role;
    struct report report;
    enum role_name name = role_by_word(word);
    report_init(&report);
    if (name == ROLE_COUNT) {
        (void)fprintf(stderr, "aetherd: there is no role \"%s\"\n", word);
        return SUPERVISOR_WRONG_WORDS;
    }
    if (role_begin(name, CONTROL_FD, &role, &report) != STATUS_OK) {
        (void)fprintf(stderr, "aetherd: %s: roles are started by aetherd itself: %s\n", word,
                      report.text);
        return SUPERVISOR_WRONG_WORDS;
    }
    return mains[name](&role);
}

/* `--enroll CERT.pem [--policy FILE]` */
static bool is_enroll(int argc, char **argv)
{
    return argc >= 3 && strcmp(argv[1], "--enroll") == 0 &&
           (argc == 3 || (argc == 5 && strcmp(argv[3], "--policy") == 0));
}

int main(int argc, char **argv)
{
    if (is_enroll(argc, argv))
        return enroll(argv[2], argc == 5 ? argv[4] : NULL);
    if (argc == 3 && strcmp(argv[1], "--role") == 0)
        return run_role(argv[2]);
    return supervisor_main(argc, argv);
}
