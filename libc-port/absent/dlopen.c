// SPDX-License-Identifier: MIT
// Loading code at run time. There are no shared libraries, and memory is never writable and
// executable.
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#include "../private/absent.h"

COCO_ABSENT(dlopen, "dlopen, dlsym, dlclose");

static _Thread_local const char *failure;

void *dlopen(const char *file, int mode)
{
    (void)file;
    (void)mode;
    failure = "programs are static: shared libraries cannot be loaded";
    return NULL;
}

void *dlsym(void *handle, const char *name)
{
    (void)handle;
    (void)name;
    failure = "programs are static: symbols cannot be looked up at run time";
    return NULL;
}

int dlclose(void *handle)
{
    (void)handle;
    failure = "programs are static: there is no open library";
    return -1;
}

char *dlerror(void)
{
    const char *text = failure;
    failure = NULL;
    return (char *)(uintptr_t)text;
}
