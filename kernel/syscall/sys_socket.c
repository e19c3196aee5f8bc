// SPDX-License-Identifier: MIT
// Sockets: making them, and what has no message.
#include <ipc/socket.h>
#include <task/process.h>
#include <task/signal.h>

#include "new_handle.h"
#include "prototypes.h"

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
