// SPDX-License-Identifier: MIT
// Who gets a read-write lock next; locks, spin locks, barriers and conditions of several processes,
// also of some that are killed.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile int writer_has;
static volatile int reader_has;

static void *write_once(void *unused)
{
    pthread_rwlock_wrlock(&lock);
    writer_has = reader_has ? 2 : 1;
    pthread_rwlock_unlock(&lock);
    return unused;
}

static void *read_once(void *unused)
{
    pthread_rwlock_rdlock(&lock);
    reader_has = 1;
    pthread_rwlock_unlock(&lock);
    return unused;
}

static void *try_read_once(void *result)
{
    *(int *)result = pthread_rwlock_tryrdlock(&lock);
    if (*(int *)result == 0) {
        pthread_rwlock_unlock(&lock);
    }
    return NULL;
}

static int tried(void)
{
    pthread_t thread;
    int result = -1;
    pthread_create(&thread, NULL, try_read_once, &result);
    pthread_join(thread, NULL);
    return result;
}

// Waits until the thread that wants to write is in line, which keeps readers out; whether it is.
static bool writer_waits(void)
{
    int result = 0;
    for (int i = 0; i < 60000 && (result = tried()) == 0; i++) {
        rest(1000000);
    }
    return result == EBUSY;
}

static void preference(void)
{
    pthread_t writer;
    pthread_t reader;
    pthread_rwlock_rdlock(&lock);
    CHECK("rwlocks.readers-share", tried() == 0);
    pthread_create(&writer, NULL, write_once, NULL);
    CHECK("rwlocks.reader-does-not-pass-a-writer", writer_waits());
    pthread_create(&reader, NULL, read_once, NULL);
    rest(10000000);
    struct timespec soon = in_ms(CLOCK_REALTIME, 1000);
    /* The writer waits for this thread, which may have the lock once more. */
    CHECK("rwlocks.recursive-read", !reader_has && !writer_has &&
                                        pthread_rwlock_rdlock(&lock) == 0 &&
                                        pthread_rwlock_timedrdlock(&lock, &soon) == 0 &&
                                        pthread_rwlock_tryrdlock(&lock) == 0);
    for (int i = 0; i < 4; i++) {
        pthread_rwlock_unlock(&lock);
    }
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    CHECK("rwlocks.both-come", writer_has != 0 && reader_has);
}

/* A writer that gives up lets those in that waited behind it. */
static void writer_gives_up(void)
{
    pthread_t reader;
    struct timespec soon = in_ms(CLOCK_MONOTONIC, 100);
    reader_has = 0;
    pthread_rwlock_rdlock(&lock);
    pthread_t writer;
    pthread_create(&writer, NULL, write_once, NULL);
    bool in_line = writer_waits();
    pthread_create(&reader, NULL, read_once, NULL);
    rest(10000000);
    CHECK("rwlocks.reader-waits", in_line && !reader_has);
    pthread_rwlock_unlock(&lock);
    pthread_join(writer, NULL);
    pthread_join(reader, NULL);
    pthread_rwlock_rdlock(&lock);
    CHECK("rwlocks.writer-times-out",
          pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &soon) == ETIMEDOUT && tried() == 0);
    pthread_rwlock_unlock(&lock);
}

/* Readers that come all the time do not keep a writer out. */
static volatile int stop;

