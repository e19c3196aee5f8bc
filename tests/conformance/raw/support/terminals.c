// SPDX-License-Identifier: MIT
#include "terminals.h"

#include <coconut/coconut.h>
#include <harness/print.h>
#include <harness/string.h>
#include <harness/test.h>

#define BOTH (COCO_FILE_READ | COCO_FILE_WRITE)

int64_t pseudo_open_again(coco_handle_t master, uint32_t flags)
{
    struct coco_terminal_info info;
    char path[32];
    int64_t result = coco_terminal_info(master, &info);
    if (result < 0) {
        return result;
    }
    print_to(path, sizeof(path), "/dev/pts/%u", info.number);
    return coco_file_open_at(COCO_HANDLE_NONE, path, BOTH | flags, 0);
}

bool pseudo_open(struct pseudo *pseudo)
{
    *pseudo = (struct pseudo){COCO_HANDLE_NONE, COCO_HANDLE_NONE};
    int64_t master = coco_file_open("/dev/ptmx", BOTH, 0);
    if (!EXPECT_TRUE(master > 0)) {
        return false;
    }
    pseudo->master = (coco_handle_t)master;
    int64_t terminal = coco_terminal_unlock(pseudo->master);
    if (terminal == 0) {
        terminal = pseudo_open_again(pseudo->master, COCO_FILE_NO_CONTROL);
    }
    if (!EXPECT_TRUE(terminal > 0)) {
        pseudo_close(pseudo);
        return false;
    }
    pseudo->terminal = (coco_handle_t)terminal;
    return true;
}

void pseudo_close(struct pseudo *pseudo)
{
    coco_handle_t *handles[] = {&pseudo->terminal, &pseudo->master};
    for (int i = 0; i < 2; i++) {
        if (*handles[i] != COCO_HANDLE_NONE) {
            EXPECT_OK(coco_close(*handles[i]));
            *handles[i] = COCO_HANDLE_NONE;
        }
    }
}

void pseudo_local(const struct pseudo *pseudo, uint32_t clear, uint32_t set)
{
    struct coco_terminal modes;
    EXPECT_OK(coco_terminal_get(pseudo->master, &modes));
    modes.local = (modes.local & ~clear) | set;
    EXPECT_OK(coco_terminal_set(pseudo->master, COCO_TERMINAL_NOW, &modes));
}

void pseudo_raw(const struct pseudo *pseudo, uint8_t min, uint8_t time)
{
    struct coco_terminal modes;
    EXPECT_OK(coco_terminal_get(pseudo->master, &modes));
    modes.local &= ~(COCO_TERMINAL_ICANON | COCO_TERMINAL_ECHO);
    modes.characters[COCO_TERMINAL_VMIN] = min;
    modes.characters[COCO_TERMINAL_VTIME] = time;
    EXPECT_OK(coco_terminal_set(pseudo->master, COCO_TERMINAL_NOW, &modes));
}

void pseudo_type(const struct pseudo *pseudo, const char *text)
{
    size_t len = strlen(text);
    EXPECT_EQ(coco_write(pseudo->master, text, len), len);
}

void pseudo_expect(coco_handle_t handle, const char *text)
{
    char found[256];
    size_t len = strlen(text);
    EXPECT_EQ(coco_read(handle, found, sizeof(found)), len);
    EXPECT_BYTES(found, text, len);
}
