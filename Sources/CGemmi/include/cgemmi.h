// Reflections of MTZ and mmCIF files, read by gemmi: C types around a C++ library of headers.
#ifndef CGEMMI_H
#define CGEMMI_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// A reflection of the file, or a symmetry mate of one.
typedef struct {
  int h, k, l;
  double amplitude;
} cgemmi_reflection;

// What a file gave. Free it with cgemmi_free.
typedef struct {
  cgemmi_reflection *reflections;  // first those of the file, then their mates
  size_t count;
  size_t listed;         // how many are those of the file
  double cell[6];        // Å and degrees; zeros if the file tells none
  char space_group[64];  // Hermann-Mauguin symbol; empty if the file tells none that is known
  char column[64];       // the column that was taken
  int is_intensity;      // whether amplitudes are roots of intensities
  size_t missing;        // reflections of the file without a value
} cgemmi_result;

// Whether the package was built with gemmi's headers.
int cgemmi_is_available(void);

// Reads an MTZ file (starts with "MTZ ") or an mmCIF file with structure factors.
//   bytes, size   the file
//   column        the column to take, NULL or empty for the first amplitude, else the first intensity
//   expands       whether to apply the symmetry of the file, Friedel mates included
//   message       receives what is wrong
// Returns 0 if done; nothing is to be freed otherwise.
int cgemmi_read(const char *bytes, size_t size, const char *column, int expands, cgemmi_result *result, char *message,
                size_t message_size);

void cgemmi_free(cgemmi_result *result);

#ifdef __cplusplus
}
#endif

#endif
