// SPDX-License-Identifier: MIT
// Memory and synchronisation between processes.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define PAGE 4096
#define ROUNDS 300
#define NAME "/libc-shared"

static struct area {
    pthread_mutex_t mutex;
    pthread_mutex_t checking;
    pthread_cond_t cond;
    pthread_rwlock_t rwlock;
    pthread_barrier_t barrier;
    sem_t sem;
    int turn;
    int sum;
} *area;

static bool ends_well(pid_t pid)
{
    int status = -1;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void *map_name(int flags, size_t len)
{
    int fd = shm_open(NAME, flags, 0600);
    void *memory = MAP_FAILED;
    if (fd >= 0 && (!(flags & O_CREAT) || ftruncate(fd, (off_t)len) == 0)) {
        memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    }
    if (fd >= 0) {
        close(fd);
    }
    return memory;
}

static void names(void)
{
    char *memory = map_name(O_RDWR | O_CREAT | O_EXCL, PAGE);
    if (!CHECK("shared.shm_open", memory != MAP_FAILED)) {
        return;
    }
    strcpy(memory, "parent");
    pid_t pid = fork();
    if (pid == 0) {
        char *other = map_name(O_RDWR, PAGE);
        bool seen = other != MAP_FAILED && other != memory && strcmp(other, "parent") == 0;
        strcpy(other, "child");
        _exit(seen ? 0 : 1);
    }
    CHECK("shared.shm-child", ends_well(pid) && strcmp(memory, "child") == 0);
    CHECK("shared.shm-exists",
          shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600) == -1 && errno == EEXIST);
    int fd = shm_open(NAME, O_RDONLY, 0);
    CHECK("shared.shm-cloexec", fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    close(fd);
    CHECK("shared.shm_unlink", shm_unlink(NAME) == 0 && strcmp(memory, "child") == 0);
    CHECK("shared.shm-gone", shm_open(NAME, O_RDWR, 0) == -1 && errno == ENOENT &&
                                 shm_unlink(NAME) == -1 && errno == ENOENT);
    CHECK("shared.shm-bad-names", shm_open("/a/b", O_RDWR, 0) == -1 && errno == EINVAL &&
                                      shm_open("/..", O_RDWR, 0) == -1 && errno == EINVAL);
    munmap(memory, PAGE);
}

static void prepare(void)
{
    pthread_mutexattr_t mutex;
    pthread_condattr_t cond;
    pthread_rwlockattr_t rwlock;
    pthread_barrierattr_t barrier;
    int shared = -1;
    bool ok = pthread_mutexattr_init(&mutex) == 0 && pthread_condattr_init(&cond) == 0 &&
              pthread_rwlockattr_init(&rwlock) == 0 && pthread_barrierattr_init(&barrier) == 0;
    ok = ok && pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED) == 0 &&
         pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED) == 0 &&
         pthread_rwlockattr_setpshared(&rwlock, PTHREAD_PROCESS_SHARED) == 0 &&
         pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED) == 0 &&
         pthread_mutexattr_getpshared(&mutex, &shared) == 0 && shared == PTHREAD_PROCESS_SHARED;
    ok = ok && pthread_mutex_init(&area->mutex, &mutex) == 0 &&
         pthread_cond_init(&area->cond, &cond) == 0 &&
         pthread_rwlock_init(&area->rwlock, &rwlock) == 0 &&
         pthread_barrier_init(&area->barrier, &barrier, 2) == 0 &&
         sem_init(&area->sem, 1, 0) == 0 &&
         pthread_mutexattr_settype(&mutex, PTHREAD_MUTEX_ERRORCHECK) == 0 &&
         pthread_mutex_init(&area->checking, &mutex) == 0;
    CHECK("shared.attributes", ok && pthread_mutexattr_setpshared(&mutex, 7) == EINVAL);
}

// Parent and child take turns through the mutex and the condition.
static bool take_turns(int own)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&area->mutex);
        while (area->turn != own) {
            pthread_cond_wait(&area->cond, &area->mutex);
        }
        area->turn = 1 - own;
        area->sum++;
        pthread_cond_broadcast(&area->cond);
        pthread_mutex_unlock(&area->mutex);
    }
    return true;
}

static void processes(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        _exit(take_turns(1) ? 0 : 1);
    }
    CHECK("shared.mutex-and-condition", take_turns(0) && ends_well(pid) && area->sum == 2 * ROUNDS);
    pid = fork();
    if (pid == 0) {
        int result = pthread_barrier_wait(&area->barrier);
        sem_post(&area->sem);
        _exit(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : 1);
    }
    pthread_barrier_wait(&area->barrier);
    CHECK("shared.barrier-and-semaphore", sem_wait(&area->sem) == 0 && ends_well(pid));
    pthread_rwlock_wrlock(&area->rwlock);
    pthread_mutex_lock(&area->checking);
    pid = fork();
    if (pid == 0) {
        // Its thread lies at the same address as the parent's, but is another one.
        _exit(pthread_mutex_unlock(&area->checking) == EPERM &&
                      pthread_mutex_trylock(&area->checking) == EBUSY &&
                      pthread_rwlock_tryrdlock(&area->rwlock) == EBUSY
                  ? 0
                  : 1);
    }
    CHECK("shared.owner-is-a-thread", ends_well(pid));
    CHECK("shared.unlock",
          pthread_mutex_unlock(&area->checking) == 0 && pthread_rwlock_unlock(&area->rwlock) == 0);
}

