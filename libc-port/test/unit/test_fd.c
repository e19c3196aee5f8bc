// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <coconut/rights.h>
#include <coconut/syscalls.h>

#include "../../private/fd.h"
#include "unit.h"

static uint32_t closed_count;
static coco_handle_t last_closed;

int64_t coco_close(coco_handle_t handle)
{
    last_closed = handle;
    __atomic_fetch_add(&closed_count, 1, __ATOMIC_RELAXED);
    return 0;
}

int64_t coco_handle_info(coco_handle_t handle)
{
    return (int64_t)((uint64_t)(handle & 3) << 32); // handle numbers say their rights
}

static uint32_t unlocked_count;

int64_t coco_file_lock(coco_handle_t file, const struct coco_file_lock *lock, uint32_t flags)
{
    (void)file;
    unlocked_count += lock->kind == COCO_LOCK_NONE && lock->owner == COCO_LOCK_PROCESS &&
                      lock->length == 0 && flags == 0;
    return 0;
}

int64_t coco_futex_wait(const volatile void *address, uint32_t expected, uint64_t deadline)
{
    (void)address;
    (void)expected;
    (void)deadline;
    sched_yield();
    return 0;
}

int64_t coco_futex_wake(const volatile void *address, uint32_t count)
{
    (void)address;
    (void)count;
    return 0;
}

static void test_start(void)
{
    static const struct coco_start_handle handles[] = {
        {7, COCO_ROLE_STDOUT}, {6, COCO_ROLE_SYSTEM}, {9, COCO_ROLE_FD + 5},
        {8, COCO_ROLE_FD + 5}, {5, 0xffffffff},       {4, COCO_ROLE_NONE},
    };
    __coco_fd_start(handles, 6);
    struct file_description *input = __coco_fd_get(0);
    struct file_description *output = __coco_fd_get(1);
    struct file_description *error = __coco_fd_get(2);
    struct file_description *extra = __coco_fd_get(5);
    CHECK("fd.start-stdin-missing-is-empty", input && input->handle == COCO_HANDLE_NONE);
    CHECK("fd.start-stdout-by-role", output && output->handle == 7);
    CHECK("fd.start-stderr-missing-is-log", error && error->handle == COCO_HANDLE_LOG);
    CHECK("fd.start-first-of-a-role-wins", extra && extra->handle == 9);
    CHECK("fd.start-other-roles-are-no-descriptors", !__coco_fd_get(3) && !__coco_fd_get(4));
    CHECK("fd.flags-from-rights",
          __coco_fd_flags(output) == O_RDWR && __coco_fd_flags(extra) == O_RDONLY);
    __coco_fd_put(input);
    __coco_fd_put(output);
    __coco_fd_put(error);
    __coco_fd_put(extra);
}

static void test_lowest(void)
{
    int a = __coco_fd_install(20, O_RDONLY, 0);
    int b = __coco_fd_install(21, O_RDONLY, 0);
    int c = __coco_fd_install(22, O_RDONLY, 0);
    CHECK("fd.lowest-free", a == 3 && b == 4 && c == 6);
    CHECK("fd.close", __coco_fd_close(4) == 0 && last_closed == 21);
    errno = 0;
    CHECK("fd.close-twice", __coco_fd_close(4) == -1 && errno == EBADF);
    CHECK("fd.number-reused", __coco_fd_install(23, O_RDONLY, 0) == 4);
    CHECK("fd.at-or-above", __coco_fd_duplicate(3, 100, 0) == 100);
    CHECK("fd.lowest-after-high", __coco_fd_install(25, O_RDONLY, 0) == 7);
    const int all[] = {3, 4, 6, 7, 100};
    for (int i = 0; i < 5; i++) {
        (void)__coco_fd_close(all[i]);
    }
}

static void test_bad(void)
{
    static const int bad[] = {-1, 3, OPEN_MAX, INT_MAX, INT_MIN};
    bool all = true;
    for (int i = 0; i < 5; i++) {
        errno = 0;
        all = all && !__coco_fd_get(bad[i]) && errno == EBADF;
        errno = 0;
        all = all && __coco_fd_close(bad[i]) == -1 && errno == EBADF;
        errno = 0;
        all = all && __coco_fd_duplicate(bad[i], 0, 0) == -1 && errno == EBADF;
        errno = 0;
        all = all && __coco_fd_replace(bad[i], 9, 0) == -1 && errno == EBADF;
        errno = 0;
        all = all && __coco_fd_marks(bad[i]) == -1 && errno == EBADF;
    }
    CHECK("fd.bad-numbers", all);
    errno = 0;
    CHECK("fd.dup2-bad-target", __coco_fd_replace(1, OPEN_MAX, 0) == -1 && errno == EBADF);
    errno = 0;
    CHECK("fd.dup-above-all", __coco_fd_duplicate(1, OPEN_MAX, 0) == -1 && errno == EMFILE);
}

