/*
 * node/config/settings.c: settings as deterministic CBOR: an array of VERSION and the fields in the
 * order of struct settings, limits as the array of their table.
 *
 * Invariants:
 *   (1) What is read is checked as if a stranger had sent it: texts by length and NUL, hosts by
 *       their characters, numbers by their range, counts before anything is written.
 *   (2) A refused input leaves *out_settings as it was.
 */
#include "node/config/settings.h"

#include <stdlib.h>

#include "core/base/cbor.h"

#define VERSION      1u
#define FIELDS       14u
#define PCR_MASK_ALL ((1u << SETTINGS_PCRS_MAX) - 1)

void settings_defaults(struct settings *out_settings)
{
    static const char loopback[] = "127.0.0.1";
    memset(out_settings, 0, sizeof *out_settings);
    memcpy(out_settings->listen_address, loopback, sizeof loopback);
    out_settings->listen_port = 8443;
    out_settings->pcr_mask = 1u << 0 | 1u << 2 | 1u << 4 | 1u << 7 | 1u << 11;
    for (size_t i = 0; i < SETTINGS_LIMIT_COUNT; i++)
        settings_limit_set(out_settings, &settings_limits[i], settings_limits[i].normal);
}

static bool is_host_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
           c == ':';
}

bool settings_host_is_valid(struct bytes host)
{
    if (host.len == 0 || host.len > SETTINGS_HOST_MAX || host.data[0] == '.')
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_character(host.data[i]) ||
            (i != 0 && host.data[i] == '.' && host.data[i - 1] == '.'))
            return false;
    return true;
}

static bool pattern_is_valid(struct bytes host)
{
    if (host.len > 2 && host.data[0] == '*' && host.data[1] == '.')
        return settings_host_is_valid(bytes_of(host.data + 2, host.len - 2));
    return settings_host_is_valid(host);
}

static void write_text(struct cbor_writer *writer, const char *text)
{
    cbor_write_text(writer, bytes_of(text, strlen(text)));
}

static void write_grants(struct cbor_writer *writer, const struct settings *settings)
{
    cbor_write_array(writer, settings->grant_count);
    for (uint32_t i = 0; i < settings->grant_count; i++) {
        const struct settings_grant *grant = &settings->grants[i];
        cbor_write_array(writer, 4);
        write_text(writer, grant->app);
        write_text(writer, grant->host);
        cbor_write_uint(writer, grant->port);
        cbor_write_bool(writer, grant->allows_private);
    }
}

static void write_resolves(struct cbor_writer *writer, const struct settings *settings)
{
    cbor_write_array(writer, settings->resolve_count);
    for (uint32_t i = 0; i < settings->resolve_count; i++) {
        const struct settings_resolve *resolve = &settings->resolves[i];
        cbor_write_array(writer, 4);
        write_text(writer, resolve->host);
        cbor_write_uint(writer, resolve->port);
        write_text(writer, resolve->address);
        cbor_write_uint(writer, resolve->to_port);
    }
}

enum status settings_encode(const struct settings *settings, struct buffer *out)
{
    struct cbor_writer writer;
    struct bytes written;
    cbor_writer_init(&writer, out->data + out->len, out->cap - out->len);
    cbor_write_array(&writer, FIELDS);
    cbor_write_uint(&writer, VERSION);
    cbor_write_bool(&writer, settings->is_dev);
    write_text(&writer, settings->listen_address);
    cbor_write_uint(&writer, settings->listen_port);
    write_text(&writer, settings->tpm);
    cbor_write_uint(&writer, settings->pcr_mask);
    cbor_write_bytes(&writer, bytes_of(settings->binary_hash, 32));
    cbor_write_bytes(&writer, bytes_of(settings->cell_hash, 32));
    cbor_write_uint(&writer, settings->isolation_lacks);
    cbor_write_bytes(&writer, bytes_of(settings->egress_ca_hash, 32));
    cbor_write_array(&writer, settings->operator_count);
    for (uint32_t i = 0; i < settings->operator_count; i++)
        cbor_write_bytes(&writer, bytes_of(settings->operators[i], 32));
    write_grants(&writer, settings);
    write_resolves(&writer, settings);
    cbor_write_array(&writer, SETTINGS_LIMIT_COUNT);
    for (size_t i = 0; i < SETTINGS_LIMIT_COUNT; i++)
        cbor_write_uint(&writer, settings_limit_get(settings, &settings_limits[i]));
    enum status status = cbor_writer_end(&writer, &written);
    if (status == STATUS_OK)
        out->len += written.len;
    return status;
}

