/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/call/vav-courier.h"
#include "net/call/vav-file.h"

G_BEGIN_DECLS

struct _VavFile
{
  GObject parent_instance;

  /* fixed */
  VavCourier *courier; /* weak: NULL after the call */
  guint32 id;          /* of its direction */
  gboolean incoming;
  char *name;
  guint64 size;
  gint64 changed; /* outgoing: as VavFileSource tells it */

  /* told */
  VavFileState state;
  guint64 transferred;
  char *path;
  char *sha256;
  GError *error;

  /* the courier's */
  char *folder;       /* incoming: where it shall go */
  gboolean coming;    /* the freight has it, and will tell its end */
  guint64 offset;     /* outgoing: what the receiver has */
  char *digest;       /* and its SHA-256 */
  gboolean sent;      /* all has gone out */
  gboolean confirmed; /* the receiver has it */
  GCancellable *making_ready;

  /* the stream's */
  gboolean listed; /* among its files */
  gboolean recorded; /* in the history */
};

VavFile *vav_file_new (VavCourier *courier, guint32 id, gboolean incoming, const char *name, guint64 size);
void vav_file_set_state (VavFile *self, VavFileState state, GError *error); /* error: (transfer full) (nullable) */
void vav_file_set_transferred (VavFile *self, guint64 transferred);
void vav_file_set_result (VavFile *self, const char *path, const char *sha256);

G_END_DECLS
