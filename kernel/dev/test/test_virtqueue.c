// SPDX-License-Identifier: MIT
#include "fake_device.h"
#include "machine.h"
#include "unit.h"
#include <base/string.h>

static struct virtio_device device;
static struct virtqueue queue;
static uint32_t n, len;

static void start(unsigned index, uint32_t buffers)
{
    machine_start();
    fake_reset(&device);
    UNIT_OK(virtio_start(&device, 0));
    UNIT_OK(virtqueue_init(&queue, &device, index, buffers, index == FAKE_RX));
}

UNIT_TEST(virtio_probe_refuses_strangers)
{
    uint32_t registers[64] = {0x74726976, 3, 3};
    UNIT_CHECK(virtio_probe(registers, &device) == ERR_NOTFOUND);
    registers[0] = 0xffffffff;
    registers[1] = 2;
    UNIT_CHECK(virtio_probe(registers, &device) == ERR_NOTFOUND);
}

UNIT_TEST(virtqueue_too_small_is_refused)
{
    machine_start();
    fake_reset(&device);
    ((volatile uint32_t *)device.registers)[0x34 / 4] = VIRTQUEUE_SIZE - 1;
    UNIT_CHECK(virtqueue_init(&queue, &device, 0, 1, true) == ERR_IO);
}

UNIT_TEST(virtqueue_buffers_go_round)
{
    start(FAKE_TX, 4);
    uint8_t sent[PAGE_SIZE];
    for (uint32_t round = 0; round < 70000; round++) { /* the 16-bit indexes wrap */
        uint8_t text[4];
        memcpy(text, &round, sizeof(text));
        memcpy(virtqueue_buffer(&queue, round % 4), text, sizeof(text));
        UNIT_CHECK(!virtqueue_take(&queue, &n, &len));
        virtqueue_submit(&queue, round % 4, sizeof(text));
        UNIT_CHECK(fake_take_sent(sent) == sizeof(text));
        UNIT_CHECK(memcmp(sent, text, sizeof(text)) == 0);
        UNIT_CHECK(virtqueue_pending(&queue));
        UNIT_CHECK(virtqueue_take(&queue, &n, &len));
        UNIT_CHECK(n == round % 4);
    }
    UNIT_CHECK(!queue.broken);
    UNIT_CHECK(queue.in_flight == 0);
}

UNIT_TEST(virtqueue_unknown_buffer_breaks_it)
{
    static const uint32_t ids[] = {4, VIRTQUEUE_SIZE, 31, 32, 33, UINT32_MAX};
    for (unsigned i = 0; i < ARRAY_SIZE(ids); i++) {
        start(FAKE_RX, 4);
        virtqueue_submit(&queue, 0, 0);
        fake_use(FAKE_RX, ids[i], 1);
        UNIT_CHECK(!virtqueue_take(&queue, &n, &len));
        UNIT_CHECK(queue.broken);
        UNIT_CHECK(!virtqueue_take(&queue, &n, &len));
    }
}

UNIT_TEST(virtqueue_buffer_returned_twice_breaks_it)
{
    start(FAKE_RX, 4);
    virtqueue_submit(&queue, 0, 0);
    virtqueue_submit(&queue, 1, 0);
    fake_use(FAKE_RX, 1, 5);
    fake_use(FAKE_RX, 1, 5);
    UNIT_CHECK(virtqueue_take(&queue, &n, &len));
    UNIT_CHECK(n == 1 && len == 5);
    UNIT_CHECK(!virtqueue_take(&queue, &n, &len));
    UNIT_CHECK(queue.broken);
}

UNIT_TEST(virtqueue_overlong_write_breaks_it)
{
    start(FAKE_RX, 1);
    virtqueue_submit(&queue, 0, 0);
    fake_use(FAKE_RX, 0, PAGE_SIZE + 1);
    UNIT_CHECK(!virtqueue_take(&queue, &n, &len));
    UNIT_CHECK(queue.broken);
}

UNIT_TEST(virtqueue_runaway_index_ends)
{
    start(FAKE_RX, 4);
    for (uint32_t i = 0; i < 4; i++) {
        virtqueue_submit(&queue, i, 0);
    }
    fake_set_used_index(FAKE_RX, 0x8000); /* entries are all zero: buffer 0, again and again */
    unsigned taken = 0;
    while (virtqueue_take(&queue, &n, &len)) {
        taken++;
    }
    UNIT_CHECK(taken == 1);
    UNIT_CHECK(queue.broken);
}
