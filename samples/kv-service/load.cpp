// SPDX-License-Identifier: MIT
// Test: a server and many clients at once, each in its own thread; bad clients among them.
//
//   kv-load CLIENTS REQUESTS
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <format>
#include <future>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "server.hpp"

namespace
{
std::string ask(kv::Connection &connection, const std::string &request)
{
    std::string line;
    connection.write_line(request);
    if (!connection.read_line(line)) {
        throw std::runtime_error(std::format("no answer to '{}'", request.substr(0, 20)));
    }
    return line;
}

void expect(kv::Connection &connection, const std::string &request, const std::string &expected)
{
    std::string got = ask(connection, request);
    if (got != expected) {
        throw std::runtime_error(
            std::format("'{}' is answered by '{}', not by '{}'", request, got, expected));
    }
}

// Keys of its own: nobody else may change what it reads.
void good_client(const std::filesystem::path &path, int number, int requests)
{
    auto connection = kv::Connection::to(path);
    for (int i = 0; i < requests; i++) {
        std::string key = std::format("{}/{}", number, i % 10);
        expect(connection, std::format("SET {} value {}", key, i), "OK");
        expect(connection, "GET " + key, std::format("VALUE value {}", i));
    }
    for (int i = 1; i < 10; i++) {
        expect(connection, std::format("DELETE {}/{}", number, i), i < requests ? "OK" : "NONE");
    }
}

// Sends what is no request, then a line without end.
void bad_client(const std::filesystem::path &path)
{
    auto connection = kv::Connection::to(path);
    expect(connection, "MAKE coffee", "ERROR 'MAKE' is no request");
    expect(connection, "GET", "ERROR one key is expected");
    expect(connection, "SET " + std::string(65, 'k') + " v",
           "ERROR a key has 65 bytes, 64 are allowed");
    expect(connection, "SET k " + std::string(1025, 'v'),
           "ERROR a value has 1025 bytes, 1024 are allowed");
    std::string line;
    bool open = true;
    try {
        connection.write_line(std::string(1'000'000, 'x'));
        open = connection.read_line(line);
    } catch (const std::system_error &) { // closed while this side was writing
        open = false;
    }
    if (open) {
        throw std::runtime_error("a line without end was answered");
    }
}

void load(int clients, int requests)
{
    auto path = std::filesystem::temp_directory_path() / "kv-load.sock";
    kv::Store store;
    kv::Server server(path, store);
    auto running = std::async(std::launch::async, [&] { server.run(); });
    struct Stop { // also when a client throws: the future's destructor waits for run()
        kv::Server &server;
        ~Stop()
        {
            server.stop();
        }
    };
    {
        Stop stop{server};
        std::vector<std::future<void>> done;
        for (int i = 0; i < clients; i++) {
            done.push_back(std::async(std::launch::async, good_client, path, i, requests));
        }
        done.push_back(std::async(std::launch::async, bad_client, path));
        for (auto &client : done) {
            client.get(); // throws what the client threw
        }
        auto last = kv::Connection::to(path);
        expect(last, "COUNT", std::to_string(clients));
    }
    running.get();
}
} // namespace

int main(int argc, char **argv)
{
    try {
        int clients = argc == 3 ? std::stoi(argv[1]) : 0,
            requests = argc == 3 ? std::stoi(argv[2]) : 0;
        if (clients < 1 || requests < 1 ||
            clients >= static_cast<int>(kv::Server::most_connections)) {
            throw std::invalid_argument("usage: kv-load CLIENTS REQUESTS");
        }
        load(clients, requests);
        std::cout << std::format("{} clients, {} requests each: all answered\n", clients,
                                 2 * requests);
        return EXIT_SUCCESS;
    } catch (const std::exception &error) {
        std::cerr << std::format("kv-load: {}\n", error.what());
    }
    return EXIT_FAILURE;
}
