/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "net/visavis.h"
#include "widgets/vav-gtk-enums.h"
#include "widgets/vav-gtk-types.h"

G_BEGIN_DECLS

/**
 * VavGtkConference:
 *
 * The view of a conference: shows a #VavStream and lets a person handle it. Idle, it offers an address entry, a call button and the detection
 * toggle; when somebody calls, who it is, accept and decline; in a call the pictures, name and state in words, and controls. Any number of views may show one stream; each shows the next stream at once when it
 * is given one. From 240 × 180 pixels on.
 *
 * Without a stream the view is idle. With an #VavGtkConference:endpoint it makes itself a fresh stream when it is asked to call or to detect; without
 * one, what is set on it waits for the stream or the endpoint.
 *
 * Every end of a call, whoever ended it and however, unbinds the stream from all views that show it. A view tells on how the call ended, offers to call
 * again, and is ready for the next one, on a fresh stream of its endpoint. If it is the view that has the detection (it shows the toggle, or
 * #VavGtkConference:detection was set on it), that passes from the old stream to a fresh one at once, with the identifier; else it stays the old stream's.
 * A program that decides on requests therefore listens to #VavEndpoint::connection-requested, which tells of all streams. A stream on which a handler of
 * #VavStream::ended has begun a new call is kept.
 *
 * From dialling on until the other side's picture comes, the own picture has the whole view, if #VavGtkConference:view is both and the stream's flows have a
 * picture going out. The camera is open for the own picture from dialling, or accepting, on, while it is to be seen; nothing is encoded or sent before the call is up.
 *
 * Properties (all usable from a .ui file): `stream` (nullable), `endpoint` (nullable, not held), `view` (#VavGtkView), `address`, `identifier`
 * and `detection` (the stream's, on the view: setting `address` dials), `dialler-visible`, `detection-visible`, `controls-visible`, `name-visible` (whether
 * a running call says whom it is with; not needed where the window says it), `mirror-own` (own
 * picture as in a mirror, default), `microphone` and `camera` (whether this side's sound and picture go out),
 * `own-corner` (#VavGtkCorner: where the small picture stands; changes when a person moves it, so a program may keep it), `swapped` (the own picture large
 * and the other side's small, while both are there), `controls-shown` (read-only: whether header and controls are to be seen at the moment, so that a program may fade parts of its own with them).
 * `held` (this side has the call on hold), `screen` (a screen is sent in the place of the camera's picture; see vav_gtk_conference_set_screen()),
 * `fullscreen` (the window's), `hold-button`, `screen-button` and `fullscreen-button` (whether there are such buttons; the actions stay; that of the
 * screen shows only where the desktop has the ScreenCast portal), `menu-model` (a #GMenuModel: what the "More" button opens; without one there is no such button).
 *
 * Keys, in the whole window while a call runs and nobody types: M microphone, V camera, S screen, H hold, F full screen, Esc leaves that. While the
 * microphone is off, the space bar opens it for as long as it is held down.
 *
 * Actions: `call.start` (dials what the entry says), `call.again`, `call.accept`, `call.hang-up` (declines, too), `call.microphone`, `call.camera`, `call.screen`, `call.hold`,
 * `call.fullscreen`, `call.save-picture`, `call.swap`, `call.corner` (takes the nick of a #VavGtkCorner).
 *
 * # CSS nodes
 * `conference` with the style class `.compact` when small, `.controls-hidden` while header and controls are faded out; inside `videoview.remote`, `videoview.own` with `.large` while it has the whole view, `portrait.portrait` with `.color1` to `.color14`, `.header` with `.plate` (`.name`,
 * `.state`, `.quality` with `.good`, `.weak` or `.bad`) and `.tools`, `.controls` with `button.accept`, `button.hang-up`, `button.off` and, around the
 * microphone, `button.level-1` to `-3`, `.sharing` while the own screen is shared, `.placeholder` with `.over` on the own picture, `.result`, `.dialler`.
 *
 * # Accessibility
 * Header and controls fade out in a call after three seconds without movement of the pointer, touch or key, and come back at the next. They stay while a
 * menu of theirs is open, the pointer is over them or the keyboard focus in them; faded out, they can still be reached with Tab.
 * The small picture takes the focus: Enter swaps it with the large one, the arrow keys move it from corner to corner. One may drag it, too.
 * Every control has a name; the sentence about the state is a label whose text changes.
 */
#define VAV_GTK_TYPE_CONFERENCE (vav_gtk_conference_get_type ())
G_DECLARE_FINAL_TYPE (VavGtkConference, vav_gtk_conference, VAV_GTK, CONFERENCE, GtkWidget)

/**
 * VavGtkConference::save-picture:
 * @self: the object that tells it
 * @picture: the other side's
 *
 * The person wants to keep the other side's picture; the program says where.
 */

/**
 * VavGtkConference::screen-failed:
 * @self: the object that tells it
 * @error: why, a sentence to be shown
 *
 * A screen could not be shared, for another reason than that the person did not want to.
 */

GtkWidget *vav_gtk_conference_new (void);

VavStream *vav_gtk_conference_get_stream (VavGtkConference *self);
void vav_gtk_conference_set_stream (VavGtkConference *self, VavStream *stream);
VavEndpoint *vav_gtk_conference_get_endpoint (VavGtkConference *self);
void vav_gtk_conference_set_endpoint (VavGtkConference *self, VavEndpoint *endpoint);
GdkTexture *vav_gtk_conference_dup_picture (VavGtkConference *self);
VavGtkView vav_gtk_conference_get_view (VavGtkConference *self);
void vav_gtk_conference_set_view (VavGtkConference *self, VavGtkView view);
VavGtkCorner vav_gtk_conference_get_own_corner (VavGtkConference *self);
void vav_gtk_conference_set_own_corner (VavGtkConference *self, VavGtkCorner corner);
gboolean vav_gtk_conference_get_swapped (VavGtkConference *self);
void vav_gtk_conference_set_swapped (VavGtkConference *self, gboolean swapped);

const char *vav_gtk_conference_get_address (VavGtkConference *self);
void vav_gtk_conference_set_address (VavGtkConference *self, const char *address);
const char *vav_gtk_conference_get_identifier (VavGtkConference *self);
void vav_gtk_conference_set_identifier (VavGtkConference *self, const char *identifier);
gboolean vav_gtk_conference_get_detection (VavGtkConference *self);
void vav_gtk_conference_set_detection (VavGtkConference *self, gboolean detection);

gboolean vav_gtk_conference_get_microphone (VavGtkConference *self);
void vav_gtk_conference_set_microphone (VavGtkConference *self, gboolean microphone);
gboolean vav_gtk_conference_get_held (VavGtkConference *self);
void vav_gtk_conference_set_held (VavGtkConference *self, gboolean held);
gboolean vav_gtk_conference_get_screen (VavGtkConference *self);
void vav_gtk_conference_set_screen (VavGtkConference *self, gboolean screen);
gboolean vav_gtk_conference_get_fullscreen (VavGtkConference *self);
void vav_gtk_conference_set_fullscreen (VavGtkConference *self, gboolean fullscreen);
gboolean vav_gtk_conference_get_camera (VavGtkConference *self);
void vav_gtk_conference_set_camera (VavGtkConference *self, gboolean camera);

/* Dials on the view's stream (a fresh one if it has none). %VAV_ERROR_FAILED if it has neither stream nor endpoint. */
gboolean vav_gtk_conference_dial (VavGtkConference *self, const char *address, GError **error);

G_END_DECLS
