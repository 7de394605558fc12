/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/call/vav-courier-private.h"
#include "net/call/vav-file-name.h"
#include "net/call/vav-file-private.h"
#include "net/signal/vav-digest.h"

/* The files of a call: what the two sides say about them. Their bytes are the freight's business. */

#define MAX_OFFERED 256 /* that wait for a decision, in each direction */
#define MAX_RUNNING 16  /* in each direction; those that are accepted beyond wait */
#define MAX_FILES 10000 /* of one call, in each direction */

/* Why a file does not go on: the words of the wire, and what they are here. */
static const struct
{
  const char *word;
  VavError code;
  const char *sentence; /* what the other side is told; NULL: the code's */
} reasons[] = {
  { "full", VAV_ERROR_DISK_FULL, N_ ("The other side has not enough room for the file.") },
  { "unreadable", VAV_ERROR_FILE, N_ ("The other side cannot read the file any more.") },
  { "unwritable", VAV_ERROR_FILE, N_ ("The other side cannot save the file.") },
  { "damaged", VAV_ERROR_DAMAGED, NULL },
  { "changed", VAV_ERROR_FILE, N_ ("The other side changed the file while it was sent.") },
  { "no-way", VAV_ERROR_UNREACHABLE, N_ ("There is no connection for the file.") },
};

static GError *
error_from_word (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (strcmp (reasons[i].word, word) == 0)
      return g_error_new_literal (VAV_ERROR, (int)reasons[i].code,
                                  reasons[i].sentence != NULL ? _ (reasons[i].sentence)
                                                              : vav_error_describe (reasons[i].code));
  return NULL; /* somebody's wish */
}

static const char *
word_from_error (const GError *error, gboolean incoming)
{
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_DISK_FULL))
    return "full";
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_DAMAGED))
    return "damaged";
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_UNREACHABLE))
    return "no-way";
  return incoming ? "unwritable" : "unreadable";
}

static GHashTable *
table_of (VavCourier *self, gboolean incoming)
{
  return incoming ? self->incoming : self->outgoing;
}

static VavFile *
find (VavCourier *self, gboolean incoming, guint32 id)
{
  return g_hash_table_lookup (table_of (self, incoming), GUINT_TO_POINTER (id));
}

static guint
count (VavCourier *self, gboolean incoming, VavFileState from, VavFileState to)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, table_of (self, incoming));
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((VavFile *)value)->state >= from && ((VavFile *)value)->state <= to;
  return n;
}

/* One that the other side has does not run for it, also if the sender, a quiet thread, has yet to tell that all went out. */
static guint
count_sending (VavCourier *self)
{
  GHashTableIter iter;
  gpointer value;
  guint n = count (self, FALSE, VAV_FILE_STATE_ACCEPTED, VAV_FILE_STATE_RUNNING);

  g_hash_table_iter_init (&iter, self->outgoing);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n -= ((VavFile *)value)->confirmed;
  return n;
}

gboolean
vav_courier_has_files (VavCourier *self)
{
  return count (self, FALSE, VAV_FILE_STATE_ACCEPTED, VAV_FILE_STATE_RUNNING) > 0
         || count (self, TRUE, VAV_FILE_STATE_ACCEPTED, VAV_FILE_STATE_RUNNING) > 0;
}

static void
say (VavCourier *self, VavMessageType type, VavFile *file)
{
  g_autoptr (VavMessage) message = vav_message_new (type);

  vav_message_set_uint (message, "file", file->id);
  vav_courier_send (self, message, NULL);
}

static void
say_cancel (VavCourier *self, VavFile *file, const char *reason)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_FILE_CANCEL);

  vav_message_set_uint (message, "file", file->id);
  vav_message_set_string (message, "by", file->incoming ? "receiver" : "sender");
  vav_message_set_string (message, "reason", reason);
  vav_courier_send (self, message, NULL);
}

static void start_waiting (VavCourier *self);

/* Takes the error. A file that is over is forgotten here, not by those who hold it. */
void
vav_courier_set_file_state (VavCourier *self, VavFile *file, VavFileState state, GError *error)
{
  g_autoptr (VavFile) alive = g_object_ref (file);

  vav_file_set_state (file, state, error);
  if (vav_file_is_over (file))
    {
      if (file->making_ready != NULL)
        g_cancellable_cancel (file->making_ready);
      g_hash_table_remove (table_of (self, file->incoming), GUINT_TO_POINTER (file->id));
    }
  g_signal_emit (self, vav_courier_signals[VAV_COURIER_FILE_CHANGED], 0, file);
  if (!vav_file_is_over (file))
    return;
  start_waiting (self);
  vav_courier_check_flushed (self);
}

