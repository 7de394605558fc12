/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/loop/crate.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (1024 * 1024)

static Party *
other (Crate *crate, Party *party)
{
  return party == &crate->pair.anna ? &crate->pair.bob : &crate->pair.anna;
}

static char *
folder_of (Crate *crate, Party *party, const char *kind)
{
  return g_strdup_printf ("%s/%s-%s", crate->top, party == &crate->pair.anna ? "anna" : "bob", kind);
}

char *
crate_source (Crate *crate, Party *from, const char *name)
{
  g_autofree char *folder = folder_of (crate, from, "out");

  return g_build_filename (folder, name, NULL);
}

char *
crate_target (Crate *crate, Party *at, const char *name)
{
  g_autofree char *folder = folder_of (crate, at, "in");

  return g_build_filename (folder, name, NULL);
}

static void
on_offered (VavStream *stream, VavFile *file, Crate *crate)
{
  Party *party = stream == crate->pair.anna.stream ? &crate->pair.anna : &crate->pair.bob;
  g_autofree char *folder = folder_of (crate, party, "in");

  crate->n_offered++;
  g_set_object (&crate->last_offered, file);
  if (crate->manner == CRATE_ACCEPTS)
    g_assert_true (vav_file_accept (file, folder, NULL));
  else if (crate->manner == CRATE_REFUSES)
    g_assert_true (vav_file_refuse (file, NULL));
}

void
crate_accept_last (Crate *crate)
{
  g_autofree char *folder = NULL;
  gboolean by_anna = FALSE;
  GListModel *files = vav_stream_get_files (crate->pair.anna.stream);

  by_anna = g_list_store_find (G_LIST_STORE (files), crate->last_offered, NULL);
  folder = folder_of (crate, by_anna ? &crate->pair.anna : &crate->pair.bob, "in");
  g_assert_true (vav_file_accept (crate->last_offered, folder, NULL));
}

static guint
count_running (VavStream *stream)
{
  GListModel *files = vav_stream_get_files (stream);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (VavFile) file = g_list_model_get_item (files, i);

      n += vav_file_get_state (file) == VAV_FILE_STATE_RUNNING;
    }
  return n;
}

static void
on_changed (VavStream *stream, VavFile *file, Crate *crate)
{
  if (vav_file_get_error (file) != NULL)
    g_test_message ("%s: %s", vav_file_get_name (file), vav_file_get_error (file)->message);
  crate->n_done += vav_file_get_state (file) == VAV_FILE_STATE_DONE;
  crate->n_over += vav_file_is_over (file);
  crate->most_running = MAX (crate->most_running, count_running (stream));
}

void
crate_set_up (Crate *crate, gconstpointer media)
{
  pair_set_up (&crate->pair, media);
  crate->pair.bob.manner = PARTY_ACCEPTS;
  crate->files = g_ptr_array_new_with_free_func (g_object_unref);
  crate->top = g_dir_make_tmp ("crate-XXXXXX", NULL);
  crate->folder = g_build_filename (crate->top, "none", NULL);
  g_mkdir (crate->folder, 0700);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *folder
          = folder_of (crate, i < 2 ? &crate->pair.anna : &crate->pair.bob, i % 2 == 0 ? "in" : "out");

      g_mkdir (folder, 0700);
    }
  for (guint i = 0; i < 2; i++)
    {
      VavStream *stream = i == 0 ? crate->pair.anna.stream : crate->pair.bob.stream;

      g_signal_connect (stream, "file-offered", G_CALLBACK (on_offered), crate);
      g_signal_connect (stream, "file-changed", G_CALLBACK (on_changed), crate);
    }
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        remove_tree (child);
    }
  g_rmdir (path);
}

void
crate_tear_down (Crate *crate, gconstpointer media)
{
  g_signal_handlers_disconnect_by_data (crate->pair.anna.stream, crate);
  g_signal_handlers_disconnect_by_data (crate->pair.bob.stream, crate);
  g_clear_object (&crate->last_offered);
  g_ptr_array_unref (crate->files);
  pair_tear_down (&crate->pair, media);
  g_clear_pointer (&crate->relay, relay_free);
  remove_tree (crate->top);
  g_free (crate->top);
  g_free (crate->folder);
}

void
crate_connect (Crate *crate)
{
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;

  if (crate->relay != NULL)
    g_assert_true (vav_stream_dial (anna->stream, relay_get_address (crate->relay), NULL, NULL));
  else
    party_call (anna, bob);
  wait_for_state (anna, VAV_STATE_ACTIVE);
  wait_for_state (bob, VAV_STATE_ACTIVE);
}

