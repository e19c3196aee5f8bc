// SPDX-License-Identifier: MIT
// The unwinder itself: deep stacks, foreign exceptions, forced unwinding, tables, no memory.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <thread>

#include <link.h>
#include <pthread.h>
#include <unistd.h>
#include <unwind.h>

#include "harness.h"

namespace
{
constexpr int deep = 100'000; // frames
int destroyed;

struct Counted {
    ~Counted()
    {
        destroyed++;
    }
};

[[gnu::noinline]] int descend(int depth)
{
    Counted counted;
    if (depth == 0) {
        throw std::runtime_error("bottom");
    }
    return descend(depth - 1) + 1;
}

bool unwinds(int depth)
{
    destroyed = 0;
    try {
        descend(depth - 1);
    } catch (const std::runtime_error &) {
        return destroyed == depth;
    }
    return false;
}

void *unwind_deep(void *result)
{
    *static_cast<bool *>(result) = unwinds(deep);
    return nullptr;
}

void depths()
{
    CHECK("unwind.1-frame", unwinds(1));
    CHECK("unwind.1000-frames", unwinds(1000));
    CHECK("unwind.100000-frames", unwinds(deep));
    pthread_attr_t attr;
    pthread_t thread;
    bool good = false;
    CHECK("unwind.100000-frames-in-thread",
          pthread_attr_init(&attr) == 0 && pthread_attr_setstacksize(&attr, 32 << 20) == 0 &&
              pthread_create(&thread, &attr, unwind_deep, &good) == 0 &&
              pthread_join(thread, nullptr) == 0 && good);
}

// --- exceptions of another language
// -----------------------------------------------------------------
constexpr _Unwind_Exception_Class foreign_class = 0x434f434f4e555400; // "COCONUT\0"
int foreign_freed;

void throw_foreign()
{
    auto *exception = new _Unwind_Exception();
    exception->exception_class = foreign_class;
    exception->exception_cleanup = [](_Unwind_Reason_Code, _Unwind_Exception *freed) {
        foreign_freed++;
        delete freed;
    };
    _Unwind_RaiseException(exception);
    std::abort(); // nobody caught it
}

void foreign()
{
    destroyed = 0;
    bool caught = false;
    try {
        Counted counted;
        try {
            throw_foreign();
        } catch (const std::exception &) {
            caught = false;
        }
    } catch (...) {
        caught = destroyed == 1 && std::current_exception() == nullptr;
    }
    CHECK("foreign.caught-by-all", caught);
    CHECK("foreign.freed-once", foreign_freed == 1);
}

// Thrown on by `throw;`, it stays the same exception, and is freed by the last handler.
void foreign_again()
{
    destroyed = foreign_freed = 0;
    int freed_between = -1;
    try {
        Counted outer;
        try {
            Counted inner;
            throw_foreign();
        } catch (...) {
            freed_between = foreign_freed;
            throw;
        }
    } catch (...) {
        CHECK("foreign.thrown-on", freed_between == 0 && foreign_freed == 0 && destroyed == 2);
    }
    CHECK("foreign.thrown-on-freed-once", foreign_freed == 1);
}

void refuses_foreign() noexcept
{
    throw_foreign();
}

int foreign_meets_noexcept()
{
    std::set_terminate([] { std::_Exit(21); });
    try {
        refuses_foreign();
    } catch (...) {
        return 1; // must not be reached
    }
    return 0;
}

// --- forced unwinding
// -------------------------------------------------------------------------------
bool caught_forced;

void *exit_deep(void *)
{
    Counted outer;
    try {
        Counted inner;
        pthread_exit(&destroyed);
    } catch (const std::exception &) {
        caught_forced = true;
    }
    return nullptr;
}

void forced()
{
    pthread_t thread;
    void *result = nullptr;
    destroyed = 0;
    CHECK("forced.pthread-exit-destroys",
          pthread_create(&thread, nullptr, exit_deep, nullptr) == 0 &&
              pthread_join(thread, &result) == 0 && destroyed == 2);
    CHECK("forced.pthread-exit-result", result == &destroyed && !caught_forced);
}

// --- cancellation
// -------------------------------------------------------------------------------
std::atomic<int> begun;
char sequence[8];

struct Notes {
    const char *text;
    ~Notes()
    {
        std::strcat(sequence, text);
    }
};

void note(void *text)
{
    std::strcat(sequence, static_cast<const char *>(text));
}

[[gnu::noinline]] void wait_below()
{
    Notes low{"l"};
    begun = 1;
    for (;;) {
        usleep(100'000);
    }
}

[[gnu::noinline]] void wait_with_handler()
{
    pthread_cleanup_push(note, const_cast<char *>("h"));
    wait_below();
    pthread_cleanup_pop(0);
}

void *wait_to_be_cancelled(void *)
{
    Notes top{"t"};
    try {
        wait_with_handler();
    } catch (const std::exception &) {
        std::strcat(sequence, "e");
    }
    return nullptr;
}

// Frames are left one after the other: destructors and handlers run innermost first.
void cancelled()
{
    pthread_t thread;
    void *result = nullptr;
    CHECK(
        "cancelled.ends",
        pthread_create(&thread, nullptr, wait_to_be_cancelled, nullptr) == 0 && [&] {
            while (begun == 0) {
                std::this_thread::yield();
            }
            return pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0 &&
                   result == PTHREAD_CANCELED;
        }());
    CHECK("cancelled.order", std::strcmp(sequence, "lht") == 0);
}

// --- tables
// -----------------------------------------------------------------------------------------
struct Tables {
    int calls;
    bool has_frame_header;
    bool covers_code;
    std::uintptr_t base;
};

int look(dl_phdr_info *info, std::size_t size, void *argument)
{
    auto *tables = static_cast<Tables *>(argument);
    auto code = reinterpret_cast<std::uintptr_t>(&look);
    tables->calls += size >= sizeof(*info);
    tables->base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const auto &header = info->dlpi_phdr[i];
        tables->has_frame_header |= header.p_type == PT_GNU_EH_FRAME;
        tables->covers_code |= header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0 &&
                               code - (info->dlpi_addr + header.p_vaddr) < header.p_memsz;
    }
    return 0;
}

_Unwind_Reason_Code count_frame(_Unwind_Context *context, void *argument)
{
    *static_cast<int *>(argument) += _Unwind_GetIP(context) != 0;
    return _URC_NO_REASON;
}

[[gnu::noinline]] int count_frames(int depth)
{
    int frames = 0;
    if (depth > 0) {
        frames = count_frames(depth - 1);
    } else {
        _Unwind_Backtrace(count_frame, &frames);
    }
    asm volatile("" : "+r"(frames)); // no tail call
    return frames;
}

void tables()
{
    Tables found{};
    CHECK("tables.one-module", dl_iterate_phdr(look, &found) == 0 && found.calls == 1);
    CHECK("tables.frame-header", found.has_frame_header && found.covers_code);
    CHECK("tables.position-independent", found.base != 0);
    CHECK("tables.backtrace", count_frames(20) - count_frames(0) == 20);
}

void run()
{
    depths();
    foreign();
    foreign_again();
    CHECK("foreign.noexcept", run_child("foreign-meets-noexcept").exited(21));
    forced();
    cancelled();
    tables();
}

const Mode mode("foreign-meets-noexcept", foreign_meets_noexcept);
const Area area("unwind", run);
} // namespace
