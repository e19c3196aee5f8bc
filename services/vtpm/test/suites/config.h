// SPDX-License-Identifier: MIT
// What tpm2-tss's configure script would write.
#pragma once

#define PACKAGE_NAME "tpm2-tss"
#define PACKAGE_VERSION "4.1.3"
#define VERSION "4.1.3"
#define NO_DL 1
