// SPDX-License-Identifier: MIT
// swprintf() and vswprintf(): newlib's call every failure EOVERFLOW.
#include <errno.h>
#include <limits.h>
#include <reent.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

int _svfwprintf_r(struct _reent *, FILE *, const wchar_t *, va_list);

int _vswprintf_r(struct _reent *reent, wchar_t *out, size_t size, const wchar_t *format,
                 va_list list)
{
    if (size == 0 || size > INT_MAX / sizeof(wchar_t)) {
        errno = EOVERFLOW;
        return -1;
    }
    // What newlib's engine wants of a stream that is a text; it keeps a place for the null.
    FILE stream = {._flags = __SWR | __SSTR, ._file = -1};
    stream._bf._base = stream._p = (unsigned char *)out;
    stream._bf._size = stream._w = (int)((size - 1) * sizeof(wchar_t));
    int written = _svfwprintf_r(reent, &stream, format, list);
    *(wchar_t *)(void *)stream._p = L'\0';
    if (written >= 0 && (size_t)written >= size) {
        errno = EOVERFLOW;
        return -1;
    }
    return written;
}

int vswprintf(wchar_t *restrict out, size_t size, const wchar_t *restrict format, va_list list)
{
    return _vswprintf_r(_REENT, out, size, format, list);
}

int swprintf(wchar_t *restrict out, size_t size, const wchar_t *restrict format, ...)
{
    va_list list;
    va_start(list, format);
    int written = _vswprintf_r(_REENT, out, size, format, list);
    va_end(list);
    return written;
}
