// SPDX-License-Identifier: MIT
// A small service: keeps keys and values, asked through a local socket.
//
//   kv-service serve PATH      listens at PATH until SIGTERM or SIGINT
//   kv-service session         starts a service as another process, sends it the lines of standard
//                              input, prints the answers, ends it
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <format>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.hpp"

namespace
{
using namespace std::chrono_literals;

// Threads that are started later do not take these signals, so sigwait() gets them.
sigset_t block_end_signals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

int serve(const std::filesystem::path &path)
{
    sigset_t signals = block_end_signals();
    kv::Store store;
    kv::Server server(path, store);
    std::exception_ptr failure;
    std::thread thread([&] {
        try {
            server.run();
        } catch (...) {
            failure = std::current_exception();
            kill(getpid(), SIGTERM);
        }
    });
    int received = 0;
    sigwait(&signals, &received);
    server.stop();
    thread.join();
    if (failure) {
        std::rethrow_exception(failure);
    }
    std::cerr << std::format("kv-service: ended with {} keys\n", store.size());
    return EXIT_SUCCESS;
}

/// The service as a child, ended with this object.
class Child
{
  public:
    Child(std::string program, std::string path)
    {
        std::string verb = "serve";
        char *words[] = {program.data(), verb.data(), path.data(), nullptr};
        int error = posix_spawn(&pid_, program.c_str(), nullptr, nullptr, words, environ);
        if (error != 0) {
            throw std::system_error(error, std::generic_category(), program);
        }
    }
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    ~Child()
    {
        end();
    }

    /// Ends the service; returns its exit status, -1 if it did not end by exit.
    int end() noexcept
    {
        int status = 0;
        if (pid_ > 0) {
            kill(pid_, SIGTERM);
            waitpid(pid_, &status, 0);
            pid_ = -1;
        }
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

  private:
    pid_t pid_ = -1;
};

// The service has just been started: it may take a moment until it listens.
kv::Connection connect_to(const std::filesystem::path &path)
{
    for (auto limit = std::chrono::steady_clock::now() + 60s;;) {
        try {
            return kv::Connection::to(path);
        } catch (const std::system_error &) {
            if (std::chrono::steady_clock::now() > limit) {
                throw;
            }
        }
        std::this_thread::sleep_for(5ms);
    }
}

int session(const char *program)
{
    auto path = std::filesystem::temp_directory_path() / std::format("kv-{}.sock", getpid());
    Child child(program, path.string());
    auto connection = connect_to(path);
    for (std::string line; std::getline(std::cin, line);) {
        connection.write_line(line);
        if (!connection.read_line(line)) {
            throw std::runtime_error("the service has closed the connection");
        }
        std::cout << line << '\n';
    }
    std::cout.flush();
    return child.end() == 0 && !std::filesystem::exists(path) ? EXIT_SUCCESS : EXIT_FAILURE;
}
} // namespace

int main(int argc, char **argv)
{
    try {
        std::string_view verb = argc > 1 ? argv[1] : "";
        if (verb == "serve" && argc == 3) {
            return serve(argv[2]);
        }
        if (verb == "session" && argc == 2) {
            return session(argv[0]);
        }
        std::cerr << "usage: kv-service serve PATH | kv-service session\n";
    } catch (const std::exception &error) {
        std::cerr << std::format("kv-service: {}\n", error.what());
    }
    return EXIT_FAILURE;
}
