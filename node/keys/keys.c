/*
 * node/keys/keys.c: the role keys: one link to main, one thread for what is quick, one for the TPM.
 *
 * For its confinement: what it does after role_confine.
 *   threads   one more is started (clone with CLONE_THREAD, set_robust_list, rseq, sigaltstack)
 *   memory    mmap, munmap, mprotect, brk, madvise, mlock; no executable pages
 *   links     poll, recvmsg, sendmsg, close; memory files with bodies: memfd_create, ftruncate,
 *             fcntl(F_ADD_SEALS, F_GET_SEALS), mmap, fstat, write
 *   state     openat under the state directory (O_RDONLY; O_WRONLY|O_CREAT|O_TRUNC), read, write,
 *             fsync, close, renameat, unlinkat: with --dev for the file `counter`, else nothing
 *   TPM       read, write, poll on the descriptor that is open; sendto on swtpm's socket
 *   random    getrandom;  time  clock_gettime, clock_nanosleep;  locks  futex
 *   end       exit_group
 * Before it: memfd_secret, mlock, files of the state directory; for swtpm (ROLE_FILE_TPM is not
 * given) one TCP connection to it; OpenSSL's own files (openssl.cnf), if they are there.
 */
#include "node/keys/keys.h"

#include <openssl/crypto.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <sys/mman.h>

#include "node/keys/slow.h"
#include "node/role/confine.h"
#include "node/role/role.h"

#define SEND_MOST_MS 10000u
#define AT_ONCE      64 /* messages before the control socket is looked at again */
#define EXIT_AT_ONCE 0
#define SECURE_HEAP  ((size_t)256 * 1024) /* OpenSSL's, for private keys: locked, not dumped */
#define SECURE_LEAST 32

struct server {
    struct role *role;
    struct keys *keys;
    struct slow *slow;
    struct keys_answer answer;
    struct message_in *in; /* for the next message; the slow thread keeps the ones it gets */
};

/* False: main is not there any more. */
static bool answer_now(struct server *server, int link)
{
    keys_answer(server->keys, server->in->type, &server->in->any, &server->answer);
    const enum status status =
        message_send_wait(link, server->answer.type, &server->answer.any, -1, SEND_MOST_MS);
    keys_answer_wipe(&server->answer);
    message_release(server->in);
    return status == STATUS_OK;
}

static bool answer_later(struct server *server, int link)
{
    struct message_in *spare = malloc(sizeof *spare);
    if (spare != NULL && slow_put(server->slow, server->in)) {
        server->in = spare;
        return true;
    }
    free(spare);
    const enum status status = message_fail(link, server->in->any.id, MESSAGE_FAILURE_BUSY,
                                            "too many questions wait for the TPM");
    message_release(server->in);
    return status == STATUS_OK;
}

/* False: the link has ended, or main says what it may not: both are the end. */
static bool take_messages(struct server *server, int link)
{
    for (int i = 0; i < AT_ONCE; i++) {
        const enum status status = message_receive_wait(link, server->in, 0, NULL);
        if (status == STATUS_UNAVAILABLE)
            return true;
        if (status != STATUS_OK)
            return false;
        const bool is_here =
            keys_is_slow(server->in->type) ? answer_later(server, link) : answer_now(server, link);
        if (!is_here)
            return false;
    }
    return true;
}

static void serve(struct server *server)
{
    const int link = server->role->peers[ROLE_MAIN];
    for (;;) {
        enum role_name peer;
        struct pollfd polled[] = {{.fd = server->role->control, .events = POLLIN},
                                  {.fd = link, .events = POLLIN}};
        if (poll(polled, 2, -1) < 0)
            continue; /* a signal */
        if (polled[0].revents != 0 && role_control(server->role, &peer) != ROLE_EVENT_NONE)
            return; /* stop; a new main is none either: ours knew the slots */
        if (polled[1].revents != 0 && !take_messages(server, link))
            return;
    }
}

/* Neither can be had everywhere; then private keys lie in the ordinary heap, as any server's do.
 * The struct of all that is secret (secret.h) is looked after apart from this, and says how it
 * fared. */
static void guard_memory(void)
{
    (void)CRYPTO_secure_malloc_init(SECURE_HEAP, SECURE_LEAST);
    (void)mlockall(MCL_CURRENT | MCL_ONFAULT); /* not what comes later: limits would refuse it */
}

static enum status begin(struct server *server, struct report *report)
{
    struct role *role = server->role;
    if (role->peers[ROLE_MAIN] < 0 || role->files[ROLE_FILE_STATE] < 0)
        return report_fail(report, STATUS_INVALID, REPORT_NO_OFFSET,
                           "keys has no link to main or no state directory");
    guard_memory();
    enum status status = keys_open(role->settings, role->files[ROLE_FILE_STATE],
                                   role->files[ROLE_FILE_TPM], &server->keys, report);
    if (status == STATUS_OK)
        status = role_confine(role, report);
    if (status == STATUS_OK)
        status = keys_answer_init(&server->answer);
    if (status == STATUS_OK)
        status = slow_start(server->keys, role->peers[ROLE_MAIN], &server->slow);
    server->in = malloc(sizeof *server->in);
    if (status == STATUS_OK && server->in == NULL)
        status = STATUS_NO_MEMORY;
    return status;
}

int keys_main(struct role *role)
{
    struct server server = {.role = role};
    struct report report;
    report_init(&report);
    enum status status = begin(&server, &report);
    if (status == STATUS_OK)
        status = role_ready(role, keys_notice(server.keys));
    if (status != STATUS_OK)
        role_fatal(role, report.is_set ? report.text : status_text(status));
    serve(&server);
    if (!slow_stop(server.slow))
        _exit(EXIT_AT_ONCE); /* a TPM hangs; the kernel gives the pages back zeroed */
    keys_answer_fini(&server.answer);
    free(server.in);
    return 0;
}
