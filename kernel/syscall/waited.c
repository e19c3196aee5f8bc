// SPDX-License-Identifier: MIT
#include "waited.h"

#include <ipc/socket.h>
#include <task/signal.h>

int64_t waited_result(struct object *object, uint32_t option, enum status status, size_t done)
{
    uint64_t timeout = 0;

    if (status == ERR_INTR && object->type == COCO_OBJECT_SOCKET &&
        socket_option_get(object, option, &timeout) == OK && timeout != 0) {
        signal_no_restart();
    }
    return status == OK ? (int64_t)done : status;
}
