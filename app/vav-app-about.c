/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/vav-app-about.h"

#include <glib/gi18n.h>
#include <gst/gst.h>
#include <string.h>

#define METAINFO "/org/visavis/Visavis/metainfo.xml"

static const char *const developers[] = { "The Visavis developers", NULL };

/* Names are not translated. */
static const char *const built_with[]
    = { "GTK", "libadwaita", "GStreamer", "libnice", "GLib", "GnuTLS", "JSON-GLib", "SQLite", NULL };

static gboolean
translate_paragraph (const GMatchInfo *match, GString *result, gpointer user_data)
{
  g_autofree char *tag = g_match_info_fetch (match, 1);
  g_autofree char *text = g_match_info_fetch (match, 2);
  g_auto (GStrv) words = g_strsplit_set (g_strstrip (text), " \n", -1);
  g_autoptr (GString) sentence = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_string_append_printf (sentence, "%s%s", sentence->len > 0 ? " " : "", words[i]);
  g_string_append_printf (result, "<%s>%s</%s>", tag, *sentence->str != '\0' ? _ (sentence->str) : "", tag);
  return FALSE;
}

/* Returns: (nullable): what is new in the latest release, as the metainfo has it, in the person's language */
static char *
dup_release_notes (void)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data (METAINFO, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GRegex) paragraph = g_regex_new ("<(p|li)>(.*?)</\\1>", G_REGEX_DOTALL, 0, NULL);
  g_autofree char *text = NULL;
  char *start, *end;

  if (bytes == NULL)
    return NULL;
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  start = strstr (text, "<release ");
  start = start != NULL ? strstr (start, "<description>") : NULL;
  end = start != NULL ? strstr (start, "</description>") : NULL;
  if (end == NULL)
    return NULL;
  *end = '\0';
  return g_regex_replace_eval (paragraph, start + strlen ("<description>"), -1, 0, 0, translate_paragraph, NULL, NULL);
}

static const char *
version_of_plugin (const char *name)
{
  g_autoptr (GstPlugin) plugin = gst_is_initialized () ? gst_registry_find_plugin (gst_registry_get (), name) : NULL;

  return plugin != NULL ? g_intern_string (gst_plugin_get_version (plugin)) : "?";
}

/* What helps whoever looks for a fault. People pass it on, so nothing is in it by which they could be found: no id, address or name. */
static char *
dup_debug_info (GtkWindow *parent)
{
  g_autofree char *gstreamer = gst_version_string ();
  GdkDisplay *display = gtk_widget_get_display (GTK_WIDGET (parent));
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (parent));
  GString *text = g_string_new ("Visavis " VAV_VERSION "\n");

  g_string_append_printf (text, "GTK %u.%u.%u\n", gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version ());
  g_string_append_printf (text, "libadwaita %u.%u.%u\n", adw_get_major_version (), adw_get_minor_version (),
                          adw_get_micro_version ());
  g_string_append_printf (text, "GLib %u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
  g_string_append_printf (text, "%s\nlibnice %s\nWebRTC %s\n", gstreamer, version_of_plugin ("nice"),
                          version_of_plugin ("webrtc"));
  g_string_append_printf (text, "%s, %s\n", G_OBJECT_TYPE_NAME (display),
                          renderer != NULL ? G_OBJECT_TYPE_NAME (renderer) : "?");
  return g_string_free (text, FALSE);
}

void
vav_app_about_show (GtkWindow *parent)
{
  AdwAboutWindow *about = ADW_ABOUT_WINDOW (adw_about_window_new ());
  g_autofree char *notes = dup_release_notes ();
  g_autofree char *debug_info = dup_debug_info (parent);

  g_object_set (about, "transient-for", parent, "application-name", _ ("Visavis"), "application-icon",
                "org.visavis.Visavis", "developer-name", developers[0], "version", VAV_VERSION, "comments",
                _ ("Face to face, straight from one computer to the other."), "copyright",
                "© 2026 The Visavis developers", "license-type", GTK_LICENSE_GPL_3_0, "developers", developers,
                /* Translators: your name, one person a line, with <address@example> or a web address if you like */
                "translator-credits",
                g_strcmp0 (_ ("translator-credits"), "translator-credits") != 0 ? _ ("translator-credits") : "",
                "release-notes", notes != NULL ? notes : "", "release-notes-version", VAV_VERSION, "debug-info",
                debug_info, "debug-info-filename", "visavis.txt", NULL);
  adw_about_window_add_legal_section (about, "libvisavis, libvisavis-gtk", "© 2026 The Visavis developers",
                                      GTK_LICENSE_LGPL_2_1, NULL);
  adw_about_window_add_acknowledgement_section (about, _ ("Built with"), (const char **)built_with);
  gtk_window_present (GTK_WINDOW (about));
}
