// SPDX-License-Identifier: MIT
// System V's shared memory over shared memory objects: one object holds the table of segments,
// which all processes map, and each segment is an object of its own. The table's lock is the
// process id of its holder, so that the next one can take it over from a process that has died.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "../private/lock.h"

#define TABLE_NAME "/.sysv"
#define SEGMENTS_MAX 64
#define USERS_MAX 32
#define NAME_SIZE 32
#define PAGE_MASK ((uintptr_t)SHMLBA - 1)
#define MODE_MASK 0777
#define RETRY_US 200

enum segment_state { FREE, PRESENT, REMOVED };

struct segment {
    enum segment_state state;
    unsigned sequence; /* of this slot's segments; part of the id */
    struct shmid_ds data;
    pid_t users[USERS_MAX]; /* one entry for each mapping; 0: none */
};

struct table {
    pid_t holder; /* of the lock; atomic */
    struct segment segments[SEGMENTS_MAX];
};

struct mapping {
    struct mapping *next;
    void *address;
    size_t size;
    int id;
};

static struct coco_lock lock; // between threads; the table's is between processes
static struct table *table;
static struct mapping *mappings; // under the lock
static bool fork_watched;

static int id_of(const struct segment *segment)
{
    return (int)((segment->sequence & 0xffffff) * SEGMENTS_MAX) + (int)(segment - table->segments);
}

static void name_of(int id, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, TABLE_NAME "-%d", id);
}

static bool lives(pid_t pid)
{
    return pid == getpid() || kill(pid, 0) == 0 || errno != ESRCH;
}

static unsigned count_users(struct segment *segment)
{
    unsigned count = 0;
    for (int i = 0; i < USERS_MAX; i++) {
        if (segment->users[i] && !lives(segment->users[i])) {
            segment->users[i] = 0;
        }
        count += segment->users[i] != 0;
    }
    return count;
}

// A removed segment without users goes.
static void sweep(void)
{
    char name[NAME_SIZE];
    for (int i = 0; i < SEGMENTS_MAX; i++) {
        struct segment *segment = &table->segments[i];
        if (segment->state == REMOVED && count_users(segment) == 0) {
            name_of(id_of(segment), name);
            (void)shm_unlink(name); // it is there, or another's death left none
            segment->sequence++;
            segment->state = FREE;
        }
    }
}

static int map_table(void)
{
    int fd = shm_open(TABLE_NAME, O_RDWR | O_CREAT, 0600);
    if (fd < 0) {
        return -1;
    }
    // All processes give it the same size; zeros are an empty table.
    void *found = ftruncate(fd, sizeof(*table)) < 0
                      ? MAP_FAILED
                      : mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (found == MAP_FAILED) {
        return -1;
    }
    table = found;
    return 0;
}

static void leave(void)
{
    __atomic_store_n(&table->holder, 0, __ATOMIC_RELEASE);
    __coco_unlock(&lock);
}

static int enter(void)
{
    int saved_errno = errno;
    pid_t self = getpid();

    __coco_lock(&lock);
    if (!table && map_table() < 0) {
        __coco_unlock(&lock);
        return -1;
    }
    pid_t holder = 0;
    while (!__atomic_compare_exchange_n(&table->holder, &holder, self, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
        if (lives(holder)) {
            usleep(RETRY_US);
            holder = 0;
        }
    }
    sweep();
    errno = saved_errno;
    return 0;
}

static struct segment *find(int id)
{
    struct segment *segment = id < 0 ? NULL : &table->segments[id % SEGMENTS_MAX];
    return segment && segment->state != FREE && id_of(segment) == id ? segment : NULL;
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

static int create(struct segment *segment, key_t key, size_t size, int flags)
{
    char name[NAME_SIZE];

    if (size == 0 || size > SIZE_MAX / 2) {
        return refuse(EINVAL);
    }
    name_of(id_of(segment), name);
    int fd = shm_open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) < 0) {
        if (fd >= 0) {
            (void)close(fd);
            (void)shm_unlink(name);
        }
        return refuse(ENOMEM);
    }
    (void)close(fd);
    segment->state = PRESENT;
    segment->data = (struct shmid_ds){
        .shm_perm = {getuid(), getgid(), getuid(), getgid(), (mode_t)(flags & MODE_MASK), key},
        .shm_segsz = size,
        .shm_cpid = getpid(),
        .shm_ctime = time(NULL),
    };
    for (int i = 0; i < USERS_MAX; i++) {
        segment->users[i] = 0;
    }
    return id_of(segment);
}

static int get(key_t key, size_t size, int flags)
{
    struct segment *free_one = NULL;

    for (int i = SEGMENTS_MAX - 1; i >= 0; i--) {
        struct segment *segment = &table->segments[i];
        if (segment->state == FREE) {
            free_one = segment;
        } else if (segment->state == PRESENT && key != IPC_PRIVATE &&
                   segment->data.shm_perm.__key == key) {
            if ((flags & IPC_CREAT) && (flags & IPC_EXCL)) {
                return refuse(EEXIST);
            }
            return size > segment->data.shm_segsz ? refuse(EINVAL) : id_of(segment);
        }
    }
    if (key != IPC_PRIVATE && !(flags & IPC_CREAT)) {
        return refuse(ENOENT);
    }
    return free_one ? create(free_one, key, size, flags) : refuse(ENOSPC);
}

