// SPDX-License-Identifier: MIT
#include <reent.h>
#include <stdlib.h>
#include <unistd.h>

#include "../private/thread_atexit.h"

// newlib's: run what atexit() and constructors registered.
void __call_exitprocs(int code, void *module);

void exit(int code)
{
    __coco_thread_dtors_run(); // before those of static objects
    __call_exitprocs(code, NULL);
    if (__stdio_exit_handler) {
        __stdio_exit_handler();
    }
    _exit(code);
}
