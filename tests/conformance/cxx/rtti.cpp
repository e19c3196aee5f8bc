// SPDX-License-Identifier: MIT
// RTTI, dynamic_cast, guard variables, static and thread-local lifetime.
#include <any>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <typeindex>
#include <typeinfo>
#include <vector>

#include "harness.h"

namespace
{
struct Top {
    virtual ~Top() = default;
    int top = 1;
};
struct Left : virtual Top {
    int left = 2;
};
struct Right : virtual Top {
    int right = 3;
};
struct Bottom : Left, Right {
    int bottom = 4;
};
struct Other {
    virtual ~Other() = default;
};
struct Private : private Left, public Other {
};

template <typename Expected, typename Function> bool throws(Function function)
{
    try {
        function();
    } catch (const Expected &) {
        return true;
    }
    return false;
}

void casts()
{
    Bottom bottom;
    Top *top = &bottom;
    Right *right = &bottom;
    CHECK("rtti.down-from-virtual-base", dynamic_cast<Bottom *>(top) == &bottom);
    CHECK("rtti.across", dynamic_cast<Left *>(right) == static_cast<Left *>(&bottom));
    CHECK("rtti.to-void", dynamic_cast<void *>(right) == static_cast<void *>(&bottom));
    CHECK("rtti.unrelated", dynamic_cast<Other *>(top) == nullptr);
    Left left;
    top = &left;
    CHECK("rtti.not-that-far", dynamic_cast<Bottom *>(top) == nullptr);
    CHECK("rtti.bad-cast", throws<std::bad_cast>([&] { (void)dynamic_cast<Bottom &>(*top); }));
    Private hidden;
    CHECK("rtti.private-base", dynamic_cast<Left *>(static_cast<Other *>(&hidden)) == nullptr);
    CHECK("rtti.typeid-dynamic", typeid(*top) == typeid(Left) && typeid(*right) == typeid(Bottom));
    Top *none = nullptr;
    CHECK("rtti.bad-typeid", throws<std::bad_typeid>([&] { (void)typeid(*none).name(); }));
    CHECK("rtti.type-index", std::type_index(typeid(int)) != std::type_index(typeid(long)));
    CHECK("rtti.any-bad-cast",
          throws<std::bad_any_cast>([] { (void)std::any_cast<int>(std::any(1.0)); }));
}

// --- guard variables
// --------------------------------------------------------------------------------
std::atomic<int> constructed;

struct Slow {
    Slow()
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        constructed++;
        value = 42;
    }
    int value;
};

const Slow &slow()
{
    static const Slow object;
    return object;
}

int attempts;

int third_time()
{
    static const int value = [] {
        if (++attempts < 3) {
            throw std::runtime_error("not yet");
        }
        return attempts;
    }();
    return value;
}

void guards()
{
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([&] { good += slow().value == 42; });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    CHECK("guard.once-for-8-threads", constructed == 1 && good == 8);
    CHECK("guard.exception-lets-retry", throws<std::runtime_error>(third_time) &&
                                            throws<std::runtime_error>(third_time) &&
                                            third_time() == 3 && third_time() == 3);
}

// --- thread_local
// -----------------------------------------------------------------------------------
std::atomic<int> alive;

struct Local {
    Local()
    {
        alive++;
    }
    ~Local()
    {
        alive--;
    }
    int uses = 0;
};

thread_local Local local;
thread_local std::string text = "initial";

struct Letter {
    explicit Letter(char its_letter) : letter(its_letter)
    {
    }
    ~Letter()
    {
        std::putchar(letter);
    }
    char letter;
};

struct MakesMore {
    ~MakesMore();
};

MakesMore::~MakesMore()
{
    thread_local Letter late('L'); // constructed while destructors run
    (void)late.letter;
}

// Standard: thread-local objects of a thread end in reverse, the first thread's before any static
// object's; static objects and atexit() functions end in reverse.
int order()
{
    static Letter first('1');
    std::atexit([] { std::putchar('2'); });
    static Letter third('3');
    thread_local Letter a('a');
    thread_local Letter b('b');
    thread_local MakesMore makes_more;
    static Letter fourth('4');
    (void)makes_more;
    (void)a.letter;
    (void)b.letter;
    std::thread([] {
        thread_local Letter x('x');
        thread_local Letter y('y');
        (void)x.letter;
        (void)y.letter;
    }).join();
    std::putchar('|');
    return 0;
}

int many_statics()
{
    static int count;
    for (int i = 0; i < 300; i++) {
        std::atexit([] {
            if (++count == 300) {
                std::puts("all 300");
            }
        });
    }
    return 0;
}

const Mode modes[] = {{"order", order}, {"many-statics", many_statics}};

void locals()
{
    local.uses++;
    int before = alive;
    int seen = 0;
    std::string other;
    std::thread([&] {
        local.uses += 5;
        seen = alive;
        other = text;
        text = "changed";
    }).join();
    CHECK("thread-local.one-each", seen == before + 1 && local.uses == 1);
    CHECK("thread-local.destroyed", alive == before);
    CHECK("thread-local.string", other == "initial" && text == "initial");
    CHECK("thread-local.order", run_child("order").output == "yx|Lba4321");
    CHECK("atexit.300", run_child("many-statics").says("all 300"));
}

void run()
{
    casts();
    guards();
    locals();
}

const Area area("rtti", run);
} // namespace
