// SPDX-License-Identifier: MIT
// Answers requests at a local socket, each connection in a thread of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <list>
#include <mutex>
#include <thread>

#include "socket.hpp"
#include "store.hpp"

namespace kv
{
class Server
{
  public:
    static constexpr std::size_t most_connections = 32;

    /// Listens from now on. The store has to outlive the server.
    Server(std::filesystem::path path, Store &store);
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;
    ~Server();

    /// Serve until stop(); then every connection has ended. Called once.
    void run();

    /// Make run() return, also if it has not been called yet. May be called by any thread.
    void stop() noexcept;

  private:
    struct Worker {
        explicit Worker(Connection its_connection) : connection(std::move(its_connection))
        {
        }
        Connection connection;
        std::thread thread;
        std::atomic<bool> ended = false;
    };

    void serve(Worker &worker) noexcept;
    void start(Connection connection);
    void join_ended();

    Store &store_;
    Listener listener_;
    Descriptor stop_read_{-1}, stop_write_{-1};
    std::list<Worker> workers_; // touched by the thread in run() and, after it, by the destructor
};
} // namespace kv
