// SPDX-License-Identifier: MIT
// The engine behind siprintf() and its relatives, newlib's printf functions without floating point:
// the full one. newlib's own goes with the tables that printf_states.c replaces.
#include <reent.h>
#include <stdarg.h>
#include <stdio.h>

int _svfprintf_r(struct _reent *, FILE *, const char *, va_list);
int _svfiprintf_r(struct _reent *, FILE *, const char *, va_list);

int _svfiprintf_r(struct _reent *reent, FILE *stream, const char *format, va_list list)
{
    return _svfprintf_r(reent, stream, format, list);
}
