/*
 * node/role/role.h: what a role of aetherd is given, and how it lives.
 *
 * `aetherd --role NAME` is started by the supervisor with the control socket as descriptor 3 and
 * nothing else of its. It takes its settings, links and files from there, shuts itself in, says
 * READY and serves until STOP, or until the control socket ends: then it ends at once.
 *
 *   supervisor  control: everyone
 *   io          api (ACCEPTED), main (store), main_net, egress (CARRIED)
 *   main        api, io (store), net (io's connections out), keys, egress
 *   api         io, main        keys   main        egress   io, main
 *
 * api, egress and io are started again when they die, and their peers get new links; when main or
 * keys dies everything ends. main that ends with status 0 was asked to (SHUTDOWN): then all stop.
 *
 * A role starts threads after role_confine alone (confine.h), which role_ready calls if nobody has.
 * Signals: INT, TERM, HUP and PIPE are ignored.
 */
#ifndef AETHER_NODE_ROLE_ROLE_H
#define AETHER_NODE_ROLE_ROLE_H

#include "core/base/report.h"

enum role_name {
    ROLE_SUPERVISOR = 0,
    ROLE_IO = 1,
    ROLE_MAIN = 2,
    ROLE_API = 3,
    ROLE_KEYS = 4,
    ROLE_EGRESS = 5,
    ROLE_NET = 6, /* a second link between main and io: connections out */
    ROLE_COUNT = 7,
};

enum role_file {
    ROLE_FILE_LISTENER = 0, /* io */
    ROLE_FILE_STORE = 1,    /* io: the store's directory */
    ROLE_FILE_LOG = 2,      /* main: opened for appending alone */
    ROLE_FILE_STATE = 3,    /* keys: a directory of its own: sealed blobs, certificates */
    ROLE_FILE_CELL = 4,     /* main: the program of cells */
    ROLE_FILE_TPM = 5,      /* keys: a socket or device that is open, where the TCTI can take one */
    ROLE_FILE_EGRESS_CA = 6, /* egress: certificates to trust besides the system's */
    ROLE_FILE_COUNT = 7,
};

struct settings; /* node/config/settings.h */

struct role {
    enum role_name name;
    int control;
    int peers[ROLE_COUNT];      /* -1: none; who takes one over puts -1, or it is closed at PEER */
    int files[ROLE_FILE_COUNT]; /* -1: none */
    struct settings *settings;
    bool is_confined;
};

/* Takes everything up to GO. A role that can not go on says why by role_fatal. */
enum status MUST_CHECK role_begin(enum role_name name, int control, struct role *out_role,
                                  struct report *report);

/* Says READY with a line for people ("" for none), confined. */
enum status MUST_CHECK role_ready(struct role *role, const char *line);

/* Tells the supervisor and ends the process. */
_Noreturn void role_fatal(struct role *role, const char *line);

#define ROLE_EXIT_FATAL 70 /* after role_fatal */
#define ROLE_EXIT_CUT   71 /* of io: a page of the store's file was not there (store_cut.h) */

enum role_event {
    ROLE_EVENT_NONE,
    ROLE_EVENT_PEER, /* role->peers[out_peer] is new; the old one was closed */
    ROLE_EVENT_STOP, /* asked to end, or nobody is there any more */
};

/* When the control socket can be read. */
enum role_event role_control(struct role *role, enum role_name *out_peer);

/* "api"; the name of a link is that of who is at its other end. */
const char *role_word(enum role_name name);
/* ROLE_COUNT: there is none. ROLE_SUPERVISOR and ROLE_NET are none, either. */
enum role_name role_by_word(const char *word);

/* Each serves until its end; what it returns is the exit status. */
int io_main(struct role *role);
int main_main(struct role *role);
int api_main(struct role *role);
int keys_main(struct role *role);
int egress_main(struct role *role);

#endif
