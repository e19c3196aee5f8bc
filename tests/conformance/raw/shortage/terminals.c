// SPDX-License-Identifier: MIT
// Terminals that lack memory.
#include <coconut/coconut.h>

#include "shortage.h"
#include "terminals.h"

#define BOTH (COCO_FILE_READ | COCO_FILE_WRITE)

static struct pseudo pseudo;

static void make(void)
{
    (void)pseudo_open(&pseudo);
}

static void clear(void)
{
    pseudo_close(&pseudo);
}

static int64_t open_master(void)
{
    return coco_file_open_at(COCO_HANDLE_NONE, "/dev/ptmx", BOTH, 0);
}
SHORTAGE(open_master, open_master, .undo = shortage_close)

static int64_t open_terminal(void)
{
    return pseudo_open_again(pseudo.master, COCO_FILE_NO_CONTROL);
}
SHORTAGE(open_terminal, open_terminal, .before = make, .after = clear, .undo = shortage_close)
