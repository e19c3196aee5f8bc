// SPDX-License-Identifier: MIT
// The descriptor table: OPEN_MAX slots that name OPEN_MAX descriptions, both static, so that
// running out of memory cannot break standard input and output. One lock guards slots and free
// list; a description's count is atomic, so that calls in progress let go of it without the lock.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include <coconut/syscalls.h>

#include "../private/fd.h"
#include "../private/fork.h"
#include "../private/lock.h"

struct slot {
    uint16_t number; /* of the description, plus 1; 0: free */
    uint8_t marks;
};

_Static_assert(OPEN_MAX < UINT16_MAX, "a slot holds a description's number in 16 bits");

struct coco_lock __coco_fd_lock;
static struct slot slots[OPEN_MAX];
static struct file_description descriptions[OPEN_MAX];
static int lowest_free; // no slot below it is free
static int next_description;
static int limit = OPEN_MAX; // descriptors handed out are below it; atomic

void __coco_fd_set_limit(int most)
{
    __atomic_store_n(&limit, most < OPEN_MAX ? most : OPEN_MAX, __ATOMIC_RELAXED);
}

int __coco_fd_limit(void)
{
    return __atomic_load_n(&limit, __ATOMIC_RELAXED);
}

// Looked for with the table locked. A count of 0 means free: put() makes it 0 as its last step.
static struct file_description *find_free_description(void)
{
    for (int i = 0; i < OPEN_MAX; i++) {
        int candidate = (next_description + i) % OPEN_MAX;
        if (__atomic_load_n(&descriptions[candidate].refs, __ATOMIC_ACQUIRE) == 0) {
            next_description = candidate + 1;
            return &descriptions[candidate];
        }
    }
    return NULL;
}

static int find_free_slot(int lowest)
{
    int start = lowest > lowest_free ? lowest : lowest_free;
    for (int fd = start; fd < __coco_fd_limit(); fd++) {
        if (slots[fd].number == 0) {
            if (start == lowest_free) {
                lowest_free = fd;
            }
            return fd;
        }
    }
    return -1;
}

static void set_slot(int fd, struct file_description *description, int marks)
{
    slots[fd].number = (uint16_t)(description - descriptions + 1);
    slots[fd].marks = (uint8_t)marks;
}

static struct file_description *clear_slot(int fd)
{
    struct file_description *description = &descriptions[slots[fd].number - 1];
    slots[fd].number = 0;
    if (fd < lowest_free) {
        lowest_free = fd;
    }
    return description;
}

static bool is_open(int fd)
{
    return fd >= 0 && fd < OPEN_MAX && slots[fd].number != 0;
}

int __coco_fd_install(coco_handle_t handle, int flags, int marks)
{
    __coco_lock(&__coco_fd_lock);
    int fd = find_free_slot(0);
    struct file_description *description = fd < 0 ? NULL : find_free_description();
    if (description) {
        description->handle = handle;
        description->flags = flags;
        __atomic_store_n(&description->refs, 1, __ATOMIC_RELAXED);
        set_slot(fd, description, marks);
    }
    __coco_unlock(&__coco_fd_lock);
    if (!description) {
        errno = EMFILE;
        return -1;
    }
    return fd;
}

struct file_description *__coco_fd_get(int fd)
{
    struct file_description *description = NULL;
    __coco_lock(&__coco_fd_lock);
    if (is_open(fd)) {
        description = &descriptions[slots[fd].number - 1];
        __atomic_fetch_add(&description->refs, 1, __ATOMIC_RELAXED);
    }
    __coco_unlock(&__coco_fd_lock);
    if (!description) {
        errno = EBADF;
    }
    return description;
}

