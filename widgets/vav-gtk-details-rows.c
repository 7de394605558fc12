/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-details-rows.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  VavStream *stream;
  const VavStats *stats;
  const VavGtkPath *path;
} Known;

static char *
say_way (const Known *known)
{
  if (known->path == NULL)
    return NULL;
  return g_strdup (known->path->relayed ? _ ("Through a relay, which cannot read it") : _ ("Direct"));
}

static char *
say_local (const Known *known)
{
  return known->path != NULL ? g_strdup (known->path->local) : NULL;
}

static char *
say_remote (const Known *known)
{
  return known->path != NULL ? g_strdup (known->path->remote) : NULL;
}

static char *
say_encryption (const Known *known)
{
  VavState state = vav_stream_get_state (known->stream);

  if (state != VAV_STATE_ACTIVE && state != VAV_STATE_RECONNECTING)
    return NULL;
  return g_strdup (_ ("End to end: TLS 1.3 and DTLS"));
}

static char *
say_identity (const Known *known)
{
  VavPeer *peer = vav_stream_get_peer (known->stream);

  return peer != NULL ? g_strdup (vav_peer_get_id (peer)) : NULL;
}

static char *
say_trust (const Known *known)
{
  VavPeer *peer = vav_stream_get_peer (known->stream);

  if (peer == NULL)
    return NULL;
  if (vav_peer_is_self (peer))
    return g_strdup (_ ("Yourself: your own key"));
  if (vav_peer_is_impostor (peer))
    return g_strdup (_ ("Unknown key under the name of somebody you know: take care"));
  if (vav_peer_get_trust (peer) == VAV_TRUST_VERIFIED)
    return g_strdup (_ ("Verified: you have compared a code"));
  if (vav_peer_get_trust (peer) == VAV_TRUST_ACCEPTED)
    return g_strdup (_ ("Known: the same key as the last time"));
  return g_strdup (_ ("Unknown: not one of your people"));
}

static char *
say_delay (const Known *known)
{
  if (known->stats == NULL || known->stats->rtt_ms < 0)
    return NULL;
  /* Translators: milliseconds there and back */
  return g_strdup_printf (_ ("%.0f ms there and back"), known->stats->rtt_ms);
}

static char *
say_loss (const Known *known)
{
  if (known->stats == NULL || known->stats->loss < 0)
    return NULL;
  return g_strdup_printf (_ ("%.1f %%"), 100 * known->stats->loss);
}

static char *
say_picture (int width, int height, double fps, double kbps)
{
  if (width <= 0 || height <= 0)
    return NULL;
  /* Translators: width, height, pictures a second, kilobits a second */
  return g_strdup_printf (_ ("%d × %d, %.0f a second, %.0f kbit/s"), width, height, MAX (fps, 0), MAX (kbps, 0));
}

static char *
say_picture_in (const Known *known)
{
  const VavStats *stats = known->stats;

  return stats != NULL
             ? say_picture (stats->video_in.width, stats->video_in.height, stats->video_in.fps, stats->video_in.kbps)
             : NULL;
}

static char *
say_picture_out (const Known *known)
{
  const VavStats *stats = known->stats;

  return stats != NULL ? say_picture (stats->video_out.width, stats->video_out.height, stats->video_out.fps,
                                      stats->video_out.kbps)
                       : NULL;
}

/* What keeps our picture from being better. */
static char *
say_limit (const Known *known)
{
  double kbps = known->stats != NULL ? known->stats->video_out.target_kbps : 0;

  if (known->stats == NULL)
    return NULL;
  switch (known->stats->video_out.limit)
    {
    case VAV_LIMIT_OWN:
      return g_strdup_printf (_ ("%.0f kbit/s, as you want to use less data"), kbps);
    case VAV_LIMIT_PEER:
      return g_strdup_printf (_ ("%.0f kbit/s, as the other side wants no more"), kbps);
    case VAV_LIMIT_PATH:
      return g_strdup_printf (_ ("%.0f kbit/s, as the path carries no more"), kbps);
    case VAV_LIMIT_QUALITY:
    default:
      return g_strdup_printf (_ ("%.0f kbit/s, by the chosen quality"), kbps);
    }
}

/* Of all that we send together. A path is not tried beyond what is wanted of it. */
static char *
say_estimate (const Known *known)
{
  if (known->stats == NULL || known->stats->sending.estimate_kbps <= 0)
    return NULL;
  return g_strdup_printf (_ ("about %.0f kbit/s, as far as it was tried"), known->stats->sending.estimate_kbps);
}

static char *
say_sound (const Known *known)
{
  if (known->stats == NULL)
    return NULL;
  /* Translators: kilobits a second, from the other side and from here */
  return g_strdup_printf (_ ("%.0f kbit/s received, %.0f kbit/s sent"), MAX (known->stats->audio_in.kbps, 0),
                          MAX (known->stats->audio_out.kbps, 0));
}

static char *
say_freezes (const Known *known)
{
  if (known->stats == NULL)
    return NULL;
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u time, %.1f s in all", "%u times, %.1f s in all",
                                       known->stats->video_in.freezes),
                          known->stats->video_in.freezes, MAX (known->stats->video_in.freeze_ms, 0) / 1000);
}

static const struct
{
  const char *title;
  char *(*say) (const Known *known);
} rows[VAV_GTK_N_DETAILS] = {
  { N_ ("Path"), say_way },
  { N_ ("This side"), say_local },
  { N_ ("Other side"), say_remote },
  { N_ ("Encryption"), say_encryption },
  { N_ ("Trust"), say_trust },
  { N_ ("Key"), say_identity },
  { N_ ("Delay"), say_delay },
  { N_ ("Loss"), say_loss },
  { N_ ("Their picture"), say_picture_in },
  { N_ ("Your picture"), say_picture_out },
  { N_ ("Limit of your picture"), say_limit },
  { N_ ("The path carries"), say_estimate },
  { N_ ("Sound"), say_sound },
  { N_ ("Picture stood still"), say_freezes },
};

const char *
vav_gtk_details_title (guint row)
{
  return row < VAV_GTK_N_DETAILS ? _ (rows[row].title) : NULL;
}

char *
vav_gtk_details_value (guint row, VavStream *stream, const VavStats *stats, const VavGtkPath *path)
{
  Known known = { stream, stats, path };

  return row < VAV_GTK_N_DETAILS && stream != NULL ? rows[row].say (&known) : NULL;
}
