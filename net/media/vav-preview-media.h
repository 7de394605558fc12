/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/media/vav-media.h"
#include "net/media/vav-preview.h"

G_BEGIN_DECLS

/* For those who have the media: programs have an endpoint. */
VavPreview *vav_preview_new (VavMedia *media);

G_END_DECLS
