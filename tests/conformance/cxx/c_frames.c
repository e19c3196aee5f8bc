// SPDX-License-Identifier: MIT
#include "c_frames.h"

// Not a tail call: the frame must be there while the callback runs.
int through_c(int (*callback)(int), int depth)
{
    volatile int result = depth > 0 ? through_c(callback, depth - 1) : callback(depth);
    return result + 1;
}
