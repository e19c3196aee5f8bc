// SPDX-License-Identifier: MIT
// Local sockets that close themselves. Errors of the system are thrown as std::system_error.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace kv
{
/// Owns a file descriptor.
class Descriptor
{
  public:
    explicit Descriptor(int fd) noexcept : fd_(fd)
    {
    }
    Descriptor(Descriptor &&other) noexcept;
    Descriptor &operator=(Descriptor &&other) noexcept;
    ~Descriptor();

    int get() const noexcept
    {
        return fd_;
    }

  private:
    int fd_; // -1: none
};

/// One end of a conversation in lines.
class Connection
{
  public:
    static constexpr std::size_t longest_line = 2048; // bytes

    explicit Connection(Descriptor descriptor) noexcept;

    /// Connect to the service that listens at a path.
    static Connection to(const std::filesystem::path &path);

    /// Read a line, without its end. Returns false when the other side has closed. Throws
    /// std::length_error for a line that is too long, after which nothing can be read.
    bool read_line(std::string &line);

    /// Send a line; its end is added.
    void write_line(std::string_view line);

    /// Let every read and write in progress end. May be called by another thread.
    void shut_down() noexcept;

  private:
    Descriptor descriptor_;
    std::string received_; // but not given out yet
};

/// Listens at a path, which is there as long as this object.
class Listener
{
  public:
    explicit Listener(std::filesystem::path path);
    Listener(const Listener &) = delete;
    Listener &operator=(const Listener &) = delete;
    ~Listener();

    /// Wait for a connection, or until `interrupt` can be read: then the descriptor is -1.
    Descriptor accept(const Descriptor &interrupt);

  private:
    std::filesystem::path path_;
    Descriptor descriptor_;
};
} // namespace kv