void __coco_fd_put(struct file_description *description)
{
    uint32_t refs = __atomic_load_n(&description->refs, __ATOMIC_RELAXED);
    while (refs > 1) {
        if (__atomic_compare_exchange_n(&description->refs, &refs, refs - 1, 0, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
            return;
        }
    }
    // The last reference, and no slot left to find it by: no one can add another. It stays taken
    // until its handle is closed.
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    int saved_errno = errno;
    if (description->handle != COCO_HANDLE_NONE) {
        (void)coco_close(description->handle); // always succeeds
    }
    errno = saved_errno;
    __atomic_store_n(&description->refs, 0, __ATOMIC_RELEASE);
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

int __coco_fd_close(int fd)
{
    struct file_description *description = NULL;
    __coco_lock(&__coco_fd_lock);
    if (is_open(fd)) {
        description = clear_slot(fd);
    }
    __coco_unlock(&__coco_fd_lock);
    if (!description) {
        errno = EBADF;
        return -1;
    }
    close_description(description);
    return 0;
}

int __coco_fd_duplicate(int fd, int lowest, int marks)
{
    if (lowest < 0 || lowest >= __coco_fd_limit()) {
        errno = EINVAL;
        return -1;
    }
    struct file_description *description = __coco_fd_get(fd); // the new slot's reference
    if (!description) {
        return -1;
    }
    __coco_lock(&__coco_fd_lock);
    int copy = find_free_slot(lowest);
    if (copy >= 0) {
        set_slot(copy, description, marks);
    }
    __coco_unlock(&__coco_fd_lock);
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
    __coco_lock(&__coco_fd_lock);
    struct file_description *old = is_open(to) ? clear_slot(to) : NULL;
    set_slot(to, description, marks);
    __coco_unlock(&__coco_fd_lock);
    if (old) {
        close_description(old);
    }
    return to;
}

int __coco_fd_marks(int fd)
{
    __coco_lock(&__coco_fd_lock);
    int result = is_open(fd) ? slots[fd].marks : -1;
    __coco_unlock(&__coco_fd_lock);
    if (result < 0) {
        errno = EBADF;
    }
    return result;
}

int __coco_fd_set_marks(int fd, int marks)
{
    __coco_lock(&__coco_fd_lock);
    int result = -1;
    if (is_open(fd)) {
        slots[fd].marks = (uint8_t)marks;
        result = 0;
    }
    __coco_unlock(&__coco_fd_lock);
    if (result < 0) {
        errno = EBADF;
    }
    return result;
}

int __coco_fd_marks_of(int flags)
{
    return (flags & O_CLOEXEC ? FD_CLOEXEC : 0) | (flags & O_CLOFORK ? FD_CLOFORK : 0);
}

void __coco_fd_after_fork(void)
{
    for (int fd = 0; fd < OPEN_MAX; fd++) {
        if (is_open(fd) && (slots[fd].marks & FD_CLOFORK)) {
            (void)__coco_fd_close(fd);
        }
    }
}

// Whether a descriptor with one of `marks` names a description. The table is locked.
static bool is_named(const struct file_description *description, int marks)
{
    const uint16_t number = (uint16_t)(description - descriptions + 1);
    for (int fd = 0; fd < OPEN_MAX; fd++) {
        if (slots[fd].number == number && (slots[fd].marks & marks)) {
            return true;
        }
    }
    return false;
}

int __coco_fd_inheritable(int marks, struct fd_entry *entries, struct file_description **held,
                          int max)
{
    int count = 0;
    bool full = false;
    __coco_lock(&__coco_fd_lock);
    for (int fd = 0; fd < OPEN_MAX && !full; fd++) {
        if (slots[fd].number == 0 || (slots[fd].marks & marks)) {
            continue;
        }
        struct file_description *description = &descriptions[slots[fd].number - 1];
        if (description->handle == COCO_HANDLE_NONE) {
            continue;
        }
        full = count == max;
        if (!full) {
            __atomic_fetch_add(&description->refs, 1, __ATOMIC_RELAXED);
            held[count] = description;
            entries[count++] = (struct fd_entry){.fd = fd, .handle = description->handle};
        }
    }
    for (int i = 0; !full && i < count; i++) {
        // More references than descriptors here: most have one, and need no search.
        entries[i].shared =
            __atomic_load_n(&held[i]->refs, __ATOMIC_RELAXED) > 2 && is_named(held[i], marks);
    }
    __coco_unlock(&__coco_fd_lock);
    if (full) {
        while (count > 0) {
            __coco_fd_put(held[--count]);
        }
        errno = EMFILE;
        return -1;
    }
    return count;
}

void __coco_fd_install_at(int fd, coco_handle_t handle, int flags)
{
    struct file_description *description = find_free_description();
    description->handle = handle;
    description->flags = flags;
    description->refs = 1;
    set_slot(fd, description, 0);
}
