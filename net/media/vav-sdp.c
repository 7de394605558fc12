/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-sdp.h"

#include <glib/gi18n-lib.h>
#include <gst/sdp/sdp.h>
#include <string.h>

#include "net/media/vav-candidate.h"
#include "net/media/vav-media-session.h"
#include "net/media/vav-sdp-data.h"
#include "net/media/vav-sdp-parity.h"

#define MAX_SIZE (64 * 1024)
#define MAX_LINES 400
#define MAX_LINE 1024
#define MAX_FORMATS 32
#define MAX_CODECS 16
#define MAX_CODEC_NAME 32
#define MAX_BITRATE 1000000000 /* bit/s; more than that is nonsense, not picture or sound */
#define MAX_SSRCS 16           /* lines, not sources: each source has up to four */

/* What webrtcbin is shown of a peer's description: nothing else gets there. */
static const char *const session_attributes[]
    = { "group", "ice-options", "fingerprint", "setup", "ice-ufrag", "ice-pwd", NULL };
static const char *const media_attributes[] = {
  "mid",        "ice-ufrag", "ice-pwd", "ice-options", "fingerprint", "setup", "sendrecv",    "rtcp-mux",   "rtpmap",
  "rtcp-rsize", "fmtp",      "rtcp-fb", "extmap",      "ssrc",        "msid",  "bundle-only", "ssrc-group", NULL,
};

/* These must not come twice: which of two would count is a matter of taste, and an attacker's chance. */
static const char *const single_attributes[]
    = { "mid",      "ice-ufrag",   "ice-pwd",   "fingerprint",      "setup", "rtcp-mux", "group",
        "sendrecv", "bundle-only", "sctp-port", "max-message-size", NULL };

static const char *const setup_roles[] = { "actpass", "active", "passive", NULL };

static gboolean
refuse (GError **error, const char *what)
{
  g_debug ("description refused: %s", what);
  g_set_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL,
               _ ("The other side described its picture and sound in a way that cannot be taken (%s)."), what);
  return FALSE;
}

/* "sha-256 AB:CD:…": 32 bytes, and no other hash */
gboolean
vav_fingerprint_parse (const char *text, guint8 fingerprint[VAV_FINGERPRINT_SIZE])
{
  static const char prefix[] = "sha-256 ";

  if (text == NULL || g_ascii_strncasecmp (text, prefix, strlen (prefix)) != 0)
    return FALSE;
  text += strlen (prefix);
  if (strlen (text) != VAV_FINGERPRINT_SIZE * 3 - 1)
    return FALSE;

  for (guint i = 0; i < VAV_FINGERPRINT_SIZE; i++)
    {
      const char *digit = text + 3 * (gsize)i;

      if (!g_ascii_isxdigit (digit[0]) || !g_ascii_isxdigit (digit[1]))
        return FALSE;
      if (i + 1 < VAV_FINGERPRINT_SIZE && digit[2] != ':')
        return FALSE;
      fingerprint[i] = (guint8)(g_ascii_xdigit_value (digit[0]) << 4 | g_ascii_xdigit_value (digit[1]));
    }

  return TRUE;
}

static gboolean
check_form (const char *text, GError **error)
{
  gsize length, line = 0;
  guint lines = 0;

  if (text == NULL || *text == '\0')
    return refuse (error, "empty");
  length = strlen (text);
  if (length > MAX_SIZE)
    return refuse (error, "size");
  if (!g_utf8_validate (text, (gssize)length, NULL))
    return refuse (error, "encoding");

  for (gsize i = 0; i < length; i++)
    {
      line = text[i] == '\n' ? 0 : line + 1;
      lines += text[i] == '\n';
      if (line > MAX_LINE || lines > MAX_LINES)
        return refuse (error, "lines");
    }

  return TRUE;
}

static guint
count_attributes (GArray *attributes, const char *key)
{
  guint n = 0;

  for (guint i = 0; i < attributes->len; i++)
    n += g_strcmp0 (g_array_index (attributes, GstSDPAttribute, i).key, key) == 0;

  return n;
}

