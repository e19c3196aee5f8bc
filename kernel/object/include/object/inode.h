// SPDX-License-Identifier: MIT
// Inode numbers of what has no name: a range for each kind, so that no two objects look like one
// file. Files count from 1.
#pragma once

#define INODE_OF_PIPES (1ull << 48)
#define INODE_OF_SOCKETS (1ull << 49)
#define INODE_OF_QUEUES (1ull << 50)
#define INODE_OF_TERMINALS (1ull << 51)
