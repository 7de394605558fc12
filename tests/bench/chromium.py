# SPDX-License-Identifier: LGPL-2.1-or-later
"""A call of Chromium with itself, of the same size, for figures from the same run: two peers in one page."""

import http.server
import json
import os
import queue
import shutil
import threading
import unittest

from figures import processor_s
from procs import LIMIT, Gone, Process

# The picture carries the time in 24 squares, as our test picture does. First frame: since the offer is asked for. Beside each
# other stands what two windows of ours show: the other one as large as there, and oneself in a corner.
PAGE = '''<!doctype html><meta charset="utf-8"><style>
body { margin: 0; display: flex } div { position: relative; width: 990px; height: 625px } div > video { width: 990px; height: 625px; object-fit: cover }
div > video + video { position: absolute; right: 12px; bottom: 12px; width: 260px; height: 146px } canvas { display: none }
</style><canvas id="c" width="1280" height="720"></canvas>
<div><video id="v" muted autoplay></video><video class="own" muted autoplay></video></div>
<div><video id="u" muted autoplay></video><video class="own" muted autoplay></video></div><script>
const W = 1280, H = 720, N = 24, S = 48, SECONDS = %(seconds)d;
const canvas = document.getElementById ("c"), g = canvas.getContext ("2d"), video = document.getElementById ("v"), other = document.getElementById ("u");
const small = document.createElement ("canvas"); small.width = W; small.height = S;
const read = small.getContext ("2d", {willReadFrequently: true});
let turn = 0;
function draw () {
  g.fillStyle = "#446688"; g.fillRect (0, 0, W, H);
  g.fillStyle = "#eecc88"; g.beginPath (); g.arc (200 + (turn++ * 7) %% 800, 400, 120, 0, 7); g.fill ();
  const now = Math.round (performance.now () * 10) & 0xffffff;
  for (let n = 0; n < N; n++) { g.fillStyle = now >> n & 1 ? "#fff" : "#000"; g.fillRect (n * S, 0, S, S); }
}
function age () {
  read.drawImage (video, 0, 0, video.videoWidth, video.videoHeight * S / H, 0, 0, W, S);
  let then = 0;
  for (let n = 0; n < N; n++) if (read.getImageData (n * S + S / 2, S / 2, 1, 1).data[0] > 127) then |= 1 << n;
  return ((Math.round (performance.now () * 10) & 0xffffff) - then & 0xffffff) / 10;
}
const frame = () => new Promise (done => video.requestVideoFrameCallback (done));
async function connect (stream) {
  const a = new RTCPeerConnection (), b = new RTCPeerConnection ();
  a.onicecandidate = e => b.addIceCandidate (e.candidate); b.onicecandidate = e => a.addIceCandidate (e.candidate);
  b.ontrack = e => { if (e.track.kind == "video") video.srcObject = e.streams[0]; };
  a.ontrack = e => { if (e.track.kind == "video") other.srcObject = e.streams[0]; };
  for (const pc of [a, b]) for (const track of stream.getTracks ()) pc.addTrack (track, stream);
  // The same size as ours, from the beginning.
  for (const pc of [a, b]) for (const sender of pc.getSenders ()) {
    const how = sender.getParameters (); how.degradationPreference = "maintain-resolution"; await sender.setParameters (how);
  }
  await a.setLocalDescription (); await b.setRemoteDescription (a.localDescription);
  await b.setLocalDescription (); await a.setRemoteDescription (b.localDescription);
  return [a, b];
}
(async () => {
  const stream = canvas.captureStream (30), audio = new AudioContext (), tone = audio.createOscillator (), end = audio.createMediaStreamDestination ();
  tone.connect (end); tone.start (); stream.addTrack (end.stream.getAudioTracks ()[0]);
  draw (); setInterval (draw, 1000 / 30);
  for (const own of document.getElementsByClassName ("own")) own.srcObject = stream;
  const first = [];
  let pcs = [];
  for (let n = 0; n <= %(runs)d; n++) {
    for (const pc of pcs) pc.close ();
    video.srcObject = other.srcObject = null; await new Promise (done => setTimeout (done, 700));
    const begun = performance.now (), seen = frame ();
    pcs = await connect (stream); await seen;
    first.push (performance.now () - begun);
  }
  await new Promise (done => setTimeout (done, 4000));
  // What it costs first, since to read a picture's age costs as well.
  await fetch ("/steady", {method: "POST", body: "{}"});
  const shown = () => video.getVideoPlaybackQuality ().totalVideoFrames;
  const before = shown (), begun = performance.now ();
  await new Promise (done => setTimeout (done, 1000 * SECONDS));
  const fps = (shown () - before) * 1000 / (performance.now () - begun);
  await fetch ("/counted", {method: "POST", body: "{}"});
  const ages = [], until = performance.now () + 1000 * SECONDS;
  while (performance.now () < until) { await frame (); ages.push (age ()); }
  await fetch ("/over", {method: "POST", body: JSON.stringify ({first: first.slice (1), ages, fps, size: [video.videoWidth, video.videoHeight]})});
})().catch (error => fetch ("/over", {method: "POST", body: JSON.stringify ({error: String (error)})}));
</script>'''


