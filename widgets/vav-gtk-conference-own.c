/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-conference-private.h"

#include "widgets/vav-gtk-fit.h"

/* The small picture: where it stands, how it is moved, that it changes places with the large one, and that it is large itself while nobody else is seen yet. */

#define SLIDE_US 200000

/* A finger that trembles does not drag. Pixels. */
#define DRAG_FROM 8

/* Between the own picture and words, pixels. */
#define CLEAR 12

/* Of words over the own picture, from the top and the sides; the same in a small view. */
#define OVER 18
#define OVER_COMPACT 9

static gboolean
is_top (VavGtkCorner corner)
{
  return corner == VAV_GTK_CORNER_TOP_START || corner == VAV_GTK_CORNER_TOP_END;
}

static gboolean
is_rtl (VavGtkConference *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static gboolean
is_right (VavGtkConference *self, VavGtkCorner corner)
{
  return (corner == VAV_GTK_CORNER_BOTTOM_END || corner == VAV_GTK_CORNER_TOP_END) != is_rtl (self);
}

static VavGtkCorner
corner_at (VavGtkConference *self, gboolean right, gboolean top)
{
  gboolean end = right != is_rtl (self);

  if (top)
    return end ? VAV_GTK_CORNER_TOP_END : VAV_GTK_CORNER_TOP_START;
  return end ? VAV_GTK_CORNER_BOTTOM_END : VAV_GTK_CORNER_BOTTOM_START;
}

/* Beside the controls, over them where the view is narrow, at the top where it is low; at the top under the header. Controls that are faded out keep
 * their room: nothing jumps when they come back. */
static VavGtkRect
rest_place (VavGtkConference *self)
{
  double aspect = vav_gtk_video_view_get_aspect (self->own_view);
  int width = gtk_widget_get_width (GTK_WIDGET (self->overlay));
  int height = gtk_widget_get_height (GTK_WIDGET (self->overlay));
  VavGtkRect rect = vav_gtk_fit_corner (aspect * 1000, 1000, width, height);
  GtkRequisition controls = { 0, 0 }, header = { 0, 0 };
  double margin = height - rect.height - rect.y;
  gboolean top = is_top (self->own_corner);

  if (self->controls_visible)
    gtk_widget_get_preferred_size (self->controls_box, NULL, &controls);
  if (!top && rect.width + 2 * margin > (width - controls.width) / 2.0)
    {
      if (height < VAV_GTK_COMPACT_HEIGHT)
        top = TRUE;
      else
        rect.y -= controls.height;
    }
  if (top)
    {
      gtk_widget_get_preferred_size (self->header_box, NULL, &header);
      rect.y = MAX (margin, header.height);
    }
  if (!is_right (self, self->own_corner))
    rect.x = margin;
  return rect;
}

static double
measure_height (GtkWidget *widget)
{
  GtkRequisition size = { 0, 0 };

  gtk_widget_get_preferred_size (widget, NULL, &size);
  return size.height;
}

/* In the middle. most: so broad, unless a single word is broader */
static VavGtkRect
middle_place (VavGtkConference *self, double most)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self->overlay));
  double height = gtk_widget_get_height (GTK_WIDGET (self->overlay));
  int least, broad, tall;

  gtk_widget_measure (self->placeholder_box, GTK_ORIENTATION_HORIZONTAL, -1, &least, &broad, NULL, NULL);
  broad = MAX (MIN (broad, (int)most), least);
  gtk_widget_measure (self->placeholder_box, GTK_ORIENTATION_VERTICAL, broad, NULL, &tall, NULL, NULL);
  tall = MIN (tall, (int)height);
  return (VavGtkRect){ (width - broad) / 2, (height - tall) / 2, broad, tall };
}

/* Over the own picture: at the top, so that one sees one's face. */
static VavGtkRect
top_place (VavGtkConference *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self->overlay));
  double margin = gtk_widget_has_css_class (GTK_WIDGET (self), "compact") ? OVER_COMPACT : OVER;
  VavGtkRect rect = middle_place (self, width - 2 * margin);

  rect.y = margin;
  return rect;
}

