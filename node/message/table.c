/*
 * node/message/table.c: types.h as a table. See table.h.
 */
#include "node/message/table.h"

/* The fields of a type stand in an array of its own. Their macros take no struct, so each array is
 * a static of a function in which `typed` is the struct. */
#define FIELD_U(name)              {#name, MESSAGE_FIELD_U, offsetof(typed, name), 0, 0},
#define FIELD_B(name, least, most) {#name, MESSAGE_FIELD_B, offsetof(typed, name), least, most},
#define FIELD_T(name, least, most) {#name, MESSAGE_FIELD_T, offsetof(typed, name), least, most},
#define FIELD_D(name, most)        {#name, MESSAGE_FIELD_D, offsetof(typed, name), 0, most},
#define FIELD_END                  {NULL, MESSAGE_FIELD_U, 0, 0, 0} /* no array is empty */

#define X(number, lower, UPPER, fd_count)                                                          \
    static const struct message_layout *lower##_layout(void)                                       \
    {                                                                                              \
        typedef struct message_##lower typed;                                                      \
        static const struct message_field fields[] = {                                             \
            MESSAGE_##UPPER##_FIELDS(FIELD_U, FIELD_B, FIELD_T, FIELD_D) FIELD_END};               \
        static const struct message_layout layout = {                                              \
            .name = #lower,                                                                        \
            .type = MESSAGE_##UPPER,                                                               \
            .fds = fd_count,                                                                       \
            .size = sizeof(typed),                                                                 \
            .field_count = ARRAY_LEN(fields) - 1,                                                  \
            .fields = fields,                                                                      \
        };                                                                                         \
        return &layout;                                                                            \
    }
MESSAGE_LIST(X)
#undef X

const struct message_layout *message_layout_of(uint64_t type)
{
    switch (type) {
#define X(number, lower, UPPER, fd_count)                                                          \
    case MESSAGE_##UPPER:                                                                          \
        return lower##_layout();
        MESSAGE_LIST(X)
#undef X
    default:
        return NULL;
    }
}

const struct message_field *message_body_field(const struct message_layout *layout)
{
    if (layout->field_count == 0)
        return NULL;
    const struct message_field *last = &layout->fields[layout->field_count - 1];
    return last->kind == MESSAGE_FIELD_D ? last : NULL;
}

const char *message_name(uint64_t type)
{
    const struct message_layout *layout = message_layout_of(type);
    return layout == NULL ? NULL : layout->name;
}
