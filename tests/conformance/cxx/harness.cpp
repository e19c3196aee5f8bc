// SPDX-License-Identifier: MIT
#include "harness.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{
constexpr const char *output_file = "/tmp/cxx-tests-child.txt";

const char *program;
int passed_count;
int failed_count;

// Zero before any constructor runs, so registration works in any order of files.
Area *areas;
Mode *modes;

std::string slurp(const char *path)
{
    std::string text;
    if (std::FILE *file = std::fopen(path, "r")) {
        char buffer[512];
        for (std::size_t len; (len = std::fread(buffer, 1, sizeof(buffer), file)) > 0;) {
            text.append(buffer, len);
        }
        std::fclose(file);
    }
    return text;
}

bool wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (std::strcmp(argv[i], name) == 0) {
            return true;
        }
    }
    return argc < 2;
}

int child_main(const char *name)
{
    for (const Mode *mode = modes; mode; mode = mode->next) {
        if (std::strcmp(mode->name, name) == 0) {
            return mode->run();
        }
    }
    std::fprintf(stderr, "cxx-tests: no mode '%s'\n", name);
    return 125;
}
} // namespace

Area::Area(const char *its_name, void (*its_run)()) : name(its_name), run(its_run), next(areas)
{
    areas = this;
}

Mode::Mode(const char *its_name, int (*its_run)()) : name(its_name), run(its_run), next(modes)
{
    modes = this;
}

bool test_report(bool passed, const char *name, const char *why, int line)
{
    static std::mutex mutex;
    std::lock_guard guard(mutex);
    if (passed) {
        passed_count++;
        std::printf("ok - cxx.%s\n", name);
    } else {
        failed_count++;
        std::printf("not ok - cxx.%s: %s (line %d, errno %d)\n", name, why, line, errno);
    }
    std::fflush(stdout); // so that a crash later does not take this line along
    return passed;
}

bool Ending::aborted() const
{
    return status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

bool Ending::trapped() const
{
    return status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGILL;
}

bool Ending::exited(int code) const
{
    return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == code;
}

bool Ending::says(const char *text) const
{
    return output.find(text) != std::string::npos;
}

Ending run_child(const char *mode)
{
    char child[] = "--child";
    std::string path = program;
    std::string name = mode;
    char *argv[] = {path.data(), child, name.data(), nullptr};
    posix_spawn_file_actions_t actions;
    Ending ending{-1, {}};
    pid_t pid;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return ending;
    }
    if (posix_spawn_file_actions_addopen(&actions, 1, output_file,
                                         O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, 1, 2) == 0 &&
        posix_spawn(&pid, program, &actions, nullptr, argv, environ) == 0 &&
        waitpid(pid, &ending.status, 0) != pid) {
        ending.status = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    ending.output = slurp(output_file);
    unlink(output_file);
    return ending;
}

int main(int argc, char **argv)
{
    program = argv[0];
    if (argc == 3 && std::strcmp(argv[1], "--child") == 0) {
        return child_main(argv[2]);
    }
    for (const Area *area = areas; area; area = area->next) {
        if (wanted(area->name, argc, argv)) {
            area->run();
        }
    }
    std::printf("%d passed, %d failed\n", passed_count, failed_count);
    return failed_count == 0 && passed_count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
