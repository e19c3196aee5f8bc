// SPDX-License-Identifier: MIT
// Everything the kernel reads of what the host hands over at boot, as arbitrary bytes: the input is
// physical memory from MEMORY_AT on; its first words say where things begin.
#include "memory.h"
#include "plat_internal.h"
#include <base/string.h>
#include <plat/options.h>
#include <stdlib.h>

#define MEMORY_AT 0x1000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct boot_info info;
    static struct boot_options options;
    struct arch_cpu_map map = {0};
    const char *why = NULL;

    memory_clear();
    memory_write(MEMORY_AT, data, len < MEMORY_LEN - MEMORY_AT ? len : MEMORY_LEN - MEMORY_AT);
    if (boot_info_read(paddr(MEMORY_AT), &info, &why) != OK) {
        require(why != NULL);
    } else {
        require(info.archive.len == 0 ||
                boot_memory_holds(&info.memory, info.archive.base, info.archive.len));
        require(strnlen(info.cmdline, BOOT_CMDLINE_MAX) < BOOT_CMDLINE_MAX);
        boot_options_parse(info.cmdline, &options);
        require(options.device_count <= BOOT_DEVICES_MAX);
    }
    if (acpi_cpu_map(paddr(MEMORY_AT), &map)) {
        require(map.count >= 1 && map.count <= ARCH_CPU_MAX);
    }
    return 0;
}
