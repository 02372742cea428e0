/*
 * bench/handler_encoding.h: one flavour of the tiny engine of handler_encoding.c; included once per
 * flavour on purpose, hence no guard. The includer defines NAME(x), HEAD, JUMP and head_of.
 *
 * Program: for (i = n; i != 0; i--) h = h * 31 + memory8[i & 4095]; six handlers an iteration.
 */
struct NAME(cell) {
    HEAD head;
    uint16_t a, d;
    union {
        uint16_t b;
        int32_t imm;
    };
};

#define ARGS_DECLARED                                                                              \
    const uint8_t *pc, uint64_t *frame, const uint8_t *memory, uint64_t base, uint64_t acc
#define ARGS_PASSED pc, frame, memory, base, acc
#define HANDLER(name, body)                                                                        \
    static PRESERVE_NONE void NAME(name)(ARGS_DECLARED)                                            \
    {                                                                                              \
        const struct NAME(cell) *c = (const void *)pc;                                             \
        body pc += sizeof *c;                                                                      \
        MUSTTAIL return JUMP(ARGS_PASSED);                                                         \
    }

HANDLER(and_imm, { acc = (uint32_t)frame[c->a] & (uint32_t)c->imm; })
HANDLER(load8, { acc = memory[(uint32_t)acc]; })
HANDLER(mul_imm, { frame[c->d] = (uint32_t)frame[c->a] * (uint32_t)c->imm; })
HANDLER(add_acc, { frame[c->d] = (uint32_t)((uint32_t)frame[c->a] + (uint32_t)acc); })
HANDLER(sub_imm, { frame[c->d] = (uint32_t)((uint32_t)frame[c->a] - (uint32_t)c->imm); })

static PRESERVE_NONE void NAME(loop)(ARGS_DECLARED)
{
    const struct NAME(cell) *c = (const void *)pc;
    if (frame[c->a] == 0)
        return;
    pc += c->imm;
    MUSTTAIL return JUMP(ARGS_PASSED);
}

static NOINLINE void NAME(enter)(const uint8_t *pc, uint64_t *frame, const uint8_t *memory)
{
    uint64_t base = BASE;
    uint64_t acc = 0;
    JUMP(ARGS_PASSED);
}

static uint64_t NAME(run)(uint32_t iterations, const uint8_t *memory)
{
    struct NAME(cell) code[6] = {
        {.head = head_of(NAME(and_imm)), .a = 0, .imm = 4095},
        {.head = head_of(NAME(load8))},
        {.head = head_of(NAME(mul_imm)), .a = 1, .d = 1, .imm = 31},
        {.head = head_of(NAME(add_acc)), .a = 1, .d = 1},
        {.head = head_of(NAME(sub_imm)), .a = 0, .d = 0, .imm = 1},
        {.head = head_of(NAME(loop)), .a = 0, .imm = -5 * (int32_t)sizeof(struct NAME(cell))},
    };
    uint64_t frame[2] = {iterations, 7};
    NAME(enter)((const uint8_t *)code, frame, memory);
    return frame[1];
}

#undef HANDLER
#undef ARGS_DECLARED
#undef ARGS_PASSED
