/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-sdp-parity.h"

#include <string.h>

#define GROUP "FEC-FR "
#define FIRST_DYNAMIC 96

static const char *
get_value (const GstSDPMedia *media, guint i, const char *key)
{
  const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

  return g_strcmp0 (attribute->key, key) == 0 ? attribute->value : NULL;
}

/* Each source in a group has a line of its own (RFC 5576, 4.2). */
static void
add_source (GstSDPMedia *media, guint32 picture, guint32 parity)
{
  g_autofree char *group = g_strdup_printf (GROUP "%u %u", picture, parity);
  g_autofree char *prefix = g_strdup_printf ("%u cname:", picture);

  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    {
      const char *value = get_value (media, i, "ssrc");
      g_autofree char *line = NULL;

      if (value == NULL || !g_str_has_prefix (value, prefix))
        continue;
      line = g_strdup_printf ("%u cname:%s", parity, value + strlen (prefix));
      gst_sdp_media_add_attribute (media, "ssrc", line);
      break;
    }
  gst_sdp_media_add_attribute (media, "ssrc-group", group);
}

void
vav_sdp_parity_add (GstSDPMessage *message, guint payload, guint32 picture, guint32 parity)
{
  g_autofree char *format = g_strdup_printf ("%u", payload);
  g_autofree char *map = g_strdup_printf ("%u ulpfec/90000", payload);

  for (guint i = 0; i < gst_sdp_message_medias_len (message); i++)
    {
      GstSDPMedia *media = (GstSDPMedia *)gst_sdp_message_get_media (message, i);

      if (g_strcmp0 (gst_sdp_media_get_media (media), "video") != 0)
        continue;
      gst_sdp_media_add_format (media, format);
      gst_sdp_media_add_attribute (media, "rtpmap", map);
      add_source (media, picture, parity);
      return;
    }
}

/* "127 ulpfec/90000" */
static guint
read_map (const char *map)
{
  const char *name = map != NULL ? strchr (map, ' ') : NULL;
  g_autofree char *number = name != NULL ? g_strndup (map, (gsize)(name - map)) : NULL;
  guint64 payload;

  if (number == NULL || g_ascii_strcasecmp (name + 1, "ulpfec/90000") != 0
      || !g_ascii_string_to_unsigned (number, 10, FIRST_DYNAMIC, 127, &payload, NULL))
    return 0;

  return (guint)payload;
}

static guint
find_payload (const GstSDPMedia *media)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    {
      guint payload = read_map (get_value (media, i, "rtpmap"));

      if (payload != 0)
        return payload;
    }

  return 0;
}

static gboolean
has_group (const GstSDPMedia *media)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    {
      const char *group = get_value (media, i, "ssrc-group");

      if (group != NULL && g_str_has_prefix (group, GROUP))
        return TRUE;
    }

  return FALSE;
}

/* Of that payload type, or the group */
static gboolean
is_of (const GstSDPMedia *media, guint i, const char *format)
{
  static const char *const keys[] = { "rtpmap", "fmtp", "rtcp-fb" };
  const char *group = get_value (media, i, "ssrc-group");
  gsize length = strlen (format);

  for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      const char *value = get_value (media, i, keys[k]);

      if (value != NULL && strncmp (value, format, length) == 0 && value[length] == ' ')
        return TRUE;
    }

  return group != NULL && g_str_has_prefix (group, GROUP);
}

guint
vav_sdp_parity_take (GstSDPMedia *media, guint picture)
{
  guint payload = has_group (media) ? find_payload (media) : 0;
  g_autofree char *format = g_strdup_printf ("%u", payload);

  if (payload == 0 || payload == picture)
    return 0;

  for (guint i = gst_sdp_media_attributes_len (media); i > 0; i--)
    if (is_of (media, i - 1, format))
      gst_sdp_media_remove_attribute (media, i - 1);
  for (guint i = gst_sdp_media_formats_len (media); i > 0; i--)
    if (g_strcmp0 (gst_sdp_media_get_format (media, i - 1), format) == 0)
      gst_sdp_media_remove_format (media, i - 1);

  return payload;
}
