// SPDX-License-Identifier: MIT
// ucontext_t and mcontext_t, which <signal.h> defines. The standard has dropped the functions.
#pragma once

#include <signal.h>
