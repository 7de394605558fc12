/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cli/vav-cli-site.h"

#include <glib/gi18n.h>

#include "app/cli/vav-cli-status.h"
#include "app/service/vav-app-site.h"

static gboolean
apply (const VavAppSite *site, VavServerKind kind, char **option, GError **error)
{
  if (site->locked[kind] && *option != NULL && g_strcmp0 (*option, site->servers[kind]) != 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   /* Translators: the name of an option, without the hyphens; and a file's path */
                   _ ("--%s cannot be given: it is set by your organisation, in %s."), vav_app_site_get_key (kind),
                   site->path);
      return FALSE;
    }
  if (*option == NULL)
    *option = g_strdup (site->servers[kind]);
  return TRUE;
}

gboolean
vav_cli_site_apply (VavCliOptions *options, GError **error)
{
  g_autoptr (VavAppSite) site = vav_app_site_load ();

  for (guint i = 0; i < site->faults->len; i++)
    vav_cli_complain (site->faults->pdata[i]);
  return apply (site, VAV_SERVER_BROKER, &options->broker, error)
         && apply (site, VAV_SERVER_STUN, &options->stun, error)
         && apply (site, VAV_SERVER_TURN, &options->turn, error);
}