static enum status MUST_CHECK refuse(const struct cbor_reader *reader, const char *sentence)
{
    return report_fail(reader->report, STATUS_INVALID, reader->offset, sentence);
}

static enum status MUST_CHECK read_text(struct cbor_reader *reader, char *out_text, size_t room)
{
    struct bytes text;
    enum status status = cbor_read_text(reader, &text);
    if (status != STATUS_OK)
        return status;
    if (text.len >= room || memchr(text.data, 0, text.len) != NULL)
        return refuse(reader, "settings: a text is too long, or has a NUL in it");
    memcpy(out_text, text.data, text.len);
    out_text[text.len] = '\0';
    return STATUS_OK;
}

static enum status MUST_CHECK read_number(struct cbor_reader *reader, uint64_t least, uint64_t most,
                                          uint64_t *out_number)
{
    uint64_t number = 0;
    enum status status = cbor_read_uint(reader, &number);
    if (status != STATUS_OK)
        return status;
    if (number < least || number > most)
        return refuse(reader, "settings: a number is out of its range");
    *out_number = number;
    return STATUS_OK;
}

static enum status MUST_CHECK read_hash(struct cbor_reader *reader, uint8_t out_hash[static 32])
{
    struct bytes hash;
    enum status status = cbor_read_bytes_exact(reader, 32, &hash);
    if (status == STATUS_OK)
        memcpy(out_hash, hash.data, 32);
    return status;
}

static enum status MUST_CHECK read_four(struct cbor_reader *reader)
{
    uint64_t count = 0;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count != 4)
        status = refuse(reader, "settings: an entry of four items was expected");
    return status;
}

static enum status MUST_CHECK read_port(struct cbor_reader *reader, uint64_t least,
                                        uint16_t *out_port)
{
    uint64_t port = 0;
    enum status status = read_number(reader, least, UINT16_MAX, &port);
    if (status == STATUS_OK)
        *out_port = (uint16_t)port;
    return status;
}

static enum status MUST_CHECK read_grant(struct cbor_reader *reader, struct settings_grant *grant)
{
    enum status status = read_four(reader);
    if (status == STATUS_OK)
        status = read_text(reader, grant->app, sizeof grant->app);
    if (status == STATUS_OK)
        status = read_text(reader, grant->host, sizeof grant->host);
    if (status == STATUS_OK && !pattern_is_valid(bytes_of(grant->host, strlen(grant->host))))
        status = refuse(reader, "settings: a grant's host is not a host name");
    if (status == STATUS_OK)
        status = read_port(reader, 1, &grant->port);
    if (status == STATUS_OK)
        status = cbor_read_bool(reader, &grant->allows_private);
    return status;
}

static enum status MUST_CHECK read_resolve(struct cbor_reader *reader,
                                           struct settings_resolve *resolve)
{
    enum status status = read_four(reader);
    if (status == STATUS_OK)
        status = read_text(reader, resolve->host, sizeof resolve->host);
    if (status == STATUS_OK &&
        !settings_host_is_valid(bytes_of(resolve->host, strlen(resolve->host))))
        status = refuse(reader, "settings: a resolved host is not a host name");
    if (status == STATUS_OK)
        status = read_port(reader, 1, &resolve->port);
    if (status == STATUS_OK)
        status = read_text(reader, resolve->address, sizeof resolve->address);
    if (status == STATUS_OK)
        status = read_port(reader, 1, &resolve->to_port);
    return status;
}

static enum status MUST_CHECK read_count(struct cbor_reader *reader, uint64_t most,
                                         uint32_t *out_count)
{
    uint64_t count = 0;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK && count > most)
        status = refuse(reader, "settings: more entries than there is room for");
    if (status == STATUS_OK)
        *out_count = (uint32_t)count;
    return status;
}

