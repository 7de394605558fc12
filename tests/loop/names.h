/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The names of a test: while it is installed, GIO asks this resolver and no other. Only what was added is known; answers can be held back. */
#define TYPE_NAMES (names_get_type ())
G_DECLARE_FINAL_TYPE (Names, names, TEST, NAMES, GResolver)

Names *names_install (void);
void names_remove (Names *self); /* the system's resolver again; takes the reference */
void names_add (Names *self, const char *name, const char *const *addresses);
void names_add_error (Names *self, const char *name, GResolverError code);
void names_hold (Names *self);
void names_release (Names *self);
guint names_get_n_asked (Names *self);

/* A port of one more address of this computer that takes no connection and refuses none: packets to it are as good as lost. */
typedef struct
{
  int fds[8];
} DeadPort;

gboolean dead_port_open (DeadPort *self, const char *host, guint16 port); /* FALSE: somebody has it */
void dead_port_close (DeadPort *self);

G_END_DECLS
