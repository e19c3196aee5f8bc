// SPDX-License-Identifier: MIT
// Named semaphores: files in the folder of shared memory that hold one semaphore. A file is made
// empty and gets its content, semaphore and mark, in one write; who opens it meanwhile waits for
// that. Each process maps a semaphore once, however often it opens it.
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../private/fork.h"
#include "../private/lock.h"
#include "../private/shm.h"

#define PREFIX "sem."
#define WAIT_STEP_NS 1000000 /* between looks at a semaphore that somebody is making */
#define WAIT_STEPS 2000      /* then its maker has died in between */

/// A semaphore that this process has open.
struct named {
    struct named *next;
    dev_t device;
    ino_t inode;
    unsigned count; /* sem_open() calls without their sem_close() */
    sem_t *sem;
};

struct coco_lock __coco_sem_lock;
static struct named *open_sems; // guarded by __coco_sem_lock

// A new file with a semaphore. Its descriptor, or -1 with errno.
static int create(const char *path, mode_t mode, unsigned value)
{
    sem_t content;
    int fd = __coco_shm_open(path, O_RDWR | O_CREAT | O_EXCL, mode);
    if (fd < 0) {
        return -1;
    }
    (void)sem_init(&content, 1, value); // the value was checked
    if (write(fd, &content, sizeof(content)) != sizeof(content)) {
        int error = errno;
        unlink(path);
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

// Wait until the file has its content. False: nobody is going to write it.
static bool is_made(int fd, struct stat *status)
{
    const struct timespec step = {.tv_nsec = WAIT_STEP_NS};
    for (int i = 0; i < WAIT_STEPS; i++) {
        if (fstat(fd, status) < 0 || status->st_size >= (off_t)sizeof(sem_t)) {
            return true;
        }
        nanosleep(&step, NULL);
    }
    return false;
}

// Open the semaphore, or make it, as the flags say. Its descriptor, or -1 with errno.
static int find_or_create(const char *path, int flags, mode_t mode, unsigned value)
{
    for (;;) {
        struct stat status;
        int fd = flags & O_CREAT ? create(path, mode, value) : -1;
        if (fd >= 0 || ((flags & O_CREAT) && (errno != EEXIST || (flags & O_EXCL)))) {
            return fd;
        }
        fd = __coco_shm_open(path, O_RDWR, 0);
        if (fd >= 0 && is_made(fd, &status)) {
            return fd;
        }
        if (fd >= 0) {
            unlink(path); // left behind half-made
            close(fd);
        } else if (errno != ENOENT || !(flags & O_CREAT)) {
            return -1;
        }
    }
}

// Count the semaphore of an open file, which is mapped if it is not yet. With the lock.
static sem_t *map_locked(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0) {
        return SEM_FAILED;
    }
    for (struct named *named = open_sems; named; named = named->next) {
        if (named->device == status.st_dev && named->inode == status.st_ino) {
            named->count++;
            return named->sem;
        }
    }
    struct named *named = malloc(sizeof(*named));
    if (!named) {
        return SEM_FAILED;
    }
    void *memory = mmap(NULL, sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        free(named);
        return SEM_FAILED;
    }
    *named = (struct named){.next = open_sems,
                            .device = status.st_dev,
                            .inode = status.st_ino,
                            .count = 1,
                            .sem = memory};
    open_sems = named;
    return named->sem;
}

sem_t *sem_open(const char *name, int flags, ...)
{
    char path[COCO_SHM_PATH_SIZE];
    mode_t mode = 0;
    unsigned value = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        value = va_arg(arguments, unsigned);
        va_end(arguments);
    }
    if (__coco_shm_path(name, PREFIX, path) < 0) {
        return SEM_FAILED;
    }
    if (value > SEM_VALUE_MAX) {
        errno = EINVAL;
        return SEM_FAILED;
    }
    int fd = find_or_create(path, flags, mode, value);
    if (fd < 0) {
        return SEM_FAILED;
    }
    __coco_lock(&__coco_sem_lock);
    sem_t *sem = map_locked(fd);
    __coco_unlock(&__coco_sem_lock);
    int error = errno;
    close(fd);
    errno = error;
    return sem;
}

int sem_close(sem_t *sem)
{
    struct named *dead = NULL;
    bool found = false;
    __coco_lock(&__coco_sem_lock);
    for (struct named **link = &open_sems; *link && !found; link = &(*link)->next) {
        found = (*link)->sem == sem;
        if (found && --(*link)->count == 0) {
            dead = *link;
            *link = dead->next;
            break;
        }
    }
    __coco_unlock(&__coco_sem_lock);
    if (!found) {
        errno = EINVAL;
        return -1;
    }
    if (dead) {
        munmap(dead->sem, sizeof(sem_t));
        free(dead);
    }
    return 0;
}

int sem_unlink(const char *name)
{
    char path[COCO_SHM_PATH_SIZE];
    return __coco_shm_path(name, PREFIX, path) < 0 ? -1 : unlink(path);
}
