// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/path.h"
#include "../private/registry.h"
#include "../private/start.h"
#include "../private/thread.h"

typedef void (*array_function)(int, char **, char **);

extern const array_function __preinit_array_start[] __attribute__((visibility("hidden")));
extern const array_function __preinit_array_end[] __attribute__((visibility("hidden")));
extern const array_function __init_array_start[] __attribute__((visibility("hidden")));
extern const array_function __init_array_end[] __attribute__((visibility("hidden")));
extern void (*const __fini_array_start[])(void) __attribute__((visibility("hidden")));
extern void (*const __fini_array_end[])(void) __attribute__((visibility("hidden")));

extern int main(int argc, char **argv, char **envp);

const struct coco_start_block *__coco_start_block;

static void run_fini_array(void)
{
    for (void (*const *function)(void) = __fini_array_end; function != __fini_array_start;) {
        (*--function)();
    }
}

static void run_init_arrays(int argc, char **argv)
{
    for (const array_function *f = __preinit_array_start; f != __preinit_array_end; f++) {
        (*f)(argc, argv, environ);
    }
    for (const array_function *f = __init_array_start; f != __init_array_end; f++) {
        (*f)(argc, argv, environ);
    }
}

_Noreturn void __coco_libc_start(const struct coco_start_block *block)
{
    static char *no_arguments[] = {"", NULL}; // programs print argv[0] without looking at argc
    int argc = 1;
    char **argv = no_arguments;
    __coco_start_block = block;
    (void)__coco_thread_register(__coco_self()); // the first: there is room
    __coco_thread_set_kernel_id((uint64_t)coco_thread_id());
    if (block) {
        argc = (int)block->argument_count;
        argv = (char **)(uintptr_t)block->arguments;
        environ = (char **)(uintptr_t)block->environment;
        __coco_cwd_set((const char *)(uintptr_t)block->directory);
        __coco_fd_start((const struct coco_start_handle *)(uintptr_t)block->handles,
                        block->handle_count);
        __coco_fd_inherit_limit();
    } else {
        __coco_cwd_set("/");
        __coco_fd_start(NULL, 0);
    }
    // Registered before the program's own handlers, so that it runs after them.
    if (atexit(run_fini_array) != 0) {
        __coco_die("start: cannot register destructors");
    }
    errno = 0; // C: what the start has tried is none of the program's business
    run_init_arrays(argc, argv);
    exit(main(argc, argv, environ));
}
