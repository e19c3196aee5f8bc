# SPDX-License-Identifier: MIT
# The parts of the SDK that are copied, not compiled. Layout of the prefix:
#
#   bin/                     coconut, coconut-configure, x86_64-unknown-coconut-{clang,ar,...}
#   etc/                     compiler configuration
#   lib/coconut/             the host command's modules
#   lib/cmake/Coconut/       find_package(Coconut)
#   libexec/                 link driver
#   share/coconut/           kernel, /init of run images and of services, config.site, schemas, templates,
#                            names of the calls
#   sysroot/usr/             headers and libraries of programs
#   toolchain/               coconut.cmake and CMake's platform modules

include_guard(GLOBAL)
set(prefix x86_64-unknown-coconut)
set(source "${CMAKE_SOURCE_DIR}")

coconut_files(sdk-driver DESTINATION bin FILES "${source}/toolchain/bin/driver.sh" RENAME ${prefix}-clang)
coconut_names(sdk-driver-names TARGET ${prefix}-clang
              NAMES ${prefix}-clang++ ${prefix}-cc ${prefix}-c++ ${prefix}-gcc ${prefix}-g++)
coconut_files(sdk-tool DESTINATION bin FILES "${source}/toolchain/bin/tool.sh" RENAME ${prefix}-ar)
set(names ranlib nm strip objcopy objdump readelf size strings addr2line symbolizer)
list(TRANSFORM names PREPEND ${prefix}-)
coconut_names(sdk-tool-names TARGET ${prefix}-ar NAMES ${names})
coconut_files(sdk-pkg-config DESTINATION bin FILES "${source}/toolchain/bin/pkg-config.sh"
              RENAME ${prefix}-pkg-config)
coconut_files(sdk-ld DESTINATION bin FILES "${source}/toolchain/bin/ld.sh" RENAME ${prefix}-ld)

file(GLOB files CONFIGURE_DEPENDS "${source}/toolchain/etc/*.cfg")
coconut_files(sdk-etc DESTINATION etc FILES ${files})
coconut_files(sdk-libexec-c DESTINATION libexec FILES "${source}/toolchain/libexec/gcc")
coconut_files(sdk-libexec-cxx DESTINATION libexec FILES "${source}/toolchain/libexec/gcc" RENAME g++)

coconut_files(sdk-toolchain DESTINATION toolchain FILES "${source}/toolchain/coconut.cmake")
file(GLOB files CONFIGURE_DEPENDS "${source}/toolchain/cmake/Platform/*.cmake")
coconut_files(sdk-platform DESTINATION toolchain/cmake/Platform FILES ${files})
file(GLOB files CONFIGURE_DEPENDS "${source}/toolchain/package/*.cmake")
coconut_files(sdk-package DESTINATION lib/cmake/Coconut FILES ${files})

coconut_files(sdk-config-site DESTINATION share/coconut FILES "${source}/sdk/configure/config.site")
coconut_files(sdk-config-sub DESTINATION share/coconut/configure
              FILES "${source}/sdk/configure/config-sub.sh" "${source}/sdk/configure/pkg-config-path.sh")
coconut_files(sdk-configure DESTINATION bin FILES "${source}/sdk/configure/coconut-configure.sh"
              RENAME coconut-configure)

if(EXISTS "${source}/coconut")
    coconut_files(sdk-command DESTINATION bin FILES "${source}/coconut")
endif()
file(GLOB_RECURSE modules CONFIGURE_DEPENDS RELATIVE "${source}/sdk/tools" "${source}/sdk/tools/*.py")
set(folders "")
foreach(module IN LISTS modules)
    cmake_path(GET module PARENT_PATH folder)
    list(APPEND folders "./${folder}")
endforeach()
list(REMOVE_DUPLICATES folders)
set(stamps "")
foreach(folder IN LISTS folders)
    file(GLOB files CONFIGURE_DEPENDS "${source}/sdk/tools/${folder}/*.py")
    string(MAKE_C_IDENTIFIER "sdk-command${folder}" stage)
    coconut_files(${stage} DESTINATION lib/coconut/${folder} FILES ${files})
    list(APPEND stamps "${CMAKE_BINARY_DIR}/stages/${stage}.stamp")