static void advice(void)
{
    char *memory = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 7, 8 * PAGE);
    CHECK("shared.madvise", madvise(memory + PAGE, PAGE, MADV_DONTNEED) == 0 && memory[0] == 7 &&
                                memory[PAGE] == 0 && memory[2 * PAGE] == 7);
    CHECK("shared.posix_madvise-keeps",
          posix_madvise(memory, PAGE, POSIX_MADV_DONTNEED) == 0 && memory[0] == 7);
    CHECK("shared.madvise-bad", madvise(memory, PAGE, 99) == -1 && errno == EINVAL &&
                                    madvise(memory + 1, PAGE, MADV_NORMAL) == -1 &&
                                    errno == EINVAL);
    CHECK("shared.mlock", mlock(memory + 100, 5 * PAGE) == 0 && munlock(memory, PAGE) == 0);
    munmap(memory + PAGE, PAGE);
    CHECK("shared.mlock-hole", mlock(memory, 3 * PAGE) == -1 && errno == ENOMEM);
    CHECK("shared.msync-unaligned", msync(memory + 1, PAGE, MS_SYNC) == -1 && errno == EINVAL);
    munmap(memory, 8 * PAGE);
}

#define SEM "/libc-shared"

static void named_semaphores(void)
{
    sem_unlink(SEM);
    CHECK("shared.sem_open-absent", sem_open(SEM, 0) == SEM_FAILED && errno == ENOENT);
    sem_t *sem = sem_open(SEM, O_CREAT | O_EXCL, 0600, 2);
    int value = -1;
    if (!CHECK("shared.sem_open",
               sem != SEM_FAILED && sem_getvalue(sem, &value) == 0 && value == 2)) {
        return;
    }
    CHECK("shared.sem_open-exists",
          sem_open(SEM, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED && errno == EEXIST);
    CHECK("shared.sem_open-same", sem_open(SEM, 0) == sem &&
                                      sem_open(SEM, O_CREAT, 0600, 9) == sem &&
                                      sem_getvalue(sem, &value) == 0 && value == 2);
    CHECK("shared.sem_open-bad",
          sem_open("/a/b", O_CREAT, 0600, 1) == SEM_FAILED && errno == EINVAL &&
              sem_open("/x", O_CREAT, 0600, SEM_VALUE_MAX + 1u) == SEM_FAILED && errno == EINVAL);
    char name[NAME_MAX + 3] = "/";
    memset(name + 1, 'n', NAME_MAX + 1);
    CHECK("shared.sem_open-long",
          sem_open(name, O_CREAT, 0600, 1) == SEM_FAILED && errno == ENAMETOOLONG);
    sem_wait(sem);
    sem_wait(sem);
    pid_t pid = fork();
    if (pid == 0) {
        sem_t *other = sem_open(SEM, 0);
        _exit(other == sem && sem_post(other) == 0 ? 0 : 1); // inherited, hence the same
    }
    CHECK("shared.sem-processes", sem_wait(sem) == 0 && ends_well(pid));
    CHECK("shared.sem_close", sem_close(sem) == 0 && sem_close(sem) == 0 &&
                                  sem_trywait(sem) == -1 && errno == EAGAIN && sem_close(sem) == 0);
    CHECK("shared.sem_close-again", sem_close(sem) == -1 && errno == EINVAL);
    sem = sem_open(SEM, 0);
    CHECK("shared.sem_unlink", sem != SEM_FAILED && sem_unlink(SEM) == 0 && sem_post(sem) == 0 &&
                                   sem_unlink(SEM) == -1 && errno == ENOENT);
    sem_t *fresh = sem_open(SEM, O_CREAT, 0600, 7);
    CHECK("shared.sem-new-one", fresh != SEM_FAILED && fresh != sem &&
                                    sem_getvalue(fresh, &value) == 0 && value == 7 &&
                                    sem_getvalue(sem, &value) == 0 && value == 1);
    sem_close(fresh);
    sem_close(sem);
    sem_unlink(SEM);
}

#define RACERS 6

// Processes that make the same semaphore at the same time meet at one.
static void race_for_name(void)
{
    pid_t pids[RACERS];
    bool ok = true;
    for (int i = 0; i < RACERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            sem_t *sem = sem_open(SEM, O_CREAT, 0600, 0);
            _exit(sem != SEM_FAILED && sem_post(sem) == 0 ? 0 : 1);
        }
    }
    for (int i = 0; i < RACERS; i++) {
        ok = ends_well(pids[i]) && ok;
    }
    sem_t *sem = sem_open(SEM, 0);
    int value = -1;
    CHECK("shared.sem-race",
          ok && sem != SEM_FAILED && sem_getvalue(sem, &value) == 0 && value == RACERS);
    sem_close(sem);
    sem_unlink(SEM);
}

static void locked_memory(void)
{
    CHECK("shared.mlockall-bad",
          mlockall(0) == -1 && errno == EINVAL && mlockall(99) == -1 && errno == EINVAL);
    CHECK("shared.mlockall", mlockall(MCL_CURRENT | MCL_FUTURE) == 0);
    char *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK("shared.mlockall-future", memory != MAP_FAILED && memory[0] == 0);
    CHECK("shared.munlockall", munlockall() == 0 && munmap(memory, PAGE) == 0);
    int zero = open("/dev/zero", O_RDWR);
    memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
    if (CHECK("shared.dev-zero", memory != MAP_FAILED && memory[PAGE] == 0)) {
        pid_t pid = fork();
        if (pid == 0) {
            memory[PAGE] = 5;
            _exit(0);
        }
        CHECK("shared.dev-zero-shared", ends_well(pid) && memory[PAGE] == 5);
        munmap(memory, 2 * PAGE);
    }
    close(zero);
}

void area_shared(void)
{
    names();
    advice();
    named_semaphores();
    race_for_name();
    locked_memory();
    area = mmap(NULL, sizeof(*area), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (CHECK("shared.memory", area != MAP_FAILED)) {
        prepare();
        processes();
        munmap(area, sizeof(*area));
    }
}
