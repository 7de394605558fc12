/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/call/vav-file-leftovers.h"
#include "net/call/vav-file-name.h"
#include "net/call/vav-file-part.h"

#define PEER "somebody"
#define DAY (24 * 60 * 60)
#define MARK "0123456789abcdef"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("leftovers-XXXXXX", NULL);
}

static guint
each_entry (Fixture *fixture, gboolean delete)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      n++;
      if (delete)
        g_remove (path);
    }
  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  each_entry (fixture, TRUE);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static char *
path_of (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static gboolean
is_there (Fixture *fixture, const char *name)
{
  g_autofree char *path = path_of (fixture, name);
  GStatBuf status;

  return g_lstat (path, &status) == 0;
}

/* The time when something last came of it. */
static void
set_age (Fixture *fixture, const char *name, gint64 seconds)
{
  g_autofree char *path = path_of (fixture, name);
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = time (NULL) - seconds } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), ==, 0);
}

static void
make_file (Fixture *fixture, const char *name, gint64 age)
{
  g_autofree char *path = path_of (fixture, name);

  g_assert_true (g_file_set_contents (path, "some", -1, NULL));
  set_age (fixture, name, age);
}

static void
age_all (Fixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    set_age (fixture, name, 31 * DAY);
}

static VavFilePart *
begin (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;
  VavFilePart *part = vav_file_part_open (fixture->folder, name, 100, PEER, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (vav_file_part_write (part, "some", 4, &error));
  return part;
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_test_summary ("W20: whoever offers many files and cuts each leaves no more than the latest of them in the folder");
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.bin", i);

      vav_file_part_free (begin (fixture, name), TRUE);
    }
  g_assert_cmpuint (each_entry (fixture, FALSE), ==, VAV_FILE_LEFTOVERS_MOST + 1);
  for (guint i = 200; i < 250; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.bin." MARK ".part", i);

      make_file (fixture, name, i * 60);
    }
  vav_file_part_free (begin (fixture, "last"), TRUE);
  g_assert_cmpuint (each_entry (fixture, FALSE), ==, VAV_FILE_LEFTOVERS_MOST + 1);
  g_assert_false (is_there (fixture, "249.bin." MARK ".part"));
}

static void
test_old (Fixture *fixture, gconstpointer data)
{
  VavFilePart *part;

  g_test_summary ("W20: a part to which nothing came for a month is removed, but not if its file just goes on");
  make_file (fixture, "a." MARK ".part", 29 * DAY);
  make_file (fixture, "b." MARK "-2.part", 31 * DAY);
  vav_file_part_free (begin (fixture, "resumed"), TRUE);
  g_assert_false (is_there (fixture, "b." MARK "-2.part"));
  g_assert_true (is_there (fixture, "a." MARK ".part"));

  each_entry (fixture, TRUE);
  vav_file_part_free (begin (fixture, "resumed"), TRUE);
  age_all (fixture);
  part = vav_file_part_open (fixture->folder, "resumed", 100, PEER, NULL, NULL);
  g_assert_cmpuint (vav_file_part_get_offset (part), ==, 4);
  vav_file_part_free (part, FALSE);
}

/* In use, here or in another program. */
static void
test_in_use (Fixture *fixture, gconstpointer data)
{
  VavFilePart *parts[2 * VAV_FILE_LEFTOVERS_MOST];

  g_test_summary ("W20: no part is removed while something comes of it, however many there are, and however long ago");
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.bin", i);

      parts[i] = begin (fixture, name);
    }
  age_all (fixture);
  vav_file_part_free (begin (fixture, "last"), TRUE);
  g_assert_cmpuint (each_entry (fixture, FALSE), ==, G_N_ELEMENTS (parts) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    vav_file_part_free (parts[i], FALSE);
}

static void
test_others (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "film.part",
    "film." MARK,
    "film." MARK ".part.txt",
    "film." MARK ".part\n",
    "film.0123456789abcde.part",
    "film.0123456789ABCDEF.part",
    "film.0123456789abcdef0.part",
    "film." MARK "-.part",
    "film." MARK "-0.part",
    "film." MARK "-12345.part",
    "film." MARK "-2x.part",
    "." MARK ".part",
    "film" MARK ".part",
  };
  g_autofree char *link_path = path_of (fixture, "link." MARK ".part");
  g_autofree char *folder = path_of (fixture, "folder." MARK ".part");
  g_autofree char *fifo = path_of (fixture, "fifo." MARK ".part");
  g_autofree char *first = path_of (fixture, "first." MARK ".part");
  g_autofree char *second = path_of (fixture, "second");

  g_test_summary ("W20: what only looks like a part is nobody's to remove: other names, links, pipes and folders");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_false (vav_file_name_is_part (names[i]));
      make_file (fixture, names[i], 400 * DAY);
    }
  g_assert_cmpint (symlink ("film.part", link_path), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  make_file (fixture, "first." MARK ".part", 400 * DAY);
  g_assert_cmpint (link (first, second), ==, 0);
  set_age (fixture, "link." MARK ".part", 400 * DAY);
  set_age (fixture, "folder." MARK ".part", 400 * DAY);
  set_age (fixture, "fifo." MARK ".part", 400 * DAY);
  make_file (fixture, "\xff\n." MARK "-17.part", 400 * DAY);
  vav_file_part_free (begin (fixture, "last"), FALSE);
  g_assert_false (is_there (fixture, "\xff\n." MARK "-17.part"));
  g_assert_cmpuint (each_entry (fixture, FALSE), ==, G_N_ELEMENTS (names) + 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/leftovers/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/leftovers/old", Fixture, NULL, set_up, test_old, tear_down);
  g_test_add ("/leftovers/in-use", Fixture, NULL, set_up, test_in_use, tear_down);
  g_test_add ("/leftovers/others", Fixture, NULL, set_up, test_others, tear_down);

  return g_test_run ();
}
