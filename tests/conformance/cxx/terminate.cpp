// SPDX-License-Identifier: MIT
// What ends in std::terminate(). Each case is a child.
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>
#include <thread>

#include "c_frames.h"
#include "harness.h"

namespace
{
[[noreturn]] int throw_runtime_error(int)
{
    throw std::runtime_error("the reason");
}

void not_throwing() noexcept
{
    throw_runtime_error(0);
}

struct ThrowsAtEnd {
    ~ThrowsAtEnd() noexcept(false)
    {
        throw_runtime_error(0);
    }
};

int uncaught()
{
    return through_c(throw_runtime_error, 3);
}

int uncaught_in_thread()
{
    std::thread([] { throw_runtime_error(0); }).join();
    return 0;
}

int noexcept_violated()
{
    try {
        not_throwing();
    } catch (const std::exception &) {
        return 1; // must not be reached
    }
    return 0;
}

int second_while_unwinding()
{
    try {
        ThrowsAtEnd object;
        throw 1;
    } catch (...) {
        return 1;
    }
}

int rethrow_of_nothing()
{
    throw;
}

int thread_not_joined()
{
    std::thread thread([] {});
    return 0;
}

int own_handler()
{
    std::set_terminate([] { std::_Exit(std::current_exception() ? 17 : 18); });
    return uncaught();
}

int out_of_atexit()
{
    std::atexit([] { throw_runtime_error(0); });
    return 0;
}

int thrown_int()
{
    throw 12345;
}

struct Abstract {
    Abstract()
    {
        call();
    }
    virtual ~Abstract() = default;
    void call()
    {
        pure();
    }
    virtual void pure() = 0;
};

struct Concrete : Abstract {
    void pure() override
    {
    }
};

int pure_virtual()
{
    Concrete object;
    return 0;
}

int new_handler()
{
    std::set_new_handler([] { std::_Exit(19); });
    (void)::operator new(SIZE_MAX / 2);
    return 0;
}

const Mode modes[] = {
    {"uncaught", uncaught},
    {"uncaught-in-thread", uncaught_in_thread},
    {"noexcept", noexcept_violated},
    {"second-while-unwinding", second_while_unwinding},
    {"rethrow-of-nothing", rethrow_of_nothing},
    {"thread-not-joined", thread_not_joined},
    {"own-handler", own_handler},
    {"out-of-atexit", out_of_atexit},
    {"thrown-int", thrown_int},
    {"pure-virtual", pure_virtual},
    {"new-handler", new_handler},
};

// Aborts, saying what was thrown and its what().
bool names_the_reason(const char *mode)
{
    Ending ending = run_child(mode);
    return ending.aborted() && ending.says("runtime_error") && ending.says("the reason");
}

void run()
{
    CHECK("terminate.uncaught", names_the_reason("uncaught"));
    CHECK("terminate.uncaught-in-thread", names_the_reason("uncaught-in-thread"));
    CHECK("terminate.noexcept", names_the_reason("noexcept"));
    CHECK("terminate.second-while-unwinding", run_child("second-while-unwinding").aborted());
    CHECK("terminate.rethrow-of-nothing", run_child("rethrow-of-nothing").aborted());
    CHECK("terminate.thread-not-joined", run_child("thread-not-joined").aborted());
    CHECK("terminate.own-handler", run_child("own-handler").exited(17));
    CHECK("terminate.out-of-atexit", names_the_reason("out-of-atexit"));
    CHECK("terminate.pure-virtual", run_child("pure-virtual").aborted());
    CHECK("terminate.new-handler", run_child("new-handler").exited(19));
    Ending ending = run_child("thrown-int");
    CHECK("terminate.thrown-int", ending.aborted() && ending.says("of type i"));
}

const Area area("terminate", run);
} // namespace
