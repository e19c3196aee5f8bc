// SPDX-License-Identifier: MIT
// std::filesystem.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "harness.h"

namespace
{
namespace fs = std::filesystem;

const fs::path root = "/tmp/cxx-tests-fs";

void write(const fs::path &path, const std::string &text)
{
    std::ofstream(path) << text;
}

std::string content(const fs::path &path)
{
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> walk()
{
    std::vector<std::string> names;
    for (const auto &entry : fs::recursive_directory_iterator(root)) {
        names.push_back(entry.path().lexically_relative(root).string() +
                        (entry.is_directory() ? "/" : ""));
    }
    std::sort(names.begin(), names.end());
    return names;
}

void making()
{
    CHECK("fs.create-directories", fs::create_directories(root / "a/b/c"));
    CHECK("fs.create-again", !fs::create_directories(root / "a/b/c"));
    write(root / "a/one.txt", "one");
    write(root / "a/b/two.txt", "two two");
    CHECK("fs.types", fs::is_directory(root / "a") && fs::is_regular_file(root / "a/one.txt") &&
                          !fs::exists(root / "none"));
    CHECK("fs.size", fs::file_size(root / "a/b/two.txt") == 7);
    CHECK("fs.walk",
          walk() == std::vector<std::string>{"a/", "a/b/", "a/b/c/", "a/b/two.txt", "a/one.txt"});
    CHECK("fs.copy-file", fs::copy_file(root / "a/one.txt", root / "copy.txt") &&
                              content(root / "copy.txt") == "one");
    std::error_code code;
    CHECK("fs.copy-file-exists", !fs::copy_file(root / "a/one.txt", root / "copy.txt", code) &&
                                     code == std::errc::file_exists);
    CHECK("fs.copy-file-overwrite", fs::copy_file(root / "a/b/two.txt", root / "copy.txt",
                                                  fs::copy_options::overwrite_existing) &&
                                        content(root / "copy.txt") == "two two");
    fs::copy(root / "a", root / "tree", fs::copy_options::recursive);
    CHECK("fs.copy-tree", content(root / "tree/b/two.txt") == "two two");
    fs::rename(root / "copy.txt", root / "moved.txt");
    CHECK("fs.rename", !fs::exists(root / "copy.txt") && fs::exists(root / "moved.txt"));
    fs::resize_file(root / "moved.txt", 3);
    CHECK("fs.resize", content(root / "moved.txt") == "two");
}

void asking()
{
    auto age = fs::file_time_type::clock::now() - fs::last_write_time(root / "moved.txt");
    CHECK("fs.last-write-time", age > -std::chrono::seconds(2) && age < std::chrono::hours(1));
    auto then = fs::file_time_type::clock::now() - std::chrono::hours(24);
    fs::last_write_time(root / "moved.txt", then);
    auto difference = fs::last_write_time(root / "moved.txt") - then;
    CHECK("fs.set-last-write-time",
          difference < std::chrono::seconds(1) && difference > -std::chrono::seconds(1));
    fs::permissions(root / "moved.txt", fs::perms::owner_read);
    CHECK("fs.permissions", fs::status(root / "moved.txt").permissions() == fs::perms::owner_read);
    fs::permissions(root / "moved.txt", fs::perms::owner_write, fs::perm_options::add);
    CHECK("fs.equivalent", fs::equivalent(root / "moved.txt", root / "a/../moved.txt"));
    CHECK("fs.canonical", fs::canonical(root / "a/../a/b/.") == root / "a/b");
    CHECK("fs.weakly-canonical", fs::weakly_canonical(root / "x/../y") == root / "y");
    CHECK("fs.temporary", fs::is_directory(fs::temp_directory_path()));
    fs::path before = fs::current_path();
    fs::current_path(root / "a");
    CHECK("fs.current-path", fs::current_path() == root / "a" && fs::exists("one.txt") &&
                                 fs::absolute("one.txt") == root / "a/one.txt");
    fs::current_path(before);
    fs::directory_entry entry(root / "moved.txt");
    CHECK("fs.entry", entry.is_regular_file() && entry.file_size() == 3 && !entry.is_symlink());
    CHECK("fs.empty", fs::is_empty(root / "a/b/c") && !fs::is_empty(root / "a"));
}

void linking()
{
    fs::create_symlink("moved.txt", root / "link");
    CHECK("fs.symlink",
          fs::is_symlink(root / "link") && fs::read_symlink(root / "link") == "moved.txt");
    CHECK("fs.symlink-followed",
          content(root / "link") == "two" && fs::equivalent(root / "link", root / "moved.txt"));
    CHECK("fs.symlink-canonical", fs::canonical(root / "link") == root / "moved.txt");
    fs::create_directory_symlink("a", root / "shortcut");
    CHECK("fs.directory-symlink",
          fs::is_directory(root / "shortcut") && fs::exists(root / "shortcut/one.txt"));
    fs::create_hard_link(root / "moved.txt", root / "hard");
    CHECK("fs.hard-link",
          fs::hard_link_count(root / "moved.txt") == 2 && content(root / "hard") == "two");
    CHECK("fs.remove-links", fs::remove(root / "link") && fs::remove(root / "shortcut") &&
                                 fs::remove(root / "hard") && fs::exists(root / "moved.txt") &&
                                 fs::exists(root / "a/one.txt"));
}

void refusing()
{
    std::error_code code;
    (void)fs::file_size(root / "none", code);
    CHECK("fs.error-code", code == std::errc::no_such_file_or_directory);
    std::string text;
    try {
        fs::remove(root / "a"); // not empty
    } catch (const fs::filesystem_error &error) {
        text = error.what();
        code = error.code();
    }
    CHECK("fs.error-thrown",
          code == std::errc::directory_not_empty && text.find("cxx-tests-fs/a") != text.npos);
    code.clear();
    fs::space_info space = fs::space(root, code);
    CHECK("fs.space-figures", code ? code == std::errc::function_not_supported
                                   : space.capacity > 0 && space.free <= space.capacity);
    CHECK("fs.remove-missing", !fs::remove(root / "none"));
    CHECK("fs.remove-all", fs::remove_all(root) == 12 && !fs::exists(root));
}

void run()
{
    fs::remove_all(root);
    making();
    asking();
    linking();
    refusing();
}

const Area area("filesystem", run);
} // namespace
