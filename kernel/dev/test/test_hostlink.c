// SPDX-License-Identifier: MIT
#include "../console_control.h"
#include "../hostlink_internal.h"
#include "fake_device.h"
#include "machine.h"
#include "unit.h"
#include <abi/types.h>
#include <base/string.h>

static struct virtio_device device;
static uint8_t stream[20000];
static uint32_t stream_len;
static uint8_t got[20000];
static uint8_t pattern[20000];

static void start(void)
{
    machine_start();
    fake_reset(&device);
    UNIT_OK(virtio_start(&device, 0));
    UNIT_OK(hostlink_rx_start(&device, FAKE_RX));
    hostlink_rx_post();
    stream_len = 0;
    for (size_t i = 0; i < sizeof(pattern); i++) {
        pattern[i] = (uint8_t)(i * 7 + i / 251);
    }
}

static void add_frame(uint8_t magic, uint8_t channel, const void *payload, uint32_t len)
{
    struct hostlink_header header = {.magic = magic, .channel = channel, .length = len};
    memcpy(stream + stream_len, &header, sizeof(header));
    memcpy(stream + stream_len + sizeof(header), payload, len);
    stream_len += (uint32_t)sizeof(header) + len;
}

static enum status receive(size_t len, size_t *done)
{
    return hostlink_receive_unchecked(
        (struct user_out){.addr = uaddr((uint64_t)(uintptr_t)got), .len = len}, true, done);
}

UNIT_TEST(hostlink_receives_a_frame)
{
    size_t done;
    start();
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 1000);
    fake_deliver(stream, stream_len, PAGE_SIZE);
    UNIT_OK(receive(sizeof(got), &done));
    UNIT_CHECK(done == 1000);
    UNIT_CHECK(memcmp(got, pattern, 1000) == 0);
}

static uint32_t trickled;

static void trickle(void)
{
    UNIT_CHECK(trickled < stream_len);
    fake_deliver(stream + trickled++, 1, 1);
    hostlink_rx_wake();
}

UNIT_TEST(hostlink_frames_may_be_cut_anywhere)
{
    size_t total = 0;
    size_t done;
    start();
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 13);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern + 13, 1);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern + 14, 30);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 0);
    trickled = 0;
    fake_on_wait = trickle;
    do {
        UNIT_OK(hostlink_receive_unchecked(
            (struct user_out){.addr = uaddr((uint64_t)(uintptr_t)got + total), .len = 7}, true,
            &done));
        total += done;
    } while (done > 0);
    UNIT_CHECK(total == 44);
    UNIT_CHECK(memcmp(got, pattern, 44) == 0);
    UNIT_OK(receive(10, &done)); /* the end is for good */
    UNIT_CHECK(done == 0);
}

UNIT_TEST(hostlink_reads_fill_over_frames)
{
    size_t done;
    start();
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 100);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern + 100, 100);
    fake_deliver(stream, stream_len, 150);
    UNIT_OK(receive(150, &done));
    UNIT_CHECK(done == 150);
    UNIT_OK(receive(150, &done));
    UNIT_CHECK(done == 50);
    UNIT_CHECK(memcmp(got, pattern + 150, 50) == 0);
}

UNIT_TEST(hostlink_unread_input_holds_the_host_back)
{
    size_t done;
    start();
    unsigned buffers = fake_available(FAKE_RX);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 8184);
    fake_deliver(stream, stream_len, PAGE_SIZE);
    UNIT_CHECK(fake_available(FAKE_RX) == buffers - 2);
    UNIT_OK(receive(100, &done));
    UNIT_CHECK(fake_available(FAKE_RX) == buffers - 2);
    UNIT_OK(receive(5000, &done));
    UNIT_CHECK(fake_available(FAKE_RX) == buffers - 1);
}

UNIT_TEST(hostlink_malformed_frames_close_input)
{
    static const struct hostlink_header bad[] = {
        {0xc6, HOSTLINK_STDIN, 0, 1},
        {HOSTLINK_MAGIC, HOSTLINK_STDOUT, 0, 1},
        {HOSTLINK_MAGIC, HOSTLINK_STDIN, 1, 1},
        {HOSTLINK_MAGIC, HOSTLINK_STDIN, 0, HOSTLINK_PAYLOAD_MAX + 1},
        {HOSTLINK_MAGIC, HOSTLINK_STDIN, 0, UINT32_MAX},
    };
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        size_t done;
        start();
        add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 10);
        memcpy(stream + stream_len, &bad[i], sizeof(bad[i]));
        stream_len += (uint32_t)sizeof(bad[i]) + 1;
        fake_deliver(stream, stream_len, PAGE_SIZE);
        UNIT_OK(receive(100, &done)); /* what came before it is delivered */
        UNIT_CHECK(done == 10);
        UNIT_CHECK(receive(100, &done) == ERR_IO);
        UNIT_CHECK(receive(100, &done) == ERR_IO);
    }
}

