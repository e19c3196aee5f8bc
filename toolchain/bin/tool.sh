#!/bin/sh
# SPDX-License-Identifier: MIT
# x86_64-unknown-coconut-<tool>: LLVM's tool of that name.
tool=${0##*-}
exec "llvm-$tool-19" "$@"
