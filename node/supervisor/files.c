/*
 * node/supervisor/files.c: what is opened before roles have no names to open any more.
 *
 *   STATE/lock    held while aetherd runs: two on one state would each undo what the other did
 *   STATE/store/  io's: opaque records      STATE/keys/  keys': sealed keys, certificates
 *   STATE/log.jsonl  main's: appended to alone
 *   STATE/ca.pem     a name of keys/ca.crt, what clients trust
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "core/crypto/sha256.h"
#include "node/supervisor/supervisor.h"

#define BACKLOG 1024

void files_init(struct files *files)
{
    for (size_t i = 0; i < ROLE_FILE_COUNT; i++)
        files->fds[i] = -1;
    files->lock = files->program = -1;
}

void files_close(struct files *files)
{
    for (size_t i = 0; i < ROLE_FILE_COUNT; i++)
        if (files->fds[i] >= 0)
            (void)close(files->fds[i]);
    if (files->lock >= 0)
        (void)close(files->lock);
    if (files->program >= 0)
        (void)close(files->program);
    files_init(files);
}

static enum status MUST_CHECK fail_file(struct report *report, const char *sentence,
                                        const char *name)
{
    char line[REPORT_TEXT_MAX];
    (void)snprintf(line, sizeof line, "%s: %s", sentence, strerror(errno));
    return report_fail_name(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET, line,
                            bytes_of(name, strlen(name)));
}

static enum status MUST_CHECK hash_file(int fd, uint8_t out_hash[static 32])
{
    struct sha256 sha;
    uint8_t piece[65536];
    off_t at = 0;
    sha256_init(&sha);
    for (;;) {
        ssize_t n = pread(fd, piece, sizeof piece, at);
        if (n < 0)
            return STATUS_UNAVAILABLE;
        if (n == 0)
            break;
        sha256_update(&sha, bytes_of(piece, (size_t)n));
        at += n;
    }
    sha256_final(&sha, out_hash);
    return STATUS_OK;
}

/* A directory of ours alone, made when it is not there. */
static enum status MUST_CHECK open_directory(int beneath, const char *name, int *out_fd,
                                             struct report *report)
{
    struct stat is;
    if (mkdirat(beneath, name, 0700) != 0 && errno != EEXIST)
        return fail_file(report, "the directory % can not be made", name);
    const int follow = beneath == AT_FDCWD ? 0 : O_NOFOLLOW;
    int fd = openat(beneath, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow);
    if (fd < 0)
        return fail_file(report, "the directory % can not be opened", name);
    const char *wrong = NULL;
    if (fstat(fd, &is) != 0 || (is.st_mode & 0077) != 0)
        wrong = "the directory % may be entered by others: chmod 700 it";
    else if (beneath == AT_FDCWD &&
             is.st_uid != geteuid()) /* those in it may be the roles' user's */
        wrong = "the directory % belongs to another user: chown it";
    if (wrong == NULL) {
        *out_fd = fd;
        return STATUS_OK;
    }
    (void)close(fd);
    return report_fail_name(report, STATUS_DENIED, REPORT_NO_OFFSET, wrong,
                            bytes_of(name, strlen(name)));
}

static enum status MUST_CHECK open_state(struct files *files, const char *path,
                                         struct report *report)
{
    int state = -1;
    enum status status = open_directory(AT_FDCWD, path, &state, report);
    if (status != STATUS_OK)
        return status;
    files->lock = openat(state, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (files->lock < 0)
        status = fail_file(report, "the file % in the state directory can not be opened", "lock");
    else if (flock(files->lock, LOCK_EX | LOCK_NB) != 0)
        status = report_fail_name(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                                  "another aetherd runs on the state directory %",
                                  bytes_of(path, strlen(path)));
    if (status == STATUS_OK)
        status = open_directory(state, "store", &files->fds[ROLE_FILE_STORE], report);
    if (status == STATUS_OK)
        status = open_directory(state, "keys", &files->fds[ROLE_FILE_STATE], report);
    if (status == STATUS_OK) {
        const int flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
        files->fds[ROLE_FILE_LOG] = openat(state, "log.jsonl", flags, 0600);
        if (files->fds[ROLE_FILE_LOG] < 0)
            status = fail_file(report, "the log % can not be opened", "log.jsonl");
    }
    if (status == STATUS_OK && symlinkat("keys/ca.crt", state, "ca.pem") != 0 && errno != EEXIST)
        status = fail_file(report, "the name % can not be made", "ca.pem");
    (void)close(state);
    return status;
}

/* Beside aetherd, or in ../libexec/aether. */
static int open_beside(const char *name)
{
    static const char *const folders[] = {"", "../libexec/aether/"};
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len <= 0)
        return -1;
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return -1;
    const size_t room = sizeof path - (size_t)(slash + 1 - path);
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        if ((size_t)snprintf(slash + 1, room, "%s%s", folders[i], name) >= room)
            continue;
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            return fd;
    }
    return -1;
}

