/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/visavis.h"

G_BEGIN_DECLS

/* One line of the file may have so many bytes, and the file so many in all. */
#define VAV_APP_SITE_MAX_LINE (2 * VAV_MAX_SERVER_URL)
#define VAV_APP_SITE_MAX_FILE (64 * 1024)

/**
 * VavAppSite:
 *
 * What whoever rolls the program out has decided for all users of this computer: `visavis/site.conf` in one of the folders of XDG_CONFIG_DIRS (the first
 * that has it; usually /etc/xdg). In a sandbox the computer's own folder is looked at first, if the sandbox may see it. The file:
 *
 *     [Servers]
 *     broker=mqtts://USER:PASSWORD@meet.example
 *     stun=stun://relay.example:3478
 *     turn=turn://USER:PASSWORD@relay.example:3478
 *     locked=broker;turn
 *
 * A server is used by whoever has chosen no other. What is locked nobody can choose, also if the file gives none of its kind. A line that makes no sense is a
 * fault, and all others count.
 */
typedef struct
{
  char *path;                        /* (nullable): there is no such file */
  char *servers[VAV_N_SERVER_KINDS]; /* each (nullable) */
  gboolean locked[VAV_N_SERVER_KINDS];
  GPtrArray *faults; /* element-type utf8: sentences for people, that name file and line */
} VavAppSite;

VavAppSite *vav_app_site_load (void);
VavAppSite *vav_app_site_parse (const char *path, const char *text, gsize size);
void vav_app_site_free (VavAppSite *self);

/* `broker`, `stun` or `turn`: in the file, and in the settings */
const char *vav_app_site_get_key (VavServerKind kind);

/* Returns: the kind that has that key; VAV_N_SERVER_KINDS: none has */
guint vav_app_site_find_kind (const char *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavAppSite, vav_app_site_free)

G_END_DECLS
