// SPDX-License-Identifier: MIT
// I/O APIC: device interrupt lines. The legacy controllers are turned off.
#include "percpu.h"
#include <arch/io.h>
#include <base/check.h>
#include <base/log.h>

#define REG_SELECT 0x00
#define REG_DATA 0x10
#define INDEX_VERSION 0x01u
#define INDEX_ENTRY 0x10u
#define ENTRY_LEVEL (1u << 15)
#define ENTRY_MASKED (1u << 16)
#define LINES_MAX 24u /* vectors that the descriptor table has for lines */

#define PIC1_COMMAND 0x20
#define PIC1_DATA 0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA 0xa1

static volatile uint8_t *io_apic;
static uint32_t line_base;
static uint32_t line_count;

static uint32_t io_apic_read(uint32_t index)
{
    arch_mmio_write32(io_apic + REG_SELECT, index);
    return arch_mmio_read32(io_apic + REG_DATA);
}

static void io_apic_write(uint32_t index, uint32_t value)
{
    arch_mmio_write32(io_apic + REG_SELECT, index);
    arch_mmio_write32(io_apic + REG_DATA, value);
}

void pic_disable(void)
{
    /* Moved off the exception vectors first: a spurious interrupt can still come. */
    arch_port_write8(PIC1_COMMAND, 0x11);
    arch_port_write8(PIC2_COMMAND, 0x11);
    arch_port_write8(PIC1_DATA, VECTOR_PIC);
    arch_port_write8(PIC2_DATA, VECTOR_PIC + 8);
    arch_port_write8(PIC1_DATA, 4);
    arch_port_write8(PIC2_DATA, 2);
    arch_port_write8(PIC1_DATA, 1);
    arch_port_write8(PIC2_DATA, 1);
    arch_port_write8(PIC1_DATA, 0xff);
    arch_port_write8(PIC2_DATA, 0xff);
}

void io_apic_init(const struct arch_cpu_map *map)
{
    if (map->io_apic.v == 0) {
        return;
    }
    io_apic = arch_device_map(map->io_apic, 32);
    CHECK(io_apic != NULL, "no space to map the I/O APIC");
    line_base = map->io_apic_line_base;
    uint32_t count = (io_apic_read(INDEX_VERSION) >> 16 & 0xff) + 1;
    line_count = count < LINES_MAX ? count : LINES_MAX;
    for (uint32_t pin = 0; pin < line_count; pin++) {
        io_apic_write(INDEX_ENTRY + 2 * pin, ENTRY_MASKED);
    }
}

enum status arch_line_enable(unsigned line, bool level)
{
    if (line < line_base || line - line_base >= line_count || line >= LINES_MAX) {
        return ERR_INVAL;
    }
    uint32_t pin = line - line_base;
    io_apic_write(INDEX_ENTRY + 2 * pin + 1, cpu_current()->apic_id << 24);
    io_apic_write(INDEX_ENTRY + 2 * pin, (VECTOR_LINE + line) | (level ? ENTRY_LEVEL : 0));
    return OK;
}
