// SPDX-License-Identifier: MIT
// The console: the terminal at the host, when `coconut run` was started at one. Keys and output go
// over the host link.
#pragma once

#include <abi/status.h>
#include <abi/types.h>
#include <base/compiler.h>
#include <object/object.h>

/// Makes /dev/console a terminal with a window of this size. From now on it takes standard input
/// from the host. Called once, from a thread, before the first process. ERR_NOMEM.
__must_check enum status console_start(const struct coco_window *window);

/// Opens it for the first process: a new reference, and the handle's rights. After
/// console_start(). ERR_NOMEM.
__must_check enum status console_open(struct object **out, uint32_t *rights);

/// Waits until the host has all output of the terminal, also what is held. Nothing without one.
/// Sleeps.
void console_drain(void);
