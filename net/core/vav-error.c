/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/core/vav-error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "net/core/vav-enums.h"

/* What an error carries beside its sentence. */
typedef struct
{
  char *id; /* nullable */
} VavErrorPrivate;

static void
vav_error_private_init (VavErrorPrivate *private)
{
}

static void
vav_error_private_copy (const VavErrorPrivate *source, VavErrorPrivate *copy)
{
  copy->id = g_strdup (source->id);
}

static void
vav_error_private_clear (VavErrorPrivate *private)
{
  g_free (private->id);
}

G_DEFINE_EXTENDED_ERROR (VavError, vav_error)

/* id: of the key that answered in place of the one that was asked for */
GError *
vav_error_new_untrusted (const char *id, const char *sentence)
{
  GError *error = g_error_new_literal (VAV_ERROR, VAV_ERROR_UNTRUSTED, sentence);

  vav_error_get_private (error)->id = g_strdup (id);
  return error;
}

/**
 * vav_error_get_other_id:
 * @error: any error
 *
 * Returns: (transfer none) (nullable): of VAV_ERROR_UNTRUSTED, the id of the key that answered, where it is known: somebody else's, or a new one of
 *   the same person, who must say so themselves
 */
const char *
vav_error_get_other_id (const GError *error)
{
  return g_error_matches (error, VAV_ERROR, VAV_ERROR_UNTRUSTED) ? vav_error_get_private (error)->id : NULL;
}

