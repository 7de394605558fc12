/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "net/core/vav-outlet.h"
#include "net/media/vav-media.h"

G_BEGIN_DECLS

/* What test pictures look like, unless a test asks for another size. */
#define VAV_TEST_WIDTH 1280
#define VAV_TEST_HEIGHT 720
#define VAV_TEST_FPS 30

/* A camera or microphone made of nothing: a thread that pushes a test picture thirty times a second, or 10 ms of a tone a hundred times,
 * into an outlet, until it is freed. */
typedef struct _VavTestSource VavTestSource;

VavTestSource *vav_test_source_new (VavMediaKind kind, const char *seed, VavOutlet *outlet);
/* (transfer full): of its pictures */
GstCaps *vav_test_source_make_caps (void);
/* Waits for the thread: a few milliseconds. */
void vav_test_source_free (VavTestSource *self);
/* The grain of the pictures of all that are made from now on; any thread. See vav_test_picture_set_grain(). */
void vav_test_source_set_grain (int new_grain);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VavTestSource, vav_test_source_free)

G_END_DECLS
