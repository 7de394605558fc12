/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptions, candidates and server addresses that others write: what we take, and that everything else is refused. */
#include <gst/gst.h>
#include <string.h>

#include "net/media/vav-candidate.h"
#include "net/media/vav-certificate.h"
#include "net/media/vav-ice-url.h"
#include "net/media/vav-sdp.h"
#include "pair.h"

#define OTHER_DIGEST "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"

static char *offer;
static char *answer;

static gboolean
has_both (Pair *pair)
{
  return pair->sides[0].descriptions > 0 && pair->sides[1].descriptions > 0;
}

/* A real offer and a real answer, for the mutations below. */
static void
make_descriptions (void)
{
  g_autoptr (Pair) pair = pair_new ("none");

  pair_start (pair);
  g_assert_true (pair_wait (pair, has_both, 60));
  offer = g_strdup (pair->sides[0].description);
  answer = g_strdup (pair->sides[1].description);
  pair_close (pair);
}

static char *
replace (const char *text, const char *pattern, const char *with)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
  char *result;

  g_assert_nonnull (regex);
  result = g_regex_replace (regex, text, -1, 0, with, 0, NULL);
  /* a mutation that changes nothing shows nothing */
  g_assert_cmpstr (result, !=, text);

  return result;
}

/* Only the first match. */
static char *
replace_first (const char *text, const char *from, const char *to)
{
  const char *at = strstr (text, from);

  g_assert_nonnull (at);
  return g_strdup_printf ("%.*s%s%s", (int)(at - text), text, to, at + strlen (from));
}

static void
assert_refused (const char *what, const char *sdp)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", what);
  g_assert_false (vav_sdp_check (sdp, NULL, &error));
  g_assert_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL);
}

/* Real descriptions are taken, with the fingerprint of our own certificate, and survive being written anew. */
static void
test_good (void)
{
  g_autoptr (VavSdp) parsed = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  guint8 own[VAV_FINGERPRINT_SIZE];

  parsed = vav_sdp_parse (offer, &error);
  g_assert_no_error (error);
  g_assert_false (parsed->answer);
  g_assert_cmpuint (parsed->media[VAV_MEDIA_AUDIO].mline, ==, 0);
  g_assert_cmpuint (parsed->media[VAV_MEDIA_AUDIO].payload, ==, 111);
  g_assert_cmpuint (parsed->media[VAV_MEDIA_VIDEO].mline, ==, 1);
  g_assert_cmpuint (parsed->media[VAV_MEDIA_VIDEO].payload, ==, 96);
  g_assert_cmpuint (parsed->media[VAV_MEDIA_VIDEO].twcc, ==, 3);
  g_assert_cmpuint (parsed->media[VAV_MEDIA_AUDIO].twcc, ==, 3);
  g_assert_true (vav_certificate_digest (vav_certificate_get_pem (), own));
  g_assert_true (vav_fingerprint_equal (parsed->fingerprint, own));

  again = vav_sdp_parse (parsed->text, &error);
  g_assert_no_error (error);
  g_assert_true (vav_fingerprint_equal (again->fingerprint, own));

  g_clear_pointer (&again, vav_sdp_free);
  again = vav_sdp_parse (answer, &error);
  g_assert_no_error (error);
  g_assert_true (again->answer);
}

