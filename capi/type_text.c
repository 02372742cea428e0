/*
 * capi/type_text.c: types of host functions from their text, as WIT writes them, but that records,
 * variants, enums and flags stand where they are used.
 *
 * The text is the embedder's: trusted, but for mistakes. Depth is bounded all the same.
 */
#include "capi/capi_internal.h"

#define DEPTH_MAX  32u
#define FIELDS_MAX 256u

struct reader {
    const char *text;
    size_t at;
    struct aether_host *host;
    struct report *report;
};

static enum status read_type(struct reader *reader, uint32_t depth,
                             const struct component_type **out_type);

static enum status fail(struct reader *reader, const char *sentence)
{
    return report_fail(reader->report, STATUS_MALFORMED, reader->at, sentence);
}

static void skip(struct reader *reader)
{
    while (reader->text[reader->at] == ' ' || reader->text[reader->at] == '\n')
        reader->at++;
}

static bool take(struct reader *reader, const char *token)
{
    size_t len = strlen(token);
    skip(reader);
    if (strncmp(reader->text + reader->at, token, len) != 0)
        return false;
    reader->at += len;
    return true;
}

static struct bytes take_word(struct reader *reader)
{
    skip(reader);
    size_t start = reader->at;
    for (;; reader->at++) {
        char c = reader->text[reader->at];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') &&
            !(c == '-' && reader->text[reader->at + 1] != '>'))
            return bytes_of(reader->text + start, reader->at - start);
    }
}

/* The text may be gone when the name is looked at. */
static enum status keep(struct reader *reader, struct bytes name, struct bytes *out_name)
{
    uint8_t *data = arena_alloc(&reader->host->arena, name.len, 1);
    if (data == NULL)
        return STATUS_NO_MEMORY;
    memcpy(data, name.data, name.len);
    *out_name = bytes_of(data, name.len);
    return STATUS_OK;
}

/* What separates the name of a field from its type, and how items end. */
struct list_form {
    const char *close;
    bool has_name, has_type, type_in_parentheses;
};

static enum status read_field(struct reader *reader, const struct list_form *form, uint32_t depth,
                              struct component_field *field)
{
    enum status status = STATUS_OK;
    bool has_type = form->has_type;
    if (form->has_name) {
        struct bytes name = take_word(reader);
        if (name.len == 0)
            return fail(reader, "expected a name");
        if ((status = keep(reader, name, &field->name)) != STATUS_OK)
            return status;
        if (form->type_in_parentheses)
            has_type = take(reader, "(");
        else if (has_type && !take(reader, ":"))
            return fail(reader, "expected ':' and a type");
    }
    if (has_type && (status = read_type(reader, depth, &field->type)) != STATUS_OK)
        return status;
    if (has_type && form->type_in_parentheses && !take(reader, ")"))
        return fail(reader, "expected ')'");
    return STATUS_OK;
}

static enum status read_fields(struct reader *reader, const struct list_form *form, uint32_t depth,
                               const struct component_field **out_fields, uint32_t *out_count)
{
    struct component_field fields[FIELDS_MAX];
    uint32_t count = 0;
    memset(fields, 0, sizeof fields);
    while (!take(reader, form->close)) {
        if (count == FIELDS_MAX)
            return fail(reader, "too many of them");
        enum status status = read_field(reader, form, depth, &fields[count++]);
        if (status != STATUS_OK)
            return status;
        if (take(reader, form->close))
            break;
        if (!take(reader, ","))
            return fail(reader, "expected ','");
    }
    struct component_field *kept = arena_alloc(&reader->host->arena, count, sizeof *kept);
    if (kept == NULL)
        return STATUS_NO_MEMORY;
    memcpy(kept, fields, count * sizeof *kept);
    *out_fields = kept;
    *out_count = count;
    return STATUS_OK;
}

static enum status expect(struct reader *reader, const char *token, const char *sentence)
{
    return take(reader, token) ? STATUS_OK : fail(reader, sentence);
}

/* The N of list<T, N>. */
static enum status read_length(struct reader *reader, struct component_type *made)
{
    uint64_t length = 0;
    skip(reader);
    for (char c; (c = reader->text[reader->at]) >= '0' && c <= '9' && length <= UINT32_MAX;
         reader->at++)
        length = length * 10 + (uint64_t)(c - '0');
    if (length == 0 || length > UINT32_MAX)
        return fail(reader, "expected how many items the list has");
    made->kind = COMPONENT_FIXED_LIST;
    made->length = (uint32_t)length;
    return STATUS_OK;
}

/* map<K, V> */
static enum status read_map(struct reader *reader, uint32_t depth, struct component_type *made)
{
    static const struct list_form pair = {">", false, true, false};
    struct component_type *tuple = arena_alloc(&reader->host->arena, 1, sizeof *tuple);
    if (tuple == NULL)
        return STATUS_NO_MEMORY;
    tuple->kind = COMPONENT_TUPLE;
    made->element = tuple;
    enum status status = expect(reader, "<", "expected '<'");
    if (status == STATUS_OK)
        status = read_fields(reader, &pair, depth, &tuple->fields, &tuple->count);
    return status == STATUS_OK && tuple->count != 2 ? fail(reader, "expected map<key, value>")
                                                    : status;
}

