// SPDX-License-Identifier: MIT
// Options of TCP sockets, for setsockopt(); there is no TCP.
#pragma once

#define TCP_NODELAY 1
