// SPDX-License-Identifier: MIT
// Mappings of files that get shorter, from the text of mmap(): what lies in whole pages behind the
// end is SIGBUS, whoever had touched it before.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

#define NAME "/tmp/libc-mapped"
#define PAGE 4096

static sigjmp_buf landing;
static volatile siginfo_t seen;

static void land(int signal, siginfo_t *info, void *context)
{
    (void)context;
    seen = *info;
    siglongjmp(landing, signal);
}

static void set_landing(bool on)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO, .sa_sigaction = land};
    if (!on) {
        action = (struct sigaction){.sa_handler = SIG_DFL};
    }
    sigaction(SIGBUS, &action, NULL);
}

static bool is_sigbus(volatile char *address, bool store)
{
    int signal = sigsetjmp(landing, 1);
    if (signal == 0) {
        if (store) {
            *address = 1;
        } else {
            (void)*address;
        }
        return false;
    }
    return signal == SIGBUS && seen.si_code == BUS_ADRERR && seen.si_addr == address;
}

// Three pages of 'a', each touched in a mapping.
static char *touched(int fd, int flags, bool store)
{
    static char page[PAGE];
    memset(page, 'a', sizeof(page));
    for (int i = 0; i < 3; i++) {
        (void)!pwrite(fd, page, sizeof(page), i * PAGE);
    }
    char *view = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
    for (int i = 0; i < 3 && view != MAP_FAILED; i++) {
        view[i * PAGE] = store ? 'b' : view[i * PAGE];
    }
    return view;
}

static void cut(int fd, int flags, bool store, const char *name)
{
    int zero = open("/dev/zero", O_RDWR);
    char *view = touched(fd, flags, store);
    CHECK(name, view != MAP_FAILED && ftruncate(fd, PAGE + 5) == 0 && view[PAGE] != 0 &&
                    view[PAGE + 4] == 'a' && is_sigbus(view + 2 * PAGE + 9, false) &&
                    is_sigbus(view + 2 * PAGE, true));
    CHECK("mapped.calls-fail", write(fd, view + 2 * PAGE, 1) == -1 && errno == EFAULT &&
                                   read(zero, view + 2 * PAGE, 1) == -1 && errno == EFAULT &&
                                   read(zero, view + PAGE, 1) == 1);
    CHECK("mapped.grown-again",
          ftruncate(fd, 3 * PAGE) == 0 && view[2 * PAGE] == 0 && view[3 * PAGE - 1] == 0);
    CHECK("mapped.truncating-open", close(open(NAME, O_WRONLY | O_TRUNC)) == 0 &&
                                        is_sigbus(view, false) && is_sigbus(view + PAGE, true));
    munmap(view, 3 * PAGE);
    close(zero);
}

// Shared memory objects are files, too.
static void shared_memory_object(void)
{
    int fd = shm_open("/libc-mapped", O_RDWR | O_CREAT, 0600);
    char *view = touched(fd, MAP_SHARED, true);
    CHECK("mapped.shm", ftruncate(fd, PAGE) == 0 && view[0] == 'b' && is_sigbus(view + PAGE, true));
    munmap(view, 3 * PAGE);
    close(fd);
    shm_unlink("/libc-mapped");
}

// Another process touches what this one cuts, all the time; it dies of nothing but SIGBUS.
static void in_another_process(int fd)
{
    char *view = touched(fd, MAP_SHARED, true);
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        set_landing(false);
        for (volatile char *at = view + PAGE;; at[0] = at[1]) {
        }
    }
    usleep(20000);
    CHECK("mapped.other-process", ftruncate(fd, PAGE) == 0 && waitpid(child, &status, 0) == child &&
                                      WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
    munmap(view, 3 * PAGE);
}

static volatile int landed;
static char *volatile shared_view;

static void count_and_map(int signal)
{
    (void)signal;
    landed++;
    (void)mmap(shared_view + PAGE, PAGE, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void *touch_until_signal(void *unused)
{
    (void)unused;
    while (landed == 0) {
        shared_view[PAGE] = 1;
    }
    return NULL;
}

// So does another thread, which then goes on in memory of its own.
static void in_another_thread(int fd)
{
    struct sigaction action = {.sa_handler = count_and_map};
    pthread_t thread;
    shared_view = touched(fd, MAP_SHARED, true);
    landed = 0;
    sigaction(SIGBUS, &action, NULL);
    bool good = pthread_create(&thread, NULL, touch_until_signal, NULL) == 0;
    usleep(20000);
    good = good && ftruncate(fd, 0) == 0 && pthread_join(thread, NULL) == 0;
    CHECK("mapped.other-thread", good && landed == 1);
    munmap(shared_view, 3 * PAGE);
    set_landing(true);
}

void area_mapped(void)
{
    int fd = open(NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
    set_landing(true);
    cut(fd, MAP_SHARED, true, "mapped.shared");
    cut(fd, MAP_SHARED, false, "mapped.shared-read");
    cut(fd, MAP_PRIVATE, true, "mapped.private-copy");
    cut(fd, MAP_PRIVATE, false, "mapped.private-read");
    shared_memory_object();
    in_another_process(fd);
    in_another_thread(fd);
    set_landing(false);
    close(fd);
    unlink(NAME);
}
