// SPDX-License-Identifier: MIT
// BusyBox includes this header wherever there is newlib, which has it below sys.
#pragma once

#ifdef __coconut__
#include <sys/features.h>
#else
#include_next <features.h>
#endif
