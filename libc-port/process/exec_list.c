// SPDX-License-Identifier: MIT
// exec*() with the arguments listed: they are counted, then copied to the caller's stack.
#include <alloca.h>
#include <stdarg.h>
#include <unistd.h>

// The arguments that begin with `first`, their NULL included, in an array on the caller's stack;
// `list` is then behind the NULL. A macro, as only the function itself can take them and make room.
#define COLLECT(argv, first, list)                                                                 \
    do {                                                                                           \
        size_t count = 1;                                                                          \
        va_start(list, first);                                                                     \
        for (const char *at = first; at; at = va_arg(list, const char *)) {                        \
            count++;                                                                               \
        }                                                                                          \
        va_end(list);                                                                              \
        argv = alloca(count * sizeof(char *));                                                     \
        va_start(list, first);                                                                     \
        copy(argv, first, &list);                                                                  \
    } while (0)

// Copies the arguments, NULL included, to `out`; `list` is then behind the NULL.
static void copy(char **out, const char *first, va_list *list)
{
    const char *at = first;
    while ((*out++ = (char *)(__UINTPTR_TYPE__)at)) {
        at = va_arg(*list, const char *);
    }
}

int execl(const char *path, const char *first, ...)
{
    char **argv;
    va_list list;
    COLLECT(argv, first, list);
    va_end(list);
    return execv(path, argv);
}

int execle(const char *path, const char *first, ...)
{
    char **argv;
    va_list list;
    COLLECT(argv, first, list);
    char *const *envp = va_arg(list, char *const *);
    va_end(list);
    return execve(path, argv, envp);
}

int execlp(const char *file, const char *first, ...)
{
    char **argv;
    va_list list;
    COLLECT(argv, first, list);
    va_end(list);
    return execvp(file, argv);
}