static enum status read_element(struct reader *reader, uint32_t depth, struct component_type *made)
{
    enum status status = expect(reader, "<", "expected '<'");
    if (status == STATUS_OK)
        status = read_type(reader, depth, &made->element);
    if (status == STATUS_OK && made->kind == COMPONENT_LIST && take(reader, ","))
        status = read_length(reader, made);
    return status == STATUS_OK ? expect(reader, ">", "expected '>'") : status;
}

/* result, result<T>, result<_, E>, result<T, E> */
static enum status read_result(struct reader *reader, uint32_t depth, struct component_type *made)
{
    enum status status = STATUS_OK;
    if (!take(reader, "<"))
        return STATUS_OK;
    if (!take(reader, "_"))
        status = read_type(reader, depth, &made->element);
    if (status == STATUS_OK && take(reader, ","))
        status = read_type(reader, depth, &made->error);
    return status == STATUS_OK ? expect(reader, ">", "expected '>'") : status;
}

static enum status read_handle(struct reader *reader, struct component_type *made)
{
    enum status status = expect(reader, "<", "expected '<' and a resource");
    if (status != STATUS_OK)
        return status;
    struct bytes name = take_word(reader);
    for (struct aether_resource *each = reader->host->resources; each != NULL; each = each->next)
        if (made->host_resource == NULL && bytes_equal(each->resource.name, name))
            made->host_resource = &each->resource; /* the one that was defined last */
    if (made->host_resource == NULL)
        return fail(reader, "there is no such resource");
    return expect(reader, ">", "expected '>'");
}

static enum status read_made(struct reader *reader, uint32_t depth, struct component_type *made)
{
    static const struct list_form record = {"}", true, true, false};
    static const struct list_form variant = {"}", true, false, true};
    static const struct list_form labels = {"}", true, false, false};
    static const struct list_form tuple = {">", false, true, false};
    const struct list_form *form = &labels;
    switch (made->kind) {
    case COMPONENT_LIST:
    case COMPONENT_OPTION:
        return read_element(reader, depth, made);
    case COMPONENT_MAP:
        return read_map(reader, depth, made);
    case COMPONENT_RESULT:
        return read_result(reader, depth, made);
    case COMPONENT_OWN:
    case COMPONENT_BORROW:
        return read_handle(reader, made);
    case COMPONENT_TUPLE:
        form = &tuple;
        break;
    case COMPONENT_RECORD:
        form = &record;
        break;
    case COMPONENT_VARIANT:
        form = &variant;
        break;
    case COMPONENT_FLAGS:
    case COMPONENT_ENUM:
        break;
    default:
        return STATUS_OK;
    }
    if (!take(reader, form == &tuple ? "<" : "{"))
        return fail(reader, form == &tuple ? "expected '<'" : "expected '{'");
    enum status status = read_fields(reader, form, depth, &made->fields, &made->count);
    return status == STATUS_OK && made->count == 0 ? fail(reader, "expected at least one") : status;
}

static enum status read_type(struct reader *reader, uint32_t depth,
                             const struct component_type **out_type)
{
    skip(reader);
    size_t start = reader->at;
    struct bytes word = take_word(reader);
    int kind = COMPONENT_BOOL;
    while (kind <= COMPONENT_MAP &&
           !bytes_equal(word, component_kind_name((enum component_kind)kind)))
        kind++;
    if (kind > COMPONENT_MAP || depth == DEPTH_MAX) {
        reader->at = start;
        return fail(reader, depth == DEPTH_MAX ? "the type is too deep" : "expected a type");
    }
    struct component_type *made = arena_alloc(&reader->host->arena, 1, sizeof *made);
    if (made == NULL)
        return STATUS_NO_MEMORY;
    made->kind = (enum component_kind)kind;
    enum status status = read_made(reader, depth + 1, made);
    if (status == STATUS_OK)
        *out_type = made;
    return status;
}

enum status capi_func_type(struct aether_host *host, const char *text,
                           struct component_func_type *out_type, struct report *report)
{
    static const struct list_form params = {")", true, true, false};
    struct reader reader = {.text = text, .host = host, .report = report};
    struct component_func_type type = {.param_count = 0};
    enum status status = expect(&reader, "func", "expected func(...)");
    if (status == STATUS_OK)
        status = expect(&reader, "(", "expected '('");
    if (status == STATUS_OK)
        status = read_fields(&reader, &params, 0, &type.params, &type.param_count);
    if (status == STATUS_OK && take(&reader, "->"))
        status = read_type(&reader, 0, &type.result);
    skip(&reader);
    if (status == STATUS_OK && text[reader.at] != '\0')
        status = fail(&reader, "expected the end of the type");
    if (status == STATUS_OK)
        *out_type = type;
    return status;
}
