// SPDX-License-Identifier: MIT
// Port and register access for plat and dev. Only the machine's arch provides it, not the host's.
#pragma once

#include <base/types.h>

/// Reads / writes an I/O port.
static inline uint8_t arch_port_read8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void arch_port_write8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void arch_port_write16(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void arch_port_write32(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

/// Reads / writes a 32-bit device register.
static inline uint32_t arch_mmio_read32(const volatile void *address)
{
    uint32_t value;
    __asm__ volatile("movl %1, %0"
                     : "=r"(value)
                     : "m"(*(const volatile uint32_t *)address)
                     : "memory");
    return value;
}

static inline void arch_mmio_write32(volatile void *address, uint32_t value)
{
    __asm__ volatile("movl %1, %0" : "=m"(*(volatile uint32_t *)address) : "r"(value) : "memory");
}

/// Orders memory accesses against a device that reads memory.
static inline void arch_device_barrier(void)
{
    __asm__ volatile("mfence" : : : "memory");
}
