# SPDX-License-Identifier: MIT
# What CMake needs to know about CMAKE_SYSTEM_NAME Coconut.

set(UNIX 1)
set(COCONUT 1)

# Programs are static; there is no dynamic linker.
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS FALSE)
set(CMAKE_DL_LIBS "")
set(CMAKE_EXECUTABLE_SUFFIX "")
set(CMAKE_STATIC_LIBRARY_PREFIX "lib")
set(CMAKE_STATIC_LIBRARY_SUFFIX ".a")
# What was written as a shared library is one such, also where a project puts its file's name together.
set(CMAKE_SHARED_LIBRARY_PREFIX "lib")
set(CMAKE_SHARED_LIBRARY_SUFFIX ".a")
set(CMAKE_FIND_LIBRARY_PREFIXES "lib")
set(CMAKE_FIND_LIBRARY_SUFFIXES ".a")

include(Platform/UnixPaths)

get_property(_coconut_trying GLOBAL PROPERTY IN_TRY_COMPILE)
if(NOT _coconut_trying)
    include("${CMAKE_CURRENT_LIST_DIR}/CoconutProjects.cmake")
endif()

# The host's /usr/local is no place for what is built here: without a prefix of the user's choice, install
# beside the build.
if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT AND NOT _coconut_trying)
    set(CMAKE_INSTALL_PREFIX "${CMAKE_BINARY_DIR}/install" CACHE PATH "Install prefix" FORCE)
endif()
