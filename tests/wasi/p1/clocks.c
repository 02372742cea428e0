/* tests/wasi/p1/clocks.c: clocks, waiting, random bytes; standard input is at its end. */
#include "p1.h"

struct subscription {
    u64 userdata;
    uint8_t tag;
    u64 id; /* of a clock, or a descriptor; 4 bytes */
    u64 timeout, precision;
    uint16_t flags;
};
_Static_assert(sizeof(struct subscription) == 48, "as the specification has it");

struct event {
    u64 userdata;
    uint16_t error;
    uint8_t type;
    u64 bytes;
    uint16_t flags;
};
_Static_assert(sizeof(struct event) == 32, "as the specification has it");

static u64 now(u32 id)
{
    u64 time;
    EXPECT(clock_time_get(id, 0, AT(&time)), OK);
    return time;
}

static void clocks(void)
{
    u64 resolution;
    for (u32 id = 0; id < 4; id++) {
        EXPECT(clock_res_get(id, AT(&resolution)), OK);
        CHECK(resolution != 0 && resolution <= 1000000000);
    }
    EXPECT(clock_time_get(4, 0, AT(&resolution)), INVAL);
    CHECK(now(0) > 1600000000000000000ull);
    u64 before = now(1);
    CHECK(now(1) >= before);
    CHECK(now(2) < 3600000000000ull);
    EXPECT(sched_yield(), OK);
}

static void waiting(void)
{
    const u64 wait = 10000000;
    struct subscription in[4] = {{.userdata = 11, .id = 1, .timeout = wait}};
    struct event out[4];
    u32 count;
    u64 begin = now(1);
    EXPECT(poll_oneoff(AT(in), AT(out), 1, AT(&count)), OK);
    CHECK(now(1) - begin >= wait);
    EXPECT(count, 1);
    CHECK(out[0].userdata == 11 && out[0].error == 0 && out[0].type == 0);
    in[0] = (struct subscription){.userdata = 12, .id = 0, .timeout = now(0) + wait, .flags = 1};
    begin = now(1);
    EXPECT(poll_oneoff(AT(in), AT(out), 1, AT(&count)), OK);
    CHECK(count == 1 && now(1) - begin >= wait / 2);
    in[0] = (struct subscription){.userdata = 1, .id = 1, .timeout = 3600000000000};
    in[1] = (struct subscription){.userdata = 2, .tag = 2, .id = 1};
    in[2] = (struct subscription){.userdata = 3, .tag = 1, .id = 77};
    in[3] = (struct subscription){.userdata = 4, .tag = 1, .id = 0};
    EXPECT(poll_oneoff(AT(in), AT(out), 4, AT(&count)), OK);
    CHECK(count >= 2);
    for (u32 i = 0; i < count; i++) {
        CHECK(out[i].userdata != 1);
        EXPECT(out[i].error, out[i].userdata == 3 ? BADF : OK);
    }
    EXPECT(poll_oneoff(AT(in), AT(out), 0, AT(&count)), INVAL);
    EXPECT(poll_oneoff(AT(in), AT(out), 100000, AT(&count)), INVAL);
}

static void of_files(void)
{
    struct subscription in = {.userdata = 5, .tag = 1};
    struct event out;
    u64 at;
    u32 count;
    in.id = make_file("polled", "12345");
    EXPECT(fd_seek((u32)in.id, 2, 0, AT(&at)), OK);
    EXPECT(poll_oneoff(AT(&in), AT(&out), 1, AT(&count)), OK);
    CHECK(count == 1 && out.userdata == 5 && out.error == 0 && out.bytes == 3);
}

static void randomness(void)
{
    static uint8_t room[3 << 20];
    u32 ones = 0;
    EXPECT(random_get(AT(room), 0), OK);
    EXPECT(random_get(AT(room), sizeof room), OK);
    for (u32 i = 0; i < sizeof room; i++)
        ones += room[i] & 1;
    CHECK(ones > sizeof room / 5 * 2 && ones < sizeof room / 5 * 3);
}

void _start(void)
{
    clocks();
    waiting();
    of_files();
    randomness();
}
