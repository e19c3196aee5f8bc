// SPDX-License-Identifier: MIT
// Finds devices and hands interrupts to their drivers.
#include "hostlink_internal.h"
#include "virtio.h"
#include <arch/paging.h>
#include <arch/smp.h>
#include <arch/trap.h>
#include <base/log.h>
#include <dev/device.h>

#define REGISTERS_LEN 0x100u /* what the drivers use of a virtio-mmio device */

static bool console_found;
static unsigned console_line;

void device_interrupt(unsigned line)
{
    if (console_found && line == console_line) {
        hostlink_interrupt();
    }
}

/// Starts the driver for one device, if there is one.
static void device_start(const struct boot_device *place)
{
    volatile void *registers = arch_device_map(paddr(place->base), REGISTERS_LEN);
    struct virtio_device device;
    if (registers == NULL) {
        klog(LOG_WARN, "device at 0x%lx: no space to map its registers", place->base);
        return;
    }
    if (virtio_probe(registers, &device) != OK || device.device_id == 0) {
        return; /* an empty place */
    }
    if (device.device_id != VIRTIO_DEVICE_CONSOLE || console_found) {
        klog(LOG_INFO, "device at 0x%lx: no driver for virtio device %u", place->base,
             device.device_id);
        return;
    }
    console_line = place->line;
    console_found = true;
    if (arch_line_enable(place->line, true) != OK) {
        klog(LOG_ERROR, "host link: the machine has no interrupt line %u", place->line);
    } else if (hostlink_start(&device) != OK) {
        klog(LOG_ERROR, "host link: the virtio console at 0x%lx does not start", place->base);
    }
}

void device_init(const struct boot_memory *memory, const struct boot_device *devices,
                 unsigned device_count)
{
    for (unsigned i = 0; i < device_count; i++) {
        if (devices[i].len < REGISTERS_LEN || devices[i].base % 4 != 0 ||
            !boot_is_device_range(memory, devices[i].base, devices[i].len)) {
            klog(LOG_WARN, "device at 0x%lx: not a place for registers; ignored", devices[i].base);
            continue;
        }
        device_start(&devices[i]);
    }
}
