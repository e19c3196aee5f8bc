// SPDX-License-Identifier: MIT
#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <base/log.h>
#include <base/random.h>
#include <base/string.h>
#include <mm/random.h>

static struct {
    struct spinlock lock;
    struct chacha_random state;
} generator = {.lock = SPINLOCK_INIT};

/// Collect a seed; false if the processor gave no randomness and only the time-stamp counter is in
/// it.
static bool collect_seed(uint8_t seed[CHACHA_KEY_SIZE])
{
    uint64_t words[CHACHA_KEY_SIZE / 8];
    bool good = true;

    for (unsigned i = 0; i < CHACHA_KEY_SIZE / 8; i++) {
        if (!arch_random_u64(&words[i])) {
            words[i] = 0;
            good = false;
        }
        words[i] ^= arch_ticks() << (i * 8);
    }
    memcpy(seed, words, CHACHA_KEY_SIZE);
    memory_wipe(words, sizeof(words));
    return good;
}

void random_init(void)
{
    uint8_t seed[CHACHA_KEY_SIZE];
    bool good = collect_seed(seed);
    irqflags_t flags = spin_lock_irqsave(&generator.lock);

    chacha_random_init(&generator.state, seed);
    spin_unlock_irqrestore(&generator.lock, flags);
    memory_wipe(seed, sizeof(seed));
    if (!good) {
        klog(LOG_WARN, "no random number instruction: randomness is weak");
    }
}

void random_bytes(void *out, size_t len)
{
    uint8_t *to = out;

    while (len > 0) { /* bounded time under the lock */
        size_t part = MIN(len, (size_t)256);
        irqflags_t flags = spin_lock_irqsave(&generator.lock);

        chacha_random_bytes(&generator.state, to, part);
        spin_unlock_irqrestore(&generator.lock, flags);
        to += part;
        len -= part;
    }
}

uint64_t random_u64(void)
{
    uint64_t value;

    random_bytes(&value, sizeof(value));
    return value;
}

uint64_t random_below(uint64_t bound)
{
    uint64_t rest =
        (0 - bound) % bound; /* 2^64 mod bound: the part of the range that would be uneven */
    uint64_t value;

    do {
        value = random_u64();
    } while (value < rest);
    return value % bound;
}