/* Words in the place of a picture: between the header and the controls, and not below the own picture, narrower if need be. */
static VavGtkRect
words_place (VavGtkConference *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self->overlay));
  double height = gtk_widget_get_height (GTK_WIDGET (self->overlay));
  double header = measure_height (self->header_box);
  double controls = self->controls_visible ? measure_height (self->controls_box) : 0;
  VavGtkRect room = { 0, header, width, height - header - controls };
  VavGtkRect own, rect = middle_place (self, width);

  if (vav_gtk_conference_has_words_over (self))
    return top_place (self);
  if (self->own_fills || gtk_widget_get_opacity (GTK_WIDGET (self->own_view)) < 0.5)
    return rect;
  own = rest_place (self);
  rect = vav_gtk_fit_clear (rect, own, room, CLEAR);
  if (!vav_gtk_fit_is_clear (rect, own))
    rect = vav_gtk_fit_clear (middle_place (self, MAX (own.x, width - own.x - own.width) - CLEAR), own, room, CLEAR);
  return rect;
}

/* From its place (0) to the whole view (1). */
static VavGtkRect
grow (VavGtkRect rect, double part, double width, double height)
{
  return (VavGtkRect){ rect.x * (1 - part), rect.y * (1 - part), rect.width + (width - rect.width) * part,
                       rect.height + (height - rect.height) * part };
}

/* For the overlay: where its child goes. */
gboolean
vav_gtk_conference_place_child (VavGtkConference *self, GtkWidget *child, GdkRectangle *rectangle)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self->overlay));
  double height = gtk_widget_get_height (GTK_WIDGET (self->overlay));
  VavGtkRect rect;

  if (child == self->placeholder_box)
    {
      rect = words_place (self);
      *rectangle = (GdkRectangle){ (int)rect.x, (int)rect.y, (int)rect.width, (int)rect.height };
      return TRUE;
    }
  if (child != GTK_WIDGET (self->own_view))
    return FALSE;
  rect = rest_place (self);
  rect.x = CLAMP (rect.x + self->drag_x, 0, MAX (width - rect.width, 0));
  rect.y = CLAMP (rect.y + self->drag_y, 0, MAX (height - rect.height, 0));
  rect = grow (rect, self->own_fills ? 1 : self->grown, width, height);
  *rectangle = (GdkRectangle){ (int)rect.x, (int)rect.y, MAX ((int)rect.width, 1), MAX ((int)rect.height, 1) };
  return TRUE;
}

/* --- the way to a corner --- */

static void
set_offset (VavGtkConference *self, double x, double y, double grown)
{
  self->drag_x = x;
  self->drag_y = y;
  self->grown = grown;
  gtk_widget_queue_allocate (GTK_WIDGET (self->overlay));
}

static gboolean
on_slide (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  VavGtkConference *self = user_data;
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double left;

  if (self->slide_since == 0)
    self->slide_since = now;
  left = 1 - MIN (1.0, (double)(now - self->slide_since) / SLIDE_US);
  left = left * left * left; /* ease out */
  set_offset (self, self->from_x * left, self->from_y * left, self->from_grown * left);
  if (now - self->slide_since < SLIDE_US)
    return G_SOURCE_CONTINUE;
  self->slide = 0;
  return G_SOURCE_REMOVE;
}

static void
stop_slide (VavGtkConference *self)
{
  if (self->slide != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->overlay), self->slide);
  self->slide = 0;
}

/* To its corner. x, y: how far it is from there; grown: how much of the whole view it has */
static void
slide (VavGtkConference *self, double x, double y, double grown)
{
  gboolean animated = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &animated, NULL);
  stop_slide (self);
  if (!animated || !gtk_widget_get_mapped (GTK_WIDGET (self->own_view)))
    {
      set_offset (self, 0, 0, 0);
      return;
    }
  self->from_x = x;
  self->from_y = y;
  self->from_grown = grown;
  self->slide_since = 0;
  set_offset (self, x, y, grown);
  self->slide = gtk_widget_add_tick_callback (GTK_WIDGET (self->overlay), on_slide, self, NULL);
}

