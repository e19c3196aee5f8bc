// SPDX-License-Identifier: MIT
// Split virtqueue. Descriptor n always describes buffer n, so that the device's answers can be
// checked against one bit mask. The device writes only the used ring; the kernel never reads back
// what it wrote itself, and takes each device-written value once.
#include "virtio_mmio.h"
#include <arch/io.h>
#include <arch/paging.h>
#include <base/log.h>
#include <base/string.h>
#include <mm/page.h>
#include <mm/vmap.h>

#define DESCRIPTOR_WRITE 2u
#define AVAILABLE_NO_INTERRUPT 1u
#define USED_OFFSET 4096u
#define RING_LEN 8192u

_Static_assert(sizeof(struct virtqueue_descriptor) * VIRTQUEUE_SIZE +
                       sizeof(struct virtqueue_available) <=
                   USED_OFFSET,
               "the first page holds descriptors and available ring");
_Static_assert(sizeof(struct virtqueue_used) <= RING_LEN - USED_OFFSET, "the second the used ring");

static void write_address(const struct virtio_device *device, uint32_t reg, uint64_t address)
{
    virtio_write(device, reg, (uint32_t)address);
    virtio_write(device, reg + 4, (uint32_t)(address >> 32));
}

/// Tells the device where the rings lie.
static enum status register_queue(const struct virtqueue *queue, paddr_t ring)
{
    const struct virtio_device *device = queue->device;
    virtio_write(device, VIRTIO_QUEUE_SELECT, queue->index);
    if (virtio_read(device, VIRTIO_QUEUE_SIZE_MAX) < VIRTQUEUE_SIZE) {
        return ERR_IO;
    }
    virtio_write(device, VIRTIO_QUEUE_SIZE, VIRTQUEUE_SIZE);
    if (device->version == 1) {
        if (ring.v >> PAGE_SHIFT > UINT32_MAX) {
            return ERR_IO;
        }
        virtio_write(device, VIRTIO_QUEUE_ALIGN, USED_OFFSET);
        virtio_write(device, VIRTIO_QUEUE_PAGE, (uint32_t)(ring.v >> PAGE_SHIFT));
        return OK;
    }
    write_address(device, VIRTIO_QUEUE_DESCRIPTORS, ring.v);
    write_address(device, VIRTIO_QUEUE_AVAILABLE,
                  ring.v + sizeof(struct virtqueue_descriptor) * VIRTQUEUE_SIZE);
    write_address(device, VIRTIO_QUEUE_USED, ring.v + USED_OFFSET);
    virtio_write(device, VIRTIO_QUEUE_READY, 1);
    return OK;
}

/// Memory for rings and buffers. What was allocated stays with the queue when a later step fails:
/// it may be known to the device already, and this happens once, at boot.
static enum status allocate(struct virtqueue *queue, paddr_t *ring)
{
    enum status status = page_alloc(VIRTQUEUE_PAGES_ORDER, ring);
    if (status != OK) {
        return status;
    }
    void *memory;
    status = vmap_phys(*ring, RING_LEN, ARCH_PROT_READ | ARCH_PROT_WRITE, &memory);
    if (status != OK) {
        return status;
    }
    memset(memory, 0, RING_LEN);
    queue->descriptors = memory;
    queue->available = (volatile void *)(queue->descriptors + VIRTQUEUE_SIZE);
    queue->used = (volatile void *)((uint8_t *)memory + USED_OFFSET);

    void *buffers;
    status = vmap_alloc(queue->buffer_count, VMAP_ZERO, &buffers);
    queue->buffers = buffers;
    return status;
}

enum status virtqueue_init(struct virtqueue *queue, const struct virtio_device *device,
                           uint32_t index, uint32_t buffer_count, bool device_writes)
{
    memset(queue, 0, sizeof(*queue));
    queue->device = device;
    queue->index = index;
    queue->buffer_count = buffer_count;
    queue->device_writes = device_writes;
    paddr_t ring;
    enum status status = allocate(queue, &ring);
    if (status != OK) {
        return status;
    }
    for (uint32_t n = 0; n < buffer_count; n++) {
        queue->descriptors[n].address = arch_kernel_query(vaddr_of(virtqueue_buffer(queue, n))).v;
        queue->descriptors[n].flags = device_writes ? DESCRIPTOR_WRITE : 0;
    }
    queue->available->flags = AVAILABLE_NO_INTERRUPT;
    return register_queue(queue, ring);
}

void virtqueue_submit(struct virtqueue *queue, uint32_t n, uint32_t len)
{
    queue->descriptors[n].len = queue->device_writes ? PAGE_SIZE : len;
    queue->in_flight |= 1u << n;
    queue->available->ring[queue->next_available % VIRTQUEUE_SIZE] = (uint16_t)n;
    queue->next_available++;
    __atomic_thread_fence(__ATOMIC_RELEASE); /* the entry before the index that covers it */
    queue->available->index = queue->next_available;
}

void virtqueue_notify(const struct virtqueue *queue)
{
    arch_device_barrier();
    virtio_write(queue->device, VIRTIO_QUEUE_NOTIFY, queue->index);
}

static bool broken(struct virtqueue *queue, const char *what)
{
    queue->broken = true;
    klog(LOG_ERROR, "virtio: queue %u: the device %s; taken out of service", queue->index, what);
    virtio_fail(queue->device);
    return false;
}

bool virtqueue_pending(const struct virtqueue *queue)
{
    return !queue->broken && queue->used->index != queue->next_used;
}

bool virtqueue_take(struct virtqueue *queue, uint32_t *n, uint32_t *len)
{
    if (!virtqueue_pending(queue)) {
        return false;
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE); /* the index before the entry it covers */
    volatile struct virtqueue_used_element *element =
        &queue->used->ring[queue->next_used % VIRTQUEUE_SIZE];
    uint32_t id = element->id;
    uint32_t written = element->len;
    if (id >= queue->buffer_count || (queue->in_flight & 1u << id) == 0) {
        return broken(queue, "returned a buffer that it does not have");
    }
    if (queue->device_writes && written > PAGE_SIZE) {
        return broken(queue, "claims to have written beyond a buffer");
    }
    queue->in_flight &= ~(1u << id);
    queue->next_used++;
    *n = id;
    *len = written;
    return true;
}

void virtqueue_want_interrupt(struct virtqueue *queue, bool on)
{
    queue->available->flags = on ? 0 : AVAILABLE_NO_INTERRUPT;
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* before the caller's next look at the used ring */
}
