/*
 * sdk/examples/aerospace: is the cabin still fit for its crew?
 *
 * evaluate_limits, run at every wake: low pressure and high dose each set a bit of the status; the
 * readings go out as one telemetry vector, status and readings as the uplink.
 * diagnostic: the same status without a word to the outside.
 */
#include "aether/guest.h"

#define PAYLOAD_VERSION 0xA17E0001u

#define STATUS_PRESSURE_LOW 0x1
#define STATUS_DOSE_HIGH    0x2

#define PRESSURE_MIN_ATM 0.15f
#define DOSE_MAX         1000

struct readings {
    float pressure_atm;
    int32_t dose;
    int32_t status;
};

static struct readings measure(void)
{
    struct readings readings = {0};
    readings.pressure_atm = aether_read_atmospheric_pressure();
    readings.dose = aether_read_radiation_dosimeter();
    /* A pressure that is no number is no pressure. */
    if (!(readings.pressure_atm >= PRESSURE_MIN_ATM))
        readings.status |= STATUS_PRESSURE_LOW;
    if (readings.dose > DOSE_MAX)
        readings.status |= STATUS_DOSE_HIGH;
    return readings;
}

AETHER_EXPORT(int32_t, evaluate_limits)
{
    struct readings readings = measure();
    aether_commit_telemetry_vector(&readings, sizeof readings);
    aether_commit_uplink(readings.status, readings.dose);
    return readings.status;
}

AETHER_EXPORT(int32_t, diagnostic)
{
    return measure().status;
}

AETHER_EXPORT(uint32_t, payload_version)
{
    return PAYLOAD_VERSION;
}
