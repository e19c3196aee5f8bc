// SPDX-License-Identifier: MIT
// The platform in use, and what it says about the machine.
#include "plat_internal.h"
#include <arch/boot.h>
#include <arch/paging.h>
#include <base/log.h>
#include <base/string.h>

#define IO_APIC_DEFAULT 0xfec00000u

static const struct platform_ops *chosen = &platform_native;

const struct platform_ops *platform(void)
{
    return chosen;
}

void platform_init(void)
{
    /* Detection of confidential-computing platforms goes here; everything else is native. */
    chosen = &platform_native;
}

void platform_cpu_map(const struct boot_info *info, struct arch_cpu_map *out)
{
    memset(out, 0, sizeof(*out));
    out->io_apic = paddr(IO_APIC_DEFAULT);
    if (acpi_cpu_map(info->rsdp, out)) {
        if (boot_is_device_range(&info->memory, out->io_apic.v, ARCH_PAGE_SIZE)) {
            return;
        }
        klog(LOG_WARN, "ACPI names an I/O APIC inside memory; using its usual address");
        out->io_apic = paddr(IO_APIC_DEFAULT);
        return;
    }
    unsigned count = fw_cfg_cpu_count();
    count = count == 0 ? 1 : count < ARCH_CPU_MAX ? count : ARCH_CPU_MAX;
    out->count = count;
    for (unsigned i = 0; i < count; i++) {
        out->apic_ids[i] = i;
    }
}

void early_print(const char *text)
{
    platform()->console_write(text, strlen(text));
}

__noreturn void boot_refuse(const char *line)
{
    early_print("coconut: cannot boot: ");
    early_print(line);
    early_print("\n");
    platform()->exit(false);
}
