// SPDX-License-Identifier: MIT
// Threads, and what they wait for each other with.
#include "bench.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_t peer;
static int stop;
static int turn; /* 0: ours, 1: the peer's */
static int to_peer[2];
static int from_peer[2];

static void *nothing(void *unused)
{
    return unused;
}

static int start_peer(void *(*run)(void *))
{
    __atomic_store_n(&stop, 0, __ATOMIC_RELEASE);
    errno = pthread_create(&peer, NULL, run, NULL);
    return errno ? -1 : 0;
}

static int end_peer(void)
{
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    errno = pthread_join(peer, NULL);
    return errno ? -1 : 0;
}

static int create_join(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        pthread_t thread;
        errno = pthread_create(&thread, NULL, nothing, NULL);
        errno = errno ? errno : pthread_join(thread, NULL);
        if (errno) {
            return -1;
        }
    }
    return 0;
}

static int mutex_uncontended(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (pthread_mutex_lock(&mutex) != 0 || pthread_mutex_unlock(&mutex) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Whoever holds the mutex lets the other run into it. */
static void *lock_and_yield(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
        pthread_mutex_lock(&mutex);
        sched_yield();
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

static int contended_set_up(unsigned count)
{
    (void)count;
    return platform_strict_yield(1) != 0 ? -1 : start_peer(lock_and_yield);
}

static int mutex_contended(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (pthread_mutex_lock(&mutex) != 0 || sched_yield() != 0 ||
            pthread_mutex_unlock(&mutex) != 0) {
            return -1;
        }
    }
    return 0;
}

static int strict_clean_up(unsigned count)
{
    (void)count;
    int result = end_peer();
    return platform_strict_yield(0) != 0 ? -1 : result;
}

static void *yield_until_told(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        sched_yield();
    }
    return unused;
}

static int yield_set_up(unsigned count)
{
    (void)count;
    return platform_strict_yield(1) != 0 ? -1 : start_peer(yield_until_told);
}

static int yield(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        sched_yield();
    }
    return 0;
}

/* Hands the turn over and waits until it is back. */
static void pass_turn(int mine)
{
    pthread_mutex_lock(&mutex);
    turn = !mine;
    pthread_cond_signal(&changed);
    while (turn != mine) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
}

static void *answer_turns(void *unused)
{
    pthread_mutex_lock(&mutex);
    while (turn != 1) {
        pthread_cond_wait(&changed, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
        pass_turn(1);
    }
    return unused;
}

static int cond_set_up(unsigned count)
{
    (void)count;
    turn = 0;
    return start_peer(answer_turns);
}

static int cond_round_trip(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        pass_turn(0);
    }
    return 0;
}

static int cond_clean_up(unsigned count)
{
    (void)count;
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    pthread_mutex_lock(&mutex);
    turn = 1;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    errno = pthread_join(peer, NULL);
    return errno ? -1 : 0;
}

static void *answer_bytes(void *unused)
{
    char byte;
    while (read(to_peer[0], &byte, 1) == 1 && write(from_peer[1], &byte, 1) == 1) {
    }
    return unused;
}

static int pipes_set_up(unsigned count)
{
    (void)count;
    return pipe(to_peer) != 0 || pipe(from_peer) != 0 ? -1 : start_peer(answer_bytes);
}

static int pipe_round_trip(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (ping(to_peer[1], from_peer[0]) != 0) {
            return -1;
        }
    }
    return 0;
}

static int pipes_clean_up(unsigned count)
{
    (void)count;
    close(to_peer[1]); // the peer sees the end
    int result = end_peer();
    close(to_peer[0]);
    close(from_peer[0]);
    close(from_peer[1]);
    return result;
}

const struct operation thread_operations[] = {
    {"thread_create_join", 100, NULL, create_join, NULL},
    {"yield", 1000, yield_set_up, yield, strict_clean_up},
    {"mutex_uncontended", 4000, NULL, mutex_uncontended, NULL},
    {"mutex_contended", 500, contended_set_up, mutex_contended, strict_clean_up},
    {"cond_round_trip", 500, cond_set_up, cond_round_trip, cond_clean_up},
    {"pipe_threads", 500, pipes_set_up, pipe_round_trip, pipes_clean_up},
    {0},
};
