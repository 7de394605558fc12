/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/tolerate.h"
#include "tests/loop/crate.h"

/* One of the two is a process of its own, this program again, and is killed in the middle. */

#define MIB (1024 * 1024)
#define SIZE (300 * (guint64)MIB)

static char *program;

/* the other process */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VavFile) file = vav_stream_send_file_finish (VAV_STREAM (source), result, NULL);

  g_assert_nonnull (file);
}

static void
on_offered (VavStream *stream, VavFile *file, const char *folder)
{
  g_assert_true (vav_file_accept (file, folder, NULL));
}

static int
be_sender (const char *profile, const char *address, const char *path)
{
  Party party;

  party_init (&party, "Anna", profile, "test");
  g_assert_true (vav_stream_dial (party.stream, address, NULL, NULL));
  wait_for_state (&party, VAV_STATE_ACTIVE);
  vav_stream_send_file_async (party.stream, path, NULL, on_sent, NULL);
  wait_until (party.n_ended > 0);
  party_clear (&party);
  return 0;
}

static int
be_receiver (const char *profile, const char *folder)
{
  Party party;

  party_init (&party, "Anna", profile, "test");
  party.manner = PARTY_ACCEPTS;
  g_signal_connect (party.stream, "file-offered", G_CALLBACK (on_offered), (gpointer)folder);
  party_listen (&party, "127.0.0.1:0");
  printf ("%s\n", vav_endpoint_get_listening_address (party.endpoint));
  fflush (stdout);
  wait_until (party.n_ended > 0);
  party_clear (&party);
  return 0;
}

/* this one */

typedef struct
{
  Crate crate;
  char *profile;
  char *path;
  GSubprocess *process;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer media)
{
  crate_set_up (&fixture->crate, media);
  fixture->profile = g_build_filename (fixture->crate.top, "profile", NULL);
  fixture->path = crate_source (&fixture->crate, &fixture->crate.pair.anna, "big.bin");
}

static void
tear_down (Fixture *fixture, gconstpointer media)
{
  g_clear_object (&fixture->process);
  crate_tear_down (&fixture->crate, media);
  g_free (fixture->profile);
  g_free (fixture->path);
}

static void
start (Fixture *fixture, const char *manner, const char *where, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->process);
  fixture->process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, manner, fixture->profile, where, what, NULL);
  g_assert_no_error (error);
}

static void
kill_it (Fixture *fixture)
{
  g_subprocess_force_exit (fixture->process); /* SIGKILL */
  g_assert_true (g_subprocess_wait (fixture->process, NULL, NULL));
}

static void
test_sender_killed (Fixture *fixture, gconstpointer media)
{
  Crate *crate = &fixture->crate;
  Party *bob = &crate->pair.bob;
  guint64 had;

  g_test_summary ("W20, N7: a sender killed in the middle is a reset; its next call goes on with the file");
  crate_make_file (fixture->path, SIZE);
  start (fixture, "--send", vav_endpoint_get_listening_address (bob->endpoint), fixture->path);
  wait_until (crate->n_offered == 1 && vav_file_get_transferred (crate->last_offered) > MIB);
  kill_it (fixture);
  wait_until (bob->n_ended == 1);
  g_assert_false (bob->graceful);
  g_assert_cmpint (vav_file_get_state (crate->last_offered), ==, VAV_FILE_STATE_INTERRUPTED);
  had = vav_file_get_transferred (crate->last_offered);

  start (fixture, "--send", vav_endpoint_get_listening_address (bob->endpoint), fixture->path);
  wait_until (crate->n_offered == 2 && vav_file_get_state (crate->last_offered) >= VAV_FILE_STATE_RUNNING);
  g_assert_cmpuint (vav_file_get_transferred (crate->last_offered), >=, had);
  wait_until (crate->n_done == 1);
  crate_assert_arrived (crate, &crate->pair.anna, "big.bin", "big.bin");
  crate_assert_no_parts (crate);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (bob->n_ended == 2);
  g_assert_true (bob->graceful);
}

static char *
read_address (Fixture *fixture)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (fixture->process));
  char *line = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  do
    {
      g_free (line);
      line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      g_assert_nonnull (line);
    }
  while (!g_str_has_prefix (line, "127.0.0.1:"));
  return line;
}

static VavFile *
call_and_send (Fixture *fixture)
{
  Crate *crate = &fixture->crate;
  g_autofree char *address = read_address (fixture);

  g_assert_true (vav_stream_dial (crate->pair.bob.stream, address, NULL, NULL));
  wait_for_state (&crate->pair.bob, VAV_STATE_ACTIVE);
  return crate_send_again (crate, &crate->pair.bob, "big.bin");
}

static void
test_receiver_killed (Fixture *fixture, gconstpointer media)
{
  Crate *crate = &fixture->crate;
  Party *bob = &crate->pair.bob;
  g_autofree char *folder = g_path_get_dirname (fixture->path);
  g_autofree char *path = crate_source (crate, bob, "big.bin");
  VavFile *file;
  guint64 had;

  g_test_summary ("W20, N7: what a receiver killed in the middle had is still there, and the file goes on");
  crate_make_file (path, SIZE);
  start (fixture, "--receive", folder, NULL);
  file = call_and_send (fixture);
  wait_until (vav_file_get_transferred (file) > 32 * MIB);
  kill_it (fixture);
  wait_until (bob->n_ended == 1);
  g_assert_false (bob->graceful);
  g_assert_cmpint (vav_file_get_state (file), ==, VAV_FILE_STATE_INTERRUPTED);

  start (fixture, "--receive", folder, NULL);
  file = call_and_send (fixture);
  wait_until (vav_file_get_state (file) >= VAV_FILE_STATE_RUNNING);
  had = vav_file_get_transferred (file);
  g_assert_cmpuint (had, >, 0);
  wait_until (vav_file_get_state (file) == VAV_FILE_STATE_DONE);
  vav_stream_hang_up (bob->stream, NULL);
  wait_until (bob->n_ended == 2);
  g_assert_true (bob->graceful);
  crate_assert_same (path, fixture->path);
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--send") == 0)
    return be_sender (argv[2], argv[3], argv[4]);
  if (argc == 4 && strcmp (argv[1], "--receive") == 0)
    return be_receiver (argv[2], argv[3]);

  g_test_init (&argc, &argv, NULL);
  program = g_file_read_link ("/proc/self/exe", NULL);

  g_test_add ("/cut/sender-killed", Fixture, "test", set_up, test_sender_killed, tear_down);
  g_test_add ("/cut/receiver-killed", Fixture, "test", set_up, test_receiver_killed, tear_down);

  return tolerate_exit (g_test_run ());
}
