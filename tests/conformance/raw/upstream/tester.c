// SPDX-License-Identifier: MIT
// A program built as upstream's are: no ABI note, no start block, fixed address, section headers
// kept, `int 0x80` by hand. It proves what such a program finds at its start and in the 14 calls it
// has.
//
// The file /mode in its root chooses: "full" or none: everything; "quick": the start only; "exec":
// runs itself with the root /inner. The verdict goes to the log, and to the file /result: "pass",
// or "fail" with part and line.
#include "upstream.h"

/* Registers at entry, stored by _start: the 16 general ones, RFLAGS, CS, SS, and the word at RSP.
 */
u64 entry_registers[20];

/* .data, .bss and .rodata must hold what the file says. */
static u64 initialised[2] = {0x1122334455667788ul, 42};
static u64 zeroed[1024];
static const char constant[] = "constant";

__attribute__((noreturn)) void _start(void);
__attribute__((noreturn)) void upstream_main(void);

__attribute__((naked, noreturn)) void _start(void)
{
    __asm__ volatile("movq %rax, entry_registers(%rip)\n"
                     "leaq entry_registers(%rip), %rax\n"
                     "movq %rbx, 8(%rax)\n movq %rcx, 16(%rax)\n movq %rdx, 24(%rax)\n"
                     "movq %rsi, 32(%rax)\n movq %rdi, 40(%rax)\n movq %rbp, 48(%rax)\n"
                     "movq %rsp, 56(%rax)\n movq %r8, 64(%rax)\n movq %r9, 72(%rax)\n"
                     "movq %r10, 80(%rax)\n movq %r11, 88(%rax)\n movq %r12, 96(%rax)\n"
                     "movq %r13, 104(%rax)\n movq %r14, 112(%rax)\n movq %r15, 120(%rax)\n"
                     "pushfq\n popq 128(%rax)\n"
                     "movq %cs, %rcx\n movq %rcx, 136(%rax)\n"
                     "movq %ss, %rcx\n movq %rcx, 144(%rax)\n"
                     "movq (%rsp), %rcx\n movq %rcx, 152(%rax)\n"
                     "jmp upstream_main\n");
}

int same(const void *left, const void *right, u64 len)
{
    const u8 *a = left;
    const u8 *b = right;
    for (u64 i = 0; i < len; i++) {
        if (a[i] != b[i]) {
            return 0;
        }
    }
    return 1;
}

void copy(void *to, const void *from, u64 len)
{
    for (u64 i = 0; i < len; i++) {
        ((volatile u8 *)to)[i] = ((const u8 *)from)[i];
    }
}

u64 length(const char *text)
{
    u64 len = 0;
    while (((const volatile char *)text)[len] != '\0') {
        len++;
    }
    return len;
}

/* 64 KiB of stack below 0x800000000000, all of it there; registers zero; CS and SS as the ABI says.
 */
int check_environment(void)
{
    for (int i = 0; i < 16; i++) {
        CHECK(i == 7 || entry_registers[i] == 0);
    }
    CHECK(entry_registers[7] == 0x7ffffffffff8);
    CHECK(entry_registers[19] == 0);
    CHECK(entry_registers[16] == 0x202);
    CHECK(entry_registers[17] == 0x1b);
    CHECK(entry_registers[18] == 0x23);
    for (u64 at = 0x7fffffff0000; at < 0x7ffffffff000; at += 8) {
        CHECK(*(volatile u64 *)at == 0);
    }
    *(volatile u64 *)0x7fffffff0000 = 1;
    CHECK(initialised[0] == 0x1122334455667788ul && initialised[1] == 42);
    for (int i = 0; i < 1024; i++) {
        CHECK(((volatile u64 *)zeroed)[i] == 0);
    }
    CHECK(same(constant, "constant", sizeof(constant)));
    ((volatile u64 *)zeroed)[1023] = 1;
    CHECK(CALL2(CALL_READ, 1, 0) == ERROR_NOTFOUND);
    return 0;
}

static void append_number(char *text, u64 *len, int number)
{
    char digits[12];
    int count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count > 0) {
        text[(*len)++] = digits[--count];
    }
}

static void verdict(int part, int line)
{
    static char text[64];
    u64 len = 4;
    copy(text, line == 0 ? "pass" : "fail", 4);
    if (line != 0) {
        copy(text + len, " part ", 6);
        len += 6;
        append_number(text, &len, part);
        copy(text + len, " line ", 6);
        len += 6;
        append_number(text, &len, line);
    }
    text[len++] = '\n';
    i64 file = CALL3(CALL_OPEN, "/result", MODE_WRITE, FLAG_CREATE);
    CALL3(CALL_WRITE, file, text, len);
    CALL1(CALL_CLOSE, file);
    CALL3(CALL_WRITE, 0, "upstream tester: ", 17);
    CALL3(CALL_WRITE, 0, text, len);
}

static int run_inner(void)
{
    CHECK(CALL3(CALL_EXEC, "/raw/upstream", "/inner", 0) > 0);
    CHECK(CALL3(CALL_EXEC, "/inner/mode", "/inner", 0) == ERROR_NOTFOUND);
    CHECK(CALL3(CALL_EXEC, "/raw/upstream", "/raw", 0) == ERROR_NOTFOUND);
    return 0;
}

static char read_mode(void)
{
    char mode = 'f';
    i64 file = CALL3(CALL_OPEN, "/mode", MODE_READ, 0);
    if (file >= 0) {
        CALL3(CALL_READ, file, &mode, 1);
        CALL1(CALL_CLOSE, file);
    }
    return mode;
}

void upstream_main(void)
{
    static int (*const parts[])(void) = {check_environment, check_calls,       check_open,
                                         check_positions,   check_directories, check_log};
    u64 count = sizeof(parts) / sizeof(parts[0]);
    char mode = read_mode();
    int line = 0;
    u64 part = 0;
    for (; part < (mode == 'f' ? count : 1) && line == 0; part++) {
        line = parts[part]();
    }
    if (mode == 'e' && line == 0) {
        part = count + 1;
        line = run_inner();
    }
    verdict((int)part, line);
    CALL1(CALL_EXIT, line == 0 ? 0 : 1);
    for (;;) {
        __asm__ volatile("ud2");
    }
}