/* Both sides offer data; webrtcbin is not shown that. A peer without it, or with more to say of it, is taken all the same. */
static void
test_data (void)
{
  static const struct
  {
    const char *what, *pattern, *with;
    guint port;
  } rows[] = {
    { "another port", "^a=sctp-port:5000", "a=sctp-port:65535", 65535 },
    { "any size", "^a=max-message-size.*", "a=max-message-size:0", 5000 },
    { "no size", "^a=max-message-size.*\\r\\n", "", 5000 },
    { "something new", "\\z", "a=something-new:5\r\na=candidate:1 1 UDP 100 192.0.2.1 5 typ host\r\n", 5000 },
    { "no data", "(?s)m=application.*", "", 0 },
  };
  const char *const texts[] = { offer, answer };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (VavSdp) parsed = vav_sdp_parse (texts[i], NULL);

      g_assert_nonnull (strstr (texts[i], "a=group:BUNDLE audio0 video1 data\r\n"));
      g_assert_cmpuint (parsed->data_port, ==, 5000);
      g_assert_cmpstr (parsed->data_mid, ==, "data");
      g_assert_nonnull (strstr (parsed->text, "a=group:BUNDLE audio0 video1\r\n"));
      g_assert_null (strstr (parsed->text, "application"));
    }

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *changed = replace (offer, rows[i].pattern, rows[i].with);
      g_autofree char *bundle = rows[i].port == 0 ? replace (changed, "(^a=group:.*) data", "\\1") : g_strdup (changed);
      g_autoptr (GError) error = NULL;
      g_autoptr (VavSdp) parsed = vav_sdp_parse (bundle, &error);

      g_test_message ("%s", rows[i].what);
      g_assert_no_error (error);
      g_assert_cmpuint (parsed->data_port, ==, rows[i].port);
      g_assert_null (strstr (parsed->text, "application"));
      g_assert_null (strstr (parsed->text, "something-new"));
    }
}

/* What must be in an offer for media to be good: repair, key frames on demand, feedback, both ways; and repair not for sound. */
static void
test_features (void)
{
  const char *const texts[] = { offer, answer };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *video = strstr (texts[i], "m=video");
      const char *audio = strstr (texts[i], "m=audio");
      g_autofree char *sound = g_strndup (audio, (gsize)(video - audio));

      g_assert_nonnull (strstr (texts[i], "a=group:BUNDLE"));
      g_assert_nonnull (strstr (video, "a=rtcp-mux"));
      g_assert_nonnull (strstr (video, " nack\r\n"));
      g_assert_nonnull (strstr (video, " nack pli\r\n"));
      g_assert_nonnull (strstr (video, " rtx/90000"));
      g_assert_nonnull (strstr (video, VAV_TWCC_URI));
      g_assert_nonnull (strstr (video, " transport-cc"));
      g_assert_nonnull (strstr (video, "a=sendrecv"));
      g_assert_nonnull (strstr (sound, "a=sendrecv"));
      g_assert_nonnull (strstr (sound, VAV_TWCC_URI));
      g_assert_null (strstr (sound, " nack\r\n"));
      g_assert_null (strstr (texts[i], "a=candidate"));
    }
}

/* Parity is offered and agreed on in words that others know, and webrtcbin, which would make some itself, hears nothing of it. What browsers offer of their own
 * kind is not ours and stays. */
