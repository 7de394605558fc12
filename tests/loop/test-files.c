/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/crate.h"

#define ADD(path, test) g_test_add (path, Crate, "test", crate_set_up, test, crate_tear_down)
#define MIB (1024 * 1024)
#define PARTS 3    /* of a file, in each of which */
#define PICTURES 2 /* come, at least: at ten a second they are some ten */

/* From offer to end, from either side: who called carries it all the same. */
static void
test_both_ways (Crate *crate, gconstpointer media)
{
  static const guint64 sizes[] = { 0, 1, 300 * 1000, 5 * MIB };

  g_test_summary ("W20: files go both ways at once, each arrives as it was sent, with progress, under its name and for "
                  "its owner alone");
  crate_connect (crate);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("file %u.tar.gz", i);

      crate_send (crate, &crate->pair.anna, name, sizes[i]);
      crate_send (crate, &crate->pair.bob, name, sizes[i]);
    }
  wait_until (crate->n_done == 16);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("file %u.tar.gz", i);

      crate_assert_arrived (crate, &crate->pair.anna, name, name);
      crate_assert_arrived (crate, &crate->pair.bob, name, name);
    }
  g_assert_cmpuint (g_list_model_get_n_items (vav_stream_get_files (crate->pair.anna.stream)), ==, 8);
  crate_assert_no_parts (crate);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (VavFile) file = g_list_model_get_item (vav_stream_get_files (crate->pair.anna.stream), i);

      g_assert_cmpint (vav_file_get_state (file), ==, VAV_FILE_STATE_DONE);
      g_assert_cmpuint (vav_file_get_transferred (file), ==, vav_file_get_size (file));
      g_assert_cmpuint (strlen (vav_file_get_sha256 (file)), ==, 64);
      g_assert_true (g_path_is_absolute (vav_file_get_path (file)));
    }
}

/* Nothing that is there is touched. */
static void
test_same_name (Crate *crate, gconstpointer media)
{
  g_test_summary ("W20: a file never takes the place of one that is there");
  crate_connect (crate);
  crate_send (crate, &crate->pair.anna, "photo.jpg", 1000);
  wait_until (crate->n_done == 2);
  crate_send (crate, &crate->pair.anna, "photo.jpg", 2000);
  wait_until (crate->n_done == 4);
  crate_send (crate, &crate->pair.anna, "photo.jpg", 3000);
  wait_until (crate->n_done == 6);
  crate_assert_arrived (crate, &crate->pair.anna, "photo.jpg", "photo (3).jpg");
  g_assert_cmpint (crate_size (crate, &crate->pair.bob, "photo.jpg"), ==, 1000);
  g_assert_cmpint (crate_size (crate, &crate->pair.bob, "photo (2).jpg"), ==, 2000);
}

