// SPDX-License-Identifier: MIT
#include "socket.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace kv
{
namespace
{
constexpr int backlog = 16;

int check(int result, const char *what)
{
    if (result < 0) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

Descriptor new_socket()
{
    return Descriptor(check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
}

sockaddr_un address_of(const std::filesystem::path &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string &text = path.native();
    if (text.size() >= sizeof(address.sun_path)) {
        throw std::system_error(ENAMETOOLONG, std::generic_category(), text);
    }
    std::memcpy(address.sun_path, text.data(), text.size());
    return address;
}
} // namespace

Descriptor::Descriptor(Descriptor &&other) noexcept : fd_(std::exchange(other.fd_, -1))
{
}

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    std::swap(fd_, other.fd_);
    return *this;
}

Descriptor::~Descriptor()
{
    if (fd_ >= 0) {
        close(fd_);
    }
}

Connection::Connection(Descriptor descriptor) noexcept : descriptor_(std::move(descriptor))
{
}

Connection Connection::to(const std::filesystem::path &path)
{
    sockaddr_un address = address_of(path);
    Descriptor descriptor = new_socket();
    check(connect(descriptor.get(), reinterpret_cast<sockaddr *>(&address), sizeof(address)),
          "connect");
    return Connection(std::move(descriptor));
}

bool Connection::read_line(std::string &line)
{
    std::size_t end;
    while ((end = received_.find('\n')) == received_.npos) {
        if (received_.size() > longest_line) {
            throw std::length_error("a line is too long");
        }
        char buffer[512];
        ssize_t len = read(descriptor_.get(), buffer, sizeof(buffer));
        if (len == 0) {
            return false; // what came without an end of line is no request
        }
        if (len > 0) {
            received_.append(buffer, static_cast<std::size_t>(len));
        } else if (errno != EINTR) {
            check(-1, "read");
        }
    }
    line.assign(received_, 0, end);
    received_.erase(0, end + 1);
    return true;
}

void Connection::write_line(std::string_view line)
{
    std::string text(line);
    text += '\n';
    for (std::string_view rest = text; !rest.empty();) {
        ssize_t len = send(descriptor_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (len >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(len));
        } else if (errno != EINTR) {
            check(-1, "send");
        }
    }
}

void Connection::shut_down() noexcept
{
    shutdown(descriptor_.get(), SHUT_RDWR); // an error means that there is nothing left to end
}

Listener::Listener(std::filesystem::path path) : path_(std::move(path)), descriptor_(new_socket())
{
    sockaddr_un address = address_of(path_);
    check(bind(descriptor_.get(), reinterpret_cast<sockaddr *>(&address), sizeof(address)), "bind");
    check(listen(descriptor_.get(), backlog), "listen");
}

Listener::~Listener()
{
    std::error_code ignored; // somebody else has removed it
    std::filesystem::remove(path_, ignored);
}

Descriptor Listener::accept(const Descriptor &interrupt)
{
    for (;;) {
        pollfd events[] = {{interrupt.get(), POLLIN, 0}, {descriptor_.get(), POLLIN, 0}};
        if (poll(events, 2, -1) < 0 && errno != EINTR) {
            check(-1, "poll");
        }
        if (events[0].revents != 0) {
            return Descriptor(-1);
        }
        if (events[1].revents != 0) {
            int fd = ::accept(descriptor_.get(), nullptr, nullptr);
            if (fd >= 0 || (errno != EINTR && errno != ECONNABORTED)) {
                return Descriptor(check(fd, "accept"));
            }
        }
    }
}
} // namespace kv
