// SPDX-License-Identifier: MIT
// Assertions. Never on user, host or device input: that is an error return.
#pragma once

#include <base/compiler.h>
#include <base/panic.h>

/// Always on: a failure means that memory safety or isolation is lost.
#define CHECK(condition, text)                                                                     \
    do {                                                                                           \
        if (unlikely(!(condition))) {                                                              \
            panic("%s:%d: %s", __FILE_NAME__, __LINE__, (text));                                   \
        }                                                                                          \
    } while (0)

/// Internal expectation, checked in debug and host builds only. The condition must have no side
/// effect.
#ifdef COCONUT_DEBUG
#define ASSERT(condition, text) CHECK(condition, text)
#else
#define ASSERT(condition, text) ((void)sizeof(!(condition)))
#endif
