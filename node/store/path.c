/*
 * node/store/path.c: paths to nodes.
 *
 * Empty names and `.` are passed over, `..` goes up, but not above the directory that the path is
 * relative to: NOT_PERMITTED, and so is a path that begins with a slash. Bytes are bytes: no case
 * is folded and no Unicode form made another.
 */
#include "core/base/utf8.h"
#include "node/store/internal.h"

/* Takes the next name off the front; empty: there is none. */
static struct bytes next_name(struct bytes *rest)
{
    while (rest->len != 0 && rest->data[0] == '/')
        *rest = bytes_of(rest->data + 1, rest->len - 1);
    const uint8_t *slash = rest->len != 0 ? memchr(rest->data, '/', rest->len) : NULL;
    size_t len = slash != NULL ? (size_t)(slash - rest->data) : rest->len;
    struct bytes name = bytes_of(rest->data, len);
    *rest = bytes_of(rest->data + len, rest->len - len);
    return name;
}

static bool is_last(struct bytes rest)
{
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.data[i] != '/')
            return false;
    }
    return true;
}

static bool is_dots(struct bytes name, size_t len)
{
    return name.len == len && memcmp(name.data, "..", len) == 0;
}

/* What came may change in the transfer area: it is copied first. */
static int copy_text(struct bytes text, struct store_path *path)
{
    if (text.len == 0)
        return GATE_ERROR_NO_ENTRY;
    if (text.len > GATE_PATH_MAX)
        return GATE_ERROR_NAME_TOO_LONG;
    memcpy(path->text, text.data, text.len);
    if (memchr(path->text, '\0', text.len) != NULL ||
        !utf8_is_valid(bytes_of(path->text, text.len)))
        return GATE_ERROR_ILLEGAL_BYTE_SEQUENCE;
    return path->text[0] == '/' ? GATE_ERROR_NOT_PERMITTED : STORE_FINE;
}

int store_path_walk(struct store_app *app, struct store_node *directory, struct bytes text,
                    struct store_path *out_path)
{
    struct store_node *at = directory;
    int error = copy_text(text, out_path);
    if (error != STORE_FINE)
        return error;
    struct bytes rest = bytes_of(out_path->text, text.len);
    bool ends_with_slash = rest.data[rest.len - 1] == '/';
    out_path->is_directory = ends_with_slash;
    out_path->parent = NULL;
    out_path->name = bytes_of(rest.data, 0);
    for (;;) {
        struct bytes name = next_name(&rest);
        if (name.len == 0)
            break;
        if (at == NULL)
            return GATE_ERROR_NO_ENTRY;
        if (at->type != GATE_TYPE_DIRECTORY)
            return GATE_ERROR_NOT_DIRECTORY;
        out_path->parent = NULL;
        if (is_dots(name, 1)) {
            out_path->is_directory = true;
            continue;
        }
        if (is_dots(name, 2)) {
            if (at == directory || at->parent == NULL)
                return GATE_ERROR_NOT_PERMITTED;
            at = at->parent;
            out_path->is_directory = true;
            continue;
        }
        if (name.len > STORE_NAME_MAX)
            return GATE_ERROR_NAME_TOO_LONG;
        out_path->parent = at;
        out_path->name = name;
        out_path->is_directory = ends_with_slash;
        at = store_node_child(app, at, name);
        if (at == NULL && !is_last(rest))
            return GATE_ERROR_NO_ENTRY;
    }
    if (at != NULL && out_path->is_directory && at->type != GATE_TYPE_DIRECTORY)
        return GATE_ERROR_NOT_DIRECTORY;
    out_path->found = at;
    return STORE_FINE;
}
