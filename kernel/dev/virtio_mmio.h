// SPDX-License-Identifier: MIT
// Registers of virtio-mmio, for virtio_mmio.c and virtqueue.c.
#pragma once

#include "virtio.h"

#define VIRTIO_MAGIC 0x000u
#define VIRTIO_VERSION 0x004u
#define VIRTIO_DEVICE_ID 0x008u
#define VIRTIO_DEVICE_FEATURES 0x010u
#define VIRTIO_DEVICE_FEATURES_SELECT 0x014u
#define VIRTIO_DRIVER_FEATURES 0x020u
#define VIRTIO_DRIVER_FEATURES_SELECT 0x024u
#define VIRTIO_GUEST_PAGE_SIZE 0x028u /* legacy */
#define VIRTIO_QUEUE_SELECT 0x030u
#define VIRTIO_QUEUE_SIZE_MAX 0x034u
#define VIRTIO_QUEUE_SIZE 0x038u
#define VIRTIO_QUEUE_ALIGN 0x03cu /* legacy */
#define VIRTIO_QUEUE_PAGE 0x040u  /* legacy */
#define VIRTIO_QUEUE_READY 0x044u
#define VIRTIO_QUEUE_NOTIFY 0x050u
#define VIRTIO_INTERRUPT_STATUS 0x060u
#define VIRTIO_INTERRUPT_ACK 0x064u
#define VIRTIO_STATUS 0x070u
#define VIRTIO_QUEUE_DESCRIPTORS 0x080u /* each: low word, high word */
#define VIRTIO_QUEUE_AVAILABLE 0x090u
#define VIRTIO_QUEUE_USED 0x0a0u
#define VIRTIO_CONFIG 0x100u

uint32_t virtio_read(const struct virtio_device *device, uint32_t reg);
void virtio_write(const struct virtio_device *device, uint32_t reg, uint32_t value);