static void
test_refuse_and_cancel (Crate *crate, gconstpointer media)
{
  VavFile *refused = NULL;
  VavFile *taken_back = NULL;
  VavFile *cancelled = NULL;
  VavFile *other = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary (
      "W20: a file may be refused, taken back, and given up by either side in the middle, and nothing is left of it");
  crate_connect (crate);
  crate->manner = CRATE_REFUSES;
  refused = crate_send (crate, &crate->pair.anna, "no.txt", 10);
  wait_until (vav_file_get_state (refused) == VAV_FILE_STATE_REFUSED);
  g_assert_false (vav_file_accept (crate->last_offered, crate->folder, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_CLOSED);

  crate->manner = CRATE_WAITS;
  taken_back = crate_send (crate, &crate->pair.bob, "hm.txt", 10);
  wait_until (crate->n_offered == 2);
  vav_file_cancel (taken_back);
  wait_until (vav_file_get_state (crate->last_offered) == VAV_FILE_STATE_CANCELLED);

  crate->manner = CRATE_ACCEPTS;
  cancelled = crate_send (crate, &crate->pair.anna, "long.bin", 400 * (guint64)MIB);
  wait_until (vav_file_get_transferred (crate->last_offered) > 0 && crate->n_offered == 3);
  vav_file_cancel (cancelled);
  wait_until (vav_file_get_state (crate->last_offered) == VAV_FILE_STATE_CANCELLED);

  other = crate_send (crate, &crate->pair.bob, "longer.bin", 400 * (guint64)MIB);
  wait_until (crate->n_offered == 4 && vav_file_get_transferred (crate->last_offered) > 0);
  vav_file_cancel (crate->last_offered);
  wait_until (vav_file_get_state (other) == VAV_FILE_STATE_CANCELLED);

  /* the connection is still good for another one */
  crate_send (crate, &crate->pair.bob, "after.txt", 12345);
  wait_until (crate->n_done == 2);
  wait_until (crate_count_parts (crate) == 0);
  g_assert_cmpint (party_state (&crate->pair.anna), ==, VAV_STATE_ACTIVE);
}

/* More than may run wait their turn. */
static void
test_many (Crate *crate, gconstpointer media)
{
  g_test_summary ("W20: forty files at once in both directions, sixteen of which run");
  crate_connect (crate);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      crate_send (crate, i % 2 == 0 ? &crate->pair.anna : &crate->pair.bob, name, 1000 * i);
    }
  wait_until (crate->n_done == 80);
  g_assert_cmpuint (crate->most_running, <=, 32);
}

static void
test_flush (Crate *crate, gconstpointer media)
{
  VavFile *file = NULL;

  g_test_summary ("N4: a file that is on its way when its sender hangs up still arrives whole, before the goodbye");
  crate_connect (crate);
  file = crate_send (crate, &crate->pair.anna, "tail.bin", 60 * (guint64)MIB);
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_RUNNING);
  vav_stream_hang_up (crate->pair.anna.stream, NULL);
  wait_until (crate->pair.anna.n_ended == 1 && crate->pair.bob.n_ended == 1);
  g_assert_true (crate->pair.anna.graceful && crate->pair.bob.graceful);
  g_assert_cmpint (vav_file_get_state (file), ==, VAV_FILE_STATE_DONE);
  g_assert_cmpuint (crate->n_done, ==, 2);
  crate_assert_arrived (crate, &crate->pair.anna, "tail.bin", "tail.bin");
}

/* No more than the linger time is waited for a file. */
static void
test_linger (Crate *crate, gconstpointer media)
{
  VavFile *file;
  gint64 began;

  g_test_summary ("N5, N4: a file that would take longer than the linger time is cut, and what came of it is kept");
  crate_connect (crate);
  file = crate_send (crate, &crate->pair.anna, "tail.bin", 700 * (guint64)MIB);
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_RUNNING && crate->n_offered == 1
              && vav_file_get_transferred (crate->last_offered) > 0);
  vav_stream_set_linger (crate->pair.anna.stream, 200);
  began = g_get_monotonic_time ();
  vav_stream_hang_up (crate->pair.anna.stream, NULL);
  wait_until (crate->pair.anna.n_ended == 1 && crate->pair.bob.n_ended == 1);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC);
  g_assert_false (crate->pair.anna.graceful);
  g_assert_cmpint (vav_file_get_state (file), ==, VAV_FILE_STATE_INTERRUPTED);
  g_assert_cmpint (vav_file_get_state (crate->last_offered), ==, VAV_FILE_STATE_INTERRUPTED);
  g_assert_cmpuint (crate_count_parts (crate), ==, 1);
}

