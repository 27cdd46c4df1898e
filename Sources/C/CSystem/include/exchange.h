#ifndef EXCHANGE_H
#define EXCHANGE_H

/// Lets two files or folders of one file system change places, in one step.
/// Returns 0, or -1 with errno set.
int exchangeFolders(const char *first, const char *second);

#endif
