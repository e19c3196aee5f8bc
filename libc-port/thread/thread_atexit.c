// SPDX-License-Identifier: MIT
// Destructors of thread_local variables, as the C++ library registers them.
#include <stdlib.h>

#include "../private/thread_atexit.h"

struct entry {
    struct entry *next;
    void (*destructor)(void *);
    void *object;
};

static _Thread_local struct entry *entries;

/// @param module  which shared library the variable is in: all are in the program
/// @return 0, or -1 if there is no memory
int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *module);

int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *module)
{
    (void)module;
    struct entry *entry = malloc(sizeof(*entry));
    if (!entry) {
        return -1;
    }
    *entry = (struct entry){entries, destructor, object};
    entries = entry;
    return 0;
}

void __coco_thread_dtors_run(void)
{
    while (entries) {
        struct entry *entry = entries;
        entries = entry->next;
        entry->destructor(entry->object);
        free(entry);
    }
}
