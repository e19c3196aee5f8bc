# SPDX-License-Identifier: MIT
# Building blocks of the superbuild in the top CMakeLists.txt.

include_guard(GLOBAL)
include(ExternalProject)

# coconut_files(STAGE DESTINATION folder FILES file... [RENAME name]): a target STAGE that copies files
# into the SDK whenever they change.
function(coconut_files stage)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "DESTINATION;RENAME" "FILES")
    set(stamp "${CMAKE_BINARY_DIR}/stages/${stage}.stamp")
    set(target "${COCONUT_SDK}/${arg_DESTINATION}")
    if(arg_RENAME)
        set(copy copy "${arg_FILES}" "${target}/${arg_RENAME}")
    else()
        set(copy copy ${arg_FILES} "${target}")
    endif()
    add_custom_command(
        OUTPUT "${stamp}"
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${target}"
        COMMAND "${CMAKE_COMMAND}" -E ${copy}
        COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
        DEPENDS ${arg_FILES}
        VERBATIM
        COMMENT "Installing ${arg_DESTINATION} of the SDK")
    add_custom_target(${stage} ALL DEPENDS "${stamp}")
    set_property(GLOBAL APPEND PROPERTY COCONUT_SDK_STAGES ${stage})
endfunction()

# coconut_names(STAGE TARGET file NAMES name...): symbolic links in <sdk>/bin to a file there.
function(coconut_names stage)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TARGET" "NAMES")
    set(stamp "${CMAKE_BINARY_DIR}/stages/${stage}.stamp")
    set(commands "")
    foreach(name IN LISTS arg_NAMES)
        list(APPEND commands COMMAND "${CMAKE_COMMAND}" -E create_symlink "${arg_TARGET}"
             "${COCONUT_SDK}/bin/${name}")
    endforeach()
    add_custom_command(
        OUTPUT "${stamp}"
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${COCONUT_SDK}/bin"
        ${commands}
        COMMAND "${CMAKE_COMMAND}" -E touch "${stamp}"
        VERBATIM
        COMMENT "Installing names of ${arg_TARGET}")
    add_custom_target(${stage} ALL DEPENDS "${stamp}")
    set_property(GLOBAL APPEND PROPERTY COCONUT_SDK_STAGES ${stage})
endfunction()

# coconut_project(NAME SOURCE folder [BUILD folder] [PREFIX folder] [RELINK] [DEPENDS stage...]
#                 [ARGS option...])
# Build a CMake project of its own in build/NAME, or BUILD, and install it if PREFIX is given. With RELINK
# it links against the sysroot, and starts over when the libraries there have changed. Without
# SOURCE/CMakeLists.txt there is no such stage.
function(coconut_project name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "RELINK" "SOURCE;BUILD;PREFIX" "DEPENDS;ARGS")
    if(NOT EXISTS "${CMAKE_SOURCE_DIR}/${arg_SOURCE}/CMakeLists.txt")
        return()
    endif()
    if(NOT arg_BUILD)
        set(arg_BUILD "${name}")
    endif()
    if(arg_PREFIX)
        set(install "${CMAKE_COMMAND}" --install <BINARY_DIR>)
        list(APPEND arg_ARGS "-DCMAKE_INSTALL_PREFIX=${arg_PREFIX}" -DCMAKE_INSTALL_MESSAGE=LAZY)
    else()
        set(install "")
    endif()
    set(depends "")
    foreach(stage IN LISTS arg_DEPENDS)
        if(TARGET ${stage})
            list(APPEND depends ${stage})
        endif()
    endforeach()
    ExternalProject_Add(
        ${name}
        SOURCE_DIR "${CMAKE_SOURCE_DIR}/${arg_SOURCE}"
        BINARY_DIR "${CMAKE_BINARY_DIR}/${arg_BUILD}"
        PREFIX "${CMAKE_BINARY_DIR}/stages/${name}"
        CMAKE_GENERATOR Ninja
        CMAKE_ARGS ${arg_ARGS} -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
        BUILD_ALWAYS TRUE
        INSTALL_COMMAND "${install}"
        DEPENDS ${depends})
    if(arg_RELINK)
        ExternalProject_Add_Step(
            ${name} relink
            COMMAND "${CMAKE_COMMAND}" "-DLIBRARIES=${COCONUT_SDK}/sysroot/usr/lib"
                    -DBUILD=<BINARY_DIR> -P "${CMAKE_SOURCE_DIR}/sdk/cmake/CleanIfRelinked.cmake"
            DEPENDEES configure
            DEPENDERS build
            ALWAYS TRUE)
    endif()
endfunction()
