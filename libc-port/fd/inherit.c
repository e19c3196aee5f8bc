// SPDX-License-Identifier: MIT
// What children get of the descriptor table.
#include <errno.h>
#include <fcntl.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/fd_numbers.h"
#include "../private/fd_table.h"

#define SNAPSHOT_TRIES 1000

static bool has_mark(uint32_t slot, int marks)
{
    return ((slot >> SLOT_MARKS) & (uint32_t)marks) != 0;
}

void __coco_fd_after_fork(void)
{
    for (int fd = 0; fd < OPEN_MAX; fd++) {
        uint32_t slot = __coco_fd_slot(fd);
        if (slot == 0) {
            __coco_fd_free_number(fd); // a thread that is not here may have been about to fill it
        } else if (has_mark(slot, FD_CLOFORK)) {
            (void)__coco_fd_close(fd);
        }
    }
}

// One that was BUSY at the moment of the fork is left as it is: whether its handle is closed
// already, and the handle's number another's, cannot be told.
void __coco_fd_recount(void)
{
    for (int i = 0; i < DESCRIPTIONS; i++) {
        struct file_description *description = &__coco_fd_descriptions[i];
        if (description->refs == BUSY) {
            description->refs = 0;
        } else if (description->refs != 0) {
            description->refs = BUSY; // until a slot is found that names it
        }
    }
    for (int fd = 0; fd < SLOTS; fd++) {
        struct file_description *description = __coco_fd_named_by(__coco_fd_slot(fd));
        if (description) {
            description->refs = (description->refs & ~BUSY) + 1;
        }
    }
    for (int i = 0; i < DESCRIPTIONS; i++) {
        struct file_description *description = &__coco_fd_descriptions[i];
        if (description->refs == BUSY) {
            description->refs = 1;
            __coco_fd_put(description);
        }
    }
}

// Whether a descriptor with one of `marks` names a description.
static bool is_named(const struct file_description *description, int marks)
{
    for (int fd = 0; fd < OPEN_MAX; fd++) {
        uint32_t slot = __coco_fd_slot(fd);
        if (__coco_fd_named_by(slot) == description && has_mark(slot, marks)) {
            return true;
        }
    }
    return false;
}

// Hold what a descriptor without `marks` names: its file and its marks as at one moment, whatever
// dup3() makes of it meanwhile.
static struct file_description *hold_unmarked(int fd, int marks)
{
    for (;;) {
        uint32_t slot = __coco_fd_slot(fd);
        if (slot == 0 || has_mark(slot, marks)) {
            return NULL;
        }
        struct file_description *description = __coco_fd_get(fd);
        if (description == __coco_fd_named_by(slot) && __coco_fd_slot(fd) == slot) {
            return description;
        }
        if (description) {
            __coco_fd_put(description);
        }
    }
}

static int list(int marks, struct fd_entry *entries, struct file_description **held, int max)
{
    int count = 0;
    for (int fd = 0; fd < OPEN_MAX && count <= max; fd++) {
        struct file_description *description = hold_unmarked(fd, marks);
        if (description && (count == max || description->handle == COCO_HANDLE_NONE)) {
            count += description->handle != COCO_HANDLE_NONE; // one more than there is room for
            __coco_fd_put(description);
        } else if (description) {
            held[count] = description;
            entries[count++] = (struct fd_entry){.fd = fd, .handle = description->handle};
        }
    }
    for (int i = 0; i < count && i < max; i++) {
        // More references than descriptors here: most have one, and need no search.
        entries[i].shared =
            __atomic_load_n(&held[i]->refs, __ATOMIC_RELAXED) > 2 && is_named(held[i], marks);
    }
    return count;
}

int __coco_fd_inheritable(int marks, struct fd_entry *entries, struct file_description **held,
                          int max)
{
    for (int tries = SNAPSHOT_TRIES;; tries--) {
        uint32_t seen = __atomic_load_n(&__coco_fd_changes, __ATOMIC_SEQ_CST);
        int count = list(marks, entries, held, max);
        // As at one moment, unless other threads never stop to open and close.
        bool whole = __atomic_load_n(&__coco_fd_changes, __ATOMIC_SEQ_CST) == seen || tries == 0;
        if (whole && count <= max) {
            return count;
        }
        for (int i = 0; i < count && i < max; i++) {
            __coco_fd_put(held[i]);
        }
        if (whole) {
            errno = EMFILE;
            return -1;
        }
    }
}