static void
test_resume (Crate *crate, gconstpointer media)
{
  VavFile *file = NULL;
  VavFile *again = NULL;
  guint64 had;

  g_test_summary (
      "W20, N7: what a cut call left of a file is kept, and the next call with the same person goes on from there");
  crate_connect (crate);
  file = crate_send (crate, &crate->pair.anna, "big.bin", 120 * (guint64)MIB);
  wait_until (crate->n_offered == 1 && vav_file_get_transferred (crate->last_offered) > MIB);
  vav_stream_abort (crate->pair.bob.stream);
  wait_until (crate->pair.anna.n_ended == 1 && crate->pair.bob.n_ended == 1);
  g_assert_cmpint (vav_file_get_state (file), ==, VAV_FILE_STATE_INTERRUPTED);
  g_assert_cmpint (vav_file_get_state (crate->last_offered), ==, VAV_FILE_STATE_INTERRUPTED);
  g_assert_cmpuint (crate_count_parts (crate), ==, 1);
  had = vav_file_get_transferred (crate->last_offered);

  crate_connect (crate);
  again = crate_send_again (crate, &crate->pair.anna, "big.bin");
  wait_until (vav_file_get_state (again) == VAV_FILE_STATE_RUNNING);
  g_assert_cmpuint (vav_file_get_transferred (again), >=, had);
  wait_until (crate->n_done == 2);
  crate_assert_arrived (crate, &crate->pair.anna, "big.bin", "big.bin");
  crate_assert_no_parts (crate);
}

/* The part is not what the sender has: it begins anew. */
static void
test_resume_other (Crate *crate, gconstpointer media)
{
  g_test_summary ("W20: a part that is not the beginning of what is sent is begun anew");
  crate_connect (crate);
  crate_send (crate, &crate->pair.anna, "big.bin", 120 * (guint64)MIB);
  wait_until (crate->n_offered == 1 && vav_file_get_transferred (crate->last_offered) > MIB);
  vav_stream_abort (crate->pair.anna.stream);
  wait_until (crate->pair.anna.n_ended == 1 && crate->pair.bob.n_ended == 1);
  crate_spoil (crate, &crate->pair.anna, "big.bin");
  crate_connect (crate);
  crate_send_again (crate, &crate->pair.anna, "big.bin");
  wait_until (crate->n_done == 2);
  crate_assert_arrived (crate, &crate->pair.anna, "big.bin", "big.bin");
}

static void
on_not_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  g_assert_null (vav_stream_send_file_finish (VAV_STREAM (source), result, error));
}

static void
assert_not_sent (Crate *crate, const char *path, VavError code)
{
  g_autoptr (GError) error = NULL;

  vav_stream_send_file_async (crate->pair.anna.stream, path, NULL, on_not_sent, &error);
  wait_until (error != NULL);
  g_assert_error (error, VAV_ERROR, (int)code);
}

static void
test_unsendable (Crate *crate, gconstpointer media)
{
  g_autofree char *fifo = g_build_filename (crate->folder, "fifo", NULL);

  g_test_summary ("W20: what is no plain file is not sent, and nothing is outside of a call");
  assert_not_sent (crate, "/etc/passwd", VAV_ERROR_CLOSED);
  crate_connect (crate);
  assert_not_sent (crate, "/nowhere", VAV_ERROR_FILE);
  assert_not_sent (crate, crate->folder, VAV_ERROR_FILE);
  assert_not_sent (crate, "/dev/zero", VAV_ERROR_FILE);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  assert_not_sent (crate, fifo, VAV_ERROR_FILE);
  g_unlink (fifo);
  g_assert_cmpuint (crate->n_offered, ==, 0);
}

