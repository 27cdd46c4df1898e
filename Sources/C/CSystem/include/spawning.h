// Extensions of posix_spawn in the GNU C library that Swift does not import.
#pragma once
#include <spawn.h>

/// Makes the program start in a folder; returns 0, or an error number.
int cspawn_add_folder(posix_spawn_file_actions_t *actions, const char *folder);

/// The flag that starts the program in a new session.
short cspawn_new_session(void);

/// Makes a pipe whose ends close on exec; returns 0, or -1 with errno set.
int cspawn_pipe(int ends[2]);