class Handler (http.server.BaseHTTPRequestHandler):
    def do_GET (self):
        body = self.server.page.encode ()
        self.send_response (200 if self.path == '/' else 404)
        self.send_header ('Content-Type', 'text/html')
        self.end_headers ()
        if self.path == '/':
            self.wfile.write (body)

    def do_POST (self):
        body = self.rfile.read (int (self.headers['Content-Length']))
        self.send_response (200)
        self.send_header ('Content-Length', '0')
        self.end_headers ()
        self.server.told.put ((self.path, json.loads (body)))

    def log_message (self, *words):
        pass


def family (pid):
    """A process and all that came of it."""
    children = {}
    for name in filter (str.isdigit, os.listdir ('/proc')):
        try:
            with open (f'/proc/{name}/stat', encoding='utf-8') as stat:
                children.setdefault (int (stat.read ().rsplit (')', 1)[1].split ()[1]), []).append (int (name))
        except OSError:
            continue
    found = [pid]
    for one in found:
        found += children.get (one, [])
    return found


def usage (pid):
    """Processor seconds of the whole family, and its memory in MB, shared pages counted in parts (PSS)."""
    seconds, kilobytes = 0.0, 0
    for one in family (pid):
        try:
            seconds += processor_s (one)
            with open (f'/proc/{one}/smaps_rollup', encoding='utf-8') as maps:
                kilobytes += next (int (line.split ()[1]) for line in maps if line.startswith ('Pss:'))
        except (OSError, StopIteration):
            continue
    return seconds, kilobytes / 1024


def measure (table, runs, home, seconds):
    program = shutil.which ('chromium') or shutil.which ('chromium-browser')
    if program is None:
        raise unittest.SkipTest ('Chromium is not installed.')
    server = http.server.ThreadingHTTPServer (('127.0.0.1', 0), Handler)
    server.page, server.told = PAGE % {'runs': runs, 'seconds': seconds}, queue.Queue ()
    threading.Thread (target=server.serve_forever, daemon=True).start ()
    try:
        with Process ([program, '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', f'--user-data-dir={home}',
                       '--autoplay-policy=no-user-gesture-required', '--disable-dev-shm-usage', '--window-size=2000,800',
                       f'http://127.0.0.1:{server.server_address[1]}/'], env={'DBUS_SESSION_BUS_ADDRESS': None}) as browser:
            told = server.told.get (timeout=LIMIT + 5 * runs)
            before, megabytes = usage (browser.pid)
            told = server.told.get (timeout=LIMIT + seconds) if told[0] == '/steady' else told
            after, _ = usage (browser.pid)
            told = server.told.get (timeout=LIMIT + seconds) if told[0] == '/counted' else told
            told = told[1]
    except queue.Empty:
        raise Gone ('Chromium’s call with itself did not come about.') from None
    finally:
        server.shutdown ()
        server.server_close ()
    if 'error' in told:
        raise Gone (f"Chromium says: {told['error']}")
    shown = f"both peers shown, {told['size'][0]} × {told['size'][1]}"
    table.add ('Chromium: offer → first frame, warm', 'one page', told['first'], 'ms')
    table.add ('Chromium: picture latency', 'each picture', told['ages'], 'ms')
    table.add ('Chromium: pictures', 'shown', [told['fps']], 'fps')
    table.add ('Chromium: processor', shown, [(after - before) / seconds], 'cores')
    table.add ('Chromium: memory (PSS)', 'all its processes', [megabytes], 'MB')
    table.add_ratio ('first frame', ('dial → first frame, warm', 'caller'), ('Chromium: offer → first frame, warm', 'one page'), '≤ 0.6')
    table.add_ratio ('picture latency', ('picture latency in the programs', 'seconds’ medians'), ('Chromium: picture latency', 'each picture'), '≤ 1')
    table.add_ratio ('processor, no display', ('processor, no display', 'both processes'), ('Chromium: processor', shown), '')
    table.add_ratio ('processor, two windows', ('processor of two windows', 'twice that of one'), ('Chromium: processor', shown), '≤ 0.6')
