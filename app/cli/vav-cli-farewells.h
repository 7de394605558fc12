/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"

G_BEGIN_DECLS

/**
 * VavCliFarewells:
 *
 * How `answer` takes part in ends that the other side began: it waits (--hold-close), works out its data from what the other side said
 * (--on-closing), says goodbye, waits again, and closes. Without either option the goodbye, with --bye-data, is said and the call closed at once.
 *
 * A command goes on when its call ends meanwhile, as what it was told may count for more than an answer.
 */
typedef struct _VavCliFarewells VavCliFarewells;

typedef void (*VavCliFarewellsDone) (gpointer user_data);

/* done: a command has ended whose call was over. */
VavCliFarewells *vav_cli_farewells_new (const VavCliOptions *options, VavCliFarewellsDone done, gpointer user_data);
void vav_cli_farewells_free (VavCliFarewells *self);

/* The stream's next call. */
void vav_cli_farewells_watch (VavCliFarewells *self, VavStream *stream);

/* How many commands still run whose calls are over. */
guint vav_cli_farewells_count_left (VavCliFarewells *self);

/* Ends the commands: the program leaves. */
void vav_cli_farewells_stop (VavCliFarewells *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCliFarewells, vav_cli_farewells_free)

G_END_DECLS
