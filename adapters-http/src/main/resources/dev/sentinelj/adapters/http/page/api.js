/** The server said no, or nothing. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const TIMEOUT_MILLIS = 10_000;

/** The answer to a GET. Without a session the browser goes to the form and this never returns. */
export async function get(path, query = {}) {
  const parameters = new URLSearchParams(query).toString();
  let response;
  try {
    response = await fetch(parameters ? `${path}?${parameters}` : path, {
      headers: { Accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
  } catch {
    throw new ApiError('The server does not answer.', 0);
  }
  if (response.status === 401) {
    location.assign('/login');
    return new Promise(() => {});
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new ApiError(body.detail || `The server answered ${response.status}.`, response.status);
  }
  return body;
}

export const agentPath = (id) => `/v1/agents/${encodeURIComponent(id)}`;
export const metricsPath = (id) => `/v1/metrics/agents/${encodeURIComponent(id)}`;
