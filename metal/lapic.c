/*
 * metal/lapic.c: the local APIC in its memory-mapped form (Intel SDM 3A, 11).
 *
 * The timer runs at divide 1, platform.timer_ticks_per_us ticks a microsecond. A deadline longer
 * than 32 bits of ticks is one odd round and then full ones, counted down by the interrupt itself.
 */
#include "metal/lapic.h"

#include "metal/cpu.h"
#include "metal/paging.h"
#include "metal/platform.h"
#include "metal/port.h"
#include "metal/trap.h"

#define MSR_APIC_BASE  0x1Bu
#define APIC_BASE_MASK 0xFFFFFF000ull
#define APIC_ENABLED   (1u << 11)

#define REGISTER_BYTES    0x400u
#define REGISTER_SPURIOUS 0x0F0
#define REGISTER_REQUEST  0x210 /* vectors 0x20 to 0x3F */
#define REGISTER_COMMAND  0x300
#define REGISTER_TIMER    0x320
#define REGISTER_THERMAL  0x330
#define REGISTER_COUNTERS 0x340
#define REGISTER_LINT0    0x350
#define REGISTER_LINT1    0x360
#define REGISTER_ERROR    0x370
#define REGISTER_DIVIDE   0x3E0

#define SPURIOUS_ENABLE 0x100u
#define LOCAL_MASKED    0x10000u
#define LOCAL_NMI       0x400u /* what the machine reports as broken must end us */
#define DIVIDE_BY_1     0xBu
#define COMMAND_SELF    0x44000u /* fixed, edge, asserted, to ourselves */
#define SENSOR_CLASS    (VECTOR_PRESSURE >> 4)

#define PIC_PRIMARY_MASK   0x21
#define PIC_SECONDARY_MASK 0xA1

static volatile uint8_t *lapic;

static uint32_t lapic_read(uint32_t offset)
{
    return *(volatile uint32_t *)(volatile void *)(lapic + offset);
}

static void lapic_write(uint32_t offset, uint32_t value)
{
    *(volatile uint32_t *)(volatile void *)(lapic + offset) = value;
}

bool lapic_open(void)
{
    static const uint16_t local_entries[] = {REGISTER_TIMER, REGISTER_THERMAL, REGISTER_COUNTERS,
                                             REGISTER_LINT0, REGISTER_LINT1,   REGISTER_ERROR};
    uint64_t base = cpu_msr_read(MSR_APIC_BASE);

    if ((base & APIC_BASE_MASK) != LAPIC_ADDRESS || (base & APIC_ENABLED) == 0)
        return false;
    lapic = map_device(LAPIC_ADDRESS, REGISTER_BYTES);
    port_out8(PIC_PRIMARY_MASK, 0xFF);
    port_out8(PIC_SECONDARY_MASK, 0xFF);
    lapic_hold_sensors();
    lapic_write(REGISTER_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    for (size_t i = 0; i < ARRAY_LEN(local_entries); i++)
        lapic_write(local_entries[i], LOCAL_MASKED);
    lapic_write(REGISTER_LINT1, LOCAL_NMI);
    lapic_write(REGISTER_DIVIDE, DIVIDE_BY_1);
    return true;
}

void lapic_close(void)
{
    if (lapic == NULL)
        return;
    lapic_write(REGISTER_LINT1, LOCAL_MASKED); /* QEMU delivers it even when the rest is off */
    lapic_write(REGISTER_SPURIOUS, VECTOR_SPURIOUS);
}

void lapic_hold_sensors(void)
{
    cpu_mask_class(SENSOR_CLASS);
}

void lapic_admit_sensors(void)
{
    cpu_mask_class(0);
}

uint32_t lapic_waiting_sensors(void)
{
    return lapic != NULL ? lapic_read(REGISTER_REQUEST) & 3 : 0;
}

void lapic_raise(uint8_t vector)
{
    lapic_write(REGISTER_COMMAND, COMMAND_SELF | vector);
}

void lapic_arm(uint8_t vector, uint32_t ticks)
{
    lapic_write(REGISTER_TIMER, vector);
    lapic_write(LAPIC_TIMER_INITIAL, ticks);
}

void lapic_arm_deadline(uint64_t ns)
{
    uint64_t ticks = ns * platform.timer_ticks_per_us / 1000; /* an hour fits */
    uint32_t first = (uint32_t)(ticks % UINT32_MAX);

    deadline_rounds = (uint32_t)(ticks / UINT32_MAX);
    lapic_arm(VECTOR_DEADLINE, first != 0 ? first : 1);
}

void lapic_disarm(void)
{
    lapic_write(REGISTER_TIMER, LOCAL_MASKED);
    lapic_write(LAPIC_TIMER_INITIAL, 0);
}
