/*
 * tests/drill/common.c: what every drill does. See drill.h.
 */
#include "tests/drill/drill.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "node/config/settings.h"

#define CONTROL_FD 3
#define FLOOD_MOST 200000u
#define OVERSIZE   (MESSAGE_PACKET_MAX + 1000)
#define FDS_MOST   8u

static struct message_in in;

uint32_t drill_patience_ms = 10000;

void drill_say(const char *name, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "drill: %s: %s\n", name, line);
}

static void say_result(const char *name, long result)
{
    if (result >= 0)
        drill_say(name, "DONE");
    else
        drill_say(name, "refused (%s)", strerrorname_np(errno));
}

static void try_files(void)
{
    static const struct {
        const char *name, *path;
        int flags;
    } files[] = {
        {"read /etc/passwd", "/etc/passwd", O_RDONLY},
        {"read /etc/hosts", "/etc/hosts", O_RDONLY},
        {"list /", "/", O_RDONLY | O_DIRECTORY},
        {"list /proc", "/proc", O_RDONLY | O_DIRECTORY},
        {"write /tmp", "/tmp/drill", O_WRONLY | O_CREAT},
        {"read the supervisor's memory", "/proc/1/../2/mem", O_RDONLY},
        {"read root's home", "/root", O_RDONLY | O_DIRECTORY},
        {"open the TPM", "/dev/tpmrm0", O_RDWR},
        {"open memory", "/dev/mem", O_RDONLY},
        {"climb out", "/proc/self/root/../../etc/passwd", O_RDONLY},
        {"climb out by a descriptor", "/proc/self/fd/2/../../etc/passwd", O_RDONLY},
    };
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        say_result(files[i].name, open(files[i].path, files[i].flags | O_CLOEXEC, 0600));
}

static void try_sockets(const struct role *role)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(role->settings->listen_port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/dbus/system_bus_socket"};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    say_result("socket of IPv4", fd);
    if (fd >= 0)
        say_result("connect", connect(fd, (struct sockaddr *)&address, sizeof address));
    fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
    say_result("raw socket", fd);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    say_result("socket of files", fd);
    if (fd >= 0)
        say_result("connect to the bus", connect(fd, (struct sockaddr *)&local, sizeof local));
    /* One of those that it has, turned into something else. */
    fd = role->peers[ROLE_MAIN];
    say_result("connect a link elsewhere",
               connect(fd, (struct sockaddr *)&address, sizeof address));
}

static void try_itself(void)
{
    const struct rlimit core = {RLIM_INFINITY, RLIM_INFINITY};
    void *code =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say_result("memory that is code", code == MAP_FAILED ? -1 : 0);
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say_result("memory that becomes code", mprotect(code, 4096, PROT_READ | PROT_EXEC));
    say_result("become dumpable", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    say_result("raise the size of cores", setrlimit(RLIMIT_CORE, &core));
    say_result("kill another", kill(2, SIGKILL));
    say_result("kill all", kill(-1, SIGKILL));
}

void drill_reach_out(const struct role *role)
{
    try_files();
    try_sockets(role);
    try_itself();
}

static long try_memory_of_another(void)
{
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return syscall(SYS_process_vm_readv, 2, &here, 1, &there, 1, 0);
}

void drill_reach_out_fatally(uint32_t which)
{
    static char program[] = "/proc/self/exe";
    char *const none[] = {program, NULL};
    long result = -1;
    switch (which) {
    case 1:
        result = execve(program, none, none + 1);
        break;
    case 2:
        result = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
        break;
    case 3:
        result = ptrace(PTRACE_ATTACH, 2, NULL, NULL);
        break;
    case 4:
        result = try_memory_of_another();
        break;
    case 5:
        result = unshare(CLONE_NEWUSER);
        break;
    case 6:
        result = mount("none", "/tmp", "tmpfs", 0, NULL);
        break;
    case 7:
        result = syscall(SYS_bpf, 0, NULL, 0);
        break;
    case 8:
        result = syscall(SYS_io_uring_setup, 1, NULL);
        break;
    case 9:
        result = syscall(SYS_pidfd_getfd, 0, 0, 0);
        break;
    default:
        result = setns(0, 0);
        break;
    }
    say_result("what kills", result);
}

void drill_hear(const char *name, int link)
{
    enum status status = message_receive_wait(link, &in, drill_patience_ms, NULL);
    if (status == STATUS_TRUNCATED)
        drill_say(name, "the link was ended");
    else if (status == STATUS_UNAVAILABLE)
        drill_say(name, "no answer");
    else if (status != STATUS_OK)
        drill_say(name, "nonsense");
    else if (in.type == MESSAGE_FAILED)
        drill_say(name, "failed %u (%.*s)", (unsigned)in.any.failed.code,
                  (int)in.any.failed.text.len, (const char *)in.any.failed.text.data);
    else
        drill_say(name, "answered by %s", message_name(in.type));
    if (status == STATUS_OK)
        message_release(&in);
}

void drill_ask(const char *name, int link, enum message_type type, const void *message)
{
    if (message_send_wait(link, type, message, -1, drill_patience_ms) != STATUS_OK)
        drill_say(name, "could not be sent");
    else
        drill_hear(name, link);
}

void drill_ask_raw(const char *name, int link, struct bytes packet, int fd, unsigned fd_count)
{
    union {
        struct cmsghdr header;
        uint8_t room[CMSG_SPACE(FDS_MOST * sizeof(int))];
    } control = {.room = {0}};
    struct iovec piece = {(void *)(uintptr_t)packet.data, packet.len};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    int fds[FDS_MOST];
    for (unsigned i = 0; i < FDS_MOST; i++)
        fds[i] = fd;
    if (fd_count != 0) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(fd_count * sizeof fd);
        control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(fd_count * sizeof fd),
                                          .cmsg_level = SOL_SOCKET,
                                          .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), fds, fd_count * sizeof fd);
    }
    if (sendmsg(link, &message, MSG_NOSIGNAL) < 0)
        drill_say(name, "could not be sent (%s)", strerrorname_np(errno));
    else
        drill_hear(name, link);
}

