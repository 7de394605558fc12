/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* QR codes (ISO/IEC 18004) of links: drawn by libqrencode, read from picture files by ZBar. */

/* The code of a text, black on white with the margin that readers need, VAV_APP_CODE_SIDE pixels a side or a little less. (transfer full) (nullable): the text is too long */
#define VAV_APP_CODE_SIDE 512
GdkTexture *vav_app_code_draw (const char *text);

/* The first link that is seen in a picture file of at most 20 MiB. The picture is read in a thread. VAV_ERROR_FAILED if there is none, or the file is no picture. */
void vav_app_code_read_async (GFile *picture, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
char *vav_app_code_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
