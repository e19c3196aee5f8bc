// SPDX-License-Identifier: MIT
// socket_send and socket_receive: the message's parts are copied in and checked first.
#include <base/math.h>
#include <ipc/socket.h>
#include <mm/heap.h>
#include <object/handle.h>
#include <task/process.h>

#include "prototypes.h"
#include "user_path.h"
#include "waited.h"

/// Buffers for which no memory is allocated.
#define SMALL_COUNT 4u

/// What a call has copied in. `parts` lies in `small` or on the heap.
struct request {
    struct coco_message message;
    struct coco_buffer *parts;
    struct coco_buffer small[SMALL_COUNT];
    uint64_t total; /* bytes of all parts */
};

static void release(struct request *request)
{
    if (request->parts != request->small) {
        kfree(request->parts);
    }
}

/// Bytes of all parts, each of which has to lie in user space.
static enum status add_up(struct request *request)
{
    request->total = 0;
    for (uint32_t i = 0; i < request->message.buffer_count; i++) {
        const struct coco_buffer *part = &request->parts[i];

        if (user_range_check(uaddr(part->address), part->length) != OK ||
            __builtin_add_overflow(request->total, part->length, &request->total) ||
            request->total > INT64_MAX) {
            return ERR_INVAL;
        }
    }
    return OK;
}

/// Copy message and buffers in. On OK the caller calls release().
static enum status request_copy(struct request *request, uaddr_t address)
{
    struct coco_message *message = &request->message;
    enum status status = user_copy_in(message, address, sizeof(*message));
    void *memory;

    if (status != OK) {
        return status;
    }
    if (message->buffer_count > COCO_BUFFERS_MAX ||
        message->handle_count > COCO_MESSAGE_HANDLES_MAX) {
        return ERR_INVAL;
    }
    uint64_t handles_len = (uint64_t)message->handle_count * sizeof(coco_handle_t);
    if (user_range_check(uaddr(message->handles), handles_len) != OK ||
        user_range_check(uaddr(message->name), message->name_length) != OK) {
        return ERR_INVAL;
    }
    size_t len = message->buffer_count * sizeof(struct coco_buffer);
    request->parts = request->small;
    if (message->buffer_count > SMALL_COUNT) {
        status = kmalloc(len, &memory);
        if (status != OK) {
            return status;
        }
        request->parts = memory;
    }
    status = user_copy_in(request->parts, uaddr(message->buffers), len);
    if (status == OK) {
        status = add_up(request);
    }
    if (status != OK) {
        release(request);
    }
    return status;
}

static struct user_vector vector_of(const struct request *request)
{
    return (struct user_vector){
        .parts = request->parts,
        .count = request->message.buffer_count,
        .left = request->total,
    };
}

static uaddr_t handle_address(const struct coco_message *message, uint32_t index)
{
    return uaddr(message->handles + (uint64_t)index * sizeof(coco_handle_t));
}

/// Turn one number of the caller into an object and rights.
static enum status take_handle(uaddr_t address, struct socket_handle *out)
{
    coco_handle_t number;
    enum status status = user_copy_in(&number, address, sizeof(number));

    if (status == OK) {
        status = handle_take_along(process_handles(process_current()), number, &out->object,
                                   &out->rights);
    }
    if (status == OK && (out->rights & COCO_RIGHT_TRANSFER) == 0) {
        handle_drop(out->object);
        return ERR_PERM;
    }
    return status;
}

/// The handles that are to travel; NULL for none.
static enum status take_handles(const struct coco_message *message, struct socket_handles **out)
{
    *out = NULL;
    if (message->handle_count == 0) {
        return OK;
    }
    enum status status = socket_handles_create(message->handle_count, out);
    for (uint32_t i = 0; status == OK && i < message->handle_count; i++) {
        status = take_handle(handle_address(message, i), &(*out)->entries[i]);
        (*out)->count += status == OK;
    }
    if (status != OK) {
        socket_handles_free(*out);
        *out = NULL;
    }
    return status;
}

/// Where the message goes to; NULL if it has no path.
static enum status find_target(const struct coco_message *message, struct endpoint **out)
{
    struct user_path path;

    *out = NULL;
    if (message->path == 0) {
        return OK;
    }
    enum status status = user_path_copy(&path, uaddr(message->path), VFS_POSIX);
    if (status == OK) {
        status = socket_find(caller_origin_for(NULL, VIEW_WRITE), path.text, out);
        user_path_free(&path);
    }
    return status;
}

int64_t sys_socket_send(struct object *socket, uaddr_t message, uint32_t flags)
{
    struct request request;
    struct socket_message sent = {.flags = flags};
    size_t done = 0;
    enum status status = request_copy(&request, message);

    if (status != OK) {
        return status;
    }
    if ((request.message.flags | request.message.name_length) != 0 || request.message.name != 0 ||
        request.message.size != 0) {
        status = ERR_INVAL;
    } else {
        status = take_handles(&request.message, &sent.handles);
    }
    if (status == OK) {
        status = find_target(&request.message, &sent.target);
    }
    if (status == OK) {
        sent.vector = vector_of(&request);
        status = socket_send(socket, &sent, &done);
    }
    endpoint_put(sent.target);
    socket_handles_free(sent.handles);
    release(&request);
    return waited_result(socket, COCO_SOCKET_OPTION_SEND_TIMEOUT, status, done);
}

/// Give the caller what came as handles, as far as there is room and numbers.
static enum status give_handles(struct coco_message *message, const struct socket_handles *handles)
{
    struct handle_table *table = process_handles(process_current());
    uint32_t came = handles == NULL ? 0 : handles->count;
    uint32_t given = 0;
    enum status status = OK;

    while (status == OK && given < came && given < message->handle_count) {
        const struct socket_handle *handle = &handles->entries[given];
        coco_handle_t number;

        if (handle_install(table, handle->object, handle->rights, &number) != OK) {
            break;
        }
        status = user_copy_out(handle_address(message, given), &number, sizeof(number));
        if (status != OK) {
            (void)!handle_close(table, number); // nobody knows it
        }
        given += status == OK;
    }
    message->handle_count = given;
    message->flags |= given < came ? COCO_MESSAGE_HANDLES_LOST : 0;
    return status;
}

/// Tell the caller what came. The message is out of the socket: memory that went bad loses it.
static enum status report(struct coco_message *message, const struct socket_message *received,
                          uaddr_t address)
{
    uint32_t name_length;
    const void *name = socket_name_bytes(received->name, &name_length);
    uint32_t room = MIN(message->name_length, name_length);

    message->flags = received->result;
    message->size = received->size;
    message->name_length = name_length;
    enum status status = user_copy_out(uaddr(message->name), name, room);
    if (status == OK) {
        status = give_handles(message, received->handles);
    }
    if (status == OK) {
        status = user_copy_out(address, message, sizeof(*message));
    }
    return status;
}

int64_t sys_socket_receive(struct object *socket, uaddr_t message, uint32_t flags)
{
    struct request request;
    struct socket_message received = {.flags = flags};
    size_t done = 0;
    enum status status = request_copy(&request, message);

    if (status != OK) {
        return status;
    }
    if (request.message.path != 0) {
        status = ERR_INVAL;
    } else {
        // A message that could not be told about is not taken.
        status = user_copy_out(message, &request.message, sizeof(request.message));
    }
    if (status == OK) {
        received.vector = vector_of(&request);
        status = socket_receive(socket, &received, &done);
        if (status == OK) {
            status = report(&request.message, &received, message);
        }
        socket_handles_free(received.handles);
        socket_name_put(received.name);
    }
    release(&request);
    return waited_result(socket, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, status, done);
}
