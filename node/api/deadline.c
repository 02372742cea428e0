/*
 * node/api/deadline.c: deadlines of connections: one list for each length, so each is in order.
 */
#include "node/api/service.h"

void api_deadline_clear(struct api_connection *connection)
{
    if (connection->list == API_LIST_NONE)
        return;
    struct api_deadlines *list = &connection->api->lists[connection->list];
    struct api_connection *before = connection->list_before, *after = connection->list_after;
    *(before != NULL ? &before->list_after : &list->first) = after;
    *(after != NULL ? &after->list_before : &list->last) = before;
    connection->list_before = connection->list_after = NULL;
    connection->list = API_LIST_NONE;
}

void api_deadline_set(struct api_connection *connection, enum api_list which)
{
    struct api_deadlines *list = &connection->api->lists[which];
    api_deadline_clear(connection);
    connection->list = which;
    connection->deadline = connection->api->now + list->length_ms;
    connection->list_before = list->last;
    *(list->last != NULL ? &list->last->list_after : &list->first) = connection;
    list->last = connection;
}

int api_deadline_wait(const struct api *api, int most_ms)
{
    uint64_t wait = (uint64_t)most_ms;
    for (int i = 0; i < API_LIST_COUNT; i++) {
        const struct api_connection *first = api->lists[i].first;
        if (first == NULL)
            continue;
        uint64_t left = first->deadline > api->now ? first->deadline - api->now : 0;
        wait = left < wait ? left : wait;
    }
    return (int)wait;
}

void api_deadline_expire(struct api *api)
{
    for (int i = 0; i < API_LIST_COUNT; i++) {
        while (api->lists[i].first != NULL && api->lists[i].first->deadline <= api->now) {
            struct api_connection *connection = api->lists[i].first;
            api_deadline_clear(connection);
            api_connection_expired(connection);
        }
    }
}
