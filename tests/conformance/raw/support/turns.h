// SPDX-License-Identifier: MIT
// Threads that take turns: for tests in which one has to wait before another does something.
#pragma once

/// From here on the calling thread, and those that it starts, run on one processor, each until it
/// waits: while one runs, every other one waits, or is ready and has not gone any further. A
/// machine that is held up makes no difference.
void turns_begin(void);

/// Lets the others run until each of them waits or has ended.
void turns_pass(void);

/// The calling thread runs as before.
void turns_end(void);
