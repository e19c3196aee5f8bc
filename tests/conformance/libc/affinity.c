// SPDX-License-Identifier: MIT
// The processors that threads may run on, with the names that Linux programs know.
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static void sets(void)
{
    cpu_set_t a, b, c;
    CPU_ZERO(&a);
    CHECK("affinity.empty", CPU_COUNT(&a) == 0 && !CPU_ISSET(0, &a));
    CPU_SET(3, &a);
    CPU_SET(64, &a);
    CPU_SET(1023, &a);
    CPU_SET(1024, &a); // there is no room for it
    CHECK("affinity.set", CPU_COUNT(&a) == 3 && CPU_ISSET(3, &a) && CPU_ISSET(64, &a) &&
                              CPU_ISSET(1023, &a) && !CPU_ISSET(2, &a) && !CPU_ISSET(1024, &a) &&
                              !CPU_ISSET(-1, &a));
    b = a;
    CPU_CLR(64, &b);
    CHECK("affinity.clear", CPU_COUNT(&b) == 2 && !CPU_EQUAL(&a, &b));
    CPU_SET(5, &b);
    CPU_AND(&c, &a, &b);
    CHECK("affinity.and", CPU_COUNT(&c) == 2 && CPU_ISSET(3, &c) && CPU_ISSET(1023, &c));
    CPU_OR(&c, &a, &b);
    CHECK("affinity.or", CPU_COUNT(&c) == 4);
    CPU_XOR(&c, &a, &b);
    CHECK("affinity.xor", CPU_COUNT(&c) == 2 && CPU_ISSET(5, &c) && CPU_ISSET(64, &c));
    cpu_set_t *large = CPU_ALLOC(5000);
    size_t size = CPU_ALLOC_SIZE(5000);
    CPU_ZERO_S(size, large);
    CPU_SET_S(4999, size, large);
    CHECK("affinity.large", size == 632 && CPU_COUNT_S(size, large) == 1 &&
                                CPU_ISSET_S(4999, size, large) && !CPU_ISSET_S(4998, size, large));
    CPU_FREE(large);
}

static void processes(const cpu_set_t *all, int count)
{
    cpu_set_t set, seen;
    int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    CHECK("affinity.all", count == processors && CPU_ISSET(0, all) && CPU_ISSET(count - 1, all));
    bool right = true;
    for (int i = 0; i < count; i++) {
        CPU_ZERO(&set);
        CPU_SET(i, &set);
        right = right && sched_setaffinity(0, sizeof(set), &set) == 0 && sched_getcpu() == i &&
                sched_getaffinity(0, sizeof(seen), &seen) == 0 && CPU_EQUAL(&set, &seen);
    }
    CHECK("affinity.one-by-one", right);
    pid_t child = fork();
    if (child == 0) {
        _exit(sched_getaffinity(0, sizeof(seen), &seen) == 0 && CPU_EQUAL(&set, &seen) &&
                      sched_getcpu() == count - 1
                  ? 0
                  : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK("affinity.copied", status == 0);
    CHECK("affinity.gone", sched_getaffinity(child, sizeof(seen), &seen) == -1 && errno == ESRCH &&
                               sched_setaffinity(child, sizeof(set), &set) == -1 &&
                               errno == ESRCH && sched_setaffinity(-1, sizeof(set), &set) == -1 &&
                               errno == ESRCH);
    CHECK("affinity.by-pid", sched_setaffinity(getpid(), sizeof(*all), all) == 0 &&
                                 sched_getaffinity(getpid(), sizeof(seen), &seen) == 0 &&
                                 CPU_EQUAL(all, &seen));
    CPU_ZERO(&set);
    CHECK("affinity.nothing", sched_setaffinity(0, sizeof(set), &set) == -1 && errno == EINVAL);
    CPU_SET(1000, &set);
    CHECK("affinity.none-of-them",
          sched_setaffinity(0, sizeof(set), &set) == -1 && errno == EINVAL);
    CHECK("affinity.no-room", sched_getaffinity(0, 1, &seen) == -1 && errno == EINVAL);
    unsigned char small = 1;
    CHECK("affinity.short-set", sched_setaffinity(0, 1, (cpu_set_t *)&small) == 0 &&
                                    sched_getcpu() == 0 &&
                                    sched_setaffinity(0, sizeof(*all), all) == 0);
}

static pthread_barrier_t barrier;

static void *look(void *unused)
{
    (void)unused;
    long first = sched_getcpu();
    pthread_barrier_wait(&barrier); // the other one changes where this one may run
    pthread_barrier_wait(&barrier);
    return (void *)(first << 8 | sched_getcpu());
}

static void threads(const cpu_set_t *all, int count)
{
    pthread_attr_t attr;
    pthread_t thread;
    cpu_set_t set, seen;
    void *result = NULL;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_attr_init(&attr);
    CHECK("affinity.attr-default", pthread_attr_getaffinity_np(&attr, sizeof(seen), &seen) == 0 &&
                                       CPU_ISSET(0, &seen) && CPU_COUNT(&seen) == CPU_SETSIZE);
    CPU_ZERO(&set);
    CHECK("affinity.attr-empty", pthread_attr_setaffinity_np(&attr, sizeof(set), &set) == EINVAL);
    CPU_SET(count - 1, &set);
    CHECK("affinity.attr", pthread_attr_setaffinity_np(&attr, sizeof(set), &set) == 0 &&
                               pthread_attr_getaffinity_np(&attr, sizeof(seen), &seen) == 0 &&
                               CPU_EQUAL(&set, &seen));
    CHECK("affinity.create", pthread_create(&thread, &attr, look, NULL) == 0);
    CHECK("affinity.of-thread",
          pthread_getaffinity_np(thread, sizeof(seen), &seen) == 0 && CPU_EQUAL(&set, &seen));
    pthread_barrier_wait(&barrier);
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    CHECK("affinity.set-thread", pthread_setaffinity_np(thread, sizeof(set), &set) == 0);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, &result);
    CHECK("affinity.began-there", (long)result >> 8 == count - 1);
    CHECK("affinity.moved", ((long)result & 0xff) == 0);
    CHECK("affinity.joined", pthread_setaffinity_np(thread, sizeof(set), &set) == ESRCH &&
                                 pthread_getaffinity_np(thread, sizeof(seen), &seen) == ESRCH);
    CHECK("affinity.maker-as-before",
          pthread_getaffinity_np(pthread_self(), sizeof(seen), &seen) == 0 &&
              CPU_EQUAL(all, &seen));
    CPU_ZERO(&set);
    CPU_SET(40, &set);
    CHECK("affinity.create-nowhere", pthread_attr_setaffinity_np(&attr, sizeof(set), &set) == 0 &&
                                         pthread_create(&thread, &attr, look, NULL) == EINVAL);
    CHECK("affinity.attr-reset", pthread_attr_setaffinity_np(&attr, 0, NULL) == 0 &&
                                     pthread_attr_getaffinity_np(&attr, sizeof(seen), &seen) == 0 &&
                                     CPU_COUNT(&seen) == CPU_SETSIZE);
    pthread_attr_destroy(&attr);
    pthread_barrier_destroy(&barrier);
}

void area_affinity(void)
{
    cpu_set_t all;
    memset(&all, 0xff, sizeof(all));
    CHECK("affinity.get", sched_getaffinity(0, sizeof(all), &all) == 0 && CPU_COUNT(&all) > 0);
    sets();
    processes(&all, CPU_COUNT(&all));
    threads(&all, CPU_COUNT(&all));
}
