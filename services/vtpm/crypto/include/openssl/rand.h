// SPDX-License-Identifier: MIT
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Fills buf[0..num) with the kernel's random numbers and returns 1. It never returns without: a
/// generator that fails ends the process, since libtpms would go on with rand().
int RAND_bytes(unsigned char *buf, int num);

#ifdef __cplusplus
}
#endif
