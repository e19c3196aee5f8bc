// SPDX-License-Identifier: MIT
#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <base/check.h>
#include <base/random.h>
#include <base/string.h>
#include <mm/random.h>

static struct {
    struct spinlock lock;
    struct chacha_random state;
} generator = {.lock = SPINLOCK_INIT};

/// Collect a seed. Whatever is made of it is as secret as what the processor gives, so the kernel
/// does not go on without: the boot has refused processors that have nothing to give.
static void collect_seed(uint8_t seed[CHACHA_KEY_SIZE])
{
    uint64_t words[CHACHA_KEY_SIZE / 8];

    for (unsigned i = 0; i < CHACHA_KEY_SIZE / 8; i++) {
        CHECK(arch_random_u64(&words[i]), "the processor's random numbers have run out");
        words[i] ^= arch_ticks() << (i * 8);
    }
    memcpy(seed, words, CHACHA_KEY_SIZE);
    memory_wipe(words, sizeof(words));
}

void random_init(void)
{
    uint8_t seed[CHACHA_KEY_SIZE];
    irqflags_t flags;

    collect_seed(seed);
    flags = spin_lock_irqsave(&generator.lock);
    chacha_random_init(&generator.state, seed);
    spin_unlock_irqrestore(&generator.lock, flags);
    memory_wipe(seed, sizeof(seed));
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
