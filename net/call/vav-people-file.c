/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/call/vav-people-file.h"

#include "net/call/vav-people-file-private.h"
#include "net/call/vav-vcard.h"

#define PART (64 * 1024)

G_STATIC_ASSERT (VAV_VCARD_MAX_FILE == VAV_MAX_IMPORT);

struct _VavPeopleFile
{
  GPtrArray *cards; /* of VavVcard */
};

G_DEFINE_BOXED_TYPE (VavPeopleFile, vav_people_file, vav_people_file_ref, vav_people_file_unref)

/* As it comes: standard input and /dev/zero have no size. Not more than shows that it is too much. */
static GByteArray *
read_bytes (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree guint8 *part = g_malloc (PART);
  gssize length = 1;

  while (length > 0 && all->len <= VAV_MAX_IMPORT)
    {
      length = g_input_stream_read (stream, part, PART, cancellable, error);
      if (length > 0)
        g_byte_array_append (all, part, (guint)length);
    }

  return length < 0 ? NULL : g_steal_pointer (&all);
}

/**
 * vav_people_file_read:
 * @stream: vCards (4.0, 3.0; 2.1 without quoted-printable), at most VAV_MAX_IMPORT bytes
 * @cancellable: (nullable): for the reading; what has come is looked at to its end
 * @error: VAV_ERROR_TOO_LARGE; VAV_ERROR_FAILED: there is no card in it; what reading of the stream sets
 *
 * Reads and looks through it, on whatever thread; blocks, for seconds if it is large.
 *
 * Returns: (transfer full): the file, good or bad card by card
 */
VavPeopleFile *
vav_people_file_read (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GPtrArray) cards = NULL;
  VavPeopleFile *self;

  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);

  bytes = read_bytes (stream, cancellable, error);
  if (bytes != NULL)
    cards = vav_vcard_read ((const char *)bytes->data, bytes->len, error);
  if (cards == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (VavPeopleFile);
  self->cards = g_steal_pointer (&cards);
  return self;
}

/**
 * vav_people_file_ref:
 *
 * Returns: (transfer full): the same
 */
VavPeopleFile *
vav_people_file_ref (VavPeopleFile *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  VavPeopleFile *self = data;

  g_ptr_array_unref (self->cards);
}

/**
 * vav_people_file_unref:
 *
 * Gives it up.
 */
void
vav_people_file_unref (VavPeopleFile *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

GPtrArray *
vav_people_file_get_cards (VavPeopleFile *self)
{
  return self->cards;
}
