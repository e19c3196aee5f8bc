# SPDX-License-Identifier: MIT
# kernel_image(NAME LINKER_SCRIPT file): links all modules into NAME.debug, writes NAME.map and the
# stripped NAME.elf.
include_guard(GLOBAL)

function(kernel_image name)
  cmake_parse_arguments(arg "" "LINKER_SCRIPT" "" ${ARGN})
  get_property(modules GLOBAL PROPERTY COCONUT_KERNEL_MODULES)
  set(debug_file "${CMAKE_BINARY_DIR}/${name}.debug")
  set(image_file "${CMAKE_BINARY_DIR}/${name}.elf")
  set(map_file "${CMAKE_BINARY_DIR}/${name}.map")

  set(objects "")
  foreach(module IN LISTS modules)
    list(APPEND objects "$<TARGET_OBJECTS:${module}>")
  endforeach()
  add_custom_command(OUTPUT "${debug_file}"
    # The inliner's bound: docs/decisions/0023-inlining.md.
    COMMAND "${COCONUT_KERNEL_LLD}" -m elf_x86_64 --lto-O2 -mllvm -inline-threshold=100 -mllvm -align-all-functions=1 -mllvm -align-loops=1
      -nostdlib -static --gc-sections --icf=safe --build-id=none
      -z max-page-size=4096 -z noexecstack --fatal-warnings --orphan-handling=error
      -T "${arg_LINKER_SCRIPT}" "-Map=${map_file}" -o "${debug_file}" "${objects}"
    DEPENDS "${arg_LINKER_SCRIPT}" ${modules} "${objects}"
    BYPRODUCTS "${map_file}"
    COMMAND_EXPAND_LISTS VERBATIM COMMENT "Linking ${name}.debug")
  add_custom_command(OUTPUT "${image_file}"
    COMMAND "${COCONUT_KERNEL_OBJCOPY}" --strip-all "${debug_file}" "${image_file}"
    DEPENDS "${debug_file}" VERBATIM COMMENT "Stripping ${name}.elf")
  add_custom_target(${name} ALL DEPENDS "${debug_file}" "${image_file}")
  install(FILES "${image_file}" "${debug_file}" "${map_file}" DESTINATION share/coconut/kernel)
endfunction()