static const char *
get_attribute (GArray *attributes, const char *key)
{
  for (guint i = 0; i < attributes->len; i++)
    if (g_strcmp0 (g_array_index (attributes, GstSDPAttribute, i).key, key) == 0)
      return g_array_index (attributes, GstSDPAttribute, i).value;

  return NULL;
}

/* of the m-line, else of the session */
static const char *
inherit_attribute (const GstSDPMessage *message, const GstSDPMedia *media, const char *key)
{
  const char *value = get_attribute (media->attributes, key);

  return value != NULL ? value : get_attribute (message->attributes, key);
}

static gboolean
check_single (GArray *attributes, GError **error)
{
  for (guint i = 0; single_attributes[i] != NULL; i++)
    if (count_attributes (attributes, single_attributes[i]) > 1)
      return refuse (error, single_attributes[i]);

  return TRUE;
}

/* Every fingerprint anywhere must be well-formed and the same. */
static gboolean
take_fingerprint (VavSdp *self, GArray *attributes, gboolean *seen, GError **error)
{
  const char *text = get_attribute (attributes, "fingerprint");
  guint8 fingerprint[VAV_FINGERPRINT_SIZE];

  if (text == NULL)
    return TRUE;
  if (!vav_fingerprint_parse (text, fingerprint))
    return refuse (error, "fingerprint");
  if (*seen && memcmp (fingerprint, self->fingerprint, sizeof fingerprint) != 0)
    return refuse (error, "two fingerprints");

  memcpy (self->fingerprint, fingerprint, sizeof fingerprint);
  *seen = TRUE;
  return TRUE;
}

static gboolean
is_ice_string (const char *text, gsize min, gsize max)
{
  gsize length = text != NULL ? strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") : 0;

  return length >= min && length <= max && text[length] == '\0';
}

static gboolean
check_direction (const GstSDPMedia *media, GError **error)
{
  static const char *const others[] = { "sendonly", "recvonly", "inactive", NULL };

  for (guint i = 0; others[i] != NULL; i++)
    if (count_attributes (media->attributes, others[i]) > 0)
      return refuse (error, others[i]);

  return TRUE;
}

static gboolean
check_transport (VavSdp *self, const GstSDPMessage *message, const GstSDPMedia *media, GError **error)
{
  const char *setup = inherit_attribute (message, media, "setup");
  gboolean answer = g_strcmp0 (setup, "actpass") != 0;

  /* RFC 8839, 5.4 */
  if (!is_ice_string (inherit_attribute (message, media, "ice-ufrag"), 4, 256))
    return refuse (error, "ice-ufrag");
  if (!is_ice_string (inherit_attribute (message, media, "ice-pwd"), 22, 256))
    return refuse (error, "ice-pwd");
  if (inherit_attribute (message, media, "fingerprint") == NULL)
    return refuse (error, "no fingerprint");
  if (setup == NULL || !g_strv_contains (setup_roles, setup))
    return refuse (error, "setup");
  if (self->media[0].payload + self->media[1].payload > 0 && answer != self->answer)
    return refuse (error, "two roles");
  self->answer = answer;
  if (gst_sdp_media_get_port (media) == 0 && count_attributes (media->attributes, "bundle-only") == 0)
    return refuse (error, "a part was rejected");

  return TRUE;
}

static gboolean
check_rtp (const GstSDPMedia *media, GError **error)
{
  if (g_strcmp0 (gst_sdp_media_get_proto (media), "UDP/TLS/RTP/SAVPF") != 0)
    return refuse (error, "protocol");
  if (count_attributes (media->attributes, "rtcp-mux") != 1)
    return refuse (error, "rtcp-mux");
  if (count_attributes (media->attributes, "ssrc") > MAX_SSRCS)
    return refuse (error, "sources");

  return TRUE;
}

