/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "widgets/vav-gtk-video-view.h"

#include "widgets/vav-gtk-fit.h"

/* The last picture of a call that does not go on: so wide it is blurred once, and then drawn large. A blur of the whole area would cost more than a
 * frame's time whenever anything moves over it. */
#define DIM_WIDTH 96
#define DIM_RADIUS 3
#define DIM_SHADE 0.45f

/* Over a picture that nobody else sees. */
#define SHADE 0.25f

struct _VavGtkVideoView
{
  GtkWidget parent_instance;

  gboolean mirror;
  double aspect;
  gboolean shaded;
  gboolean dimmed;
  GdkTexture *still; /* owned, nullable: the last picture, blurred */

  GObject *owner;          /* owned, nullable: a stream or a preview, which keeps the display alive */
  VavGtkDisplay *display;  /* borrowed from that, nullable */
  GdkPaintable *paintable; /* owned, nullable */
  GdkToplevel *toplevel;   /* owned, nullable: on whose surface it is mapped */
};

enum
{
  PROP_ASPECT = 1,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (VavGtkVideoView, vav_gtk_video_view, GTK_TYPE_WIDGET)

/* A widget stays mapped in a window that is minimised, or that the compositor shows to nobody. */
static gboolean
is_seen (VavGtkVideoView *self)
{
  GdkToplevelState state = self->toplevel != NULL ? gdk_toplevel_get_state (self->toplevel) : 0;

#if GTK_CHECK_VERSION(4, 12, 0)
  if ((state & GDK_TOPLEVEL_STATE_SUSPENDED) != 0)
    return FALSE;
#endif
  return gtk_widget_get_mapped (GTK_WIDGET (self)) && (state & GDK_TOPLEVEL_STATE_MINIMIZED) == 0;
}

static void
tell_demand (VavGtkVideoView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  int scale = gtk_widget_get_scale_factor (widget);
  gboolean seen = is_seen (self);

  if (self->display != NULL)
    vav_gtk_display_set_demand (self->display, widget, seen ? gtk_widget_get_width (widget) * scale : 0,
                                gtk_widget_get_height (widget) * scale);
}

static void
update_aspect (VavGtkVideoView *self)
{
  double aspect = 0;

  if (self->paintable != NULL && gdk_paintable_get_intrinsic_height (self->paintable) > 0)
    aspect = (double)gdk_paintable_get_intrinsic_width (self->paintable)
             / gdk_paintable_get_intrinsic_height (self->paintable);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (aspect > self->aspect || aspect < self->aspect)
    {
      self->aspect = aspect;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ASPECT]);
    }
}

/* Returns: (transfer full) (nullable): the picture as it is now, small and blurred */
static GdkTexture *
make_still (VavGtkVideoView *self)
{
  int width = DIM_WIDTH, height = MAX (1, (int)(DIM_WIDTH / self->aspect));
  g_autoptr (GBytes) bytes = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  cairo_surface_t *surface;
  cairo_t *cr;
  GdkTexture *still;
  int stride;

  gtk_snapshot_push_blur (snapshot, DIM_RADIUS);
  gdk_paintable_snapshot (self->paintable, GDK_SNAPSHOT (snapshot), width, height);
  gtk_snapshot_pop (snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  gsk_render_node_unref (node);
  cairo_surface_flush (surface);
  stride = cairo_image_surface_get_stride (surface);
  bytes = g_bytes_new (cairo_image_surface_get_data (surface), (gsize)stride * (gsize)height);
  still = gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, (gsize)stride);
  cairo_surface_destroy (surface);
  return still;
}

static void
set_paintable (VavGtkVideoView *self, GdkPaintable *paintable)
{
  if (self->paintable != NULL)
    g_signal_handlers_disconnect_by_data (self->paintable, self);
  g_set_object (&self->paintable, paintable);
  if (paintable != NULL)
    {
      g_signal_connect_swapped (paintable, "invalidate-contents", G_CALLBACK (gtk_widget_queue_draw), self);
      g_signal_connect_swapped (paintable, "invalidate-size", G_CALLBACK (update_aspect), self);
    }
  update_aspect (self);
}

static void
on_display_paintable (VavGtkVideoView *self)
{
  set_paintable (self, self->display != NULL ? vav_gtk_display_get_paintable (self->display) : NULL);
}

static void
set_toplevel (VavGtkVideoView *self, GdkSurface *surface)
{
  if (self->toplevel != NULL)
    g_signal_handlers_disconnect_by_func (self->toplevel, tell_demand, self);
  g_clear_object (&self->toplevel);
  if (surface != NULL && GDK_IS_TOPLEVEL (surface))
    self->toplevel = GDK_TOPLEVEL (g_object_ref (surface));
  if (self->toplevel != NULL)
    g_signal_connect_swapped (self->toplevel, "notify::state", G_CALLBACK (tell_demand), self);
}

static void
vav_gtk_video_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_gtk_video_view_parent_class)->map (widget);
  set_toplevel (VAV_GTK_VIDEO_VIEW (widget), gtk_native_get_surface (GTK_NATIVE (gtk_widget_get_root (widget))));
  tell_demand (VAV_GTK_VIDEO_VIEW (widget));
}

static void
vav_gtk_video_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (vav_gtk_video_view_parent_class)->unmap (widget);
  set_toplevel (VAV_GTK_VIDEO_VIEW (widget), NULL);
  tell_demand (VAV_GTK_VIDEO_VIEW (widget));
}

