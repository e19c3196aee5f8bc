// SPDX-License-Identifier: MIT
// Private: results of calls that a socket's timeout bounds.
#pragma once

#include <object/object.h>
#include <stddef.h>

/// Result of a call that moved `done` bytes or failed. If a signal ended its wait and `object` is a
/// socket with the timeout `option` (COCO_SOCKET_OPTION_*_TIMEOUT), the call does not start again:
/// it would wait for the whole time once more.
int64_t waited_result(struct object *object, uint32_t option, enum status status, size_t done);