endforeach()
add_custom_command(
    OUTPUT "${CMAKE_BINARY_DIR}/stages/sdk-bytecode.stamp"
    COMMAND "${Python3_EXECUTABLE}" -B "${source}/sdk/tools/coconut_cli/bytecode.py" "${COCONUT_SDK}/lib/coconut"
    COMMAND "${CMAKE_COMMAND}" -E touch "${CMAKE_BINARY_DIR}/stages/sdk-bytecode.stamp"
    DEPENDS ${stamps} "${source}/sdk/tools/coconut_cli/bytecode.py"
    VERBATIM
    COMMENT "Compiling the modules of the command")
add_custom_target(sdk-bytecode ALL DEPENDS "${CMAKE_BINARY_DIR}/stages/sdk-bytecode.stamp")
set_property(GLOBAL APPEND PROPERTY COCONUT_SDK_STAGES sdk-bytecode)

# Recipes of third-party libraries and what follows them, for `coconut port`.
set(ports "${source}/tests/conformance/ports")
file(GLOB files CONFIGURE_DEPENDS "${ports}/*.json" "${ports}/*.py")
coconut_files(sdk-ports DESTINATION share/coconut/ports FILES ${files})
file(GLOB_RECURSE overlays CONFIGURE_DEPENDS RELATIVE "${ports}" "${ports}/*/*")
set(folders "")
foreach(file IN LISTS overlays)
    cmake_path(GET file PARENT_PATH folder)
    list(APPEND folders "${folder}")
endforeach()
list(REMOVE_DUPLICATES folders)
list(FILTER folders EXCLUDE REGEX "__pycache__|^records$")
foreach(folder IN LISTS folders)
    file(GLOB files CONFIGURE_DEPENDS LIST_DIRECTORIES FALSE "${ports}/${folder}/*")
    string(MAKE_C_IDENTIFIER "sdk-ports-${folder}" stage)
    coconut_files(${stage} DESTINATION share/coconut/ports/${folder} FILES ${files})
endforeach()
set(files "")
foreach(file IN ITEMS deps.lock fetch.py deplock.py debarchive.py host-packages.txt)
    list(APPEND files "${source}/sdk/deps/${file}")
endforeach()
coconut_files(sdk-deps DESTINATION share/coconut/deps FILES ${files})

# What is known of the C library's interfaces, for `coconut port-check`.
set(interfaces_py "${source}/libc-port/expected/interfaces.py")
add_custom_command(
    OUTPUT "${CMAKE_BINARY_DIR}/stages/sdk-interfaces.stamp"
    COMMAND "${Python3_EXECUTABLE}" -B "${interfaces_py}" "${COCONUT_SDK}/share/coconut/interfaces.json"
    COMMAND "${CMAKE_COMMAND}" -E touch "${CMAKE_BINARY_DIR}/stages/sdk-interfaces.stamp"
    DEPENDS "${interfaces_py}" "${source}/libc-port/ledger.md" "${source}/docs/posix.md"
            "${source}/tests/conformance/headers/headers.txt"
    VERBATIM
    COMMENT "Writing what is known of the C library's interfaces")
add_custom_target(sdk-interfaces ALL DEPENDS "${CMAKE_BINARY_DIR}/stages/sdk-interfaces.stamp")
set_property(GLOBAL APPEND PROPERTY COCONUT_SDK_STAGES sdk-interfaces)

# Manual pages and shell completion, from the tables of the command itself.
file(GLOB files CONFIGURE_DEPENDS "${source}/sdk/tools/coconut_cli/*.py")
add_custom_command(
    OUTPUT "${CMAKE_BINARY_DIR}/stages/sdk-manual.stamp"
    COMMAND "${Python3_EXECUTABLE}" -B "${source}/sdk/tools/coconut.py" man --output "${COCONUT_SDK}/share/man"
    COMMAND "${Python3_EXECUTABLE}" -B "${source}/sdk/tools/coconut.py" completion
            --output "${COCONUT_SDK}/share/bash-completion/completions/coconut"
    COMMAND "${Python3_EXECUTABLE}" -B "${source}/sdk/tools/coconut.py" completion --shell zsh
            --output "${COCONUT_SDK}/share/zsh/vendor-completions/_coconut"
    COMMAND "${Python3_EXECUTABLE}" -B "${source}/sdk/tools/coconut.py" completion --shell fish
            --output "${COCONUT_SDK}/share/fish/vendor_completions.d/coconut.fish"
    COMMAND "${CMAKE_COMMAND}" -E touch "${CMAKE_BINARY_DIR}/stages/sdk-manual.stamp"
    DEPENDS "${source}/sdk/tools/coconut.py" ${files}
    VERBATIM
    COMMENT "Writing the manual pages")
