// SPDX-License-Identifier: MIT
// Streams and locales.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <limits>
#include <locale>
#include <sstream>
#include <string>

#include "harness.h"

namespace
{
constexpr const char *file_name = "/tmp/cxx-tests-stream.txt";

template <typename... Values> std::string shown(const Values &...values)
{
    std::ostringstream stream;
    (stream << ... << values);
    return stream.str();
}

void formatting()
{
    CHECK("stream.integers", shown(1, ' ', -2L, ' ', 3ULL, std::hex, ' ', 255) == "1 -2 3 ff");
    CHECK("stream.manipulators", shown(std::setw(6), std::setfill('*'), std::showpos, 42,
                                       std::boolalpha, true) == "***+42true");
    CHECK("stream.floats", shown(std::fixed, std::setprecision(3), 3.14159, ' ', std::scientific,
                                 12345.678) == "3.142 1.235e+04");
    CHECK("stream.long-double", shown(std::setprecision(20), 0.5L) == "0.5");
    CHECK("stream.hexfloat", shown(std::hexfloat, 1.0) == "0x1p+0");
    CHECK("stream.quoted", shown(std::quoted("a \"b\"")) == "\"a \\\"b\\\"\"");
    std::tm when{};
    when.tm_year = 124;
    when.tm_mon = 1;
    when.tm_mday = 29;
    CHECK("stream.put-time", shown(std::put_time(&when, "%Y-%m-%d")) == "2024-02-29");
    std::wostringstream wide;
    wide << L"wide " << 7 << L' ' << 1.5;
    CHECK("stream.wide", wide.str() == L"wide 7 1.5");
}

void reading()
{
    std::istringstream input("12 0x1f 2.5e3 word true rest of line\nnext");
    int decimal = 0, hexadecimal = 0;
    double real = 0;
    bool flag = false;
    std::string word, line;
    input >> decimal >> std::hex >> hexadecimal >> std::dec >> real >> word >> std::boolalpha >>
        flag;
    std::getline(input >> std::ws, line);
    CHECK("stream.read", decimal == 12 && hexadecimal == 31 && real == 2500.0 && word == "word");
    CHECK("stream.read-line", flag && line == "rest of line" && input.good());
    std::istringstream large("99999999999999999999");
    int number = 0;
    large >> number;
    CHECK("stream.overflow", large.fail() && number == std::numeric_limits<int>::max());
    std::istringstream none("");
    none.exceptions(std::ios::eofbit);
    bool thrown = false;
    try {
        none >> number;
    } catch (const std::ios_base::failure &) {
        thrown = true;
    }
    CHECK("stream.exceptions", thrown);
}

void files()
{
    std::ofstream out(file_name);
    for (int i = 0; i < 10'000; i++) {
        out << "line " << i << '\n';
    }
    out.close();
    CHECK("file.write", out.good());
    std::ifstream in(file_name);
    std::string line;
    int count = 0;
    bool same = true;
    while (std::getline(in, line)) {
        same = same && line == "line " + std::to_string(count++);
    }
    CHECK("file.read", same && count == 10'000 && in.eof());
    std::fstream both(file_name, std::ios::in | std::ios::out | std::ios::binary);
    both.seekp(5);
    both << 'X';
    both.seekg(0);
    std::getline(both, line);
    CHECK("file.seek", line == "line X");
    both.seekg(0, std::ios::end);
    CHECK("file.tell", both.tellg() == std::streamoff(10 * 7 + 90 * 8 + 900 * 9 + 9000 * 10));
    std::ofstream(file_name, std::ios::app) << "end";
    std::ifstream again(file_name);
    again.seekg(-3, std::ios::end);
    again >> line;
    CHECK("file.append", line == "end");
    CHECK("file.missing", !std::ifstream("/tmp/cxx-tests-no-such-file"));
    std::remove(file_name);
}

struct Grouping : std::numpunct<char> {
    std::string do_grouping() const override
    {
        return "\3";
    }
    char do_thousands_sep() const override
    {
        return '.';
    }
};

void locales()
{
    CHECK("locale.classic", std::locale().name() == "C" && std::locale::classic().name() == "C");
    CHECK("locale.by-name", std::locale("C").name() == "C");
    bool thrown = false;
    try {
        std::locale none("no such locale");
    } catch (const std::runtime_error &) {
        thrown = true;
    }
    CHECK("locale.unknown", thrown);
    std::ostringstream stream;
    stream.imbue(std::locale(std::locale::classic(), new Grouping));
    stream << 1234567;
    CHECK("locale.own-facet", stream.str() == "1.234.567");
    const auto &types = std::use_facet<std::ctype<char>>(std::locale::classic());
    CHECK("locale.ctype", types.is(std::ctype_base::alpha, 'x') &&
                              !types.is(std::ctype_base::digit, 'x') && types.toupper('x') == 'X');
}

int standard_streams()
{
    std::cout << "out " << 1;
    std::printf(" stdio"); // in order with std::cout
    std::cout << " out" << std::endl;
    std::cerr << "error " << 2;
    std::clog << " log\n" << std::flush;
    std::cout << "flushed at exit";
    return 0;
}

const Mode mode("standard-streams", standard_streams);

void run()
{
    formatting();
    reading();
    files();
    locales();
    Ending ending = run_child("standard-streams");
    CHECK("stream.standard", ending.exited(0) && ending.output == "out 1 stdio out\nerror 2 log\n"
                                                                  "flushed at exit");
}

const Area area("iostreams", run);
} // namespace
