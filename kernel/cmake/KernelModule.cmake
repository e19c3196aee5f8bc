# SPDX-License-Identifier: MIT
# kernel_module(NAME SOURCES a.c b.c [SMALL a.c ...] [DEPENDS base arch ...] [INCLUDE dir ...])
#
# Declares one folder of the kernel. Its public headers stand in INCLUDE (default: include/); a file can
# include only what its own module and the modules named in DEPENDS (and theirs) publish, so an upward
# include does not compile. DEPENDS names modules without the prefix: kernel_<name> are the targets.
#
# SMALL names those of the sources that run seldom and are compiled for size: docs/decisions/0025-size.md.
#
# COCONUT_KERNEL_HOST ON (set by kernel/test) builds the same sources as static libraries for the
# build machine, with address and undefined-behaviour sanitizers.
include_guard(GLOBAL)

include("${CMAKE_CURRENT_LIST_DIR}/../../sdk/cmake/CoconutWarnings.cmake")

add_library(kernel_options INTERFACE)
foreach(option IN LISTS COCONUT_WARNING_FLAGS)
  target_compile_options(kernel_options INTERFACE $<$<COMPILE_LANGUAGE:C>:${option}>)
endforeach()
target_compile_options(kernel_options INTERFACE $<$<COMPILE_LANGUAGE:C>:-std=gnu11>)

if(COCONUT_KERNEL_HOST)
  target_compile_definitions(kernel_options INTERFACE COCONUT_KERNEL_HOST=1 COCONUT_DEBUG=1)
  target_compile_options(kernel_options INTERFACE
    -g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(kernel_options INTERFACE -fsanitize=address,undefined)
else()
  # Only the compiler's own freestanding headers: nothing of the build machine's C library.
  execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-resource-dir
    OUTPUT_VARIABLE kernel_resource_dir OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  target_compile_options(kernel_options INTERFACE
    -ffreestanding -nostdinc
    $<$<COMPILE_LANGUAGE:C>:-isystem${kernel_resource_dir}/include>
    -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -fno-pic
    $<$<COMPILE_LANGUAGE:C>:-fstack-protector-strong;-mstack-protector-guard=global>
    $<$<COMPILE_LANGUAGE:C>:-fno-omit-frame-pointer;-fno-strict-aliasing>
    $<$<COMPILE_LANGUAGE:C>:-fno-delete-null-pointer-checks;-ftrivial-auto-var-init=zero>
    # Modules are compiled apart and optimised together: docs/decisions/0010-kernel-lto.md.
    $<$<COMPILE_LANGUAGE:C>:-flto=full>
    -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
    # The same bytes from every checkout.
    -ffile-prefix-map=${CMAKE_SOURCE_DIR}=kernel -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
  if(COCONUT_KERNEL_DEBUG)
    target_compile_definitions(kernel_options INTERFACE COCONUT_DEBUG=1)
  endif()
endif()

function(kernel_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;SMALL;DEPENDS;INCLUDE" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "kernel_module(${name}): usage: SOURCES files [SMALL files] [DEPENDS modules] [INCLUDE dirs]")
  endif()
  if(NOT arg_INCLUDE)
    set(arg_INCLUDE include)
  endif()

  set(target kernel_${name})
  if(COCONUT_KERNEL_HOST)
    add_library(${target} STATIC ${arg_SOURCES})
  else()
    add_library(${target} OBJECT ${arg_SOURCES})
    set_source_files_properties(${arg_SMALL} PROPERTIES COMPILE_OPTIONS -Oz)
    set_property(GLOBAL APPEND PROPERTY COCONUT_KERNEL_MODULES ${target})
  endif()
  foreach(dir IN LISTS arg_INCLUDE)
    target_include_directories(${target} PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/${dir}")
  endforeach()
  target_link_libraries(${target} PRIVATE kernel_options PUBLIC kernel_abi)
  list(TRANSFORM arg_DEPENDS PREPEND kernel_)
  if(COCONUT_KERNEL_HOST)
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS})
  else()
    foreach(dependency IN LISTS arg_DEPENDS)
      target_include_directories(${target} PUBLIC
        "$<$<TARGET_EXISTS:${dependency}>:$<TARGET_PROPERTY:${dependency},INTERFACE_INCLUDE_DIRECTORIES>>")
    endforeach()
  endif()
endfunction()
