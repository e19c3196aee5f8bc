// SPDX-License-Identifier: MIT
// What a program of upstream's kind knows of the kernel: numbers, registers and layouts, written
// down again on purpose. It uses no header of ours, so a change in our tables cannot hide here.
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long i64;

#define CALL_EXIT 0x000000000ul
#define CALL_EXEC 0x000000004ul
#define CALL_CLOSE 0x00000000aul
#define CALL_OPEN 0x100000000ul
#define CALL_READ 0x100000001ul
#define CALL_WRITE 0x100000002ul
#define CALL_SEEK 0x100000003ul
#define CALL_TRUNCATE 0x100000004ul
#define CALL_UNLINK 0x100000005ul
#define CALL_OPENDIR 0x100000006ul
#define CALL_READDIR 0x100000007ul
#define CALL_MKDIR 0x100000008ul
#define CALL_RMDIR 0x100000009ul
#define CALL_CAPABILITIES 0x300000000ul

#define ERROR_INVAL (-1l)
#define ERROR_FAULT (-5l)
#define ERROR_NOTFOUND (-7l)
#define ERROR_NOTSUPP (-8l)
#define ERROR_EXIST (-9l)
#define ERROR_RDONLY (-10l)
#define ERROR_WRONLY (-11l)
#define ERROR_UNKNOWN (-128l)

#define MODE_READ 1
#define MODE_WRITE 2
#define MODE_APPEND 4
#define MODE_TRUNC 8
#define FLAG_CREATE 1

#define SEEK_ABSOLUTE 0
#define SEEK_RELATIVE 1
#define SEEK_END 2

struct directory_entry {
    u8 name[256];
    u8 type;
    u8 padding[7];
    u64 size;
};

static inline i64 call(u64 number, u64 a, u64 b, u64 c, u64 d, u64 e)
{
    register u64 r8 __asm__("r8") = c;
    register u64 r9 __asm__("r9") = d;
    register u64 r10 __asm__("r10") = e;
    i64 result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "r"(r8), "r"(r9), "r"(r10)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

#define CALL1(number, a) call((number), (u64)(a), 0, 0, 0, 0)
#define CALL2(number, a, b) call((number), (u64)(a), (u64)(b), 0, 0, 0)
#define CALL3(number, a, b, c) call((number), (u64)(a), (u64)(b), (u64)(c), 0, 0)

/// Ends the current check function with the line number of the first statement that does not hold.
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return __LINE__;                                                                       \
        }                                                                                          \
    } while (0)

/// Parts of the test; each returns 0 or the line that failed.
int check_environment(void);
int check_calls(void);
int check_open(void);
int check_positions(void);
int check_directories(void);
int check_log(void);

int same(const void *left, const void *right, u64 len);
void copy(void *to, const void *from, u64 len);
u64 length(const char *text);
