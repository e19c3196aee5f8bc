// SPDX-License-Identifier: MIT
// The host link: framed channels to the program that started the machine, over port 1 of a virtio
// console that does not offer emergency writes. A sender waits while the host does not take more.
// It works over a console of one port, too, with which QEMU loses what the host does not take in
// time.
//
// A frame is a header (struct hostlink_header) and up to HOSTLINK_PAYLOAD_MAX bytes. The link is a
// byte stream: frames may be cut anywhere by the transport. Whatever the host sends is checked; a
// host that breaks the protocol loses the link, every later use of which is ERR_IO.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>
#include <mm/user_copy.h>

#define HOSTLINK_MAGIC 0xc7u
#define HOSTLINK_PAYLOAD_MAX 65536u

struct hostlink_header {
    uint8_t magic;   /* HOSTLINK_MAGIC */
    uint8_t channel; /* enum hostlink_channel */
    uint16_t flags;  /* 0 */
    uint32_t length; /* bytes of payload */
};

struct wait_queue;

enum hostlink_channel {
    HOSTLINK_STDIN = 0, /* from the host; length 0 is the end of input */
    HOSTLINK_STDOUT = 1,
    HOSTLINK_STDERR = 2,
    HOSTLINK_REPORT = 3, /* exit report of the first process */
    HOSTLINK_LOG = 4,    /* kernel log, with log=host */
    HOSTLINK_WINDOW = 5, /* from the host: rows and columns of its terminal, 16 bits each */
    HOSTLINK_CHANNEL_COUNT,
};

/// True when the machine has a host link.
bool hostlink_present(void);

/// Sends user bytes on `channel`, in as many frames as it takes; waits while the host does not take
/// them. `*done` gets the bytes sent; OK also when an error came after the first ones. ERR_FAULT,
/// ERR_INVAL, ERR_NOMEM for the buffer; ERR_CANCELED; ERR_IO. Sleeps.
enum status hostlink_send(unsigned channel, struct user_in buffer, size_t *done) __must_check;

/// Receives bytes of standard input: what is there, up to the buffer's size; if nothing is there,
/// waits for at least one byte, or, without `wait`, fails with ERR_AGAIN. `*done` 0: end of input,
/// now and for good. Errors as hostlink_send(). Sleeps.
enum status hostlink_receive(struct user_out buffer, bool wait, size_t *done) __must_check;

/// What has come for a terminal.
struct hostlink_input {
    size_t len;   /* bytes; 0 if there is nothing but a new size, or input has ended */
    bool resized; /* rows and columns are new */
    uint16_t rows;
    uint16_t columns;
};

/// hostlink_receive() for a kernel thread that serves the terminal, on a link that is up: waits for
/// bytes, which go to kernel memory, or a new size of the window. Without both, input has ended.
/// ERR_IO. Sleeps.
enum status hostlink_receive_terminal(uint8_t *bytes, size_t size,
                                      struct hostlink_input *input) __must_check;

/// hostlink_send() of kernel memory. ERR_IO. Sleeps.
enum status hostlink_send_bytes(unsigned channel, const uint8_t *bytes, size_t len) __must_check;

/// Events (COCO_EVENT_*) of standard input that hold now, and the queue that is woken when they
/// change. Does not sleep.
uint32_t hostlink_input_events(void);
struct wait_queue *hostlink_input_queue(void);

/// Sends a log line if the link is up. Any context, never sleeps: waits up to 100 ms for room and
/// then drops the line.
void hostlink_log(const char *text, size_t len);

/// Waits until the host has taken everything sent. Sleeps.
void hostlink_drain(void);