/* Stops the bytes, and tells the other side why; but a file that has all come is whole, whoever does not want it any more, or damaged. Takes the
 * error. */
static void
give_up (VavCourier *self, VavFile *file, VavFileState state, const char *reason, GError *error)
{
  gboolean keep = state == VAV_FILE_STATE_INTERRUPTED || g_error_matches (error, VAV_ERROR, VAV_ERROR_DISK_FULL);

  if (self->freight != NULL && !vav_freight_stop (self->freight, file->incoming, file->id, keep) && file->coming)
    {
      g_clear_error (&error);
      return;
    }
  if (reason != NULL)
    say_cancel (self, file, reason);
  vav_courier_set_file_state (self, file, state, error);
}

/* Takes the error. */
void
vav_courier_fail_file (VavCourier *self, VavFile *file, GError *error)
{
  give_up (self, file, VAV_FILE_STATE_FAILED, word_from_error (error, file->incoming), error);
}

/* As many as may run: of the incoming ones this side decides when. */
static void
start_waiting (VavCourier *self)
{
  guint running = 0;
  GHashTableIter iter;
  gpointer value;

  if (self->call == NULL || vav_call_has_said_goodbye (self->call))
    return; /* nothing new is taken after our goodbye */
  g_hash_table_iter_init (&iter, self->incoming);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    running += ((VavFile *)value)->making_ready != NULL;
  g_hash_table_iter_init (&iter, self->incoming);
  while (running < MAX_RUNNING && g_hash_table_iter_next (&iter, NULL, &value))
    {
      VavFile *file = value;

      if (file->state != VAV_FILE_STATE_ACCEPTED || file->making_ready != NULL)
        continue;
      vav_courier_make_ready (self, file);
      running++;
    }
}

/* the freight tells */

static void
on_progress (gpointer owner, gboolean incoming, guint32 id, guint64 transferred)
{
  VavFile *file = find (owner, incoming, id);

  if (file != NULL)
    vav_file_set_transferred (file, transferred);
}

/* It is there: whoever hears of it, and cancels it or ends the call, finds it done. */
static void
complete (VavCourier *self, VavFile *file, const char *path, const char *sha256)
{
  g_autoptr (VavFile) alive = g_object_ref (file);

  if (!file->incoming)
    vav_freight_stop (self->freight, FALSE, file->id, TRUE);
  g_object_freeze_notify (G_OBJECT (file));
  if (sha256 != NULL)
    vav_file_set_result (file, path, sha256);
  vav_file_set_transferred (file, file->size);
  vav_file_set_state (file, VAV_FILE_STATE_DONE, NULL);
  g_object_thaw_notify (G_OBJECT (file));
  vav_courier_set_file_state (self, file, VAV_FILE_STATE_DONE, NULL);
}

/* All has gone out, and the other side tells that it is there: the two come in any order. */
static void
take_sent (VavCourier *self, VavFile *file, const char *sha256)
{
  file->sent = TRUE;
  if (file->confirmed)
    complete (self, file, NULL, sha256);
  else
    vav_file_set_result (file, NULL, sha256);
}

static void
on_ended (gpointer owner, gboolean incoming, guint32 id, const char *sha256, const char *path, const GError *error)
{
  VavCourier *self = owner;
  VavFile *found = find (self, incoming, id);
  g_autoptr (VavFile) file = found != NULL ? g_object_ref (found) : NULL;

  if (file == NULL)
    return;
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_RESET))
    {
      give_up (self, file, VAV_FILE_STATE_INTERRUPTED, "closing", NULL);
      return;
    }
  file->coming = FALSE;
  if (error != NULL)
    {
      vav_courier_fail_file (self, file, g_error_copy (error));
      return;
    }
  if (!incoming)
    {
      take_sent (self, file, sha256);
      return;
    }
  say (self, VAV_MESSAGE_FILE_DONE, file);
  complete (self, file, path, sha256);
}

static void
each (VavCourier *self, gboolean incoming, VavFileState from, VavFileState to, VavFileState state, const char *reason,
      const GError *error)
{
  g_autoptr (VavCourier) alive = g_object_ref (self); /* whoever hears of the first may let go of the call */
  g_autoptr (GList) files = g_hash_table_get_values (table_of (self, incoming));

  g_list_foreach (files, (GFunc)(void (*) (void))g_object_ref, NULL);
  for (GList *l = files; l != NULL; l = l->next)
    {
      VavFile *file = l->data;

      if (file->state >= from && file->state <= to)
        give_up (self, file, state, reason, error != NULL ? g_error_copy (error) : NULL);
      g_object_unref (file);
    }
}

