// SPDX-License-Identifier: MIT
#include "end.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tpm.h"

/// SIGTERM and SIGINT; who asks has a set of his own, since one thread waits while others hold
/// them.
static sigset_t end_signals(void)
{
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    return signals;
}

/// Waits for SIGTERM or SIGINT, which all threads block.
static void *wait_for_end(void *unused)
{
    const sigset_t signals = end_signals();
    int signal_number;
    (void)unused;
    if (sigwait(&signals, &signal_number) != 0) {
        return NULL;
    }
    tpm_cancel();
    exit(tpm_end() == 0 ? 0 : 1);
}

void end_hold_signals(void)
{
    const sigset_t signals = end_signals();
    (void)pthread_sigmask(SIG_BLOCK, &signals, NULL); // fails for no other first argument
}

int end_at_signals(void)
{
    pthread_t thread;
    end_hold_signals();
    if (pthread_create(&thread, NULL, wait_for_end, NULL) != 0) {
        (void)fprintf(stderr, "vtpm: no thread that waits for signals\n");
        return -1;
    }
    return 0;
}
