// SPDX-License-Identifier: MIT
// virtio-mmio transport, legacy (version 1) and modern (version 2).
#include "virtio_mmio.h"
#include <arch/io.h>

#define MAGIC_VALUE 0x74726976u
#define STATUS_ACKNOWLEDGE 1u
#define STATUS_DRIVER 2u
#define STATUS_DRIVER_OK 4u
#define STATUS_FEATURES_OK 8u
#define STATUS_FAILED 128u
#define FEATURE_VERSION_1_HIGH 1u /* bit 32, in the upper word */

uint32_t virtio_read(const struct virtio_device *device, uint32_t reg)
{
    return arch_mmio_read32(device->registers + reg);
}

void virtio_write(const struct virtio_device *device, uint32_t reg, uint32_t value)
{
    arch_mmio_write32(device->registers + reg, value);
}

enum status virtio_probe(volatile void *registers, struct virtio_device *out)
{
    out->registers = registers;
    if (virtio_read(out, VIRTIO_MAGIC) != MAGIC_VALUE) {
        return ERR_NOTFOUND;
    }
    out->version = virtio_read(out, VIRTIO_VERSION);
    out->device_id = virtio_read(out, VIRTIO_DEVICE_ID);
    return out->version == 1 || out->version == 2 ? OK : ERR_NOTFOUND;
}

bool virtio_offers(const struct virtio_device *device, unsigned bit)
{
    virtio_write(device, VIRTIO_DEVICE_FEATURES_SELECT, 0);
    return (virtio_read(device, VIRTIO_DEVICE_FEATURES) & 1u << bit) != 0;
}

uint32_t virtio_config(const struct virtio_device *device, uint32_t offset)
{
    return virtio_read(device, VIRTIO_CONFIG + offset);
}

enum status virtio_start(const struct virtio_device *device, uint32_t features)
{
    virtio_write(device, VIRTIO_STATUS, 0);
    virtio_write(device, VIRTIO_STATUS, STATUS_ACKNOWLEDGE);
    virtio_write(device, VIRTIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    virtio_write(device, VIRTIO_DRIVER_FEATURES_SELECT, 0);
    virtio_write(device, VIRTIO_DRIVER_FEATURES, features);
    if (device->version == 1) {
        virtio_write(device, VIRTIO_GUEST_PAGE_SIZE, PAGE_SIZE);
        return OK;
    }
    virtio_write(device, VIRTIO_DEVICE_FEATURES_SELECT, 1);
    if ((virtio_read(device, VIRTIO_DEVICE_FEATURES) & FEATURE_VERSION_1_HIGH) == 0) {
        return ERR_IO;
    }
    virtio_write(device, VIRTIO_DRIVER_FEATURES_SELECT, 1);
    virtio_write(device, VIRTIO_DRIVER_FEATURES, FEATURE_VERSION_1_HIGH);
    virtio_write(device, VIRTIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
    return (virtio_read(device, VIRTIO_STATUS) & STATUS_FEATURES_OK) != 0 ? OK : ERR_IO;
}

void virtio_ready(const struct virtio_device *device)
{
    virtio_write(device, VIRTIO_STATUS, virtio_read(device, VIRTIO_STATUS) | STATUS_DRIVER_OK);
}

void virtio_fail(const struct virtio_device *device)
{
    virtio_write(device, VIRTIO_STATUS, STATUS_FAILED);
}

bool virtio_acknowledge(const struct virtio_device *device)
{
    uint32_t pending = virtio_read(device, VIRTIO_INTERRUPT_STATUS);
    virtio_write(device, VIRTIO_INTERRUPT_ACK, pending);
    return pending != 0;
}
