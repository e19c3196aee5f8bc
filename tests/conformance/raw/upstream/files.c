// SPDX-License-Identifier: MIT
// The file calls as programs of upstream's kind see them: every quirk they could rely on.
#include "upstream.h"

static char buffer[256];

static i64 create(const char *path, const char *text)
{
    i64 file = CALL3(CALL_OPEN, path, MODE_READ | MODE_WRITE, FLAG_CREATE);
    if (file >= 0) {
        CALL3(CALL_WRITE, file, text, length(text));
        CALL3(CALL_SEEK, file, 0, SEEK_ABSOLUTE);
    }
    return file;
}

/* Numbers nobody defined, capabilities, close. */
int check_calls(void)
{
    CHECK(CALL1(0x000000005, 0) == ERROR_INVAL);
    CHECK(CALL1(0x00000000b, 0) == ERROR_INVAL);
    CHECK(CALL1(0x10000000a, 0) == ERROR_INVAL);
    CHECK(CALL1(0x200000000, 0) == ERROR_INVAL);
    CHECK(CALL1(0x300000001, 0) == ERROR_INVAL);
    CHECK(CALL1(0x400000000, 0) == ERROR_INVAL);
    CHECK(CALL1(0x7fffffff00000000, 0) == ERROR_INVAL);
    CHECK(CALL1(0x0000000080000000, 0) == ERROR_INVAL);
    CHECK(CALL1(CALL_CAPABILITIES, 0) == 2);
    CHECK(CALL1(CALL_CAPABILITIES, 1) == 0);
    CHECK((CALL1(CALL_CAPABILITIES, 2) & 7) == 0);
    CHECK(CALL1(CALL_CAPABILITIES, 3) == ERROR_NOTFOUND);
    CHECK(CALL1(CALL_CAPABILITIES, 0xffffffff) == ERROR_NOTFOUND);
    CHECK(CALL1(CALL_CLOSE, 77) == 0);
    CHECK(CALL1(CALL_CLOSE, 0xffffffff) == 0);
    return 0;
}

/* Quirks 1 to 4: paths, creation, modes. */
int check_open(void)
{
    i64 file = create("/quirk", "hello");
    CHECK(file == 1);
    CHECK(CALL3(CALL_OPEN, "quirk", MODE_READ, 0) == 2);
    CHECK(CALL3(CALL_OPEN, "//quirk", MODE_READ, 0) == 3);
    CHECK(CALL3(CALL_OPEN, "/quirk/", MODE_READ, 0) == 4);
    for (u64 handle = 2; handle <= 4; handle++) {
        CHECK(CALL1(CALL_CLOSE, handle) == 0);
    }
    CHECK(CALL3(CALL_OPEN, "/./quirk", MODE_READ, 0) == ERROR_NOTFOUND);
    CHECK(CALL3(CALL_OPEN, "/../quirk", MODE_READ, 0) == ERROR_NOTFOUND);
    CHECK(CALL3(CALL_OPEN, "/quirk/below", MODE_READ, 0) == ERROR_NOTFOUND);
    CHECK(CALL3(CALL_OPEN, "/missing", MODE_READ, 0) == ERROR_NOTFOUND);
    CHECK(CALL3(CALL_OPEN, "", MODE_READ, 0) == ERROR_INVAL);
    CHECK(CALL3(CALL_OPEN, "/", MODE_READ, 0) == ERROR_INVAL);
    CHECK(CALL3(CALL_OPEN, "/quirk", 0x10, 0) == ERROR_INVAL);
    CHECK(CALL3(CALL_OPEN, "/quirk", MODE_READ, 2) == ERROR_INVAL);
    CHECK(CALL3(CALL_OPEN, "/quirk", MODE_READ | MODE_TRUNC, 0) == ERROR_RDONLY);
    CHECK(CALL3(CALL_OPEN, "/quirk", MODE_READ | MODE_TRUNC, FLAG_CREATE) == ERROR_EXIST);
    CHECK(CALL3(CALL_OPEN, 0x800000000000, MODE_READ, 0) == ERROR_INVAL);
    CHECK(CALL3(CALL_OPEN, 0x1000, MODE_READ, 0) == ERROR_FAULT);
    CHECK(CALL3(CALL_OPEN, "/made", 0, FLAG_CREATE) == 2);
    CHECK(CALL3(CALL_WRITE, 2, "x", 1) == 1);
    CHECK(CALL3(CALL_SEEK, 2, 0, SEEK_ABSOLUTE) == 0);
    CHECK(CALL3(CALL_READ, 2, buffer, 10) == 1 && buffer[0] == 'x');
    CHECK(CALL1(CALL_CLOSE, 2) == 0);
    CHECK(CALL1(CALL_UNLINK, "/made") == 0);
    CHECK(CALL3(CALL_OPEN, "/quirk", MODE_READ, 0) == 2);
    CHECK(CALL3(CALL_WRITE, 2, "x", 1) == ERROR_RDONLY);
    CHECK(CALL2(CALL_TRUNCATE, 2, 0) == ERROR_RDONLY);
    CHECK(CALL1(CALL_CLOSE, 2) == 0);
    CHECK(CALL3(CALL_OPEN, "/quirk", MODE_WRITE, 0) == 2);
    CHECK(CALL3(CALL_READ, 2, buffer, 1) == ERROR_WRONLY);
    CHECK(CALL1(CALL_CLOSE, 2) == 0);
    CHECK(CALL1(CALL_CLOSE, 1) == 0);
    CHECK(CALL1(CALL_UNLINK, "/quirk") == 0);
    return 0;
}

