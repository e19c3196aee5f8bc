// SPDX-License-Identifier: MIT
// What POSIX functions cost a C program; measure.h says what is printed.
#include "bench.h"

#include <stdio.h>
#include <string.h>

const char *program_path;

int main(int argc, char **argv)
{
    program_path = argv[0];
    if (argc == 2 && strcmp(argv[1], "echo") == 0) {
        return echo_bytes();
    }
    int good = platform_prepare() == 0;
    printf("\n"); // behind what the firmware left on the line
    // Processes first: what fork() costs depends on the memory that the process has touched.
    good = good && measure_all(process_operations) == 0 && measure_all(file_operations) == 0 &&
           measure_all(memory_operations) == 0 && measure_all(thread_operations) == 0;
    fflush(stdout);
    platform_end(good);
}
