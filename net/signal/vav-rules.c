/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/signal/vav-rules.h"

#include <glib/gi18n-lib.h>

/* In tokens. A stranger has enough for one largest message and a few small ones; whoever is in a call for a large request, a large
 * answer and all their candidates. */
#define EARLY_BURST 600
#define BURST 2000
#define PER_SECOND 200
#define PIECE 512 /* bytes for which one more is taken */
#define MAX_UNKNOWN 16

void
vav_rules_init (VavRules *self, gint64 now)
{
  self->tokens = EARLY_BURST;
  self->burst = EARLY_BURST;
  self->filled = now;
  self->last_seq = -1;
  self->n_unknown = 0;
}

void
vav_rules_trust (VavRules *self)
{
  self->tokens += BURST - self->burst;
  self->burst = BURST;
}

gboolean
vav_rules_count (VavRules *self, gsize length, gint64 now, GError **error)
{
  double price = 1 + (double)(length / PIECE);
  double gained = (double)(now - self->filled) / G_USEC_PER_SEC * PER_SECOND;

  self->tokens = MIN (self->tokens + gained, self->burst);
  self->filled = now;
  if (self->tokens < price)
    {
      g_set_error_literal (error, VAV_ERROR, VAV_ERROR_PROTOCOL, _ ("The other side sent too many messages."));
      return FALSE;
    }
  self->tokens -= price;
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
