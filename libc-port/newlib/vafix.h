// SPDX-License-Identifier: MIT
// Included ahead of newlib's printf and scanf engines (-include). They pass the address of a
// va_list parameter as `va_list *`; on x86-64 va_list is an array type, a parameter of it is a
// pointer, and its address is not a `va_list *`. With va_list meaning that pointer type the code is
// right as written.
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

typedef __typeof__(&(*(__builtin_va_list *)0)[0]) __coconut_va_list;
#define va_list __coconut_va_list
