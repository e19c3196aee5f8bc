// SPDX-License-Identifier: MIT
// What the service keeps, and the language it is asked in.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kv
{
constexpr std::size_t longest_key = 64;     // bytes
constexpr std::size_t longest_value = 1024; // bytes
constexpr std::size_t most_entries = 4096;

/// A request that cannot be done; what() is the answer to it.
class RequestError : public std::runtime_error
{
  public:
    using std::runtime_error::runtime_error;
};

/// Keys and values. All members may be called by several threads at once.
class Store
{
  public:
    /// The value of a key, if it has one.
    std::optional<std::string> get(std::string_view key) const;

    /// Give a key a value. Throws RequestError if either is too long, the key is empty, or the
    /// store is full; then nothing has changed.
    void set(std::string_view key, std::string_view value);

    /// Forget a key. Returns whether it was there.
    bool remove(std::string_view key);

    std::size_t size() const;

  private:
    mutable std::shared_mutex mutex_;
    std::map<std::string, std::string, std::less<>> entries_;
};

/// Do what a line asks for, and give the line that answers it; a request that is wrong is answered
/// by "ERROR" and the reason.
///
///     SET KEY VALUE   OK               the value is the rest of the line, blanks included
///     GET KEY         VALUE ... | NONE
///     DELETE KEY      OK | NONE
///     COUNT           number of keys
std::string answer(Store &store, std::string_view line);
} // namespace kv