static enum status MUST_CHECK open_programs(struct files *files, struct config *config,
                                            struct report *report)
{
    struct settings *settings = &config->settings;
    const char *cell = config->cell[0] != '\0' ? config->cell : "aether-cell";
    files->program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (files->program < 0 || hash_file(files->program, settings->binary_hash) != STATUS_OK)
        return fail_file(report, "the program % can not be read", "aetherd");
    files->fds[ROLE_FILE_CELL] =
        config->cell[0] != '\0' ? open(cell, O_RDONLY | O_CLOEXEC) : open_beside(cell);
    if (files->fds[ROLE_FILE_CELL] < 0 ||
        hash_file(files->fds[ROLE_FILE_CELL], settings->cell_hash) != STATUS_OK)
        return fail_file(report, "the program of cells % can not be read (setting `cell`)", cell);
    return STATUS_OK;
}

static enum status MUST_CHECK open_egress_ca(struct files *files, struct config *config,
                                             struct report *report)
{
    if (config->egress_ca[0] == '\0')
        return STATUS_OK;
    int fd = open(config->egress_ca, O_RDONLY | O_CLOEXEC);
    files->fds[ROLE_FILE_EGRESS_CA] = fd;
    if (fd < 0 || hash_file(fd, config->settings.egress_ca_hash) != STATUS_OK)
        return fail_file(report, "the certificates % for egress can not be read",
                         config->egress_ca);
    return STATUS_OK;
}

/* A device is opened here, while there may be rights for it. */
static enum status MUST_CHECK open_tpm(struct files *files, const struct config *config,
                                       struct report *report)
{
    static const char prefix[] = "device:";
    const char *tpm = config->settings.tpm;
    if (strncmp(tpm, prefix, sizeof prefix - 1) != 0)
        return STATUS_OK;
    files->fds[ROLE_FILE_TPM] = open(tpm + sizeof prefix - 1, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (files->fds[ROLE_FILE_TPM] < 0)
        return fail_file(report, "the TPM % can not be opened", tpm + sizeof prefix - 1);
    return STATUS_OK;
}

static bool make_address(const struct settings *settings, struct sockaddr_storage *out_address,
                         socklen_t *out_len)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(settings->listen_port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(settings->listen_port)};
    memset(out_address, 0, sizeof *out_address);
    if (inet_pton(AF_INET, settings->listen_address, &v4.sin_addr) == 1) {
        memcpy(out_address, &v4, sizeof v4);
        *out_len = sizeof v4;
        return true;
    }
    if (inet_pton(AF_INET6, settings->listen_address, &v6.sin6_addr) != 1)
        return false;
    memcpy(out_address, &v6, sizeof v6);
    *out_len = sizeof v6;
    return true;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memcpy(&v4, address, sizeof v4);
    memcpy(&v6, address, sizeof v6);
    if (address->ss_family == AF_INET)
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* The port that was chosen, where 0 was asked for. */
static uint16_t port_of(int fd)
{
    struct sockaddr_storage address;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    socklen_t len = sizeof address;
    memset(&address, 0, sizeof address);
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    memcpy(&v4, &address, sizeof v4);
    memcpy(&v6, &address, sizeof v6);
    return ntohs(address.ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
}

static enum status MUST_CHECK open_listener(struct files *files, struct settings *settings,
                                            struct report *report)
{
    struct sockaddr_storage address;
    socklen_t len = 0;
    const int yes = 1;
    if (!make_address(settings, &address, &len))
        return report_fail_name(
            report, STATUS_INVALID, REPORT_NO_OFFSET, "listen: % is not an IPv4 or IPv6 address",
            bytes_of(settings->listen_address, strlen(settings->listen_address)));
    if (settings->is_dev && !is_loopback(&address))
        return report_fail(report, STATUS_DENIED, REPORT_NO_OFFSET,
                           "--dev listens on loopback alone (127.0.0.1 or [::1])");
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    files->fds[ROLE_FILE_LISTENER] = fd;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, (const struct sockaddr *)&address, len) != 0 || listen(fd, BACKLOG) != 0) {
        char name[96];
        (void)snprintf(name, sizeof name, "%s port %u", settings->listen_address,
                       settings->listen_port);
        return fail_file(report, "nobody can listen on %", name);
    }
    settings->listen_port = port_of(fd);
    return STATUS_OK;
}

static bool give_directory(int directory, const struct plan *plan)
{
    const struct dirent *entry;
    bool is_given = fchown(directory, plan->uid, plan->gid) == 0;
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    while (list != NULL && is_given && (entry = readdir(list)) != NULL)
        if (strcmp(entry->d_name, "..") != 0)
            is_given =
                fchownat(directory, entry->d_name, plan->uid, plan->gid, AT_SYMLINK_NOFOLLOW) == 0;
    if (list != NULL)
        (void)closedir(list);
    return list != NULL && is_given;
}

enum status files_give(const struct files *files, const struct plan *plan, struct report *report)
{
    if (plan->uid == geteuid())
        return STATUS_OK;
    if (give_directory(files->fds[ROLE_FILE_STORE], plan) &&
        give_directory(files->fds[ROLE_FILE_STATE], plan))
        return STATUS_OK;
    return fail_file(report, "the state can not be given to the user of the roles%", "");
}

enum status files_open(struct files *files, struct config *config, struct report *report)
{
    enum status status = open_programs(files, config, report);
    if (status == STATUS_OK)
        status = open_state(files, config->state, report);
    if (status == STATUS_OK)
        status = open_egress_ca(files, config, report);
    if (status == STATUS_OK)
        status = open_tpm(files, config, report);
    if (status == STATUS_OK)
        status = open_listener(files, &config->settings, report);
    return status;
}