/* What all parts must have. */
static gboolean
check_part (VavSdp *self, const GstSDPMessage *message, const GstSDPMedia *media, GError **error)
{
  const char *mid = get_attribute (media->attributes, "mid");

  if (mid == NULL || *mid == '\0' || strlen (mid) > 32)
    return refuse (error, "mid");

  return check_single (media->attributes, error) && check_direction (media, error)
         && check_transport (self, message, media, error);
}

static gboolean
is_codec (const char *rtpmap, VavMediaKind kind, guint *payload)
{
  static const char *const codecs[VAV_N_MEDIA_KINDS] = { "opus/48000/2", "VP8/90000" };
  char *end;
  guint64 value;

  if (!g_ascii_isdigit (*rtpmap))
    return FALSE;
  value = g_ascii_strtoull (rtpmap, &end, 10);
  if (*end != ' ' || value > 127)
    return FALSE;
  *payload = (guint)value;

  return g_ascii_strcasecmp (end + 1, codecs[kind]) == 0;
}

static gboolean
has_format (const GstSDPMedia *media, guint payload)
{
  for (guint i = 0; i < gst_sdp_media_formats_len (media); i++)
    {
      guint64 value;

      if (g_ascii_string_to_unsigned (gst_sdp_media_get_format (media, i), 10, 0, 127, &value, NULL)
          && value == payload)
        return TRUE;
    }

  return FALSE;
}

/* Finds VP8 or Opus: what both sides always have. */
static gboolean
take_codec (VavSdpMedia *slot, const GstSDPMedia *media, VavMediaKind kind, GError **error)
{
  if (gst_sdp_media_formats_len (media) > MAX_FORMATS)
    return refuse (error, "formats");

  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    {
      const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);

      if (g_strcmp0 (attribute->key, "rtpmap") == 0 && attribute->value != NULL
          && is_codec (attribute->value, kind, &slot->payload) && slot->payload >= 1
          && has_format (media, slot->payload))
        return TRUE;
    }

  slot->payload = 0;
  return refuse (error, kind == VAV_MEDIA_VIDEO ? "no VP8" : "no Opus");
}

/* "96 VP8/90000": the name in capitals. Returns: (transfer full) (nullable): %NULL if it is none, or only repairs or wraps the others */
static char *
dup_codec_name (const char *rtpmap)
{
  static const char *const helpers[] = { "RTX", "RED", "ULPFEC", "FLEXFEC-03", "CN", "TELEPHONE-EVENT", NULL };
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+";
  const char *name = rtpmap != NULL ? strchr (rtpmap, ' ') : NULL;
  gsize length = name != NULL ? strspn (name + 1, letters) : 0;
  g_autofree char *capitals = NULL;

  if (length == 0 || length > MAX_CODEC_NAME || name[1 + length] != '/')
    return NULL;
  capitals = g_ascii_strup (name + 1, (gssize)length);

  return g_strv_contains (helpers, capitals) ? NULL : g_steal_pointer (&capitals);
}

/* Each name once, in the order of the description. */
static char **
dup_codecs (const GstSDPMedia *media)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < gst_sdp_media_attributes_len (media) && g_hash_table_size (names) < MAX_CODECS; i++)
    {
      const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
      char *name = g_strcmp0 (attribute->key, "rtpmap") == 0 ? dup_codec_name (attribute->value) : NULL;

      if (name != NULL && !g_hash_table_contains (names, name))
        g_strv_builder_add (builder, name);
      if (name != NULL)
        g_hash_table_add (names, name);
    }

  return g_strv_builder_end (builder);
}

/* RFC 3890: one figure, or none. What cannot be one is not known. */
static gboolean
take_bitrate (VavQuality *quality, const GstSDPMedia *media, GError **error)
{
  guint n = 0;

  for (guint i = 0; i < gst_sdp_media_bandwidths_len (media); i++)
    {
      const GstSDPBandwidth *bandwidth = gst_sdp_media_get_bandwidth (media, i);

      if (g_strcmp0 (bandwidth->bwtype, GST_SDP_BWTYPE_TIAS) != 0)
        continue;
      if (++n > 1)
        return refuse (error, "two bit rates");
      quality->bitrate = bandwidth->bandwidth <= MAX_BITRATE ? bandwidth->bandwidth : 0;
    }

  return TRUE;
}

