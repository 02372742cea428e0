/*
 * cli/wasm_file.c: modules from files, in an arena of pages that the system gives when touched.
 */
#include "cli/wasm_file.h"

#include <sys/mman.h>

#include "cli/cli.h"
#include "core/wasm/limits.h"

/* What a load takes at most for each byte (module.h), twice over, and for one body. */
#define ARENA_BYTES_PER_BYTE 64u
#define ARENA_BYTES_BESIDES  ((size_t)64 << 20)
/* Steps, index spaces and types of a component; a definition has two bytes or more. */
#define COMPONENT_BYTES_PER_BYTE 1024u
#define COMPONENT_BYTES_BESIDES  ((size_t)256 << 20)

void *wasm_file_pages(size_t len)
{
    void *pages = mmap(NULL, len == 0 ? 1 : len, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

bool wasm_file_read(struct wasm_file *file, const char *path)
{
    memset(file, 0, sizeof *file);
    report_init(&file->report);
    file->path = path;
    return cli_read(path, WASM_LIMIT_MODULE_BYTES, &file->content);
}

static bool begins_with(struct bytes text, const char *word)
{
    size_t len = strlen(word);
    return text.len >= len && memcmp(text.data, word, len) == 0;
}

static struct bytes skip(struct bytes text, size_t len)
{
    return bytes_of(text.data + len, text.len - len);
}

/* Behind a comment of the text format: a line, or a block, which may hold others. */
static struct bytes skip_comment(struct bytes text)
{
    size_t depth = 0;
    if (begins_with(text, ";;")) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        return skip(text, end == NULL ? text.len : (size_t)(end - text.data));
    }
    do {
        bool opens = begins_with(text, "(;"), closes = begins_with(text, ";)");
        depth = opens ? depth + 1 : closes ? depth - 1 : depth;
        text = skip(text, opens || closes ? 2 : 1);
    } while (depth != 0 && text.len != 0);
    return text;
}

/* Spaces and comments, then an opening parenthesis: nothing binary begins so. */
bool wasm_file_is_text(struct bytes text)
{
    if (begins_with(text, "\xEF\xBB\xBF"))
        text = skip(text, 3);
    while (text.len != 0) {
        if (begins_with(text, ";;") || begins_with(text, "(;"))
            text = skip_comment(text);
        else if (text.data[0] == ' ' || (text.data[0] >= '\t' && text.data[0] <= '\r'))
            text = skip(text, 1);
        else
            return text.data[0] == '(';
    }
    return false;
}

static enum status make_arena(struct wasm_file *file, size_t per_byte, size_t besides)
{
    file->arena_bytes = file->content.len * per_byte + besides;
    void *memory = wasm_file_pages(file->arena_bytes);
    if (memory == NULL)
        return report_fail_u64(&file->report, STATUS_NO_MEMORY, REPORT_NO_OFFSET,
                               "this machine has no room for an arena of % bytes",
                               file->arena_bytes);
    arena_init(&file->arena, memory, file->arena_bytes);
    return STATUS_OK;
}

enum status wasm_file_load(struct wasm_file *file, bool has_legacy, size_t room)
{
    if (wasm_file_is_text(file->content))
        return report_fail(&file->report, STATUS_MALFORMED, REPORT_NO_OFFSET, WASM_FILE_TEXT_HINT);
    enum status status = make_arena(file, ARENA_BYTES_PER_BYTE, ARENA_BYTES_BESIDES + room);
    if (status != STATUS_OK)
        return status;
    const struct wasm_features features = {.legacy_exceptions = has_legacy};
    return wasm_module_load_with(file->content, features, &file->arena, &file->arena, &file->module,
                                 &file->report);
}

enum status wasm_file_load_component(struct wasm_file *file, size_t room)
{
    enum status status = make_arena(file, COMPONENT_BYTES_PER_BYTE, COMPONENT_BYTES_BESIDES + room);
    if (status != STATUS_OK)
        return status;
    return component_load(file->content, &file->arena, &file->arena, &file->component,
                          &file->report);
}

void wasm_file_close(struct wasm_file *file)
{
    if (file->arena.base != NULL)
        (void)munmap(file->arena.base, file->arena_bytes); /* whole pages of ours */
    cli_free(file->content);
    memset(file, 0, sizeof *file);
}

const char *wasm_file_verdict(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return "valid";
    case STATUS_NO_MEMORY:
        return "no-memory";
    case STATUS_TRUNCATED:
        return "truncated";
    case STATUS_MALFORMED:
        return "malformed";
    case STATUS_UNSUPPORTED:
        return "unsupported";
    case STATUS_LIMIT:
        return "limit";
    case STATUS_UNLINKABLE:
        return "unlinkable";
    default:
        return "invalid";
    }
}

int wasm_file_exit(enum status status)
{
    if (status == STATUS_OK)
        return CLI_OK;
    return status == STATUS_NO_MEMORY ? CLI_FAILED : CLI_REFUSED;
}
