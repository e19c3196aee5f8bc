// SPDX-License-Identifier: MIT
// Throwing and catching inside of one thread.
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "c_frames.h"
#include "harness.h"
#include "library/library.h"

namespace
{
std::string trace;

struct Traced {
    explicit Traced(char its_letter, bool fails = false) : letter(its_letter)
    {
        if (fails) {
            throw letter;
        }
    }
    Traced(const Traced &) = delete;
    ~Traced()
    {
        trace += letter;
    }
    char letter;
};

[[noreturn]] int thrower(int number)
{
    throw std::out_of_range("number " + std::to_string(number));
}

int compare_throwing(const void *, const void *)
{
    throw 7;
}

template <typename Expected, typename Function> bool throws(Function function)
{
    try {
        function();
    } catch (const Expected &) {
        return true;
    } catch (...) {
    }
    return false;
}

void kinds()
{
    CHECK("catch.int", throws<int>([] { throw 1; }));
    CHECK("catch.base", throws<std::exception>([] { thrower(1); }));
    CHECK("catch.not-other", !throws<std::runtime_error>([] { thrower(1); }));
    CHECK("catch.pointer", throws<const char *>([] { throw "text"; }));
    CHECK("catch.what", [] {
        try {
            thrower(42);
        } catch (const std::logic_error &error) {
            return std::string(error.what()) == "number 42";
        }
    }());
    CHECK("catch.nullptr-as-pointer", throws<int *>([] { throw nullptr; }));
    CHECK("catch.bad-alloc", throws<std::bad_alloc>([] { (void)::operator new(SIZE_MAX / 2); }));
    CHECK("catch.bad-array-length", throws<std::bad_array_new_length>(
                                        [] { (void)std::allocator<int>().allocate(SIZE_MAX); }));
    CHECK("catch.nothrow-new", ::operator new(SIZE_MAX / 2, std::nothrow) == nullptr);
}

struct Base {
    Traced member{'b'};
};

struct Derived : Base {
    Traced first{'1'};
    Traced second{'2', true};
};

struct FunctionTry {
    FunctionTry()
    try : member('x', true) {
    } catch (char) {
        trace += 'f'; // rethrows at its end
    }
    Traced member;
};

void destructors()
{
    trace.clear();
    try {
        Traced a('a'), b('c');
        thrower(1);
    } catch (const std::exception &) {
        trace += '!';
    }
    CHECK("unwind.reverse-order", trace == "ca!");
    trace.clear();
    CHECK("unwind.half-made-object", throws<char>([] { Derived object; }) && trace == "1b");
    trace.clear();
    CHECK("unwind.half-made-array",
          throws<char>([] {
              std::vector<std::unique_ptr<Traced>> list;
              for (char letter = 'p'; letter < 'z'; letter++) {
                  list.push_back(std::make_unique<Traced>(letter, letter == 's'));
              }
          }) &&
              trace.size() == 3);
    trace.clear();
    CHECK("unwind.function-try-block", throws<char>([] { FunctionTry object; }) && trace == "f");
}

void rethrowing()
{
    CHECK("rethrow.keeps-type", throws<std::out_of_range>([] {
              try {
                  thrower(3);
              } catch (const std::exception &) {
                  throw;
              }
          }));
    std::exception_ptr kept;
    try {
        thrower(5);
    } catch (...) {
        kept = std::current_exception();
    }
    CHECK("rethrow.exception-ptr",
          throws<std::out_of_range>([&] { std::rethrow_exception(kept); }));
    CHECK("rethrow.make-exception-ptr",
          throws<int>([] { std::rethrow_exception(std::make_exception_ptr(3)); }));
    std::string text;
    try {
        try {
            thrower(6);
        } catch (...) {
            std::throw_with_nested(std::runtime_error("outer"));
        }
    } catch (const std::runtime_error &outer) {
        text = outer.what();
        try {
            std::rethrow_if_nested(outer);
        } catch (const std::exception &inner) {
            text += inner.what();
        }
    }
    CHECK("rethrow.nested", text == "outernumber 6");
}

struct Counter {
    explicit Counter(int *its_count) : count(its_count)
    {
    }
    ~Counter()
    {
        *count = std::uncaught_exceptions();
        try {
            throw 1; // inside of unwinding, but it does not get out
        } catch (int) {
            *count += 10;
        }
    }
    int *count;
};

void in_flight()
{
    int count = -1;
    try {
        Counter counter(&count);
        throw 2;
    } catch (int number) {
        count += 100 * number;
    }
    CHECK("unwind.throw-and-catch-in-destructor", count == 211);
    CHECK("unwind.none-uncaught", std::uncaught_exceptions() == 0);
}

void libraries()
{
    CHECK("c-frames.own", throws<std::out_of_range>([] { through_c(thrower, 50); }));
    int numbers[] = {3, 1, 2};
    CHECK("c-frames.qsort",
          throws<int>([&] { std::qsort(numbers, 3, sizeof(int), compare_throwing); }));
    CHECK("c-frames.bsearch", throws<int>([&] {
              (void)std::bsearch(numbers, numbers, 3, sizeof(int), compare_throwing);
          }));
    int number = 0;
    try {
        library::fail(17);
    } catch (const library::Error &error) {
        number = error.number;
    }
    CHECK("libraries.out-of", number == 17);
    CHECK("libraries.into", library::catches_own([] { throw library::Error(1); }));
    CHECK("libraries.into-other", !library::catches_own([] { throw std::runtime_error(""); }));
    std::unique_ptr<library::Shape> shape(library::make_shape());
    CHECK("libraries.dynamic-cast", dynamic_cast<library::Square *>(shape.get()) != nullptr);
    CHECK("libraries.constructors", library::constructed() == 1);
}

// A global whose constructor throws and catches, before main().
bool caught_before_main;

struct Early {
    Early()
    {
        try {
            library::fail(1);
        } catch (const library::Error &) {
            caught_before_main = true;
        }
    }
} const early;

void run()
{
    kinds();
    destructors();
    rethrowing();
    in_flight();
    libraries();
    CHECK("global-constructor.catches", caught_before_main);
}

const Area area("exceptions", run);
} // namespace