static void
test_parity (void)
{
  const char *const texts[] = { offer, answer };
  g_autofree char *same = replace (offer, "127 ulpfec/90000", "96 ulpfec/90000");
  g_autofree char *others = replace (offer, "^a=ssrc-group:FEC-FR.*\\r\\n", "");
  g_autofree char *nonsense = replace (offer, "127 ulpfec/90000", "1270 ulpfec/90000");
  const char *const not_ours[] = { same, others, nonsense };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (VavSdp) parsed = vav_sdp_parse (texts[i], NULL);
      const char *video = strstr (texts[i], "m=video");

      g_assert_nonnull (strstr (video, "a=rtpmap:127 ulpfec/90000\r\n"));
      g_assert_nonnull (strstr (video, "a=ssrc-group:FEC-FR "));
      g_assert_cmpuint (parsed->media[VAV_MEDIA_VIDEO].parity, ==, 127);
      g_assert_cmpuint (parsed->media[VAV_MEDIA_AUDIO].parity, ==, 0);
      g_assert_null (strstr (parsed->text, "ulpfec"));
      g_assert_null (strstr (parsed->text, "FEC-FR"));
      g_assert_null (strstr (parsed->text, " 127"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (not_ours); i++)
    {
      g_autoptr (VavSdp) parsed = vav_sdp_parse (not_ours[i], NULL);

      g_assert_nonnull (parsed);
      g_assert_cmpuint (parsed->media[VAV_MEDIA_VIDEO].payload, ==, 96);
      g_assert_cmpuint (parsed->media[VAV_MEDIA_VIDEO].parity, ==, 0);
      g_assert_nonnull (strstr (parsed->text, " ulpfec/90000"));
    }
}

/* No direction is both directions, and webrtcbin is told so. */
static void
test_no_direction (void)
{
  const char *const texts[] = { offer, answer };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *changed = replace (texts[i], "^a=sendrecv\\r\\n", "");
      g_autoptr (GError) error = NULL;
      g_autoptr (VavSdp) parsed = vav_sdp_parse (changed, &error);

      g_assert_no_error (error);
      g_assert_null (strstr (changed, "a=sendrecv"));
      g_assert_nonnull (strstr (strstr (parsed->text, "m=video"), "a=sendrecv\r\n"));
      g_assert_nonnull (strstr (strstr (parsed->text, "m=audio"), "a=sendrecv\r\n"));
    }
}