/* From where it is now to its corner. */
static void
slide_from (VavGtkConference *self, double x, double y)
{
  VavGtkRect rest = rest_place (self);

  slide (self, x - rest.x, y - rest.y, 0);
}

/* --- pointer and finger --- */

/* On the overlay: what moves with the finger would see it stand still. */
static void
on_drag_begin (VavGtkConference *self, double x, double y, GtkGesture *gesture)
{
  graphene_rect_t bounds;

  self->pressed = FALSE;
  self->dragged = FALSE;
  if (self->own_fills || gtk_widget_get_opacity (GTK_WIDGET (self->own_view)) < 0.5 || self->view != VAV_GTK_VIEW_BOTH
      || !gtk_widget_compute_bounds (GTK_WIDGET (self->own_view), GTK_WIDGET (self->overlay), &bounds)
      || !graphene_rect_contains_point (&bounds, &GRAPHENE_POINT_INIT ((float)x, (float)y)))
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  stop_slide (self);
  self->grown = 0;
  self->pressed = TRUE;
  self->from_x = self->drag_x;
  self->from_y = self->drag_y;
}

static void
on_drag_update (VavGtkConference *self, double x, double y, GtkGesture *gesture)
{
  if (!self->dragged && x * x + y * y < DRAG_FROM * DRAG_FROM)
    return;
  if (!self->dragged)
    gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  self->dragged = TRUE;
  set_offset (self, self->from_x + x, self->from_y + y, 0);
}

static void
on_drag_end (VavGtkConference *self, double x, double y, GtkGesture *gesture)
{
  VavGtkRect rest = rest_place (self);
  double left = rest.x + self->drag_x, top = rest.y + self->drag_y;
  double width = gtk_widget_get_width (GTK_WIDGET (self->overlay));
  double height = gtk_widget_get_height (GTK_WIDGET (self->overlay));

  /* a press elsewhere, which was denied, ends too */
  if (!self->pressed)
    return;
  if (self->dragged)
    {
      self->own_corner = corner_at (self, left + rest.width / 2 > width / 2, top + rest.height / 2 < height / 2);
      slide_from (self, left, top);
      g_object_notify (G_OBJECT (self), "own-corner");
    }
  else
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
      slide_from (self, left, top);
      vav_gtk_conference_set_swapped (self, !self->swapped);
    }
  self->pressed = FALSE;
  self->dragged = FALSE;
}

/* Newer GTK tells that of each press that ends in no other way: of one elsewhere, which was denied, and as the overlay goes with its gestures. */
static void
on_drag_cancel (VavGtkConference *self)
{
  if (!self->pressed || self->overlay == NULL)
    return;
  self->pressed = FALSE;
  self->dragged = FALSE;
  set_offset (self, 0, 0, 0);
}

/* --- keys --- */

