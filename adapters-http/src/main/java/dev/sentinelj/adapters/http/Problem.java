package dev.sentinelj.adapters.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Why a request was not served, in the form of RFC 9457.
 *
 * @param detail one sentence for whoever asked, without secrets and without inner workings
 * @param field what of the request is at fault, where it is one thing
 * @param headers sent with the answer
 */
record Problem(int status, String detail, Optional<String> field, Map<String, String> headers) {

  static Problem of(int status, String detail) {
    return new Problem(status, detail, Optional.empty(), Map.of());
  }

  static ProblemException badField(String field, String detail) {
    return new ProblemException(new Problem(400, detail, Optional.of(field), Map.of()));
  }

  static ProblemException notFound(String detail) {
    return new ProblemException(of(404, detail));
  }

  /** One body for every reason, so that it tells nothing about the credential. */
  static ProblemException unauthorized() {
    return new ProblemException(
        of(401, "a valid credential is needed").with("WWW-Authenticate", "Bearer"));
  }

  /** Of name and password; which of them, it does not tell. */
  static ProblemException wrongLogin() {
    return new ProblemException(
        of(401, "the name or the password is wrong").with("WWW-Authenticate", "Bearer"));
  }

  static Problem retryLater(int status, String detail, long seconds) {
    return of(status, detail).with("Retry-After", Long.toString(seconds));
  }

  Problem with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Problem(status, detail, field, more);
  }

  Reply reply() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", title());
    body.put("status", status);
    body.put("detail", detail);
    field.ifPresent(name -> body.put("field", name));
    return new Reply(status, "application/problem+json", Json.bytes(body), headers);
  }

  /** The phrase of the status, as RFC 9457 wants it for {@code about:blank}. */
  private String title() {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 421 -> "Misdirected Request";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}
