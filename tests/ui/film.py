# SPDX-License-Identifier: LGPL-2.1-or-later
"""Films of somebody who sits before a camera: drawn here, so that pictures of a call look like one and belong to nobody."""

import math
import subprocess

WIDTH, HEIGHT, RATE, FRAMES = 640, 360, 15, 60

ANNA = {'wall': '#c9d6cf', 'lamp': '#fff3d0', 'shelf': '#8a6f57', 'skin': '#f0c3a0', 'hair': '#6b3f2a', 'shirt': '#b1584a', 'long': True}
KARIM = {'wall': '#b9c4d4', 'lamp': '#ffe9c2', 'shelf': '#5f6b7a', 'skin': '#c98f66', 'hair': '#26201d', 'shirt': '#2f6f6a', 'long': False}


def draw (who, at):
    """One picture as SVG; at: seconds."""
    sway, nod = 5 * math.sin (at * 1.6), 3 * math.sin (at * 2.3)
    eyes = 1 if 1.9 < at % 2 < 2 else 7
    mouth = 10 + 12 * abs (math.sin (at * 4.5))
    books = ''.join (f'<rect x="{30 + 17 * i}" y="{64 - 7 * (i % 3)}" width="13" height="{46 + 7 * (i % 3)}" fill="{color}"/>'
                     for i, color in enumerate (('#d9825b', '#7a8fa6', '#e8c07a', '#8fae8b', '#a65f5f', '#c9b79c', '#6f7f95')))
    back = f'<path d="M222 330 V170 a98 108 0 0 1 196 0 V330 Z" fill="{who["hair"]}"/>' if who['long'] else ''
    return f'''<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">
<defs><radialGradient id="light" cx="0.8" cy="0.15" r="0.9"><stop offset="0" stop-color="{who['lamp']}"/>
<stop offset="0.6" stop-color="{who['wall']}"/></radialGradient></defs>
<rect width="100%" height="100%" fill="url(#light)"/>
<rect x="20" y="110" width="150" height="8" fill="{who['shelf']}"/>{books}
<circle cx="545" cy="90" r="34" fill="#fffaf0" opacity="0.8"/>
<g transform="translate({sway:.2f} {nod:.2f})">{back}
<path d="M130 360 c10 -92 90 -110 190 -110 s180 18 190 110 Z" fill="{who['shirt']}"/>
<path d="M286 232 h68 v34 a34 22 0 0 1 -68 0 Z" fill="{who['skin']}" opacity="0.92"/>
<ellipse cx="320" cy="172" rx="76" ry="92" fill="{who['skin']}"/>
<path d="M240 172 c-8 -70 36 -104 82 -104 s88 34 78 104 c-14 -46 -38 -58 -80 -62 c-42 4 -66 18 -80 62 Z" fill="{who['hair']}"/>
<ellipse cx="292" cy="168" rx="7" ry="{eyes}" fill="#2a211d"/><ellipse cx="348" cy="168" rx="7" ry="{eyes}" fill="#2a211d"/>
<path d="M278 148 q14 -8 28 0 M334 148 q14 -8 28 0" stroke="{who['hair']}" stroke-width="5" fill="none" stroke-linecap="round"/>
<path d="M320 176 q-9 22 2 26" stroke="#00000040" stroke-width="4" fill="none" stroke-linecap="round"/>
<path d="M297 217 q23 7 46 0 q-6 {mouth:.2f} -23 {mouth:.2f} q-17 0 -23 -{mouth:.2f} Z" fill="#8d3b3b" stroke="#8d3b3b" stroke-width="3" stroke-linejoin="round"/></g></svg>'''


def make (who, path):
    """Writes the film of somebody as WebM, with a murmur for a voice."""
    import gi
    gi.require_version ('GdkPixbuf', '2.0')
    from gi.repository import GdkPixbuf
    raw = path.with_suffix ('.rgb')
    with raw.open ('wb') as out:
        for number in range (FRAMES):
            loader = GdkPixbuf.PixbufLoader.new_with_type ('svg')
            loader.write (draw (who, number / RATE).encode ())
            loader.close ()
            picture = loader.get_pixbuf ()
            pixels, stride, width = picture.get_pixels (), picture.get_rowstride (), 4 if picture.get_has_alpha () else 3
            for y in range (HEIGHT):
                line = pixels[y * stride:y * stride + WIDTH * width]
                if width == 4:
                    kept = bytearray (3 * WIDTH)
                    for part in range (3):
                        kept[part::3] = line[part::4]
                    line = bytes (kept)
                out.write (line)
    subprocess.run (['gst-launch-1.0', '-q', 'filesrc', f'location={raw}', '!', 'rawvideoparse', f'width={WIDTH}', f'height={HEIGHT}', 'format=rgb',
                     f'framerate={RATE}/1', '!', 'videoconvert', '!', 'vp8enc', 'deadline=1', 'cpu-used=8', 'target-bitrate=1500000', '!', 'queue', '!',
                     'webmmux', 'name=mux', '!', 'filesink', f'location={path}', 'audiotestsrc', 'wave=pink-noise', 'volume=0.02',
                     f'num-buffers={FRAMES * 100 // RATE}', 'samplesperbuffer=480', '!', 'audio/x-raw,rate=48000', '!', 'opusenc', '!', 'queue', '!', 'mux.'],
                    check=True, timeout=120)
    raw.unlink ()
    return path
