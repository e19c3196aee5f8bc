// SPDX-License-Identifier: MIT
// Threads and what they synchronise with.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

#include <unistd.h>

#include "harness.h"

namespace
{
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

template <typename Function> void on_threads(int count, Function function)
{
    std::vector<std::thread> threads;
    for (int i = 0; i < count; i++) {
        threads.emplace_back(function, i);
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
}

void starting()
{
    std::mutex mutex;
    std::set<std::thread::id> ids;
    on_threads(16, [&](int) {
        std::lock_guard guard(mutex);
        ids.insert(std::this_thread::get_id());
    });
    ids.insert(std::this_thread::get_id());
    CHECK("thread.ids", ids.size() >= 2 && ids.count(std::this_thread::get_id()) == 1);
    CHECK("thread.hardware-concurrency",
          std::thread::hardware_concurrency() == unsigned(sysconf(_SC_NPROCESSORS_ONLN)));
    std::promise<int> promise;
    std::thread([&] { promise.set_value_at_thread_exit(9); }).detach();
    CHECK("thread.at-thread-exit", promise.get_future().get() == 9);
    std::thread thread;
    bool refused = false;
    try {
        thread.join();
    } catch (const std::system_error &error) {
        refused = error.code() == std::errc::invalid_argument;
    }
    CHECK("thread.join-of-none", refused && !thread.joinable());
    auto begin = Clock::now();
    std::this_thread::sleep_for(30ms);
    auto slept = Clock::now() - begin;
    CHECK("thread.sleep-for", slept >= 30ms && slept < 60s);
}

template <typename Mutex> bool excludes()
{
    Mutex mutex;
    int count = 0;
    on_threads(4, [&](int) {
        for (int i = 0; i < 2000; i++) {
            std::lock_guard guard(mutex);
            count = count + 1;
        }
    });
    return count == 8000;
}

template <typename Mutex> bool times_out()
{
    Mutex mutex;
    mutex.lock();
    bool late = false;
    std::thread([&] {
        auto begin = Clock::now();
        late = !mutex.try_lock_for(20ms) && Clock::now() - begin >= 20ms && !mutex.try_lock();
    }).join();
    mutex.unlock();
    return late && mutex.try_lock_for(1ms);
}

bool readers_share()
{
    std::shared_mutex mutex;
    std::latch both(2);
    on_threads(2, [&](int) {
        std::shared_lock lock(mutex);
        both.arrive_and_wait(); // both hold it
    });
    std::shared_lock held(mutex);
    bool writer = true;
    std::thread([&] { writer = mutex.try_lock(); }).join();
    return !writer;
}

void mutexes()
{
    CHECK("mutex.excludes", excludes<std::mutex>());
    CHECK("mutex.recursive-excludes", excludes<std::recursive_mutex>());
    CHECK("mutex.shared-excludes", excludes<std::shared_mutex>());
    CHECK("mutex.timed", times_out<std::timed_mutex>());
    CHECK("mutex.recursive-timed", times_out<std::recursive_timed_mutex>());
    CHECK("mutex.shared-timed", times_out<std::shared_timed_mutex>());
    CHECK("mutex.readers-share", readers_share());
    std::mutex a, b;
    std::atomic<int> rounds = 0;
    on_threads(2, [&](int i) {
        for (int n = 0; n < 500; n++) { // in both orders: no deadlock
            std::scoped_lock lock(i ? a : b, i ? b : a);
            rounds++;
        }
    });
    CHECK("mutex.scoped-lock", rounds == 1000);
    std::once_flag flag;
    std::atomic<int> calls = 0, thrown = 0;
    on_threads(6, [&](int) {
        try {
            std::call_once(flag, [&] {
                if (++calls < 3) {
                    throw std::runtime_error("again");
                }
            });
        } catch (const std::runtime_error &) {
            thrown++;
        }
    });
    CHECK("mutex.call-once-retries", calls == 3 && thrown == 2);
}

bool ping_pong()
{
    std::mutex mutex;
    std::condition_variable changed;
    int turn = 0;
    on_threads(2, [&](int me) {
        for (int i = 0; i < 500; i++) {
            std::unique_lock lock(mutex);
            changed.wait(lock, [&] { return turn % 2 == me; });
            turn++;
            changed.notify_one();
        }
    });
    return turn == 1000;
}

template <typename Condition, typename Clocked> bool waits_until(Clocked)
{
    std::mutex mutex;
    Condition condition;
    std::unique_lock lock(mutex);
    auto limit = Clocked::now() + 20ms;
    auto never = [] { return false; };
    return !condition.wait_until(lock, limit, never) && Clocked::now() >= limit && lock.owns_lock();
}

void conditions()
{
    using System = std::chrono::system_clock;
    CHECK("condition.ping-pong", ping_pong());
    CHECK("condition.until-steady", waits_until<std::condition_variable>(Clock()));
    CHECK("condition.until-system", waits_until<std::condition_variable>(System()));
    CHECK("condition.any-until", waits_until<std::condition_variable_any>(Clock()));
    std::mutex mutex;
    std::condition_variable condition;
    bool exited = false;
    std::unique_lock lock(mutex);
    std::thread thread([&] {
        std::unique_lock inner(mutex);
        exited = true;
        std::notify_all_at_thread_exit(condition, std::move(inner));
    });
    CHECK("condition.at-thread-exit", condition.wait_for(lock, 60s, [&] { return exited; }));
    lock.unlock();
    thread.join();
}

void futures()
{
    CHECK("future.async", std::async(std::launch::async, [] { return 6 * 7; }).get() == 42);
    auto failing = std::async(std::launch::async, []() -> int { throw std::range_error("async"); });
    std::string text;
    try {
        failing.get();
    } catch (const std::range_error &error) {
        text = error.what();
    }
    CHECK("future.exception", text == "async");
    std::promise<void> promise;
    auto shared = promise.get_future().share();
    CHECK("future.timeout", shared.wait_for(5ms) == std::future_status::timeout);
    std::atomic<int> woken = 0;
    std::thread setter([&] { promise.set_value(); });
    on_threads(4, [&](int) {
        shared.wait();
        woken++;
    });
    setter.join();
    CHECK("future.shared", woken == 4);
    std::future<int> broken = std::promise<int>().get_future();
    bool said = false;
    try {
        broken.get();
    } catch (const std::future_error &error) {
        said = error.code() == std::future_errc::broken_promise;
    }
    CHECK("future.broken-promise", said);
    std::packaged_task<int(int)> task([](int x) { return x + 1; });
    auto result = task.get_future();
    std::thread(std::move(task), 4).join();
    CHECK("future.packaged-task", result.get() == 5);
    CHECK("future.deferred", std::async(std::launch::deferred, [] { return 3; }).get() == 3);
}

void atomics()
{
    std::atomic<int> value = 0;
    std::thread waker([&] {
        std::this_thread::sleep_for(10ms);
        value = 1;
        value.notify_all();
    });
    on_threads(3, [&](int) { value.wait(0); });
    waker.join();
    CHECK("atomic.wait", value == 1);
    std::atomic_flag flag;
    std::thread([&] {
        flag.test_and_set();
        flag.notify_one();
    }).join();
    flag.wait(false);
    CHECK("atomic.flag-wait", flag.test());
    struct Big {
        long a[4];
    };
    std::atomic<Big> big{Big{{1, 2, 3, 4}}}; // through compiler-rt's locks
    CHECK("atomic.big", big.load().a[3] == 4 && !big.is_lock_free());
    std::counting_semaphore<8> semaphore(2);
    std::atomic<int> inside = 0, most = 0;
    on_threads(6, [&](int) {
        semaphore.acquire();
        int now = ++inside;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::sleep_for(2ms);
        inside--;
        semaphore.release();
    });
    CHECK("atomic.semaphore", most <= 2 && inside == 0 && semaphore.try_acquire_for(1ms));
    std::atomic<int> phases = 0;
    std::barrier barrier(3, [&]() noexcept { phases++; });
    on_threads(3, [&](int) {
        for (int i = 0; i < 5; i++) {
            barrier.arrive_and_wait();
        }
    });
    CHECK("atomic.barrier", phases == 5);
}

void throwing_in_parallel()
{
    std::atomic<int> caught = 0;
    on_threads(8, [&](int me) {
        for (int i = 0; i < 200; i++) {
            try {
                throw std::runtime_error(std::to_string(me));
            } catch (const std::runtime_error &error) {
                caught += error.what() == std::to_string(me);
            }
        }
    });
    CHECK("thread.throw-in-parallel", caught == 1600);
    int good = 0;
    for (int i = 0; i < 200; i++) { // ended threads give everything back
        std::thread([&] { good++; }).join();
    }
    CHECK("thread.200-in-turn", good == 200);
}

void run()
{
    starting();
    mutexes();
    conditions();
    futures();
    atomics();
    throwing_in_parallel();
}

const Area area("threads", run);
} // namespace
