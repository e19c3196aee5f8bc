// SPDX-License-Identifier: MIT
// exec*() with the arguments listed: they are counted, then copied to the caller's stack.
#include <alloca.h>
#include <stdarg.h>
#include <unistd.h>

// Number of arguments from `first` to the terminating NULL, which is counted.
#define COUNT(first, count)                                                                        \
    do {                                                                                           \
        va_list counted;                                                                           \
        va_start(counted, first);                                                                  \
        count = 1;                                                                                 \
        for (const char *at = first; at; at = va_arg(counted, const char *)) {                     \
            count++;                                                                               \
        }                                                                                          \
        va_end(counted);                                                                           \
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
    size_t count;
    va_list list;
    COUNT(first, count);
    char **argv = alloca(count * sizeof(char *));
    va_start(list, first);
    copy(argv, first, &list);
    va_end(list);
    return execv(path, argv);
}

int execle(const char *path, const char *first, ...)
{
    size_t count;
    va_list list;
    COUNT(first, count);
    char **argv = alloca(count * sizeof(char *));
    va_start(list, first);
    copy(argv, first, &list);
    char *const *envp = va_arg(list, char *const *);
    va_end(list);
    return execve(path, argv, envp);
}

int execlp(const char *file, const char *first, ...)
{
    size_t count;
    va_list list;
    COUNT(first, count);
    char **argv = alloca(count * sizeof(char *));
    va_start(list, first);
    copy(argv, first, &list);
    va_end(list);
    return execvp(file, argv);
}
