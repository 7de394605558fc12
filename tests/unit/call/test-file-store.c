/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-file-store.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/call/vav-file-name.h"

#define PEER "ann-id"

typedef struct
{
  char *folder;
} Place;

static void
set_up (Place *place, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("vav-store-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
remove_all (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

static void
tear_down (Place *place, gconstpointer data)
{
  remove_all (place->folder);
  g_free (place->folder);
}

static guint
count_files (Place *place, const char *suffix)
{
  g_autoptr (GDir) dir = g_dir_open (place->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_suffix (name, suffix) ? 1 : 0;

  return n;
}

static VavFileStore *
open_store (Place *place, const char *name, guint64 size)
{
  g_autoptr (GError) error = NULL;
  VavFileStore *store = vav_file_store_open (place->folder, name, size, PEER, &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);

  return store;
}

static void
write_text (VavFileStore *store, const char *text)
{
  g_autoptr (GError) error = NULL;

  vav_file_store_write (store, (const guint8 *)text, strlen (text), &error);
  g_assert_no_error (error);
}

static char *
receive (Place *place, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  VavFileStore *store = open_store (place, name, strlen (text));
  char *path;

  write_text (store, text);
  path = vav_file_store_finish (store, &error);
  g_assert_no_error (error);
  vav_file_store_close (store, FALSE);

  return path;
}

static void
assert_holds (const char *path, const char *text)
{
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, text);
}

static void
assert_cleans_to (const char *name, const char *expected)
{
  g_autofree char *clean = vav_file_name_clean (name, 64);

  g_assert_cmpstr (clean, ==, expected);
}

static void
test_names (void)
{
  g_autofree char *long_name = g_strnfill (300, 'x');
  g_autofree char *with_extension = g_strconcat (long_name, ".tar", NULL);
  g_autofree char *cut = vav_file_name_clean (with_extension, VAV_FILE_NAME_MAX);
  g_autofree char *umlauts = g_strconcat ("ü", long_name, NULL);
  g_autofree char *odd = vav_file_name_clean (umlauts, 33);
  g_autofree char *numbered = vav_file_name_number (cut, 12);

  g_test_summary ("W20: names from outside become harmless names in one folder");
  assert_cleans_to ("holiday.mp4", "holiday.mp4");
  assert_cleans_to ("../../etc/passwd", "passwd");
  assert_cleans_to ("/etc/shadow", "shadow");
  assert_cleans_to ("C:\\Windows\\win.ini", "win.ini");
  assert_cleans_to ("folder/", "folder");
  assert_cleans_to ("..", "file");
  assert_cleans_to (".", "file");
  assert_cleans_to ("", "file");
  assert_cleans_to ("///", "file");
  assert_cleans_to (".bashrc", "bashrc");
  assert_cleans_to ("...hidden.txt", "hidden.txt");
  assert_cleans_to ("  spaced  ", "spaced");
  assert_cleans_to ("a\nb\x1b[31m.txt", "a_b_[31m.txt");
  assert_cleans_to ("photo\xE2\x80\xAEgpj.exe", "photo_gpj.exe"); /* right-to-left override */
  assert_cleans_to ("zero\xE2\x80\x8Bwidth", "zerowidth");
  assert_cleans_to ("bad\xFF"
                    "bytes",
                    "bad_bytes");
  g_assert_cmpuint (strlen (cut), ==, VAV_FILE_NAME_MAX);
  g_assert_true (g_str_has_suffix (cut, ".tar"));
  g_assert_true (g_utf8_validate (odd, -1, NULL));
  g_assert_cmpuint (strlen (odd), ==, 33);
  g_assert_cmpuint (strlen (numbered), ==, VAV_FILE_NAME_MAX);
  g_assert_true (g_str_has_suffix (numbered, "x (12).tar"));
}

/* Whatever name comes, a name comes out that stands in the folder. */
static void
test_random_names (void)
{
  static const char *const pieces[]
      = { "/", "\\",           "..",    ".",   "a", "\xE2\x80\xAE", "\xC3\xBC", " ", "\n", "\xFF",
          "-", "\xEF\xBC\x8F", ".part", "con", "~" };

  g_test_summary ("W20: no name at all leads out of the folder");
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      g_autofree char *clean = NULL;

      for (int n = g_test_rand_int_range (0, 40); n > 0; n--)
        g_string_append (name, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      clean = vav_file_name_clean (name->str, 64);
      g_assert_cmpuint (strlen (clean), >, 0);
      g_assert_cmpuint (strlen (clean), <=, 64);
      g_assert_null (strpbrk (clean, "/\\\n"));
      g_assert_cmpint (*clean, !=, '.');
      g_assert_true (g_utf8_validate (clean, -1, NULL));
    }
}

static void
test_whole (Place *place, gconstpointer data)
{
  g_autofree char *first = receive (place, "../note.txt", "one");
  g_autofree char *second = receive (place, "note.txt", "two");
  g_autofree char *third = receive (place, "note.txt", "three");
  g_autofree char *dir = g_path_get_dirname (first);
  struct stat status;

  g_test_summary ("W20: what came is kept beside what was there, never over it, and only its owner may read it");
  assert_holds (first, "one");
  assert_holds (second, "two");
  assert_holds (third, "three");
  g_assert_true (g_str_has_suffix (second, "/note (2).txt"));
  g_assert_cmpstr (dir, ==, place->folder);
  g_assert_cmpint (stat (first, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (count_files (place, ".part"), ==, 0);
}

static void
collect (const guint8 *bytes, gsize length, gpointer text)
{
  g_string_append_len (text, (const char *)bytes, (gssize)length);
}

/* What is there from an earlier call is found by the same sender, name and size, and by no other. */
static void
test_resume (Place *place, gconstpointer data)
{
  g_autoptr (GString) there = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  VavFileStore *store = open_store (place, "film.mkv", 8), *other;

  g_test_summary ("W20: what is there after a cut call is found again, and is called .part until it is whole");
  write_text (store, "half");
  vav_file_store_close (store, TRUE);
  g_assert_cmpuint (count_files (place, ".part"), ==, 1);
  other = vav_file_store_open (place->folder, "film.mkv", 8, "somebody-else", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (vav_file_store_get_offset (other), ==, 0);
  vav_file_store_close (other, FALSE);

  store = open_store (place, "film.mkv", 8);
  g_assert_cmpuint (vav_file_store_get_offset (store), ==, 4);
  g_assert_true (vav_file_store_read_back (store, collect, there, &error));
  g_assert_cmpstr (there->str, ==, "half");
  g_assert_null (vav_file_store_finish (store, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  g_clear_error (&error);
  write_text (store, "done");
  path = vav_file_store_finish (store, &error);
  g_assert_no_error (error);
  assert_holds (path, "halfdone");
  vav_file_store_close (store, FALSE);
  g_assert_cmpuint (count_files (place, ".part"), ==, 0);
}

static void
test_restart_and_drop (Place *place, gconstpointer data)
{
  VavFileStore *store = open_store (place, "film.mkv", 8);

  g_test_summary ("W20: what does not fit to the file is thrown away, and so is what is cancelled");
  write_text (store, "wrong");
  g_assert_true (vav_file_store_restart (store, NULL));
  g_assert_cmpuint (vav_file_store_get_offset (store), ==, 0);
  write_text (store, "righ");
  vav_file_store_close (store, FALSE);
  g_assert_cmpuint (count_files (place, ".part"), ==, 0);
}

static void
test_too_much (Place *place, gconstpointer data)
{
  VavFileStore *store = open_store (place, "a", 3);
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: more than was announced is not taken");
  write_text (store, "ab");
  g_assert_false (vav_file_store_write (store, (const guint8 *)"cd", 2, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL);
  g_assert_cmpuint (vav_file_store_get_offset (store), ==, 2);
  vav_file_store_close (store, FALSE);
}

/* One that is being written is not touched by another. */
static void
test_twice (Place *place, gconstpointer data)
{
  VavFileStore *store = open_store (place, "a", 3);
  g_autoptr (GError) error = NULL;

  g_test_summary ("W20: a file that is being received is not received a second time into the same place");
  g_assert_null (vav_file_store_open (place->folder, "a", 3, PEER, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_BUSY);
  g_assert_cmpuint (count_files (place, ".part"), ==, 1);
  vav_file_store_close (store, FALSE);
}

/* The name of a part is no secret: what somebody put there is not followed. */
static void
test_traps (Place *place, gconstpointer data)
{
  g_autofree char *victim = g_build_filename (place->folder, "victim", NULL);
  g_autofree char *part = NULL;
  g_autoptr (GError) error = NULL;
  VavFileStore *store = open_store (place, "a", 3);
  GDir *dir;

  g_test_summary ("W20: links, pipes and folders in the way are not followed, opened or written");
  write_text (store, "x");
  vav_file_store_close (store, TRUE);
  dir = g_dir_open (place->folder, 0, NULL);
  part = g_build_filename (place->folder, g_dir_read_name (dir), NULL);
  g_dir_close (dir);
  g_assert_cmpint (g_unlink (part), ==, 0);
  g_assert_true (g_file_set_contents (victim, "precious", -1, NULL));

  g_assert_cmpint (symlink (victim, part), ==, 0);
  g_assert_null (vav_file_store_open (place->folder, "a", 3, PEER, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  g_clear_error (&error);
  g_unlink (part);
  g_assert_cmpint (link (victim, part), ==, 0);
  g_assert_null (vav_file_store_open (place->folder, "a", 3, PEER, &error));
  g_clear_error (&error);
  g_unlink (part);
  g_assert_cmpint (mkfifo (part, 0600), ==, 0);
  g_assert_null (vav_file_store_open (place->folder, "a", 3, PEER, &error));
  g_clear_error (&error);
  g_unlink (part);
  g_assert_cmpint (g_mkdir (part, 0700), ==, 0);
  g_assert_null (vav_file_store_open (place->folder, "a", 3, PEER, &error));
  g_clear_error (&error);
  g_rmdir (part);
  assert_holds (victim, "precious");

  g_assert_null (vav_file_store_open ("/dev/null", "a", 3, PEER, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_FAILED);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

/* A disk that is full, as far as a process can be told so without filling one. */
static void
test_disk_full (Place *place, gconstpointer data)
{
  struct rlimit before, small;
  g_autofree char *text = g_strnfill (4096, 'x');
  g_autoptr (GError) error = NULL;
  VavFileStore *store;

  g_test_summary ("W20: a full disk is told plainly, before anything came where that can be known");
  g_assert_null (vav_file_store_open (place->folder, "huge", G_GUINT64_CONSTANT (1) << 52, PEER, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_cmpuint (count_files (place, ".part"), ==, 0);

  store = open_store (place, "big", 1 << 20);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 6000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  g_assert_true (vav_file_store_write (store, (const guint8 *)text, 4096, &error));
  g_assert_false (vav_file_store_write (store, (const guint8 *)text, 4096, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_error (error, VAV_ERROR, VAV_ERROR_NO_SPACE);
  vav_file_store_close (store, FALSE);
  g_assert_cmpuint (count_files (place, ".part"), ==, 0);
}

#define ADD(path, test) g_test_add (path, Place, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/file-store/names", test_names);
  g_test_add_func ("/call/file-store/random-names", test_random_names);
  ADD ("/call/file-store/whole", test_whole);
  ADD ("/call/file-store/resume", test_resume);
  ADD ("/call/file-store/restart-and-drop", test_restart_and_drop);
  ADD ("/call/file-store/too-much", test_too_much);
  ADD ("/call/file-store/twice", test_twice);
  ADD ("/call/file-store/traps", test_traps);
  ADD ("/call/file-store/disk-full", test_disk_full);
  return g_test_run ();
}