static guint
find_twcc (const GstSDPMedia *media)
{
  for (guint i = 0; i < gst_sdp_media_attributes_len (media); i++)
    {
      const GstSDPAttribute *attribute = gst_sdp_media_get_attribute (media, i);
      g_auto (GStrv) parts = NULL;
      guint64 id;

      if (g_strcmp0 (attribute->key, "extmap") != 0 || attribute->value == NULL)
        continue;
      parts = g_strsplit (attribute->value, " ", 3);
      if (g_strv_length (parts) >= 2 && g_str_equal (parts[1], VAV_TWCC_URI)
          && g_ascii_string_to_unsigned (parts[0], 10, 1, 14, &id, NULL))
        return (guint)id;
    }

  return 0;
}

static gboolean
take_media (VavSdp *self, const GstSDPMessage *message, guint mline, GError **error)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (message, mline);
  const char *name = gst_sdp_media_get_media (media);
  gboolean video = g_strcmp0 (name, "video") == 0;
  VavMediaKind kind = video ? VAV_MEDIA_VIDEO : VAV_MEDIA_AUDIO;
  VavSdpMedia *slot = &self->media[kind];

  if (!video && g_strcmp0 (name, "audio") != 0)
    return refuse (error, "a part that is neither picture nor sound");
  if (slot->payload != 0)
    return refuse (error, "two parts of a kind");
  if (!check_part (self, message, media, error) || !check_rtp (media, error) || !take_codec (slot, media, kind, error))
    return FALSE;

  slot->mline = mline;
  slot->twcc = find_twcc (media);
  slot->parity = video ? vav_sdp_parity_take ((GstSDPMedia *)media, slot->payload) : 0;
  self->quality[kind] = g_new0 (VavQuality, 1);
  self->quality[kind]->codecs = dup_codecs (media);
  return take_bitrate (self->quality[kind], media, error);
}

/* Data beside picture and sound: nobody must have it, and nobody has it twice. */
static gboolean
take_data (VavSdp *self, const GstSDPMessage *message, GError **error)
{
  const GstSDPMedia *media = gst_sdp_message_get_media (message, VAV_SDP_DATA_MLINE);
  const char *what;

  if (g_strcmp0 (gst_sdp_media_get_media (media), "application") != 0)
    return refuse (error, "a third part that is not data");
  if (!check_part (self, message, media, error))
    return FALSE;

  self->data_mid = g_strdup (get_attribute (media->attributes, "mid"));
  self->data_port = vav_sdp_data_read (media, &what);
  return self->data_port != 0 || refuse (error, what);
}

/* All parts in one bundle, under different names: "BUNDLE audio0 video1" */
static gboolean
check_bundle (const GstSDPMessage *message, GError **error)
{
  const char *group = get_attribute (message->attributes, "group");
  guint n = gst_sdp_message_medias_len (message);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) mids = g_strsplit (group != NULL ? group : "", " ", (int)n + 2);

  if (g_strv_length (mids) != n + 1 || !g_str_equal (mids[0], "BUNDLE"))
    return refuse (error, "bundle");

  for (guint i = 0; i < n; i++)
    {
      const char *mid = get_attribute (gst_sdp_message_get_media (message, i)->attributes, "mid");

      if (!g_hash_table_add (names, (gpointer)mid) || !g_strv_contains ((const char *const *)mids + 1, mid))
        return refuse (error, "bundle");
    }

  return TRUE;
}

