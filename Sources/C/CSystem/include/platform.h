// The abilities of the processor, and functions of the C library that Swift cannot call.
#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stddef.h>

// The highest level of x86-64 that processor and system support: 1, 3 or 4; 0 for other architectures.
int cplatform_x86_64_level(void);

// snprintf for one double. Swift can call vsnprintf only, and the first use of its argument list takes as long as
// rendering a small image.
int cplatform_format(char *text, size_t size, const char *format, double number);

// Opens text in memory as a stream for fscanf. NULL if the text is empty, or there is no memory.
void *cplatform_text_open(const void *bytes, size_t size);
void cplatform_text_close(void *text);
// Moves the stream to the start of the text.
void cplatform_text_rewind(void *text);
// The position in the text, in bytes.
long cplatform_text_position(void *text);
// Read numbers with the formats "%lg%lg%lg%lg" and "%d%d%d%lg". They return how many numbers were read, or EOF.
int cplatform_text_four_reals(void *text, double numbers[4]);
int cplatform_text_three_integers_and_real(void *text, int indices[3], double *number);

#endif
