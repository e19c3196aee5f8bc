// SPDX-License-Identifier: MIT
// The part of types.h, which includes it, about sockets and message queues.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* mqueue_open: flags */
#define COCO_MQUEUE_OPEN_READ 0x1u
#define COCO_MQUEUE_OPEN_WRITE 0x2u
#define COCO_MQUEUE_OPEN_CREATE 0x4u
#define COCO_MQUEUE_OPEN_EXCLUSIVE 0x8u
#define COCO_MQUEUE_OPEN_NONBLOCK 0x10u
#define COCO_MQUEUE_OPEN_MASK 0x1fu

/* mqueue_notify: how */
#define COCO_MQUEUE_NOTIFY_REMOVE 0u
#define COCO_MQUEUE_NOTIFY_NOTHING 1u /* be registered, but not told */
#define COCO_MQUEUE_NOTIFY_SIGNAL 2u
#define COCO_MQUEUE_NOTIFY_HANDLE 3u /* a handle to wait for: COCO_EVENT_ENDED */

#define COCO_MQUEUE_PRIORITIES 32768u  /* 0 to one less; higher ones come first */
#define COCO_MQUEUE_MESSAGES_MAX 1024u /* of a queue */
#define COCO_MQUEUE_SIZE_MAX 65536u    /* bytes of a message */

/* socket_create, socket_pair: types */
#define COCO_SOCKET_STREAM 1u    /* bytes, in order, without boundaries */
#define COCO_SOCKET_DATAGRAM 2u  /* packets, each by itself */
#define COCO_SOCKET_SEQPACKET 5u /* packets over a connection */

/* socket_send: flags */
#define COCO_SOCKET_SEND_DONT_WAIT 0x1u
#define COCO_SOCKET_SEND_END_OF_RECORD 0x2u /* told to the receiver, but by streams */
#define COCO_SOCKET_SEND_MASK 0x3u

/* socket_receive: flags */
#define COCO_SOCKET_RECEIVE_DONT_WAIT 0x1u
#define COCO_SOCKET_RECEIVE_PEEK 0x2u /* leave everything there; handles are not looked at */
#define COCO_SOCKET_RECEIVE_ALL 0x4u  /* of a stream: wait for as much as there is room for */
#define COCO_SOCKET_RECEIVE_MASK 0x7u

/* coco_message.flags, written by socket_receive */
#define COCO_MESSAGE_TRUNCATED 0x1u    /* the packet was longer */
#define COCO_MESSAGE_HANDLES_LOST 0x2u /* handles had no room, or no numbers were free */
#define COCO_MESSAGE_END_OF_RECORD 0x4u

/* socket_shutdown */
#define COCO_SOCKET_SHUTDOWN_RECEIVE 0x1u
#define COCO_SOCKET_SHUTDOWN_SEND 0x2u
#define COCO_SOCKET_SHUTDOWN_MASK 0x3u

/* socket_name */
#define COCO_SOCKET_NAME_OF_PEER 0x1u
#define COCO_SOCKET_NAME_MASK 0x1u

/* socket_get; those marked (s) also socket_set */
#define COCO_SOCKET_OPTION_TYPE 0u
#define COCO_SOCKET_OPTION_ERROR                                                                   \
    1u /* what went wrong, as a positive error number, once; 0: nothing */
#define COCO_SOCKET_OPTION_LISTENING 2u
#define COCO_SOCKET_OPTION_PEER_PROCESS 3u    /* task id when the connection was made */
#define COCO_SOCKET_OPTION_SEND_BUFFER 4u     /* (s) bytes */
#define COCO_SOCKET_OPTION_RECEIVE_BUFFER 5u  /* (s) bytes */
#define COCO_SOCKET_OPTION_SEND_TIMEOUT 6u    /* (s) nanoseconds that a call waits; 0: no limit */
#define COCO_SOCKET_OPTION_RECEIVE_TIMEOUT 7u /* (s) */
#define COCO_SOCKET_OPTION_READABLE                                                                \
    8u /* bytes of the stream, or of the first packet, that are there */

#define COCO_SOCKET_BUFFER 212992u   /* bytes a socket holds, unless changed */
#define COCO_SOCKET_BUFFER_MIN 4608u /* least and most that can be set */
#define COCO_SOCKET_BUFFER_MAX 524288u
#define COCO_SOCKET_BACKLOG_MAX 128u  /* connections that wait to be accepted */
#define COCO_SOCKET_NAME_MAX 108u     /* bytes of a name */
#define COCO_BUFFERS_MAX 1024u        /* buffers of a message */
#define COCO_MESSAGE_HANDLES_MAX 253u /* handles of a message */

/// Result of `mqueue_info`.
struct coco_mqueue_info {
    uint32_t message_max;  /* messages it holds */
    uint32_t size_max;     /* bytes of a message */
    uint32_t messages;     /* that are there */
    uint32_t status_flags; /* of the handle's description: COCO_STATUS_* */
};

/// Memory of the caller.
struct coco_buffer {
    uint64_t address;
    uint64_t length; /* bytes */
};

/// Argument of `socket_send` and `socket_receive`. Pointers are user addresses.
struct coco_message {
    uint64_t buffers; /* struct coco_buffer[buffer_count], used in order */
    uint32_t buffer_count;
    uint32_t flags;        /* received: COCO_MESSAGE_*; sent: 0 */
    uint64_t handles;      /* coco_handle_t[handle_count] */
    uint32_t handle_count; /* sent; or received: room, then how many came */
    uint32_t name_length;  /* received: room, then bytes of the whole name; sent: 0 */
    uint64_t name;         /* received: the sender's name */
    uint64_t path;         /* sent: where a datagram goes to, NUL-terminated, or 0; received: 0 */
    uint64_t size;         /* received: bytes of the whole packet, 0 for a stream; sent: 0 */
};

#ifdef __cplusplus
}
#endif
