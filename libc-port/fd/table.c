// SPDX-License-Identifier: MIT
// The descriptor table: OPEN_MAX slots that name descriptions, both static, so that running out of
// memory cannot break standard input and output.
//
// There is no lock: a signal handler may interrupt anything here and call whatever a handler may
// call, and fork() may copy the table at any time. A slot is one atomic word that says everything
// of a descriptor. A description's count says who else may use its place: 0 nobody, it is free;
// BUSY the one that makes it, or closes its handle.
//
// numbers.c finds free numbers. The slots alone decide: a number that does not go with its slot,
// because dup2() came between two steps of another call, costs a search its next round.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/fd_numbers.h"
#include "../private/fd_table.h"

static uint32_t next_description; // where to look first; atomic

uint32_t __coco_fd_slots[SLOTS];
uint32_t __coco_fd_changes;
struct file_description __coco_fd_descriptions[DESCRIPTIONS];

static uint32_t to_slot(const struct file_description *description, int marks)
{
    return (uint32_t)(description - __coco_fd_descriptions + 1) | (uint32_t)marks << SLOT_MARKS;
}

// Put another content into a slot. @return the one before
static uint32_t exchange(int fd, uint32_t content)
{
    uint32_t before = __atomic_exchange_n(&__coco_fd_slots[fd], content, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&__coco_fd_changes, 1, __ATOMIC_SEQ_CST);
    return before;
}

static bool fill(int fd, uint32_t content)
{
    uint32_t empty = 0;
    bool filled = __atomic_compare_exchange_n(&__coco_fd_slots[fd], &empty, content, 0,
                                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&__coco_fd_changes, 1, __ATOMIC_SEQ_CST);
    return filled;
}

// Take the lowest free number. @return -1 if there is none
static int take_lowest(int lowest)
{
    int fd;
    do {
        fd = __coco_fd_take_number(lowest);
    } while (fd >= 0 && __coco_fd_slot(fd) != 0); // taken now, as the slot says
    return fd;
}

// A description without a handle, with the caller's reference. @return NULL if there is none
static __attribute__((noinline)) struct file_description *take_description(void)
{
    uint32_t candidate = __atomic_load_n(&next_description, __ATOMIC_RELAXED);
    for (uint32_t looked_at = 0; looked_at < DESCRIPTIONS; looked_at++) {
        struct file_description *description = &__coco_fd_descriptions[candidate];
        uint32_t unused = 0;
        candidate = candidate + 1 < DESCRIPTIONS ? candidate + 1 : 0;
        if (__atomic_load_n(&description->refs, __ATOMIC_RELAXED) == 0 &&
            __atomic_compare_exchange_n(&description->refs, &unused, BUSY, 0, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED)) {
            __atomic_store_n(&next_description, candidate, __ATOMIC_RELAXED);
            description->handle = COCO_HANDLE_NONE;
            __atomic_store_n(&description->refs, 1, __ATOMIC_RELEASE);
            return description;
        }
    }
    return NULL;
}

int __coco_fd_reserve(struct fd_place *place)
{
    place->fd = take_lowest(0);
    place->description = place->fd < 0 ? NULL : take_description();
    if (!place->description) {
        if (place->fd >= 0) {
            __coco_fd_free_number(place->fd);
        }
        errno = EMFILE;
        return -1;
    }
    return 0;
}

void __coco_fd_give_back(struct fd_place *place)
{
    __coco_fd_free_number(place->fd);
    __coco_fd_put(place->description); // has no handle
}

int __coco_fd_fill(struct fd_place *place, coco_handle_t handle, int flags, int marks)
{
    place->description->handle = handle;
    place->description->flags = flags;
    while (!fill(place->fd, to_slot(place->description, marks))) {
        // dup2() was told to use this very number meanwhile.
        place->fd = take_lowest(0);
        if (place->fd < 0) {
            place->description->handle = COCO_HANDLE_NONE;
            __coco_fd_put(place->description);
            errno = EMFILE;
            return -1;
        }
    }
    return place->fd;
}

// Hold what a slot names, however often that changes meanwhile.
static struct file_description *hold(int fd)
{
    for (;;) {
        uint32_t slot = __coco_fd_slot(fd);
        struct file_description *description = __coco_fd_named_by(slot);
        if (!description) {
            return NULL;
        }
        uint32_t refs = __atomic_load_n(&description->refs, __ATOMIC_RELAXED);
        if (refs == 0 || refs == BUSY ||
            !__atomic_compare_exchange_n(&description->refs, &refs, refs + 1, 0, __ATOMIC_SEQ_CST,
                                         __ATOMIC_RELAXED)) {
            continue; // the slot has changed, or another thread uses the description, too
        }
        // Now that it stays: is it still the one, and not another file in the same place?
        if (__coco_fd_named_by(__coco_fd_slot(fd)) == description) {
            return description;
        }
        __coco_fd_put(description);
    }
}

