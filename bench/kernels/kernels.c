/*
 * bench/kernels/kernels.c: six small programs that an engine's speed is counted with.
 *
 * Each takes how often its unit is done and returns something that depends on all of it. A guest:
 * freestanding, one page of memory.
 */
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name))) uint32_t name(uint32_t count)

#define ORDER 24
#define WORDS 512

static double left[ORDER][ORDER], right[ORDER][ORDER], product[ORDER][ORDER];
static uint32_t source[WORDS], target[WORDS];

EXPORT(integer_mix);
EXPORT(calls);
EXPORT(indirect_calls);
EXPORT(matrix_f64);
EXPORT(hashing);
EXPORT(memory_copy);

/* Unit: one step of a generator with divisions, shifts and a branch that can not be foreseen. */
uint32_t integer_mix(uint32_t count)
{
    uint32_t a = 12345, b = 1;
    uint64_t wide = 7;
    for (uint32_t i = 0; i < count; i++) {
        a = a * 1664525u + 1013904223u;
        if ((a >> 16 & 1) != 0)
            b += a >> 5;
        else
            b ^= a << 7;
        wide = wide * 6364136223846793005u + b % 1013;
    }
    return a ^ b ^ (uint32_t)(wide >> 32);
}

static __attribute__((noinline)) uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Unit: fibonacci(10), 177 calls. */
uint32_t calls(uint32_t count)
{
    static volatile uint32_t ten = 10;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += fibonacci(ten);
    return sum;
}

typedef uint32_t step_fn(uint32_t);
static uint32_t step_add(uint32_t x)
{
    return x + 3;
}
static uint32_t step_xor(uint32_t x)
{
    return x ^ 0x5A5A;
}
static uint32_t step_turn(uint32_t x)
{
    return x << 5 | x >> 27;
}
static uint32_t step_times(uint32_t x)
{
    return x * 33;
}
static step_fn *volatile steps[4] = {step_add, step_xor, step_turn, step_times};

/* Unit: one call through the table. */
uint32_t indirect_calls(uint32_t count)
{
    uint32_t x = 1;
    for (uint32_t i = 0; i < count; i++)
        x = steps[(x ^ i) & 3](x);
    return x;
}

/* Unit: a product of two matrices, 24 x 24. */
uint32_t matrix_f64(uint32_t count)
{
    for (uint32_t i = 0; i < ORDER; i++) {
        for (uint32_t j = 0; j < ORDER; j++) {
            left[i][j] = i + 0.25 * j;
            right[i][j] = i - 0.5 * j;
        }
    }
    double sum = 0;
    for (uint32_t n = 0; n < count; n++) {
        for (uint32_t i = 0; i < ORDER; i++) {
            for (uint32_t j = 0; j < ORDER; j++) {
                double cell = 0;
                for (uint32_t k = 0; k < ORDER; k++)
                    cell += left[i][k] * right[k][j];
                product[i][j] = cell;
            }
        }
        left[n % ORDER][0] += 1;
        sum += product[n % ORDER][n % 7];
    }
    return (uint32_t)(int64_t)sum;
}

/* Unit: FNV-1a and a mixing of words over 2 KiB. */
uint32_t hashing(uint32_t count)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < WORDS; i++)
        source[i] = i * 2654435761u;
    for (uint32_t n = 0; n < count; n++) {
        const uint8_t *bytes = (const uint8_t *)source;
        for (uint32_t i = 0; i < sizeof source; i++)
            hash = (hash ^ bytes[i]) * 16777619u;
        for (uint32_t i = 0; i < WORDS; i++) {
            hash += source[i];
            hash = (hash << 13 | hash >> 19) * 5 + 0xE6546B64u;
        }
        source[n % WORDS] ^= hash;
    }
    return hash;
}

/* Unit: 2 KiB, word by word, there and back by bytes. */
uint32_t memory_copy(uint32_t count)
{
    for (uint32_t i = 0; i < WORDS; i++)
        source[i] = i;
    for (uint32_t n = 0; n < count; n++) {
        for (uint32_t i = 0; i < WORDS; i++) {
            target[i] = source[i];
            __asm__ volatile("" ::: "memory"); /* else it becomes one memory.copy */
        }
        const uint8_t *from = (const uint8_t *)target;
        uint8_t *to = (uint8_t *)source;
        for (uint32_t i = 0; i < sizeof source; i++) {
            to[i] = from[i];
            __asm__ volatile("" ::: "memory");
        }
        source[n % WORDS]++;
    }
    return source[count % WORDS];
}
