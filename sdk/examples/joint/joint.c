/*
 * sdk/examples/joint: the load policy of one joint, of a ship's crane or a robot's arm (vector
 * 0x21).
 *
 * The joint register has the load in its low half and the temperature above it, both unsigned:
 * 1/100 of the rated load and degrees Celsius. The policy answers what the joint may go on doing;
 * a joint beyond all limits is signalled at once, a heated one is slowed down in proportion.
 */
#include "aether/guest.h"

#define PAYLOAD_VERSION 0xA17E0002u

#define STATUS_OVERLOAD 0x1
#define STATUS_HOT      0x2
#define STATUS_STOP     0x4
#define STATUS_NOT_OURS 0x8 /* woken by another sensor */

#define LOAD_MAX  100u /* rated */
#define LOAD_STOP 125u /* never */
#define HEAT_SLOW 80u  /* degrees Celsius */
#define HEAT_STOP 120u

#define SIGNAL_STOP 0x57095709

struct verdict {
    uint32_t load;
    uint32_t heat;
    uint32_t speed_percent;
    uint32_t status;
};

static uint32_t speed_of(uint32_t load, uint32_t heat)
{
    if (load > LOAD_STOP || heat >= HEAT_STOP)
        return 0;
    uint32_t speed = load > LOAD_MAX ? 25 : 100;
    if (heat > HEAT_SLOW)
        speed = speed * (HEAT_STOP - heat) / (HEAT_STOP - HEAT_SLOW);
    return speed;
}

static struct verdict judge(void)
{
    uint32_t joint = (uint32_t)aether_read_kinetic_joint();
    struct verdict verdict = {.load = joint & 0xFFFF, .heat = joint >> 16};
    verdict.speed_percent = speed_of(verdict.load, verdict.heat);
    if (verdict.load > LOAD_MAX)
        verdict.status |= STATUS_OVERLOAD;
    if (verdict.heat > HEAT_SLOW)
        verdict.status |= STATUS_HOT;
    if (verdict.speed_percent == 0)
        verdict.status |= STATUS_STOP;
    if ((aether_get_status() & AETHER_STATUS_VECTOR_MASK) != AETHER_VECTOR_JOINT)
        verdict.status |= STATUS_NOT_OURS;
    return verdict;
}

AETHER_EXPORT(int32_t, evaluate_limits)
{
    struct verdict verdict = judge();
    if (verdict.status & STATUS_STOP)
        aether_emit_signal(SIGNAL_STOP);
    aether_commit_telemetry_vector(&verdict, sizeof verdict);
    aether_commit_uplink((int32_t)verdict.status, (int32_t)verdict.speed_percent);
    return (int32_t)verdict.status;
}

AETHER_EXPORT(int32_t, diagnostic)
{
    return (int32_t)judge().status;
}

AETHER_EXPORT(uint32_t, payload_version)
{
    return PAYLOAD_VERSION;
}
