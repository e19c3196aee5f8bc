# SPDX-License-Identifier: MIT
# Compresses INPUT with PROGRAM inside the kernel, expands it again, and compares.
set(packed ${WORK}/round-trip.gz)
set(expanded ${WORK}/round-trip.out)
execute_process(COMMAND ${RUN} ${PROGRAM} INPUT_FILE ${INPUT} OUTPUT_FILE ${packed} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${RUN} ${PROGRAM} -d INPUT_FILE ${packed} OUTPUT_FILE ${expanded} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${INPUT} ${expanded} COMMAND_ERROR_IS_FATAL ANY)
