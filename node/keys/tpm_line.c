/*
 * node/keys/tpm_line.c: see tpm_line.h.
 */
#include "node/keys/tpm_line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/socket.h>
#include <sys/stat.h>

#define LINE_MAGIC  UINT64_C(0x61657468657254) /* any number: contexts are told apart by it */
#define HEADER_SIZE 10u                        /* tag, size of all, code */
#define ADDRESS_MAX 64

static struct tpm_line *line_of(TSS2_TCTI_CONTEXT *context)
{
    return (struct tpm_line *)(void *)context; /* the context is our first member */
}

/* False: not ready in this time, or broken; a broken one is seen by who reads. */
static bool is_ready(int fd, short events, int most_ms)
{
    struct pollfd polled = {.fd = fd, .events = events};
    int got;
    do
        got = poll(&polled, 1, most_ms);
    while (got < 0 && errno == EINTR);
    return got > 0;
}

static TSS2_RC transmit(TSS2_TCTI_CONTEXT *context, size_t size, const uint8_t *command)
{
    struct tpm_line *line = line_of(context);
    if (line->is_asked)
        return TSS2_TCTI_RC_BAD_SEQUENCE;
    while (size != 0) {
        const ssize_t put = line->is_socket ? send(line->fd, command, size, MSG_NOSIGNAL)
                                            : write(line->fd, command, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno == EAGAIN && is_ready(line->fd, POLLOUT, TPM_LINE_MOST_MS))
            continue;
        if (put <= 0)
            return TSS2_TCTI_RC_IO_ERROR;
        command += put;
        size -= (size_t)put;
    }
    line->is_asked = true;
    line->have = 0;
    return TSS2_RC_SUCCESS;
}

/* The size that the header says; 0: not yet whole. */
static size_t response_size(const struct tpm_line *line)
{
    if (line->have < HEADER_SIZE)
        return 0;
    return (size_t)line->response[2] << 24 | (size_t)line->response[3] << 16 |
           (size_t)line->response[4] << 8 | line->response[5];
}

/* A device gives all of it at once, and nothing later: the read is as long as a response may be. */
static TSS2_RC fill(struct tpm_line *line, int most_ms)
{
    size_t size;
    while ((size = response_size(line)) == 0 || line->have < size) {
        if (size > sizeof line->response || (size != 0 && size < HEADER_SIZE))
            return TSS2_TCTI_RC_MALFORMED_RESPONSE;
        if (!is_ready(line->fd, POLLIN, most_ms))
            return most_ms == 0 ? TSS2_TCTI_RC_TRY_AGAIN : TSS2_TCTI_RC_IO_ERROR;
        const ssize_t got =
            read(line->fd, line->response + line->have, sizeof line->response - line->have);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got <= 0)
            return TSS2_TCTI_RC_IO_ERROR;
        line->have += (size_t)got;
    }
    return line->have == size ? TSS2_RC_SUCCESS : TSS2_TCTI_RC_MALFORMED_RESPONSE;
}

static TSS2_RC receive(TSS2_TCTI_CONTEXT *context, size_t *size, uint8_t *response, int32_t timeout)
{
    struct tpm_line *line = line_of(context);
    if (!line->is_asked)
        return TSS2_TCTI_RC_BAD_SEQUENCE;
    const int most_ms = timeout < 0 || timeout > TPM_LINE_MOST_MS ? TPM_LINE_MOST_MS : (int)timeout;
    const TSS2_RC rc = fill(line, most_ms);
    if (rc != TSS2_RC_SUCCESS)
        return rc;
    if (response != NULL && *size < line->have)
        return TSS2_TCTI_RC_INSUFFICIENT_BUFFER;
    *size = line->have;
    if (response == NULL)
        return TSS2_RC_SUCCESS; /* asked how long it is */
    memcpy(response, line->response, line->have);
    memory_wipe(line->response, line->have);
    line->is_asked = false;
    return TSS2_RC_SUCCESS;
}

static void finalize(TSS2_TCTI_CONTEXT *context)
{
    (void)context; /* tpm_line_close */
}

static TSS2_RC cancel(TSS2_TCTI_CONTEXT *context)
{
    (void)context;
    return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC poll_handles(TSS2_TCTI_CONTEXT *context, TSS2_TCTI_POLL_HANDLE *handles,
                            size_t *count)
{
    (void)context;
    (void)handles;
    (void)count;
    return TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static TSS2_RC set_locality(TSS2_TCTI_CONTEXT *context, uint8_t locality)
{
    (void)context;
    return locality == 0 ? TSS2_RC_SUCCESS : TSS2_TCTI_RC_NOT_IMPLEMENTED;
}

static int connect_to(const char *address, uint16_t port)
{
    const int one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
        return -1;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* speed alone */
        return fd;
    }
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

/* -2: not one of the two forms. */
static int open_by_name(const char *tcti)
{
    static const char device[] = "device:", swtpm[] = "swtpm:host=", port_word[] = ",port=";
    char address[ADDRESS_MAX];
    if (strncmp(tcti, device, sizeof device - 1) == 0)
        return open(tcti + sizeof device - 1, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (strncmp(tcti, swtpm, sizeof swtpm - 1) != 0)
        return -2;
    const char *host = tcti + sizeof swtpm - 1, *comma = strstr(host, port_word);
    if (comma == NULL || (size_t)(comma - host) >= sizeof address)
        return -2;
    memcpy(address, host, (size_t)(comma - host));
    address[comma - host] = '\0';
    char *end;
    const unsigned long port = strtoul(comma + sizeof port_word - 1, &end, 10);
    if (*end != '\0' || port == 0 || port > UINT16_MAX)
        return -2;
    return connect_to(strcmp(address, "localhost") == 0 ? "127.0.0.1" : address, (uint16_t)port);
}

enum status tpm_line_open(struct tpm_line *line, const char *tcti, int fd, struct report *report)
{
    struct stat what;
    const int own = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : open_by_name(tcti);
    if (own == -2)
        return report_fail_name(report, STATUS_INVALID, REPORT_NO_OFFSET,
                                "% names no TPM: say device:/dev/tpmrm0, or "
                                "swtpm:host=127.0.0.1,port=2321",
                                bytes_of(tcti, strlen(tcti)));
    if (own < 0 || fstat(own, &what) != 0)
        return report_fail_name(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                                "there is no TPM at %", bytes_of(tcti, strlen(tcti)));
    *line = (struct tpm_line){
        .common = {.magic = LINE_MAGIC,
                   .version = 1,
                   .transmit = transmit,
                   .receive = receive,
                   .finalize = finalize,
                   .cancel = cancel,
                   .getPollHandles = poll_handles,
                   .setLocality = set_locality},
        .fd = own,
        .is_socket = S_ISSOCK(what.st_mode),
    };
    return STATUS_OK;
}

void tpm_line_close(struct tpm_line *line)
{
    if (line->fd >= 0)
        (void)close(line->fd);
    line->fd = -1;
    memory_wipe(line->response, sizeof line->response);
}
