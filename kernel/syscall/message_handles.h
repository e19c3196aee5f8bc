// SPDX-License-Identifier: MIT
// Private: handles of the calling process on their way into messages and out of them.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <ipc/message.h>

/// Adds what `count` (<= COCO_CHANNEL_HANDLES_MAX) entries name to the message and closes the
/// numbers that are to be moved. On an error the message has none of them, and none is closed.
/// Errors: ERR_INVAL unknown flags, reserved not 0, or the same number twice; ERR_NOTFOUND;
/// ERR_PERM TRANSFER or a wanted right is missing.
enum status message_take_handles(struct message *message, const struct coco_transfer *entries,
                                 uint32_t count) __must_check;

/// Moves the message's handles to the calling process; `numbers`, COCO_CHANNEL_HANDLES_MAX of them,
/// get the new numbers, or COCO_HANDLE_NONE.
void message_install_handles(struct message *message, uint32_t *numbers);

/// Closes numbers that message_install_handles() gave and that the process never got to know.
void message_close_handles(const uint32_t *numbers, uint32_t count);
