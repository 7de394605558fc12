/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-filter.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/visavis.h"

#define LIMIT 10 /* seconds */
#define PIECE 16384

typedef struct
{
  GBytes *input;
  GByteArray *output;
  GOutputStream *to;  /* (nullable) */
  GInputStream *from; /* (nullable) */
  GPid group;         /* the command and what it began; 0: never started */
  gboolean read_all, exited;
  int status; /* as of waitpid() */
  gboolean settled;
  guint limit; /* source */
  gulong cancelled;
} Filter;

static void
filter_free (gpointer data)
{
  Filter *self = data;

  g_clear_handle_id (&self->limit, g_source_remove);
  g_clear_object (&self->to);
  g_clear_object (&self->from);
  g_clear_pointer (&self->input, g_bytes_unref);
  g_clear_pointer (&self->output, g_byte_array_unref);
  g_free (self);
}

/* In the child, between fork and exec: a process group of its own, to be ended as a whole, and an end with ours. */
static void
prepare_child (gpointer user_data)
{
  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  signal (SIGPIPE, SIG_DFL);
}

/* The number of a group that is empty may be somebody else's by now. */
static void
kill_group (Filter *self)
{
  if (self->group != 0 && !(self->read_all && self->exited))
    kill (-self->group, SIGKILL);
}

/* The first outcome counts. error: (transfer full) (nullable) */
static void
settle (GTask *task, GError *error)
{
  Filter *self = g_task_get_task_data (task);

  if (self->settled)
    {
      g_clear_error (&error);
      return;
    }
  self->settled = TRUE;
  g_clear_handle_id (&self->limit, g_source_remove);
  if (g_task_get_cancellable (task) != NULL)
    g_clear_signal_handler (&self->cancelled, g_task_get_cancellable (task));

  if (error != NULL)
    {
      kill_group (self);
      g_task_return_error (task, error);
    }
  else
    g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&self->output)),
                           (GDestroyNotify)g_bytes_unref);
}

static void fail (GTask *task, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
fail (GTask *task, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  settle (task, g_error_new_valist (VAV_ERROR, VAV_ERROR_FAILED, format, arguments));
  va_end (arguments);
}

static void
check_end (GTask *task)
{
  Filter *self = g_task_get_task_data (task);

  if (!self->read_all || !self->exited)
    return;
  if (WIFSIGNALED (self->status))
    fail (task, _ ("The command for the goodbye was ended by signal %d."), WTERMSIG (self->status));
  else if (WEXITSTATUS (self->status) != 0)
    fail (task, _ ("The command for the goodbye failed with status %d."), WEXITSTATUS (self->status));
  else
    settle (task, NULL);
}

static void
on_exited (GPid pid, int status, gpointer user_data)
{
  GTask *task = user_data;
  Filter *self = g_task_get_task_data (task);

  self->exited = TRUE;
  self->status = status;
  check_end (task);
}

static void read_next (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Filter *self = g_task_get_task_data (task);
  g_autoptr (GBytes) piece = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize size = piece != NULL ? g_bytes_get_size (piece) : 0;

  if (self->settled)
    return;
  if (size == 0)
    {
      self->read_all = TRUE;
      check_end (task);
      return;
    }
  if (self->output->len + size > VAV_MAX_DATA)
    {
      fail (task, _ ("The command for the goodbye wrote more than 64 KiB, which is the most that can be sent."));
      return;
    }

  g_byte_array_append (self->output, g_bytes_get_data (piece, NULL), (guint)size);
  read_next (task);
}

static void
read_next (GTask *task)
{
  Filter *self = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (self->from, PIECE, G_PRIORITY_DEFAULT, NULL, on_read, g_object_ref (task));
}

/* Also when it did not want all of it. */
static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_output_stream_close (G_OUTPUT_STREAM (source), NULL, NULL);
}

static void
write_input (GTask *task)
{
  Filter *self = g_task_get_task_data (task);
  gsize size;
  gconstpointer data = g_bytes_get_data (self->input, &size);

  /* a write of more than the pipe has room for would block even when poll() says that it can be written to */
  g_unix_set_fd_nonblocking (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (self->to)), TRUE, NULL);
  g_output_stream_write_all_async (self->to, data, size, G_PRIORITY_DEFAULT, NULL, on_written, g_object_ref (task));
}

static gboolean
on_limit (gpointer user_data)
{
  GTask *task = user_data;
  Filter *self = g_task_get_task_data (task);

  self->limit = 0;
  fail (task, _ ("The command for the goodbye did not end in %d seconds."), LIMIT);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  settle (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
}

static gboolean
spawn (Filter *self, const char *command, const char *const *environment, GError **error)
{
  const char *arguments[] = { "/bin/sh", "-c", command, NULL };
  g_auto (GStrv) variables = g_get_environ ();
  int to, from;

  for (guint i = 0; environment != NULL && environment[i] != NULL; i += 2)
    variables = g_environ_setenv (variables, environment[i], environment[i + 1], TRUE);
  if (!g_spawn_async_with_pipes (NULL, (char **)arguments, variables, G_SPAWN_DO_NOT_REAP_CHILD, prepare_child, NULL,
                                 &self->group, &to, &from, NULL, error))
    return FALSE;

  self->to = g_unix_output_stream_new (to, TRUE);
  self->from = g_unix_input_stream_new (from, TRUE);
  return TRUE;
}

void
vav_cli_filter_async (const char *command, GBytes *input, const char *const *environment, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  Filter *self = g_new0 (Filter, 1);

  g_task_set_source_tag (task, vav_cli_filter_async);
  g_task_set_task_data (task, self, filter_free);
  self->input = input != NULL ? g_bytes_ref (input) : g_bytes_new (NULL, 0);
  self->output = g_byte_array_new ();
  if (!spawn (self, command, environment, &error))
    {
      fail (task, _ ("The command for the goodbye could not be started: %s."), error->message);
      return;
    }

  self->limit = g_timeout_add_seconds (LIMIT, on_limit, task);
  if (cancellable != NULL)
    self->cancelled = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
  g_child_watch_add_full (G_PRIORITY_DEFAULT, self->group, on_exited, g_object_ref (task), g_object_unref);
  write_input (task);
  read_next (task);
}

GBytes *
vav_cli_filter_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
