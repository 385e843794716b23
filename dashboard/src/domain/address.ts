/** Addresses of pages: `#/alerts/<id>?from=now`. The paths without `#` are the functions'. */

export interface Route {
  /** Decoded, without empty ones: `["alerts", "<id>"]`. */
  path: string[];
  query: URLSearchParams;
}

export function parse(text: string): Route {
  const [path = "", query = ""] = text.replace(/^#/, "").split("?");
  return {
    path: path
      .split("/")
      .filter((part) => part !== "")
      .map(decoded),
    query: new URLSearchParams(query),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page, each part of it of any letters. */
export function to(...path: string[]): string {
  return `#/${path.map(encodeURIComponent).join("/")}`;
}
