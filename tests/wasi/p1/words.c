/* tests/wasi/p1/words.c: prints arguments and variables, a line each, with how many there are;
 * exits with the number that the last argument is. */
#include "p1.h"

typedef u32 take_fn(u32 pointers, u32 text);

static char text[1 << 16];
static u32 pointers[1 << 10];

static u32 print(const char *title, take_fn *sizes, take_fn *take)
{
    u32 count, bytes;
    EXPECT(sizes(AT(&count), AT(&bytes)), OK);
    CHECK(count < 1 << 10 && bytes < sizeof text);
    EXPECT(take(AT(pointers), AT(text)), OK);
    say(1, title);
    say_number(1, count);
    say(1, "\n");
    for (u32 i = 0; i < count; i++) {
        say(1, (const char *)(uintptr_t)pointers[i]);
        say(1, "\n");
    }
    return count;
}

void _start(void)
{
    print("variables ", environ_sizes_get, environ_get);
    u32 count = print("arguments ", args_sizes_get, args_get), code = 0;
    if (count == 0)
        proc_exit(99);
    for (const char *digit = (const char *)(uintptr_t)pointers[count - 1];
         *digit >= '0' && *digit <= '9'; digit++)
        code = code * 10 + (u32)(*digit - '0');
    proc_exit(code);
}