/* Each mutation by a regular expression makes a good description a bad one. */
static void
test_bad (void)
{
  static const struct
  {
    const char *what, *pattern, *with;
  } mutations[] = {
    { "no fingerprint", "^a=fingerprint.*\\r\\n", "" },
    { "SHA-1", "sha-256 .*", "sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33" },
    { "SHA-512 named", "sha-256", "sha-512" },
    { "short fingerprint", "(sha-256 ..:..).*", "\\1" },
    { "fingerprint without colons", "(sha-256 ..):", "\\1-" },
    { "no digits", "(sha-256 )..", "\\1zz" },
    { "second fingerprint in the same part", "(a=fingerprint.*\\r\\n)",
      "\\1a=fingerprint:sha-256 " OTHER_DIGEST "\r\n" },
    { "the same fingerprint twice", "(a=fingerprint.*\\r\\n)", "\\1\\1" },
    { "another fingerprint for the session", "^t=0 0\\r\\n", "t=0 0\r\na=fingerprint:sha-256 " OTHER_DIGEST "\r\n" },
    { "SHA-1 for the session", "^t=0 0\\r\\n",
      "t=0 0\r\na=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33\r\n" },
    { "no Opus", "(?i)opus/48000/2", "PCMU/8000" },
    { "no VP8", "VP8/90000", "H264/90000" },
    { "no mid", "^a=mid:.*\\r\\n", "" },
    { "two mids", "(^a=mid:.*\\r\\n)", "\\1\\1" },
    { "no user fragment", "^a=ice-ufrag.*\\r\\n", "" },
    { "short user fragment", "^a=ice-ufrag.*", "a=ice-ufrag:abc" },
    { "no password", "^a=ice-pwd.*\\r\\n", "" },
    { "short password", "^a=ice-pwd.*", "a=ice-pwd:short" },
    { "password with strange letters", "^a=ice-pwd.*", "a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaa<>" },
    { "no rtcp-mux", "^a=rtcp-mux\\r\\n", "" },
    { "no bundle", "^a=group.*\\r\\n", "" },
    { "half a bundle", "^a=group:BUNDLE (\\S+).*", "a=group:BUNDLE \\1" },
    { "receive only", "^a=sendrecv", "a=recvonly" },
    { "send only", "^a=sendrecv", "a=sendonly" },
    { "inactive", "^a=sendrecv", "a=inactive" },
    { "both directions and none", "^a=sendrecv\\r\\n", "a=sendrecv\r\na=inactive\r\n" },
    { "no role", "^a=setup.*\\r\\n", "" },
    { "a role to hold", "^a=setup.*", "a=setup:holdconn" },
    { "no encryption", "UDP/TLS/RTP/SAVPF", "RTP/AVPF" },
    { "two pictures", "m=audio", "m=video" },
    { "two sounds", "m=video", "m=audio" },
    { "data in place of sound", "m=audio", "m=application" },
    { "data in place of all", "m=(audio|video)", "m=application" },
    { "a third part that is no data", "m=application", "m=text" },
    { "two pictures and a sound", "m=application", "m=video" },
    { "data in front", "(?s)(m=audio.*)(m=application.*)", "\\2\\1" },
    { "data over TCP", "UDP/DTLS/SCTP", "TCP/DTLS/SCTP" },
    { "data without encryption", "UDP/DTLS/SCTP", "UDP/SCTP" },
    { "data of another kind", "webrtc-datachannel", "t38" },
    { "data of two kinds", "webrtc-datachannel", "webrtc-datachannel 5000" },
    { "no SCTP port", "^a=sctp-port.*\\r\\n", "" },
    { "SCTP port 0", "^a=sctp-port.*", "a=sctp-port:0" },
    { "SCTP port 65536", "^a=sctp-port.*", "a=sctp-port:65536" },
    { "a word for SCTP port", "^a=sctp-port.*", "a=sctp-port:http" },
    { "an SCTP port without a value", "^a=sctp-port.*", "a=sctp-port" },
    { "two SCTP ports", "(^a=sctp-port.*\\r\\n)", "\\1\\1" },
    { "messages too small to carry a piece", "^a=max-message-size.*", "a=max-message-size:16384" },
    { "messages of less than nothing", "^a=max-message-size.*", "a=max-message-size:-1" },
    { "messages beyond all numbers", "^a=max-message-size.*", "a=max-message-size:99999999999999999999" },
    { "two sizes of messages", "(^a=max-message-size.*\\r\\n)", "\\1\\1" },
    { "data outside the bundle", "(^a=group:.*) data", "\\1" },
    { "data outside the bundle, and another in it", "(^a=group:.*) data", "\\1 date" },
    { "data under the name of the sound", "a=mid:data|(^a=group:.*) data", "\\1a=mid:audio0" },
    { "data with a fingerprint of its own", "(?s)(m=application.*a=fingerprint:sha-256 )\\S+", "\\1" OTHER_DIGEST },
    { "data without a fingerprint", "(?s)(m=application.*)a=fingerprint:sha-256 \\S+\\s+", "\\1" },
    { "data with another role", "(?s)(m=application.*a=setup:)actpass", "\\1passive" },
    { "data one way", "(^a=sctp-port)", "a=sendonly\r\n\\1" },
    { "sound alone", "(?s)m=video.*", "" },
    { "picture alone", "(?s)m=audio.*?m=video", "m=video" },
    { "picture rejected", "^a=bundle-only\\r\\n", "" },
    { "data twice", "(?s)(m=application.*)\\z", "\\1\\1" },
    { "a fourth part", "\\z", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:more\r\n" },
    { "two bit rates", "(^b=TIAS:.*\\r\\n)", "\\1\\1" },
    { "many sources", "(^a=ssrc:.*\\r\\n)", "\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1\\1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      g_autofree char *bad = replace (offer, mutations[i].pattern, mutations[i].with);

      assert_refused (mutations[i].what, bad);
    }
}

/* What a regular expression does not do: sizes, encodings, one of two. */
static void
test_bad_forms (void)
{
  g_autofree char *long_line = g_strnfill (3000, 'x');
  g_autofree char *many_lines = NULL, *large = NULL, *other = NULL, *two_roles = NULL, *latin = NULL;
  GString *lines = g_string_new (offer);

  assert_refused ("nothing", NULL);
  assert_refused ("empty", "");
  assert_refused ("garbage", "GET / HTTP/1.1\r\n\r\n");
  assert_refused ("a head alone", "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n");

  for (guint i = 0; i < 500; i++)
    g_string_append (lines, "a=x\r\n");
  many_lines = g_string_free (lines, FALSE);
  assert_refused ("many lines", many_lines);
  large = g_strnfill (200 * 1024, '[');
  assert_refused ("200 kB", large);
  other = g_strconcat (offer, "a=", long_line, "\r\n", NULL);
  assert_refused ("a long line", other);
  latin = replace_first (offer, "s=-", "s=\xe9");
  assert_refused ("not UTF-8", latin);
  two_roles = replace_first (offer, "a=setup:actpass", "a=setup:active");
  assert_refused ("two roles", two_roles);
  g_free (other);
  {
    g_autofree char *line = g_strdup (strstr (offer, "a=fingerprint:"));

    *strstr (line, "\r\n") = '\0';
    other = replace_first (offer, line, "a=fingerprint:sha-256 " OTHER_DIGEST);
  }
  assert_refused ("two fingerprints", other);
}

/* Every cut of a good description is refused or taken, never more. */
static void
test_cuts (void)
{
  for (gsize i = 0; i < strlen (offer); i += 7)
    {
      g_autofree char *cut = g_strndup (offer, i);
      g_autofree char *changed = g_strdup (offer);

      vav_sdp_check (cut, NULL, NULL);
      changed[i] ^= 0x15;
      vav_sdp_check (changed, NULL, NULL);
    }
}

/* Our own descriptions say which codecs and how many bits per second, and what webrtcbin is shown does not. */
static void
test_quality (void)
{
  const char *const texts[] = { offer, answer };

  g_test_summary ("N1: an offer and an answer tell codecs and bit rates of picture and sound");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      VavQuality *quality[VAV_N_MEDIA_KINDS] = { NULL };
      g_autoptr (VavSdp) parsed = vav_sdp_parse (texts[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (vav_sdp_check (texts[i], quality, &error));
      g_assert_no_error (error);
      g_assert_cmpstrv (quality[VAV_MEDIA_AUDIO]->codecs, ((const char *[]){ "OPUS", NULL }));
      g_assert_cmpuint (quality[VAV_MEDIA_AUDIO]->bitrate, ==, 32000);
      g_assert_cmpstrv (quality[VAV_MEDIA_VIDEO]->codecs, ((const char *[]){ "VP8", NULL }));
      g_assert_cmpuint (quality[VAV_MEDIA_VIDEO]->bitrate, ==, 1500000);
      for (guint kind = 0; kind < VAV_N_MEDIA_KINDS; kind++)
        vav_quality_free (quality[kind]);
      g_assert_null (strstr (parsed->text, "b="));
    }
}

/* Bit rates that are none, codecs that are none, and many of them: what makes no sense is not known, and no reason to refuse a call. */
static void
test_quality_nonsense (void)
{
  static const struct
  {
    const char *line;
    guint bitrate;
  } rows[] = {
    { "b=TIAS:64000", 64000 },
    { "b=TIAS:1000000000", 1000000000 },
    { "b=TIAS:1000000001", 0 },
    { "b=TIAS:-5", 0 },
    { "b=TIAS:lots", 0 },
    { "b=TIAS:", 0 },
    { "b=TIAS", 0 },
    { "b=", 0 },
    { "b=AS:64", 0 },
    { "b=X-TIAS:64000", 0 },
    { "b=TIAS:99999999999999999999", 0 },
  };
  g_autofree char *long_name = g_strnfill (33, 'X');
  g_autoptr (VavQuality) quality = NULL;
  g_autofree char *many = NULL;
  GString *text;

  g_test_summary ("N1: nonsense about codecs and bit rates is told as not known, and is capped");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *changed = replace (offer, "^b=TIAS:1500000", rows[i].line);
      g_autoptr (GError) error = NULL;
      g_autoptr (VavSdp) parsed = vav_sdp_parse (changed, &error);

      g_test_message ("%s", rows[i].line);
      g_assert_no_error (error);
      g_assert_cmpuint (parsed->quality[VAV_MEDIA_VIDEO]->bitrate, ==, rows[i].bitrate);
      g_assert_cmpuint (parsed->quality[VAV_MEDIA_AUDIO]->bitrate, ==, 32000);
    }

  text = g_string_new (NULL);
  g_string_append_printf (text, "a=rtpmap:97 %s/90000\r\n", long_name);
  g_string_append (
      text, "a=rtpmap:97 no name/90000\r\na=rtpmap:97\r\na=rtpmap\r\na=rtpmap:97 /\r\na=rtpmap:97 A\xc3\xa9/9\r\n"
            "a=rtpmap:97 vp8/90000\r\na=rtpmap:97 red/90000\r\n");
  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "a=rtpmap:97 c%u/90000\r\n", i);
  many = g_string_free (text, FALSE);
  {
    g_autofree char *parts = g_strconcat (many, "m=application", NULL); /* behind the picture's */
    g_autofree char *changed = replace_first (offer, "m=application", parts);
    g_autoptr (GError) error = NULL;
    g_autoptr (VavSdp) parsed = vav_sdp_parse (changed, &error);

    g_assert_no_error (error);
    quality = vav_quality_copy (parsed->quality[VAV_MEDIA_VIDEO]);
  }
  g_assert_cmpuint (g_strv_length (quality->codecs), ==, 16);
  g_assert_cmpstr (quality->codecs[0], ==, "VP8");
  g_assert_cmpstr (quality->codecs[1], ==, "C0");
}

/* Candidates in the text are taken out of it, and those we keep are few. */
static void
test_candidates_inside (void)
{
  GString *text = g_string_new (offer);
  g_autofree char *many = NULL;
  g_autoptr (VavSdp) parsed = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "a=candidate:%u 1 UDP 100 192.0.2.1 %u typ host\r\n", i, 1000 + i);
  g_string_append (text, "a=something-new:5\r\n");
  many = g_string_free (text, FALSE);
  parsed = vav_sdp_parse (many, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->candidates->len, <=, VAV_CANDIDATE_MAX_COUNT);
  g_assert_cmpuint (parsed->candidates->len, >, 10);
  g_assert_null (strstr (parsed->text, "candidate"));
  g_assert_null (strstr (parsed->text, "something-new"));
}

