// SPDX-License-Identifier: MIT
// What Debian's libtpms.a asks of glibc and finds here: glibc's names with vtpm_glibc_ before them,
// with glibc's arguments and results. The sizes that the *_chk functions get were worked out by the
// compiler; an overrun ends the process, as with glibc.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

int vtpm_glibc_rand(void);
void vtpm_glibc_srand(unsigned seed);
int vtpm_glibc___asprintf_chk(char **result, int flag, const char *format, ...);
_Noreturn void vtpm_glibc___assert_fail(const char *what, const char *file, unsigned line,
                                        const char *function);
const unsigned short **vtpm_glibc___ctype_b_loc(void);
int vtpm_glibc___dprintf_chk(int file, int flag, const char *format, ...);
int *vtpm_glibc___errno_location(void);
_Noreturn void vtpm_glibc___longjmp_chk(jmp_buf where, int value);
void *vtpm_glibc___memcpy_chk(void *to, const void *from, size_t size, size_t room);
void *vtpm_glibc___memset_chk(void *to, int byte, size_t size, size_t room);
int vtpm_glibc___snprintf_chk(char *to, size_t size, int flag, size_t room, const char *format,
                              ...);
int vtpm_glibc___vdprintf_chk(int file, int flag, const char *format, va_list arguments);
int vtpm_glibc___vsnprintf_chk(char *to, size_t size, int flag, size_t room, const char *format,
                               va_list arguments);
void *vtpm_glibc_memset(void *to, int byte, size_t size);
clock_t vtpm_glibc_clock(void);
int vtpm_glibc_clock_gettime(int clock, struct timespec *now);
extern FILE *vtpm_glibc_stderr;