static void test_share(void)
{
    int fd = __coco_fd_install(30, O_RDWR, FD_CLOEXEC);
    int copy = __coco_fd_duplicate(fd, 0, 0);
    struct file_description *one = __coco_fd_get(fd);
    struct file_description *two = __coco_fd_get(copy);
    CHECK("fd.dup-shares-description", one && one == two);
    CHECK("fd.dup-clears-cloexec", __coco_fd_marks(fd) == 1 && __coco_fd_marks(copy) == 0);
    __coco_fd_put(two);
    uint32_t before = closed_count;
    uint32_t unlocked_before = unlocked_count;
    CHECK("fd.dup2-same", __coco_fd_replace(fd, fd, 0) == fd);
    (void)__coco_fd_close(fd);
    (void)__coco_fd_close(copy);
    CHECK("fd.open-while-in-use", closed_count == before);
    CHECK("fd.closing-one-of-several-releases-locks", unlocked_count == unlocked_before + 2);
    __coco_fd_put(one);
    CHECK("fd.closed-by-last-user", closed_count == before + 1 && last_closed == 30);
    int old = __coco_fd_install(31, O_RDWR, 0);
    int target = __coco_fd_install(32, O_RDWR, 0);
    CHECK("fd.dup2-closes-target",
          __coco_fd_replace(old, target, 0) == target && last_closed == 32);
    (void)__coco_fd_close(old);
    (void)__coco_fd_close(target);
    CHECK("fd.dup2-shared-then-closed", last_closed == 31);
}

#define INHERIT_MAX 64

static void test_full(void)
{
    int count = 0;
    while (__coco_fd_install(40, O_RDONLY, 0) >= 0) {
        count++;
    }
    CHECK("fd.full", errno == EMFILE && count == OPEN_MAX - 4);
    errno = 0;
    CHECK("fd.full-no-room", __coco_fd_room() == -1 && errno == EMFILE);
    (void)__coco_fd_close(OPEN_MAX - 1);
    CHECK("fd.room-for-one", __coco_fd_room() == 0);
    __coco_fd_set_limit(OPEN_MAX - 1);
    CHECK("fd.no-room-below-the-limit", __coco_fd_room() == -1);
    __coco_fd_set_limit(OPEN_MAX);
    CHECK("fd.room-used", __coco_fd_install(40, O_RDONLY, 0) == OPEN_MAX - 1);
    errno = 0;
    CHECK("fd.full-dup", __coco_fd_duplicate(1, 0, 0) == -1 && errno == EMFILE);
    struct fd_entry entries[INHERIT_MAX];
    struct file_description *held[INHERIT_MAX];
    errno = 0;
    CHECK("fd.too-many-to-inherit",
          __coco_fd_inheritable(FD_CLOEXEC, entries, held, INHERIT_MAX) == -1 && errno == EMFILE);
    for (int fd = 3; fd < OPEN_MAX; fd++) {
        if (fd != 5) {
            (void)__coco_fd_close(fd);
        }
    }
    (void)__coco_fd_set_marks(5, FD_CLOEXEC);
    int inherited = __coco_fd_inheritable(FD_CLOEXEC, entries, held, INHERIT_MAX);
    CHECK("fd.inheritable",
          inherited == 2 && entries[0].fd == 1 && entries[0].handle == 7 && entries[1].fd == 2);
    CHECK("fd.not-shared", !entries[0].shared && !entries[1].shared);
    while (inherited > 0) {
        __coco_fd_put(held[--inherited]);
    }
    (void)__coco_fd_duplicate(1, 6, FD_CLOEXEC);
    (void)__coco_fd_duplicate(2, 7, 0);
    inherited = __coco_fd_inheritable(FD_CLOEXEC, entries, held, INHERIT_MAX);
    CHECK("fd.shared", inherited == 3 && entries[0].shared && !entries[1].shared &&
                           !entries[2].shared && entries[2].fd == 7);
    while (inherited > 0) {
        __coco_fd_put(held[--inherited]);
    }
    (void)__coco_fd_close(6);
    (void)__coco_fd_close(7);
}

