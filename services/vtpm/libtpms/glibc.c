// SPDX-License-Identifier: MIT
#include "glibc.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/// Linux's numbers of clocks.
enum {
    LINUX_REALTIME = 0,
    LINUX_MONOTONIC = 1,
    LINUX_PROCESS = 2,
    LINUX_THREAD = 3,
    LINUX_MONOTONIC_RAW = 4
};

/// Bits of glibc's table of characters.
enum {
    IS_UPPER = 0x0100,
    IS_LOWER = 0x0200,
    IS_ALPHA = 0x0400,
    IS_DIGIT = 0x0800,
    IS_XDIGIT = 0x1000,
    IS_SPACE = 0x2000,
    IS_PRINT = 0x4000,
    IS_GRAPH = 0x8000,
    IS_BLANK = 0x0001,
    IS_CNTRL = 0x0002,
    IS_PUNCT = 0x0004,
    IS_ALNUM = 0x0008,
};

/// glibc's table goes from -128 to 255.
#define TABLE_BELOW 128
static unsigned short table[TABLE_BELOW + 256];

// glibc's jmp_buf, in the caller, is larger than ours.
_Static_assert(sizeof(jmp_buf) <= 200, "jmp_buf of the callers");

/// setjmp() must return to libtpms's own frame, so this is a jump and no call.
__asm__(".text\n"
        ".globl vtpm_glibc__setjmp\n"
        ".type vtpm_glibc__setjmp, @function\n"
        "vtpm_glibc__setjmp:\n"
        "    endbr64\n"
        "    jmp setjmp\n"
        ".size vtpm_glibc__setjmp, . - vtpm_glibc__setjmp\n");

FILE *vtpm_glibc_stderr;

__attribute__((constructor)) static void set_stderr(void)
{
    vtpm_glibc_stderr = stderr;
}

static void fill(void)
{
    static const struct {
        int (*is)(int c);
        unsigned short bit;
    } classes[] = {
        {isupper, IS_UPPER},   {islower, IS_LOWER}, {isalpha, IS_ALPHA}, {isdigit, IS_DIGIT},
        {isxdigit, IS_XDIGIT}, {isspace, IS_SPACE}, {isprint, IS_PRINT}, {isgraph, IS_GRAPH},
        {isblank, IS_BLANK},   {iscntrl, IS_CNTRL}, {ispunct, IS_PUNCT}, {isalnum, IS_ALNUM},
    };
    for (int c = 0; c < 128; c++) {
        for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
            if (classes[i].is(c)) {
                table[TABLE_BELOW + c] |= classes[i].bit;
            }
        }
    }
}

/// Filled when it is first asked for, which is not in every run. libtpms is called by one thread at
/// a time.
const unsigned short **vtpm_glibc___ctype_b_loc(void)
{
    static const unsigned short *middle = table + TABLE_BELOW;
    if (table[TABLE_BELOW + '0'] == 0) {
        fill();
    }
    return &middle;
}

_Noreturn static void overrun(void)
{
    (void)fprintf(stderr, "vtpm: libtpms wrote behind the end of a buffer\n");
    abort();
}

void *vtpm_glibc___memcpy_chk(void *to, const void *from, size_t size, size_t room)
{
    if (size > room) {
        overrun();
    }
    return memcpy(to, from, size);
}

void *vtpm_glibc___memset_chk(void *to, int byte, size_t size, size_t room)
{
    if (size > room) {
        overrun();
    }
    return vtpm_glibc_memset(to, byte, size);
}

int vtpm_glibc___vsnprintf_chk(char *to, size_t size, int flag, size_t room, const char *format,
                               va_list arguments)
{
    (void)flag;
    if (size > room) {
        overrun();
    }
    return vsnprintf(to, size, format, arguments);
}

int vtpm_glibc___snprintf_chk(char *to, size_t size, int flag, size_t room, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vtpm_glibc___vsnprintf_chk(to, size, flag, room, format, arguments);
    va_end(arguments);
    return length;
}

int vtpm_glibc___asprintf_chk(char **result, int flag, const char *format, ...)
{
    va_list arguments;
    (void)flag;
    va_start(arguments, format);
    int length = vasprintf(result, format, arguments);
    va_end(arguments);
    return length;
}

int vtpm_glibc___vdprintf_chk(int file, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return vdprintf(file, format, arguments);
}

int vtpm_glibc___dprintf_chk(int file, int flag, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vtpm_glibc___vdprintf_chk(file, flag, format, arguments);
    va_end(arguments);
    return length;
}

_Noreturn void vtpm_glibc___assert_fail(const char *what, const char *file, unsigned line,
                                        const char *function)
{
    (void)fprintf(stderr, "vtpm: %s:%u: %s: %s does not hold\n", file, line, function, what);
    abort();
}

int *vtpm_glibc___errno_location(void)
{
    return &errno;
}

_Noreturn void vtpm_glibc___longjmp_chk(jmp_buf where, int value)
{
    longjmp(where, value);
}

clock_t vtpm_glibc_clock(void)
{
    // glibc counts microseconds, whatever our libc does.
    return clock() * (1000000 / CLOCKS_PER_SEC);
}

int vtpm_glibc_clock_gettime(int clock, struct timespec *now)
{
    static const clockid_t clocks[] = {
        [LINUX_REALTIME] = CLOCK_REALTIME,          [LINUX_MONOTONIC] = CLOCK_MONOTONIC,
        [LINUX_PROCESS] = CLOCK_PROCESS_CPUTIME_ID, [LINUX_THREAD] = CLOCK_THREAD_CPUTIME_ID,
        [LINUX_MONOTONIC_RAW] = CLOCK_MONOTONIC,
    };
    if (clock < 0 || clock >= (int)(sizeof(clocks) / sizeof(clocks[0]))) {
        errno = EINVAL;
        return -1;
    }
    return clock_gettime(clocks[clock], now);
}
