// SPDX-License-Identifier: MIT
#pragma once

/// sysconf() of names that are not in its first table: the same results and errors.
long __coco_sysconf_more(int name);
