// SPDX-License-Identifier: MIT
#include <ipc/mqueue.h>

#include <fs/namespace.h>
#include <task/process.h>
#include <task/signal.h>

#include "new_handle.h"
#include "prototypes.h"
#include "user_path.h"

#define HANDLE_RIGHTS (COCO_RIGHT_DUP | COCO_RIGHT_TRANSFER | COCO_RIGHT_WAIT)

/// What mqueue_open wants, but the path.
struct opening_request {
    uint32_t flags;
    uint32_t permissions;
    uint32_t messages;
    uint32_t message_size;
};

/// Make the queue at `path` and open it. ERR_EXIST: something is there.
static enum status make_queue(const char *path, const struct opening_request *request,
                              struct object **out)
{
    struct vfs_node *node;
    enum status status =
        mqueue_create(request->messages, request->message_size, request->permissions, &node);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    status = mqueue_open(node, out);
    if (status == OK) {
        status = vfs_add_node(caller_origin(NULL), path, node); // last: it can be seen
    }
    if (status != OK) {
        object_put(*out);
        *out = NULL;
    }
    vfs_node_put(node);
    return status;
}

/// Open what is at `path`.
static enum status open_existing(const char *path, const struct opening_request *request,
                                 struct object **out)
{
    struct vfs_node *node;
    enum status status = vfs_lookup(caller_origin_for(NULL, VIEW_WRITE), path, VFS_POSIX, &node);

    *out = NULL;
    if (status != OK) {
        return status;
    }
    status =
        (request->flags & COCO_MQUEUE_OPEN_EXCLUSIVE) != 0 ? ERR_EXIST : mqueue_open(node, out);
    vfs_node_put(node);
    return status;
}

/// Open the queue at `path`, or make it.
static enum status open_or_make(const char *path, const struct opening_request *request,
                                struct object **out)
{
    enum status status = open_existing(path, request, out);

    if (status == ERR_NOTFOUND && (request->flags & COCO_MQUEUE_OPEN_CREATE) != 0) {
        status = make_queue(path, request, out);
        if (status == ERR_EXIST) {
            status = open_existing(path, request, out); // others were faster
        }
    }
    return status;
}

static uint32_t rights_of(uint32_t flags)
{
    return HANDLE_RIGHTS | ((flags & COCO_MQUEUE_OPEN_READ) != 0 ? COCO_RIGHT_READ : 0) |
           ((flags & COCO_MQUEUE_OPEN_WRITE) != 0 ? COCO_RIGHT_WRITE : 0);
}

/// Open with a number that was reserved, which is used up on success.
static int64_t open_path(const char *path, const struct opening_request *request, uint32_t number)
{
    struct object *queue;
    enum status status = open_or_make(path, request, &queue);

    if (status != OK) {
        return status;
    }
    if ((request->flags & COCO_MQUEUE_OPEN_NONBLOCK) != 0) {
        object_change_status_flags(queue, 0, COCO_STATUS_NONBLOCK);
    }
    return new_handle_fill(number, queue, rights_of(request->flags));
}

int64_t sys_mqueue_open(uaddr_t path, uint32_t flags, uint32_t permissions, uint32_t messages,
                        uint32_t message_size)
{
    const struct opening_request request = {flags, permissions, messages, message_size};
    struct user_path text;
    uint32_t number;

    if ((flags & (COCO_MQUEUE_OPEN_READ | COCO_MQUEUE_OPEN_WRITE)) == 0) {
        return ERR_INVAL;
    }
    enum status status = user_path_copy(&text, path, VFS_POSIX);
    if (status != OK) {
        return status;
    }
    status = new_handle_reserve(&number);
    int64_t result = status;
    if (status == OK) {
        result = open_path(text.text, &request, number);
        if (result < 0) {
            new_handle_cancel(number);
        }
    }
    user_path_free(&text);
    return result;
}

int64_t sys_mqueue_send(struct object *queue, struct user_in message, uint32_t priority,
                        uint64_t deadline)
{
    const struct mqueue_message sent = {
        .bytes = message,
        .priority = priority,
        .deadline = deadline,
        .process = process_id(process_current()),
    };

    return mqueue_send(queue, &sent);
}

int64_t sys_mqueue_receive(struct object *queue, struct user_out buffer, uint64_t deadline)
{
    uint32_t len = 0;
    uint32_t priority = 0;
    enum status status = mqueue_receive(queue, buffer, deadline, &len, &priority);

    return status == OK ? (int64_t)((uint64_t)priority << 32 | len) : status;
}

int64_t sys_mqueue_notify(struct object *queue, uint32_t how, uint32_t signal, uint64_t value)
{
    const struct mqueue_request request = {
        .how = how,
        .signal = signal,
        .value = value,
        .process = &process_current()->object,
    };
    struct object *watch;

    if (how > COCO_MQUEUE_NOTIFY_HANDLE ||
        (how == COCO_MQUEUE_NOTIFY_SIGNAL && (signal == 0 || signal > COCO_SIGNAL_MAX))) {
        return ERR_INVAL;
    }
    if (how == COCO_MQUEUE_NOTIFY_REMOVE) {
        mqueue_notify_remove(queue, request.process);
        return OK;
    }
    enum status status = mqueue_notify(queue, &request, &watch);
    if (status != OK || watch == NULL) {
        return status;
    }
    int64_t handle = new_handle_install(watch, COCO_RIGHT_WAIT);
    if (handle < 0) {
        mqueue_notify_remove(queue, request.process);
    }
    return handle;
}

int64_t sys_mqueue_info(struct object *queue, uaddr_t info)
{
    struct coco_mqueue_info found;

    mqueue_info(queue, &found);
    return user_copy_out(info, &found, sizeof(found));
}

void mqueue_send_signal(struct object *process, const struct coco_signal_info *info)
{
    // Without `queue` nothing fails: what cannot be kept is told by its number.
    (void)!signal_send_process(process_from_object(process), info, false);
}