/* The receiver cannot save it, or the sender cannot read it any more: both are told why. */
static void
test_failures (Crate *crate, gconstpointer media)
{
  VavFile *nowhere = NULL;
  VavFile *changed = NULL;
  g_autofree char *path = NULL;

  g_test_summary ("W20: a folder that is not there and a file that was changed are told to both sides in a sentence");
  crate_connect (crate);
  crate->manner = CRATE_WAITS;
  nowhere = crate_send (crate, &crate->pair.anna, "a.txt", 10);
  wait_until (crate->n_offered == 1);
  g_assert_true (vav_file_accept (crate->last_offered, "/nowhere/at/all", NULL));
  wait_until (vav_file_get_state (nowhere) == VAV_FILE_STATE_FAILED);
  g_assert_error (vav_file_get_error (nowhere), VAV_ERROR, VAV_ERROR_FILE);
  g_assert_error (vav_file_get_error (crate->last_offered), VAV_ERROR, VAV_ERROR_FILE);

  changed = crate_send (crate, &crate->pair.anna, "b.txt", 10);
  wait_until (crate->n_offered == 2);
  path = crate_source (crate, &crate->pair.anna, "b.txt");
  g_assert_true (g_file_set_contents (path, "more than ten bytes", -1, NULL));
  g_assert_true (vav_file_accept (crate->last_offered, crate->folder, NULL));
  wait_until (vav_file_get_state (changed) == VAV_FILE_STATE_FAILED
              && vav_file_get_state (crate->last_offered) == VAV_FILE_STATE_FAILED);
  g_assert_error (vav_file_get_error (changed), VAV_ERROR, VAV_ERROR_FILE);
  wait_until (crate_count_parts (crate) == 0);
  g_assert_cmpint (party_state (&crate->pair.anna), ==, VAV_STATE_ACTIVE);
}

/* A file of ten terabytes, of which nothing is on the sender's disk. */
static void
test_disk_full (Crate *crate, gconstpointer media)
{
  g_autofree char *path = crate_source (crate, &crate->pair.anna, "huge.bin");
  VavFile *file;

  g_test_summary ("W20: that there is no room for a file is told to both sides, and the call goes on");
  crate_connect (crate);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  if (truncate (path, (off_t)10 * 1024 * 1024 * MIB) != 0)
    {
      g_test_skip ("no file of that size can be made here");
      return;
    }
  file = crate_send_again (crate, &crate->pair.anna, "huge.bin");
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_FAILED && crate->n_offered == 1
              && vav_file_get_state (crate->last_offered) == VAV_FILE_STATE_FAILED);
  g_assert_error (vav_file_get_error (file), VAV_ERROR, VAV_ERROR_DISK_FULL);
  g_assert_error (vav_file_get_error (crate->last_offered), VAV_ERROR, VAV_ERROR_DISK_FULL);
  g_assert_cmpint (party_state (&crate->pair.bob), ==, VAV_STATE_ACTIVE);
  crate_assert_no_parts (crate);
}

/* All is given back: descriptors and threads as before. */
static void
test_given_back (Crate *crate, gconstpointer media)
{
  guint descriptors = 0;

  g_test_summary ("N12: descriptors and threads of files are given back at every end of a call");
  for (guint i = 1; i <= 6; i++)
    {
      VavFile *file = NULL;

      crate_connect (crate);
      file = crate_send (crate, i % 2 == 0 ? &crate->pair.anna : &crate->pair.bob, "c.bin", 200 * (guint64)MIB);
      wait_until (vav_file_get_state (file) == VAV_FILE_STATE_RUNNING && crate->n_offered == i
                  && vav_file_get_transferred (crate->last_offered) > 0);
      if (i % 3 == 0)
        vav_file_cancel (file);
      vav_stream_abort (i % 2 == 0 ? crate->pair.bob.stream : crate->pair.anna.stream);
      wait_until (crate->pair.anna.n_ended == i && crate->pair.bob.n_ended == i);
      wait_until (crate_count_threads ("vav-pipe") == 0 && crate_count_threads ("vav-file") == 0);
      crate_remove_parts (crate);
      if (i == 2)
        descriptors = crate_count_descriptors ();
    }
  wait_until (crate_count_descriptors () <= descriptors);
}

/* How many pictures each of the two has got. */
static void
count_pictures (Crate *crate, int n[2])
{
  n[0] = g_atomic_int_get (&crate->pair.anna.n_frames);
  n[1] = g_atomic_int_get (&crate->pair.bob.n_frames);
}

