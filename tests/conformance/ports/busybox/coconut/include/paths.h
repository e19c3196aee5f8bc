// SPDX-License-Identifier: MIT
#pragma once

#include_next <paths.h>

#ifndef _PATH_TTY
#define _PATH_TTY "/dev/tty"
#endif
