# SPDX-License-Identifier: MIT
# kernel_abi: include path of the generated ABI headers (<abi/*.h>); COCONUT_ABI_GEN_DIR: their folder.
#
# The generator runs when CMake configures, and again when a table or the generator changes.
include_guard(GLOBAL)

get_filename_component(kernel_abi_source "${CMAKE_CURRENT_LIST_DIR}/../../sysroot/abi" ABSOLUTE)

if(NOT COCONUT_ABI_GEN_DIR)
  set(COCONUT_ABI_GEN_DIR "${CMAKE_BINARY_DIR}/gen")
  find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
  execute_process(
    COMMAND "${Python3_EXECUTABLE}" "${kernel_abi_source}/gen.py" --out "${COCONUT_ABI_GEN_DIR}"
    RESULT_VARIABLE kernel_abi_result)
  if(NOT kernel_abi_result EQUAL 0)
    message(FATAL_ERROR "kernel: sysroot/abi/gen.py failed; see the line above")
  endif()
  file(GLOB kernel_abi_tables CONFIGURE_DEPENDS
    "${kernel_abi_source}/*.def" "${kernel_abi_source}/*.h" "${kernel_abi_source}/*.py")
  set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS ${kernel_abi_tables})
endif()

add_library(kernel_abi INTERFACE)
target_include_directories(kernel_abi INTERFACE "${COCONUT_ABI_GEN_DIR}")
