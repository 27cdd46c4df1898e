// What the processor can do, and what of the C library Swift cannot call.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stddef.h>

// The highest level of x86-64 that processor and system support: 1, 3 or 4; 0 for other architectures.
int cplatform_x86_64_level(void);

// snprintf for one double. Swift reaches vsnprintf only, over a list of arguments whose first use costs as much as a
// small image.
int cplatform_format(char *text, size_t size, const char *format, double number);

#endif