static void
vav_gtk_video_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  tell_demand (VAV_GTK_VIDEO_VIEW (widget));
}

static void
vav_gtk_video_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  *minimum = 0;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 480;
}

static void
vav_gtk_video_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  VavGtkVideoView *self = VAV_GTK_VIDEO_VIEW (widget);
  float width = (float)gtk_widget_get_width (widget);
  float height = (float)gtk_widget_get_height (widget);
  VavGtkRect rect;
  int across, down;

  if (self->aspect <= 0 || width <= 0 || height <= 0)
    return;
  across = gdk_paintable_get_intrinsic_width (self->paintable);
  down = gdk_paintable_get_intrinsic_height (self->paintable);
  rect = vav_gtk_fit_picture (across, down, width, height,
                              self->display != NULL && vav_gtk_display_is_whole (self->display));
  rect = vav_gtk_fit_exactly (rect, across, down, width, height, gtk_widget_get_scale_factor (widget));
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  if (self->mirror)
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (width, 0));
      gtk_snapshot_scale (snapshot, -1, 1);
    }
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float)rect.x, (float)rect.y));
  if (self->still != NULL)
    {
      const graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float)rect.width, (float)rect.height);

      gtk_snapshot_append_texture (snapshot, self->still, &area);
      gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0, 0, 0, DIM_SHADE }, &area);
    }
  else
    gdk_paintable_snapshot (self->paintable, GDK_SNAPSHOT (snapshot), rect.width, rect.height);
  if (self->shaded)
    gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0, 0, 0, SHADE },
                               &GRAPHENE_RECT_INIT (0, 0, (float)rect.width, (float)rect.height));
  gtk_snapshot_pop (snapshot);
}

static void
vav_gtk_video_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_ASPECT)
    g_value_set_double (value, VAV_GTK_VIDEO_VIEW (object)->aspect);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
vav_gtk_video_view_dispose (GObject *object)
{
  vav_gtk_video_view_set_source (VAV_GTK_VIDEO_VIEW (object), NULL, VAV_GTK_DISPLAY_REMOTE);
  set_toplevel (VAV_GTK_VIDEO_VIEW (object), NULL);
  g_clear_object (&VAV_GTK_VIDEO_VIEW (object)->still);
  G_OBJECT_CLASS (vav_gtk_video_view_parent_class)->dispose (object);
}

static void
vav_gtk_video_view_class_init (VavGtkVideoViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = vav_gtk_video_view_dispose;
  object_class->get_property = vav_gtk_video_view_get_property;
  widget_class->map = vav_gtk_video_view_map;
  widget_class->unmap = vav_gtk_video_view_unmap;
  widget_class->size_allocate = vav_gtk_video_view_size_allocate;
  widget_class->measure = vav_gtk_video_view_measure;
  widget_class->snapshot = vav_gtk_video_view_snapshot;

  properties[PROP_ASPECT]
      = g_param_spec_double ("aspect", NULL, NULL, 0, G_MAXDOUBLE, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "videoview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
vav_gtk_video_view_init (VavGtkVideoView *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (tell_demand), NULL);
}

static void
update_still (VavGtkVideoView *self)
{
  g_clear_object (&self->still);
  if (self->dimmed && self->paintable != NULL && self->aspect > 0)
    self->still = make_still (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The one road for set, swap, clear and dispose. */
static void
set_display (VavGtkVideoView *self, VavGtkDisplay *display, GObject *owner)
{
  if (display == self->display)
    return;
  if (self->display != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->display, self);
      vav_gtk_display_set_demand (self->display, GTK_WIDGET (self), 0, 0);
    }
  self->display = display;
  g_set_object (&self->owner, owner);
  on_display_paintable (self);
  update_still (self); /* the one before shows somebody else */
  if (display != NULL)
    {
      g_signal_connect_swapped (display, "notify::paintable", G_CALLBACK (on_display_paintable), self);
      tell_demand (self);
    }
}

/*
 * vav_gtk_video_view_set_source:
 * @stream: (nullable): whose picture is shown
 */
void
vav_gtk_video_view_set_source (VavGtkVideoView *self, VavStream *stream, VavGtkDisplayKind kind)
{
  set_display (self, stream != NULL ? vav_gtk_display_get (stream, kind) : NULL, (GObject *)stream);
}

/*
 * vav_gtk_video_view_set_preview:
 * @preview: (nullable): whose picture is shown
 */
void
vav_gtk_video_view_set_preview (VavGtkVideoView *self, VavPreview *preview)
{
  set_display (self, preview != NULL ? vav_gtk_display_get_for_preview (preview) : NULL, (GObject *)preview);
}

/* Shows the picture as in a mirror: how people know their own face. */
void
vav_gtk_video_view_set_mirror (VavGtkVideoView *self, gboolean mirror)
{
  self->mirror = mirror;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Keeps the picture of this moment, blurred and darkened, behind the words that say why it stands still. */
void
vav_gtk_video_view_set_dimmed (VavGtkVideoView *self, gboolean dimmed)
{
  if (self->dimmed == dimmed)
    return;
  self->dimmed = dimmed;
  update_still (self);
}

/* Darkens the picture, which goes on. */
void
vav_gtk_video_view_set_shaded (VavGtkVideoView *self, gboolean shaded)
{
  if (self->shaded == shaded)
    return;
  self->shaded = shaded;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
vav_gtk_video_view_get_aspect (VavGtkVideoView *self)
{
  return self->aspect;
}
