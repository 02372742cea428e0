/*
 * node/gate/watch.c: see watch.h.
 *
 * Invariant: the list, the flags of its members and calls of their functions are under `lock`; so
 * whoever has removed a watch knows that no function of it runs.
 */
#include "node/gate/watch.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

#define STACK_BYTES    ((size_t)128 << 10)
#define EVENTS_AT_ONCE 16
#define SECOND_NS      UINT64_C(1000000000)
#define MILLISECOND_NS UINT64_C(1000000)
#define LONGEST_NS     (3600 * SECOND_NS)

static struct {
    pthread_mutex_t lock;
    struct gate_watch *first;
    int epoll_fd;
    int wake_fd;
    uint64_t sleeps_until_ns; /* at most; 0: until somebody wakes it */
    bool is_running;
} watcher = {.lock = PTHREAD_MUTEX_INITIALIZER};

uint64_t gate_watch_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_NS + (uint64_t)now.tv_nsec;
}

static void wake(void)
{
    const uint64_t one = 1;
    (void)!write(watcher.wake_fd, &one, sizeof one); /* full means that it is awake */
}

/* Under the lock. One that sleeps no longer than that looks by itself: calls that have the same
 * time one after the other wake nobody. */
static void wake_for(uint64_t deadline_ns)
{
    if (deadline_ns == 0 ||
        (watcher.sleeps_until_ns != 0 && watcher.sleeps_until_ns <= deadline_ns))
        return;
    watcher.sleeps_until_ns = deadline_ns;
    wake();
}

/* Tells who is late; milliseconds until the next one is, -1: nobody has a deadline. */
static int look_at_deadlines(void)
{
    uint64_t now = gate_watch_now_ns();
    uint64_t next = UINT64_MAX;
    for (struct gate_watch *watch = watcher.first; watch != NULL; watch = watch->next) {
        if (watch->deadline_ns == 0 || watch->is_late)
            continue;
        if (watch->deadline_ns <= now) {
            watch->is_late = true;
            watch->late(watch->context);
        } else if (watch->deadline_ns < next) {
            next = watch->deadline_ns;
        }
    }
    watcher.sleeps_until_ns = next == UINT64_MAX ? 0 : next;
    if (next == UINT64_MAX)
        return -1;
    uint64_t left = next - now < LONGEST_NS ? next - now : LONGEST_NS;
    return (int)((left + MILLISECOND_NS - 1) / MILLISECOND_NS);
}

static bool is_dead(int pidfd)
{
    struct pollfd process = {.fd = pidfd, .events = POLLIN};
    return poll(&process, 1, 0) == 1;
}

/* One that was removed meanwhile is no more in the list, or another one at its place is. */
static void tell_death(const struct gate_watch *dead)
{
    for (struct gate_watch *watch = watcher.first; watch != NULL; watch = watch->next)
        if (watch == dead && !watch->is_dead && is_dead(watch->pidfd)) {
            watch->is_dead = true;
            (void)epoll_ctl(watcher.epoll_fd, EPOLL_CTL_DEL, watch->pidfd, NULL);
            watch->died(watch->context);
        }
}

static void *watch_all(void *context)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    uint64_t count;
    int timeout_ms = -1;
    (void)context;
    for (;;) {
        int ready = epoll_wait(watcher.epoll_fd, events, EVENTS_AT_ONCE, timeout_ms);
        for (int i = 0; i < ready; i++)
            if (events[i].data.ptr == NULL)
                (void)!read(watcher.wake_fd, &count, sizeof count);
        (void)pthread_mutex_lock(&watcher.lock);
        for (int i = 0; i < ready; i++)
            if (events[i].data.ptr != NULL)
                tell_death(events[i].data.ptr);
        timeout_ms = look_at_deadlines();
        (void)pthread_mutex_unlock(&watcher.lock);
    }
    return NULL;
}

static bool start_thread(void)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void)sigfillset(&all); /* signals are for the program's own threads */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread, &attributes, watch_all, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    return error == 0;
}

static bool start(void)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    watcher.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    watcher.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (watcher.epoll_fd >= 0 && watcher.wake_fd >= 0 &&
        epoll_ctl(watcher.epoll_fd, EPOLL_CTL_ADD, watcher.wake_fd, &event) == 0 && start_thread())
        return true;
    if (watcher.epoll_fd >= 0)
        (void)close(watcher.epoll_fd);
    if (watcher.wake_fd >= 0)
        (void)close(watcher.wake_fd);
    return false;
}

enum status gate_watch_add(struct gate_watch *watch, struct report *report)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
    (void)pthread_mutex_lock(&watcher.lock);
    if (!watcher.is_running)
        watcher.is_running = start();
    bool is_added =
        watcher.is_running && epoll_ctl(watcher.epoll_fd, EPOLL_CTL_ADD, watch->pidfd, &event) == 0;
    if (is_added) {
        watch->previous = NULL;
        watch->next = watcher.first;
        if (watcher.first != NULL)
            watcher.first->previous = watch;
        watcher.first = watch;
        watch->is_in = true;
        wake_for(watch->deadline_ns);
    }
    (void)pthread_mutex_unlock(&watcher.lock);
    if (!is_added)
        return report_fail(report, STATUS_UNAVAILABLE, REPORT_NO_OFFSET,
                           "no thread or descriptor to watch a cell with");
    return STATUS_OK;
}

void gate_watch_rearm(struct gate_watch *watch, uint64_t deadline_ns)
{
    (void)pthread_mutex_lock(&watcher.lock);
    watch->deadline_ns = deadline_ns;
    watch->is_late = false;
    wake_for(deadline_ns);
    (void)pthread_mutex_unlock(&watcher.lock);
}

bool gate_watch_is_dead(struct gate_watch *watch)
{
    (void)pthread_mutex_lock(&watcher.lock);
    bool has_died = watch->is_dead;
    (void)pthread_mutex_unlock(&watcher.lock);
    return has_died;
}

void gate_watch_kill(struct gate_watch *watch)
{
    (void)pthread_mutex_lock(&watcher.lock);
    if (watch->is_in)
        (void)syscall(SYS_pidfd_send_signal, watch->pidfd, SIGKILL, NULL, 0);
    (void)pthread_mutex_unlock(&watcher.lock);
}

void gate_watch_remove(struct gate_watch *watch)
{
    (void)pthread_mutex_lock(&watcher.lock);
    watch->is_in = false;
    if (!watch->is_dead)
        (void)epoll_ctl(watcher.epoll_fd, EPOLL_CTL_DEL, watch->pidfd, NULL);
    if (watch->previous != NULL)
        watch->previous->next = watch->next;
    else
        watcher.first = watch->next;
    if (watch->next != NULL)
        watch->next->previous = watch->previous;
    (void)pthread_mutex_unlock(&watcher.lock);
}
