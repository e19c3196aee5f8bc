// SPDX-License-Identifier: MIT
// What code made by `coconut interface` stands on: the layout of messages, and checks of what came.
// Plain C11 and C++; no library and no system call, so it also serves tests on other systems.
//
// A message is a header of 8 bytes, a fixed part, and behind it the elements of each array and
// string, every one of them aligned to 8 and filled up with zeros. Buffers of messages are aligned
// to 8. docs/interfaces.md says it all.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "errors.h"
#include "objects.h"
#include "rights.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

#define COCO_OPERATION_DESCRIBE 0u /* every interface has it: coco_interface_description */
#define COCO_OPERATION_STOP 65535u /* to whoever serves: end in order; see COCO_BADGE_MANAGER */
#define COCO_BADGE_MANAGER 0u      /* badge of who started the service */
/// Badges that init gives: the place of the client's service in the order of start, from 1, in the
/// low bits; above them a number that no other connection has.
#define COCO_BADGE_SERVICE_BITS 16u
#define COCO_BADGE_SERVICE(badge) ((uint32_t)((badge) & 0xffffu))
#define COCO_INTERFACE_ERROR_MAX 65535

/// What each request begins with.
struct coco_request_header {
    uint32_t
        interface_id; /* CRC-32 of the interface's name: keeps one from being taken for another */
    uint16_t operation;
    uint8_t major; /* version */
    uint8_t flags; /* 0 */
};

/// What each reply begins with. One with a status other than 0 holds nothing else.
struct coco_reply_header {
    int32_t status;     /* 0; an error of the interface above 0; COCO_E... below */
    uint16_t operation; /* the request's */
    uint16_t reserved;  /* 0 */
};

/// What COCO_OPERATION_DESCRIBE gives.
struct coco_interface_description {
    uint32_t interface_id;
    uint16_t major;
    uint16_t minor;
};

/// A message on its way through a server. Valid until the handler returns.
struct coco_call {
    void *context;       /* what the interface was added with */
    void *client;        /* state of the client; NULL if the server keeps none */
    uint64_t badge;      /* who asks */
    const void *request; /* aligned to 8 */
    void *reply;         /* room for COCO_CHANNEL_MESSAGE_MAX bytes, aligned to 8 */
    uint32_t length;     /* bytes of the request */
    uint16_t kind;       /* COCO_CHANNEL_CALL or SEND */
    uint16_t handle_count;
    coco_handle_t handles[COCO_CHANNEL_HANDLES_MAX]; /* what is left here is closed afterwards */
    uint32_t reply_length;
    uint32_t reply_handle_count;
    struct coco_transfer reply_handles[COCO_CHANNEL_HANDLES_MAX];
};

COCO_STATIC_ASSERT(sizeof(struct coco_request_header) == 8, "the layout is on record");
COCO_STATIC_ASSERT(sizeof(struct coco_reply_header) == 8, "the layout is on record");
COCO_STATIC_ASSERT(sizeof(struct coco_interface_description) == 8, "the layout is on record");

/// Serves a message: sets the reply of `call`. `operations` is the interface's table of handlers.
typedef void (*coco_dispatch)(const void *operations, struct coco_call *call);

/// Keeps a handle that came with the call beyond it: it is the caller's to close from now on.
/// Without that it is closed when the handler has returned. Any other number is passed over.
static inline void coco_call_keep(struct coco_call *call, coco_handle_t handle)
{
    for (uint32_t i = 0; i < call->handle_count; i++) {
        if (call->handles[i] == handle) {
            call->handles[i] = COCO_HANDLE_NONE;
        }
    }
}

/// Whether handle `index` of the call is of a kind (COCO_OBJECT_...; 0: any) and carries `rights`.
/// 0, COCO_ENOTFOUND it did not arrive, COCO_ENOTSUPP another kind, COCO_EPERM lacks rights. In the
/// C library; tests on other systems bring their own.
int32_t coco_call_handle(const struct coco_call *call, uint32_t index, uint32_t object,
                         uint32_t rights);

// --- the rest is for generated code --------------------------------------------------------------

/// Looks at a request's header: 0, COCO_EINVAL, or COCO_ENOTSUPP for another version.
static inline int32_t coco_call_header(const struct coco_call *call, uint32_t interface_id,
                                       uint8_t major)
{
    const struct coco_request_header *header = (const struct coco_request_header *)call->request;

    if (call->length < sizeof(*header) || header->interface_id != interface_id ||
        header->flags != 0) {
        return COCO_EINVAL;
    }
    if (header->operation == COCO_OPERATION_DESCRIBE) {
        return 0; /* that is how a client finds out */
    }
    return header->major == major ? 0 : COCO_ENOTSUPP;
}

