// zlib, for files compressed with gzip.
#include <zlib.h>

// inflateInit2 is a macro, which Swift cannot import; 15 + 16 selects the gzip format with the largest window.
static inline int czlib_start(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
