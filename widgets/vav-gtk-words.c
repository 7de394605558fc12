/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-words.h"

#include <glib/gi18n-lib.h>

/* So many characters are shown of what somebody says with a no. */
#define MAX_MESSAGE 300

/**
 * vav_gtk_words_name:
 *
 * Returns: what the other side is called: the person's name, what they say, or the address dialled
 */
char *
vav_gtk_words_name (VavStream *stream)
{
  VavPeer *peer = vav_stream_get_peer (stream);
  g_autofree char *name = NULL;

  if (peer != NULL && vav_peer_get_name (peer) != NULL && *vav_peer_get_name (peer) != '\0')
    return g_strdup (vav_peer_get_name (peer));
  name = vav_stream_dup_entry_name (stream);
  if (name == NULL || *name == '\0')
    return g_strdup (_ ("this computer"));
  return vav_address_to_display (name);
}

/**
 * vav_gtk_words_initials:
 *
 * Returns: one or two capital letters for a portrait: "AB" for "Anna Berg", "1" for "127.0.0.1", "K" for "Karim (b2bji5rx)", as one of several is called
 */
char *
vav_gtk_words_initials (const char *name)
{
  GString *text = g_string_new (NULL);
  gboolean at_start = TRUE;
  int letters = 0;

  for (const char *at = name; at != NULL && *at != '\0' && letters < 2; at = g_utf8_next_char (at))
    {
      gunichar letter = g_utf8_get_char (at);

      if (letter == '(' && letters > 0)
        break;
      if (g_unichar_isspace (letter))
        at_start = TRUE;
      else if (at_start && g_unichar_isalnum (letter))
        {
          g_string_append_unichar (text, g_unichar_toupper (letter));
          at_start = FALSE;
          letters++;
        }
    }
  if (letters == 0)
    g_string_append (text, "?");
  return g_string_free (text, FALSE);
}

/**
 * vav_gtk_words_portrait:
 *
 * Returns: what to give to AdwAvatar for its text, so that it shows vav_gtk_words_initials() for somebody whose name ends in brackets; the colour is that
 *   of the whole name, so that namesakes can be told apart
 */
char *
vav_gtk_words_portrait (const char *name)
{
  /* it takes what comes after the last space for a name of its own, but knows this space not */
  GString *text = g_string_new (name);

  g_string_replace (text, " (", "\u00a0(", 0);
  return g_string_free (text, FALSE);
}

/**
 * vav_gtk_words_clock:
 *
 * Returns: "02:31", and "1:02:31" from an hour on
 */
char *
vav_gtk_words_clock (gint64 seconds)
{
  int hours, minutes, rest;

  seconds = CLAMP (seconds, 0, 999 * 3600);
  hours = (int)(seconds / 3600);
  minutes = (int)(seconds / 60 % 60);
  rest = (int)(seconds % 60);
  if (hours > 0)
    return g_strdup_printf ("%d:%02d:%02d", hours, minutes, rest);
  return g_strdup_printf ("%02d:%02d", minutes, rest);
}

/**
 * vav_gtk_words_line:
 * @data: (nullable): what the other side sent with a request or an answer; anything
 * @max_length: in characters
 *
 * Returns: (transfer full) (nullable): the first line of @data, if that is text that a person can read
 */
char *
vav_gtk_words_line (GBytes *data, guint max_length)
{
  gsize length = 0;
  const char *text = data != NULL ? g_bytes_get_data (data, &length) : NULL;
  g_autofree char *line = NULL;
  g_autofree char *start = NULL;

  if (text == NULL || length == 0 || !g_utf8_validate_len (text, length, NULL))
    return NULL;
  line = g_strndup (text, length);
  g_strdelimit (line, "\r\n", '\0');
  for (const char *at = line; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)) && *at != '\t')
      return NULL;
  g_strstrip (line);
  if (*line == '\0')
    return NULL;
  if (g_utf8_strlen (line, -1) <= (glong)max_length)
    return g_steal_pointer (&line);
  start = g_utf8_substring (line, 0, (glong)max_length);
  return g_strconcat (start, "…", NULL);
}

static char *
with_name (const char *format, VavStream *stream)
{
  g_autofree char *name = vav_gtk_words_name (stream);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

  /* the formats are translated, so no printf of them: a translator's slip must not crash */
  return g_strjoin (name, parts[0], parts[1], NULL);
}

/* Somebody may say why not. */
static char *
describe_declined (VavStream *stream)
{
  g_autofree char *name = vav_gtk_words_name (stream);
  g_autofree char *line = vav_gtk_words_line (vav_stream_get_answer (stream), MAX_MESSAGE);

  if (line == NULL)
    return with_name (_ ("%s declined the call."), stream);
  /* Translators: somebody's name, and what they wrote */
  return g_strdup_printf (_ ("%s declined the call: “%s”"), name, line);
}

static char *
describe_end (VavStream *stream)
{
  gboolean incoming = vav_stream_is_incoming (stream);
  VavReason reason = vav_stream_get_end_reason (stream);
  const GError *error = vav_stream_get_last_error (stream);

  if (reason == VAV_REASON_LOCAL)
    return g_strdup (_ ("Call ended."));
  if (reason == VAV_REASON_REMOTE)
    return with_name (_ ("Call ended. %s hung up."), stream);
  if (reason == VAV_REASON_DECLINED && incoming)
    return g_strdup (_ ("You declined the call."));
  if (reason == VAV_REASON_DECLINED)
    return describe_declined (stream);
  if (reason == VAV_REASON_BUSY && !incoming)
    return with_name (_ ("%s is in another call. Try again later."), stream);
  if (reason == VAV_REASON_NO_ANSWER && incoming)
    return with_name (_ ("You missed a call from %s."), stream);
  if (reason == VAV_REASON_NO_ANSWER)
    return with_name (_ ("%s did not answer. Try again later."), stream);
  if (reason == VAV_REASON_WITHDRAWN && incoming)
    return with_name (_ ("%s gave up before you answered."), stream);
  if (reason == VAV_REASON_WITHDRAWN)
    return g_strdup (_ ("You cancelled the call."));
  if (error != NULL)
    return g_strdup (error->message);
  return g_strdup (vav_reason_describe (reason));
}

