// SPDX-License-Identifier: MIT
#include "store.hpp"

#include <format>
#include <mutex>

namespace kv
{
namespace
{
void check_length(const char *what, std::string_view text, std::size_t most)
{
    if (text.size() > most) {
        throw RequestError(
            std::format("a {} has {} bytes, {} are allowed", what, text.size(), most));
    }
}

// Cut off the first word, and the one blank behind it.
std::string_view next_word(std::string_view &line)
{
    std::size_t len = line.find(' ');
    std::string_view word = line.substr(0, len);
    line.remove_prefix(len == line.npos ? line.size() : len + 1);
    return word;
}

std::string_view only_key(std::string_view rest)
{
    std::string_view key = next_word(rest);
    if (key.empty() || !rest.empty()) {
        throw RequestError("one key is expected");
    }
    return key;
}

std::string do_request(Store &store, std::string_view line)
{
    std::string_view verb = next_word(line);
    if (verb == "SET") {
        std::string_view key = next_word(line);
        store.set(key, line);
        return "OK";
    }
    if (verb == "GET") {
        auto value = store.get(only_key(line));
        return value ? "VALUE " + *value : "NONE";
    }
    if (verb == "DELETE") {
        return store.remove(only_key(line)) ? "OK" : "NONE";
    }
    if (verb == "COUNT" && line.empty()) {
        return std::format("{}", store.size());
    }
    throw RequestError(std::format("'{}' is no request", verb.substr(0, 16)));
}
} // namespace

std::optional<std::string> Store::get(std::string_view key) const
{
    std::shared_lock lock(mutex_);
    auto found = entries_.find(key);
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
}

void Store::set(std::string_view key, std::string_view value)
{
    check_length("key", key, longest_key);
    check_length("value", value, longest_value);
    if (key.empty()) {
        throw RequestError("a key is expected");
    }
    std::unique_lock lock(mutex_);
    if (auto found = entries_.find(key); found != entries_.end()) {
        found->second = value;
    } else if (entries_.size() == most_entries) {
        throw RequestError("the store is full");
    } else {
        entries_.emplace(key, value);
    }
}

bool Store::remove(std::string_view key)
{
    std::unique_lock lock(mutex_);
    auto found = entries_.find(key);
    if (found == entries_.end()) {
        return false;
    }
    entries_.erase(found);
    return true;
}

std::size_t Store::size() const
{
    std::shared_lock lock(mutex_);
    return entries_.size();
}

std::string answer(Store &store, std::string_view line)
{
    try {
        return do_request(store, line);
    } catch (const RequestError &error) {
        return std::format("ERROR {}", error.what());
    }
}
} // namespace kv
