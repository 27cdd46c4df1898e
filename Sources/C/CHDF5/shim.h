// HDF5, for NeXus files made in memory. The functions are in C because HDF5's names for types are macros, which Swift
// cannot import.
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

// Creates a file in memory; negative if HDF5 fails.
static inline hid_t chdf5_create(void) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  hid_t file = -1;
  if (access >= 0 && H5Pset_fapl_core(access, 1 << 20, 0) >= 0)
    file = H5Fcreate("nexus", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  if (access >= 0) H5Pclose(access);
  return file;
}

// Closes the file and returns its bytes, which the caller frees; NULL if HDF5 or malloc fails.
static inline void *chdf5_finish(hid_t file, size_t *size) {
  void *bytes = NULL;
  ssize_t count = H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image(file, NULL, 0);
  if (count > 0 && (bytes = malloc((size_t)count)) != NULL && H5Fget_file_image(file, bytes, (size_t)count) != count) {
    free(bytes);
    bytes = NULL;
  }
  *size = count > 0 ? (size_t)count : 0;
  H5Fclose(file);
  return bytes;
}

static inline int chdf5_group(hid_t file, const char *path) {
  hid_t group = H5Gcreate2(file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  return group >= 0 && H5Gclose(group) >= 0;
}

// Properties of a data set: its time of creation is not stored, so that equal images give equal files.
static inline hid_t chdf5_options(void) {
  hid_t options = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(options, 0);
  return options;
}

static inline hid_t chdf5_text_type(const char *text) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, strlen(text) > 0 ? strlen(text) : 1);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

static inline int chdf5_text(hid_t file, const char *path, const char *text) {
  hid_t type = chdf5_text_type(text), space = H5Screate(H5S_SCALAR), options = chdf5_options();
  hid_t set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, options, H5P_DEFAULT);
  H5Pclose(options);
  int done = set >= 0 && H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0;
  if (set >= 0) H5Dclose(set);
  H5Sclose(space);
  H5Tclose(type);
  return done;
}

// Stores numbers: a scalar if count is 0, else a list. Returns 1 if done, else 0.
static inline int chdf5_numbers(hid_t file, const char *path, const double *numbers, hsize_t count, int areWhole) {
  hid_t space = count > 0 ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
  hid_t type = areWhole ? H5T_STD_I64LE : H5T_IEEE_F64LE, options = chdf5_options();
  hid_t set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, options, H5P_DEFAULT);
  H5Pclose(options);
  int done = set >= 0 && H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0;
  if (set >= 0) H5Dclose(set);
  H5Sclose(space);
  return done;
}

static inline int chdf5_text_attribute(hid_t file, const char *path, const char *name, const char *text) {
  hid_t type = chdf5_text_type(text), space = H5Screate(H5S_SCALAR);
  hid_t attribute = H5Acreate_by_name(file, path, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int done = attribute >= 0 && H5Awrite(attribute, type, text) >= 0;
  if (attribute >= 0) H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
  return done;
}

static inline int chdf5_numbers_attribute(hid_t file, const char *path, const char *name, const double *numbers,
                                          hsize_t count) {
  hid_t space = H5Screate_simple(1, &count, NULL);
  hid_t attribute =
      H5Acreate_by_name(file, path, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int done = attribute >= 0 && H5Awrite(attribute, H5T_NATIVE_DOUBLE, numbers) >= 0;
  if (attribute >= 0) H5Aclose(attribute);
  H5Sclose(space);
  return done;
}

// Stores one compressed image of 32-bit floats or whole numbers, with the shape 1 x slow x fast. A chunk has the whole
// image or, above 2^24 pixels, as many rows as have that many: the format needs chunks below 4 GiB.
static inline int chdf5_image(hid_t file, const char *path, const void *pixels, hsize_t slow, hsize_t fast,
                              int areFloats) {
  hsize_t size[3] = {1, slow, fast};
  hid_t space = H5Screate_simple(3, size, NULL), options = chdf5_options();
  hsize_t rows = fast < 1 << 24 ? (1 << 24) / fast : 1;
  hsize_t piece[3] = {1, rows < slow ? rows : slow, fast};
  H5Pset_chunk(options, 3, piece);
  H5Pset_shuffle(options);
  H5Pset_deflate(options, 4);
  hid_t set = H5Dcreate2(file, path, areFloats ? H5T_IEEE_F32LE : H5T_STD_I32LE, space, H5P_DEFAULT, options, H5P_DEFAULT);
  int done = set >= 0 && H5Dwrite(set, areFloats ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                  pixels) >= 0;
  if (set >= 0) H5Dclose(set);
  H5Pclose(options);
  H5Sclose(space);
  return done;
}

// Reads the numbers of a data set of a file, or of its attribute unless that name is NULL. Returns their number;
// negative if the item does not exist or has more numbers than the limit.
static inline long chdf5_read(const char *name, const char *path, const char *attribute, double *numbers, long limit) {
  hid_t file = H5Fopen(name, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) return -1;
  hid_t set = H5Oopen(file, path, H5P_DEFAULT);
  hid_t item = set >= 0 && attribute != NULL ? H5Aopen(set, attribute, H5P_DEFAULT) : set;
  hid_t space = item < 0 ? -1 : attribute != NULL ? H5Aget_space(item) : H5Dget_space(item);
  long count = space < 0 ? -1 : (long)H5Sget_simple_extent_npoints(space);
  if (count > limit) count = -1;
  if (count > 0 && (attribute != NULL ? H5Aread(item, H5T_NATIVE_DOUBLE, numbers)
                                      : H5Dread(item, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers)) < 0)
    count = -1;
  if (space >= 0) H5Sclose(space);
  if (attribute != NULL && item >= 0) H5Aclose(item);
  if (set >= 0) H5Oclose(set);
  H5Fclose(file);
  return count;
}