static gboolean
on_key (VavGtkConference *self, guint key, guint code, GdkModifierType modifiers)
{
  gboolean right = is_right (self, self->own_corner), top = is_top (self->own_corner);

  if ((modifiers & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      vav_gtk_conference_set_swapped (self, !self->swapped);
      return GDK_EVENT_STOP;
    case GDK_KEY_Left:
    case GDK_KEY_Right:
      right = key == GDK_KEY_Right;
      break;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      top = key == GDK_KEY_Up;
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  vav_gtk_conference_set_own_corner (self, corner_at (self, right, top));
  return GDK_EVENT_STOP;
}

void
vav_gtk_conference_init_own (VavGtkConference *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect_swapped (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  gtk_widget_add_controller (GTK_WIDGET (self->overlay), GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->own_view), keys);
}

/* --- alone --- */

/* From dialling until the other side is seen, or is known to send no picture. A call that came from another view does not begin here; nor does one that was
 * accepted, whose picture is there in a moment. */
static gboolean
is_alone (VavGtkConference *self)
{
  VavState state = self->stream != NULL ? vav_stream_get_state (self->stream) : VAV_STATE_IDLE;
  VavFlows flows = self->stream != NULL ? vav_stream_get_flows (self->stream) : VAV_FLOW_NONE;

  if (self->view != VAV_GTK_VIEW_BOTH || (flows & VAV_FLOW_VIDEO_OUT) == 0 || vav_stream_is_incoming (self->stream))
    return FALSE;
  if (state == VAV_STATE_RESOLVING || state == VAV_STATE_DIALLING || state == VAV_STATE_RINGING
      || state == VAV_STATE_CONNECTING)
    return TRUE;
  return self->own_fills && state == VAV_STATE_ACTIVE && !vav_stream_get_held (self->stream)
         && !vav_stream_get_peer_held (self->stream)
         && (flows & vav_stream_get_peer_flows (self->stream) & VAV_FLOW_VIDEO_IN) != 0
         && vav_gtk_video_view_get_aspect (self->main_view) <= 0;
}

/* The own picture has the whole view while nobody else is seen yet; then it goes to its corner. */
void
vav_gtk_conference_update_fills (VavGtkConference *self)
{
  gboolean fills = is_alone (self);

  if (self->own_fills == fills)
    return;
  self->own_fills = fills;
  self->pressed = FALSE;
  vav_gtk_video_view_set_shaded (self->own_view, fills);
  gtk_widget_set_can_target (GTK_WIDGET (self->own_view), !fills);
  if (fills)
    {
      stop_slide (self);
      set_offset (self, 0, 0, 0);
      gtk_widget_add_css_class (GTK_WIDGET (self->own_view), "large");
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->own_view), "large");
  if (self->stream != NULL && vav_stream_get_state (self->stream) == VAV_STATE_ACTIVE)
    slide (self, 0, 0, 1);
}

/* Whether what is told stands on the own picture, also while the camera has not given one yet. */
gboolean
vav_gtk_conference_has_words_over (VavGtkConference *self)
{
  return self->own_fills && vav_endpoint_has (vav_stream_get_endpoint (self->stream), VAV_DEVICE_CAMERA);
}

/* --- public --- */

/**
 * vav_gtk_conference_get_own_corner:
 *
 * Returns: where the small picture stands
 */
VavGtkCorner
vav_gtk_conference_get_own_corner (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), VAV_GTK_CORNER_BOTTOM_END);
  return self->own_corner;
}

/**
 * vav_gtk_conference_set_own_corner:
 * @corner: where the small picture stands
 */
void
vav_gtk_conference_set_own_corner (VavGtkConference *self, VavGtkCorner corner)
{
  VavGtkRect rest;

  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));
  g_return_if_fail ((guint)corner <= VAV_GTK_CORNER_TOP_END);

  if (self->own_corner == corner)
    return;
  rest = rest_place (self);
  self->own_corner = corner;
  slide_from (self, rest.x + self->drag_x, rest.y + self->drag_y);
  g_object_notify (G_OBJECT (self), "own-corner");
}

/* Whether the own picture is the large one now: only while both are to be seen. */
gboolean
vav_gtk_conference_is_swapped (VavGtkConference *self)
{
  if (!self->swapped || self->own_fills || self->view != VAV_GTK_VIEW_BOTH || self->stream == NULL)
    return FALSE;
  return ((vav_stream_get_flows (self->stream) & VAV_FLOW_VIDEO_OUT) != 0 || vav_stream_get_sharing (self->stream))
         && (vav_stream_get_flows (self->stream) & vav_stream_get_peer_flows (self->stream) & VAV_FLOW_VIDEO_IN) != 0;
}

/**
 * vav_gtk_conference_get_swapped:
 *
 * Returns: whether the own picture is the large one
 */
gboolean
vav_gtk_conference_get_swapped (VavGtkConference *self)
{
  g_return_val_if_fail (VAV_GTK_IS_CONFERENCE (self), FALSE);
  return self->swapped;
}

/**
 * vav_gtk_conference_set_swapped:
 *
 * The own picture large and the other side's small. While one of them is missing the other side has the large place all the same.
 */
void
vav_gtk_conference_set_swapped (VavGtkConference *self, gboolean swapped)
{
  g_return_if_fail (VAV_GTK_IS_CONFERENCE (self));

  if (self->swapped == !!swapped)
    return;
  self->swapped = swapped;
  vav_gtk_conference_update_views (self);
  g_object_notify (G_OBJECT (self), "swapped");
}
