// SPDX-License-Identifier: MIT
// random() and its relatives: the additive feedback generator that XSI describes, with states of 8,
// 32, 64, 128 and 256 bytes. newlib has one fixed generator. Thread-safe.
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "../private/fork.h"
#include "../private/lock.h"

#define SIZE_COUNT 5u
#define WARM_UP 10u /* rounds through the whole state */
#define DEFAULT_KIND 3u

/* Of each size of state: numbers in it, and the distance of the two that are added. */
static const struct {
    size_t size; /* bytes of state, the word that describes it included */
    unsigned degree;
    unsigned separation;
} kinds[SIZE_COUNT] = {{8, 0, 0}, {32, 7, 3}, {64, 15, 1}, {128, 31, 3}, {256, 63, 1}};

struct coco_lock __coco_random_lock;

// state[0] holds kind and position when another state is in use, so that it can be taken up again.
static uint32_t standard[32] = {
    DEFAULT_KIND,
};
static uint32_t *state = standard;
static unsigned kind = DEFAULT_KIND;
static unsigned front = 3; // place of the next number, behind state[0]
static int seeded;

static uint32_t next_linear(uint32_t value)
{
    // 16807 * value mod 2^31 - 1; 0 would stay 0
    uint64_t product = (uint64_t)16807 * (value != 0 ? value : 1);
    return (uint32_t)(product % 2147483647u);
}

static uint32_t step(void)
{
    uint32_t *numbers = state + 1;
    unsigned degree = kinds[kind].degree;
    if (degree == 0) {
        numbers[0] = (numbers[0] * 1103515245u + 12345u) & 0x7fffffffu;
        return numbers[0];
    }
    unsigned rear = (front + degree - kinds[kind].separation) % degree;
    numbers[front] += numbers[rear];
    uint32_t result = numbers[front] >> 1;
    front = (front + 1) % degree;
    return result;
}

static void seed(uint32_t value)
{
    uint32_t *numbers = state + 1;
    unsigned degree = kinds[kind].degree;
    seeded = 1;
    numbers[0] = value != 0 ? value : 1;
    for (unsigned i = 1; i < degree; i++) {
        numbers[i] = next_linear(numbers[i - 1]);
    }
    front = kinds[kind].separation;
    for (unsigned i = 0; i < WARM_UP * degree; i++) {
        (void)step();
    }
}

static void leave(void)
{
    state[0] = front * SIZE_COUNT + kind;
}

void srandom(unsigned value)
{
    __coco_lock(&__coco_random_lock);
    seed(value);
    __coco_unlock(&__coco_random_lock);
}

long random(void)
{
    __coco_lock(&__coco_random_lock);
    if (!seeded) {
        seed(1);
    }
    long result = (long)step();
    __coco_unlock(&__coco_random_lock);
    return result;
}

char *initstate(unsigned value, char *new_state, size_t size)
{
    if (size < kinds[0].size || !new_state) {
        errno = EINVAL;
        return NULL;
    }
    unsigned chosen = SIZE_COUNT - 1;
    while (size < kinds[chosen].size) {
        chosen--;
    }
    __coco_lock(&__coco_random_lock);
    if (!seeded) {
        seed(1);
    }
    leave();
    char *old = (char *)state;
    state = (uint32_t *)(void *)new_state;
    kind = chosen;
    seed(value);
    leave();
    __coco_unlock(&__coco_random_lock);
    return old;
}

char *setstate(char *new_state)
{
    uint32_t *wanted = (uint32_t *)(void *)new_state;
    unsigned position = wanted ? wanted[0] / SIZE_COUNT : UINT32_MAX;
    unsigned chosen = wanted ? wanted[0] % SIZE_COUNT : 0;
    if (!wanted || position > kinds[chosen].degree) {
        errno = EINVAL;
        return NULL;
    }
    __coco_lock(&__coco_random_lock);
    if (!seeded) {
        seed(1);
    }
    leave();
    char *old = (char *)state;
    state = wanted;
    kind = chosen;
    front = position;
    __coco_unlock(&__coco_random_lock);
    return old;
}
