// SPDX-License-Identifier: MIT
// What the functions of memory share.
#pragma once

#include <stdbool.h>

/// mlockall(MCL_FUTURE): new mappings are brought in. Atomic. Absent (address 0) in programs
/// without mlockall().
extern bool __coco_lock_future __attribute__((weak));