/**
 * vav_gtk_words_state:
 *
 * Returns: the state of the call as a sentence; "" where there is nothing to say (idle, active)
 */
char *
vav_gtk_words_state (VavStream *stream)
{
  switch (vav_stream_get_state (stream))
    {
    case VAV_STATE_RESOLVING:
    case VAV_STATE_DIALLING:
      return with_name (_ ("Calling %s…"), stream);
    case VAV_STATE_RINGING:
      return g_strdup (_ ("Ringing…"));
    case VAV_STATE_INCOMING:
      return with_name (_ ("%s is calling…"), stream);
    case VAV_STATE_CONNECTING:
      return g_strdup (_ ("Connecting…"));
    case VAV_STATE_RECONNECTING:
      return g_strdup (_ ("Reconnecting…"));
    case VAV_STATE_CLOSING:
      return g_strdup (_ ("Hanging up…"));
    case VAV_STATE_ENDED:
    case VAV_STATE_FAILED:
      return describe_end (stream);
    case VAV_STATE_IDLE:
    case VAV_STATE_ACTIVE:
    default:
      return g_strdup ("");
    }
}

/**
 * vav_gtk_words_waiting:
 *
 * Returns: (nullable): why a call that stands does not go on at the moment, as a sentence; %NULL: it goes on
 */
char *
vav_gtk_words_waiting (VavStream *stream)
{
  VavState state = vav_stream_get_state (stream);

  if (state == VAV_STATE_RECONNECTING)
    return g_strdup (_ ("Reconnecting…"));
  if (state == VAV_STATE_ACTIVE && vav_stream_get_held (stream))
    return g_strdup (_ ("On hold"));
  if (state == VAV_STATE_ACTIVE && vav_stream_get_peer_held (stream))
    return with_name (_ ("%s has put you on hold"), stream);
  return NULL;
}

/**
 * vav_gtk_words_missing_picture:
 *
 * Returns: what stands in the place of the other side's picture in a call
 */
char *
vav_gtk_words_missing_picture (VavStream *stream)
{
  char *waiting = vav_gtk_words_waiting (stream);

  if (waiting != NULL)
    return waiting;
  if (vav_stream_get_state (stream) != VAV_STATE_ACTIVE)
    return vav_gtk_words_state (stream);
  if ((vav_stream_get_peer_flows (stream) & VAV_FLOW_VIDEO_IN) == 0)
    return with_name (_ ("%s’s camera is off"), stream);
  if ((vav_stream_get_flows (stream) & VAV_FLOW_VIDEO_IN) == 0)
    return with_name (_ ("You have stopped %s’s picture"), stream);
  if (vav_stream_get_peer_slow (stream) == VAV_SLOW_PAUSED)
    return g_strdup (_ ("The connection is too slow for a picture: sound goes on"));
  return with_name (_ ("Waiting for %s’s picture…"), stream);
}

/**
 * vav_gtk_words_missing_sound:
 *
 * Returns: (nullable): why nothing is heard of the other side in a call that goes on; %NULL: it is heard
 */
char *
vav_gtk_words_missing_sound (VavStream *stream)
{
  g_autofree char *waiting = vav_gtk_words_waiting (stream);

  if (vav_stream_get_state (stream) != VAV_STATE_ACTIVE || waiting != NULL
      || (vav_stream_get_peer_flows (stream) & VAV_FLOW_AUDIO_IN) != 0)
    return NULL;
  /* Translators: %s is a person's name */
  return with_name (_ ("%s’s microphone is off"), stream);
}

/**
 * vav_gtk_words_slow:
 *
 * Returns: (nullable): what a slow path makes of a picture that one sees, or is seen by, in a call that goes on; %NULL: nothing. That the other side's picture
 * pauses is said where it would be
 */
char *
vav_gtk_words_slow (VavStream *stream)
{
  g_autofree char *waiting = vav_gtk_words_waiting (stream);

  if (vav_stream_get_state (stream) != VAV_STATE_ACTIVE || waiting != NULL)
    return NULL;
  if (vav_stream_get_peer_slow (stream) == VAV_SLOW_REDUCED)
    /* Translators: %s is a person's name */
    return with_name (_ ("The connection is slow: %s’s picture is not at its best"), stream);
  if (vav_stream_get_slow (stream) == VAV_SLOW_PAUSED)
    /* Translators: %s is a person's name */
    return with_name (_ ("The connection is too slow: %s can’t see you now"), stream);
  if (vav_stream_get_slow (stream) == VAV_SLOW_REDUCED)
    return g_strdup (_ ("The connection is slow: your picture is not at its best"));
  return NULL;
}

/**
 * vav_gtk_words_peer_sharing:
 *
 * Returns: (nullable): that what one sees is the other side's screen
 */
char *
vav_gtk_words_peer_sharing (VavStream *stream)
{
  return vav_stream_get_peer_sharing (stream) ? with_name (_ ("%s is sharing the screen"), stream) : NULL;
}