int shmget(key_t key, size_t size, int flags)
{
    if (enter() < 0) {
        return -1;
    }
    int id = get(key, size, flags);
    leave();
    return id;
}

static int add_user(struct segment *segment)
{
    (void)count_users(segment); // frees what dead processes held
    for (int i = 0; i < USERS_MAX; i++) {
        if (!segment->users[i]) {
            segment->users[i] = getpid();
            return 0;
        }
    }
    return refuse(EMFILE);
}

static void remove_user(struct segment *segment)
{
    for (int i = 0; i < USERS_MAX; i++) {
        if (segment->users[i] == getpid()) {
            segment->users[i] = 0;
            break;
        }
    }
    segment->data.shm_lpid = getpid();
    segment->data.shm_dtime = time(NULL);
}

// The child has what the parent mapped. Its id tells it from the parent, which holds no lock here.
static void in_child(void)
{
    lock = (struct coco_lock){0};
    if (!mappings || enter() < 0) {
        return;
    }
    for (const struct mapping *one = mappings; one; one = one->next) {
        struct segment *segment = find(one->id);
        if (segment) {
            (void)add_user(segment); // with too many users it is not counted
        }
    }
    leave();
}

static void before_fork(void)
{
    __coco_lock(&lock);
}

static void in_parent(void)
{
    __coco_unlock(&lock);
}

static void *map(struct segment *segment, void *address, int flags)
{
    char name[NAME_SIZE];
    bool read_only = flags & SHM_RDONLY;

    name_of(id_of(segment), name);
    int fd = shm_open(name, read_only ? O_RDONLY : O_RDWR, 0);
    if (fd < 0) {
        return MAP_FAILED;
    }
    void *found = mmap(address, segment->data.shm_segsz,
                       read_only ? PROT_READ : PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (found != MAP_FAILED && address && found != address) {
        (void)munmap(found, segment->data.shm_segsz);
        errno = EINVAL; // something else is there
        return MAP_FAILED;
    }
    return found;
}

static void *attach(int id, void *address, int flags)
{
    struct segment *segment = find(id);
    struct mapping *one = malloc(sizeof(*one));

    if (!segment || !one) {
        free(one);
        errno = segment ? ENOMEM : EINVAL;
        return MAP_FAILED;
    }
    if (!fork_watched && pthread_atfork(before_fork, in_parent, in_child) == 0) {
        fork_watched = true;
    }
    void *found = add_user(segment) < 0 ? MAP_FAILED : map(segment, address, flags);
    if (found == MAP_FAILED) {
        int error = errno;
        if (error != EMFILE) {
            remove_user(segment);
        }
        free(one);
        errno = error;
        return MAP_FAILED;
    }
    *one = (struct mapping){mappings, found, segment->data.shm_segsz, id};
    mappings = one;
    segment->data.shm_lpid = getpid();
    segment->data.shm_atime = time(NULL);
    return found;
}

void *shmat(int id, const void *address, int flags)
{
    uintptr_t where = (uintptr_t)address;

    if ((where & PAGE_MASK) && !(flags & SHM_RND)) {
        errno = EINVAL;
        return (void *)-1;
    }
    if (enter() < 0) {
        return (void *)-1;
    }
    void *found = attach(id, (void *)(where & ~PAGE_MASK), flags);
    leave();
    return found;
}

int shmdt(const void *address)
{
    if (enter() < 0) {
        return -1;
    }
    struct mapping **place = &mappings;
    while (*place && (*place)->address != address) {
        place = &(*place)->next;
    }
    struct mapping *one = *place;
    if (one) {
        struct segment *segment = find(one->id);
        *place = one->next;
        (void)munmap(one->address, one->size); // it was mapped here
        if (segment) {
            remove_user(segment);
        }
        free(one);
        sweep();
    }
    leave();
    return one ? 0 : refuse(EINVAL);
}

static int control(struct segment *segment, int command, struct shmid_ds *state)
{
    switch (command) {
    case IPC_STAT:
        segment->data.shm_nattch = (shmatt_t)count_users(segment);
        *state = segment->data;
        return 0;
    case IPC_SET:
        segment->data.shm_perm.uid = state->shm_perm.uid;
        segment->data.shm_perm.gid = state->shm_perm.gid;
        segment->data.shm_perm.mode = state->shm_perm.mode & MODE_MASK;
        segment->data.shm_ctime = time(NULL);
        return 0;
    case IPC_RMID:
        segment->state = REMOVED;
        sweep();
        return 0;
    default:
        return refuse(EINVAL);
    }
}

int shmctl(int id, int command, struct shmid_ds *state)
{
    if (enter() < 0) {
        return -1;
    }
    struct segment *segment = find(id);
    int result = segment ? control(segment, command, state) : refuse(EINVAL);
    leave();
    return result;
}