// As in the child of fork(): what threads that are not there held.
static void test_recount(void)
{
    struct fd_place place;
    int fd = __coco_fd_install(33, O_RDWR, 0);
    int copy = __coco_fd_duplicate(fd, 0, 0);
    int closed = __coco_fd_install(34, O_RDWR, 0);
    struct file_description *kept = __coco_fd_get(fd);
    struct file_description *lost = __coco_fd_get(closed);
    (void)__coco_fd_reserve(&place);
    (void)__coco_fd_close(closed);
    uint32_t before = closed_count;
    __coco_fd_recount();
    CHECK("fd.recount-closes-what-nobody-has",
          closed_count == before + 1 && last_closed == 34 && lost->refs == 0);
    CHECK("fd.recount-gives-back", place.description->refs == 0);
    CHECK("fd.recount-counts-descriptors", kept->refs == 2);
    (void)__coco_fd_close(fd);
    (void)__coco_fd_close(copy);
    CHECK("fd.recount-then-closed", closed_count == before + 2 && last_closed == 33);
    __coco_fd_after_fork();
}

static void *hammer(void *unused)
{
    (void)unused;
    for (int i = 0; i < 20000; i++) {
        int fd = __coco_fd_install(50, O_RDONLY, 0);
        int copy = __coco_fd_duplicate(fd, 10, 0);
        struct file_description *description = __coco_fd_get(copy);
        (void)__coco_fd_close(fd);
        (void)__coco_fd_close(copy);
        if (description) {
            __coco_fd_put(description);
        }
    }
    return NULL;
}

static void test_threads(void)
{
    pthread_t threads[4];
    uint32_t before = closed_count;
    for (int i = 0; i < 4; i++) {
        (void)pthread_create(&threads[i], NULL, hammer, NULL);
    }
    for (int i = 0; i < 4; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    CHECK("fd.threads-close-each-handle-once", closed_count - before == 4 * 20000);
    CHECK("fd.threads-leave-nothing-open", __coco_fd_install(51, O_RDONLY, 0) == 3);
}

static uint32_t made_count;

// Calls that get in each other's way: all of the threads use the same two numbers.
static void *collide(void *seed)
{
    unsigned random = (unsigned)(uintptr_t)seed;
    for (int i = 0; i < 50000; i++) {
        struct fd_place place;
        random = random * 1103515245u + 12345u;
        int fd = 3 + (int)(random >> 16 & 1);
        switch (random >> 20 & 7) {
        case 0:
        case 1:
            if (__coco_fd_install(60, O_RDONLY, 0) >= 0) {
                __atomic_fetch_add(&made_count, 1, __ATOMIC_RELAXED);
            }
            break;
        case 2:
            (void)__coco_fd_replace(fd, fd ^ 7, FD_CLOEXEC);
            break;
        case 3:
            if (__coco_fd_reserve(&place) == 0) {
                __coco_fd_give_back(&place);
            }
            break;
        case 4: {
            struct file_description *description = __coco_fd_get(fd);
            if (description) {
                __coco_fd_put(description);
            }
            break;
        }
        default:
            (void)__coco_fd_close(3 + (int)(random >> 24 & 7));
        }
    }
    return NULL;
}

static void close_all(void)
{
    for (int fd = 3; fd < OPEN_MAX; fd++) {
        (void)__coco_fd_close(fd);
    }
}

static void test_collisions(void)
{
    pthread_t threads[4];
    close_all();
    uint32_t before = closed_count;
    for (uintptr_t i = 0; i < 4; i++) {
        (void)pthread_create(&threads[i], NULL, collide, (void *)(i + 1));
    }
    for (int i = 0; i < 4; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    close_all();
    CHECK("fd.collisions-close-each-handle-once", closed_count - before == made_count);
    int count = 3;
    while (__coco_fd_install(61, O_RDONLY, 0) == count) {
        count++;
    }
    CHECK("fd.collisions-lose-no-number", count == OPEN_MAX);
}

int main(void)
{
    test_start();
    test_lowest();
    test_bad();
    test_share();
    test_full();
    test_recount();
    test_threads();
    test_collisions();
    return unit_finish();
}