/* Questions without end, and no answer is taken; then what is there is thrown away. */
static void flood(int link)
{
    static uint8_t waste[MESSAGE_PACKET_MAX];
    const struct message_list list = {.id = 7};
    uint32_t sent = 0, taken = 0;
    (void)fcntl(link, F_SETFL, O_NONBLOCK);
    while (sent < FLOOD_MOST && message_send_wait(link, MESSAGE_LIST, &list, -1, 50) == STATUS_OK)
        sent++;
    for (struct pollfd ready = {.fd = link, .events = POLLIN}; poll(&ready, 1, 500) == 1; taken++)
        if (recv(link, waste, sizeof waste, MSG_DONTWAIT) <= 0)
            break;
    drill_say("flood", sent < FLOOD_MOST ? "was held up" : "was all taken");
    drill_say("flood", taken != 0 ? "was answered" : "was not answered");
}

bool drill_garble(uint32_t which, int link)
{
    static uint8_t bytes[OVERSIZE];
    static const uint8_t cut[] = {0x84, 0x18, 0x23, 0x01, 0x40};
    static const uint8_t no_such_type[] = {0x82, 0x19, 0x03, 0xE7, 0x01};
    /* LOAD whose payload is said to be a memory file of 1 MiB */
    static const uint8_t in_file[] = {0x87, 0x18, 0x21, 0x05, 0x40, 0x61, 'a', 0x60,
                                      0x40, 0x00, 0x1A, 0x00, 0x10, 0x00, 0x00};
    int memory = -1;
    switch (which) {
    case 20:
        for (size_t i = 0; i < 100; i++)
            bytes[i] = (uint8_t)(i * 37 + 200);
        drill_ask_raw("random bytes", link, bytes_of(bytes, 100), -1, 0);
        return true;
    case 21:
        drill_ask_raw("half a message", link, bytes_of(cut, sizeof cut), -1, 0);
        return true;
    case 22:
        drill_ask_raw("a type that is none", link, bytes_of(no_such_type, sizeof no_such_type), -1,
                      0);
        return true;
    case 23:
        drill_ask_raw("too long a packet", link, bytes_of(bytes, sizeof bytes), -1, 0);
        return true;
    case 24:
        drill_ask_raw("eight descriptors", link, bytes_of(cut, sizeof cut), STDERR_FILENO, 8);
        return true;
    case 25: /* its pages could change, or go, under the reader */
        memory = memfd_create("drill", MFD_CLOEXEC);
        (void)!ftruncate(memory, 1 << 20);
        drill_ask_raw("a body that is not sealed", link, bytes_of(in_file, sizeof in_file), memory,
                      1);
        return true;
    case 26:
        flood(link);
        return true;
    default:
        return false;
    }
}

uint32_t drill_begin(enum role_name name, struct role *role)
{
    struct report report;
    report_init(&report);
    if (role_begin(name, CONTROL_FD, role, &report) != STATUS_OK)
        _exit(2);
    if (role_confine(role, &report) != STATUS_OK)
        role_fatal(role, report.text);
    const uint32_t which = role->settings->queue_max - 1;
    if (which >= 1 && which <= DRILL_FATAL_MOST)
        drill_reach_out_fatally(which);
    if (role_ready(role, "drill") != STATUS_OK)
        _exit(1);
    return which;
}

void drill_end(struct role *role)
{
    drill_say("all", "over");
    drill_idle(role);
}

void drill_idle(struct role *role)
{
    enum role_name peer = ROLE_COUNT;
    for (;;) {
        struct pollfd control = {.fd = role->control, .events = POLLIN};
        (void)poll(&control, 1, -1);
        if (role_control(role, &peer) == ROLE_EVENT_STOP)
            _exit(0);
    }
}
