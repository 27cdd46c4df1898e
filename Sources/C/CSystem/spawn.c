#define _GNU_SOURCE
#include "spawning.h"
#include <fcntl.h>
#include <unistd.h>

int cspawn_add_folder(posix_spawn_file_actions_t *actions, const char *folder) {
  return posix_spawn_file_actions_addchdir_np(actions, folder);
}

short cspawn_new_session(void) { return POSIX_SPAWN_SETSID; }

int cspawn_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
