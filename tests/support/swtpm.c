/*
 * tests/support/swtpm.c: see swtpm.h.
 */
#include "tests/support/swtpm.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/support/folder.h"
#include "tests/support/shell.h"
#include "tests/support/test.h"

_Static_assert(sizeof((struct swtpm *)0)->folder == FOLDER_PATH_MAX, "a folder's path fits");

#define TRIES_MAX  500
#define STARTS_MAX 3

void swtpm_need(void)
{
    if (shell_has("swtpm"))
        return;
    print_message("swtpm is not installed\n");
    skip();
}

static int bound_to(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* One whose next is free, too: commands and control. */
static uint16_t free_pair(void)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        struct sockaddr_in address = {0};
        socklen_t len = sizeof address;
        const int first = bound_to(0);
        assert_int_equal(getsockname(first, (struct sockaddr *)&address, &len), 0);
        const uint16_t port = ntohs(address.sin_port);
        const int second = port == UINT16_MAX ? -1 : bound_to((uint16_t)(port + 1));
        (void)close(first);
        if (second >= 0) {
            (void)close(second);
            return port;
        }
    }
    fail_msg("no two free ports in a row");
    return 0;
}

/* Its port of control answers a question. That there is a listener says too little: swtpm listens
 * there before it does so for commands. And a connection for commands would be the one that it
 * serves. */
static bool answers(const struct swtpm *tpm)
{
    static const uint8_t get_capability[] = {0, 0, 0, 1};
    const struct timeval patience = {.tv_sec = 10};
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)(tpm->port + 1)),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint8_t answer[4];
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    const bool has_answered =
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, get_capability, sizeof get_capability, MSG_NOSIGNAL) == sizeof get_capability &&
        recv(fd, answer, sizeof answer, MSG_WAITALL) == sizeof answer;
    (void)close(fd);
    return has_answered;
}

void swtpm_create(struct swtpm *tpm)
{
    *tpm = (struct swtpm){.pid = -1};
    folder_create("swtpm", tpm->folder);
    swtpm_start(tpm);
}

void swtpm_create_certified(struct swtpm *tpm)
{
    char command[2048];
    *tpm = (struct swtpm){.pid = -1};
    folder_create("swtpm", tpm->folder);
    (void)snprintf(
        command, sizeof command,
        "cd '%s' && printf 'statedir = %%s\\nsigningkey = %%s/key.pem\\nissuercert = "
        "%%s/issuer.pem\\ncertserial = %%s/serial\\n' \"$PWD\" \"$PWD\" \"$PWD\" \"$PWD\" >ca.conf "
        "&& : >ca.options && printf "
        "'create_certs_tool=%%s\\ncreate_certs_tool_config=%%s/ca.conf\\n"
        "create_certs_tool_options=%%s/ca.options\\nactive_pcr_banks=sha256\\n' "
        "\"$(command -v swtpm_localca)\" \"$PWD\" \"$PWD\" >setup.conf && "
        "swtpm_setup --tpm2 --tpmstate . --create-ek-cert --config setup.conf >setup.log 2>&1",
        tpm->folder);
    assert_true(shell_runs(command));
    swtpm_start(tpm);
}

static void spawn(struct swtpm *tpm)
{
    char state[160], server[64], control[64];
    tpm->port = free_pair();
    (void)snprintf(state, sizeof state, "dir=%s", tpm->folder);
    (void)snprintf(server, sizeof server, "type=tcp,port=%u", tpm->port);
    (void)snprintf(control, sizeof control, "type=tcp,port=%u", tpm->port + 1u);
    (void)snprintf(tpm->tcti, sizeof tpm->tcti, "swtpm:host=127.0.0.1,port=%u", tpm->port);
    tpm->pid = fork();
    assert_true(tpm->pid >= 0);
    if (tpm->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves none behind */
        const int null = open("/dev/null", O_RDWR);
        (void)dup2(null, 0);
        (void)dup2(null, 1);
        (void)dup2(null, 2);
        execlp("swtpm", "swtpm", "socket", "--tpm2", "--tpmstate", state, "--server", server,
               "--ctrl", control, "--flags", "not-need-init,startup-clear", (char *)NULL);
        _exit(127);
    }
}

/* False: it ended, as it does where somebody else took a port of the pair meanwhile. */
static bool comes_up(struct swtpm *tpm)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        if (waitpid(tpm->pid, NULL, WNOHANG) == tpm->pid) {
            tpm->pid = -1;
            return false;
        }
        if (answers(tpm))
            return true;
        (void)usleep(10000);
    }
    swtpm_stop(tpm);
    return false;
}

void swtpm_start(struct swtpm *tpm)
{
    for (int i = 0; i < STARTS_MAX; i++) {
        spawn(tpm);
        if (comes_up(tpm))
            return;
    }
    fail_msg("swtpm does not start");
}

void swtpm_stop(struct swtpm *tpm)
{
    if (tpm->pid > 0) {
        (void)kill(tpm->pid, SIGTERM);
        (void)waitpid(tpm->pid, NULL, 0);
    }
    tpm->pid = -1;
}

void swtpm_destroy(struct swtpm *tpm)
{
    swtpm_stop(tpm);
    folder_remove(tpm->folder);
}