static void
strip_attributes (VavSdp *self, GArray *attributes, const char *const *known)
{
  for (guint i = attributes->len; i > 0; i--)
    {
      GstSDPAttribute *attribute = &g_array_index (attributes, GstSDPAttribute, i - 1);

      if (attribute->key != NULL && g_strv_contains (known, attribute->key))
        continue;
      if (g_strcmp0 (attribute->key, "candidate") == 0 && attribute->value != NULL
          && self->candidates->len < VAV_CANDIDATE_MAX_COUNT)
        g_ptr_array_add (self->candidates, g_strconcat ("candidate:", attribute->value, NULL));
      gst_sdp_attribute_clear (attribute);
      g_array_remove_index (attributes, i - 1);
    }
}

/* What each part is offered in was read; webrtcbin does nothing with it. A part that tells no direction goes both ways (RFC 8866, 6.7); webrtcbin takes
 * it for one that goes neither, makes a second transport for it, and comes apart over that. */
static void
strip_media (VavSdp *self, GstSDPMedia *media)
{
  strip_attributes (self, media->attributes, media_attributes);
  if (count_attributes (media->attributes, "sendrecv") == 0)
    gst_sdp_media_add_attribute (media, "sendrecv", "");
  while (gst_sdp_media_bandwidths_len (media) > 0)
    gst_sdp_media_remove_bandwidth (media, 0);
}

static gboolean
read_message (VavSdp *self, const GstSDPMessage *message, GError **error)
{
  guint n = gst_sdp_message_medias_len (message);
  gboolean seen = FALSE;

  if (n != VAV_N_MEDIA_KINDS && n != VAV_SDP_DATA_MLINE + 1)
    return refuse (error, "not one picture and one sound");
  if (!check_single (message->attributes, error) || !take_fingerprint (self, message->attributes, &seen, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const GstSDPMedia *media = gst_sdp_message_get_media (message, i);

      if (i == VAV_SDP_DATA_MLINE ? !take_data (self, message, error) : !take_media (self, message, i, error))
        return FALSE;
      if (!take_fingerprint (self, media->attributes, &seen, error))
        return FALSE;
    }

  return check_bundle (message, error);
}

VavSdp *
vav_sdp_parse (const char *text, GError **error)
{
  g_autoptr (VavSdp) self = g_new0 (VavSdp, 1);
  GstSDPMessage *message = NULL;

  self->candidates = g_ptr_array_new_with_free_func (g_free);
  if (!check_form (text, error))
    return NULL;

  gst_sdp_message_new (&message);
  if (gst_sdp_message_parse_buffer ((const guint8 *)text, (guint)strlen (text), message) != GST_SDP_OK)
    refuse (error, "not readable");
  else if (read_message (self, message, error))
    {
      strip_attributes (self, message->attributes, session_attributes);
      for (guint i = 0; i < gst_sdp_message_medias_len (message); i++)
        strip_media (self, (GstSDPMedia *)gst_sdp_message_get_media (message, i));
      if (self->data_port != 0)
        vav_sdp_data_remove (message);
      self->text = gst_sdp_message_as_text (message);
    }
  gst_sdp_message_free (message);

  return self->text != NULL ? g_steal_pointer (&self) : NULL;
}

void
vav_sdp_free (VavSdp *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self->data_mid);
  for (guint i = 0; i < VAV_N_MEDIA_KINDS; i++)
    vav_quality_free (self->quality[i]);
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

/**
 * vav_sdp_check:
 * @sdp: a description that a peer sent
 * @quality: (out) (nullable): for each kind of media, what it is offered in
 * @error: return location: VAV_ERROR_PROTOCOL
 *
 * Tells whether @sdp can be taken. May be called from any thread; needs no vav_media_new() before it.
 *
 * Returns: %TRUE if so
 */
gboolean
vav_sdp_check (const char *sdp, VavQuality *quality[VAV_N_MEDIA_KINDS], GError **error)
{
  g_autoptr (VavSdp) parsed = vav_sdp_parse (sdp, error);

  for (guint i = 0; i < VAV_N_MEDIA_KINDS && quality != NULL && parsed != NULL; i++)
    quality[i] = g_steal_pointer (&parsed->quality[i]);

  return parsed != NULL;
}
