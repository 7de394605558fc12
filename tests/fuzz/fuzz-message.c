/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "net/signal/vav-frame.h"
#include "net/signal/vav-message.h"

/* What a stranger sends, as it comes: cut into frames, guarded, parsed, held to the schema. What passes must survive being sent again. */

int LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length);

static void
check_again (VavMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = vav_message_serialize (message, &error);
  g_autoptr (VavMessage) again = NULL;

  /* what is escaped may grow above the size of a frame */
  if (g_error_matches (error, VAV_ERROR, VAV_ERROR_TOO_LARGE))
    return;
  if (body != NULL)
    again = vav_message_parse (body, &error);
  if (again == NULL || vav_message_get_kind (again) != vav_message_get_kind (message)
      || vav_message_get_seq (again) != vav_message_get_seq (message)
      || g_strcmp0 (vav_message_get_call (again), vav_message_get_call (message)) != 0)
    g_error ("Not the same again: %s", error != NULL ? error->message : "");
}

static void
parse (GBytes *body)
{
  g_autoptr (VavMessage) message = vav_message_parse (body, NULL);

  if (message != NULL)
    check_again (message);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, size_t length)
{
  g_autoptr (VavFrameReader) reader = vav_frame_reader_new ();
  g_autoptr (GBytes) whole = g_bytes_new_static (bytes, length);
  GBytes *body;

  parse (whole);
  vav_frame_reader_push (reader, bytes, length, NULL);
  while ((body = vav_frame_reader_pop (reader)) != NULL)
    {
      parse (body);
      g_bytes_unref (body);
    }
  return 0;
}
