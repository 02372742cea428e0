/*
 * board/print.c: the two forms of every line. JSON numbers are plain, 64-bit ones and hashes are
 * strings of hex, so that no reader rounds them.
 */
#include "board/print.h"

#include <stdio.h>

#include "aether/abi/outcome.h"
#include "aether/gate_device.h"
#include "board/mission.h"

static const char *outcome_word(uint32_t outcome)
{
    static const char *const words[] = {"nothing", "result", "trap", "fault"};

    return outcome < ARRAY_LEN(words) ? words[outcome] : "unknown";
}

static void print_hex(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        printf("%02x", data[i]);
}

/* A JSON string: text of ours or of the mission's author. */
static void print_json_string(const char *text)
{
    putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static uint64_t wake_to_commit_us(const struct machine_commit *commit)
{
    return commit->raised_ns == 0 ? 0 : (commit->taken_ns - commit->raised_ns) / 1000;
}

/* Bytes of the ring that its count of vectors fills; what a broken machine writes stays inside. */
static size_t telemetry_len(const struct machine_commit *commit)
{
    const uint8_t *ring = commit->window + WINDOW_TELEMETRY;
    uint32_t count = commit_u32(commit, WINDOW_TELEMETRY_COUNT);
    size_t len = 0;

    for (uint32_t i = 0; i < count && len < GATE_TELEMETRY_BYTES; i++)
        len += 1u + ring[len];
    return len < GATE_TELEMETRY_BYTES ? len : GATE_TELEMETRY_BYTES;
}

static void print_commit_json(const struct machine_commit *commit, const char *reason)
{
    printf("{\"event\":\"commit\",\"sequence\":%u,\"vector\":%u,\"outcome\":\"%s\","
           "\"reason\":\"%s\",\"status\":%u,\"proof\":\"0x%016llx\",\"ticks\":%u,\"latched\":%u,",
           commit_u32(commit, WINDOW_SEQUENCE), commit_u32(commit, WINDOW_VECTOR),
           outcome_word(commit_u32(commit, WINDOW_OUTCOME)), reason,
           commit_u32(commit, WINDOW_STATUS), (unsigned long long)commit_proof(commit),
           commit_u32(commit, WINDOW_TICKS), commit_u32(commit, WINDOW_LATCHED));
    printf("\"cycle\":%u,\"signals\":%u,\"signal\":%u,\"uplinks\":%u,\"uplink\":[%u,%u],"
           "\"telemetry_count\":%u,\"map\":%u,\"receipt_len\":%u,\"wall_us\":%llu,\"telemetry\":\"",
           commit_u32(commit, WINDOW_CYCLE), commit_u32(commit, WINDOW_SIGNAL_COUNT),
           commit_u32(commit, WINDOW_SIGNAL), commit_u32(commit, WINDOW_UPLINK_COUNT),
           commit_u32(commit, WINDOW_UPLINK_LO), commit_u32(commit, WINDOW_UPLINK_HI),
           commit_u32(commit, WINDOW_TELEMETRY_COUNT), commit_u32(commit, WINDOW_MAP),
           commit_u32(commit, WINDOW_RECEIPT_LEN), (unsigned long long)wake_to_commit_us(commit));
    print_hex(commit->window + WINDOW_TELEMETRY, telemetry_len(commit));
    printf("\",\"receipt_sha256\":\"");
    print_hex(commit->hash, sizeof commit->hash);
    printf("\"}\n");
}

void print_commit(bool is_json, const struct machine *machine)
{
    const struct machine_commit *commit =
        &machine->queue[(machine->queue_head + machine->queue_len - 1) % MACHINE_QUEUE];
    char buffer[40];
    const char *reason = mission_reason_name(commit_u32(commit, WINDOW_OUTCOME),
                                             commit_u32(commit, WINDOW_REASON), buffer);

    if (is_json) {
        print_commit_json(commit, reason);
    } else {
        printf("board: commit %u  vector 0x%02X  %s", commit_u32(commit, WINDOW_SEQUENCE),
               commit_u32(commit, WINDOW_VECTOR), outcome_word(commit_u32(commit, WINDOW_OUTCOME)));
        if (commit_u32(commit, WINDOW_REASON) != 0)
            printf(" %s", reason);
        printf("  status %u  proof 0x%016llx  receipt %u bytes, sha256 ",
               commit_u32(commit, WINDOW_STATUS), (unsigned long long)commit_proof(commit),
               commit_u32(commit, WINDOW_RECEIPT_LEN));
        print_hex(commit->hash, 8);
        printf("...  %llu us after the interrupt\n", (unsigned long long)wake_to_commit_us(commit));
    }
    (void)fflush(stdout); /* a reader that is gone shows at the end */
}

void print_raise(bool is_json, uint32_t vector)
{
    if (is_json)
        printf("{\"event\":\"raise\",\"vector\":%u}\n", vector);
    else
        printf("board: raise 0x%02X\n", vector);
    (void)fflush(stdout);
}

void print_text(bool is_json, const char *text)
{
    if (is_json) {
        printf("{\"event\":\"print\",\"text\":");
        print_json_string(text);
        printf("}\n");
    } else {
        printf("board: %s\n", text);
    }
    (void)fflush(stdout);
}

void print_failure(bool is_json, const char *file, uint32_t line, const char *text)
{
    if (is_json) {
        printf("{\"event\":\"failure\",\"file\":");
        print_json_string(file);
        printf(",\"line\":%u,\"text\":", line);
        print_json_string(text);
        printf("}\n");
        (void)fflush(stdout);
    } else {
        fprintf(stderr, "%s:%u: %s\n", file, line, text);
    }
}

void print_summary(bool is_json, const struct print_summary *summary)
{
    if (is_json)
        printf("{\"event\":\"end\",\"good\":%s,\"commits\":%u,\"checks\":%u,\"failures\":%u,"
               "\"exit_code\":%d}\n",
               summary->is_good ? "true" : "false", summary->commits, summary->checks,
               summary->failures, summary->exit_code);
    else
        printf("board: %s: %u commits, %u expectations, %u failures\n",
               summary->is_good ? "mission held" : "MISSION FAILED", summary->commits,
               summary->checks, summary->failures);
    (void)fflush(stdout);
}
