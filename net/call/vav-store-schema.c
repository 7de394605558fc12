/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-store-schema.h"

/* id and address are NULL while not known; two rows never share a key. */
static const char first[] = "CREATE TABLE IF NOT EXISTS people ("
                            "  number INTEGER PRIMARY KEY,"
                            "  name TEXT NOT NULL,"
                            "  id TEXT UNIQUE,"
                            "  address TEXT,"
                            "  trust INTEGER NOT NULL DEFAULT 0,"
                            "  last_seen INTEGER NOT NULL DEFAULT 0"
                            ");"
                            "CREATE INDEX IF NOT EXISTS people_by_name ON people (name);";

/* Several addresses, pictures, favourites, blocked people, keys that people had before, and the history.
 *
 * Pictures have a table of their own, so that the list is read without them; picture_version tells that there is another one. Numbers of
 * history entries are never used again, its times are milliseconds. Its kind, reason and state are the numbers of VavHistoryKind, VavReason and
 * VavFileState, which only grow at their ends; text is what was written, or the name of a file. */
static const char second[] = "ALTER TABLE people ADD COLUMN favourite INTEGER NOT NULL DEFAULT 0;"
                             "ALTER TABLE people ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;"
                             "ALTER TABLE people ADD COLUMN picture_version INTEGER NOT NULL DEFAULT 0;"
                             "CREATE TABLE addresses ("
                             "  person INTEGER NOT NULL REFERENCES people (number) ON DELETE CASCADE,"
                             "  position INTEGER NOT NULL,"
                             "  address TEXT NOT NULL,"
                             "  PRIMARY KEY (person, position)"
                             ") WITHOUT ROWID;"
                             "INSERT INTO addresses SELECT number, 0, address FROM people WHERE address IS NOT NULL;"
                             "ALTER TABLE people DROP COLUMN address;"
                             "CREATE TABLE pictures ("
                             "  person INTEGER PRIMARY KEY REFERENCES people (number) ON DELETE CASCADE,"
                             "  bytes BLOB NOT NULL"
                             ");"
                             "CREATE TABLE former_keys ("
                             "  person INTEGER NOT NULL REFERENCES people (number) ON DELETE CASCADE,"
                             "  id TEXT NOT NULL,"
                             "  until INTEGER NOT NULL"
                             ");"
                             "CREATE INDEX former_keys_by_person ON former_keys (person, until);"
                             "CREATE TABLE history ("
                             "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
                             "  kind INTEGER NOT NULL,"
                             "  time INTEGER NOT NULL,"
                             "  incoming INTEGER NOT NULL,"
                             "  person INTEGER REFERENCES people (number) ON DELETE SET NULL,"
                             "  id TEXT,"
                             "  name TEXT NOT NULL,"
                             "  address TEXT,"
                             "  duration INTEGER NOT NULL DEFAULT 0,"
                             "  reason INTEGER NOT NULL DEFAULT 0,"
                             "  missed INTEGER NOT NULL DEFAULT 0,"
                             "  seen INTEGER NOT NULL DEFAULT 1,"
                             "  picture INTEGER NOT NULL DEFAULT 0,"
                             "  text TEXT,"
                             "  path TEXT,"
                             "  size INTEGER NOT NULL DEFAULT 0,"
                             "  state INTEGER NOT NULL DEFAULT 0"
                             ");"
                             "CREATE INDEX history_by_time ON history (time);"
                             "CREATE INDEX history_by_person ON history (person, time);"
                             "CREATE INDEX history_by_id ON history (id, time);"
                             "CREATE INDEX history_unseen ON history (number) WHERE missed AND NOT seen;";

/* A person's number is never somebody else's: windows, menus and entries of the history that are shown name people by it. No other way to AUTOINCREMENT than a
 * new table; foreign keys are off meanwhile, so that nothing follows the old one. */
static const char third[] = "CREATE TABLE people_numbered ("
                            "  number INTEGER PRIMARY KEY AUTOINCREMENT,"
                            "  name TEXT NOT NULL,"
                            "  id TEXT UNIQUE,"
                            "  trust INTEGER NOT NULL DEFAULT 0,"
                            "  last_seen INTEGER NOT NULL DEFAULT 0,"
                            "  favourite INTEGER NOT NULL DEFAULT 0,"
                            "  blocked INTEGER NOT NULL DEFAULT 0,"
                            "  picture_version INTEGER NOT NULL DEFAULT 0"
                            ");"
                            "INSERT INTO people_numbered SELECT number, name, id, trust, last_seen, favourite, blocked,"
                            " picture_version FROM people;"
                            "DROP TABLE people;"
                            "ALTER TABLE people_numbered RENAME TO people;"
                            "CREATE INDEX people_by_name ON people (name);";

/* The public key that the two talked under: what presence at a broker is sealed with. `id` is its digest. */
static const char fourth[] = "ALTER TABLE people ADD COLUMN key BLOB;";

const char *const vav_store_steps[] = { first, second, third, fourth };
const int vav_store_version = G_N_ELEMENTS (vav_store_steps);

const char *const vav_store_probes[]
    = { "SELECT number, name, id, trust, last_seen, favourite, blocked, picture_version, key FROM people",
        "SELECT person, position, address FROM addresses",
        "SELECT person, bytes FROM pictures",
        "SELECT person, id, until FROM former_keys",
        "SELECT number, kind, time, incoming, person, id, name, address, duration, reason, missed, seen, picture, text,"
        " path, size, state FROM history",
        NULL };
