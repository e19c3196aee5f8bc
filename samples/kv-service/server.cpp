// SPDX-License-Identifier: MIT
#include "server.hpp"

#include <cerrno>
#include <exception>
#include <format>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace kv
{
Server::Server(std::filesystem::path path, Store &store) : store_(store), listener_(std::move(path))
{
    int ends[2];
    if (pipe(ends) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    stop_read_ = Descriptor(ends[0]);
    stop_write_ = Descriptor(ends[1]);
}

// Also when run() has been left by an exception, no thread outlives the server.
Server::~Server()
{
    for (Worker &worker : workers_) {
        worker.connection.shut_down();
        worker.thread.join();
    }
}

void Server::run()
{
    for (;;) {
        Descriptor descriptor = listener_.accept(stop_read_);
        if (descriptor.get() < 0) {
            break;
        }
        join_ended();
        start(Connection(std::move(descriptor)));
    }
    for (Worker &worker : workers_) {
        worker.connection.shut_down();
        worker.thread.join();
    }
    workers_.clear();
}

void Server::stop() noexcept
{
    (void)!write(stop_write_.get(), "", 1); // full: it has been told already
}

void Server::start(Connection connection)
{
    if (workers_.size() >= most_connections) {
        connection.write_line("ERROR too many connections");
        return;
    }
    Worker &worker = workers_.emplace_back(std::move(connection));
    try {
        worker.thread = std::thread(&Server::serve, this, std::ref(worker));
    } catch (const std::system_error &error) { // no more threads: this client goes without
        std::cerr << std::format("kv-service: {}\n", error.what());
        workers_.pop_back();
    }
}

void Server::join_ended()
{
    for (auto at = workers_.begin(); at != workers_.end();) {
        if (at->ended) {
            at->thread.join();
            at = workers_.erase(at);
        } else {
            ++at;
        }
    }
}

// What goes wrong in a conversation ends that conversation, nothing else.
void Server::serve(Worker &worker) noexcept
{
    try {
        std::string line;
        while (worker.connection.read_line(line)) {
            worker.connection.write_line(answer(store_, line));
        }
    } catch (const std::exception &error) {
        std::cerr << std::format("kv-service: connection closed: {}\n", error.what());
    }
    worker.connection.shut_down();
    worker.ended = true;
}
} // namespace kv
