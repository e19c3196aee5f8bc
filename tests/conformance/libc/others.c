// SPDX-License-Identifier: MIT
// What no other area calls by name: <stdatomic.h>, attributes of threads and started programs,
// locks with a clock, folders by scandir() and position, _Fork().
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <monetary.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

#define FOLDER "/tmp/libc-others"

static atomic_int counter;
static atomic_flag gate = ATOMIC_FLAG_INIT;
static int guarded;

static void *count(void *unused)
{
    for (int i = 0; i < 2000; i++) {
        atomic_fetch_add(&counter, 2);
        atomic_fetch_sub_explicit(&counter, 1, memory_order_relaxed);
        while (atomic_flag_test_and_set_explicit(&gate, memory_order_acquire)) {
            thrd_yield();
        }
        guarded++;
        atomic_flag_clear_explicit(&gate, memory_order_release);
    }
    return unused;
}

static void atomics(void)
{
    atomic_int value;
    atomic_init(&value, 6);
    int expected = 5;
    CHECK("others.atomic-exchange",
          atomic_load(&value) == 6 && atomic_exchange(&value, 7) == 6 &&
              atomic_exchange_explicit(&value, 6, memory_order_acq_rel) == 7 &&
              atomic_load_explicit(&value, memory_order_acquire) == 6);
    CHECK("others.atomic-compare",
          !atomic_compare_exchange_strong(&value, &expected, 9) && expected == 6 &&
              atomic_compare_exchange_strong_explicit(&value, &expected, 9, memory_order_seq_cst,
                                                      memory_order_relaxed) &&
              atomic_load(&value) == 9);
    expected = 9;
    while (!atomic_compare_exchange_weak(&value, &expected, 12)) {
    }
    expected = 12;
    while (!atomic_compare_exchange_weak_explicit(&value, &expected, 10, memory_order_release,
                                                  memory_order_relaxed)) {
    }
    CHECK("others.atomic-bits", atomic_fetch_or(&value, 5) == 10 &&
                                    atomic_fetch_and(&value, 6) == 15 &&
                                    atomic_fetch_xor(&value, 3) == 6 && atomic_load(&value) == 5 &&
                                    atomic_is_lock_free(&value));
    atomic_store(&value, 1);
    atomic_store_explicit(&value, 2, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
    atomic_signal_fence(memory_order_seq_cst);
    CHECK("others.atomic-store", kill_dependency(atomic_load(&value)) == 2);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK("others.atomic-threads", atomic_load(&counter) == 6000 && guarded == 6000);
    CHECK("others.atomic-flag",
          !atomic_flag_test_and_set(&gate) && atomic_flag_test_and_set(&gate));
    atomic_flag_clear(&gate);
}

static void *with_guard(void *unused)
{
    char array[3000];
    memset(array, 1, sizeof(array));
    return array[100] == 1 ? unused : NULL;
}

static void thread_attributes(void)
{
    pthread_attr_t attr;
    size_t size = 1;
    pthread_t thread;
    void *result = NULL;
    CHECK("others.guardsize-default", pthread_attr_init(&attr) == 0 &&
                                          pthread_attr_getguardsize(&attr, &size) == 0 && size > 0);
    CHECK("others.guardsize", pthread_attr_setguardsize(&attr, 5000) == 0 &&
                                  pthread_attr_getguardsize(&attr, &size) == 0 && size == 5000 &&
                                  pthread_create(&thread, &attr, with_guard, &size) == 0 &&
                                  pthread_join(thread, &result) == 0 && result == &size);
    CHECK("others.guardsize-none", pthread_attr_setguardsize(&attr, 0) == 0 &&
                                       pthread_create(&thread, &attr, with_guard, &size) == 0 &&
                                       pthread_join(thread, &result) == 0 && result == &size);
    pthread_attr_destroy(&attr);
}

static struct timespec soon(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_nsec += 20000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

/* In another thread, as this one holds both. */
static void *late(void *results)
{
    int *result = results;
    struct timespec monotonic = soon(CLOCK_MONOTONIC);
    result[0] = pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &monotonic);
    struct timespec real = soon(CLOCK_REALTIME);
    result[1] = pthread_mutex_clocklock(&mutex, CLOCK_REALTIME, &real);
    result[2] = pthread_mutex_clocklock(&mutex, 12345, &real);
    monotonic = soon(CLOCK_MONOTONIC);
    result[3] = pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &monotonic);
    monotonic = soon(CLOCK_MONOTONIC);
    result[4] = pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &monotonic);
    monotonic.tv_nsec = -1;
    result[5] = pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &monotonic);
    return NULL;
}

