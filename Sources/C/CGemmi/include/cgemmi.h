// Reads reflections of MTZ, mmCIF and SHELX files with gemmi: a C interface to a C++ library of headers.
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

// The reflections of a file, which cgemmi_free frees.
typedef struct {
  cgemmi_reflection *reflections;  // each index once, sorted by h, k, l
  size_t count;
  double cell[6];        // Å and degrees, of the column's own dataset; zeros if the file tells none
  char space_group[64];  // Hermann-Mauguin symbol; empty if the file tells none that is known
  char column[160];      // the column that was taken; two of them for an anomalous pair
  char others[400];      // the columns that could have been taken instead, separated by commas
  int is_intensity;      // whether amplitudes are roots of intensities
  int is_pair;           // whether h k l and -h -k -l have values of their own
  size_t missing;        // reflections of the file without a value
  size_t repeated;       // reflections that the file gives again; the first counts
  size_t negative;       // intensities below zero, taken for zero
  size_t single;         // acentric reflections with one value of the pair, which both got
  size_t centric;        // centric reflections with two values that differ, whose mean both got
} cgemmi_result;

// Whether the package was built with gemmi's headers.
int cgemmi_is_available(void);

// Reads an MTZ file (starts with "MTZ "), or a CIF with reflections in the names of mmCIF or of SHELX.
//   bytes, size   the file
//   column        the column to take, with its partner if it is one of an anomalous pair; NULL or empty for the first of:
//                 measured amplitudes, anomalous pairs of amplitudes, measured intensities, anomalous pairs of
//                 intensities, calculated amplitudes
//   expands       whether to apply the symmetry of the file, Friedel mates included
//   message       receives the error message
// Returns 0 if done, else 1; the result need not be freed then.
int cgemmi_read(const char *bytes, size_t size, const char *column, int expands, cgemmi_result *result, char *message,
                size_t message_size);

// Applies symmetry to intensities in memory; expands, result and message as for cgemmi_read.
//   list          the reflections; amplitude holds an intensity
//   group         the number of the space group; 0 if it is not known
int cgemmi_expand(const cgemmi_reflection *list, size_t count, int group, int expands,
                  cgemmi_result *result, char *message, size_t message_size);

void cgemmi_free(cgemmi_result *result);

#ifdef __cplusplus
}
#endif

#endif
