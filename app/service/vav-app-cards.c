/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/service/vav-app-cards.h"

#include <glib/gi18n.h>

guint
vav_app_cards_count (GPtrArray *imported, VavImportOutcome outcome)
{
  guint n = 0;

  for (guint i = 0; i < imported->len; i++)
    n += ((const VavImported *)imported->pdata[i])->outcome == outcome;

  return n;
}

static char *
describe_part (VavImportOutcome outcome, guint n)
{
  switch (outcome)
    {
    case VAV_IMPORT_ADDED:
      return g_strdup_printf (ngettext ("%u person added", "%u people added", n), n);
    case VAV_IMPORT_CHANGED:
      return g_strdup_printf (ngettext ("%u has new addresses", "%u have new addresses", n), n);
    case VAV_IMPORT_KNOWN:
      return g_strdup_printf (ngettext ("%u known already", "%u known already", n), n);
    case VAV_IMPORT_SELF:
      return g_strdup (_ ("yourself left out"));
    case VAV_IMPORT_NO_ADDRESS:
      return g_strdup_printf (ngettext ("%u without a Visavis address", "%u without a Visavis address", n), n);
    case VAV_IMPORT_FAULT:
    default:
      return g_strdup_printf (ngettext ("%u with a fault", "%u with a fault", n), n);
    }
}

char *
vav_app_cards_describe (GPtrArray *imported)
{
  GString *text = g_string_new (NULL);

  for (guint outcome = 0; outcome < VAV_N_IMPORT_OUTCOMES; outcome++)
    {
      guint n = vav_app_cards_count (imported, outcome);
      g_autofree char *part = describe_part (outcome, n);

      if (n > 0 || outcome == VAV_IMPORT_ADDED)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", part);
    }
  g_string_append_c (text, '.');

  return g_string_free (text, FALSE);
}

char *
vav_app_cards_describe_fault (const VavImported *one)
{
  if (one->name == NULL)
    return g_strdup_printf (_ ("Line %u: %s"), one->line, one->fault);

  /* Translators: the second is the name of the person */
  return g_strdup_printf (_ ("Line %u, %s: %s"), one->line, one->name, one->fault);
}

char *
vav_app_cards_describe_export (guint n)
{
  if (n == 0)
    return g_strdup (_ ("There is nobody to export."));
  return g_strdup_printf (ngettext ("%u person exported.", "%u people exported.", n), n);
}
