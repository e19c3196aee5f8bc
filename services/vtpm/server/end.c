// SPDX-License-Identifier: MIT
#include "end.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tpm.h"

/// Waits for SIGTERM or SIGINT, which all threads block.
static void *wait_for_end(void *signals)
{
    int signal_number;
    if (sigwait(signals, &signal_number) != 0) {
        return NULL;
    }
    tpm_cancel();
    exit(tpm_end() == 0 ? 0 : 1);
}

int end_at_signals(void)
{
    static sigset_t signals;
    pthread_t thread;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0 ||
        pthread_create(&thread, NULL, wait_for_end, &signals) != 0) {
        (void)fprintf(stderr, "vtpm: no thread that waits for signals\n");
        return -1;
    }
    return 0;
}