/* When the library is loaded, so that its sentences are translated in any program; one that has them elsewhere binds the domain itself, later. */
__attribute__ ((constructor)) static void
bind_domain (void)
{
  bindtextdomain (GETTEXT_PACKAGE, VAV_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

static const char *const error_sentences[VAV_N_ERRORS] = {
  [VAV_ERROR_FAILED] = N_ ("Something went wrong. Try again."),
  [VAV_ERROR_INVALID_ADDRESS] = N_ ("That is not an address."),
  [VAV_ERROR_RESOLVE] = N_ ("This name is not known. Check the spelling and your network."),
  [VAV_ERROR_UNREACHABLE] = N_ ("They can’t be reached there now. Visavis may not be running, or not reachable."),
  [VAV_ERROR_TIMEOUT] = N_ ("The other side stopped answering."),
  [VAV_ERROR_TLS] = N_ ("What answers there does not speak Visavis’s language."),
  [VAV_ERROR_UNTRUSTED] = N_ ("Somebody else answered: the key is not the one that you know. The call was not made."),
  [VAV_ERROR_PROTOCOL] = N_ ("The other side sent something that makes no sense. The call was ended."),
  [VAV_ERROR_TOO_LARGE] = N_ ("That is too long to send."),
  [VAV_ERROR_NOT_SUPPORTED] = N_ ("The other side’s program cannot do that."),
  [VAV_ERROR_BUSY] = N_ ("This line is in a call. Hang up first."),
  [VAV_ERROR_DECLINED] = N_ ("They declined the call."),
  [VAV_ERROR_REFUSED] = N_ ("Their program refused the call."),
  [VAV_ERROR_PEER_BUSY] = N_ ("They are in another call."),
  [VAV_ERROR_NO_ANSWER] = N_ ("Nobody answered."),
  [VAV_ERROR_WITHDRAWN] = N_ ("The caller gave up."),
  [VAV_ERROR_RESET] = N_ ("The connection was lost."),
  [VAV_ERROR_CLOSED] = N_ ("The call is over."),
  [VAV_ERROR_MEDIA] = N_ ("No way was found for picture and sound. A firewall may be blocking them."),
  [VAV_ERROR_FINGERPRINT] = N_ ("Picture and sound came with a wrong key. The call was ended to protect you."),
  [VAV_ERROR_PORT_TAKEN] = N_ ("Another program already uses this port."),
  [VAV_ERROR_PROFILE] = N_ ("The profile folder cannot be used."),
  [VAV_ERROR_NO_SUCH_CALL] = N_ ("There is no call of that number any more."),
  [VAV_ERROR_FILE] = N_ ("The file cannot be read or written."),
  [VAV_ERROR_DISK_FULL] = N_ ("There is not enough room for the file."),
  [VAV_ERROR_DAMAGED] = N_ ("The file arrived damaged. Send it again."),
  [VAV_ERROR_DEVICE] = N_ ("The camera, microphone or media file cannot be used."),
  [VAV_ERROR_BROKEN] = N_ ("A part for picture or sound failed on this computer. The call was ended."),
};

static const char *const reason_sentences[VAV_N_REASONS] = {
  [VAV_REASON_NONE] = "",
  [VAV_REASON_LOCAL] = N_ ("You hung up."),
  [VAV_REASON_REMOTE] = N_ ("They hung up."),
  [VAV_REASON_DECLINED] = N_ ("The call was declined."),
  [VAV_REASON_BUSY] = N_ ("They are in another call."),
  [VAV_REASON_NO_ANSWER] = N_ ("Nobody answered."),
  [VAV_REASON_WITHDRAWN] = N_ ("The caller gave up."),
  [VAV_REASON_REFUSED] = N_ ("The call was refused."),
  [VAV_REASON_UNREACHABLE] = N_ ("They can’t be reached."),
  [VAV_REASON_UNTRUSTED] = N_ ("Somebody else answered."),
  [VAV_REASON_RESET] = N_ ("The connection was lost."),
  [VAV_REASON_TIMEOUT] = N_ ("The other side stopped answering."),
  [VAV_REASON_MEDIA] = N_ ("Picture and sound did not get through."),
  [VAV_REASON_PROTOCOL] = N_ ("The other side’s program made a mistake."),
};

static const char *const state_words[VAV_N_STATES] = {
  [VAV_STATE_IDLE] = N_ ("Ready"),
  [VAV_STATE_RESOLVING] = N_ ("Looking up the address…"),
  [VAV_STATE_DIALLING] = N_ ("Calling…"),
  [VAV_STATE_RINGING] = N_ ("Ringing…"),
  [VAV_STATE_INCOMING] = N_ ("Incoming call"),
  [VAV_STATE_CONNECTING] = N_ ("Connecting…"),
  [VAV_STATE_ACTIVE] = N_ ("In the call"),
  [VAV_STATE_RECONNECTING] = N_ ("Reconnecting…"),
  [VAV_STATE_CLOSING] = N_ ("Hanging up…"),
  [VAV_STATE_ENDED] = N_ ("Call ended"),
  [VAV_STATE_FAILED] = N_ ("The call failed"),
};

/* Which error a reason is told as, and back; the first row of a reason or a code wins. */
static const struct
{
  VavReason reason;
  VavError code;
} reason_errors[] = {
  { VAV_REASON_DECLINED, VAV_ERROR_DECLINED },   { VAV_REASON_BUSY, VAV_ERROR_PEER_BUSY },
  { VAV_REASON_NO_ANSWER, VAV_ERROR_NO_ANSWER }, { VAV_REASON_WITHDRAWN, VAV_ERROR_WITHDRAWN },
  { VAV_REASON_REFUSED, VAV_ERROR_REFUSED },     { VAV_REASON_UNREACHABLE, VAV_ERROR_UNREACHABLE },
  { VAV_REASON_UNREACHABLE, VAV_ERROR_RESOLVE }, { VAV_REASON_UNREACHABLE, VAV_ERROR_INVALID_ADDRESS },
  { VAV_REASON_UNTRUSTED, VAV_ERROR_UNTRUSTED }, { VAV_REASON_RESET, VAV_ERROR_RESET },
  { VAV_REASON_TIMEOUT, VAV_ERROR_TIMEOUT },     { VAV_REASON_MEDIA, VAV_ERROR_MEDIA },
  { VAV_REASON_MEDIA, VAV_ERROR_FINGERPRINT },   { VAV_REASON_MEDIA, VAV_ERROR_BROKEN },
  { VAV_REASON_PROTOCOL, VAV_ERROR_PROTOCOL },   { VAV_REASON_PROTOCOL, VAV_ERROR_TLS },
  { VAV_REASON_PROTOCOL, VAV_ERROR_TOO_LARGE },  { VAV_REASON_PROTOCOL, VAV_ERROR_NOT_SUPPORTED },
  { VAV_REASON_LOCAL, VAV_ERROR_CLOSED },
};

/**
 * vav_error_describe:
 *
 * Returns: the general sentence of an error code, translated. The message of a #GError says more where more is known.
 */
const char *
vav_error_describe (VavError code)
{
  g_return_val_if_fail ((guint)code < VAV_N_ERRORS, "");
  return _ (error_sentences[code]);
}

/**
 * vav_reason_describe:
 *
 * Returns: why a call is over, as a translated sentence; empty for %VAV_REASON_NONE
 */
const char *
vav_reason_describe (VavReason reason)
{
  g_return_val_if_fail ((guint)reason < VAV_N_REASONS, "");
  return *reason_sentences[reason] != '\0' ? _ (reason_sentences[reason]) : "";
}

/**
 * vav_state_describe:
 *
 * Returns: the state in translated words, without a name
 */
const char *
vav_state_describe (VavState state)
{
  g_return_val_if_fail ((guint)state < VAV_N_STATES, "");
  return _ (state_words[state]);
}

static const char *
enum_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);
  GEnumValue *entry = g_enum_get_value (klass, value);

  return entry != NULL ? entry->value_nick : "";
}

