// SPDX-License-Identifier: MIT
// The native platform: a virtual machine with a serial port and, under QEMU, isa-debug-exit.
#include "plat_internal.h"
#include <arch/boot.h>
#include <arch/cpu.h>
#include <arch/io.h>

#define SERIAL_DATA 0x3f8
#define SERIAL_LINE_STATUS 0x3fd
#define SERIAL_TRANSMIT_EMPTY 0x20
#define SERIAL_SPINS_MAX 100000u

#define DEBUG_EXIT_PORT 0xf4
#define DEBUG_EXIT_OK 0x10u     /* QEMU ends with 33 */
#define DEBUG_EXIT_FAILED 0x11u /* QEMU ends with 35 */
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET 0xfe

static enum status native_validate_range(paddr_t base, uint64_t len)
{
    (void)base;
    (void)len;
    return OK; /* memory has no state of its own here */
}

static __noreturn void native_exit(bool ok)
{
    arch_port_write32(DEBUG_EXIT_PORT, ok ? DEBUG_EXIT_OK : DEBUG_EXIT_FAILED);
    /* No such device: a reset ends a machine that was started not to reboot. */
    arch_port_write8(KEYBOARD_COMMAND, KEYBOARD_RESET);
    arch_reset();
}

static void serial_put(char c)
{
    for (unsigned spin = 0; spin < SERIAL_SPINS_MAX; spin++) {
        if ((arch_port_read8(SERIAL_LINE_STATUS) & SERIAL_TRANSMIT_EMPTY) != 0) {
            break;
        }
        arch_relax();
    }
    arch_port_write8(SERIAL_DATA, (uint8_t)c);
}

static void native_console_write(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            serial_put('\r');
        }
        serial_put(text[i]);
    }
}

const struct platform_ops platform_native = {
    .name = "native",
    .validate_range = native_validate_range,
    .exit = native_exit,
    .console_write = native_console_write,
};