UNIT_TEST(hostlink_bad_buffer_loses_nothing)
{
    size_t done;
    start();
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 10);
    fake_deliver(stream, stream_len, PAGE_SIZE);
    UNIT_CHECK(hostlink_receive_unchecked((struct user_out){uaddr(0), 5}, true, &done) ==
               ERR_FAULT);
    UNIT_OK(receive(100, &done));
    UNIT_CHECK(done == 10);
    UNIT_CHECK(memcmp(got, pattern, 10) == 0);
}

UNIT_TEST(hostlink_broken_device_is_an_error)
{
    size_t done;
    start();
    fake_use(FAKE_RX, 77, 1);
    UNIT_CHECK(receive(100, &done) == ERR_IO);
}

// --- sending -----------------------------------------------------------------------------------

static uint8_t received[20000];
static uint32_t received_len;
static unsigned waits;

/* Takes all that was sent; each buffer is one frame. */
static void host_takes(void)
{
    uint8_t frame[PAGE_SIZE];
    uint32_t len;
    waits++;
    while ((len = fake_take_sent(frame)) > 0) {
        struct hostlink_header header;
        memcpy(&header, frame, sizeof(header));
        UNIT_CHECK(header.magic == HOSTLINK_MAGIC);
        UNIT_CHECK(header.channel == HOSTLINK_STDOUT);
        UNIT_CHECK(header.flags == 0);
        UNIT_CHECK(header.length == len - sizeof(header));
        memcpy(received + received_len, frame + sizeof(header), header.length);
        received_len += header.length;
    }
}

static void host_takes_and_interrupts(void)
{
    host_takes();
    fake_raise();
    hostlink_interrupt();
}

static enum status send(const void *bytes, size_t len, size_t *done)
{
    return hostlink_send(HOSTLINK_STDOUT, (struct user_in){uaddr((uint64_t)(uintptr_t)bytes), len},
                         done);
}

static void start_sending(void)
{
    start();
    fake_reset(&device);
    UNIT_OK(hostlink_start(&device));
    received_len = 0;
    waits = 0;
    fake_on_wait = host_takes_and_interrupts;
}

UNIT_TEST(hostlink_sends_in_frames)
{
    size_t done;
    start_sending();
    UNIT_OK(send(pattern, 10000, &done));
    UNIT_CHECK(done == 10000);
    UNIT_OK(send(pattern, 0, &done));
    UNIT_CHECK(done == 0);
    host_takes();
    UNIT_CHECK(received_len == 10000);
    UNIT_CHECK(memcmp(received, pattern, 10000) == 0);
    hostlink_drain(); /* nothing to wait for */
    UNIT_CHECK(waits == 1);
}

UNIT_TEST(hostlink_waits_for_room)
{
    size_t done;
    start_sending();
    for (unsigned i = 0; i < 100; i++) {
        UNIT_OK(send(pattern + i, 1, &done));
    }
    UNIT_CHECK(waits >= 100 / VIRTQUEUE_SIZE - 1);
    hostlink_drain();
    UNIT_CHECK(received_len == 100);
    UNIT_CHECK(memcmp(received, pattern, 100) == 0);
}

/* The device of several ports: the link opens port 1 before it uses the port's queues. */
UNIT_TEST(hostlink_over_a_port)
{
    static const uint16_t wanted[][2] = {
        {0xffff, CONTROL_DEVICE_READY}, {1, CONTROL_READY}, {1, CONTROL_OPEN}};
    uint8_t bytes[PAGE_SIZE];
    size_t done;
    start();
    fake_reset(&device);
    fake_set_port_slots(2);
    UNIT_OK(hostlink_start(&device));
    for (unsigned i = 0; i < ARRAY_SIZE(wanted); i++) {
        struct control_message message;
        UNIT_EQUAL(fake_take_from(CONTROL_OUT_QUEUE, bytes), sizeof(message));
        memcpy(&message, bytes, sizeof(message));
        UNIT_EQUAL(message.id & 0xffff, wanted[i][0]);
        UNIT_EQUAL(message.event, wanted[i][1]);
        UNIT_EQUAL(message.value, 1);
    }
    UNIT_EQUAL(fake_take_from(CONTROL_OUT_QUEUE, bytes), 0);
    UNIT_OK(send(pattern, 100, &done));
    UNIT_EQUAL(done, 100);
    UNIT_EQUAL(fake_take_from(console_rx_queue(1) + 1, bytes),
               100 + sizeof(struct hostlink_header));
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 50);
    fake_deliver_to(console_rx_queue(1), stream, stream_len, PAGE_SIZE);
    UNIT_OK(receive(100, &done));
    UNIT_EQUAL(done, 50);
}