/* The nicks are the words of the JSON events and of D-Bus: "no-answer", "ringing", "accepted". */
/**
 * vav_state_to_nick:
 * @state: the phase of a call
 *
 * Returns: one word, as visavis-cli prints it
 */
const char *
vav_state_to_nick (VavState state)
{
  return enum_nick (VAV_TYPE_STATE, state);
}

/**
 * vav_reason_to_nick:
 * @reason: why a call is over
 *
 * Returns: one word, as visavis-cli prints it
 */
const char *
vav_reason_to_nick (VavReason reason)
{
  return enum_nick (VAV_TYPE_REASON, reason);
}

/**
 * vav_trust_to_nick:
 * @trust: how far a key is trusted
 *
 * Returns: one word, as visavis-cli prints it
 */
const char *
vav_trust_to_nick (VavTrust trust)
{
  return enum_nick (VAV_TYPE_TRUST, trust);
}

/**
 * vav_flows_to_string:
 *
 * Returns: (transfer full): the flows as `audio-in,video-out`
 */
char *
vav_flows_to_string (VavFlows flows)
{
  g_autoptr (GFlagsClass) klass = g_type_class_ref (VAV_TYPE_FLOWS);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < klass->n_values; i++)
    {
      guint value = klass->values[i].value;
      gboolean one = value != 0 && (value & (value - 1)) == 0;

      if (one && (flows & value) != 0)
        g_strv_builder_add (names, klass->values[i].value_nick);
    }
  list = g_strv_builder_end (names);

  return g_strjoinv (",", list);
}

/**
 * vav_flows_from_string:
 * @text: names of flows with commas between them: `audio-in`, `audio-out`, `video-in`, `video-out`; also `audio`, `video`, `in`, `out`, `all`
 * @flows: (out): the set
 * @error: VAV_ERROR_FAILED for an unknown name
 */
gboolean
vav_flows_from_string (const char *text, VavFlows *flows, GError **error)
{
  static const struct
  {
    const char *name;
    VavFlows flows;
  } names[] = {
    { "audio-in", VAV_FLOW_AUDIO_IN },
    { "audio-out", VAV_FLOW_AUDIO_OUT },
    { "video-in", VAV_FLOW_VIDEO_IN },
    { "video-out", VAV_FLOW_VIDEO_OUT },
    { "audio", VAV_FLOW_AUDIO_IN | VAV_FLOW_AUDIO_OUT },
    { "video", VAV_FLOW_VIDEO_IN | VAV_FLOW_VIDEO_OUT },
    { "in", VAV_FLOW_IN },
    { "out", VAV_FLOW_OUT },
    { "all", VAV_FLOW_ALL },
  };
  g_auto (GStrv) words = g_strsplit (text, ",", 16);
  VavFlows result = VAV_FLOW_NONE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint n;

      for (n = 0; n < G_N_ELEMENTS (names); n++)
        if (strcmp (names[n].name, g_strstrip (words[i])) == 0)
          break;
      if (n == G_N_ELEMENTS (names))
        {
          g_set_error (error, VAV_ERROR, VAV_ERROR_FAILED,
                       _ ("“%s” is not a flow. There are audio-in, audio-out, video-in and video-out."), words[i]);
          return FALSE;
        }
      result |= names[n].flows;
    }

  *flows = result;
  return TRUE;
}

/**
 * vav_reason_from_error:
 *
 * Returns: the reason of a call that is over because of @error
 */
VavReason
vav_reason_from_error (const GError *error)
{
  g_return_val_if_fail (error != NULL, VAV_REASON_NONE);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return VAV_REASON_LOCAL;
  if (error->domain == VAV_ERROR)
    for (guint i = 0; i < G_N_ELEMENTS (reason_errors); i++)
      if (reason_errors[i].code == (VavError)error->code)
        return reason_errors[i].reason;

  return VAV_REASON_RESET;
}

/**
 * vav_error_from_reason:
 *
 * Returns: (transfer full) (nullable): the error that a call ended for @reason is told as; %NULL if it is none
 */
GError *
vav_error_from_reason (VavReason reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (reason_errors); i++)
    if (reason_errors[i].reason == reason && reason != VAV_REASON_LOCAL)
      return g_error_new_literal (VAV_ERROR, (int)reason_errors[i].code, vav_error_describe (reason_errors[i].code));

  return NULL;
}
