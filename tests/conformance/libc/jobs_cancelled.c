// SPDX-License-Identifier: MIT
// system() in a thread that is cancelled.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "harness.h"

static volatile bool blocked;

static void note_mask(void *unused)
{
    sigset_t mask;
    (void)unused;
    blocked = pthread_sigmask(SIG_BLOCK, NULL, &mask) != 0 || sigismember(&mask, SIGCHLD);
}

static void *command_without_end(void *unused)
{
    pthread_cleanup_push(note_mask, NULL);
    system("wait");
    pthread_cleanup_pop(0);
    return unused;
}

void jobs_cancelled(void)
{
    pthread_t thread;
    void *result = NULL;
    struct sigaction found = {.sa_handler = SIG_IGN};
    blocked = true;
    pthread_create(&thread, NULL, command_without_end, NULL);
    do {
        rest(1000000);
        sigaction(SIGINT, NULL, &found);
    } while (found.sa_handler != SIG_IGN);
    rest(20000000);
    CHECK("jobs.system-cancelled", pthread_cancel(thread) == 0 &&
                                       pthread_join(thread, &result) == 0 &&
                                       result == PTHREAD_CANCELED);
    CHECK("jobs.system-cancelled-restores",
          sigaction(SIGINT, NULL, &found) == 0 && found.sa_handler == SIG_DFL && !blocked);
    CHECK("jobs.system-cancelled-leaves-no-child",
          waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}
