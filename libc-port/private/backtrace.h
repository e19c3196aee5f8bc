// SPDX-License-Identifier: MIT
#pragma once

/// Write the calling thread's return addresses to standard error in one line, if the environment
/// has COCONUT_BACKTRACE. Takes no memory from the heap.
void __coco_backtrace(void);
