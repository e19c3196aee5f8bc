// SPDX-License-Identifier: MIT
// An ordinary C program: greets, and tells what it was given.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "world";
    const char *lang = getenv("LANG");
    struct timespec since_boot;
    if (clock_gettime(CLOCK_MONOTONIC, &since_boot) < 0) {
        perror("clock_gettime");
        return EXIT_FAILURE;
    }
    printf("Hello, %s!\n", name);
    printf("process %d on %ld CPUs, %.1f ms after boot, LANG=%s\n", (int)getpid(),
           sysconf(_SC_NPROCESSORS_ONLN),
           (double)since_boot.tv_sec * 1e3 + (double)since_boot.tv_nsec / 1e6,
           lang ? lang : "(not set)");
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