static enum status MUST_CHECK read_lists(struct cbor_reader *reader, struct settings *settings)
{
    enum status status = read_count(reader, SETTINGS_OPERATORS_MAX, &settings->operator_count);
    for (uint32_t i = 0; status == STATUS_OK && i < settings->operator_count; i++)
        status = read_hash(reader, settings->operators[i]);
    if (status == STATUS_OK)
        status = read_count(reader, SETTINGS_GRANTS_MAX, &settings->grant_count);
    for (uint32_t i = 0; status == STATUS_OK && i < settings->grant_count; i++)
        status = read_grant(reader, &settings->grants[i]);
    if (status == STATUS_OK)
        status = read_count(reader, SETTINGS_RESOLVES_MAX, &settings->resolve_count);
    for (uint32_t i = 0; status == STATUS_OK && i < settings->resolve_count; i++)
        status = read_resolve(reader, &settings->resolves[i]);
    return status;
}

static enum status MUST_CHECK read_limits(struct cbor_reader *reader, struct settings *settings)
{
    uint32_t count = 0;
    enum status status = read_count(reader, SETTINGS_LIMIT_COUNT, &count);
    if (status == STATUS_OK && count != SETTINGS_LIMIT_COUNT)
        status = refuse(reader, "settings: limits are missing");
    for (size_t i = 0; status == STATUS_OK && i < SETTINGS_LIMIT_COUNT; i++) {
        const struct settings_limit *limit = &settings_limits[i];
        uint64_t value = 0;
        status = read_number(reader, limit->least, limit->most, &value);
        if (status == STATUS_OK)
            settings_limit_set(settings, limit, value);
    }
    return status;
}

static enum status MUST_CHECK read_pcr_mask(struct cbor_reader *reader, uint32_t *out_pcr_mask)
{
    uint64_t mask = 0;
    enum status status = read_number(reader, 0, PCR_MASK_ALL, &mask);
    if (status == STATUS_OK)
        *out_pcr_mask = (uint32_t)mask;
    return status;
}

static enum status MUST_CHECK read_head(struct cbor_reader *reader, struct settings *settings)
{
    uint64_t count = 0, version = 0, lacks = 0;
    enum status status = cbor_read_array(reader, &count);
    if (status == STATUS_OK)
        status = cbor_read_uint(reader, &version);
    if (status == STATUS_OK && (count != FIELDS || version != VERSION))
        status = refuse(reader, "settings: of another version");
    if (status == STATUS_OK)
        status = cbor_read_bool(reader, &settings->is_dev);
    if (status == STATUS_OK)
        status = read_text(reader, settings->listen_address, sizeof settings->listen_address);
    if (status == STATUS_OK)
        status = read_port(reader, 0, &settings->listen_port);
    if (status == STATUS_OK)
        status = read_text(reader, settings->tpm, sizeof settings->tpm);
    if (status == STATUS_OK)
        status = read_pcr_mask(reader, &settings->pcr_mask);
    if (status == STATUS_OK)
        status = read_hash(reader, settings->binary_hash);
    if (status == STATUS_OK)
        status = read_hash(reader, settings->cell_hash);
    if (status == STATUS_OK)
        status = read_number(reader, 0, UINT32_MAX, &lacks);
    if (status == STATUS_OK)
        status = read_hash(reader, settings->egress_ca_hash);
    settings->isolation_lacks = (uint32_t)lacks;
    return status;
}

enum status settings_decode(struct bytes input, struct settings *out_settings,
                            struct report *report)
{
    struct cbor_reader reader;
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL)
        return report_fail(report, STATUS_NO_MEMORY, REPORT_NO_OFFSET, "no room for settings");
    cbor_reader_init(&reader, input, 0, report);
    enum status status = read_head(&reader, settings);
    if (status == STATUS_OK)
        status = read_lists(&reader, settings);
    if (status == STATUS_OK)
        status = read_limits(&reader, settings);
    if (status == STATUS_OK)
        status = cbor_reader_end(&reader);
    if (status == STATUS_OK)
        *out_settings = *settings;
    free(settings);
    return status;
}
