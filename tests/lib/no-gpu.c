/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loaded before xdg-desktop-portal-wlr 0.7.0, which shares no screen of a compositor without a graphics card: it waits for the format in which that
 * hands out memory of the card, although it then uses ordinary memory. This tells it one. Mended in 0.7.1. */
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

struct wl_proxy;
typedef void (*Handler) (void);
typedef void (*BufferHandler) (void *data, void *frame, uint32_t format, uint32_t width, uint32_t height,
                               uint32_t stride);
typedef void (*CardHandler) (void *data, void *frame, uint32_t format, uint32_t width, uint32_t height);

/* The order of events in zwlr_screencopy_frame_v1. */
enum
{
  EVENT_BUFFER = 0,
  EVENT_LINUX_DMABUF = 5,
  N_EVENTS = 7
};

#define XRGB8888 0x34325258

const char *wl_proxy_get_class (struct wl_proxy *proxy);
int wl_proxy_add_listener (struct wl_proxy *proxy, Handler *handlers, void *data);

static Handler *real;

static void
on_buffer (void *data, void *frame, uint32_t format, uint32_t width, uint32_t height, uint32_t stride)
{
  ((CardHandler)real[EVENT_LINUX_DMABUF]) (data, frame, XRGB8888, width, height);
  ((BufferHandler)real[EVENT_BUFFER]) (data, frame, format, width, height, stride);
}

int
wl_proxy_add_listener (struct wl_proxy *proxy, Handler *handlers, void *data)
{
  static Handler ours[N_EVENTS];
  int (*add) (struct wl_proxy *, Handler *, void *);

  *(void **)&add = dlsym (RTLD_NEXT, "wl_proxy_add_listener");
  if (strcmp (wl_proxy_get_class (proxy), "zwlr_screencopy_frame_v1") != 0)
    return add (proxy, handlers, data);

  real = handlers;
  memcpy (ours, handlers, sizeof ours);
  ours[EVENT_BUFFER] = (Handler)on_buffer;
  return add (proxy, ours, data);
}
