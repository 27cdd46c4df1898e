#pragma once
#include <stddef.h>
#include <stdint.h>

// The counters of a program that was built with `swift build --enable-code-coverage`: how often each region ran.

/// The number of counters; 0 if the program was built without them.
size_t counters_count(void);
/// Sets all counters to zero.
void counters_reset(void);
/// Calls a function with the number of each counter that is not zero, and with its value.
void counters_visit(void (*visit)(size_t, uint64_t, void *), void *context);
