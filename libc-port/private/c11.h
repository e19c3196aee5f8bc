// SPDX-License-Identifier: MIT
#pragma once

/// The result C11 has for a POSIX error number, 0 for none.
int __coco_c11_result(int error);