/* Candidates: only numbers, only UDP, only addresses that one may send to. */
static void
test_candidates (void)
{
  static const struct
  {
    const char *text;
    gboolean local, good;
  } table[] = {
    { "candidate:1 1 UDP 2015363327 192.0.2.7 40000 typ host", FALSE, TRUE },
    { "a=candidate:1 1 UDP 2015363327 192.0.2.7 40000 typ host", FALSE, TRUE },
    { "candidate:ab/+ 1 udp 1 2001:db8::7 40000 typ srflx raddr 10.0.0.1 rport 5", FALSE, TRUE },
    { "candidate:1 1 UDP 1 fe80::1 40000 typ host", FALSE, TRUE },
    { "candidate:1 1 UDP 1 192.0.2.7 40000 typ relay", FALSE, TRUE },
    { "candidate:1 1 UDP 1 127.0.0.1 40000 typ host", TRUE, TRUE },
    { "candidate:1 1 UDP 1 127.0.0.1 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 1 ::1 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 1 ::ffff:127.0.0.1 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 1 ::ffff:192.0.2.7 40000 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 ::ffff:c000:207 40000 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 4f9a.local 40000 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 example.com 40000 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 0.0.0.0 40000 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 :: 40000 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 224.0.0.251 5353 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 ff02::fb 5353 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 255.255.255.255 5353 typ host", TRUE, FALSE },
    { "candidate:1 1 UDP 1 fe80::1%lo 40000 typ host", TRUE, FALSE },
    { "candidate:1 1 TCP 1 192.0.2.7 9 typ host tcptype active", FALSE, FALSE },
    { "candidate:1 2 UDP 1 192.0.2.7 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 0 192.0.2.7 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 4294967296 192.0.2.7 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP -1 192.0.2.7 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 1 192.0.2.7 0 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 1 192.0.2.7 65536 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 1 192.0.2.7 40000 typ magic", FALSE, FALSE },
    { "candidate:1 1 UDP 1 192.0.2.7 40000 type host", FALSE, FALSE },
    { "candidate:<> 1 UDP 1 192.0.2.7 40000 typ host", FALSE, FALSE },
    { "candidate:1  1 UDP 1 192.0.2.7 40000 typ host", FALSE, FALSE },
    { "candidate:1 1 UDP 1 192.0.2.7 40000", FALSE, FALSE },
    { "candidate:", FALSE, FALSE },
    { "", FALSE, FALSE },
    { NULL, FALSE, FALSE },
    { "\xff\xff", FALSE, FALSE },
  };
  g_autofree char *endless = g_strnfill (5000, ' ');

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *clean = vav_candidate_clean (table[i].text, table[i].local, &error);

      g_test_message ("%u", i);
      g_assert_cmpint (clean != NULL, ==, table[i].good);
      if (!table[i].good)
        g_assert_error (error, VAV_ERROR, VAV_ERROR_PROTOCOL);
    }
  g_assert_null (vav_candidate_clean (endless, TRUE, NULL));
}

