// SPDX-License-Identifier: MIT
// Everything of the system call interface: types, numbers, errors, rights, objects and the call
// stubs.
#pragma once

#include "errors.h"
#include "numbers.h"
#include "objects.h"
#include "queries.h"
#include "rights.h"
#include "syscalls.h"
#include "types.h"
