// SPDX-License-Identifier: MIT
// fgets() and fgetws() with room for the null character alone: newlib's refuse that; and fileno()
// of a stream in memory, for which newlib's sets no error. newlib's functions have names of their
// own (CMakeLists.txt).
#include <errno.h>
#include <stdio.h>
#include <wchar.h>

char *__coco_newlib_fgets(char *restrict, int, FILE *restrict);
char *__coco_newlib_fgets_unlocked(char *restrict, int, FILE *restrict);
wchar_t *__coco_newlib_fgetws(wchar_t *restrict, int, FILE *restrict);
wchar_t *__coco_newlib_fgetws_unlocked(wchar_t *restrict, int, FILE *restrict);
int __coco_newlib_fileno(FILE *);
int __coco_newlib_fileno_unlocked(FILE *);

#define DEFINE(type, name)                                                                         \
    type *name(type *restrict out, int size, FILE *restrict stream)                                \
    {                                                                                              \
        if (size == 1) {                                                                           \
            *out = 0;                                                                              \
            return out;                                                                            \
        }                                                                                          \
        return __coco_newlib_##name(out, size, stream);                                            \
    }

DEFINE(char, fgets)
DEFINE(char, fgets_unlocked)
DEFINE(wchar_t, fgetws)
DEFINE(wchar_t, fgetws_unlocked)

static int descriptor(int fd)
{
    if (fd < 0) {
        errno = EBADF;
    }
    return fd;
}

int fileno(FILE *stream)
{
    return descriptor(__coco_newlib_fileno(stream));
}

int fileno_unlocked(FILE *stream)
{
    return descriptor(__coco_newlib_fileno_unlocked(stream));
}
