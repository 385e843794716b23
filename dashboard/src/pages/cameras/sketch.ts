/** What is pasted into a sketch or a terminal to post a camera's first frame. */

export function arduino(site: string, id: string, key: string): string {
  return `HTTPClient http;
http.begin("${site}/detect");
http.addHeader("Content-Type", "image/jpeg");
http.addHeader("X-Camera-Id", "${id}");
http.addHeader("X-Camera-Key", "${key}");
int status = http.POST(fb->buf, fb->len);`;
}

export function curl(site: string, id: string, key: string): string {
  return `curl -H 'X-Camera-Id: ${id}' -H 'X-Camera-Key: ${key}' -F image=@photo.jpg ${site}/detect`;
}
