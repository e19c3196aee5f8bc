#!/bin/sh
# SPDX-License-Identifier: MIT
# x86_64-unknown-coconut-ld: the linker as it is, without start files and libraries.
exec ld.lld-19 -m elf_x86_64 "$@"
