// What posix_spawn of the GNU C library offers beyond POSIX 2008, and Swift's view of the library leaves out.
#pragma once
#include <spawn.h>

/// Has the program start in a folder; 0, or an error number.
int cspawn_add_folder(posix_spawn_file_actions_t *actions, const char *folder);

/// The flag for a session of its own.
short cspawn_new_session(void);

/// Makes a pipe that no other program inherits; 0, or -1 with errno set.
int cspawn_pipe(int ends[2]);
