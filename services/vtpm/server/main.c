// SPDX-License-Identifier: MIT
// vtpm --state DIRECTORY (--tcp PORT | --ports COMMANDS PLATFORM): a TPM that
// speaks the simulator's protocol. SIGTERM suspends it: the next start goes on
// where it was.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "mssim.h"
#include "tpm.h"

/// Waits for SIGTERM, which all threads block.
static void *wait_for_end(void *signals)
{
    int signal_number;
    if (sigwait(signals, &signal_number) != 0) {
        return NULL;
    }
    exit(tpm_suspend() == 0 ? 0 : 1);
}

/// Blocks SIGTERM here and in threads to come, and starts the one that waits for it. Returns 0 or
/// -1.
static int start_waiting(void)
{
    static sigset_t signals;
    pthread_t thread;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0 ||
        pthread_create(&thread, NULL, wait_for_end, &signals) != 0) {
        (void)fprintf(stderr, "vtpm: no thread that waits for SIGTERM\n");
        return -1;
    }
    return 0;
}

static int usage(void)
{
    (void)fprintf(stderr, "usage: vtpm --state DIRECTORY (--tcp PORT | --ports COMMANDS PLATFORM)\n"
                          "  --tcp PORT    commands at 127.0.0.1:PORT, platform at the next port\n"
                          "  --ports A B   commands and platform through the files A and B\n");
    return 2;
}

/// The number of a TCP port that has a next one; 0 if `text` is none.
static unsigned port_number(const char *text)
{
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    return *end == 0 && port < 65535 ? (unsigned)port : 0;
}

int main(int argc, char **argv)
{
    static struct endpoint commands = {.serve = mssim_serve_commands};
    static struct endpoint platform = {.serve = mssim_serve_platform};
    int result;
    if (argc < 5 || strcmp(argv[1], "--state") != 0) {
        return usage();
    }
    (void)signal(SIGPIPE, SIG_IGN);
    if (strcmp(argv[3], "--tcp") == 0 && argc == 5 && port_number(argv[4]) != 0) {
        unsigned port = port_number(argv[4]);
        result = endpoint_listen(&commands, port);
        result = result != 0 ? result : endpoint_listen(&platform, port + 1);
    } else if (strcmp(argv[3], "--ports") == 0 && argc == 6) {
        result = endpoint_open_port(&commands, argv[4]);
        result = result != 0 ? result : endpoint_open_port(&platform, argv[5]);
    } else {
        return usage();
    }
    if (result != 0 || tpm_open(argv[2]) != 0 || tpm_power_on() != 0 || start_waiting() != 0 ||
        endpoint_start(&platform) != 0) {
        return 1;
    }
    (void)printf("vtpm: ready\n");
    (void)fflush(stdout);
    (void)endpoint_serve(&commands);
    return 0;
}