/* How many a second that are is up to the computer, and judged by what takes long; here pictures go on in each part of the file. */
static void
test_yields (Crate *crate, gconstpointer media)
{
  guint64 size = (g_test_slow () ? 1024 : 300) * (guint64)MIB;
  int first[2], before[2], after[2];
  gint64 began;
  double seconds;

  g_test_summary ("W20: a file yields to the call: the picture goes on while it runs, on both sides");
  crate_connect (crate);
  crate->manner = CRATE_WAITS;
  crate_send (crate, &crate->pair.anna, "big.bin", size);
  wait_until (crate->n_offered == 1 && g_atomic_int_get (&crate->pair.anna.n_frames) > 60
              && g_atomic_int_get (&crate->pair.bob.n_frames) > 60);
  count_pictures (crate, first);
  memcpy (before, first, sizeof before);
  began = g_get_monotonic_time ();
  crate_accept_last (crate);
  for (guint part = 1; part <= PARTS; part++)
    {
      gint64 limit = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

      while (crate->n_done < 2 && vav_file_get_transferred (crate->last_offered) < size / PARTS * part
             && g_get_monotonic_time () < limit)
        wait_one_turn ();
      g_assert_cmpuint (vav_file_get_transferred (crate->last_offered), >=, size / PARTS * part);
      count_pictures (crate, after);
      g_test_message ("part %u: %d and %d pictures", part, after[0] - before[0], after[1] - before[1]);
      g_assert_cmpint (after[0] - before[0], >=, PICTURES);
      g_assert_cmpint (after[1] - before[1], >=, PICTURES);
      memcpy (before, after, sizeof before);
    }
  wait_until (crate->n_done == 2);
  seconds = (double)(g_get_monotonic_time () - began) / G_USEC_PER_SEC;
  g_test_message ("%.0f MB/s, %.1f and %.1f frames a second", (double)size / 1e6 / seconds,
                  (after[0] - first[0]) / seconds, (after[1] - first[1]) / seconds);
  if (!g_test_slow ())
    return;
  g_assert_cmpfloat ((after[0] - first[0]) / seconds, >=, 27);
  g_assert_cmpfloat ((after[1] - first[1]) / seconds, >=, 27);
}

typedef struct
{
  VavStream *stream;
  VavFile *file; /* of which something was told, owned */
  const char *property;
} Breaker;

static void
on_told (VavFile *file, GParamSpec *pspec, Breaker *breaker)
{
  if (vav_file_get_transferred (file) != vav_file_get_size (file) && strcmp (breaker->property, "transferred") == 0)
    return;
  vav_stream_abort (breaker->stream);
}

static void
on_first_changed (VavStream *stream, VavFile *file, Breaker *breaker)
{
  g_autofree char *detailed = g_strdup_printf ("notify::%s", breaker->property);

  if (g_set_object (&breaker->file, file))
    g_signal_connect (file, detailed, G_CALLBACK (on_told), breaker);
}

/* What is whole is done, and nothing else: also for whoever does not want it any more at that moment. */
static void
assert_done_or_gone (Crate *crate, VavFile *file)
{
  gint64 size = crate_size (crate, &crate->pair.bob, vav_file_get_name (file));

  g_assert_true (vav_file_is_over (file));
  if (vav_file_get_state (file) == VAV_FILE_STATE_DONE)
    g_assert_cmpint (size, ==, vav_file_get_size (file));
  else
    {
      g_assert_cmpint (vav_file_get_state (file), ==, VAV_FILE_STATE_CANCELLED);
      g_assert_cmpint (size, ==, -1);
    }
}

static void
on_told_to_cancel (VavFile *file, GParamSpec *pspec, const char *property)
{
  if (strcmp (property, "path") == 0 || vav_file_get_transferred (file) == vav_file_get_size (file))
    vav_file_cancel (file);
}

static void
on_offered_to_cancel (VavStream *stream, VavFile *file, const char *property)
{
  g_autofree char *detailed = g_strdup_printf ("notify::%s", property);

  g_signal_connect (file, detailed, G_CALLBACK (on_told_to_cancel), (gpointer)property);
}

