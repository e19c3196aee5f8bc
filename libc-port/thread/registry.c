// SPDX-License-Identifier: MIT
// The table of threads. Places come in chunks that stay where they are, so that
// __coco_thread_kernel_id() needs no lock: pthread_kill() may interrupt anything.
#include "../private/registry.h"

#include <errno.h>
#include <stdlib.h>

#include <coconut/syscalls.h>

#include "../private/cancel.h"
#include "../private/thread.h"

#define CHUNK_PLACES 64u
#define CHUNKS 64u
#define PLACES                                                                                     \
    (CHUNK_PLACES * CHUNKS) /* more than threads that run: ended ones wait for a join              \
                             */
#define NONE UINT32_MAX

_Static_assert((PLACES & (PLACES - 1)) == 0, "an id is a place and a multiple of PLACES");

struct place {
    uint64_t number; /* atomic: the id of its thread; 0 while it is free */
    uint64_t id;     /* atomic: the kernel's; 0 until the thread runs */
    struct __pthread *thread;
    uint64_t last; /* number that was given away last; or 0 */
    uint32_t next; /* free place behind this one; or NONE */
};

struct coco_lock __coco_thread_lock;

static struct place first_chunk[CHUNK_PLACES]; // of a program with few threads
static struct place *chunks[CHUNKS] = {first_chunk};
static uint32_t used; // places that have been in use at some time
static uint32_t free_places = NONE;

static struct place *place_at(uint32_t index)
{
    struct place *chunk = __atomic_load_n(&chunks[index / CHUNK_PLACES], __ATOMIC_ACQUIRE);
    return chunk ? &chunk[index % CHUNK_PLACES] : NULL;
}

static struct place *place_of(uint64_t number)
{
    return place_at((uint32_t)(number % PLACES));
}

void __coco_thread_acquire(void)
{
    struct __pthread *self = __coco_self();
    int type = self->cancel_type;
    self->cancel_type = PTHREAD_CANCEL_DEFERRED;
    __coco_lock(&__coco_thread_lock);
    self->held_cancel_type = type;
}

void __coco_thread_release(void)
{
    struct __pthread *self = __coco_self();
    int type = self->held_cancel_type;
    __coco_unlock(&__coco_thread_lock);
    self->cancel_type = type;
    if (type == PTHREAD_CANCEL_ASYNCHRONOUS) {
        __coco_cancel_point();
    }
}

// A chunk for the places from `used` on, unless it is there. Not from malloc(), whose lock comes
// after this one but which the program may have replaced.
static int make_chunk(void)
{
    struct place **chunk = &chunks[used / CHUNK_PLACES];
    if (*chunk) {
        return 0;
    }
    int64_t mapped =
        coco_mmap(COCO_HANDLE_NONE, NULL, 0, sizeof(first_chunk),
                  COCO_MMAP_READ | COCO_MMAP_WRITE | COCO_MMAP_PRIVATE | COCO_MMAP_ANONYMOUS);
    if (coco_is_error(mapped)) {
        return EAGAIN;
    }
    __atomic_store_n(chunk, (struct place *)(uintptr_t)mapped, __ATOMIC_RELEASE);
    return 0;
}

static int take_place(uint32_t *index)
{
    *index = free_places;
    if (*index != NONE) {
        free_places = place_at(*index)->next;
        return 0;
    }
    if (used == PLACES || make_chunk() != 0) {
        return EAGAIN;
    }
    *index = used++;
    return 0;
}

int __coco_thread_register(struct __pthread *thread)
{
    uint32_t index;
    __coco_thread_acquire();
    int error = take_place(&index);
    if (!error) {
        struct place *place = place_at(index);
        place->last = place->last ? place->last + PLACES : PLACES + index; // never 0
        place->thread = thread;
        thread->number = place->last;
        __atomic_store_n(&place->number, place->last, __ATOMIC_RELEASE);
    }
    __coco_thread_release();
    return error;
}

void __coco_thread_forget(struct __pthread *thread)
{
    struct place *place = place_of(thread->number);
    __atomic_store_n(&place->number, 0, __ATOMIC_SEQ_CST); // before the id that goes with it
    __atomic_store_n(&place->id, 0, __ATOMIC_RELEASE);
    place->thread = NULL;
    place->next = free_places;
    free_places = (uint32_t)(thread->number % PLACES);
}

struct __pthread *__coco_thread_hold(pthread_t id)
{
    uint64_t number = (uintptr_t)id;
    __coco_thread_acquire();
    struct place *place = place_of(number);
    if (number != 0 && place && place->number == number) {
        return place->thread;
    }
    __coco_thread_release();
    return NULL;
}

uint64_t __coco_thread_kernel_id(pthread_t id)
{
    uint64_t number = (uintptr_t)id;
    const struct place *place = place_of(number);
    while (number != 0 && place) {
        uint64_t found = __atomic_load_n(&place->id, __ATOMIC_ACQUIRE);
        // The number goes first, so while it is there, what was read before belongs to it.
        if (__atomic_load_n(&place->number, __ATOMIC_ACQUIRE) != number) {
            break;
        }
        if (found != 0) {
            return found;
        }
        // It tells its id as the first thing it does, but may be of a lower priority.
        (void)coco_sleep_until((uint64_t)coco_clock_get(COCO_CLOCK_MONOTONIC) + 20000);
    }
    return 0;
}

void __coco_thread_set_kernel_id(uint64_t id)
{
    struct __pthread *self = __coco_self();
    // Whoever cancels this thread sees the number, or we see the mark.
    __atomic_store_n(&self->id, id, __ATOMIC_SEQ_CST);
    __atomic_store_n(&place_of(self->number)->id, id, __ATOMIC_RELEASE);
}

void __coco_thread_alone(void)
{
    const struct __pthread *self = __coco_self();
    for (uint32_t i = 0; i < used; i++) {
        struct place *place = place_at(i);
        if (place->thread && place->thread != self) {
            // Its control block may be gone: the process has no thread that would have freed it.
            place->number = place->id = 0;
            place->thread = NULL;
            place->next = free_places;
            free_places = i;
        }
    }
}
