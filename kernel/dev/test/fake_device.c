// SPDX-License-Identifier: MIT
#include "fake_device.h"
#include "../virtio_mmio.h"
#include "unit.h"
#include <arch_impl/host.h>
#include <base/string.h>
#include <dev/stream.h>
#include <mm/aspace.h>
#include <mm/user_copy.h>
#include <object/object.h>
#include <object/wait.h>

struct fake_queue {
    volatile struct virtqueue_descriptor *descriptors;
    volatile struct virtqueue_available *available;
    volatile struct virtqueue_used *used;
    uint16_t next; /* of the available ring */
};

static uint32_t registers[80];
static struct fake_queue queues[FAKE_QUEUES];

void (*fake_on_wait)(void);

void fake_reset(struct virtio_device *device)
{
    memset(registers, 0, sizeof(registers));
    memset(queues, 0, sizeof(queues));
    registers[VIRTIO_MAGIC / 4] = 0x74726976;
    registers[VIRTIO_VERSION / 4] = 2;
    registers[VIRTIO_DEVICE_ID / 4] = VIRTIO_DEVICE_CONSOLE;
    registers[VIRTIO_DEVICE_FEATURES / 4] = 1;
    registers[VIRTIO_QUEUE_SIZE_MAX / 4] = 64;
    fake_on_wait = NULL;
    UNIT_OK(virtio_probe(registers, device));
}

static void *at(unsigned reg)
{
    return host_memory(paddr(registers[reg / 4] | (uint64_t)registers[reg / 4 + 1] << 32));
}

void fake_set_port_slots(uint32_t count)
{
    registers[VIRTIO_DEVICE_FEATURES / 4] |= 1u << 1;
    registers[(VIRTIO_CONFIG + 4) / 4] = count;
}

/// Remembers where the queue set up last has its rings.
static void learn(unsigned queue)
{
    UNIT_CHECK(queue < FAKE_QUEUES);
    UNIT_CHECK(registers[VIRTIO_QUEUE_SELECT / 4] == queue);
    UNIT_CHECK(registers[VIRTIO_QUEUE_SIZE / 4] == VIRTQUEUE_SIZE);
    queues[queue].descriptors = at(VIRTIO_QUEUE_DESCRIPTORS);
    queues[queue].available = at(VIRTIO_QUEUE_AVAILABLE);
    queues[queue].used = at(VIRTIO_QUEUE_USED);
}

unsigned fake_available(unsigned queue)
{
    return (uint16_t)(queues[queue].available->index - queues[queue].next);
}

static uint16_t next_buffer(struct fake_queue *queue)
{
    UNIT_CHECK((uint16_t)(queue->available->index - queue->next) > 0);
    return queue->available->ring[queue->next++ % VIRTQUEUE_SIZE];
}

void fake_use(unsigned queue, uint32_t id, uint32_t len)
{
    volatile struct virtqueue_used *used = queues[queue].used;
    used->ring[used->index % VIRTQUEUE_SIZE].id = id;
    used->ring[used->index % VIRTQUEUE_SIZE].len = len;
    used->index++;
}

void fake_set_used_index(unsigned queue, uint16_t index)
{
    queues[queue].used->index = index;
}

void fake_raise(void)
{
    registers[VIRTIO_INTERRUPT_STATUS / 4] = 1;
}

void fake_deliver(const void *bytes, uint32_t len, uint32_t chunk)
{
    fake_deliver_to(FAKE_RX, bytes, len, chunk);
}

void fake_deliver_to(unsigned index, const void *bytes, uint32_t len, uint32_t chunk)
{
    struct fake_queue *queue = &queues[index];
    for (uint32_t done = 0; done < len; done += chunk) {
        uint16_t id = next_buffer(queue);
        uint32_t part = len - done < chunk ? len - done : chunk;
        UNIT_CHECK(part <= queue->descriptors[id].len);
        UNIT_CHECK(queue->descriptors[id].flags == 2);
        memcpy(host_memory(paddr(queue->descriptors[id].address)), (const char *)bytes + done,
               part);
        fake_use(index, id, part);
    }
}

uint32_t fake_take_sent(uint8_t *out)
{
    return fake_take_from(FAKE_TX, out);
}

uint32_t fake_take_from(unsigned index, uint8_t *out)
{
    struct fake_queue *queue = &queues[index];
    if (fake_available(index) == 0) {
        return 0;
    }
    uint16_t id = next_buffer(queue);
    uint32_t len = queue->descriptors[id].len;
    UNIT_CHECK(len <= PAGE_SIZE);
    UNIT_CHECK(queue->descriptors[id].flags == 0);
    memcpy(out, host_memory(paddr(queue->descriptors[id].address)), len);
    fake_use(index, id, 0);
    return len;
}

// --- upcalls of the modules under test ---------------------------------------------------------

const struct object_ops *const object_ops[COCO_OBJECT_COUNT] = {
    [COCO_OBJECT_STREAM] = &stream_object_ops,
};

struct aspace *aspace_current(void)
{
    unit_fail(__FILE_NAME__, __LINE__, "no user memory here");
}

void sched_check(void)
{
}

struct thread *sched_current(void)
{
    static uint64_t somebody;
    return (struct thread *)&somebody;
}

void sched_wake(struct thread *thread)
{
    UNIT_CHECK(thread == sched_current());
}

enum status sched_block(uint64_t deadline, enum wait_mode mode)
{
    (void)deadline;
    (void)mode;
    UNIT_CHECK(fake_on_wait != NULL);
    fake_on_wait();
    return OK;
}

/* User addresses of the tests are addresses of their own memory; address 0 faults. */
enum status __wrap_user_copy_in(void *dst, uaddr_t src, size_t len);
enum status __wrap_user_copy_out(uaddr_t dst, const void *src, size_t len);

enum status __wrap_user_copy_in(void *dst, uaddr_t src, size_t len)
{
    if (src.v == 0) {
        return ERR_FAULT;
    }
    memcpy(dst, (const void *)(uintptr_t)src.v, len);
    return OK;
}

enum status __wrap_user_copy_out(uaddr_t dst, const void *src, size_t len)
{
    if (dst.v == 0) {
        return ERR_FAULT;
    }
    memcpy((void *)(uintptr_t)dst.v, src, len);
    return OK;
}

enum status __real_virtqueue_init(struct virtqueue *queue, const struct virtio_device *device,
                                  uint32_t index, uint32_t buffer_count, bool device_writes);
enum status __wrap_virtqueue_init(struct virtqueue *queue, const struct virtio_device *device,
                                  uint32_t index, uint32_t buffer_count, bool device_writes);

enum status __wrap_virtqueue_init(struct virtqueue *queue, const struct virtio_device *device,
                                  uint32_t index, uint32_t buffer_count, bool device_writes)
{
    enum status status = __real_virtqueue_init(queue, device, index, buffer_count, device_writes);
    if (status == OK) {
        learn(index);
    }
    return status;
}
