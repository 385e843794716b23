// Beside the page: says that there is no network where there is none, and shows what is pushed.
const OFFLINE = "lookout-offline-1";
const FILES = ["./offline.html", "./offline.css", "./icons/lookout.svg"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(OFFLINE).then((cache) => cache.addAll(FILES)));
  // calls go past this worker where the browser can do that: one that rests would lose what a page sends as it goes
  event.addRoutes?.({ condition: { requestMethod: "POST" }, source: "network" }).catch(() => {});
  self.skipWaiting();
});

// wakes it: so calls are not lost where they come through here
self.addEventListener("message", () => {});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== OFFLINE).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isOwn = FILES.some((file) => new URL(file, self.registration.scope).href === request.url);
  if (request.mode === "navigate") {
    // asked anew each time: after a deployment an old page would look for files that are gone
    event.respondWith(fetch(request, { cache: "no-cache" }).catch(() => caches.match("./offline.html")));
  } else if (isOwn) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});

self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  const { title = "Lookout", body = "" } = told.notification ?? told.data ?? {};
  const url = told.fcmOptions?.link ?? told.data?.url ?? "./#/";
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      icon: "./icons/lookout-180.png",
      data: { url },
      tag: url,
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then(async (windows) => {
      const [open] = windows;
      if (!open) return self.clients.openWindow(url);
      await open.navigate(url);
      return open.focus();
    }),
  );
});
