// SPDX-License-Identifier: MIT
// Sockets: making them, and what has no message.
#include <base/math.h>
#include <ipc/socket.h>
#include <task/process.h>

#include "new_handle.h"
#include "prototypes.h"
#include "user_path.h"
#include "waited.h"

#define SOCKET_RIGHTS COCO_OBJECT_SOCKET_RIGHTS

int64_t sys_socket_create(uint32_t type, uint32_t flags)
{
    struct object *socket;
    enum status status = socket_create(type, process_id(process_current()), &socket);

    if (status != OK) {
        return status;
    }
    object_change_status_flags(socket, 0, (uint8_t)flags);
    return new_handle_install(socket, SOCKET_RIGHTS);
}

int64_t sys_socket_pair(uint32_t type, uint32_t flags)
{
    struct object *sockets[2];
    enum status status = socket_pair(type, process_id(process_current()), sockets);

    if (status != OK) {
        return status;
    }
    object_change_status_flags(sockets[0], 0, (uint8_t)flags);
    object_change_status_flags(sockets[1], 0, (uint8_t)flags);
    return new_handle_install_two(sockets, (const uint32_t[]){SOCKET_RIGHTS, SOCKET_RIGHTS});
}

/// Bind to a path that was copied in.
static enum status bind_at(struct object *socket, const char *path, struct user_in name,
                           uint32_t permissions)
{
    uint8_t bytes[COCO_SOCKET_NAME_MAX];
    const struct socket_place place = {
        .origin = caller_origin(NULL),
        .path = path,
        .permissions = permissions,
        .name_len = (uint32_t)name.len,
        .name = bytes,
    };

    if (name.len == 0 || name.len > sizeof(bytes)) {
        return ERR_INVAL;
    }
    enum status status = user_copy_in(bytes, name.addr, (size_t)name.len);
    return status == OK ? socket_bind(socket, &place) : status;
}

int64_t sys_socket_bind(struct object *socket, uaddr_t path, struct user_in name,
                        uint32_t permissions)
{
    struct user_path text;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status == OK) {
        status = bind_at(socket, text.text, name, permissions);
        user_path_free(&text);
    }
    return status;
}

int64_t sys_socket_listen(struct object *socket, uint32_t backlog)
{
    return socket_listen(socket, backlog, process_id(process_current()));
}

int64_t sys_socket_connect(struct object *socket, uaddr_t path)
{
    struct user_path text;
    struct endpoint *target = NULL;
    enum status status = user_path_copy(&text, path, VFS_POSIX);

    if (status != OK) {
        return status;
    }
    if (text.len > 0) {
        status = socket_find(caller_origin_for(NULL, VIEW_WRITE), text.text, &target);
    }
    user_path_free(&text);
    if (status == OK) {
        status = socket_connect(socket, target, process_id(process_current()));
        endpoint_put(target);
    }
    return waited_result(socket, COCO_SOCKET_OPTION_SEND_TIMEOUT, status, 0);
}

int64_t sys_socket_accept(struct object *socket, uint32_t flags)
{
    struct object *accepted;
    uint32_t number;
    // A connection that was taken cannot wait again, so the handle number comes first.
    enum status status = new_handle_reserve(&number);

    if (status != OK) {
        return status;
    }
    status = socket_accept(socket, &accepted);
    if (status != OK) {
        new_handle_cancel(number);
        return waited_result(socket, COCO_SOCKET_OPTION_RECEIVE_TIMEOUT, status, 0);
    }
    object_change_status_flags(accepted, 0, (uint8_t)flags);
    return new_handle_fill(number, accepted, SOCKET_RIGHTS);
}

int64_t sys_socket_name(struct object *socket, uint32_t flags, struct user_out buffer)
{
    struct socket_name *name;
    uint32_t len;
    enum status status = socket_get_name(socket, (flags & COCO_SOCKET_NAME_OF_PEER) != 0, &name);

    if (status != OK) {
        return status;
    }
    const void *bytes = socket_name_bytes(name, &len);
    status = user_copy_out(buffer.addr, bytes, (size_t)MIN((uint64_t)len, buffer.len));
    socket_name_put(name);
    return status == OK ? (int64_t)len : status;
}

int64_t sys_socket_shutdown(struct object *socket, uint32_t how)
{
    return socket_shutdown(socket, how);
}

int64_t sys_socket_get(struct object *socket, uint32_t option)
{
    uint64_t value;
    enum status status = socket_option_get(socket, option, &value);

    return status == OK ? (int64_t)value : status;
}

int64_t sys_socket_set(struct object *socket, uint32_t option, uint64_t value)
{
    return socket_option_set(socket, option, value);
}
