// What the processor can do, and what of the C library Swift cannot call.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stddef.h>

// The highest level of x86-64 that processor and system support: 1, 3 or 4; 0 for other architectures.
int cplatform_x86_64_level(void);

// snprintf for one double. Swift reaches vsnprintf only, over a list of arguments whose first use costs as much as a
// small image.
int cplatform_format(char *text, size_t size, const char *format, double number);

// Text in memory, read as by fscanf. Null if there is no memory for it, or no text.
void *cplatform_text_open(const void *bytes, size_t size);
void cplatform_text_close(void *text);
// Back to the start.
void cplatform_text_rewind(void *text);
// The number of bytes read.
long cplatform_text_position(void *text);
// "%lg%lg%lg%lg" and "%d%d%d%lg": how many numbers were read.
int cplatform_text_four_reals(void *text, double numbers[4]);
int cplatform_text_three_integers_and_real(void *text, int indices[3], double *number);

#endif
