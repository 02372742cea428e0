/* tests/wasi/p1/directory.c: a directory of 100 files is listed whole, with rooms of many sizes. */
#include "p1.h"

#define FILES 100u

struct dirent {
    u64 next, node;
    u32 name_len;
    uint8_t type;
};

static char room[4096];

static void name_of(u32 index, char out[8])
{
    out[0] = 'f';
    out[1] = (char)('0' + index / 100);
    out[2] = (char)('0' + index / 10 % 10);
    out[3] = (char)('0' + index % 10);
    out[4] = 0;
}

/* Lists from the start with calls of `size` bytes; each name is seen once. */
static void list(u32 size)
{
    u32 used, seen[FILES] = {0}, total = 0;
    u64 cookie = 0;
    do {
        EXPECT(fd_readdir(ROOT, AT(room), size, cookie, AT(&used)), OK);
        for (u32 at = 0; at + sizeof(struct dirent) <= used;) {
            struct dirent entry;
            __builtin_memcpy(&entry, room + at, sizeof entry);
            const char *name = room + at + sizeof entry;
            at += sizeof entry + entry.name_len;
            if (at > used)
                break;
            cookie = entry.next;
            total++;
            if (total == 1)
                CHECK(entry.name_len == 1 && name[0] == '.' && entry.type == 3);
            if (entry.name_len == 4 && name[0] == 'f')
                seen[(name[1] - '0') * 100 + (name[2] - '0') * 10 + name[3] - '0']++;
        }
    } while (used == size);
    EXPECT(total, FILES + 2);
    for (u32 i = 0; i < FILES; i++)
        EXPECT(seen[i], 1);
}

void _start(void)
{
    char name[8];
    u32 used, fd;
    for (u32 i = 0; i < FILES; i++) {
        name_of(i, name);
        EXPECT(fd_close(make_file(name, "")), OK);
    }
    list(4096);
    list(1000);
    list(64);
    list(29);
    EXPECT(fd_readdir(ROOT, AT(room), 0, 0, AT(&used)), OK);
    EXPECT(used, 0);
    EXPECT(fd_readdir(ROOT, AT(room), 3, 0, AT(&used)), OK);
    EXPECT(used, 3);
    EXPECT(open_at(ROOT, "f001", 0, READING, &fd), OK);
    EXPECT(fd_readdir(fd, AT(room), 64, 0, AT(&used)), NOTDIR);
}
