// SPDX-License-Identifier: MIT
// Local APIC in xAPIC (memory-mapped) or x2APIC (MSR) mode: interprocessor interrupts, timer.
#include "percpu.h"
#include <arch/io.h>
#include <base/check.h>

#define APIC_BASE_ENABLE (1ull << 11)
#define APIC_BASE_X2APIC (1ull << 10)
#define MSR_X2APIC 0x800u

/* Register offsets of xAPIC; x2APIC's MSR is MSR_X2APIC + offset / 16. */
#define REG_ID 0x20u
#define REG_TASK_PRIORITY 0x80u
#define REG_END_OF_INTERRUPT 0xb0u
#define REG_SPURIOUS 0xf0u
#define REG_COMMAND 0x300u
#define REG_COMMAND_HIGH 0x310u
#define REG_TIMER 0x320u
#define REG_PERFORMANCE 0x340u
#define REG_LINT0 0x350u
#define REG_LINT1 0x360u
#define REG_ERROR 0x370u
#define REG_TIMER_INITIAL 0x380u
#define REG_TIMER_CURRENT 0x390u
#define REG_TIMER_DIVIDE 0x3e0u

#define LVT_MASKED (1u << 16)
#define LVT_DEADLINE (2u << 17)
#define LVT_NMI 0x400u
#define SPURIOUS_ENABLE 0x100u
#define COMMAND_PENDING (1u << 12)
#define COMMAND_ASSERT 0x4000u
#define DIVIDE_BY_1 0xbu

static volatile uint8_t *apic_registers; /* NULL in x2APIC mode */

static uint32_t apic_read(uint32_t reg)
{
    if (apic_registers != NULL) {
        return arch_mmio_read32(apic_registers + reg);
    }
    return (uint32_t)x86_read_msr(MSR_X2APIC + reg / 16);
}

static void apic_write(uint32_t reg, uint32_t value)
{
    if (apic_registers != NULL) {
        arch_mmio_write32(apic_registers + reg, value);
    } else {
        x86_write_msr(MSR_X2APIC + reg / 16, value);
    }
}

void apic_init(void)
{
    if (!cpu_features.x2apic) {
        uint64_t base = x86_read_msr(MSR_APIC_BASE) & PTE_ADDRESS;
        apic_registers = arch_device_map(paddr(base), ARCH_PAGE_SIZE);
        CHECK(apic_registers != NULL, "no space to map the local APIC");
    }
    apic_enable();
}

void apic_enable(void)
{
    uint64_t base = x86_read_msr(MSR_APIC_BASE) | APIC_BASE_ENABLE;
    if (cpu_features.x2apic) {
        base |= APIC_BASE_X2APIC;
    }
    x86_write_msr(MSR_APIC_BASE, base);
    apic_write(REG_TASK_PRIORITY, 0);
    apic_write(REG_LINT0, LVT_MASKED); /* the legacy controller's line */
    apic_write(REG_LINT1, LVT_NMI);
    apic_write(REG_ERROR, LVT_MASKED);
    apic_write(REG_PERFORMANCE, LVT_MASKED);
    apic_write(REG_TIMER, LVT_MASKED);
    apic_write(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
}

uint32_t apic_id(void)
{
    uint32_t id = apic_read(REG_ID);
    return apic_registers != NULL ? id >> 24 : id;
}

void apic_end_of_interrupt(void)
{
    apic_write(REG_END_OF_INTERRUPT, 0);
}

void apic_send(uint32_t target, uint32_t command)
{
    irqflags_t flags = arch_irq_save();
    command |= COMMAND_ASSERT;
    if (apic_registers != NULL) {
        while ((apic_read(REG_COMMAND) & COMMAND_PENDING) != 0) {
            arch_relax();
        }
        apic_write(REG_COMMAND_HIGH, target << 24);
        apic_write(REG_COMMAND, command);
    } else {
        /* Unlike a register write, an MSR write does not wait for earlier stores to be visible. */
        arch_device_barrier();
        x86_write_msr(MSR_X2APIC + REG_COMMAND / 16, (uint64_t)target << 32 | command);
    }
    arch_irq_restore(flags);
}

void apic_timer_setup(bool deadline_mode)
{
    apic_write(REG_TIMER_DIVIDE, DIVIDE_BY_1);
    apic_write(REG_TIMER, VECTOR_TIMER | (deadline_mode ? LVT_DEADLINE : 0));
    arch_device_barrier();
}

void apic_timer_count(uint32_t count)
{
    apic_write(REG_TIMER_INITIAL, count);
}

uint32_t apic_timer_current(void)
{
    return apic_read(REG_TIMER_CURRENT);
}