/* Quirks 3, 5 to 7, 11 and 12: positions, sizes, names. */
int check_positions(void)
{
    i64 file = create("/seek", "0123456789");
    i64 other = CALL3(CALL_OPEN, "/seek", MODE_READ | MODE_WRITE | MODE_APPEND, 0);
    CHECK(file == 1 && other == 2);
    CHECK(CALL3(CALL_WRITE, other, "ab", 2) == 2);
    CHECK(CALL3(CALL_SEEK, other, 0, SEEK_RELATIVE) == 12);
    CHECK(CALL3(CALL_SEEK, other, 0, SEEK_ABSOLUTE) == 0);
    CHECK(CALL3(CALL_WRITE, other, "X", 1) == 1);
    CHECK(CALL3(CALL_READ, file, buffer, 64) == 12);
    CHECK(same(buffer, "X123456789ab", 12));
    CHECK(CALL3(CALL_READ, file, 0x800000000000, 64) == 0);
    CHECK(CALL3(CALL_SEEK, file, 100, SEEK_ABSOLUTE) == 12);
    CHECK(CALL3(CALL_SEEK, file, -1, SEEK_ABSOLUTE) == 12);
    CHECK(CALL3(CALL_SEEK, file, -100, SEEK_RELATIVE) == 0);
    CHECK(CALL3(CALL_SEEK, file, 5, SEEK_RELATIVE) == 5);
    CHECK(CALL3(CALL_SEEK, file, 100, SEEK_RELATIVE) == 12);
    CHECK(CALL3(CALL_SEEK, file, 4, SEEK_END) == 8);
    CHECK(CALL3(CALL_SEEK, file, 13, SEEK_END) == 0);
    CHECK(CALL3(CALL_SEEK, file, -1, SEEK_END) == 0);
    CHECK(CALL3(CALL_SEEK, file, 0, SEEK_END) == 12);
    CHECK(CALL3(CALL_SEEK, file, 0, 3) == ERROR_INVAL);
    CHECK(CALL2(CALL_TRUNCATE, file, 13) == ERROR_INVAL);
    CHECK(CALL3(CALL_SEEK, other, 11, SEEK_ABSOLUTE) == 11);
    CHECK(CALL2(CALL_TRUNCATE, file, 6) == 6);
    CHECK(CALL3(CALL_SEEK, file, 0, SEEK_RELATIVE) == 6);
    CHECK(CALL3(CALL_READ, other, buffer, 8) == 0);
    CHECK(CALL3(CALL_READ, file, 0x1000, 0) == 0);
    CHECK(CALL3(CALL_WRITE, file, 0x1000, 0) == 0);
    CHECK(CALL3(CALL_SEEK, file, 0, SEEK_ABSOLUTE) == 0);
    CHECK(CALL3(CALL_READ, file, 0x1000, 4) == ERROR_FAULT);
    CHECK(CALL3(CALL_SEEK, file, 0, SEEK_RELATIVE) == 0);
    CHECK(CALL3(CALL_WRITE, file, 0x1000, 4) == ERROR_FAULT);
    CHECK(CALL1(CALL_UNLINK, "/seek") == 0);
    CHECK(CALL3(CALL_OPEN, "/seek", MODE_READ, 0) == ERROR_NOTFOUND);
    CHECK(CALL3(CALL_READ, file, buffer, 3) == 3 && same(buffer, "X12", 3));
    CHECK(CALL1(CALL_CLOSE, file) == 0 && CALL1(CALL_CLOSE, other) == 0);
    return 0;
}

