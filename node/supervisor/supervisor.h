/*
 * node/supervisor/supervisor.h: the first process of aetherd: reads what the operator asked for,
 * opens files, starts the roles, links them, watches them, ends them.
 *
 * It parses nothing that comes from a client, an app or the network, and holds no key.
 */
#ifndef AETHER_NODE_SUPERVISOR_SUPERVISOR_H
#define AETHER_NODE_SUPERVISOR_SUPERVISOR_H

#include <sys/types.h>

#include "core/base/report.h"
#include "node/config/config.h"
#include "node/message/message.h"
#include "node/role/role.h"

#define AETHERD_VERSION "0.1.0"

enum supervisor_exit {
    SUPERVISOR_STOPPED = 0,     /* as it was asked to */
    SUPERVISOR_NOT_STARTED = 1, /* a file, an address, a role that was not ready */
    SUPERVISOR_WRONG_WORDS = 2, /* command line or configuration */
    SUPERVISOR_ROLE_DIED = 3,   /* main or keys; what they keep can not be replaced */
    SUPERVISOR_DIES_AGAIN = 4,  /* api, io or egress died again and again */
    SUPERVISOR_NOT_CLEAN = 5,   /* as it was asked to, but a role was killed or failed at its end */
};

/* Everything but `--role`: the exit status. */
int supervisor_main(int argc, char **argv);

/* options.c */
struct options {
    struct config config;
    const char *config_path;               /* NULL: none */
    const char *enroll;                    /* --enroll CERT.pem */
    const char *role_programs[ROLE_COUNT]; /* --role-program, with --dev: drills */
    bool wants_help, wants_version;
};
/* Says on stderr what is wrong: false. Reads the files that the words name. */
bool options_read(struct options *options, int argc, char **argv);
void options_help(void);

struct plan;

/* files.c */
struct files {
    int fds[ROLE_FILE_COUNT]; /* -1: none */
    int lock, program;        /* of the state directory; of aetherd itself */
};
void files_init(struct files *files);
/* Opens and makes what roles are given, and writes hashes and the port into the settings. */
enum status MUST_CHECK files_open(struct files *files, struct config *config,
                                  struct report *report);
/* Makes what roles write to theirs; root alone has to. */
enum status MUST_CHECK files_give(const struct files *files, const struct plan *plan,
                                  struct report *report);
void files_close(struct files *files);

/* How roles are started on this machine: in namespaces as far as they can be had, with the rights
 * of an unprivileged user where we may give them away. */
struct plan {
    int flags;         /* CLONE_NEW... */
    uint32_t uid, gid; /* whose rights roles have, as the machine counts */
};

/* plan.c: tries it once. `*out_lacks`: enum role_isolation, what can not be had. */
enum status MUST_CHECK plan_make(const struct config *config, struct plan *out_plan,
                                 uint32_t *out_lacks, struct report *report);

/* spawn.c */
struct spawned {
    pid_t pid;
    int pidfd, control;
};
/* A process by the plan; `run` does not return. With a namespace of users it begins once it is
 * root in there. */
struct spawn_run {
    void (*run)(void *context);
    void *context;
};
enum status MUST_CHECK spawn_process(const struct plan *plan, const struct spawn_run *run,
                                     pid_t *out_pid, int *out_pidfd, struct report *report);
/* The program (an open one, or `path`) as a role: control socket as descriptor 3, stderr, nothing
 * else. */
enum status MUST_CHECK spawn_role(const struct plan *plan, enum role_name name, int program,
                                  const char *path, struct spawned *out_spawned,
                                  struct report *report);
/* After its pidfd can be read: whether it ended with status 0. */
bool spawn_ended_well(const struct spawned *spawned);
/* After its pidfd can be read: the wait status. Closes what belongs to it. */
int spawn_reap(struct spawned *spawned);
void spawn_kill(const struct spawned *spawned);
/* "killed by signal 11 (Segmentation fault)", "ended with status 70". */
#define SPAWN_END_MAX 96u
void spawn_end_line(int status, char out_line[SPAWN_END_MAX]);

/* What the supervisor knows of a role. */
struct child {
    struct spawned spawned; /* pid -1: there is none now */
    bool is_ready;
    uint64_t due_ms;     /* when it has to be ready, or is started again */
    uint64_t ready_ms;   /* since when it serves */
    uint32_t deaths;     /* without a minute of service between them */
    bool has_last_words; /* FATAL: it said itself why */
};

struct supervisor {
    struct options options;
    struct files files;
    struct plan plan;
    struct child children[ROLE_COUNT];
    int signals;      /* signalfd */
    uint8_t *encoded; /* settings, as CONFIG carries them */
    size_t encoded_len;
    struct message_in in;
};

/* link.c: gives `name`, which was just started, its settings, links and files, and its peers the
 * other ends. Peers that are not there get theirs when they are started. */
enum status MUST_CHECK link_role(struct supervisor *supervisor, enum role_name name,
                                 struct report *report);
/* All of them, which were just started: each link once. */
enum status MUST_CHECK link_all(struct supervisor *supervisor, struct report *report);

/* watch.c: starts all, serves until the end, ends all; an exit status. */
int watch_all(struct supervisor *supervisor);

/* "aetherd: ...", a line on stderr. */
void PRINTF_LIKE(1, 2) supervisor_say(const char *format, ...);

#endif
