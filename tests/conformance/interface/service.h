// SPDX-License-Identifier: MIT
// Parts of service-tests.
#pragma once

/// Clients: their state, its bounds, restarts of the server.
void service_clients_tests(void);

/// Timers and other objects in a server's wait; several interfaces; stopping.
void service_sources_tests(void);
