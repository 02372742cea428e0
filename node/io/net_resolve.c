/*
 * node/io/net_resolve.c: see net_resolve.h.
 */
#include "node/io/net_resolve.h"

#include <netdb.h>
#include <pthread.h>
#include <resolv.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/io/io.h"

#define STACK_SIZE (256u << 10)

struct net_resolver {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_ending;
    unsigned users; /* threads, and who made it; the last one frees */
    unsigned waiting_count;
    int event;
    struct net_lookup *waiting, **waiting_end;
    struct net_lookup *done;
};

static void free_lookups(struct net_lookup *lookup)
{
    while (lookup != NULL) {
        struct net_lookup *next = lookup->next;
        free(lookup);
        lookup = next;
    }
}

/* Locked; unlocks. */
static void leave(struct net_resolver *resolver)
{
    bool is_last = --resolver->users == 0;
    (void)pthread_mutex_unlock(&resolver->lock);
    if (!is_last)
        return;
    free_lookups(resolver->waiting);
    free_lookups(resolver->done);
    (void)close(resolver->event);
    (void)pthread_cond_destroy(&resolver->wake);
    (void)pthread_mutex_destroy(&resolver->lock);
    free(resolver);
}

/* Families in turns, each in the resolver's order. */
static void take_addresses(struct net_lookup *lookup, const struct addrinfo *list)
{
    const struct addrinfo *next[2] = {list, list};
    int family[2] = {list->ai_family, list->ai_family == AF_INET ? AF_INET6 : AF_INET};
    unsigned turn = 0;
    for (unsigned misses = 0; misses < 2 && lookup->count < NET_ADDRESSES_MAX; turn = 1 - turn) {
        while (next[turn] != NULL && next[turn]->ai_family != family[turn])
            next[turn] = next[turn]->ai_next;
        if (next[turn] == NULL) {
            misses++;
            continue;
        }
        misses = 0;
        struct net_address *address = &lookup->addresses[lookup->count];
        if (next[turn]->ai_addrlen <= sizeof address->socket) {
            memcpy(&address->socket, next[turn]->ai_addr, next[turn]->ai_addrlen);
            address->len = next[turn]->ai_addrlen;
            lookup->count++;
        }
        next[turn] = next[turn]->ai_next;
    }
}

static void resolve(struct net_lookup *lookup)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    struct sockaddr_in *four;
    struct sockaddr_in6 *six;
    /* The name as it is: a name that does not exist is not tried in the machine's own domains. */
    if (res_init() == 0)
        _res.options &= ~((unsigned long)RES_DEFNAMES | RES_DNSRCH);
    lookup->error = getaddrinfo(lookup->host, NULL, &hints, &list);
    if (lookup->error != 0)
        return;
    take_addresses(lookup, list);
    freeaddrinfo(list);
    for (uint32_t i = 0; i < lookup->count; i++) {
        four = (struct sockaddr_in *)(void *)&lookup->addresses[i].socket;
        six = (struct sockaddr_in6 *)(void *)&lookup->addresses[i].socket;
        if (four->sin_family == AF_INET)
            four->sin_port = htons(lookup->port);
        else
            six->sin6_port = htons(lookup->port);
    }
}

static void *run(void *context)
{
    static const uint64_t one = 1;
    struct net_resolver *resolver = context;
    (void)pthread_mutex_lock(&resolver->lock);
    for (;;) {
        while (resolver->waiting == NULL && !resolver->is_ending)
            (void)pthread_cond_wait(&resolver->wake, &resolver->lock);
        if (resolver->is_ending)
            break;
        struct net_lookup *lookup = resolver->waiting;
        resolver->waiting = lookup->next;
        if (resolver->waiting == NULL)
            resolver->waiting_end = &resolver->waiting;
        resolver->waiting_count--;
        (void)pthread_mutex_unlock(&resolver->lock);
        resolve(lookup);
        (void)pthread_mutex_lock(&resolver->lock);
        lookup->next = resolver->done;
        resolver->done = lookup;
        (void)!write(resolver->event, &one, sizeof one); /* full: it is readable already */
    }
    leave(resolver);
    return NULL;
}

enum status net_resolver_create(int event, struct net_resolver **out_resolver,
                                struct report *report)
{
    struct net_resolver *resolver = calloc(1, sizeof *resolver);
    if (resolver == NULL)
        goto no_room;
    resolver->waiting_end = &resolver->waiting;
    resolver->users = 1;
    resolver->event = dup(event);
    if (resolver->event < 0)
        goto no_event;
    if (pthread_mutex_init(&resolver->lock, NULL) != 0)
        goto no_lock;
    if (pthread_cond_init(&resolver->wake, NULL) != 0)
        goto no_cond;
    for (unsigned i = 0; i < NET_RESOLVE_THREADS; i++) {
        (void)pthread_mutex_lock(&resolver->lock);
        resolver->users++;
        (void)pthread_mutex_unlock(&resolver->lock);
        if (io_start_thread(run, resolver, STACK_SIZE))
            continue;
        (void)pthread_mutex_lock(&resolver->lock);
        resolver->users--;
        (void)pthread_mutex_unlock(&resolver->lock);
        net_resolver_destroy(resolver);
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                           "no thread for the resolver");
    }
    *out_resolver = resolver;
    return STATUS_OK;
no_cond:
    (void)pthread_mutex_destroy(&resolver->lock);
no_lock:
    (void)close(resolver->event);
no_event:
    free(resolver);
no_room:
    return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for the resolver");
}

void net_resolver_destroy(struct net_resolver *resolver)
{
    if (resolver == NULL)
        return;
    (void)pthread_mutex_lock(&resolver->lock);
    resolver->is_ending = true;
    (void)pthread_cond_broadcast(&resolver->wake);
    leave(resolver);
}

enum status net_resolver_ask(struct net_resolver *resolver, uint64_t connection, struct bytes host,
                             uint16_t port)
{
    struct net_lookup *lookup = calloc(1, sizeof *lookup);
    if (lookup == NULL || host.len > NET_HOST_MAX) {
        free(lookup);
        return STATUS_NO_MEMORY;
    }
    lookup->connection = connection;
    lookup->port = port;
    memcpy(lookup->host, host.data, host.len);
    (void)pthread_mutex_lock(&resolver->lock);
    bool has_room = resolver->waiting_count < NET_RESOLVE_QUEUE;
    if (has_room) {
        *resolver->waiting_end = lookup;
        resolver->waiting_end = &lookup->next;
        resolver->waiting_count++;
        (void)pthread_cond_signal(&resolver->wake);
    }
    (void)pthread_mutex_unlock(&resolver->lock);
    if (!has_room)
        free(lookup);
    return has_room ? STATUS_OK : STATUS_LIMIT;
}

struct net_lookup *net_resolver_take(struct net_resolver *resolver)
{
    (void)pthread_mutex_lock(&resolver->lock);
    struct net_lookup *lookup = resolver->done;
    if (lookup != NULL)
        resolver->done = lookup->next;
    (void)pthread_mutex_unlock(&resolver->lock);
    if (lookup != NULL)
        lookup->next = NULL;
    return lookup;
}
