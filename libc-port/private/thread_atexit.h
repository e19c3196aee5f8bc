// SPDX-License-Identifier: MIT
// Destructors of thread_local variables.
#pragma once

/// Run the calling thread's destructors, last registered first, until none is left; a destructor
/// may register more.
void __coco_thread_dtors_run(void);
