// SPDX-License-Identifier: MIT
// Exceptions when there is no memory left: libc++abi's emergency pool. A child, since it takes all.
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>

#include "harness.h"

namespace
{
// Take all memory malloc() gives, in ever smaller blocks, in a list through the blocks themselves.
void *exhaust()
{
    void *list = nullptr;
    for (std::size_t size = std::size_t{1} << 40; size >= sizeof(void *); size /= 2) {
        while (void *block = std::malloc(size)) {
            *static_cast<void **>(block) = list;
            list = block;
        }
    }
    return list;
}

void give_back(void *list)
{
    while (list) {
        void *next = *static_cast<void **>(list);
        std::free(list);
        list = next;
    }
}

struct Inner {
};

// Two exceptions at once, both from the pool.
int two_at_once()
{
    try {
        throw 1;
    } catch (int outer) {
        try {
            throw Inner();
        } catch (const Inner &) {
            return outer;
        }
    }
    return 0;
}

int no_memory()
{
    std::puts("start"); // so that stdio has its buffer
    void *list = exhaust();
    int rounds = 0, pairs = 0;
    for (int i = 0; i < 1000; i++) { // the pool gets its blocks back
        try {
            (void)::operator new(1 << 20);
        } catch (const std::bad_alloc &) {
            rounds++;
        }
        pairs += two_at_once();
    }
    void *volatile refused = std::malloc(1 << 20); // volatile: the call must stay
    give_back(list);
    void *volatile again = std::malloc(1 << 20);
    std::printf("%d %d %d %d\n", rounds, pairs, refused == nullptr, again != nullptr);
    std::free(again);
    return 0;
}

const Mode mode("no-memory", no_memory);

void run()
{
    Ending ending = run_child("no-memory");
    CHECK("memory.emergency-pool", ending.exited(0) && ending.says("1000 1000 1 1"));
}

const Area area("memory", run);
} // namespace
