/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-sdp-data.h"

#include <string.h>

#include "net/media/vav-sctp.h"

#define STRING(value) STRING_OF (value)
#define STRING_OF(value) #value
#define PORT STRING (VAV_SCTP_PORT)

/* What all parts of a bundle have in common. */
static const char *const shared_attributes[]
    = { "ice-ufrag", "ice-pwd", "ice-options", "fingerprint", "setup", "bundle-only", NULL };

static void
copy_shared (GstSDPMedia *media, const GstSDPMedia *other)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (other); i++)
    {
      const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (other, i);

      if (g_strv_contains (shared_attributes, attribute->key))
        gst_sdp_media_add_attribute (media, attribute->key, attribute->value);
    }
}

static void
set_bundle (GstSDPMessage *message, const char *bundle)
{
  for (guint i = 0; i < gst_sdp_message_attributes_len (message); i++)
    {
      GstSDPAttribute attribute;

      if (g_strcmp0 (gst_sdp_message_get_attribute (message, i)->key, "group") != 0)
        continue;
      gst_sdp_attribute_set (&attribute, "group", bundle);
      gst_sdp_message_replace_attribute (message, i, &attribute);
    }
}

char *
vav_sdp_data_add (const GstSDPMessage *message, const char *mid)
{
  GstSDPMessage *copy = NULL;
  GstSDPMedia *media = NULL;
  const GstSDPMedia *last;
  g_autofree char *bundle = NULL;
  g_autofree char *size = g_strdup_printf ("%d", VAV_SCTP_MAX_MESSAGE);
  char *text;

  gst_sdp_message_copy (message, &copy);
  last = gst_sdp_message_get_media (copy, gst_sdp_message_medias_len (copy) - 1);
  gst_sdp_media_new (&media);
  gst_sdp_media_set_media (media, "application");
  gst_sdp_media_set_port_info (media, gst_sdp_media_get_port (last), 1);
  gst_sdp_media_set_proto (media, "UDP/DTLS/SCTP");
  gst_sdp_media_add_format (media, "webrtc-datachannel");
  gst_sdp_media_add_connection (media, "IN", "IP4", "0.0.0.0", 0, 0);
  gst_sdp_media_add_attribute (media, "mid", mid);
  copy_shared (media, last);
  gst_sdp_media_add_attribute (media, "sctp-port", PORT);
  gst_sdp_media_add_attribute (media, "max-message-size", size);

  bundle = g_strconcat (gst_sdp_message_get_attribute_val (copy, "group"), " ", mid, NULL);
  set_bundle (copy, bundle);
  gst_sdp_message_add_media (copy, media);
  text = gst_sdp_message_as_text (copy);
  gst_sdp_media_free (media);
  gst_sdp_message_free (copy);

  return text;
}

static gboolean
read_number (const GstSDPMedia *media, const char *key, guint64 max, guint64 *value)
{
  const char *text = gst_sdp_media_get_attribute_val (media, key);

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, max, value, NULL);
}

guint
vav_sdp_data_read (const GstSDPMedia *media, const char **what)
{
  guint64 port, size;

  *what = "data";
  if (g_strcmp0 (gst_sdp_media_get_proto (media), "UDP/DTLS/SCTP") != 0 || gst_sdp_media_formats_len (media) != 1
      || g_strcmp0 (gst_sdp_media_get_format (media, 0), "webrtc-datachannel") != 0)
    return 0;

  /* RFC 8841, 6: 0 is any size; without a word it is 64 KiB */
  *what = "max-message-size";
  if (gst_sdp_media_get_attribute_val (media, "max-message-size") != NULL
      && (!read_number (media, "max-message-size", G_MAXUINT64, &size) || (size != 0 && size < VAV_SCTP_MAX_MESSAGE)))
    return 0;

  *what = "sctp-port";
  return read_number (media, "sctp-port", G_MAXUINT16, &port) ? (guint)port : 0;
}

void
vav_sdp_data_remove (GstSDPMessage *message)
{
  GstSDPMedia *media = &g_array_index (message->medias, GstSDPMedia, VAV_SDP_DATA_MLINE);
  g_auto (GStrv) mids = g_strsplit (gst_sdp_message_get_attribute_val (message, "group"), " ", -1);
  const char *mid = gst_sdp_media_get_attribute_val (media, "mid");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) others = NULL;
  g_autofree char *bundle = NULL;

  for (guint i = 0; mids[i] != NULL; i++)
    if (i == 0 || !g_str_equal (mids[i], mid))
      g_strv_builder_add (builder, mids[i]);
  others = g_strv_builder_end (builder);
  bundle = g_strjoinv (" ", others);
  set_bundle (message, bundle);

  gst_sdp_media_uninit (media);
  g_array_remove_index (message->medias, VAV_SDP_DATA_MLINE);
}