static void
test_cancelled_at_the_end (Crate *crate, gconstpointer media)
{
  static const char *const told[] = { "path", "transferred" };
  guint n = 0;

  g_test_summary (
      "W20: a file that is given up in the moment when all of it has come is either done and there, or given "
      "up and not there");
  crate_connect (crate);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      g_signal_connect (crate->pair.bob.stream, "file-offered", G_CALLBACK (on_offered_to_cancel), (gpointer)told[i]);
      for (guint j = 0; j < 60; j++)
        {
          g_autofree char *name = g_strdup_printf ("%s-%u", told[i], j);
          VavFile *file = crate_send (crate, &crate->pair.anna, name, 300 * 1000);

          n++;
          wait_until (crate->n_offered == n && vav_file_is_over (crate->last_offered) && vav_file_is_over (file));
          wait_until (crate_count_parts (crate) == 0);
          assert_done_or_gone (crate, crate->last_offered);
          if (i == 0)
            g_assert_cmpint (vav_file_get_state (crate->last_offered), ==, VAV_FILE_STATE_DONE);
        }
      g_signal_handlers_disconnect_by_func (crate->pair.bob.stream, on_offered_to_cancel, (gpointer)told[i]);
    }
}

/* The call is ended by whoever hears how far a file is, in the middle of what is done about it. */
static void
test_ended_by_handlers (Crate *crate, gconstpointer media)
{
  static const char *const told[] = { "state", "transferred", "sha256" };
  Party *anna = &crate->pair.anna, *bob = &crate->pair.bob;

  g_test_summary (
      "W20: a call may be ended by the handler that hears of a file; that file is interrupted, or done if it is whole");
  for (guint i = 0; i < 2 * G_N_ELEMENTS (told); i++)
    {
      g_autofree char *name = g_strdup_printf ("file-%u", i);
      Breaker breaker = { i % 2 == 0 ? anna->stream : bob->stream, NULL, told[i / 2] };

      crate_connect (crate);
      g_signal_connect (breaker.stream, "file-changed", G_CALLBACK (on_first_changed), &breaker);
      crate_send (crate, anna, name, 1000);
      wait_until (!vav_stream_is_busy (anna->stream) && !vav_stream_is_busy (bob->stream));
      g_signal_handlers_disconnect_by_data (breaker.stream, &breaker);
      g_signal_handlers_disconnect_by_data (breaker.file, &breaker);
      if (i < 4) /* before all has come */
        g_assert_cmpint (vav_file_get_state (breaker.file), ==, VAV_FILE_STATE_INTERRUPTED);
      else if (i == 5) /* the receiver has its digest: it is whole */
        g_assert_cmpint (vav_file_get_state (breaker.file), ==, VAV_FILE_STATE_DONE);
      else /* the sender has it, and may have heard that it arrived */
        g_assert_true (vav_file_is_over (breaker.file));
      g_assert_true (g_list_store_find (G_LIST_STORE (vav_stream_get_files (breaker.stream)), breaker.file, NULL));
      g_clear_object (&breaker.file);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/files/both-ways", test_both_ways);
  ADD ("/files/same-name", test_same_name);
  ADD ("/files/refuse-and-cancel", test_refuse_and_cancel);
  ADD ("/files/many", test_many);
  ADD ("/files/ended-by-handlers", test_ended_by_handlers);
  ADD ("/files/cancelled-at-the-end", test_cancelled_at_the_end);
  ADD ("/files/flush", test_flush);
  ADD ("/files/linger", test_linger);
  ADD ("/files/resume", test_resume);
  ADD ("/files/resume-other", test_resume_other);
  ADD ("/files/unsendable", test_unsendable);
  ADD ("/files/failures", test_failures);
  ADD ("/files/disk-full", test_disk_full);
  ADD ("/files/given-back", test_given_back);

  ADD ("/files/yields", test_yields);

  return tolerate_exit (g_test_run ());
}
