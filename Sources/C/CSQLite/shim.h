// SQLite, in which the history of the nights is stored.
#include <sqlite3.h>
