/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-status.h"

#include <stdio.h>

VavCliStatus
vav_cli_status_of_call (gboolean connected, gboolean graceful, VavReason reason)
{
  switch (reason)
    {
    case VAV_REASON_LOCAL:
    case VAV_REASON_REMOTE:
      /* a goodbye may come before this side knows that it is connected */
      if (graceful)
        return VAV_CLI_OK;
      return connected ? VAV_CLI_RESET : VAV_CLI_FAILED;
    case VAV_REASON_DECLINED:
    case VAV_REASON_REFUSED:
    case VAV_REASON_BUSY:
      return VAV_CLI_REFUSED;
    case VAV_REASON_UNREACHABLE:
    case VAV_REASON_NO_ANSWER:
      return VAV_CLI_UNREACHABLE;
    case VAV_REASON_TIMEOUT:
      return connected ? VAV_CLI_RESET : VAV_CLI_UNREACHABLE;
    case VAV_REASON_RESET:
      return VAV_CLI_RESET;
    case VAV_REASON_UNTRUSTED:
      return VAV_CLI_UNTRUSTED;
    case VAV_REASON_MEDIA:
      return VAV_CLI_MEDIA;
    case VAV_REASON_NONE:
    case VAV_REASON_WITHDRAWN:
    case VAV_REASON_PROTOCOL:
    default:
      return VAV_CLI_FAILED;
    }
}

VavCliStatus
vav_cli_status_worse (VavCliStatus a, VavCliStatus b)
{
  return MAX (a, b);
}

char *
vav_cli_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *result = g_string_new (NULL);

  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      g_string_append_unichar (result, g_unichar_isprint (letter) ? letter : 0xfffd);
    }

  return g_string_free (result, FALSE);
}

void
vav_cli_complain (const char *sentence)
{
  g_autofree char *text = vav_cli_printable (sentence);

  g_printerr ("%s\n", text);
}