static void *read_on(void *unused)
{
    while (!stop) {
        pthread_rwlock_rdlock(&lock);
        rest(200000);
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}

static void no_starvation(void)
{
    pthread_t readers[4];
    bool good = true;
    for (int i = 0; i < 4; i++) {
        pthread_create(&readers[i], NULL, read_on, NULL);
    }
    rest(5000000);
    for (int i = 0; i < 20; i++) {
        struct timespec soon = in_ms(CLOCK_REALTIME, 60000);
        good = good && pthread_rwlock_timedwrlock(&lock, &soon) == 0;
        if (good) {
            pthread_rwlock_unlock(&lock);
        }
    }
    stop = 1;
    for (int i = 0; i < 4; i++) {
        pthread_join(readers[i], NULL);
    }
    CHECK("rwlocks.writer-does-not-starve", good);
}

/* Objects that processes share. */
struct shared {
    pthread_rwlock_t lock;
    pthread_spinlock_t spin;
    pthread_barrier_t barrier;
    pthread_cond_t cond;
    pthread_mutex_t mutex;
    volatile long a;
    volatile long b;
    volatile long spun;
    volatile int go;
    int serials;
    int early;
    int arrived;
};

#define PROCESSES 3
#define ROUNDS 300

static struct shared *shared;

static void make_shared(void)
{
    pthread_rwlockattr_t lock_attr;
    pthread_barrierattr_t barrier_attr;
    pthread_condattr_t cond_attr;
    pthread_mutexattr_t mutex_attr;
    pthread_rwlockattr_init(&lock_attr);
    pthread_barrierattr_init(&barrier_attr);
    pthread_condattr_init(&cond_attr);
    pthread_mutexattr_init(&mutex_attr);
    CHECK("rwlocks.make-shared",
          pthread_rwlockattr_setpshared(&lock_attr, PTHREAD_PROCESS_SHARED) == 0 &&
              pthread_rwlock_init(&shared->lock, &lock_attr) == 0 &&
              pthread_barrierattr_setpshared(&barrier_attr, PTHREAD_PROCESS_SHARED) == 0 &&
              pthread_barrier_init(&shared->barrier, &barrier_attr, PROCESSES) == 0 &&
              pthread_condattr_setpshared(&cond_attr, PTHREAD_PROCESS_SHARED) == 0 &&
              pthread_cond_init(&shared->cond, &cond_attr) == 0 &&
              pthread_mutexattr_setpshared(&mutex_attr, PTHREAD_PROCESS_SHARED) == 0 &&
              pthread_mutex_init(&shared->mutex, &mutex_attr) == 0 &&
              pthread_spin_init(&shared->spin, PTHREAD_PROCESS_SHARED) == 0 &&
              pthread_spin_init(&shared->spin, 77) == EINVAL);
}

static int work(void)
{
    for (int i = 1; i <= ROUNDS; i++) {
        pthread_rwlock_wrlock(&shared->lock);
        shared->a++;
        shared->b++;
        pthread_rwlock_unlock(&shared->lock);
        pthread_rwlock_rdlock(&shared->lock);
        bool torn = shared->a != shared->b;
        pthread_rwlock_unlock(&shared->lock);
        pthread_spin_lock(&shared->spin);
        shared->spun++;
        pthread_spin_unlock(&shared->spin);
        __atomic_fetch_add(&shared->arrived, 1, __ATOMIC_SEQ_CST);
        if (pthread_barrier_wait(&shared->barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
            __atomic_fetch_add(&shared->serials, 1, __ATOMIC_SEQ_CST);
        }
        if (torn || __atomic_load_n(&shared->arrived, __ATOMIC_SEQ_CST) < i * PROCESSES) {
            return 1;
        }
        pthread_barrier_wait(&shared->barrier);
    }
    pthread_mutex_lock(&shared->mutex);
    while (!shared->go) {
        pthread_cond_wait(&shared->cond, &shared->mutex);
    }
    pthread_mutex_unlock(&shared->mutex);
    return 0;
}

static void between_processes(void)
{
    pid_t pids[PROCESSES];
    bool good = true;
    for (int i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            _exit(work());
        }
    }
    rest(20000000);
    pthread_mutex_lock(&shared->mutex);
    shared->go = 1;
    pthread_cond_broadcast(&shared->cond);
    pthread_mutex_unlock(&shared->mutex);
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        good = waitpid(pids[i], &status, 0) == pids[i] && status == 0 && good;
    }
    CHECK("rwlocks.shared-by-processes", good && shared->a == (long)PROCESSES * ROUNDS &&
                                             shared->spun == (long)PROCESSES * ROUNDS &&
                                             shared->serials == ROUNDS);
}

static pid_t start(void (*body)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        body();
        _exit(0);
    }
    rest(20000000);
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void wait_to_write(void)
{
    pthread_rwlock_wrlock(&shared->lock);
}

static void wait_for_cond(void)
{
    pthread_mutex_lock(&shared->mutex);
    pthread_cond_wait(&shared->cond, &shared->mutex);
}

static void *read_shared(void *unused)
{
    struct timespec soon = in_ms(CLOCK_REALTIME, 60000);
    if (pthread_rwlock_timedrdlock(&shared->lock, &soon) == 0) {
        reader_has = 1;
        pthread_rwlock_unlock(&shared->lock);
    }
    return unused;
}

static void killed_waiters(void)
{
    pthread_t reader;
    reader_has = 0;
    pthread_rwlock_rdlock(&shared->lock);
    pid_t pid = start(wait_to_write);
    CHECK("rwlocks.shared-writer-waits", pthread_rwlock_trywrlock(&shared->lock) == EBUSY);
    end(pid);
    pthread_create(&reader, NULL, read_shared, NULL);
    pthread_join(reader, NULL);
    CHECK("rwlocks.killed-writer-holds-nobody-up", reader_has == 1);
    pthread_rwlock_unlock(&shared->lock);
    CHECK("rwlocks.free-after-a-killed-writer", pthread_rwlock_trywrlock(&shared->lock) == 0 &&
                                                    pthread_rwlock_unlock(&shared->lock) == 0 &&
                                                    pthread_rwlock_destroy(&shared->lock) == 0);
    end(start(wait_for_cond));
    CHECK("rwlocks.cond-after-a-killed-waiter",
          pthread_cond_signal(&shared->cond) == 0 && pthread_cond_destroy(&shared->cond) == 0);
    CHECK("rwlocks.destroy-shared", pthread_spin_destroy(&shared->spin) == 0 &&
                                        pthread_barrier_destroy(&shared->barrier) == 0);
}

static void not_held(void)
{
    pthread_rwlock_t free_one = PTHREAD_RWLOCK_INITIALIZER;
    CHECK("rwlocks.unlock-of-a-free-one",
          pthread_rwlock_unlock(&free_one) == EINVAL && pthread_rwlock_rdlock(&free_one) == 0 &&
              pthread_rwlock_unlock(&free_one) == 0 && pthread_rwlock_unlock(&free_one) == EINVAL &&
              pthread_rwlock_destroy(&free_one) == 0);
}

void area_rwlocks(void)
{
    not_held();
    preference();
    writer_gives_up();
    no_starvation();
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (CHECK("rwlocks.shared-memory", shared != MAP_FAILED)) {
        make_shared();
        between_processes();
        killed_waiters();
        munmap(shared, sizeof(*shared));
    }
}