add_custom_target(sdk-manual ALL DEPENDS "${CMAKE_BINARY_DIR}/stages/sdk-manual.stamp")
set_property(GLOBAL APPEND PROPERTY COCONUT_SDK_STAGES sdk-manual)

file(GLOB files CONFIGURE_DEPENDS "${source}/sdk/schema/*.json")
coconut_files(sdk-schema DESTINATION share/coconut/schema FILES ${files})

coconut_files(sdk-gdb DESTINATION share/coconut/gdb FILES "${source}/sdk/gdb/coconut.py")

# What `coconut new` copies; dot files included.
file(GLOB templates CONFIGURE_DEPENDS RELATIVE "${source}/sdk/templates" "${source}/sdk/templates/*/template.txt")
foreach(template IN LISTS templates)
    cmake_path(GET template PARENT_PATH folder)
    file(GLOB files CONFIGURE_DEPENDS LIST_DIRECTORIES FALSE "${source}/sdk/templates/${folder}/*")
    coconut_files(sdk-template-${folder} DESTINATION share/coconut/templates/${folder} FILES ${files})
    foreach(place IN ITEMS .vscode source)
        file(GLOB files CONFIGURE_DEPENDS "${source}/sdk/templates/${folder}/${place}/*")
        if(files)
            string(MAKE_C_IDENTIFIER "${place}" part)
            coconut_files(sdk-template-${folder}-${part} DESTINATION share/coconut/templates/${folder}/${place}
                          FILES ${files})
        endif()
    endforeach()
endforeach()

# The names of the system calls, for the host command.
file(GLOB files CONFIGURE_DEPENDS "${source}/sysroot/abi/*.def" "${source}/sysroot/abi/types*.h"
     "${source}/sysroot/abi/abigen/*.py")
add_custom_command(
    OUTPUT "${CMAKE_BINARY_DIR}/stages/sdk-calls.stamp"
    COMMAND "${Python3_EXECUTABLE}" -B "${source}/sysroot/abi/gen.py"
            --calls "${COCONUT_SDK}/share/coconut/calls.json"
    COMMAND "${CMAKE_COMMAND}" -E touch "${CMAKE_BINARY_DIR}/stages/sdk-calls.stamp"
    DEPENDS "${source}/sysroot/abi/gen.py" ${files}
    VERBATIM
    COMMENT "Writing the names of the system calls")
add_custom_target(sdk-calls ALL DEPENDS "${CMAKE_BINARY_DIR}/stages/sdk-calls.stamp")
set_property(GLOBAL APPEND PROPERTY COCONUT_SDK_STAGES sdk-calls)

coconut_files(sdk-license DESTINATION share/coconut FILES "${source}/LICENSE")

# Headers of the C library: newlib's and the overlay in one folder.
file(GLOB_RECURSE overlay CONFIGURE_DEPENDS "${source}/libc-port/include/*.h")
set(headers_py "${source}/libc-port/newlib/headers.py")
add_custom_command(
    OUTPUT "${CMAKE_BINARY_DIR}/stages/sdk-headers.stamp"
    COMMAND "${Python3_EXECUTABLE}" -B "${headers_py}" --newlib "${third_party}/newlib/include"
            --overlay "${source}/libc-port/include" --scratch "${CMAKE_BINARY_DIR}/headers"
            --target "${COCONUT_SDK}/sysroot/usr/include"
    COMMAND "${CMAKE_COMMAND}" -E touch "${CMAKE_BINARY_DIR}/stages/sdk-headers.stamp"
    DEPENDS "${headers_py}" ${overlay} "${third_party}/stamp"
    VERBATIM
    COMMENT "Installing the C library's headers")
add_custom_target(sdk-headers ALL DEPENDS "${CMAKE_BINARY_DIR}/stages/sdk-headers.stamp")
set_property(GLOBAL APPEND PROPERTY COCONUT_SDK_STAGES sdk-headers)