void
crate_make_file (const char *path, guint64 size)
{
  g_autofree guint32 *chunk = g_malloc (CHUNK);
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  g_assert_cmpint (fd, >=, 0);
  for (guint i = 0; i < CHUNK / 4; i++)
    chunk[i] = g_random_int ();
  while (size > 0)
    {
      gsize n = MIN (size, CHUNK);

      chunk[0] = (guint32)size; /* no two chunks are the same */
      g_assert_cmpint (write (fd, chunk, n), ==, n);
      size -= n;
    }
  close (fd);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  VavFile **file = data;

  *file = vav_stream_send_file_finish (VAV_STREAM (source), result, &error);
  g_assert_no_error (error);
}

VavFile *
crate_send_again (Crate *crate, Party *from, const char *name)
{
  g_autofree char *path = crate_source (crate, from, name);
  VavFile *file = NULL;

  vav_stream_send_file_async (from->stream, path, NULL, on_sent, &file);
  wait_until (file != NULL);
  g_ptr_array_add (crate->files, g_object_ref (file));
  g_object_unref (file);
  return file;
}

VavFile *
crate_send (Crate *crate, Party *from, const char *name, guint64 size)
{
  g_autofree char *path = crate_source (crate, from, name);

  crate_make_file (path, size);
  return crate_send_again (crate, from, name);
}

void
crate_spoil (Crate *crate, Party *from, const char *name)
{
  g_autofree char *path = crate_source (crate, from, name);
  int fd = open (path, O_RDWR | O_CLOEXEC);
  guint8 byte;

  g_assert_cmpint (pread (fd, &byte, 1, 0), ==, 1);
  byte ^= 0xff;
  g_assert_cmpint (pwrite (fd, &byte, 1, 0), ==, 1);
  close (fd);
}

gint64
crate_size (Crate *crate, Party *at, const char *name)
{
  g_autofree char *path = crate_target (crate, at, name);
  GStatBuf status;

  return g_lstat (path, &status) == 0 ? (gint64)status.st_size : -1;
}

void
crate_assert_arrived (Crate *crate, Party *from, const char *name, const char *as)
{
  g_autofree char *source = crate_source (crate, from, name);
  g_autofree char *target = crate_target (crate, other (crate, from), as);

  crate_assert_same (source, target);
}

void
crate_assert_same (const char *source, const char *target)
{
  g_autoptr (GMappedFile) sent = g_mapped_file_new (source, FALSE, NULL);
  g_autoptr (GMappedFile) arrived = g_mapped_file_new (target, FALSE, NULL);
  GStatBuf status;

  g_assert_nonnull (sent);
  g_assert_nonnull (arrived);
  g_assert_cmpuint (g_mapped_file_get_length (sent), ==, g_mapped_file_get_length (arrived));
  if (g_mapped_file_get_length (sent) > 0)
    g_assert_cmpint (memcmp (g_mapped_file_get_contents (sent), g_mapped_file_get_contents (arrived),
                             g_mapped_file_get_length (sent)),
                     ==, 0);
  g_assert_cmpint (g_lstat (target, &status), ==, 0);
  g_assert_cmpuint (status.st_mode, ==, S_IFREG | 0600);
}

static guint
each_part (Crate *crate, gboolean delete)
{
  guint n = 0;

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *folder = folder_of (crate, i == 0 ? &crate->pair.anna : &crate->pair.bob, "in");
      g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
      const char *name;

      while ((name = g_dir_read_name (dir)) != NULL)
        if (g_str_has_suffix (name, ".part"))
          {
            g_autofree char *path = g_build_filename (folder, name, NULL);

            n++;
            if (delete)
              g_unlink (path);
          }
    }
  return n;
}

guint
crate_count_parts (Crate *crate)
{
  return each_part (crate, FALSE);
}

void
crate_assert_no_parts (Crate *crate)
{
  g_assert_cmpuint (crate_count_parts (crate), ==, 0);
}

void
crate_remove_parts (Crate *crate)
{
  each_part (crate, TRUE);
}

guint
crate_count_threads (const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *id;
  guint n = 0;

  while ((id = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", id);
      g_autofree char *name = NULL;

      if (g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, prefix))
        n++;
    }
  return n;
}

guint
crate_count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
