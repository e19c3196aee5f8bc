// SPDX-License-Identifier: MIT
// An ordinary C++ program: counts the words of standard input on all CPUs and prints the most
// frequent ones. Shows threads, exceptions that cross them, containers and formatted output.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <exception>
#include <format>
#include <future>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace
{
using Counts = std::map<std::string, std::size_t, std::less<>>;

constexpr std::size_t longest = 30; // letters

bool is_letter(char c)
{
    return std::isalpha(static_cast<unsigned char>(c)) != 0;
}

Counts count_words(std::string_view text)
{
    Counts counts;
    for (auto at = text.begin(); at != text.end();) {
        auto begin = std::find_if(at, text.end(), is_letter);
        at = std::find_if_not(begin, text.end(), is_letter);
        std::string word(begin, at);
        if (word.size() > longest) {
            throw std::length_error(std::format("'{}...' is no word", word.substr(0, 10)));
        }
        if (!word.empty()) {
            counts[word]++;
        }
    }
    return counts;
}

// Cut the text into about equal parts that end between words.
std::vector<std::string_view> split(std::string_view text, std::size_t parts)
{
    std::vector<std::string_view> result;
    for (; parts > 1 && !text.empty(); parts--) {
        std::size_t len = text.size() / parts;
        while (len < text.size() && is_letter(text[len])) {
            len++;
        }
        result.push_back(text.substr(0, len));
        text.remove_prefix(len);
    }
    result.push_back(text);
    return result;
}

Counts count_in_parallel(std::string_view text)
{
    std::vector<std::future<Counts>> jobs;
    for (std::string_view part : split(text, std::max(1u, std::thread::hardware_concurrency()))) {
        jobs.push_back(std::async(std::launch::async, count_words, part));
    }
    Counts total;
    for (auto &job : jobs) {
        for (const auto &[word, count] : job.get()) { // throws what the thread threw
            total[word] += count;
        }
    }
    return total;
}

void print_most_frequent(const Counts &counts, std::size_t most)
{
    std::vector<std::pair<std::string, std::size_t>> list(counts.begin(), counts.end());
    std::stable_sort(list.begin(), list.end(),
                     [](const auto &a, const auto &b) { return a.second > b.second; });
    for (std::size_t i = 0; i < std::min(most, list.size()); i++) {
        std::cout << std::format("{:6} {}\n", list[i].second, list[i].first);
    }
}
} // namespace

int main(int argc, char **argv)
{
    try {
        std::size_t most = argc > 1 ? std::stoul(argv[1]) : 3;
        std::string text{std::istreambuf_iterator<char>(std::cin), {}};
        print_most_frequent(count_in_parallel(text), most);
        std::cout.flush();
        return std::cout.good() ? EXIT_SUCCESS : EXIT_FAILURE;
    } catch (const std::invalid_argument &) {
        std::cerr << std::format("hello-cxx: '{}' is not a number of words\n", argv[1]);
    } catch (const std::exception &error) {
        std::cerr << std::format("hello-cxx: {}\n", error.what());
    }
    return EXIT_FAILURE;
}
