/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/media/vav-ice-report.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  CAUSE_NO_PORT,
  CAUSE_REFUSED,
  CAUSE_RELAY_UNKNOWN,
  CAUSE_RELAY_UNANSWERED,
  CAUSE_SILENT_UDP,
  CAUSE_SILENT_TCP,
  CAUSE_BEHIND_RELAY,
  CAUSE_STUN_UNKNOWN,
  CAUSE_STUN_UNANSWERED,
  CAUSE_NO_UDP,
  CAUSE_NOT_TO_RELAY,
  CAUSE_STRICT,
  CAUSE_NO_HELP,
} Cause;

static const char *const sentences[] = {
  [CAUSE_NO_PORT] = N_ ("No way was found for picture and sound: no port of this computer could be opened. If you "
                        "chose a range of ports, make it larger."),
  [CAUSE_REFUSED] = N_ ("No way was found for picture and sound: your relay (TURN) refuses the user name or the "
                        "password. Correct them and call again."),
  [CAUSE_RELAY_UNKNOWN] = N_ ("No way was found for picture and sound: the name of your relay (TURN) is not known. "
                              "Check its spelling."),
  [CAUSE_RELAY_UNANSWERED] = N_ ("No way was found for picture and sound: the name of your relay (TURN) cannot be "
                                 "looked up at the moment. Check your network connection."),
  [CAUSE_SILENT_UDP] = N_ ("No way was found for picture and sound: your relay (TURN) does not answer. Check its "
                           "address and port; if a firewall stops UDP, reach it by TCP."),
  [CAUSE_SILENT_TCP] = N_ ("No way was found for picture and sound: your relay (TURN) does not answer. Check its "
                           "address and port."),
  [CAUSE_BEHIND_RELAY] = N_ ("No way was found for picture and sound: the other side did not answer, not even over "
                             "your relay (TURN). If its network stops UDP, it needs a relay by TCP itself."),
  [CAUSE_STUN_UNKNOWN] = N_ ("No way was found for picture and sound: the name of your STUN server is not known. Check "
                             "its spelling."),
  [CAUSE_STUN_UNANSWERED] = N_ ("No way was found for picture and sound: the name of your STUN server cannot be looked "
                                "up at the moment. Check your network connection."),
  [CAUSE_NO_UDP] = N_ ("No way was found for picture and sound: your network seems to stop UDP, as your STUN server "
                       "did not answer. Set a relay (TURN) and reach it by TCP."),
  [CAUSE_NOT_TO_RELAY] = N_ ("No way was found for picture and sound: the other side’s relay did not answer. If your "
                             "network stops UDP, set a relay (TURN) and reach it by TCP."),
  [CAUSE_STRICT] = N_ ("No way was found for picture and sound: the two networks let no direct path through. One of "
                       "you needs a relay (TURN)."),
  [CAUSE_NO_HELP] = N_ ("No way was found for picture and sound. A firewall may be blocking them; between two networks "
                        "a STUN server or a relay (TURN) is needed."),
};

/* A server that says nothing. */
static Cause
find_silence (VavIceNameState name, Cause unknown, Cause unanswered, Cause silent)
{
  switch (name)
    {
    case VAV_ICE_NAME_UNKNOWN:
      return unknown;
    case VAV_ICE_NAME_ASKED:
    case VAV_ICE_NAME_UNANSWERED:
      return unanswered;
    case VAV_ICE_NAME_FOUND:
    default:
      return silent;
    }
}

static Cause
find_own_cause (const VavIceReport *self)
{
  if (self->stun && !self->reflexive && !self->outside)
    return find_silence (self->name, CAUSE_STUN_UNKNOWN, CAUSE_STUN_UNANSWERED, CAUSE_NO_UDP);
  if (self->peer_relayed)
    return CAUSE_NOT_TO_RELAY;

  return self->stun ? CAUSE_STRICT : CAUSE_NO_HELP;
}

static Cause
find_cause (const VavIceReport *self)
{
  if (!self->host && !self->relay_only)
    return CAUSE_NO_PORT;

  switch (self->relay)
    {
    case VAV_ICE_RELAY_REFUSES:
      return CAUSE_REFUSED;
    case VAV_ICE_RELAY_SILENT:
      return find_silence (self->name, CAUSE_RELAY_UNKNOWN, CAUSE_RELAY_UNANSWERED,
                           self->tcp ? CAUSE_SILENT_TCP : CAUSE_SILENT_UDP);
    case VAV_ICE_RELAY_WORKS:
      return CAUSE_BEHIND_RELAY;
    case VAV_ICE_RELAY_NONE:
    case VAV_ICE_RELAY_ASKED:
    default:
      return find_own_cause (self);
    }
}

const char *
vav_ice_report_describe (const VavIceReport *self)
{
  return _ (sentences[find_cause (self)]);
}