/// Ends a call: writes the reply's header, and takes everything else out of a reply with an error.
static inline void coco_call_finish(struct coco_call *call, int32_t status)
{
    const struct coco_request_header *request = (const struct coco_request_header *)call->request;
    struct coco_reply_header *header = (struct coco_reply_header *)call->reply;

    header->status = status;
    header->operation = call->length < sizeof(*request) ? 0 : request->operation;
    header->reserved = 0;
    if (status != 0 || call->kind != COCO_CHANNEL_CALL) {
        call->reply_length = sizeof(*header);
        call->reply_handle_count = 0;
    }
}

/// Serves COCO_OPERATION_DESCRIBE.
static inline int32_t coco_call_describe(struct coco_call *call, uint16_t major, uint16_t minor)
{
    const struct coco_request_header *request = (const struct coco_request_header *)call->request;
    struct coco_interface_description *out =
        (struct coco_interface_description *)((uint8_t *)call->reply +
                                              sizeof(struct coco_reply_header));

    if (call->kind != COCO_CHANNEL_CALL || call->length != sizeof(*request) ||
        call->handle_count != 0) {
        return COCO_EINVAL;
    }
    out->interface_id = request->interface_id;
    out->major = major;
    out->minor = minor;
    call->reply_length = (uint32_t)(sizeof(struct coco_reply_header) + sizeof(*out));
    return 0;
}

/// Whether bytes are all zero.
static inline bool coco_wire_zero(const void *bytes, uint32_t size)
{
    const uint8_t *at = (const uint8_t *)bytes;
    uint8_t any = 0;

    for (uint32_t i = 0; i < size; i++) {
        any |= at[i];
    }
    return any == 0;
}

/// Position in a message that is read, behind what was read already.
struct coco_wire_reader {
    uint8_t *base;
    uint32_t length;
    uint32_t at; /* multiple of 8 */
};

/// A reader of `message` behind its fixed part of `fixed` bytes, a multiple of 8 that is there.
static inline struct coco_wire_reader coco_wire_reader_at(const void *message, uint32_t length,
                                                          uint32_t fixed)
{
    struct coco_wire_reader reader;
    reader.base = (uint8_t *)(uintptr_t)message;
    reader.length = length;
    reader.at = fixed;
    return reader;
}

/// The next `size` bytes, at most COCO_CHANNEL_MESSAGE_MAX, in place; NULL if they are not all
/// there, or what fills them up to a multiple of 8 is not zero.
static inline uint8_t *coco_wire_take(struct coco_wire_reader *reader, uint32_t size)
{
    uint8_t *found = reader->base + reader->at;
    uint32_t whole = (size + 7u) & ~7u;

    if (size > COCO_CHANNEL_MESSAGE_MAX || whole > reader->length - reader->at ||
        !coco_wire_zero(found + size, whole - size)) {
        return NULL;
    }
    reader->at += whole;
    return found;
}

/// The next string of `length` bytes, in place: none of them NUL, and a NUL behind them.
static inline char *coco_wire_take_string(struct coco_wire_reader *reader, uint32_t length)
{
    const uint32_t size = length < COCO_CHANNEL_MESSAGE_MAX ? length + 1 : UINT32_MAX;
    uint8_t *found = coco_wire_take(reader, size);

    for (uint32_t i = 0; found != NULL && i < length; i++) {
        if (found[i] == 0) {
            return NULL;
        }
    }
    return found != NULL && found[length] == 0 ? (char *)found : NULL;
}

/// Whether all of the message was read.
static inline bool coco_wire_done(const struct coco_wire_reader *reader)
{
    return reader->at == reader->length;
}

/// Puts `size` bytes behind the `*length` that a message has, filled up with zeros to a multiple of
/// 8. They may lie in the message itself, at or behind their place. The caller has seen to the
/// room.
static inline void coco_wire_put(void *message, uint32_t *length, const void *data, uint32_t size)
{
    uint8_t *to = (uint8_t *)message + *length;
    uint32_t whole = (size + 7u) & ~7u;

    if (size > 0 && to != (const uint8_t *)data) {
        __builtin_memmove(to, data, size);
    }
    for (uint32_t i = size; i < whole; i++) {
        to[i] = 0;
    }
    *length += whole;
}

/// The same for a string of `length` bytes, which get a NUL. False if one of them is NUL.
static inline bool coco_wire_put_string(void *message, uint32_t *length, const char *text,
                                        uint32_t count)
{
    uint8_t *to = (uint8_t *)message + *length;

    if (count > 0 && to != (const uint8_t *)text) {
        __builtin_memmove(to, text, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (to[i] == 0) {
            return false;
        }
    }
    to[count] = 0;
    coco_wire_put(message, length, to, count + 1);
    return true;
}

#ifdef __cplusplus
}
#endif
