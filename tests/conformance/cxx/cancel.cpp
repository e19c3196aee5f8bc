// SPDX-License-Identifier: MIT
// Threads that are cancelled, or leave by pthread_exit(), in C++ frames: objects are destroyed, of
// handlers of exceptions only `catch (...)` is entered, and nothing keeps the thread from ending.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include "harness.h"

namespace
{
constexpr int ended = 1000; // what the end of the thread adds to the number of objects destroyed
std::atomic<int> destroyed;
std::atomic<int> caught;
sem_t started;
sem_t never;
std::string sequence;

struct Counted {
    ~Counted()
    {
        destroyed++;
    }
};

struct AtThreadEnd {
    ~AtThreadEnd()
    {
        destroyed += ended;
    }
    int value = 0;
};

thread_local AtThreadEnd at_thread_end;

// So many frames, each with an object and a handler; `last` in the innermost.
[[gnu::noinline]] int descend(int depth, int (*last)())
{
    Counted counted;
    try {
        return depth == 1 ? last() + 1 : descend(depth - 1, last) + 1;
    } catch (const std::exception &) {
        caught++;
    }
    return 0;
}

int wait_forever()
{
    sem_post(&started);
    return sem_wait(&never);
}

int test_forever()
{
    sem_post(&started);
    for (;;) {
        pthread_testcancel();
        usleep(1000);
    }
}

int leave()
{
    pthread_exit(&destroyed);
}

struct Job {
    int depth;
    int (*last)();
};

void *thread_main(void *argument)
{
    const auto *job = static_cast<const Job *>(argument);
    at_thread_end.value = 1;
    descend(job->depth, job->last);
    return nullptr;
}

// Runs a job in a thread, cancels it once it waits; gives the thread's result.
void *run_job(Job job, bool cancel)
{
    pthread_t thread;
    void *result = nullptr;
    destroyed = caught = 0;
    sequence.clear();
    if (pthread_create(&thread, nullptr, thread_main, &job) != 0) {
        return nullptr;
    }
    if (cancel) {
        sem_wait(&started);
        usleep(10'000);
        pthread_cancel(thread);
    }
    pthread_join(thread, &result);
    return result;
}

bool is_cancelled(int depth, int (*last)(), int objects)
{
    return run_job({depth, last}, true) == PTHREAD_CANCELED && destroyed == ended + objects;
}

bool leaves(int depth, int (*last)(), int objects)
{
    return run_job({depth, last}, false) == &destroyed && destroyed == ended + objects;
}

std::mutex held;

int wait_with_lock()
{
    std::lock_guard guard(held);
    return wait_forever();
}

int shielded()
{
    int state = 0;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    sem_post(&started);
    usleep(50'000);
    throw std::runtime_error("caught, as nothing cancels here");
}

// --- catch (...)
// --------------------------------------------------------------------------------
[[gnu::noinline]] int rethrow_around(int (*inner)())
{
    Counted counted;
    try {
        return inner();
    } catch (...) {
        caught += std::current_exception() == nullptr ? 1 : 100;
        throw;
    }
}

[[gnu::noinline]] int end_around(int (*inner)())
{
    Counted counted;
    try {
        return inner();
    } catch (...) {
        caught++;
    }
    caught += 100; // not reached
    return 0;
}

[[gnu::noinline]] int return_around(int (*inner)())
{
    Counted counted;
    try {
        return inner();
    } catch (...) {
        caught++;
        return 0;
    }
}

int rethrows()
{
    return rethrow_around(wait_forever);
}

int ends()
{
    return end_around(leave);
}

int returns()
{
    return return_around(wait_forever);
}

int all_of_them()
{
    return rethrow_around([] {
        return end_around([] { return return_around([] { return rethrow_around(leave); }); });
    });
}

// --- order, and exceptions meanwhile
// -----------------------------------------------------------------
struct Notes {
    char letter;
    ~Notes()
    {
        sequence += letter;
    }
};

void note(void *text)
{
    sequence += static_cast<const char *>(text);
}

[[gnu::noinline]] int leave_with_handler(int (*inner)(), const char *name)
{
    int result = 0;
    pthread_cleanup_push(note, const_cast<char *>(name));
    Notes notes{'.'};
    result = inner();
    pthread_cleanup_pop(0);
    return result;
}

// Handlers on both sides of frames that catch all and throw on: innermost first all the same.
int in_order()
{
    return leave_with_handler(
        [] {
            return rethrow_around(
                [] { return leave_with_handler([] { return rethrow_around(leave); }, "in"); });
        },
        "out");
}

struct ThrowsInside {
    ~ThrowsInside()
    {
        try {
            throw 1;
        } catch (int number) {
            caught += number;
        }
    }
};

int throws_meanwhile()
{
    ThrowsInside one, two;
    return rethrow_around(leave);
}

bool thread_class_is_cancelled()
{
    destroyed = 0;
    std::thread thread([] {
        Counted counted;
        wait_forever();
    });
    sem_wait(&started);
    pthread_cancel(thread.native_handle());
    thread.join();
    return destroyed == 1;
}

// --- what is a process's end, or its first thread's: children
// --------------------------------------------
struct Says {
    const char *text;
    ~Says()
    {
        std::puts(text);
    }
};

struct Posts {
    sem_t *semaphore;
    ~Posts()
    {
        sem_post(semaphore);
    }
};

int first_thread_exits()
{
    static Says at_exit{"static object"};
    static sem_t main_has_gone;
    sem_init(&main_has_gone, 0, 0);
    Posts last{&main_has_gone};
    Says local{"object of main"};
    std::thread([] {
        sem_wait(&main_has_gone);
        usleep(20'000);
        std::puts("other thread");
    }).detach();
    pthread_exit(nullptr);
}

int leave_noexcept() noexcept
{
    return leave();
}

int exit_through_noexcept()
{
    std::thread(leave_noexcept).join();
    return 0;
}

const Mode modes[] = {{"first-thread-exits", first_thread_exits},
                      {"exit-through-noexcept", exit_through_noexcept}};

void children()
{
    Ending ending = run_child("first-thread-exits");
    CHECK("exit.first-thread", ending.exited(0) && ending.output == "object of main\nother thread\n"
                                                                    "static object\n");
    CHECK("exit.noexcept-terminates", run_child("exit-through-noexcept").aborted());
}

void run()
{
    sem_init(&started, 0, 0);
    sem_init(&never, 0, 0);
    CHECK("cancel.waiting", is_cancelled(1, wait_forever, 1));
    CHECK("cancel.deep", is_cancelled(200, wait_forever, 200));
    CHECK("cancel.no-handler", caught == 0);
    CHECK("cancel.tested", is_cancelled(10, test_forever, 10));
    CHECK("cancel.releases-lock", is_cancelled(3, wait_with_lock, 3) && held.try_lock());
    held.unlock();
    CHECK("cancel.disabled", run_job({1, shielded}, true) == nullptr && caught == 1);
    CHECK("cancel.std-thread", thread_class_is_cancelled());
    CHECK("cancel.catch-all-rethrows", is_cancelled(3, rethrows, 4) && caught == 1);
    CHECK("cancel.catch-all-returns", is_cancelled(3, returns, 4) && caught == 1);
    CHECK("exit.deep", leaves(200, leave, 200) && caught == 0);
    CHECK("exit.catch-all-ends", leaves(3, ends, 4) && caught == 1);
    CHECK("exit.catch-all-nested", leaves(3, all_of_them, 7) && caught == 4);
    CHECK("exit.order", leaves(1, in_order, 3) && sequence == ".in.out");
    CHECK("exit.throws-meanwhile", leaves(2, throws_meanwhile, 3) && caught == 3);
    children();
}

const Area area("cancel", run);
} // namespace
