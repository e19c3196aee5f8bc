// SPDX-License-Identifier: MIT
// A frame of C between a C++ caller and a C++ callback.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/// Call back below depth + 1 frames of C.
/// @return what the callback returned, plus depth + 1
int through_c(int (*callback)(int), int depth);

#ifdef __cplusplus
}
#endif
