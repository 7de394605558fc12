/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/cli/vav-cli-options.h"

G_BEGIN_DECLS

/**
 * VavCliGive:
 *
 * What `call` gives the other side once the call is active: the texts of --text, in order, and the files of --file, which it
 * offers. As many texts go at once as the library takes, the others as soon as those before have arrived. When the call is hung up, texts that wait
 * go out before the goodbye, and so does the rest of files that are on their way.
 */
typedef struct _VavCliGive VavCliGive;

VavCliGive *vav_cli_give_new (const VavCliOptions *options, VavStream *stream);
void vav_cli_give_free (VavCliGive *self);

/* The call is active. */
void vav_cli_give_start (VavCliGive *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavCliGive, vav_cli_give_free)

G_END_DECLS
