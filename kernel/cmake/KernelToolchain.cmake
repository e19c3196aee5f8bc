# SPDX-License-Identifier: MIT
# Chooses compiler and binary tools before project(). Including file must not have called project().
include_guard(GLOBAL)

function(kernel_find_tool variable what)
  find_program(${variable} NAMES ${ARGN} DOC "${what} for the kernel")
  if(NOT ${variable})
    list(JOIN ARGN " or " names)
    message(FATAL_ERROR "kernel: no ${what} found; looked for ${names}. "
                        "Install it or set -D${variable}=PATH.")
  endif()
endfunction()

kernel_find_tool(COCONUT_KERNEL_CLANG "C compiler" clang-19 clang)
kernel_find_tool(COCONUT_KERNEL_LLD "linker" ld.lld-19 ld.lld)
kernel_find_tool(COCONUT_KERNEL_OBJCOPY "objcopy" llvm-objcopy-19 llvm-objcopy)

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER "${COCONUT_KERNEL_CLANG}")
set(CMAKE_ASM_COMPILER "${COCONUT_KERNEL_CLANG}")
set(CMAKE_C_COMPILER_TARGET x86_64-unknown-none-elf)
set(CMAKE_ASM_COMPILER_TARGET x86_64-unknown-none-elf)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_RELWITHDEBINFO_INIT "-O2 -g")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
