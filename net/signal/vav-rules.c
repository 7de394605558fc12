/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-rules.h"

#include <glib/gi18n-lib.h>

#define BURST 2000
#define PER_SECOND 200
#define MAX_UNKNOWN 16

void
vav_rules_init (VavRules *self, gint64 now)
{
  self->tokens = BURST;
  self->filled = now;
  self->last_seq = -1;
  self->n_unknown = 0;
}

gboolean
vav_rules_count (VavRules *self, gint64 now, GError **error)
{
  double gained = (double)(now - self->filled) / G_USEC_PER_SEC * PER_SECOND;

  self->tokens = MIN (self->tokens + gained, BURST);
  self->filled = now;
  if (self->tokens < 1)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The other side sent too many messages."));
      return FALSE;
    }
  self->tokens -= 1;
  return TRUE;
}

gboolean
vav_rules_take_seq (VavRules *self, guint64 seq, GError **error)
{
  if ((gint64)seq <= self->last_seq)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL,
                           _ ("The other side sent its messages in a wrong order."));
      return FALSE;
    }
  self->last_seq = (gint64)seq;
  return TRUE;
}

gboolean
vav_rules_take_unknown (VavRules *self, GError **error)
{
  if (self->n_unknown < MAX_UNKNOWN)
    {
      self->n_unknown++;
      return TRUE;
    }
  g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL,
                       _ ("The other side sent too many messages of a kind that is not known here."));
  return FALSE;
}