static void clock_locks(void)
{
    int results[6] = {0};
    pthread_t thread;
    struct timespec past = {0};
    CHECK("others.clocklock-free", pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &past) == 0 &&
                                       pthread_rwlock_wrlock(&lock) == 0);
    pthread_create(&thread, NULL, late, results);
    pthread_join(thread, NULL);
    CHECK("others.mutex-clocklock", results[0] == ETIMEDOUT && results[1] == ETIMEDOUT);
    CHECK("others.mutex-clocklock-bad", results[2] == EINVAL && results[5] == EINVAL);
    CHECK("others.rwlock-clocklock", results[3] == ETIMEDOUT && results[4] == ETIMEDOUT);
    pthread_rwlock_unlock(&lock);
    CHECK("others.rwlock-clockrdlock-free",
          pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &past) == 0 &&
              pthread_rwlock_clockrdlock(&lock, CLOCK_REALTIME, &past) == 0);
    pthread_rwlock_unlock(&lock);
    pthread_rwlock_unlock(&lock);
    pthread_mutex_unlock(&mutex);
    int ceiling = 0;
    CHECK("others.prioceiling", pthread_mutex_getprioceiling(&mutex, &ceiling) != 0 &&
                                    pthread_mutex_setprioceiling(&mutex, 1, &ceiling) != 0);
}

static void spawn_attributes(void)
{
    posix_spawnattr_t attr;
    posix_spawn_file_actions_t actions;
    sigset_t set;
    sigset_t got;
    struct sched_param parameter = {.sched_priority = 0};
    struct sched_param back = {.sched_priority = 9};
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    CHECK("others.spawn-sigmask",
          posix_spawnattr_init(&attr) == 0 && posix_spawnattr_getsigmask(&attr, &got) == 0 &&
              sigismember(&got, SIGUSR2) == 0 && posix_spawnattr_setsigmask(&attr, &set) == 0 &&
              posix_spawnattr_getsigmask(&attr, &got) == 0 && sigismember(&got, SIGUSR2) == 1);
    CHECK("others.spawn-sigdefault", posix_spawnattr_setsigdefault(&attr, &set) == 0 &&
                                         posix_spawnattr_getsigdefault(&attr, &got) == 0 &&
                                         sigismember(&got, SIGUSR2) == 1 &&
                                         sigismember(&got, SIGUSR1) == 0);
    CHECK("others.spawn-schedparam", posix_spawnattr_setschedparam(&attr, &parameter) == 0 &&
                                         posix_spawnattr_getschedparam(&attr, &back) == 0 &&
                                         back.sched_priority == 0);
    posix_spawnattr_destroy(&attr);
    int folder = open("/tmp", O_RDONLY | O_DIRECTORY);
    char *argv[] = {(char *)test_program, "--child", "cwd", NULL};
    char output[64] = "";
    pid_t pid;
    int status = 1;
    posix_spawn_file_actions_init(&actions);
    bool added = posix_spawn_file_actions_addopen(&actions, 1, FOLDER "/out", O_WRONLY | O_CREAT,
                                                  0600) == 0 &&
                 posix_spawn_file_actions_addfchdir(&actions, folder) == 0;
    CHECK("others.spawn-fchdir-bad", posix_spawn_file_actions_addfchdir(&actions, -1) == EBADF);
    bool ran = added && posix_spawn(&pid, test_program, &actions, NULL, argv, environ) == 0 &&
               waitpid(pid, &status, 0) == pid;
    int fd = open(FOLDER "/out", O_RDONLY);
    ssize_t len = read(fd, output, sizeof(output) - 1);
    CHECK("others.spawn-fchdir", ran && len > 0 && strncmp(output, "/tmp", 4) == 0);
    close(fd);
    close(folder);
    posix_spawn_file_actions_destroy(&actions);
    unlink(FOLDER "/out");
}

