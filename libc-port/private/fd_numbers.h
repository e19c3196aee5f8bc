// SPDX-License-Identifier: MIT
// The numbers of descriptors that are in use: for fd/table.c, whose slots have the last word. All
// functions are thread-safe, and may interrupt each other.
#pragma once

/// Take the lowest free number from `lowest` on and below the limit. @return -1 if there is none
int __coco_fd_take_number(int lowest);

/// Take a number, whether it is free or not.
void __coco_fd_use_number(int fd);

/// Make a number free.
void __coco_fd_free_number(int fd);
