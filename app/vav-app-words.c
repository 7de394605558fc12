/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-words.h"

#include <glib/gi18n.h>

#include "widgets/visavis-gtk.h"

/* So many characters of the caller's data are shown. */
#define MAX_LINE 120

char *
vav_app_words_trust (VavPeer *peer, VavPeople *people)
{
  g_autoptr (VavPerson) person = vav_people_find_by_id (people, vav_peer_get_id (peer));
  g_autoptr (GDateTime) seen = NULL;
  g_autofree char *day = NULL;

  if (vav_peer_get_trust (peer) == VAV_TRUST_VERIFIED)
    return g_strdup (_ ("Verified"));
  if (vav_peer_get_trust (peer) == VAV_TRUST_UNKNOWN)
    return g_strdup (_ ("Unknown: not among your people"));
  if (person != NULL && vav_person_get_last_seen (person) > 0)
    seen = g_date_time_new_from_unix_local (vav_person_get_last_seen (person));
  if (seen == NULL)
    return g_strdup (_ ("Known: you have talked before"));
  day = g_date_time_format (seen, "%x");
  return g_strdup_printf (_ ("Known: you last talked on %s"), day);
}

char *
vav_app_words_day (gint64 when)
{
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (when);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);

  if (then == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (then) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (now))
    /* Translators: a time of today, as strftime() formats it */
    return g_date_time_format (then, _ ("Today %H:%M"));
  if (g_date_time_get_year (then) == g_date_time_get_year (yesterday)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (yesterday))
    /* Translators: a time of yesterday, as strftime() formats it */
    return g_date_time_format (then, _ ("Yesterday %H:%M"));
  return g_date_time_format (then, "%x");
}

char *
vav_app_words_person_trust (VavPerson *person)
{
  switch (vav_person_get_trust (person))
    {
    case VAV_TRUST_VERIFIED:
      return g_strdup (_ ("Verified: you compared codes"));
    case VAV_TRUST_ACCEPTED:
      return g_strdup (_ ("Known since you first talked. Compare codes to be sure."));
    case VAV_TRUST_UNKNOWN:
    default:
      return g_strdup (_ ("You have not talked yet"));
    }
}

char *
vav_app_words_title (VavStream *stream)
{
  g_autofree char *name = vav_stream_dup_entry_name (stream);

  if (vav_stream_get_peer (stream) == NULL && (name == NULL || *name == '\0'))
    return g_strdup (_ ("Test call to myself"));
  return vav_gtk_words_name (stream);
}

char *
vav_app_words_calling (VavAppCaller *caller)
{
  /* Translators: %s is a person's name */
  return g_strdup_printf (_ ("%s is calling"), vav_app_caller_get_name (caller));
}

char *
vav_app_words_line (VavAppCaller *caller)
{
  return vav_gtk_words_line (vav_request_get_data (vav_app_caller_get_request (caller)), MAX_LINE);
}

const char *
vav_app_words_offer (VavFlows offer)
{
  gboolean sound = (offer & VAV_FLOW_AUDIO_IN) != 0;
  gboolean picture = (offer & VAV_FLOW_VIDEO_IN) != 0;

  if (sound && picture)
    return _ ("Offers picture and sound");
  if (picture)
    return _ ("Offers picture, no sound");
  if (sound)
    return _ ("Offers sound, no picture");
  return _ ("Offers neither picture nor sound");
}
