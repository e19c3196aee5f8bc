// SPDX-License-Identifier: MIT
// Functions to run at exit. newlib's table ends after 32 entries; this one grows. Entries are taken
// out one by one and run without the lock, so that they may register others.
#include <stdbool.h>
#include <stdlib.h>
#include <sys/lock.h>

#include <coconut/syscalls.h>

#include "../private/thread.h"

#define BLOCK_ENTRIES 32

enum kind { AT_EXIT, ON_EXIT, CXA_AT_EXIT }; // newlib's numbers

struct entry {
    enum kind kind;
    void (*function)(void);
    void *argument;
    void *object; /* the program, or a part of it that is finished early */
};

struct exit_block {
    struct exit_block *next; /* older */
    int count;
    struct entry entries[BLOCK_ENTRIES];
};

// List and lock have the symbols of newlib's own.
extern struct exit_block *blocks __asm__("__atexit"); // newest first
extern _LOCK_RECURSIVE_T __atexit_recursive_mutex;
int __register_exitproc(int kind, void (*function)(void), void *argument, void *object);
void __call_exitprocs(int code, void *object);

static struct exit_block first_block; // no allocation for the first entries
struct exit_block *blocks = &first_block;
__LOCK_INIT_RECURSIVE(, __atexit_recursive_mutex);
static void *exiting_thread;

int __register_exitproc(int kind, void (*function)(void), void *argument, void *object)
{
    int result = 0;
    __lock_acquire_recursive(__atexit_recursive_mutex);
    if (blocks->count == BLOCK_ENTRIES) {
        struct exit_block *block = malloc(sizeof(*block));
        if (block) {
            block->next = blocks;
            block->count = 0;
            blocks = block;
        } else {
            result = -1;
        }
    }
    if (result == 0) {
        blocks->entries[blocks->count++] =
            (struct entry){(enum kind)kind, function, argument, object};
    }
    __lock_release_recursive(__atexit_recursive_mutex);
    return result;
}

// Take the newest entry that matches out of the table. Entries that have been taken have no
// function.
static bool take(void *object, struct entry *out)
{
    bool found = false;
    __lock_acquire_recursive(__atexit_recursive_mutex);
    for (struct exit_block *block = blocks; block && !found; block = block->next) {
        for (int i = block->count - 1; i >= 0 && !found; i--) {
            struct entry *entry = &block->entries[i];
            if (entry->function && (!object || entry->object == object)) {
                *out = *entry;
                entry->function = NULL;
                found = true;
            }
            if (i == block->count - 1 && !entry->function) {
                block->count--; // the place is used again; blocks stay
            }
        }
    }
    __lock_release_recursive(__atexit_recursive_mutex);
    return found;
}

// Only one thread ends the process; a second one that calls exit() waits for the end.
static void claim_exit(void)
{
    void *expected = NULL;
    void *self = __coco_self();
    if (!__atomic_compare_exchange_n(&exiting_thread, &expected, self, 0, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE) &&
        expected != self) {
        for (;;) {
            (void)coco_sleep_until(COCO_FOREVER); // ends with the process
        }
    }
}

void __call_exitprocs(int code, void *object)
{
    struct entry entry;
    if (!object) {
        claim_exit();
    }
    while (take(object, &entry)) {
        switch (entry.kind) {
        case AT_EXIT:
            entry.function();
            break;
        case ON_EXIT:
            ((void (*)(int, void *))entry.function)(code, entry.argument);
            break;
        case CXA_AT_EXIT:
            ((void (*)(void *))entry.function)(entry.argument);
            break;
        }
    }
}
