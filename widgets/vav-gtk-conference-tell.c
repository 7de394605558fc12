/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

#include <glib/gi18n-lib.h>

#include "widgets/vav-gtk-words.h"

/* What is told to who does not look at the words, and how loud one is oneself. */

/* A screen reader is told for so long; then the words are gone, and the same ones can be told anew. */
#define HUSH_AFTER_S 5

/* Where the rings begin, dB of full scale: speech near a microphone lies around -20. */
static const double levels_db[] = { -50, -35, -20 };

static gboolean
on_hush (gpointer user_data)
{
  VavGtkConference *self = user_data;

  self->hush = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->announcer), FALSE);
  gtk_label_set_label (self->announcer, "");
  return G_SOURCE_REMOVE;
}

/* Each tooltip that is set makes GTK ask where the pointer is; on X11 these are several questions to the server, which answers when it has time. */
void
vav_gtk_conference_set_tooltip (GtkWidget *widget, const char *text)
{
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) != 0)
    gtk_widget_set_tooltip_text (widget, text);
}

/* GTK 4.8 has no gtk_accessible_announce(): a label that is an alert, not drawn, comes up with the words. */
void
vav_gtk_conference_announce (VavGtkConference *self, const char *words)
{
  g_clear_handle_id (&self->hush, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self->announcer), FALSE);
  gtk_label_set_label (self->announcer, words != NULL ? words : "");
  if (words == NULL)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->announcer), TRUE);
  self->hush = g_timeout_add_seconds (HUSH_AFTER_S, on_hush, self);
}

/* Returns: that it rings, and whether oneself is to be seen: by oneself, as nobody else is there yet */
static char *
dup_ringing (VavGtkConference *self)
{
  g_autofree char *words = vav_gtk_words_state (self->stream);

  if ((vav_stream_get_flows (self->stream) & VAV_FLOW_VIDEO_OUT) == 0)
    return g_steal_pointer (&words);
  if (!vav_endpoint_has (vav_stream_get_endpoint (self->stream), VAV_DEVICE_CAMERA))
    return g_strconcat (words, " ", _ ("No camera can be used"), NULL);
  if (!self->own_fills || vav_gtk_video_view_get_aspect (self->own_view) <= 0)
    return g_steal_pointer (&words);
  return g_strconcat (words, " ", _ ("Your camera is on, and only you see it."), NULL);
}

/* Returns: (nullable): how it goes with the call, as far as that changes under a person who does nothing */
static char *
dup_news (VavGtkConference *self)
{
  VavState state = self->stream != NULL ? vav_stream_get_state (self->stream) : VAV_STATE_IDLE;
  g_autofree char *waiting = NULL;
  g_autofree char *unseen = NULL;
  g_autofree char *unheard = NULL;
  g_autofree char *slow = NULL;

  if (state == VAV_STATE_RINGING)
    return dup_ringing (self);
  if (state == VAV_STATE_INCOMING)
    return vav_gtk_words_state (self->stream);
  if (state != VAV_STATE_ACTIVE && state != VAV_STATE_RECONNECTING)
    return NULL;
  waiting = vav_gtk_words_waiting (self->stream);
  if (waiting != NULL)
    return g_steal_pointer (&waiting);
  unheard = vav_gtk_words_missing_sound (self->stream);
  if ((vav_stream_get_peer_flows (self->stream) & VAV_FLOW_VIDEO_IN) == 0
      || vav_stream_get_peer_slow (self->stream) == VAV_SLOW_PAUSED)
    unseen = vav_gtk_words_missing_picture (self->stream);
  if (unseen != NULL && unheard != NULL)
    return g_strconcat (unseen, ". ", unheard, NULL);
  if (unseen != NULL || unheard != NULL)
    return g_strdup (unseen != NULL ? unseen : unheard);
  slow = vav_gtk_words_slow (self->stream);
  if (slow != NULL)
    return g_steal_pointer (&slow);
  if (vav_stream_get_sharing (self->stream))
    return g_strdup (_ ("You are sharing your screen"));
  if (vav_stream_get_peer_sharing (self->stream))
    return vav_gtk_words_peer_sharing (self->stream);
  return g_strdup (_ ("The call is running"));
}

/* Tells what changed, once. */
void
vav_gtk_conference_announce_call (VavGtkConference *self)
{
  g_autofree char *news = dup_news (self);

  if (g_strcmp0 (news, self->announced) == 0)
    return;
  vav_gtk_conference_announce (self, news);
  g_free (self->announced);
  self->announced = g_steal_pointer (&news);
}

/* How loud what goes out is: a ring around the microphone's button, the thicker the louder. */
static void
show_level (VavGtkConference *self, double level_db)
{
  GtkWidget *button = GTK_WIDGET (self->microphone_button);

  gtk_widget_add_css_class (button, "level");
  for (guint i = 0; i < G_N_ELEMENTS (levels_db); i++)
    {
      g_autofree char *name = g_strdup_printf ("level-%u", i + 1);

      if (level_db >= levels_db[i])
        gtk_widget_add_css_class (button, name);
      else
        gtk_widget_remove_css_class (button, name);
    }
}

static void
show_quality (VavGtkConference *self, VavGtkQuality quality)
{
  static const char *const classes[] = { NULL, "bad", "weak", "good" };
  g_autofree char *words = vav_gtk_quality_describe (quality);

  for (guint i = VAV_GTK_QUALITY_BAD; i <= VAV_GTK_QUALITY_GOOD; i++)
    if (i == (guint)quality)
      gtk_widget_add_css_class (self->quality_button, classes[i]);
    else
      gtk_widget_remove_css_class (self->quality_button, classes[i]);
  gtk_widget_set_visible (self->quality_button, quality != VAV_GTK_QUALITY_UNKNOWN);
  vav_gtk_conference_set_tooltip (self->quality_button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->quality_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* Once a second in a call; NULL: nothing is known. */
void
vav_gtk_conference_show_stats (VavGtkConference *self, const VavStats *stats)
{
  VavGtkQuality quality = VAV_GTK_QUALITY_UNKNOWN;

  if (stats == NULL)
    self->judged = quality;
  else
    quality = vav_gtk_quality_judge (stats, stats->video_in.freeze_ms - self->freeze_ms);
  self->freeze_ms = stats != NULL ? stats->video_in.freeze_ms : 0;
  /* the better of two seconds: one hitch is no connection to complain of, and a call begins with some */
  show_quality (self, self->judged != VAV_GTK_QUALITY_UNKNOWN ? MAX (quality, self->judged) : VAV_GTK_QUALITY_UNKNOWN);
  self->judged = quality;
  show_level (self, stats != NULL && vav_gtk_conference_get_microphone (self) && !vav_gtk_conference_get_held (self)
                        ? stats->audio_out.level_db
                        : -100);
}
