package dev.sentinelj.adapters.http;

import dev.sentinelj.core.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of the page, out of a jar and into memory at start. Only what is listed here can be asked
 * for.
 *
 * @param path where a browser finds it
 */
record Asset(String path, String contentType, byte[] bytes, String tag) {
  private static final String OURS = "/dev/sentinelj/adapters/http/page/";
  private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.24/dist/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";
  private static final String HTML = "text/html; charset=utf-8";
  private static final String MESSAGE = "<!--message-->";

  static List<Asset> all() {
    return List.of(
        load("/assets/style.css", OURS + "style.css", STYLE),
        load("/assets/app.js", OURS + "app.js", SCRIPT),
        load("/assets/api.js", OURS + "api.js", SCRIPT),
        load("/assets/charts.js", OURS + "charts.js", SCRIPT),
        load("/assets/panels.js", OURS + "panels.js", SCRIPT),
        load("/assets/series.js", OURS + "series.js", SCRIPT),
        load("/assets/format.js", OURS + "format.js", SCRIPT),
        load("/assets/favicon.svg", OURS + "favicon.svg", "image/svg+xml"),
        load("/assets/uplot.js", CHARTS + "uPlot.esm.js", SCRIPT),
        load("/assets/uplot.css", CHARTS + "uPlot.min.css", STYLE));
  }

  static Asset page(String name) {
    return load("/" + name, OURS + name, HTML);
  }

  Reply reply(Call call) {
    Optional<String> held = call.header("If-None-Match");
    Reply reply = held.filter(tag::equals).isPresent() ? Reply.notModified() : reply(200);
    // May be kept, but is asked for each time: a new version shows at once.
    return reply.with("Cache-Control", "no-cache").with("ETag", tag);
  }

  Reply reply(int status) {
    return new Reply(status, contentType, bytes, Map.of());
  }

  /** This page with {@code message}, one of our own sentences, where it has a place for it. */
  Reply reply(int status, String message) {
    String shown =
        message.isEmpty()
            ? ""
            : "<p class=\"message\" id=\"message\" role=\"alert\">" + message + "</p>";
    String text = new String(bytes, StandardCharsets.UTF_8).replace(MESSAGE, shown);
    return Reply.text(contentType, text).withStatus(status);
  }

  private static Asset load(String path, String resource, String contentType) {
    try (InputStream in = Asset.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the class path");
      }
      byte[] bytes = in.readAllBytes();
      String tag = "\"" + Sha256.of(bytes).toHex().substring(0, 16) + "\"";
      return new Asset(path, contentType, bytes, tag);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + resource, e);
    }
  }
}
