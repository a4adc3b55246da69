/** An answer of the service that is no success: `problem` is its application/problem+json. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? `The service answered ${status}.`);
    this.status = status;
    this.faults = problem.faults ?? [];
  }
}

/** The service cannot be reached at all. */
export class OfflineError extends Error {
  constructor() {
    super("The service cannot be reached. What you wrote is still here: try again in a moment.");
  }
}

/** Calls the API. The session's cookie goes along by itself; scripts never see it. */
export async function call(method, path, body, type = "application/json") {
  const headers = body === undefined ? {} : { "content-type": type };
  const sent = body === undefined || type !== "application/json" ? body : JSON.stringify(body);
  const response = await fetch(`/api${path}`, { method, headers, body: sent }).catch(() => { throw new OfflineError(); });
  if (response.ok) return response.status === 204 ? null : response.json();
  throw new ApiError(response.status, await response.json().catch(() => ({})));
}

/** A query string of what is there. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
}
