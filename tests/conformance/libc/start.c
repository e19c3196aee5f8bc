// SPDX-License-Identifier: MIT
// What the start code prepares: constructors, TLS, stack protector, RELRO, arguments, environment.
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static int order[3];
static int order_count;
static int constructor_argc = -1;

__attribute__((constructor(102))) static void second_constructor(void)
{
    order[order_count++] = 2;
}

__attribute__((constructor(101))) static void first_constructor(int argc, char **argv, char **envp)
{
    order[order_count++] = 1;
    constructor_argc = argv && envp ? argc : -2;
}

__attribute__((constructor)) static void last_constructor(void)
{
    order[order_count++] = 3;
}

static void preinit(void)
{
    order_count = 0;
}

__attribute__((section(".preinit_array"), used)) static void (*const preinit_entry)(void) = preinit;

static _Thread_local int tls_value = 0x12345678;
static _Thread_local char tls_zero[100];
static _Thread_local _Alignas(256) char tls_aligned[3] = "al";
_Thread_local long tls_extern = -1;

static void tls(void)
{
    bool zero = true;
    for (size_t i = 0; i < sizeof(tls_zero); i++) {
        zero = zero && tls_zero[i] == 0;
    }
    CHECK("start.tls-initialised", tls_value == 0x12345678 && tls_extern == -1);
    CHECK("start.tls-zero", zero);
    CHECK("start.tls-aligned",
          ((uintptr_t)tls_aligned & 255) == 0 && strcmp(tls_aligned, "al") == 0);
    uintptr_t self;
    __asm__("movq %%fs:0, %0" : "=r"(self));
    CHECK("start.tcb-self", *(uintptr_t *)self == self);
}

extern uintptr_t __stack_chk_guard;
static int pointed_to;
void *const volatile start_relro = &pointed_to; // needs a relocation, so it lies in RELRO

static void protection(void)
{
    uintptr_t canary;
    __asm__("movq %%fs:0x28, %0" : "=r"(canary));
    CHECK("start.canary", canary != 0 && canary == __stack_chk_guard && (canary & 0xff) == 0);
    char first[64];
    char second[64];
    bool ran = test_child("canary", first, sizeof(first)) == 0 &&
               test_child("canary", second, sizeof(second)) == 0;
    CHECK("start.canary-random", ran && strcmp(first, second) != 0);
    char output[256];
    int status = test_child("smash", output, sizeof(output));
    CHECK("start.smash-detected", WIFSIGNALED(status) && WTERMSIG(status) == 6);
    CHECK("start.smash-one-line",
          strcmp(output, "*** stack smashing detected ***: terminated\n") == 0);
    status = test_child("write-relro", NULL, 0);
    CHECK("start.relro",
          start_relro == &pointed_to && WIFSIGNALED(status) && WTERMSIG(status) == 11);
    status = test_child("write-canary", NULL, 0);
    CHECK("start.canary-read-only", WIFSIGNALED(status) && WTERMSIG(status) == 11);
}

static int count_objects(struct dl_phdr_info *info, size_t size, void *data)
{
    int *result = data;
    for (int i = 0; size >= sizeof(*info) && i < info->dlpi_phnum; i++) {
        const Elf64_Phdr *header = &info->dlpi_phdr[i];
        uintptr_t low = info->dlpi_addr + header->p_vaddr;
        uintptr_t here = (uintptr_t)count_objects;
        if (header->p_type == PT_LOAD && here >= low && here < low + header->p_memsz) {
            (*result)++;
        }
    }
    return 5;
}

void area_start(void)
{
    CHECK("start.constructors-in-order",
          order_count == 3 && order[0] == 1 && order[1] == 2 && order[2] == 3);
    CHECK("start.constructor-arguments", constructor_argc >= 1);
    CHECK("start.argv", test_program && test_program[0] != '\0');
    CHECK("start.environ", environ != NULL);
    int segments = 0;
    CHECK("start.dl_iterate_phdr", dl_iterate_phdr(count_objects, &segments) == 5 && segments == 1);
    tls();
    protection();
}
