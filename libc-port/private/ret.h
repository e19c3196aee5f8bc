// SPDX-License-Identifier: MIT
// From a kernel result to errno. Thread-safe; no state but errno.
#pragma once

#include <stdint.h>

/// The errno value that stands for a kernel error.
/// @param error  a result in -COCO_ERROR_MAX..-1
/// @return a positive errno value; EIO for a code this library does not know
int __coco_errno(int64_t error);

/// POSIX's form of a kernel result.
/// @param result  what a call returned
/// @return result itself if it is a value; otherwise -1, with errno set
long __coco_ret(int64_t result);