/* Quirks 4 and 8: folders. */
int check_directories(void)
{
    static struct directory_entry entries[4];
    CHECK(CALL1(CALL_MKDIR, "/d") == 0);
    CHECK(CALL1(CALL_MKDIR, "/d") == ERROR_EXIST);
    CHECK(CALL1(CALL_MKDIR, "/missing/d") == ERROR_NOTFOUND);
    CHECK(CALL1(CALL_CLOSE, create("/d/one", "1")) == 0);
    CHECK(CALL1(CALL_CLOSE, create("/d/two", "22")) == 0);
    CHECK(CALL1(CALL_MKDIR, "/d/sub") == 0);
    CHECK(CALL3(CALL_OPEN, "/d", MODE_READ, 0) == ERROR_NOTFOUND);
    CHECK(CALL3(CALL_OPEN, "/d", MODE_READ, FLAG_CREATE) == ERROR_EXIST);
    CHECK(CALL1(CALL_OPENDIR, "") == ERROR_INVAL);
    CHECK(CALL1(CALL_OPENDIR, "/missing") == ERROR_NOTFOUND);
    CHECK(CALL1(CALL_OPENDIR, "/d/one") == ERROR_NOTFOUND);
    i64 root = CALL1(CALL_OPENDIR, "/");
    i64 dir = CALL1(CALL_OPENDIR, "d");
    CHECK(root == 1 && dir == 2);
    CHECK(CALL3(CALL_READ, dir, buffer, 1) == ERROR_NOTSUPP);
    CHECK(CALL3(CALL_WRITE, dir, buffer, 1) == ERROR_NOTSUPP);
    CHECK(CALL3(CALL_SEEK, dir, 0, SEEK_ABSOLUTE) == ERROR_NOTSUPP);
    CHECK(CALL1(CALL_CLOSE, create("/d/later", "")) == 0);
    CHECK(CALL3(CALL_READDIR, dir, entries, 4) == 3);
    u64 sizes = 0;
    for (int i = 0; i < 3; i++) {
        int folder = same(entries[i].name, "sub", 4);
        CHECK(folder || same(entries[i].name, "one", 4) || same(entries[i].name, "two", 4));
        CHECK(entries[i].type == (folder ? 1 : 0));
        sizes += entries[i].size;
    }
    CHECK(sizes == 3);
    CHECK(CALL3(CALL_READDIR, dir, entries, 4) == 0);
    CHECK(CALL1(CALL_CLOSE, dir) == 0);
    CHECK(CALL1(CALL_OPENDIR, "/d") == dir);
    CHECK(CALL1(CALL_UNLINK, "/d/later") == 0);
    CHECK(CALL3(CALL_READDIR, dir, entries, 4) == ERROR_NOTFOUND);
    CHECK(CALL1(CALL_UNLINK, "/d/sub") == ERROR_UNKNOWN);
    CHECK(CALL1(CALL_RMDIR, "/d/one") == ERROR_UNKNOWN);
    CHECK(CALL1(CALL_RMDIR, "/d") == ERROR_UNKNOWN);
    CHECK(CALL1(CALL_RMDIR, "/d/sub") == 0);
    CHECK(CALL1(CALL_UNLINK, "/d/one") == 0 && CALL1(CALL_UNLINK, "/d/two") == 0);
    CHECK(CALL1(CALL_RMDIR, "/d") == 0 && CALL1(CALL_RMDIR, "/d") == ERROR_NOTFOUND);
    CHECK(CALL1(CALL_CLOSE, root) == 0 && CALL1(CALL_CLOSE, dir) == 0);
    return 0;
}

/* Quirk 10, last because it ends with the log closed and taken back by nobody. */
int check_log(void)
{
    CHECK(CALL3(CALL_READ, 0, buffer, 1) == ERROR_WRONLY);
    CHECK(CALL3(CALL_SEEK, 0, 5, SEEK_ABSOLUTE) == 0);
    CHECK(CALL2(CALL_TRUNCATE, 0, 0) == ERROR_UNKNOWN);
    CHECK(CALL3(CALL_WRITE, 0, "line of the log\n", 16) == 16);
    CHECK(CALL3(CALL_WRITE, 0, 0x1000, 1) == ERROR_FAULT);
    CHECK(CALL3(CALL_WRITE, 0, 0x1000, 0) == 0);
    CHECK(CALL3(CALL_READDIR, 0, buffer, 1) == ERROR_NOTSUPP);
    return 0;
}
