// SPDX-License-Identifier: MIT
// Stands at /bin/sh in the machines of LLVM's tests, whose helpers make, open up and remove their
// folders through system(): three commands, with plain words only. Anything else is refused.
//
//   sh -c "mkdir -p FOLDER" | "chmod -R MODE PATH" | "rm -rf PATH"
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WORDS_MAX 4
#define FOLDERS_MAX 16 // open at once
#define NOT_KNOWN 127  // what a shell gives for a command that it does not find

static mode_t mode;

static int fail(const char *path)
{
    fprintf(stderr, "sh: %s: %s\n", path, strerror(errno));
    return EXIT_FAILURE;
}

static int make_folders(char *path)
{
    for (char *at = path + 1; *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            if (mkdir(path, 0777) != 0 && errno != EEXIST) {
                return fail(path);
            }
            *at = '/';
        }
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST ? EXIT_SUCCESS : fail(path);
}

static int open_up(const char *path, const struct stat *state, int type, struct FTW *place)
{
    (void)state;
    (void)place;
    return type == FTW_SL || type == FTW_SLN || chmod(path, mode) == 0 ? 0 : fail(path);
}

static int take_away(const char *path, const struct stat *state, int type, struct FTW *place)
{
    (void)state;
    (void)type;
    (void)place;
    return remove(path) == 0 ? 0 : fail(path);
}

static int do_command(char **words, int count)
{
    if (count == 3 && strcmp(words[0], "mkdir") == 0 && strcmp(words[1], "-p") == 0) {
        return make_folders(words[2]);
    }
    if (count == 4 && strcmp(words[0], "chmod") == 0 && strcmp(words[1], "-R") == 0) {
        mode = (mode_t)strtoul(words[2], NULL, 8);
        return nftw(words[3], open_up, FOLDERS_MAX, FTW_PHYS) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (count == 3 && strcmp(words[0], "rm") == 0 && strcmp(words[1], "-rf") == 0) {
        int result = nftw(words[2], take_away, FOLDERS_MAX, FTW_PHYS | FTW_DEPTH);
        return result == 0 || errno == ENOENT ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    fprintf(stderr, "sh: %s: not known here\n", words[0]);
    return NOT_KNOWN;
}

int main(int argc, char **argv)
{
    char *words[WORDS_MAX + 1];
    int count = 0;
    char *command = argc > 1 ? argv[argc - 1] : NULL; // there may be a "--" behind "-c"
    if (argc < 3 || strcmp(argv[1], "-c") != 0 || strpbrk(command, "|&;<>()$`\\\"'*?[#~%\n")) {
        fprintf(stderr, "sh: only plain words behind -c are understood\n");
        return NOT_KNOWN;
    }
    for (char *word = strtok(command, " "); word && count < WORDS_MAX; word = strtok(NULL, " ")) {
        words[count++] = word;
    }
    return count > 0 ? do_command(words, count) : EXIT_SUCCESS;
}