static int starts_with_f(const struct dirent *entry)
{
    return entry->d_name[0] == 'f';
}

static void folders(void)
{
    struct dirent **names = NULL;
    for (int i = 0; i < 5; i++) {
        char name[64];
        snprintf(name, sizeof(name), FOLDER "/%c%d", i == 3 ? 'x' : 'f', 4 - i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    int found = scandir(FOLDER, &names, starts_with_f, alphasort);
    CHECK("others.scandir",
          found == 4 && strcmp(names[0]->d_name, "f0") == 0 && strcmp(names[3]->d_name, "f4") == 0);
    for (int i = 0; i < found; i++) {
        free(names[i]);
    }
    free(names);
    errno = 0;
    CHECK("others.scandir-missing",
          scandir(FOLDER "/none", &names, NULL, NULL) == -1 && errno == ENOENT);
    DIR *folder = opendir(FOLDER);
    struct dirent entry;
    struct dirent *got = NULL;
    int entries = 0;
    while (readdir_r(folder, &entry, &got) == 0 && got) {
        entries++;
    }
    CHECK("others.readdir_r", entries == 7 && !got);
    rewinddir(folder);
    readdir(folder);
    readdir(folder);
    long place = telldir(folder);
    char third[NAME_MAX + 1];
    strcpy(third, readdir(folder)->d_name);
    readdir(folder);
    seekdir(folder, place);
    CHECK("others.seekdir",
          telldir(folder) == place && strcmp(readdir(folder)->d_name, third) == 0);
    closedir(folder);
    struct stat state;
    CHECK("others.mknodat", mknodat(AT_FDCWD, FOLDER "/fifo", S_IFIFO | 0600, 0) == 0 &&
                                stat(FOLDER "/fifo", &state) == 0 && S_ISFIFO(state.st_mode) &&
                                !S_ISBLK(state.st_mode) && unlink(FOLDER "/fifo") == 0);
    errno = 0;
    CHECK("others.mknodat-exists",
          mknodat(AT_FDCWD, FOLDER "/f0", S_IFREG | 0600, 0) == -1 && errno == EEXIST);
}

static void rest_of_them(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(3, &set);
    FD_SET(FD_SETSIZE - 1, &set);
    FD_CLR(3, &set);
    CHECK("others.fd-set", !FD_ISSET(3, &set) && FD_ISSET(FD_SETSIZE - 1, &set));
    int status = 0;
    pid_t pid = _Fork();
    if (pid == 0) {
        _exit(getpid() == getppid() ? 1 : 42);
    }
    CHECK("others._Fork", pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
                              WEXITSTATUS(status) == 42 && !WCOREDUMP(status));
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char out[16];
    CHECK("others.strfmon_l",
          strfmon_l(out, sizeof(out), plain, "%n", 1.5) == 4 && strcmp(out, "1.50") == 0);
    freelocale(plain);
    dlerror();
    CHECK("others.dlerror", !dlopen("none.so", RTLD_NOW) && dlerror() && !dlerror());
    Dl_info info;
    CHECK("others.dladdr", dladdr((void *)(uintptr_t)&area_others, &info) != 0 && info.dli_fbase);
}

void area_others(void)
{
    mkdir(FOLDER, 0700);
    atomics();
    thread_attributes();
    clock_locks();
    spawn_attributes();
    folders();
    rest_of_them();
    for (int i = 0; i < 5; i++) {
        char name[64];
        snprintf(name, sizeof(name), FOLDER "/%c%d", i == 3 ? 'x' : 'f', 4 - i);
        unlink(name);
    }
    CHECK("others.clear", rmdir(FOLDER) == 0);
}
