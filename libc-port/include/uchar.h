// SPDX-License-Identifier: MIT
// Unicode characters of 8, 16 and 32 bits (C11 7.28, C23 7.30; POSIX.1-2024, uchar.h). The
// multibyte side is the current locale's.
#pragma once

#include <stddef.h>
#include <sys/_types.h>
#include <sys/cdefs.h>

#ifndef _MBSTATE_T
#define _MBSTATE_T
typedef _mbstate_t mbstate_t;
#endif

#ifndef __cplusplus
typedef __UINT_LEAST16_TYPE__ char16_t;
typedef __UINT_LEAST32_TYPE__ char32_t;
typedef unsigned char char8_t;
#endif

#ifndef __cplusplus
#define __STDC_VERSION_UCHAR_H__ 202311L
#endif

__BEGIN_DECLS

// The next character at `text`, of which `size` bytes may be read, into `out` unless it is NULL.
// Result: bytes used, 0 for NUL; (size_t)-1 with EILSEQ; -2 if the bytes are the beginning of a
// character; -3 if what was stored is a further unit of the character before, and no byte was used.
// `state` NULL: a state of the function's own, one for all threads.
size_t mbrtoc16(char16_t *__restrict __out, const char *__restrict __text, size_t __size,
                mbstate_t *__restrict __state);
size_t mbrtoc32(char32_t *__restrict __out, const char *__restrict __text, size_t __size,
                mbstate_t *__restrict __state);

// The bytes of a character to `out`, which has room for MB_CUR_MAX. Result: how many, 0 if the
// character is not complete; (size_t)-1 with EILSEQ. `out` NULL: as for a NUL.
size_t c16rtomb(char *__restrict __out, char16_t __c, mbstate_t *__restrict __state);
size_t c32rtomb(char *__restrict __out, char32_t __c, mbstate_t *__restrict __state);

#if !defined(__cplusplus) || defined(__cpp_char8_t)
size_t mbrtoc8(char8_t *__restrict __out, const char *__restrict __text, size_t __size,
               mbstate_t *__restrict __state);
size_t c8rtomb(char *__restrict __out, char8_t __c, mbstate_t *__restrict __state);
#endif

__END_DECLS
