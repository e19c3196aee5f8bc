// SPDX-License-Identifier: MIT
// Job control: what terminals need to know of groups and sessions, and do to them.
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/types.h>

struct object;
struct process;

/// Whether some process is in `group` of `session`; of any session for 0. Sleeps.
bool job_group_exists(uint64_t group, uint64_t session);

/// Sends a signal of the kernel's to all processes of a group, or to the process with an id. There
/// may be none. No lock may be held but sleeping ones that come before processes.
void job_signal_group(uint64_t group, uint32_t signal);
void job_signal_process(uint64_t id, uint32_t signal);

/// The current process, in a group in the background, wants to use its terminal; `signal` is
/// COCO_SIGNAL_TERMINAL_IN or _OUT. OK: it may, because it does not take the signal; only for _OUT.
/// ERR_INTR: the signal was sent to its group; the call starts again when that is over. ERR_IO:
/// neither.
__must_check enum status job_check(uint32_t signal);

/// Whether the current process leads its session.
bool job_is_leader(void);

// --- upcalls, defined by the layer of terminals --------------------------------------------------

/// The leader of `session`, with that id, has ended.
void terminal_session_ended(uint64_t session);

/// Makes `terminal` the controlling one of a session that is being made, unless another has it.
void terminal_session_begins(struct object *terminal, uint64_t session);
