// SQLite: the history of the nights.
#include <sqlite3.h>
