/*
 * node/role/filter.c: a role's list of system calls as a program of the kernel's filter.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/syscall.h>

#include "node/role/internal.h"

#define CODE_MAX 1024
#define X32_BIT  0x40000000u

#define LOAD(offset)          BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define LESS(value, yes, no)  BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (value), (no), (yes))
#define HAS(value, yes, no)   BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (value), (yes), (no))
#define RETURN(action)        BPF_STMT(BPF_RET | BPF_K, (action))
#define NUMBER                LOAD(offsetof(struct seccomp_data, nr))
#define REFUSE(error)         (SECCOMP_RET_ERRNO | (error))

struct program {
    struct sock_filter code[CODE_MAX];
    uint16_t len;
};

static void emit(struct program *program, struct sock_filter instruction)
{
    ASSERT(program->len < CODE_MAX);
    program->code[program->len++] = instruction;
}

/* The lower half of an argument decides; where it does not fit, the next rule is asked. */
static void emit_argument(struct program *program, const struct filter_rule *rule)
{
    const uint32_t value = rule->kind == FILTER_ALLOW_SELF ? (uint32_t)getpid() : rule->value;
    const size_t at = offsetof(struct seccomp_data, args) + sizeof(uint64_t) * rule->argument;
    emit(program, (struct sock_filter)EQUAL(rule->number, 0, 4));
    emit(program, (struct sock_filter)LOAD(at));
    if (rule->kind == FILTER_ALLOW_HAS)
        emit(program, (struct sock_filter)HAS(value, 0, 1));
    else if (rule->kind == FILTER_ALLOW_LACKS)
        emit(program, (struct sock_filter)HAS(value, 1, 0));
    else
        emit(program, (struct sock_filter)EQUAL(value, 0, 1));
    emit(program, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
    emit(program, (struct sock_filter)NUMBER);
}

static void emit_rule(struct program *program, const struct filter_rule *rule)
{
    uint32_t action = SECCOMP_RET_ALLOW;
    if (rule->kind == FILTER_KILL)
        action = SECCOMP_RET_KILL_PROCESS;
    else if (rule->kind == FILTER_ABSENT)
        action = REFUSE(ENOSYS);
    else if (rule->kind != FILTER_ALLOW) {
        emit_argument(program, rule);
        return;
    }
    emit(program, (struct sock_filter)EQUAL(rule->number, 0, 1));
    emit(program, (struct sock_filter)RETURN(action));
}

static void write_program(struct program *program, enum role_name name)
{
    struct filter_set sets[FILTER_SETS_MAX];
    const size_t count = filter_sets(name, sets);
    program->len = 0;
    emit(program, (struct sock_filter)LOAD(offsetof(struct seccomp_data, arch)));
    emit(program, (struct sock_filter)EQUAL(AUDIT_ARCH_X86_64, 1, 0));
    emit(program, (struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS));
    emit(program, (struct sock_filter)NUMBER);
    emit(program, (struct sock_filter)LESS(X32_BIT, 1, 0));
    emit(program, (struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < sets[i].count; j++)
            emit_rule(program, &sets[i].rules[j]);
    emit(program, (struct sock_filter)RETURN(REFUSE(EPERM)));
}

bool filter_enter(enum role_name name)
{
    static struct program program;
    write_program(&program, name);
    const struct sock_fprog given = {.len = program.len, .filter = program.code};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &given) == 0;
}
