// SPDX-License-Identifier: MIT
// A started machine with user memory, and one thread that never has to sleep.
#pragma once

#include <base/types.h>
#include <ipc/mqueue.h>
#include <ipc/pipe.h>
#include <ipc/socket.h>
#include <machine.h>
#include <mm/quota.h>
#include <unit.h>
#include <user_memory.h>

#define USER_LEN (1u << 18) /* bytes of mapped user memory */

/// Start the machine and an address space; once.
void support_start(void);

/// Let the address space count in `quota`.
void support_set_quota(struct quota *quota);

/// What sched_block() returns to a thread that would sleep; ERR_CANCELED at start.
void support_block_result(enum status status);
