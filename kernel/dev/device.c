// SPDX-License-Identifier: MIT
// Finds devices and hands interrupts to their drivers.
#include "hostlink_internal.h"
#include "port_internal.h"
#include "virtio.h"
#include <arch/paging.h>
#include <arch/smp.h>
#include <arch/trap.h>
#include <base/log.h>
#include <dev/device.h>

#define REGISTERS_LEN (0x100u + VIRTIO_CONFIG_LEN) /* what the drivers use of a device */
#define DRIVER_COUNT 2u

/// A kind of device that there is a driver for; each drives one device.
struct driver {
    const char *name;
    bool (*fits)(const struct virtio_device *console);
    enum status (*start)(const struct virtio_device *device);
    void (*interrupt)(void);
};

/// A device of several ports without emergency writes is the link's: a lone character has no place
/// among frames.
static bool is_ports(const struct virtio_device *console)
{
    return virtio_offers(console, VIRTIO_CONSOLE_MULTIPORT) &&
           virtio_offers(console, VIRTIO_CONSOLE_EMERGENCY_WRITE);
}

static bool is_link(const struct virtio_device *console)
{
    return !is_ports(console);
}

static const struct driver drivers[DRIVER_COUNT] = {
    {"host link", is_link, hostlink_start, hostlink_interrupt},
    {"host ports", is_ports, port_device_start, port_device_interrupt},
};

/// What drives a device, by number of the driver.
static struct {
    bool taken;
    unsigned line;
} driven[DRIVER_COUNT];

void device_interrupt(unsigned line)
{
    for (unsigned i = 0; i < DRIVER_COUNT; i++) {
        if (driven[i].taken && driven[i].line == line) {
            drivers[i].interrupt();
        }
    }
}

/// The number of the driver for `device` that has none yet, or DRIVER_COUNT.
static unsigned find_driver(const struct virtio_device *device)
{
    unsigned i = 0;
    if (device->device_id != VIRTIO_DEVICE_CONSOLE) {
        return DRIVER_COUNT;
    }
    while (i < DRIVER_COUNT && (driven[i].taken || !drivers[i].fits(device))) {
        i++;
    }
    return i;
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
    unsigned i = find_driver(&device);
    if (i == DRIVER_COUNT) {
        klog(LOG_INFO, "device at 0x%lx: no driver for virtio device %u", place->base,
             device.device_id);
        return;
    }
    driven[i].line = place->line;
    driven[i].taken = true;
    if (arch_line_enable(place->line, true) != OK) {
        klog(LOG_ERROR, "%s: the machine has no interrupt line %u", drivers[i].name, place->line);
    } else if (drivers[i].start(&device) != OK) {
        klog(LOG_ERROR, "%s: the virtio console at 0x%lx does not start", drivers[i].name,
             place->base);
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