static void
on_lost (gpointer owner, const GError *error)
{
  VavCourier *self = owner;

  if (self->call == NULL)
    return;
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_PROTOCOL))
    {
      vav_call_dispatch (self->call, VAV_CALL_EVENT_NONSENSE, VAV_REASON_PROTOCOL, NULL);
      return;
    }
  /* the files that went by it are over; others wait for the next */
  vav_courier_path_lost (self);
  if (vav_courier_has_files (self))
    vav_courier_ensure_path (self);
}

const VavFreightEvents vav_courier_freight_events = { on_progress, on_ended, on_lost };

/* There is none: neither by a second connection nor over the call's own. */
void
vav_courier_fail_path (VavCourier *self)
{
  g_autoptr (VavCourier) alive = g_object_ref (self);
  g_autoptr (GError) error
      = g_error_new_literal (VAV_ERROR, VAV_ERROR_UNREACHABLE, _ ("There is no connection for the file."));

  for (int incoming = 0; incoming <= 1; incoming++)
    each (self, incoming, VAV_FILE_STATE_RUNNING, VAV_FILE_STATE_RUNNING, VAV_FILE_STATE_FAILED, "no-way", error);
}

/* the peer's messages */

gboolean
vav_courier_take_offer (VavCourier *self, VavMessage *message)
{
  guint32 id = (guint32)vav_message_get_uint (message, "file", 0);
  g_autofree char *name = vav_file_name_clean (vav_message_get_string (message, "name"));
  g_autoptr (VavFile) file = NULL;

  if (id != self->last_incoming + 1 || id > MAX_FILES
      || count (self, TRUE, VAV_FILE_STATE_OFFERED, VAV_FILE_STATE_ACCEPTED) >= MAX_OFFERED)
    return FALSE;
  self->last_incoming = id;
  file = vav_file_new (self, id, TRUE, name, (guint64)vav_message_get_uint (message, "size", 0));
  g_hash_table_insert (self->incoming, GUINT_TO_POINTER (id), g_object_ref (file));
  g_signal_emit (self, vav_courier_signals[VAV_COURIER_FILE_CHANGED], 0, file);
  g_signal_emit (self, vav_courier_signals[VAV_COURIER_FILE_OFFERED], 0, file);
  return TRUE;
}

/* FALSE: there never was one. @file NULL: it is over, and the other side did not know yet. */
static gboolean
find_named (VavCourier *self, VavMessage *message, gboolean incoming, VavFile **file)
{
  guint32 id = (guint32)vav_message_get_uint (message, "file", 0);

  *file = find (self, incoming, id);
  return id <= (incoming ? self->last_incoming : self->last_outgoing);
}

gboolean
vav_courier_take_accept (VavCourier *self, VavMessage *message)
{
  guint64 offset = (guint64)vav_message_get_uint (message, "offset", 0);
  const char *digest = vav_message_get_string (message, "digest");
  guint8 bytes[VAV_DIGEST_SIZE];
  VavFile *file;

  if (!find_named (self, message, FALSE, &file))
    return FALSE;
  if (file == NULL)
    return TRUE;
  if (file->state != VAV_FILE_STATE_OFFERED || offset > file->size
      || (offset > 0 && !vav_digest_from_hex (digest, bytes)) || count_sending (self) >= MAX_RUNNING)
    return FALSE;
  file->offset = offset;
  file->digest = g_strdup (digest);
  vav_courier_set_file_state (self, file, VAV_FILE_STATE_ACCEPTED, NULL);
  if (file->state == VAV_FILE_STATE_ACCEPTED)
    vav_courier_make_ready (self, file);
  return TRUE;
}

gboolean
vav_courier_take_refuse (VavCourier *self, VavMessage *message)
{
  VavFile *file;

  if (!find_named (self, message, FALSE, &file))
    return FALSE;
  if (file == NULL)
    return TRUE;
  if (file->state != VAV_FILE_STATE_OFFERED)
    return FALSE;
  vav_courier_set_file_state (self, file, VAV_FILE_STATE_REFUSED, NULL);
  return TRUE;
}

