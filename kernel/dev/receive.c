// SPDX-License-Identifier: MIT
#include "receive.h"

enum status receive_init(struct receiver *receiver, const struct virtio_device *device,
                         uint32_t index, uint32_t buffers)
{
    *receiver = (struct receiver){0};
    mutex_init(&receiver->reader);
    wait_queue_init(&receiver->data);
    return virtqueue_init(&receiver->queue, device, index, buffers, true);
}

void receive_post(struct receiver *receiver)
{
    for (uint32_t n = 0; n < receiver->queue.buffer_count; n++) {
        virtqueue_submit(&receiver->queue, n, 0);
    }
    virtqueue_notify(&receiver->queue);
}

bool receive_advance(struct receiver *receiver)
{
    while (!receive_in_hand(receiver)) {
        if (receiver->held) {
            receiver->held = false;
            virtqueue_submit(&receiver->queue, receiver->buffer, 0);
            virtqueue_notify(&receiver->queue);
        }
        if (!virtqueue_take(&receiver->queue, &receiver->buffer, &receiver->len)) {
            return false;
        }
        receiver->held = true;
        receiver->at = 0;
    }
    return true;
}

enum status receive_copy(struct receiver *receiver, uaddr_t to, uint64_t max, uint32_t *count)
{
    uint32_t rest = receiver->len - receiver->at;
    *count = rest < max ? rest : (uint32_t)max;
    const uint8_t *from = virtqueue_buffer(&receiver->queue, receiver->buffer) + receiver->at;
    enum status status = user_copy_out(to, from, *count);
    if (status == OK) {
        receiver->at += *count;
    }
    return status;
}

bool receive_expect(struct receiver *receiver)
{
    virtqueue_want_interrupt(&receiver->queue, true);
    return !virtqueue_pending(&receiver->queue);
}

bool receive_prepare(struct receiver *receiver, struct waiter *waiter)
{
    wait_prepare(&receiver->data, waiter);
    if (receive_expect(receiver)) {
        return true;
    }
    (void)wait_cancel(waiter);
    return false;
}

enum status receive_commit(struct receiver *receiver, struct waiter *waiter)
{
    mutex_unlock(&receiver->reader);
    enum status status = wait_commit_signals(waiter, WAIT_FOREVER);
    mutex_lock(&receiver->reader);
    return status;
}

void receive_end(struct receiver *receiver)
{
    mutex_unlock(&receiver->reader);
    receive_wake(receiver);
}

void receive_wake(struct receiver *receiver)
{
    wait_wake(&receiver->data, WAIT_ALL);
}
