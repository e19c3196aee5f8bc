// SPDX-License-Identifier: MIT
// What the end of a thread has to tell malloc.
#pragma once

/// Give the calling thread's cached blocks back. Later frees of it keep nothing. Weak: absent from
/// programs that do not use malloc.
void __coco_thread_cache_end(void) __attribute__((weak));
