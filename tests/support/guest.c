/*
 * tests/support/guest.c: see guest.h. A section that overflows its room is a broken test: ASSERT.
 */
#include "tests/support/guest.h"

enum section {
    TYPE = 1,
    IMPORT = 2,
    FUNCTION = 3,
    TABLE = 4,
    MEMORY = 5,
    GLOBAL = 6,
    EXPORT = 7,
    START = 8,
    CODE_SECTION = 10,
    DATA = 11,
};

void guest_init(struct guest *guest)
{
    memset(guest, 0, sizeof *guest);
}

static size_t write_u32(uint8_t *out, uint32_t value)
{
    size_t len = 0;
    do {
        uint8_t low = value & 0x7F;
        value >>= 7;
        out[len++] = (uint8_t)(low | (value != 0 ? 0x80 : 0));
    } while (value != 0);
    return len;
}

static void put(struct guest *guest, enum section section, struct bytes bytes)
{
    ASSERT(bytes.len <= GUEST_SECTION_MAX - guest->sections[section].len);
    if (bytes.len != 0)
        memcpy(guest->sections[section].bytes + guest->sections[section].len, bytes.data,
               bytes.len);
    guest->sections[section].len += (uint32_t)bytes.len;
}

static void put_byte(struct guest *guest, enum section section, uint8_t byte)
{
    put(guest, section, bytes_of(&byte, 1));
}

static void put_u32(struct guest *guest, enum section section, uint32_t value)
{
    uint8_t leb[5];
    put(guest, section, bytes_of(leb, write_u32(leb, value)));
}

static void put_name(struct guest *guest, enum section section, const char *name)
{
    put_u32(guest, section, (uint32_t)strlen(name));
    put(guest, section, bytes_of(name, strlen(name)));
}

static void put_types(struct guest *guest, const char *types)
{
    put_u32(guest, TYPE, (uint32_t)strlen(types));
    for (; *types != '\0'; types++) {
        static const char letters[] = "FfIi"; /* from 0x7C */
        const char *letter = strchr(letters, *types);
        ASSERT(letter != NULL);
        put_byte(guest, TYPE, (uint8_t)(0x7C + (letter - letters)));
    }
}

uint32_t guest_type(struct guest *guest, const char *params, const char *results)
{
    put_byte(guest, TYPE, 0x60);
    put_types(guest, params);
    put_types(guest, results);
    return guest->sections[TYPE].count++;
}

uint32_t guest_import(struct guest *guest, const char *module, const char *name, uint32_t type)
{
    put_name(guest, IMPORT, module);
    put_name(guest, IMPORT, name);
    put_byte(guest, IMPORT, 0);
    put_u32(guest, IMPORT, type);
    guest->sections[IMPORT].count++;
    return guest->func_count++;
}

uint32_t guest_func(struct guest *guest, uint32_t type, struct bytes code)
{
    put_u32(guest, FUNCTION, type);
    guest->sections[FUNCTION].count++;
    put_u32(guest, CODE_SECTION, (uint32_t)code.len + 2);
    put_byte(guest, CODE_SECTION, 0); /* no locals */
    put(guest, CODE_SECTION, code);
    put_byte(guest, CODE_SECTION, 0x0B);
    guest->sections[CODE_SECTION].count++;
    return guest->func_count++;
}

void guest_export(struct guest *guest, const char *name, uint8_t kind, uint32_t index)
{
    put_name(guest, EXPORT, name);
    put_byte(guest, EXPORT, kind);
    put_u32(guest, EXPORT, index);
    guest->sections[EXPORT].count++;
}

void guest_memory(struct guest *guest, uint32_t min_pages)
{
    put_byte(guest, MEMORY, 0);
    put_u32(guest, MEMORY, min_pages);
    guest->sections[MEMORY].count++;
}

void guest_memory_of(struct guest *guest, struct bytes type)
{
    for (size_t i = 0; i < type.len; i++)
        put_byte(guest, MEMORY, type.data[i]);
    guest->sections[MEMORY].count++;
}

void guest_table(struct guest *guest, uint32_t min)
{
    put_byte(guest, TABLE, 0x70);
    put_byte(guest, TABLE, 0);
    put_u32(guest, TABLE, min);
    guest->sections[TABLE].count++;
}

void guest_global(struct guest *guest, uint8_t type, struct bytes init)
{
    put_byte(guest, GLOBAL, type);
    put_byte(guest, GLOBAL, 0);
    put(guest, GLOBAL, init);
    put_byte(guest, GLOBAL, 0x0B);
    guest->sections[GLOBAL].count++;
}

void guest_start(struct guest *guest, uint32_t func)
{
    put_u32(guest, START, func);
}

/* i32.const takes a signed number: 5 bytes always, so that no sign bit is met by chance. */
void guest_data(struct guest *guest, uint32_t address, struct bytes init)
{
    put_byte(guest, DATA, 0);
    put_byte(guest, DATA, 0x41);
    for (int i = 0; i < 4; i++)
        put_byte(guest, DATA, (uint8_t)(0x80 | (address >> (7 * i) & 0x7F)));
    put_byte(guest, DATA, (uint8_t)(address >> 28 | ((address >> 31) != 0 ? 0x70u : 0)));
    put_byte(guest, DATA, 0x0B);
    put_u32(guest, DATA, (uint32_t)init.len);
    put(guest, DATA, init);
    guest->sections[DATA].count++;
}

struct bytes guest_bytes(struct guest *guest)
{
    static const uint8_t header[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    size_t len = sizeof header;
    memcpy(guest->out, header, sizeof header);
    for (uint8_t id = 1; id < GUEST_SECTION_COUNT; id++) {
        uint8_t count[5];
        size_t count_len = id == START ? 0 : write_u32(count, guest->sections[id].count);
        if (guest->sections[id].len == 0)
            continue;
        guest->out[len++] = id;
        len += write_u32(guest->out + len, guest->sections[id].len + (uint32_t)count_len);
        memcpy(guest->out + len, count, count_len);
        len += count_len;
        memcpy(guest->out + len, guest->sections[id].bytes, guest->sections[id].len);
        len += guest->sections[id].len;
    }
    return bytes_of(guest->out, len);
}