/* Addresses of STUN and TURN servers. */
static void
test_urls (void)
{
  static const char *const bad[] = {
    "",           "stun",         "stun://",          "http://example.org",     "stun://u:p@example.org",
    "turn://h",   "turn://u@h:1", "stun://h:0",       "stun://h:99999",         "turn://u:p@h?transport=tls",
    "stun://h/x", "stun://h h:3", "turn://:p@h:3478", "stun://h?transport=tcp",
  };
  g_autoptr (VavIceUrl) url = NULL;
  g_autoptr (GError) error = NULL;

  url = vav_ice_url_parse ("turn://us%3Aer:p%40ss%2F@[2001:db8::1]:5349?transport=tcp", &error);
  g_assert_no_error (error);
  g_assert_true (url->relay);
  g_assert_true (url->tcp);
  g_assert_cmpstr (url->host, ==, "2001:db8::1");
  g_assert_cmpuint (url->port, ==, 5349);
  g_assert_cmpstr (url->user, ==, "us:er");
  g_assert_cmpstr (url->password, ==, "p@ss/");

  g_clear_pointer (&url, vav_ice_url_free);
  url = vav_ice_url_parse ("stun://stun.example.org", &error);
  g_assert_no_error (error);
  g_assert_false (url->relay);
  g_assert_cmpuint (url->port, ==, 3478);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) refused = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (vav_ice_url_parse (bad[i], &refused));
      g_assert_error (refused, VAV_ERROR, VAV_ERROR_INVALID_ADDRESS);
    }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  make_descriptions ();

  g_test_add_func ("/sdp/good", test_good);
  g_test_add_func ("/sdp/data", test_data);
  g_test_add_func ("/sdp/features", test_features);
  g_test_add_func ("/sdp/parity", test_parity);
  g_test_add_func ("/sdp/no-direction", test_no_direction);
  g_test_add_func ("/sdp/bad", test_bad);
  g_test_add_func ("/sdp/bad-forms", test_bad_forms);
  g_test_add_func ("/sdp/cuts", test_cuts);
  g_test_add_func ("/sdp/quality", test_quality);
  g_test_add_func ("/sdp/quality-nonsense", test_quality_nonsense);
  g_test_add_func ("/sdp/candidates-inside", test_candidates_inside);
  g_test_add_func ("/sdp/candidates", test_candidates);
  g_test_add_func ("/sdp/urls", test_urls);

  status = g_test_run ();
  g_free (offer);
  g_free (answer);
  return status;
}