UNIT_TEST(hostlink_send_fault_returns_the_buffer)
{
    size_t done;
    start_sending();
    for (unsigned i = 0; i < 3 * VIRTQUEUE_SIZE; i++) {
        UNIT_CHECK(hostlink_send(HOSTLINK_STDOUT, (struct user_in){uaddr(0), 5}, &done) ==
                   ERR_FAULT);
        UNIT_CHECK(done == 0);
    }
    UNIT_CHECK(waits == 0);
}

UNIT_TEST(hostlink_send_on_a_broken_device)
{
    size_t done;
    start_sending();
    fake_use(FAKE_TX, 99, 0);
    enum status status = OK;
    for (unsigned i = 0; i < VIRTQUEUE_SIZE + 1 && status == OK; i++) {
        status = send(pattern, 1, &done);
    }
    UNIT_CHECK(status == ERR_IO);
    hostlink_drain(); /* must not wait for ever */
}

UNIT_TEST(hostlink_tells_when_input_is_there)
{
    size_t done;
    start();
    UNIT_EQUAL(hostlink_input_events(), 0);
    UNIT_CHECK(hostlink_receive_unchecked((struct user_out){uaddr((uint64_t)(uintptr_t)got), 5},
                                          false, &done) == ERR_AGAIN);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 10);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 0);
    fake_deliver(stream, 5, 5); /* part of a header is no input */
    UNIT_EQUAL(hostlink_input_events(), 0);
    fake_deliver(stream + 5, stream_len - 5, PAGE_SIZE);
    UNIT_EQUAL(hostlink_input_events(), COCO_EVENT_READ);
    UNIT_OK(receive(100, &done));
    UNIT_CHECK(done == 10 && memcmp(got, pattern, 10) == 0);
    UNIT_EQUAL(hostlink_input_events(), COCO_EVENT_READ); /* the end */
    UNIT_OK(receive(100, &done));
    UNIT_CHECK(done == 0);
}

UNIT_TEST(hostlink_malformed_input_is_an_event)
{
    start();
    add_frame(0, HOSTLINK_STDIN, pattern, 10);
    fake_deliver(stream, stream_len, PAGE_SIZE);
    UNIT_EQUAL(hostlink_input_events(), COCO_EVENT_READ | COCO_EVENT_ERROR);
}

static enum status receive_terminal(size_t size, struct hostlink_input *input)
{
    return hostlink_receive_terminal(got, size, input);
}

UNIT_TEST(hostlink_serves_a_terminal)
{
    static const uint16_t window[] = {50, 132};
    struct hostlink_input input;
    start();
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 10);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_WINDOW, window, sizeof(window));
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern + 10, 10);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_WINDOW, window, sizeof(window));
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 0);
    fake_deliver(stream, stream_len, PAGE_SIZE);
    UNIT_OK(receive_terminal(4, &input));
    UNIT_CHECK(input.len == 4 && !input.resized && memcmp(got, pattern, 4) == 0);
    UNIT_OK(receive_terminal(100, &input));
    UNIT_CHECK(input.len == 16 && memcmp(got, pattern + 4, 16) == 0);
    UNIT_CHECK(input.resized && input.rows == 50 && input.columns == 132);
    UNIT_OK(receive_terminal(100, &input));
    UNIT_CHECK(input.len == 0 && !input.resized); /* the end */
}

UNIT_TEST(hostlink_window_alone)
{
    static const uint16_t window[] = {1, 2};
    struct hostlink_input input;
    size_t done;
    start();
    add_frame(HOSTLINK_MAGIC, HOSTLINK_WINDOW, window, sizeof(window));
    fake_deliver(stream, stream_len, 5); /* cut in its header, and in its payload */
    UNIT_OK(receive_terminal(100, &input));
    UNIT_CHECK(input.len == 0 && input.resized && input.rows == 1 && input.columns == 2);
    add_frame(HOSTLINK_MAGIC, HOSTLINK_WINDOW, window, sizeof(window));
    add_frame(HOSTLINK_MAGIC, HOSTLINK_STDIN, pattern, 3);
    fake_deliver(stream + 12, stream_len - 12, PAGE_SIZE);
    UNIT_OK(receive(100, &done)); /* streams pass it over */
    UNIT_EQUAL(done, 3);
}

UNIT_TEST(hostlink_malformed_windows_close_input)
{
    static const uint32_t lengths[] = {0, 3, 5, 1000};
    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        struct hostlink_input input;
        start();
        add_frame(HOSTLINK_MAGIC, HOSTLINK_WINDOW, pattern, lengths[i]);
        fake_deliver(stream, stream_len, PAGE_SIZE);
        UNIT_EQUAL(receive_terminal(100, &input), ERR_IO);
    }
}
