// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/libc-mmap"
#define PAGE 4096

static bool map_fails(void *result, int error)
{
    return result == MAP_FAILED && errno == error;
}

static void anonymous(void)
{
    unsigned char *memory =
        mmap(NULL, 10 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!CHECK("memory.mmap", memory != MAP_FAILED && ((uintptr_t)memory & (PAGE - 1)) == 0)) {
        return;
    }
    bool zero = true;
    for (size_t i = 0; i < 10 * PAGE; i++) {
        zero = zero && memory[i] == 0;
    }
    CHECK("memory.zero", zero);
    memset(memory, 7, 10 * PAGE);
    CHECK("memory.mprotect", mprotect(memory + PAGE, PAGE, PROT_READ) == 0 && memory[PAGE] == 7);
    CHECK("memory.mprotect-back",
          mprotect(memory + PAGE, PAGE, PROT_READ | PROT_WRITE) == 0 && (memory[PAGE] = 8) == 8);
    CHECK("memory.munmap-middle",
          munmap(memory + 3 * PAGE, PAGE) == 0 && memory[2 * PAGE] == 7 && memory[4 * PAGE] == 7);
    CHECK("memory.mprotect-hole", mprotect(memory, 10 * PAGE, PROT_READ) == -1 && errno == ENOMEM);
    unsigned char *fixed = mmap(memory + 3 * PAGE, PAGE, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK("memory.fixed", fixed == memory + 3 * PAGE && fixed[0] == 0);
    CHECK("memory.munmap", munmap(memory, 10 * PAGE) == 0);
}

static void refusals(void)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    CHECK("memory.length-0", map_fails(mmap(NULL, 0, PROT_READ, flags, -1, 0), EINVAL));
    CHECK("memory.neither-shared-nor-private",
          map_fails(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL));
    CHECK("memory.write-and-execute",
          map_fails(mmap(NULL, PAGE, PROT_WRITE | PROT_EXEC, flags, -1, 0), ENOTSUP));
    CHECK("memory.bad-fd", map_fails(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 555, 0), EBADF));
    CHECK("memory.too-big",
          map_fails(mmap(NULL, (size_t)1 << 46, PROT_READ | PROT_WRITE, flags, -1, 0), ENOMEM));
    CHECK("memory.mmap-beyond-addresses",
          map_fails(mmap(NULL, SIZE_MAX & -4096ul, PROT_READ, flags, -1, 0), ENOMEM));
    CHECK("memory.unaligned", munmap((void *)0x12345, PAGE) == -1 && errno == EINVAL);
    void *mapped = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
    CHECK("memory.msync", msync(mapped, PAGE, MS_SYNC) == 0 &&
                              msync(mapped, PAGE, MS_ASYNC | MS_INVALIDATE) == 0 &&
                              posix_madvise(mapped, PAGE, POSIX_MADV_WILLNEED) == 0 &&
                              posix_madvise(mapped, PAGE, 99) == EINVAL &&
                              msync(mapped, PAGE, MS_SYNC | MS_ASYNC) == -1 && errno == EINVAL);
    munmap(mapped, PAGE);
    CHECK("memory.msync-hole", msync(mapped, PAGE, MS_SYNC) == -1 && errno == ENOMEM &&
                                   posix_madvise(mapped, PAGE, POSIX_MADV_NORMAL) == ENOMEM &&
                                   madvise(mapped, PAGE, MADV_DONTNEED) == -1 && errno == ENOMEM);
}

