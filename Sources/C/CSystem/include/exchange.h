#ifndef EXCHANGE_H
#define EXCHANGE_H

/// Exchanges two files or folders of one file system, in one step.
/// Returns 0, or -1 with errno set.
int exchangeFolders(const char *first, const char *second);

#endif