gboolean
vav_courier_take_cancel (VavCourier *self, VavMessage *message)
{
  gboolean incoming = strcmp (vav_message_get_string (message, "by"), "sender") == 0;
  const char *reason = vav_message_get_string (message, "reason");
  GError *error = error_from_word (reason);
  VavFileState state = error != NULL ? VAV_FILE_STATE_FAILED : VAV_FILE_STATE_CANCELLED;
  VavFile *file;

  if (strcmp (reason, "closing") == 0)
    state = VAV_FILE_STATE_INTERRUPTED;
  if (!find_named (self, message, incoming, &file) || file == NULL)
    {
      g_clear_error (&error);
      return find_named (self, message, incoming, &file);
    }
  give_up (self, file, state, NULL, error);
  return TRUE;
}

gboolean
vav_courier_take_done (VavCourier *self, VavMessage *message)
{
  VavFile *file;

  if (!find_named (self, message, FALSE, &file))
    return FALSE;
  if (file == NULL)
    return TRUE;
  if (file->state != VAV_FILE_STATE_RUNNING)
    return FALSE;
  file->confirmed = TRUE;
  if (file->sent)
    complete (self, file, NULL, NULL);
  return TRUE;
}

/* this side's wishes */

/* source: opened before; its name and size are what is offered. */
VavFile *
vav_courier_send_file (VavCourier *self, const char *path, VavFileSource *source, GError **error)
{
  g_autoptr (VavMessage) message = vav_message_new (VAV_MESSAGE_FILE_OFFER);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *shown = g_filename_display_name (base);
  g_autofree char *name = vav_file_name_clean (shown);
  g_autoptr (VavFile) file = NULL;

  if (!vav_courier_may_give (self, "files", error))
    return NULL;
  if (count (self, FALSE, VAV_FILE_STATE_OFFERED, VAV_FILE_STATE_OFFERED) >= MAX_OFFERED
      || self->last_outgoing >= MAX_FILES)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_TOO_LARGE,
                           _ ("Too many files wait for the other side’s answer. Try again later."));
      return NULL;
    }
  file = vav_file_new (self, self->last_outgoing + 1, FALSE, name, vav_file_source_get_size (source));
  file->path = g_strdup (path);
  file->changed = vav_file_source_get_changed (source);
  vav_message_set_uint (message, "file", file->id);
  vav_message_set_string (message, "name", name);
  vav_message_set_uint (message, "size", file->size);
  if (!vav_courier_send (self, message, error))
    return NULL;
  self->last_outgoing = file->id;
  g_hash_table_insert (self->outgoing, GUINT_TO_POINTER (file->id), g_object_ref (file));
  g_signal_emit (self, vav_courier_signals[VAV_COURIER_FILE_CHANGED], 0, file);
  return g_steal_pointer (&file);
}

gboolean
vav_courier_accept_file (VavCourier *self, VavFile *file, const char *folder, GError **error)
{
  if (!vav_courier_may_give (self, "files", error))
    return FALSE;
  file->folder = g_canonicalize_filename (folder, NULL);
  vav_courier_set_file_state (self, file, VAV_FILE_STATE_ACCEPTED, NULL);
  start_waiting (self);
  return TRUE;
}

void
vav_courier_refuse_file (VavCourier *self, VavFile *file)
{
  say (self, VAV_MESSAGE_FILE_REFUSE, file);
  vav_courier_set_file_state (self, file, VAV_FILE_STATE_REFUSED, NULL);
}

void
vav_courier_cancel_file (VavCourier *self, VavFile *file)
{
  give_up (self, file, VAV_FILE_STATE_CANCELLED, "cancelled", NULL);
}

/* the end */

/* Before our goodbye: what nobody has decided on is taken back; what runs may finish. */
gboolean
vav_courier_flush_files (VavCourier *self)
{
  for (int incoming = 0; incoming <= 1; incoming++)
    each (self, incoming, VAV_FILE_STATE_OFFERED, VAV_FILE_STATE_OFFERED, VAV_FILE_STATE_CANCELLED, "cancelled", NULL);
  return g_hash_table_size (self->outgoing) == 0;
}

void
vav_courier_cut_files (VavCourier *self)
{
  each (self, FALSE, VAV_FILE_STATE_ACCEPTED, VAV_FILE_STATE_RUNNING, VAV_FILE_STATE_INTERRUPTED, "closing", NULL);
}

/* The call is over. */
void
vav_courier_end_files (VavCourier *self)
{
  for (int incoming = 0; incoming <= 1; incoming++)
    {
      each (self, incoming, VAV_FILE_STATE_OFFERED, VAV_FILE_STATE_OFFERED, VAV_FILE_STATE_CANCELLED, NULL, NULL);
      each (self, incoming, VAV_FILE_STATE_ACCEPTED, VAV_FILE_STATE_RUNNING, VAV_FILE_STATE_INTERRUPTED, NULL, NULL);
    }
}
