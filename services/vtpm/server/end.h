// SPDX-License-Identifier: MIT
// The end of a TPM's process that is asked for by a signal.
#pragma once

/// Has SIGTERM and SIGINT wait for end_at_signals(). To be called before a suspended state is used
/// up: from there on a process that just ended would lose it. Once it has been called, the process
/// ends by one of them only after end_at_signals().
void end_hold_signals(void);

/// From here on SIGTERM and SIGINT suspend the TPM and end the process, with status 0, or 1 if it
/// could not be suspended: a thread waits for them, and all others must have been made by this one
/// after the call, for they block them. A command in progress is cancelled, if it can be: who asked
/// for the end does not wait long. Returns 0, or -1 with a line on standard error. Once.
int end_at_signals(void);