struct file_description *__coco_fd_get(int fd)
{
    struct file_description *description = fd >= 0 && fd < OPEN_MAX ? hold(fd) : NULL;
    if (!description) {
        errno = EBADF;
    }
    return description;
}

__attribute__((noinline)) void __coco_fd_put(struct file_description *description)
{
    uint32_t refs = __atomic_load_n(&description->refs, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&description->refs, &refs, refs > 1 ? refs - 1 : BUSY, 0,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
    }
    if (refs > 1) {
        return;
    }
    // The last reference, and no slot left to find it by.
    int saved_errno = errno;
    if (description->handle != COCO_HANDLE_NONE) {
        (void)coco_close(description->handle); // always succeeds
    }
    errno = saved_errno;
    __atomic_store_n(&description->refs, 0, __ATOMIC_RELEASE);
}

struct file_description *__coco_fd_hold_cwd(void)
{
    return hold(CWD_SLOT);
}

int __coco_fd_set_cwd(coco_handle_t handle)
{
    struct file_description *description = take_description();
    if (!description) {
        errno = EMFILE;
        return -1;
    }
    description->handle = handle;
    struct file_description *old = __coco_fd_named_by(exchange(CWD_SLOT, to_slot(description, 0)));
    if (old) {
        __coco_fd_put(old);
    }
    return 0;
}

// Closing a descriptor releases the process's locks on the file. The kernel sees the end of a
// handle, not of one of several descriptors that share it.
static void close_description(struct file_description *description)
{
    if (__atomic_load_n(&description->refs, __ATOMIC_RELAXED) > 1 &&
        description->handle != COCO_HANDLE_NONE) {
        const struct coco_file_lock all = {.kind = COCO_LOCK_NONE, .owner = COCO_LOCK_PROCESS};
        (void)coco_file_lock(description->handle, &all, 0); // refused for what is no file
    }
    __coco_fd_put(description);
}

// @return what the descriptor named, with its reference; NULL with errno
static struct file_description *clear(int fd)
{
    struct file_description *description =
        fd >= 0 && fd < OPEN_MAX ? __coco_fd_named_by(exchange(fd, 0)) : NULL;
    if (!description) {
        errno = EBADF;
        return NULL;
    }
    __coco_fd_free_number(fd);
    return description;
}

int __coco_fd_close(int fd)
{
    struct file_description *description = clear(fd);
    if (!description) {
        return -1;
    }
    close_description(description);
    return 0;
}

void __coco_fd_drop(int fd)
{
    struct file_description *description = clear(fd);
    if (description) {
        __coco_fd_put(description);
    }
}

int __coco_fd_duplicate(int fd, int lowest, int marks)
{
    struct file_description *description = __coco_fd_get(fd); // the new slot's reference
    if (!description) {
        return -1;
    }
    int copy;
    do {
        copy = take_lowest(lowest);
    } while (copy >= 0 && !fill(copy, to_slot(description, marks)));
    if (copy < 0) {
        __coco_fd_put(description);
        errno = EMFILE;
    }
    return copy;
}

int __coco_fd_replace(int from, int to, int marks)
{
    if (to < 0 || to >= __coco_fd_limit()) {
        errno = EBADF;
        return -1;
    }
    struct file_description *description = __coco_fd_get(from); // the slot's reference
    if (!description) {
        return -1;
    }
    if (from == to) {
        __coco_fd_put(description);
        return to;
    }
    __coco_fd_use_number(to);
    struct file_description *old = __coco_fd_named_by(exchange(to, to_slot(description, marks)));
    if (old) {
        close_description(old);
    }
    return to;
}

int __coco_fd_marks(int fd)
{
    uint32_t slot = fd >= 0 && fd < OPEN_MAX ? __coco_fd_slot(fd) : 0;
    if (slot == 0) {
        errno = EBADF;
        return -1;
    }
    return (int)(slot >> SLOT_MARKS);
}

int __coco_fd_set_marks(int fd, int marks)
{
    uint32_t slot = fd >= 0 && fd < OPEN_MAX ? __coco_fd_slot(fd) : 0;
    while (slot != 0) {
        uint32_t marked = (slot & SLOT_NUMBER) | (uint32_t)marks << SLOT_MARKS;
        if (__atomic_compare_exchange_n(&__coco_fd_slots[fd], &slot, marked, 0, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST)) {
            return 0;
        }
    }
    errno = EBADF;
    return -1;
}

int __coco_fd_marks_of(int flags)
{
    return (flags & O_CLOEXEC ? FD_CLOEXEC : 0) | (flags & O_CLOFORK ? FD_CLOFORK : 0);
}

void __coco_fd_install_at(int fd, coco_handle_t handle, int flags)
{
    struct file_description *description = take_description();
    description->handle = handle;
    description->flags = flags;
    __coco_fd_use_number(fd);
    (void)exchange(fd, to_slot(description, 0)); // was free
}
