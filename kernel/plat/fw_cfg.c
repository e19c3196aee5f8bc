// SPDX-License-Identifier: MIT
// QEMU's fw_cfg device, as far as the boot needs it: the number of CPUs where no ACPI table tells
// it.
#include "plat_internal.h"
#include <arch/io.h>

#define FW_CFG_SELECT 0x510
#define FW_CFG_DATA 0x511
#define ITEM_SIGNATURE 0x0000
#define ITEM_CPU_COUNT 0x0005

unsigned fw_cfg_cpu_count(void)
{
    static const char signature[4] = {'Q', 'E', 'M', 'U'};
    arch_port_write16(FW_CFG_SELECT, ITEM_SIGNATURE);
    for (unsigned i = 0; i < sizeof(signature); i++) {
        if (arch_port_read8(FW_CFG_DATA) != (uint8_t)signature[i]) {
            return 0;
        }
    }
    arch_port_write16(FW_CFG_SELECT, ITEM_CPU_COUNT);
    unsigned low = arch_port_read8(FW_CFG_DATA);
    return low | (unsigned)arch_port_read8(FW_CFG_DATA) << 8;
}