static void files(void)
{
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    char text[6000];
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (char)('a' + i % 26);
    }
    bool written = write(fd, text, sizeof(text)) == sizeof(text);
    char *view = mmap(NULL, sizeof(text), PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK("memory.file", written && view != MAP_FAILED && memcmp(view, text, sizeof(text)) == 0);
    CHECK("memory.file-rest-is-zero", view != MAP_FAILED && view[2 * PAGE - 1] == 0);
    munmap(view, sizeof(text));
    view = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, PAGE);
    CHECK("memory.file-offset",
          view != MAP_FAILED && memcmp(view, text + PAGE, sizeof(text) - PAGE) == 0);
    view[0] = '!';
    char back = 0;
    CHECK("memory.private-write-stays", pread(fd, &back, 1, PAGE) == 1 && back == text[PAGE]);
    munmap(view, PAGE);
    char *shared = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (CHECK("memory.shared", shared != MAP_FAILED)) {
        shared[PAGE] = '#';
        CHECK("memory.shared-store-is-read", pread(fd, &back, 1, PAGE) == 1 && back == '#');
        CHECK("memory.shared-write-is-seen", pwrite(fd, "$", 1, 5) == 1 && shared[5] == '$');
        CHECK("memory.shared-msync", msync(shared, 2 * PAGE, MS_SYNC) == 0);
        munmap(shared, 2 * PAGE);
    }
    CHECK("memory.file-offset-unaligned",
          map_fails(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 5), EINVAL));
    close(fd);
    fd = open(NAME, O_RDONLY);
    CHECK("memory.shared-needs-write",
          map_fails(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES));
    view = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK("memory.mprotect-needs-write",
          mprotect(view, PAGE, PROT_READ | PROT_WRITE) == -1 && errno == EACCES);
    munmap(view, PAGE);
    close(fd);
    fd = open(NAME, O_WRONLY);
    CHECK("memory.file-not-readable",
          map_fails(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EACCES));
    close(fd);
    unlink(NAME);
}

static bool dies_of(const char *mode, int signal)
{
    int status = test_child(mode, NULL, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

static void faults(void)
{
    CHECK("memory.write-read-only", dies_of("write-read-only", 11));
    CHECK("memory.read-unmapped", dies_of("read-unmapped", 11));
    CHECK("memory.execute-data", dies_of("execute-data", 11));
    CHECK("memory.null", dies_of("null", 11));
    CHECK("memory.beyond-file", dies_of("beyond-file", SIGBUS));
    CHECK("memory.stack-overflow", dies_of("stack-overflow", 11));
}

static sigjmp_buf landing;
static volatile siginfo_t seen;
static volatile bool on_own_stack;
static char handler_stack[64 * 1024];

static void land(int signal, siginfo_t *info, void *context)
{
    (void)context;
    char here = 0;
    seen = *info;
    on_own_stack = &here >= handler_stack && &here < handler_stack + sizeof(handler_stack);
    siglongjmp(landing, signal);
}

static int descend(int depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    return descend(depth + 1) + frame[0];
}

// The stack of the calling thread ends in a guard, and a handler on another stack can be left.
static void *overflow(void *here)
{
    const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof(handler_stack)};
    const stack_t none = {.ss_flags = SS_DISABLE};
    sigaltstack(&stack, NULL);
    on_own_stack = false;
    int signal = sigsetjmp(landing, 1);
    if (signal == 0) {
        (void)descend(0);
    }
    sigaltstack(&none, NULL);
    uintptr_t address = (uintptr_t)seen.si_addr;
    bool below = address < (uintptr_t)here && address > (uintptr_t)here - ((size_t)64 << 20);
    return signal == SIGSEGV && on_own_stack && below ? here : NULL;
}

static void *overflow_thread(void *unused)
{
    char here = 0;
    (void)unused;
    return overflow(&here) == &here ? &landing : NULL;
}

static void handled_faults(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    char here = 0;
    pthread_t thread;
    void *result = NULL;
    action.sa_sigaction = land;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    CHECK("memory.stack-overflow-handled", overflow(&here) == &here);
    CHECK("memory.stack-overflow-again", overflow(&here) == &here);
    CHECK("memory.thread-stack-overflow",
          pthread_create(&thread, NULL, overflow_thread, NULL) == 0 &&
              pthread_join(thread, &result) == 0 && result == &landing);
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    char *view = ftruncate(fd, PAGE + 1) == 0
                     ? mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                     : MAP_FAILED;
    int signal = sigsetjmp(landing, 1);
    if (signal == 0) {
        view[2 * PAGE - 1] = 1; // in the file's last page
        view[2 * PAGE + 5] = 1;
    }
    CHECK("memory.sigbus",
          signal == SIGBUS && seen.si_code == BUS_ADRERR && seen.si_addr == view + 2 * PAGE + 5);
    munmap(view, 3 * PAGE);
    close(fd);
    unlink(NAME);
    signal = sigsetjmp(landing, 1);
    if (signal == 0) {
        view[0] = 1;
    }
    CHECK("memory.sigsegv-unmapped",
          signal == SIGSEGV && seen.si_code == SEGV_MAPERR && seen.si_addr == view);
    action = (struct sigaction){0};
    action.sa_handler = SIG_DFL;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

void area_memory(void)
{
    handled_faults();
    anonymous();
    refusals();
    files();
    faults();
}
